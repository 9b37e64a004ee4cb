"""Pages without scripts in their text, so that a server may forbid them all (Content-Security-Policy)."""

import re
from hashlib import sha256
from pathlib import Path

from rjsmin import jsmin

FOLDER = "assets/early"
INLINE = re.compile(r"(?:<script>(?:(?!</script>).)*</script>\s*)+", re.DOTALL)
BODY = re.compile(r"<script>(.*?)</script>", re.DOTALL)
BUNDLE = re.compile(r'src="([^"]*)assets/javascripts/bundle')


def move_scripts(site: Path) -> None:
    """Put what stands in `<script>` on any page under `site` into a file that it asks for; like pages share one."""
    for page in site.rglob("*.html"):
        html = page.read_text(encoding="utf-8")
        found = BUNDLE.search(html)  # the page that is shown for any other has its addresses from the root
        root = found[1] if found else "../" * (len(page.relative_to(site).parts) - 1)
        head, end, body = html.partition("</head>")
        early, first = "".join(INLINE.findall(head)), INLINE.search(body)
        if early and first:  # the head needs none
            head, body = INLINE.sub("", head), body[: first.start()] + early + body[first.start() :]
        moved = INLINE.sub(lambda scripts, root=root: _moved(scripts[0], root, site), head + end + body)  # type: ignore[misc]
        if moved != html:
            page.write_text(moved, encoding="utf-8", newline="")


def _moved(scripts: str, root: str, site: Path) -> str:
    text = str(jsmin("".join(f"{script.strip()};\n" for script in BODY.findall(scripts))))
    path = site / FOLDER / f"{sha256(text.encode()).hexdigest()[:10]}.js"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return f'<script src="{root}{FOLDER}/{path.name}"></script>\n'
