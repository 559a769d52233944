"""The learned model that comes with keiretsu: its weights, run by onnxruntime on one core."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from loaders.calibration import SHIPPED
from loaders.learned import Array
from loaders.pieces import windows
from loaders.words import Words

if TYPE_CHECKING:
    pass

PARTS = ("encoder", "tagger", "spans", "antecedents", "pairs", "values", "credits")


class OnnxModel:
    """Answers what `loaders.learned` asks. One core, one window at a time: the same bytes whatever runs beside it."""

    def __init__(self, folder: Path) -> None:
        from onnxruntime import GraphOptimizationLevel, InferenceSession, SessionOptions
        from tokenizers import Tokenizer

        options = SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.graph_optimization_level = GraphOptimizationLevel.ORT_ENABLE_ALL
        options.log_severity_level = 3
        options.enable_mem_pattern = False  # lengths differ from call to call: patterns only take memory
        self._parts: dict[str, InferenceSession] = {
            part: InferenceSession(folder / f"{part}.onnx", options, providers=["CPUExecutionProvider"])
            for part in PARTS
        }
        self._inputs = {part: [one.name for one in session.get_inputs()] for part, session in self._parts.items()}
        self._tokenizer: Tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))

    def encode(self, read: Words) -> Array:
        total: Array | None = None
        count = np.zeros(len(read), dtype=np.float32)
        for window in windows(read, self._tokenizer):
            vectors = self._run("encoder", window.pieces, window.hints)[0]
            if total is None:
                total = np.zeros((len(read), vectors.shape[1]), dtype=np.float32)
            inside = window.words >= 0
            np.add.at(total, window.words[inside], vectors[inside])
            np.add.at(count, window.words[inside], 1)
        assert total is not None, "a text without words is not read"
        return total / np.maximum(count, 1)[:, None]

    def tag(self, vectors: Array) -> tuple[Array, Array]:
        named, meant = self._run("tagger", vectors)
        return named, meant

    def spans(self, vectors: Array, first: Array, last: Array, kind: Array) -> Array:
        return self._run("spans", vectors, first, last, kind)[0]

    def antecedents(self, spans: Array, what: Array, whom: Array, facts: Array) -> Array:
        return self._run("antecedents", spans, what, whom, facts)[0]

    def pairs(
        self, vectors: Array, spans: Array, entities: Array, first: Array, last: Array, columns: Sequence[Array]
    ) -> tuple[Array, Array]:
        outcome, said = self._run("pairs", vectors, spans, entities, first, last, *columns)
        return outcome, said

    def values(self, pairs: Array, spans: Array, pair: Array, value: Array, facts: Array) -> Array:
        return self._run("values", pairs, spans, pair, value, facts)[0]

    def credits(self, vectors: Array, spans: Array, first: Array, last: Array, rows: Array) -> Array:
        return self._run("credits", vectors, spans, first, last, *rows.T)[0]

    def _run(self, part: str, *given: Array) -> list[Array]:
        named = dict(zip(self._inputs[part], map(np.ascontiguousarray, given), strict=True))
        return list(self._parts[part].run(None, named))


@cache
def default() -> OnnxModel:
    """The model that comes with keiretsu."""
    return OnnxModel(SHIPPED)
