"""The network as ONNX files, one for each question that the reader of documents asks, and nothing of torch."""

import logging
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from training.network import PAIR, SPAN, Network

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_INT = torch.int64
SHRUNK = "encoder"
"""The part that is worth storing as integers: nine tenths of the weights."""


class Part(NamedTuple):
    """A part of the network with an example of what it is given, and the free axis of each input by its name."""

    part: nn.Module
    given: tuple[Tensor, ...]
    axes: dict[str, str]


def export(network: Network, reader: "Tokenizer", folder: Path, integers: bool = True) -> None:
    """Write the parts of the network and the tokenizer to `folder`.

    Args:
        integers: store the encoder's weights as 8-bit integers, a quarter of the size and nearly twice as fast.
    """
    network.eval()
    folder.mkdir(parents=True, exist_ok=True)
    for name, part in _parts(network).items():
        path = folder / f"{name}.onnx"
        _write(part, path)
        if integers and name == SHRUNK:
            _shrink(path)
        onnx.checker.check_model(path)
    reader.save(str(folder / "tokenizer.json"))


def _write(part: Part, path: Path) -> None:
    shapes = {name: {0: axis} for name, axis in part.axes.items()}
    with warnings.catch_warnings():
        # the older of torch's two exporters: the younger one needs onnxscript, and free axes in another form
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        torch.onnx.export(
            part.part, part.given, path, input_names=list(shapes), dynamic_axes=shapes, dynamo=False, opset_version=17
        )


def _shrink(path: Path) -> None:
    whole = path.with_suffix(".whole")
    path.replace(whole)
    logging.disable(logging.WARNING)  # it would have the model prepared for other kinds of integers
    try:
        quantize_dynamic(whole, path, weight_type=QuantType.QInt8, per_channel=True, reduce_range=False)
    finally:
        logging.disable(logging.NOTSET)
        whole.unlink()


def _parts(network: Network) -> dict[str, Part]:
    size = network.encoder.size
    words, spans = torch.randn(30, size), torch.randn(12, SPAN)
    first, few = torch.arange(0, 24, 2), torch.arange(5)
    low, high = 0 * few, 0 * few + 20
    return {
        "encoder": Part(network.encoder, (torch.arange(9), torch.zeros(9, 3, dtype=_INT)), _axes("pieces:N hints:N")),
        "tagger": Part(network.tagger, (words,), _axes("words:T")),
        "spans": Part(network.spans, (words, first, first + 1, first % 3), _axes("words:T first:M last:M kind:M")),
        "antecedents": Part(
            network.antecedents,
            (spans, few, few + 1, torch.ones(5, 3, dtype=_INT)),
            _axes("spans:M what:C whom:C facts:C"),
        ),
        "pairs": Part(
            network.pairs,
            (words, spans, spans, first, first + 1, few, few + 1, low, high, few, few),
            _axes("words:T spans:M entities:M first:M last:M subject:P object:P low:P high:P apart:P distance:P"),
        ),
        "values": Part(
            network.values,
            (torch.randn(6, PAIR), spans, few, few, torch.ones(5, 2, dtype=_INT)),
            _axes("vectors:P spans:M pair:C value:C facts:C"),
        ),
        "credits": Part(
            network.credits,
            (words, spans, first, first + 1, few, low, high, few % 3),
            _axes("words:T spans:M first:M last:M who:C low:C high:C back:C"),
        ),
    }


def _axes(text: str) -> dict[str, str]:
    return dict(named.split(":") for named in text.split())
