"""An SVG as a PNG, without a browser."""

from graph.errors import QueryError, installing
from queries.picture.svg import FONTS


def render(svg: str, *, zoom: float = 2) -> bytes:
    """The picture, at so many pixels of the picture for one of the drawing.

    Raises:
        QueryError: what renders it is not installed.
    """
    try:
        import resvg_py
    except ImportError:
        raise QueryError(f"a PNG needs resvg: {installing('png')}; SVG and HTML need nothing") from None
    family = FONTS.split(",")[0].strip("'")
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=zoom, font_family=family, sans_serif_family=family))
