"""Figures in the language of Graphviz, for its own programs to draw."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence

from queries.picture.figure import Figure, Mark
from queries.picture.style import FILLS, colour, directed
from queries.picture.svg import clean

_SHAPES = {"Chip": "box", "Product": "box", "Regulator": "octagon", "Firm": "box"}
_LINES = {"expected": "dashed", "rumored": "dotted", "denied": "tapered"}


def text(figure: Figure) -> str:
    """The figure as a DOT file: the same text for the same figure."""
    number = {node.id: n for n, node in enumerate(figure.nodes)}
    kinds = {node.id: node.label for node in figure.nodes}
    title = figure.title + "".join(f"\n{part}" for part in (figure.when, *figure.notes) if part)
    lines = [
        "digraph keiretsu {",
        f'graph [rankdir=LR, labelloc=t, label="{_quoted(title)}", fontname="Noto Sans CJK SC", overlap=false]',
        'node [fontname="Noto Sans CJK SC", style="filled,rounded", fontsize=12]',
        'edge [fontname="Noto Sans CJK SC", fontsize=9]',
    ]
    for node in figure.nodes:
        label = _quoted(f"{node.name}\n{node.about}" if node.about else node.name)
        style = ', style="filled"' if _SHAPES.get(node.label) == "box" and node.label != "Firm" else ""
        look = f'shape={_SHAPES.get(node.label, "ellipse")}, fillcolor="{FILLS[node.label]}"{style}'
        lines.append(f'n{number[node.id]} [label="{label}", tooltip="{_quoted(node.label)}", {look}]')
    for layer in sorted({node.layer for node in figure.nodes}) if figure.layers else ():
        same = "; ".join(f"n{number[node.id]}" for node in figure.nodes if node.layer == layer)
        lines.append(f"{{rank=same; {same}}}")
    lines += [_edge(figure, mark, number, kinds) for mark in figure.marks]
    return "\n".join([*lines, "}", ""])


def _edge(figure: Figure, mark: Mark, number: dict[str, int], kinds: dict[str, str]) -> str:
    amount = f"{mark.currency} {mark.amount:,.0f}" if mark.amount is not None else ""
    parts = (mark.change, mark.relation, mark.text, amount, mark.date or "", figure.cited([mark]))
    label = _quoted(" ".join(filter(None, parts)))
    best = next((told["evidence"] for told in figure.claims(mark) if told["evidence"]), "")
    look = f'color="{colour(mark.relation)}", style={_LINES.get(mark.modality, "solid")}'
    look += "" if directed(mark, kinds) else ", dir=none"
    look += ', arrowhead="obox", headlabel="×"' if mark.modality == "denied" else ""
    return (
        f'n{number[mark.subject]} -> n{number[mark.object]} [label="{label}", tooltip="{_quoted(best)}", {look}, '
        f'comment="{_quoted(mark.modality)}"]'
    )


def _quoted(text: str) -> str:
    """A text as it stands between quotation marks; lines are kept."""
    lines = [clean(line).replace("\\", "\\\\").replace('"', '\\"') for line in text.split("\n")]
    return "\\n".join(lines)


# -- its program


SECONDS = 20
"""What Graphviz is given for a picture."""


def order(layers: Mapping[int, Sequence[str]], marks: Sequence[Mark]) -> dict[str, float] | None:
    """Where in their layers entities (by id) lie so that few lines cross, as Graphviz's `dot` says; none without it."""
    program = shutil.which("dot")
    if not program:
        return None
    ids = [id for row in layers.values() for id in row]
    number = {id: n for n, id in enumerate(ids)}
    rows = enumerate("; ".join(f"n{number[id]}" for id in row) for row in layers.values())
    ranks = [f"{{rank=same; r{n}; {row}}}" for n, row in rows]
    at = {id: layer for layer, row in layers.items() for id in row}
    pairs = (sorted((mark.subject, mark.object), key=at.__getitem__) for mark in marks)
    edges = [f"n{number[a]} -> n{number[b]}" for a, b in pairs if at[a] != at[b]]
    spine = " -> ".join(f"r{n}" for n in range(len(layers)))
    text = "\n".join(["digraph {rankdir=LR", *ranks, spine, *edges, "}"])
    try:
        done = subprocess.run(  # noqa: S603  # numbers are all that it is given
            [program, "-Tplain"], input=text, capture_output=True, text=True, timeout=SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    lines = [line.split() for line in done.stdout.splitlines()]
    return {ids[int(line[1][1:])]: -float(line[3]) for line in lines if line[0] == "node" and line[1][0] == "n"}
