"""One seed, one thread, deterministic algorithms: the same numbers twice on one machine."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


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
    threads, strict = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        torch.set_num_threads(1)
        torch.use_deterministic_algorithms(True)
        try:
            yield torch.Generator().manual_seed(seed)
        finally:
            torch.set_num_threads(threads)
            torch.use_deterministic_algorithms(strict)
