"""Exhibits of the page on how the notes are made, read from the code: the rooms of the package, the way of a fence."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from convnotes import store
from convnotes.drawing.kinds import Figure, Rows, Table
from convnotes.drawing.svg import Drawing

READS = ("convnotes/**/*.py",)
PACKAGE = Path(__file__).parents[1]
EXAMPLE = "receptive_field.stride_growth"
WAY = (  # what is called for the fence EXAMPLE, in order; a test renders one and follows the calls
    "site.figures.fence",
    "notes.exhibit.find",
    "site.exhibits.files",
    "store.remember",
    "site.exhibits.computed",
    f"exhibits.{EXAMPLE}",
    "receptive_field.growth",
    "drawing.plot.Plot.curve",
    "drawing.kinds.Figure.html",
)
WIDTH, LEFT, BOX, HIGH, GAP = 336, 14, 101, 28, 4


def rooms() -> Figure:
    """The rooms of the package: each uses only rooms that are drawn below it. Those with an outline are folders.

    Boxes in rows, one box for each module or folder of the package convnotes. The command line and the site are at the
    top, the arithmetic of convolutions is at the bottom. An arrow at the left points down: a room may import rooms
    below it, and no room imports one above. The table says what each room holds.
    """
    floors = _floors()
    drawing = Drawing(WIDTH, 8 + sum(_high(names) for names in floors))
    y = 4.0
    for names in floors:
        for number, name in enumerate(names):
            row, column = divmod(number, 3)
            beside = min(3, len(names) - 3 * row)  # boxes in this row, which is in the middle
            x = LEFT + 8 + (column + (3 - beside) / 2) * (BOX + GAP)
            drawing.rect(x, y + row * (HIGH + GAP), BOX, HIGH, "cell", "see" if _folder(name) else None, radius=3)
            drawing.text(x + BOX / 2, y + row * (HIGH + GAP) + HIGH / 2, name, size=11, middle=True)
        y += _high(names)
        if names is not floors[-1]:
            drawing.line(LEFT + 8, y - 5, WIDTH - 3, y - 5, "line")
    drawing.arrow(LEFT / 2, 8, LEFT / 2, y - 4)
    rows: Rows = [[name, _says(name), _lines(name)] for names in floors for name in names]
    return Figure(drawing, Table(["room", "what it holds", "lines"], rows))


def way_of_a_fence() -> Table:
    """What happens to one fence, from Markdown to the picture on the page.

    One row for each function that is called when the fence receptive_field.stride_growth is first rendered, in
    the order of the calls: its name, and what its docstring says it returns or does. Later builds take the picture
    from the cache after the fourth step.
    """
    rows: Rows = [[number, name, _told(name).replace("`", "")] for number, name in enumerate(WAY, 1)]
    return Table(["step", "function", "what it returns or does"], rows)


def _high(names: list[str]) -> float:
    return -(-len(names) // 3) * (HIGH + GAP) + 6


@cache
def _needs() -> dict[str, set[str]]:
    """The rooms that each room imports."""
    found: dict[str, set[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if room in ("__init__", "__main__"):
            continue
        inside = {
            name.split(".")[1] for name in (*store.imports(path), *_by_name(path)) if name.startswith("convnotes.")
        }
        found.setdefault(room, set()).update(inside - {room})
    return {room: needs & found.keys() for room, needs in found.items()}


def _by_name(path: Path) -> Iterator[str]:
    """What a module imports by a name that it puts together."""
    for node in ast.walk(store.parsed(path)[1]):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "import_module":
            first = next(ast.walk(node.args[0])) if node.args else None
            parts = first.values if isinstance(first, ast.JoinedStr) else [first]
            yield from (str(part.value) for part in parts[:1] if isinstance(part, ast.Constant))


def _floors() -> list[list[str]]:
    """The rooms from the top floor down; each is above all that it imports."""

    @cache
    def height(room: str) -> int:
        return 1 + max(map(height, _needs()[room]), default=-1)

    heights = {room: height(room) for room in _needs()}
    return [sorted(room for room, h in heights.items() if h == floor) for floor in range(max(heights.values()), -1, -1)]


def _folder(room: str) -> bool:
    return (PACKAGE / room).is_dir()


def _files(room: str) -> list[Path]:
    return sorted((PACKAGE / room).rglob("*.py")) if _folder(room) else [PACKAGE / f"{room}.py"]


def _says(room: str) -> str:
    """The first sentence of its docstring."""
    first = PACKAGE / room / "__init__.py" if _folder(room) else PACKAGE / f"{room}.py"
    return _first(ast.get_docstring(store.parsed(first)[1]))


def _lines(room: str) -> int:
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in _files(room))


def _first(docstring: str | None) -> str:
    return " ".join((docstring or "").split("\n\n")[0].split())


def _told(name: str) -> str:
    """What the docstring of a function or method says first."""
    parts = name.split(".")
    tried = (store.module_path(".".join(["convnotes", *parts[:number]])) for number in range(len(parts), 0, -1))
    path = next(path for path in tried if path)
    called = ".".join(parts[len(path.relative_to(PACKAGE).parts) :])
    return _first(ast.get_docstring(_functions(store.parsed(path)[1])[called]))


def _functions(tree: ast.Module) -> dict[str, ast.FunctionDef]:
    """The functions of a module, and the methods of its classes as `Class.method`."""
    found = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    for owner in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        found |= {f"{owner.name}.{node.name}": node for node in owner.body if isinstance(node, ast.FunctionDef)}
    return found
