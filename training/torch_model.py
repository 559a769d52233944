"""The network as the reader of documents takes it, before it is exported."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch

from loaders.learned import Array
from loaders.pieces import windows
from loaders.words import Words
from training.learning import word_vectors
from training.network import Network

if TYPE_CHECKING:
    from tokenizers import Tokenizer


class TorchModel:
    """Answers by torch what `loaders.learned` asks."""

    def __init__(self, network: Network, tokenizer: "Tokenizer") -> None:
        self.network = network.eval()
        self.tokenizer = tokenizer

    def encode(self, read: Words) -> Array:
        with torch.inference_mode():
            return word_vectors(self.network, list(windows(read, self.tokenizer)), len(read)).numpy()

    def tag(self, vectors: Array) -> tuple[Array, Array]:
        named, meant = self._run(self.network.tagger, vectors)
        return named, meant

    def spans(self, vectors: Array, first: Array, last: Array, kind: Array) -> Array:
        return self._run(self.network.spans, vectors, first, last, kind)[0]

    def antecedents(self, spans: Array, what: Array, whom: Array, facts: Array) -> Array:
        return self._run(self.network.antecedents, spans, what, whom, facts)[0]

    def pairs(
        self, vectors: Array, spans: Array, entities: Array, first: Array, last: Array, columns: Sequence[Array]
    ) -> tuple[Array, Array]:
        outcome, said = self._run(self.network.pairs, vectors, spans, entities, first, last, *columns)
        return outcome, said

    def values(self, pairs: Array, spans: Array, pair: Array, value: Array, facts: Array) -> Array:
        return self._run(self.network.values, pairs, spans, pair, value, facts)[0]

    def credits(self, vectors: Array, spans: Array, first: Array, last: Array, rows: Array) -> Array:
        return self._run(self.network.credits, vectors, spans, first, last, *(np.ascontiguousarray(c) for c in rows.T))[
            0
        ]

    def _run(self, part: torch.nn.Module, *given: Array) -> list[Array]:
        with torch.inference_mode():
            answer = part(*(torch.from_numpy(np.ascontiguousarray(array)) for array in given))
        return [one.numpy() for one in (answer if isinstance(answer, tuple) else (answer,))]
