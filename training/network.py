"""The network: a small encoder read once a document, and heads for names, antecedents, relations, values and credits.

The encoder is BERT's (Devlin et al. 2019, arXiv:1810.04805) in the size of its base weights. Shapes: N pieces of words,
T words, M mentions, P pairs; all of one document.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from loaders.candidates import KINDS, OUTPUTS, REACH, SLOTS
from loaders.tags import MEANT, NAMED, width
from loaders.words import HINTS, PLACES, SHAPES

SPAN = 256
PAIR = 384
HEADS = 4
BETWEEN = 128


class Layer(nn.Module):
    """One layer of the encoder."""

    def __init__(self, size: int, heads: int, inner: int) -> None:
        super().__init__()
        self.heads = heads
        self.query_key_value = nn.Linear(size, 3 * size)
        self.mixed = nn.Linear(size, size)
        self.first_norm = nn.LayerNorm(size, eps=1e-12)
        self.up = nn.Linear(size, inner)
        self.down = nn.Linear(inner, size)
        self.second_norm = nn.LayerNorm(size, eps=1e-12)
        self.dropout = nn.Dropout(0.1)

    def forward(self, x: Tensor) -> Tensor:
        size = x.shape[-1]
        parts = self.query_key_value(x).view(-1, 3, self.heads, size // self.heads).permute(1, 2, 0, 3)
        query, key, value = parts[0], parts[1], parts[2]
        weights = torch.softmax(query @ key.transpose(1, 2) * (size // self.heads) ** -0.5, dim=-1)
        seen = (weights @ value).transpose(0, 1).reshape(-1, size)
        x = self.first_norm(x + self.dropout(self.mixed(seen)))
        out: Tensor = self.second_norm(x + self.dropout(self.down(functional.gelu(self.up(x)))))
        return out


class Encoder(nn.Module):
    """Pieces of a window of text, with the hints of their words, to vectors."""

    def __init__(self, vocabulary: int, size: int, layers: int, heads: int, inner: int) -> None:
        super().__init__()
        self.size = size
        self.pieces = nn.Embedding(vocabulary, size)
        self.positions = nn.Embedding(512, size)
        self.norm = nn.LayerNorm(size, eps=1e-12)
        hints = [nn.Embedding(count, size) for count in (SHAPES, PLACES, HINTS)]
        for hint in hints:
            nn.init.zeros_(hint.weight)
        self.hints = nn.ModuleList(hints)
        self.layers = nn.ModuleList(Layer(size, heads, inner) for _ in range(layers))
        self.dropout = nn.Dropout(0.1)

    def forward(self, pieces: Tensor, hints: Tensor) -> Tensor:
        """Vectors [N, size] of pieces [N] with hints [N, 3]: shape, place, gazetteer."""
        x: Tensor = self.pieces(pieces) + self.positions(torch.arange(pieces.shape[0]))
        x = self.norm(x + self.hints[0](hints[:, 0]) + self.hints[1](hints[:, 1]) + self.hints[2](hints[:, 2]))
        x = self.dropout(x)
        for layer in self.layers:
            x = layer(x)
        return x


class Tagger(nn.Module):
    """Vectors of words to scores of their tags in both layers."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.inner = nn.Linear(size, size)
        self.named = nn.Linear(size, width(NAMED))
        self.meant = nn.Linear(size, width(MEANT))
        self.dropout = nn.Dropout(0.1)

    def forward(self, words: Tensor) -> tuple[Tensor, Tensor]:
        x = self.dropout(functional.gelu(self.inner(words)))
        return self.named(x), self.meant(x)


class Spans(nn.Module):
    """Words [T, size] and spans, by first and last word, to vectors [M, SPAN]."""

    def __init__(self, size: int, kinds: int) -> None:
        super().__init__()
        self.joined = nn.Linear(3 * size, SPAN)
        self.kinds = nn.Embedding(kinds, SPAN)
        self.norm = nn.LayerNorm(SPAN)

    def forward(self, words: Tensor, first: Tensor, last: Tensor, kind: Tensor) -> Tensor:
        mean = between(words, first, last + 1)
        x = self.joined(torch.cat([words[first], words[last], mean], dim=-1)) + self.kinds(kind)
        return functional.gelu(self.norm(x))


def between(words: Tensor, low: Tensor, high: Tensor) -> Tensor:
    """The mean of the words from `low` up to `high`, zero where there are none."""
    sums = torch.cat([torch.zeros_like(words[:1]), words.cumsum(dim=0)])
    count = (high - low).clamp(min=0).unsqueeze(-1)
    return (sums[torch.maximum(low, high)] - sums[low]) / count.clamp(min=1)


def mlp(inputs: int, inner: int, outputs: int) -> nn.Sequential:
    """A head of two layers."""
    return nn.Sequential(nn.Linear(inputs, inner), nn.GELU(), nn.Dropout(0.1), nn.Linear(inner, outputs))


class Antecedents(nn.Module):
    """A description and an entity that it may mean, as spans, to a score; nothing meant scores zero."""

    def __init__(self) -> None:
        super().__init__()
        self.near = nn.Embedding(8, 32)
        self.rank = nn.Embedding(12, 32)
        self.often = nn.Embedding(6, 32)
        self.score = mlp(3 * SPAN + 96, 192, 1)

    def forward(self, spans: Tensor, what: Tensor, whom: Tensor, facts: Tensor) -> Tensor:
        """Scores [C] of candidates: mentions `what` and `whom` [C], facts [C, 3]: sentences apart, rank, how often."""
        x, y = spans[what], spans[whom]
        known = torch.cat([self.near(facts[:, 0]), self.rank(facts[:, 1]), self.often(facts[:, 2])], dim=-1)
        score: Tensor = self.score(torch.cat([x, y, x * y, known], dim=-1)).squeeze(-1)
        return score


