"""Figures as files: the ending says which kind."""

from pathlib import Path

from graph.errors import QueryError
from queries.picture import dot, png, sheet
from queries.picture.figure import Figure

ENDINGS = (".svg", ".png", ".dot", ".html")


def content(figure: Figure, path: Path, *, width: int = sheet.WIDE, graphviz: bool = True) -> bytes:
    """What a file of that name holds.

    Args:
        graphviz: let Graphviz's `dot`, where it is installed, put columns in order.

    Raises:
        QueryError: nothing is written with that ending, or what makes it is not installed.
    """
    ending = path.suffix.lower()
    if ending == ".svg":
        return sheet.svg(figure, width, graphviz=graphviz).encode()
    if ending == ".png":
        return png.render(sheet.svg(figure, width, graphviz=graphviz))
    if ending == ".dot":
        return dot.text(figure).encode()
    if ending in (".html", ".htm"):
        return sheet.page(figure, graphviz=graphviz).encode()
    raise QueryError(f"{path}: a picture is written as {', '.join(ENDINGS)}")
