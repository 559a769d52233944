"""What the network is told about one document: the loss of everything it has to learn there."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from graph.ontology import RELATIONS
from loaders import candidates
from loaders.candidates import COLUMNS, Node, Pairs
from loaders.pieces import Window
from loaders.questions import antecedent_facts, bounds_of, entity_groups, span_columns, value_facts
from loaders.tags import MEANT, NAMED, Span, decoded
from training.example import SPURIOUS, Example, Target
from training.network import Network

WEIGHTS = {
    "named": 4.0,
    "meant": 4.0,
    "antecedent": 0.5,
    "relation": 1.0,
    "modality": 0.3,
    "measure": 0.3,
    "stage": 0.1,
    "credited": 0.2,
    "value": 0.3,
    "credit": 0.3,
}
FINISH = WEIGHTS | {"modality": 1.0, "measure": 0.6, "stage": 0.3, "credited": 0.6, "value": 1.0, "credit": 1.0}
"""The weights of the last epochs."""
_UNDIRECTED = {n for n, relation in enumerate(RELATIONS.values()) if relation.undirected}


def word_vectors(network: Network, windows: Sequence[Window], count: int) -> Tensor:
    """The vectors of words [T, size]: each the mean of its pieces."""
    total = torch.zeros(count, network.encoder.size)
    pieces = torch.zeros(count)
    for window in windows:
        with torch.autocast("cpu", torch.bfloat16, enabled=network.training):
            vectors = network.encoder(torch.from_numpy(window.pieces), torch.from_numpy(window.hints))
        meant = torch.from_numpy(window.words)
        inside = meant >= 0
        total = total.index_add(0, meant[inside], vectors.float()[inside])
        pieces = pieces.index_add(0, meant[inside], torch.ones(int(inside.sum())))
    return total / pieces.clamp(min=1).unsqueeze(-1)


@dataclass
class Lesson:
    """One document before the network: `own` says that it is to read the mentions itself."""

    network: Network
    example: Example
    windows: Sequence[Window]
    spurious: bool = False
    own: bool = False

    def losses(self) -> dict[str, Tensor]:
        """What it has wrong, by what it learns."""
        network, example = self.network, self.example
        words = word_vectors(network, self.windows, len(example.words))
        named, meant = network.tagger(words)
        found = {
            "named": functional.cross_entropy(named, torch.from_numpy(example.named)),
            "meant": functional.cross_entropy(meant, torch.from_numpy(example.meant)),
        }
        nodes = self._nodes(named, meant)
        if not nodes:
            return found
        spans = self._spans(words, nodes)
        found |= self._antecedent_loss(spans, nodes)
        nodes = self._resolved(spans, nodes)
        found |= self._credit_loss(words, spans, nodes)
        return found | self._claim_losses(words, spans, nodes)

    def _nodes(self, named: Tensor, meant: Tensor) -> list[Node]:
        """Gold mentions, or with names that are none, or those that the network finds itself."""
        gold = list(self.example.nodes)
        if not (self.spurious or self.own):
            return gold
        breaks = [low for low, _ in self.example.words.bounds()]
        names = decoded(named.detach().numpy(), NAMED, breaks)[: 3 * len(gold) + 10]  # while it sees names everywhere
        seen = [self._matched(span, True) for span in names]
        if self.own:
            seen += [self._matched(span, False) for span in decoded(meant.detach().numpy(), MEANT, breaks)]
            return sorted(seen)
        taken = {at for node in gold for at in range(node.first, node.last + 1)}
        return sorted(gold + [n for n in seen if taken.isdisjoint(range(n.first, n.last + 1))])

    def _matched(self, span: Span, named: bool) -> Node:
        """A mention that the network sees, with the gold entity it overlaps, else with one of its own."""
        read = self.example.words
        overlap = [
            node
            for node in self.example.nodes
            if node.named == named and node.first <= span.last and span.first <= node.last
        ]
        if overlap:
            best = max(overlap, key=lambda n: min(n.last, span.last) - max(n.first, span.first))
            return best._replace(first=span.first, last=span.last, label=span.label)
        form = read.text[read.starts[span.first] : read.ends[span.last]]
        number = SPURIOUS + sum(map(ord, form)) % 5000 if named else -1
        return Node(span.first, span.last, span.label, named, number, read.sentence[span.first])

    def _spans(self, words: Tensor, nodes: Sequence[Node]) -> Tensor:
        spans: Tensor = self.network.spans(words, *map(_tensor, span_columns(nodes, self.example.values)))
        return spans

    def _antecedent_loss(self, spans: Tensor, nodes: Sequence[Node]) -> dict[str, Tensor]:
        losses = []
        for at, node in enumerate(nodes):
            if node.named or node.entity < 0 or not (whom := candidates.antecedents(nodes, at)):
                continue
            scores = self._antecedents(spans, nodes, at, whom)
            right = [n for n, other in enumerate(whom, 1) if nodes[other].entity == node.entity]
            losses.append(torch.logsumexp(scores, 0) - torch.logsumexp(scores[right or [0]], 0))
        return {"antecedent": torch.stack(losses).mean()} if losses else {}

    def _antecedents(self, spans: Tensor, nodes: Sequence[Node], at: int, whom: Sequence[int]) -> Tensor:
        """Scores of none and of each candidate."""
        facts = torch.from_numpy(antecedent_facts(nodes, at, whom))
        scores = self.network.antecedents(spans, torch.full((len(whom),), at), torch.tensor(whom), facts)
        return torch.cat([torch.zeros(1), scores])

    def _resolved(self, spans: Tensor, nodes: Sequence[Node]) -> list[Node]:
        """The mentions, with what descriptions mean as the network sees it where it is to read itself."""
        if not self.own:
            return list(nodes)
        resolved = []
        for at, node in enumerate(nodes):
            if not node.named:
                whom = candidates.antecedents(nodes, at)
                best = int(self._antecedents(spans, nodes, at, whom).argmax()) if whom else 0
                node = node._replace(entity=nodes[whom[best - 1]].entity if best else -1 - at)
            resolved.append(node)
        return resolved

    def _credit_loss(self, words: Tensor, spans: Tensor, nodes: Sequence[Node]) -> dict[str, Tensor]:
        bounds = self.example.words.bounds()
        rows, right = [], []
        for sentence, credited in self.example.credits.items():
            for who in candidates.creditors(nodes, sentence):
                rows.append((who, *bounds[sentence], sentence - nodes[who].sentence))
                right.append(float(nodes[who].entity in credited and nodes[who].named))
        if not rows:
            return {}
        scores = self.network.credits(words, spans, *map(_tensor, bounds_of(nodes)), *torch.tensor(rows).T)
        return {"credit": functional.binary_cross_entropy_with_logits(scores, torch.tensor(right))}

    def _claim_losses(self, words: Tensor, spans: Tensor, nodes: Sequence[Node]) -> dict[str, Tensor]:
        pairs = candidates.pairs(nodes, self.example.words.bounds())
        if not len(pairs):
            return {}
        vectors, outputs = self.network.pairs(
            words, spans, _means(spans, nodes), *map(_tensor, bounds_of(nodes)), *torch.from_numpy(pairs.table).T
        )
        scores = outputs[:, COLUMNS["relation"]]
        told: list[tuple[Target, int]] = []
        gains = []
        negative = torch.from_numpy(pairs.allowed).clone()
        for target in self.example.targets:
            every, here = _pairs_of(target, pairs, nodes)
            negative[every, target.relation] = False
            if here:
                gains.append(functional.softplus(-torch.logsumexp(scores[here, target.relation], 0)))
                told.append((target, here[int(scores[here, target.relation].argmax())]))
        missed = functional.softplus(scores)[negative].sum()
        claimed = torch.stack(gains).sum() if gains else torch.zeros(())
        found = {"relation": (missed + claimed) / (len(gains) + 5)}
        return found | self._told_losses(outputs, told) | self._value_loss(vectors, spans, nodes, pairs, told)

    def _told_losses(self, outputs: Tensor, told: Sequence[tuple[Target, int]]) -> dict[str, Tensor]:
        found = {}
        for name in ("modality", "measure", "stage"):
            rows = [(pair, right) for target, pair in told if (right := getattr(target, name)) >= 0]
            if rows:
                at, right = torch.tensor(rows).T
                found[name] = functional.cross_entropy(outputs[at, COLUMNS[name]], right)
        if told:
            at = torch.tensor([pair for _, pair in told])
            right = torch.tensor([float(target.credited) for target, _ in told])
            found["credited"] = functional.binary_cross_entropy_with_logits(
                outputs[at, COLUMNS["credited"]].squeeze(-1), right
            )
        return found

    def _value_loss(
        self, vectors: Tensor, spans: Tensor, nodes: Sequence[Node], pairs: Pairs, told: Sequence[tuple[Target, int]]
    ) -> dict[str, Tensor]:
        values, losses = self.example.values, []
        rows: list[tuple[int, int]] = []
        facts: list[tuple[int, int]] = []
        asked: list[tuple[list[int], list[int]]] = []
        for target, pair in told:
            one, other = nodes[pairs.subject[pair]], nodes[pairs.object[pair]]
            near = candidates.near_values(values, one, other)
            for slot, right in enumerate(target.slots):
                mine = [v for v in near if values[v].slot == slot]
                if right is None or not mine:
                    continue
                at = list(range(len(rows), len(rows) + len(mine)))
                asked.append((at, [n for n, v in zip(at, mine, strict=True) if v in right]))
                rows += [(pair, len(nodes) + v) for v in mine]
                facts += [value_facts(values[v], one, other) for v in mine]
        if not rows:
            return {}
        scores = self.network.values(vectors, spans, *torch.tensor(rows).T, torch.tensor(facts))
        for at, good_ in asked:
            all_ = torch.cat([torch.zeros(1), scores[at]])
            good = scores[good_] if good_ else torch.zeros(1)
            losses.append(torch.logsumexp(all_, 0) - torch.logsumexp(good, 0))
        return {"value": torch.stack(losses).mean()}


def _tensor(column: NDArray[Any]) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(column))


def _means(spans: Tensor, nodes: Sequence[Node]) -> Tensor:
    """For each mention the mean of the names of what it means."""
    groups, shares = entity_groups(nodes)
    summed = torch.zeros(int(groups.max()) + 1, spans.shape[1])
    summed = summed.index_add(0, torch.from_numpy(groups), spans[: len(nodes)] * torch.from_numpy(shares).unsqueeze(-1))
    return summed[torch.from_numpy(groups)]


def _pairs_of(target: Target, pairs: Pairs, nodes: Sequence[Node]) -> tuple[list[int], list[int]]:
    """The pairs of a claim's ends, and those of them that stand in its sentence: both ends, else one."""
    entity = np.array([node.entity for node in nodes])
    sentence = np.array([node.sentence for node in nodes])
    subject, obj = entity[pairs.subject], entity[pairs.object]
    fits = (subject == target.subject) & (obj == target.object)
    if target.relation in _UNDIRECTED:
        fits |= (subject == target.object) & (obj == target.subject)
    fits &= pairs.allowed[:, target.relation]
    every = np.flatnonzero(fits)
    ends = (sentence[pairs.subject[every]] == target.sentence).astype(int)
    ends += sentence[pairs.object[every]] == target.sentence
    here = every[ends == ends.max()] if len(ends) and ends.max() else every[:0]
    return every.tolist(), here.tolist()


def total(losses: dict[str, Tensor], weights: dict[str, float]) -> Tensor:
    """The weighted sum."""
    return torch.stack([weights[name] * loss for name, loss in losses.items()]).sum()


def parts(losses: dict[str, Tensor]) -> Counter[str]:
    """The losses as plain numbers."""
    return Counter({name: float(loss.detach()) for name, loss in losses.items()})
