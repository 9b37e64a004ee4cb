"""What `import convnotes` costs over a bare Python, the two taken in turns."""

import subprocess
import sys
import time
from collections.abc import Iterator
from statistics import median

CODES = {"bare": "pass", "package": "import convnotes", "core": "import convnotes.receptive_field, convnotes.cost"}


def rows() -> Iterator[tuple[str, str, str]]:
    times: dict[str, list[float]] = {name: [] for name in CODES}
    for _ in range(15):
        for name, code in CODES.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True)
            times[name].append((time.perf_counter() - start) * 1000)
    bare = median(times["bare"])
    yield "`import convnotes` over bare Python", f"{median(times['package']) - bare:.0f} ms", "< 50 ms"
    yield "`import convnotes.receptive_field, convnotes.cost` likewise", f"{median(times['core']) - bare:.0f} ms", ""
