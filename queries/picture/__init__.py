"""Pictures: a part of the graph to be looked at, with the claims behind every edge.

A `Picture` is what every way of drawing takes (`page`); `views` makes pictures of a store. What a picture holds is
bounded, and so is what is drawn of it at first, its focus.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from graph.model import Document, Entity, Fact
from graph.summary import Row

NODES, EDGES = 5_000, 20_000
"""What a picture holds at most."""
BYTES = 6_500_000
"""What its claims and their documents take at most in a page, about; the rest of one takes up to 2 MB."""
FOCUS_NODES, FOCUS_EDGES = 60, 150
"""What is drawn of it at first, at most."""


@dataclass(frozen=True)
class Edge:
    """A fact with the claims behind it, the strongest first."""

    fact: Fact
    claims: tuple[Row, ...]
    """Rows of claims, as stores hold them."""


@dataclass(frozen=True)
class Picture:
    """Entities and facts, with all that is shown of them."""

    title: str
    nodes: tuple[Entity, ...]
    """The most connected first."""
    edges: tuple[Edge, ...]
    """Those with most claims first; their ends are nodes."""
    documents: Mapping[str, Document]
    """Of the claims, by id."""
    focus: tuple[str, ...] = ()
    """Ids of the nodes to be drawn at first, the most important first."""
    notes: tuple[str, ...] = ()
    """What was left out, and how to see it; why it is empty. A sentence each."""

    def _repr_html_(self) -> str:
        """The page in a frame, for notebooks: shut off from the notebook that it stands in."""
        import html

        from queries.picture import page

        return (
            f'<iframe title="{html.escape(self.title)}" sandbox="allow-scripts allow-downloads" '
            f'srcdoc="{html.escape(page.write(self))}" style="width: 100%; height: 640px; border: 1px solid #ccc">'
            "</iframe>"
        )
