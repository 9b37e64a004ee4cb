"""Sessions that print columns: broken lines would part them, so they are marked, and scroll."""

import re
from html import unescape
from itertools import pairwise

from markdown.postprocessors import Postprocessor

BLOCK = re.compile(r'(<div class="language-pycon highlight)("[^>]*><pre>)(.*?)(?=</pre>)', re.S)
TAG = re.compile(r"<[^>]+>")
GAP = re.compile(r"\S {2,}(?=\S)")
LONG = 40  # letters: a shorter line is not broken on a phone


class Columns(Postprocessor):
    """Gives such a session a class of its own."""

    def run(self, text: str) -> str:
        return BLOCK.sub(lambda found: self._marked(*found.groups()), text)

    def _marked(self, start: str, rest: str, code: str) -> str:
        return f"{start}{' cn-columns' * printed(unescape(TAG.sub('', code)))}{rest}{code}"


def printed(session: str) -> bool:
    """Whether two long lines, one after the other, have gaps in them.

    >>> row = "conv  112×112  118,013,952 MACs  exact  see"
    >>> printed(f">>> show()\\n{row}\\n{row}"), printed(f">>> show()\\n{row}")
    (True, False)
    """
    rows = [
        not line.startswith((">>>", "...")) and len(line) > LONG and len(GAP.findall(line)) > 1
        for line in session.split("\n")
    ]
    return any(first and second for first, second in pairwise(rows))
