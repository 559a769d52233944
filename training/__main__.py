"""`python -m training`: from the annotated documents and the base weights to the model that ships."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from graph.errors import KeiretsuError

HERE = Path(__file__).parent
SHIPPED = HERE.parent / "loaders" / "data" / "model"

F = TypeVar("F", bound=Callable[..., Any])


def _path(*names: str, default: Path, help: str) -> Callable[[F], F]:
    return click.option(*names, type=click.Path(path_type=Path), default=default, show_default=True, help=help)


_corpus = _path("--corpus", default=HERE / "corpus", help="folder of annotated documents")
_folder = _path("--folder", default=Path("training.out"), help="where the state of training is kept")
_model = _path("--model", default=SHIPPED, help="folder of the model that is written or read")
_gold = click.option(
    "--gold", multiple=True, type=click.Path(path_type=Path), help="gold documents to measure on too; repeatable"
)
_float = click.option("--float", "whole", is_flag=True, help="keep the encoder's weights as 32-bit numbers")


def _plan(command: F) -> F:
    for name, default, least, text in (
        ("--processes", 2, 1, "that share the work; they give the same weights but for rounding"),
        ("--seed", 1, 0, "of all that is left to chance"),
        ("--epochs", 9, 1, "times that each document is read"),
    ):
        command = click.option(name, default=default, show_default=True, type=click.IntRange(least), help=text)(command)
    return command


@click.group()
def cli() -> None:
    """Train the model of the article loader: fit, export, weigh, calibrate, figures; or all of it."""


@cli.command()
@_corpus
@_folder
@_plan
def fit(corpus: Path, folder: Path, epochs: int, seed: int, processes: int) -> None:
    """Fit the network to the annotated documents.

    The state is kept in --folder after each epoch: the same command goes on where an interrupted one ended, to the same
    weights. A folder that was begun with other documents or options is refused.
    """
    from training import fitting

    plan = fitting.Plan(epochs=epochs, seed=seed)
    click.echo(f"{epochs} epochs; what is done is kept in {folder} after each, run this again to go on")
    fitting.run(corpus, folder, plan, min(processes, fitting.STEP))


@cli.command()
@_folder
@_model
@_float
def export(folder: Path, model: Path, whole: bool) -> None:
    """Write the fitted network as ONNX files, and its tokenizer."""
    from training import base, exporting, fitting
    from training.network import Network

    network = Network()
    network.load_state_dict(fitting.kept(folder)["network"])
    exporting.export(network, base.tokenizer(), model, integers=not whole)
    click.echo(f"{model}: {sum(path.stat().st_size for path in model.iterdir()) / 1e6:.1f} MB")


@cli.command()
@_corpus
@_model
def weigh(corpus: Path, model: Path) -> None:
    """Fit what words and places count for the measure, amounts and date of claims, and write a file for each."""
    from loaders import gazetteer
    from loaders.model import OnnxModel
    from training import annotation, dating, measuring, weighing

    known = [document for document in annotation.documents(corpus) if not annotation.is_held_back(document.name)]
    weighing.weigh(known, gazetteer.default(), model, click.echo)
    with measuring.held_back(corpus) as golds:
        dating.date(known, golds, OnnxModel(model), model, click.echo)


@cli.command()
@_corpus
@_model
def calibrate(corpus: Path, model: Path) -> None:
    """Fit how likely claims are, and how sure the text is of them, and write it to calibration.json."""
    from loaders.model import OnnxModel
    from training import annotation, calibrating, measuring

    known = [document for document in annotation.documents(corpus) if not annotation.is_held_back(document.name)]
    with measuring.held_back(corpus) as golds:
        calibrating.calibrate(golds, known, OnnxModel(model), model, click.echo)


@cli.command()
@_corpus
@_model
@_gold
def figures(corpus: Path, model: Path, gold: tuple[Path, ...]) -> None:
    """Show precision, recall and F1 at several confidences, on the documents held back and on gold ones."""
    from loaders import calibration
    from loaders.gold import load, readable
    from loaders.model import OnnxModel
    from training import measuring

    by, weights = OnnxModel(model), calibration.read(model)
    with measuring.held_back(corpus) as golds:
        click.echo("\n".join(measuring.table("held back", measuring.measured(golds, by, weights))))
    for path in gold:
        golds = list(readable(load([path], _tell), _tell))
        click.echo("\n" + "\n".join(measuring.table(path.name, measuring.measured(golds, by, weights))))


@cli.command("all")
@_corpus
@_folder
@_model
@_float
@_gold
@_plan
@click.pass_context
def everything(
    context: click.Context, /, corpus: Path, folder: Path, model: Path, whole: bool, gold: tuple[Path, ...], **plan: int
) -> None:
    """Fit, export, weigh, calibrate and show the figures, as one command; what is done already is not done again."""
    context.invoke(fit, corpus=corpus, folder=folder, **plan)
    if _older(model / "tokenizer.json", folder / "state.pt"):  # the last file that export writes
        context.invoke(export, folder=folder, model=model, whole=whole)
    if _older(model / "dating.json", model / "tokenizer.json"):  # the last file that weigh writes
        context.invoke(weigh, corpus=corpus, model=model)
    if _older(model / "calibration.json", model / "tokenizer.json"):
        context.invoke(calibrate, corpus=corpus, model=model)
    context.invoke(figures, corpus=corpus, model=model, gold=gold)


def _older(one: Path, other: Path) -> bool:
    """Whether a file is not there or older than what it is made from."""
    return not one.exists() or one.stat().st_mtime < other.stat().st_mtime


def _tell(line: str) -> None:
    click.echo(line, err=True)


def main() -> None:
    """Do what the arguments say; errors are told on stderr."""
    try:
        cli(prog_name="python -m training")
    except ModuleNotFoundError as error:
        if error.name not in ("jgo", "onnx", "torch"):
            raise
        _tell(f"Error: training needs {error.name}; pip install -e '.[training]'")
        sys.exit(3)
    except KeiretsuError as error:
        _tell(f"Error: {error}")
        sys.exit(3)


if __name__ == "__main__":
    main()
