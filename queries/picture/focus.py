"""What of a picture is drawn at first: few enough to be read, connected where they can be."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from graph.model import Entity, Fact
from queries import picture


def focus(nodes: Sequence[Entity], facts: Sequence[Fact], centre: str = "") -> tuple[str, ...]:
    """Ids of the nodes drawn at first, from the centre (or the most connected node) outwards.

    Each is joined to one before it where that can be, next to the centre rather than not, and the most connected of
    these. Facts that are denied do not count, since they are not drawn at first.
    """
    order = {node.id: number for number, node in enumerate(nodes)}
    between: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for fact in facts:
        if fact.modality != "denied":
            between[fact.subject_id][fact.object_id] += 1
            between[fact.object_id][fact.subject_id] += 1
    links = dict.fromkeys(order, 0)
    chosen: list[str] = []
    drawn = 0
    while links and len(chosen) < picture.FOCUS_NODES:
        best = max(links, key=lambda id: (id == centre, links[id] > 0, centre in between[id], -order[id]))
        drawn += links.pop(best)
        if drawn > picture.FOCUS_EDGES or (chosen and not between[best]):
            break  # what nothing joins is found in the list
        chosen.append(best)
        for other in between[best].keys() & links.keys():
            links[other] += between[best][other]
    return tuple(chosen)