class Pairs(nn.Module):
    """Pairs of mentions in their context to vectors, and to what each claims."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.passage = nn.Linear(size, BETWEEN)
        self.query = nn.Linear(2 * SPAN, SPAN)
        self.key = nn.Linear(size, SPAN)
        self.value = nn.Linear(size, SPAN)
        self.whole = nn.Linear(SPAN, 64)
        self.apart = nn.Embedding(2 * REACH + 1, 32)
        self.distance = nn.Embedding(16, 32)
        self.joined = nn.Linear(4 * SPAN + BETWEEN + 128 + 64, PAIR)
        self.norm = nn.LayerNorm(PAIR)
        self.dropout = nn.Dropout(0.15)
        self.inner = nn.Linear(PAIR, PAIR)
        self.said = nn.Linear(PAIR, sum(OUTPUTS.values()))
        nn.init.constant_(self.said.bias[: OUTPUTS["relation"]], -4.0)  # most pairs claim nothing

    def forward(
        self, words: Tensor, spans: Tensor, entities: Tensor, first: Tensor, last: Tensor,
        subject: Tensor, obj: Tensor, low: Tensor, high: Tensor, apart: Tensor, distance: Tensor,
    ) -> tuple[Tensor, Tensor]:  # fmt: skip
        """Vectors [P, PAIR] and outputs [P, sum of OUTPUTS]. `entities` [M, SPAN]: the mean of what a mention means."""
        x, y = spans[subject], spans[obj]
        seen = self.seen(words, torch.cat([x, y], dim=-1), low, high)
        start = torch.minimum(last[subject], last[obj]) + 1
        passage = between(self.passage(words), start, torch.maximum(first[subject], first[obj]))
        known = [self.whole(entities[subject]), self.whole(entities[obj]), self.apart(apart), self.distance(distance)]
        joined = self.joined(torch.cat([x, y, x * y, seen, passage, *known], dim=-1))
        vector = self.dropout(functional.gelu(self.norm(joined)))
        vector = vector + self.dropout(functional.gelu(self.inner(vector)))
        return vector, self.said(vector)

    def seen(self, words: Tensor, ends: Tensor, low: Tensor, high: Tensor) -> Tensor:
        """What a pair attends to in the sentences from word `low` up to `high`, [P, SPAN]."""
        deep = SPAN // HEADS
        query = self.query(ends).view(-1, HEADS, deep)
        key, value = (part(words).view(-1, HEADS, deep) for part in (self.key, self.value))
        scores = torch.einsum("phd,thd->pht", query, key) * deep**-0.5
        at = torch.arange(words.shape[0])
        outside = (at < low.unsqueeze(-1)) | (at >= high.unsqueeze(-1))
        weights = torch.softmax(scores.masked_fill(outside.unsqueeze(1), -1e9), dim=-1)
        return torch.einsum("pht,thd->phd", weights, value).reshape(-1, SPAN)


class Values(nn.Module):
    """A pair and a value near it to a score; no value scores zero."""

    def __init__(self) -> None:
        super().__init__()
        self.pair = nn.Linear(PAIR, SPAN)
        self.apart = nn.Embedding(8, 32)
        self.distance = nn.Embedding(32, 32)
        self.score = mlp(3 * SPAN + 64, 192, 1)

    def forward(self, vectors: Tensor, spans: Tensor, pair: Tensor, value: Tensor, facts: Tensor) -> Tensor:
        """Scores [C] of candidates: pairs and values [C], facts [C, 2]: sentences apart, distance."""
        x, y = functional.gelu(self.pair(vectors[pair])), spans[value]
        known = torch.cat([self.apart(facts[:, 0]), self.distance(facts[:, 1])], dim=-1)
        score: Tensor = self.score(torch.cat([x, y, x * y, known], dim=-1)).squeeze(-1)
        return score


class Credits(nn.Module):
    """A mention and a sentence to the score of the sentence being credited to whom is mentioned."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.sentence = nn.Linear(size, SPAN)
        self.around = nn.Linear(size, 64)
        self.back = nn.Embedding(8, 32)
        self.score = mlp(3 * SPAN + 128 + 32, 192, 1)

    def forward(
        self, words: Tensor, spans: Tensor, first: Tensor, last: Tensor,
        who: Tensor, low: Tensor, high: Tensor, back: Tensor,
    ) -> Tensor:  # fmt: skip
        """Scores [C] of candidates: mentions [C], sentences by first word and word after the last, how far back."""
        x = spans[who]
        y = functional.gelu(self.sentence(between(words, low, high)))
        around = self.around(words)
        before = between(around, (first[who] - 3).clamp(min=0), first[who])
        after = between(around, last[who] + 1, (last[who] + 4).clamp(max=words.shape[0]))
        score: Tensor = self.score(torch.cat([x, y, x * y, before, after, self.back(back)], dim=-1)).squeeze(-1)
        return score


class Network(nn.Module):
    """All parts together."""

    def __init__(
        self, vocabulary: int = 30522, size: int = 384, layers: int = 12, heads: int = 12, inner: int = 1536
    ) -> None:
        super().__init__()
        self.encoder = Encoder(vocabulary, size, layers, heads, inner)
        self.tagger = Tagger(size)
        self.spans = Spans(size, KINDS + len(SLOTS))
        self.antecedents = Antecedents()
        self.pairs = Pairs(size)
        self.values = Values()
        self.credits = Credits(size)
