"""One seed, one thread, deterministic algorithms: the same numbers twice on one machine."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


def leave_new_memory() -> None:
    """Let deterministic torch no longer fill new memory with NaN first: saves a sixth.

    Nothing here reads what it has not written.
    """
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]  # a property of the module


@contextmanager
def seeded(seed: int) -> Iterator[torch.Generator]:
    """A generator started at `seed`; inside, torch draws from `seed` too, on one thread, deterministically.

    What was set before is set again afterwards. Other machines and other versions may differ in the last digits.

    >>> with seeded(0) as generator:
    ...     first = torch.rand(2, generator=generator).tolist()
    >>> with seeded(0) as generator:
    ...     first == torch.rand(2, generator=generator).tolist()
    True
    """
    threads, mode = torch.get_num_threads(), torch.get_deterministic_debug_mode()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        torch.set_num_threads(1)
        torch.set_deterministic_debug_mode("error")  # as use_deterministic_algorithms, which loads a compiler: 2 s
        try:
            yield torch.Generator().manual_seed(seed)
        finally:
            torch.set_num_threads(threads)
            torch.set_deterministic_debug_mode(mode)
