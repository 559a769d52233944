"""Training, on a dozen documents and a small network that begins with chance: no base weights, no network."""

import importlib.util
import math
import os
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from tokenizers import Tokenizer

# in CI never skipped: there it fails where torch is missing
if importlib.util.find_spec("torch") is None and not os.environ.get("KEIRETSU_CI"):
    pytest.skip("torch is not here: pip install -e '.[training]'", allow_module_level=True)

import torch

from graph.errors import SourceError
from graph.model import Document
from graph.ontology import MEASURES, Modality
from loaders import choice, learned, linear, measure, reading
from loaders.calibration import Calibration, read
from loaders.cues import ANY
from loaders.dating import read as read_dating
from loaders.gazetteer import default
from loaders.gold import Gold
from loaders.learned import Array, Model
from loaders.model import OnnxModel
from loaders.pieces import windows
from loaders.words import words
from training import annotation, base, calibrating, dating, exporting, fitting, hedging, measuring, weighing
from training.__main__ import cli
from training.annotation import Annotated
from training.calibrating import Seen
from training.example import example
from training.fitting import Course, Plan
from training.hedging import Hedged
from training.learning import WEIGHTS, Lesson, total
from training.network import Network
from training.torch_model import TorchModel
from training.weighing import Case

ROOT = Path(__file__).parents[1]
SHIPPED = ROOT / "loaders" / "data" / "model"
PLAN = Plan(epochs=1, finish=1, own_from=1, encoder_rate=1e-3, head_rate=3e-3)
"""The second epoch reads some documents by the network's own mentions."""
TEXT = """\
Chipmaker Basalt raises funds for its AI processor

Basalt Semiconductor said on 3 March 2025 that it had raised $250 million from Nvidia and Oslo Growth Partners. The
company will use the money to bring its B9 processor to China, where Huawei sells the Ascend 910C. TSMC makes the chip.
According to Reuters, two people familiar with the matter said the US government could restrict its sale in 2026.
"""


def small() -> tuple[Network, Tokenizer]:
    """What the tests begin with, in every process."""
    torch.manual_seed(11)
    return Network(size=48, layers=2, heads=4, inner=96), Tokenizer.from_file(str(SHIPPED / "tokenizer.json"))


def documents(held_back: bool, count: int) -> list[Path]:
    """The shortest documents of the corpus."""
    every = (ROOT / "training" / "corpus").glob("*.ann")
    paths = [path for path in every if annotation.is_held_back(path.stem) == held_back]
    return sorted(paths, key=lambda path: (path.stat().st_size, path.name))[:count]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dozen documents to learn from, two that are held back."""
    folder = tmp_path_factory.mktemp("corpus")
    for path in documents(False, 12) + documents(True, 2):
        shutil.copy(path, folder)
    return folder


@pytest.fixture(scope="module")
def golds(corpus: Path) -> Iterator[list[Gold]]:
    with measuring.held_back(corpus) as found:
        yield found


Weights = dict[str, torch.Tensor]


@pytest.fixture(scope="module")
def whole(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Weights:
    """The weights after two epochs without an interruption."""
    folder = tmp_path_factory.mktemp("whole")
    fitting.run(corpus, folder, PLAN, 1, small)
    weights: Weights = fitting.kept(folder)["network"]
    return weights


@pytest.fixture(scope="module")
def broken(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that was interrupted in its second epoch."""
    folder = tmp_path_factory.mktemp("broken")
    learn = Course._step

    def interrupted(course: Course, epoch: int, step: int, documents: Sequence[Annotated]) -> Any:
        if (epoch, step) == (1, 2):
            raise KeyboardInterrupt
        return learn(course, epoch, step, documents)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Course, "_step", interrupted)
        with pytest.raises(KeyboardInterrupt):
            fitting.run(corpus, folder, PLAN, 1, small)
    return folder


# -- fitting


def test_an_epoch_lowers_the_loss(corpus: Path, broken: Path) -> None:
    network, reader = small()
    before = loss(network, reader, corpus)
    kept = fitting.kept(broken)
    network.load_state_dict(kept["network"])
    assert kept["epoch"] == 1
    assert loss(network, reader, corpus) < 0.9 * before


def loss(network: Network, reader: Tokenizer, corpus: Path) -> float:
    """The mean loss of the documents that are learned from."""
    network.eval()
    losses = []
    for path in sorted(corpus.glob("*.ann")):
        if not annotation.is_held_back(path.stem):
            lesson = example(annotation.read(path), default())
            cut = list(windows(lesson.words, reader))
            with torch.inference_mode():
                losses.append(float(total(Lesson(network, lesson, cut).losses(), WEIGHTS)))
    return sum(losses) / len(losses)


def test_an_interrupted_run_goes_on_to_the_same_weights(corpus: Path, broken: Path, whole: Weights) -> None:
    fitting.run(corpus, broken, PLAN, 1, small)
    resumed = fitting.kept(broken)["network"]
    assert all(torch.equal(resumed[name], weights) for name, weights in whole.items())


def test_two_processes_come_to_the_weights_of_one(corpus: Path, whole: Weights, tmp_path: Path) -> None:
    fitting.run(corpus, tmp_path, PLAN, 2, small)
    shared = fitting.kept(tmp_path)["network"]
    start = small()[0].state_dict()
    moved = sum(float((whole[name] - start[name]).square().sum()) for name in whole)
    apart = sum(float((whole[name] - shared[name]).square().sum()) for name in whole)
    assert moved > 0
    assert apart < 1e-4 * moved


def test_a_folder_that_was_begun_otherwise_is_refused(corpus: Path, whole: Weights, tmp_path: Path) -> None:
    course = Course(*_lessons(corpus), PLAN)
    course.keep(tmp_path, 1)
    with pytest.raises(SourceError, match="begun with"):
        fitting.run(corpus, tmp_path, Plan(epochs=3), 1, small)


def _lessons(corpus: Path) -> tuple[Network, list[Annotated], Tokenizer]:
    network, reader = small()
    known = [one for one in annotation.documents(corpus) if not annotation.is_held_back(one.name)]
    return network, known, reader


def test_nothing_to_learn_from_and_nothing_learned_are_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="too few"):
        fitting.run(tmp_path, tmp_path, PLAN, 1, small)
    with pytest.raises(SourceError, match="fit first"):
        fitting.kept(tmp_path)


def test_base_weights_that_are_not_the_expected_file_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = tmp_path / "mirror" / base._ARTEFACT
    mirror.mkdir(parents=True)
    (mirror / base._NAME).write_bytes(b"something else")
    monkeypatch.setenv("KEIRETSU_MAVEN", (tmp_path / "mirror").as_uri())
    monkeypatch.setenv("KEIRETSU_CACHE", str(tmp_path / "cache"))
    with pytest.raises(SourceError, match="not the file"):
        base.artefact()
    (mirror / base._NAME).unlink()
    with pytest.raises(SourceError, match="cannot fetch"):
        base.artefact()
    assert not (tmp_path / "cache" / base._NAME).exists()


# -- export


class Exports:
    """A network of chance, which sees names everywhere, as torch has it and as both exports have it."""

    def __init__(self, folder: Path) -> None:
        network, reader = small()
        network.eval()
        self.torch = TorchModel(network, reader)
        self.folder = folder / "integers"
        exporting.export(network, reader, folder / "float", integers=False)
        exporting.export(network, reader, self.folder)
        self.float, self.integers = OnnxModel(folder / "float"), OnnxModel(self.folder)


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Exports:
    return Exports(tmp_path_factory.mktemp("exports"))


class Both:
    """Answers like the one model, and notes how far the other's answer is from it."""

    def __init__(self, one: Model, other: Model) -> None:
        self.one, self.other = one, other
        self.apart: dict[str, float] = {}

    def __getattr__(self, question: str) -> Callable[..., Any]:
        def ask(*given: Any) -> Any:
            answer, second = getattr(self.one, question)(*given), getattr(self.other, question)(*given)
            for a, b in zip(_parts(answer), _parts(second), strict=True):
                assert a.shape == b.shape
                apart = float(np.abs(a - b).max())
                self.apart[question] = max(apart, self.apart.get(question, 0.0))
            return answer

        return ask


def _parts(answer: Any) -> tuple[Array, ...]:
    return answer if isinstance(answer, tuple) else (answer,)


QUESTIONS = {"encode", "tag", "spans", "antecedents", "pairs", "values", "credits"}


def test_the_export_answers_every_question_as_torch_does(exports: Exports) -> None:
    both = Both(exports.torch, exports.float)
    learned.read(TEXT, None, default().mentions(TEXT), both, default(), least=1e-6)
    assert set(both.apart) == QUESTIONS
    assert max(both.apart.values()) < 1e-4, both.apart


def test_the_export_in_integers_is_close_to_torch(exports: Exports) -> None:
    read = words(TEXT, default().mentions(TEXT))
    one, other = exports.torch.encode(read), exports.integers.encode(read)
    alike = (one * other).sum(axis=1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)
    assert alike.min() > 0.98
    encoders = [(exports.folder.parent / kind / "encoder.onnx").stat().st_size for kind in ("float", "integers")]
    assert encoders[1] < 0.4 * encoders[0]


def test_a_document_is_read_through_the_export_and_twice_alike(exports: Exports) -> None:
    document = Document(text=TEXT)
    weights = Calibration(slope=1.0, intercept=5.0, agreeing=1.0, alone=0.8)
    found = [
        reading.extraction(document, least=0.1, by=by, weights=weights)
        for by in (exports.integers, exports.integers, OnnxModel(exports.folder))
    ]
    assert any(claim.method == reading.METHOD for claim in found[0].claims)
    assert found[0] == found[1] == found[2]


def test_the_same_weights_are_exported_to_the_same_bytes(exports: Exports, tmp_path: Path) -> None:
    exporting.export(exports.torch.network, exports.torch.tokenizer, tmp_path)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == sorted(
        path.name for path in exports.folder.iterdir() if path.suffix == ".onnx" or path.name == "tokenizer.json"
    )
    assert all((tmp_path / name).read_bytes() == (exports.folder / name).read_bytes() for name in names)


# -- weighing


def test_weights_are_fitted_to_documents_and_alike_twice(corpus: Path, tmp_path: Path) -> None:
    told: list[str] = []
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        folder.mkdir()
        weighing.weigh(list(annotation.documents(corpus)), default(), folder, told.append)
    for name in (measure.FILE, choice.FILE):
        assert len({(folder / name).read_bytes() for folder in folders}) == 1
    assert all(len(row) == len(MEASURES) for row in linear.read(folders[0] / measure.FILE).values())
    assert all(len(row) == 1 for row in linear.read(folders[0] / choice.FILE).values())


def test_a_feature_that_goes_with_an_outcome_counts_for_it() -> None:
    cases = [Case(["alike", "good"], 1), Case(["alike", "bad"], 0)] * 20 + [Case(["rare"], 1)] * 2
    weights = weighing.fit(cases, 1)
    assert linear.odds(["good"], weights)[0] > 0.5
    assert linear.odds(["bad"], weights)[0] < -0.5
    assert "rare" not in weights


def test_the_shipped_weights_know_the_cues_and_the_relations() -> None:
    cued = {f"{place} {name}" for place in ("near", "clause", "sentence") for name in MEASURES}
    assert cued <= set(measure.default())
    assert {f"{slot} {relation}" for relation in ("INVESTS_IN", "BUYS") for slot in choice.slots(relation)} <= set(
        choice.default()
    )


# -- calibrating and measuring


def test_a_calibration_finds_the_odds_that_claims_were_made_with() -> None:
    chance = random.Random(3)
    made = [Seen(chance.gauss(-1, 2), chance.random() < 0.3, False) for _ in range(6000)]
    truth = Calibration(slope=0.6, intercept=-0.5, agreeing=1.5, alone=-9)
    seen = [one._replace(right=chance.random() < _likely(truth, one)) for one in made]
    seen += [Seen(None, True, n % 4 > 0) for n in range(400)]
    fitted = calibrating.fit(seen)
    assert fitted.slope == pytest.approx(0.6, abs=0.1)
    assert fitted.intercept == pytest.approx(-0.5, abs=0.2)
    assert fitted.agreeing == pytest.approx(1.5, abs=0.3)
    assert fitted.alone == pytest.approx(np.log(3), abs=0.05)


def _likely(weights: Calibration, one: Seen) -> float:
    assert one.score is not None
    return weights.ruled(one.score) if one.ruled else weights.learned(one.score)


@pytest.mark.parametrize("right", [[], [True] * 5, [False] * 5])
def test_a_calibration_of_little_is_finite_and_believes_the_model(right: list[bool]) -> None:
    fitted = calibrating.fit([Seen(3.0, False, one) for one in right])
    assert abs(fitted.slope) < 10
    assert abs(fitted.intercept) < 10
    assert fitted.agreeing == fitted.alone == 0


def test_a_model_is_calibrated_and_measured_on_documents_held_back(
    exports: Exports, corpus: Path, golds: list[Gold], tmp_path: Path
) -> None:
    told: list[str] = []
    known = [one for one in annotation.documents(corpus) if not annotation.is_held_back(one.name)]
    assert (len(golds), len(known)) == (2, 12)
    calibrating.calibrate(golds, known, exports.integers, tmp_path, told.append)
    weights = read(tmp_path)
    assert told[0].endswith(str(weights))
    whole = measuring.measured(golds, exports.integers, weights)
    found = [len(measuring.at_least(whole, confidence).found) for confidence in measuring.CONFIDENCES]
    assert found == sorted(found, reverse=True)
    lines = list(measuring.table("held back", whole))
    assert lines[0].startswith("| held back: 2 documents |")
    assert len({line.count("|") for line in lines}) == 1


def test_what_a_calibration_sees_are_the_facts_that_are_measured(exports: Exports, golds: list[Gold]) -> None:
    seen = calibrating.seen(calibrating.found(golds, exports.integers))
    assert any(one.ruled for one in seen)
    ruled = {row.key for row in measuring.measured(golds, exports.integers, ALL).found if row.claim.method != "model/1"}
    assert sum(one.ruled for one in seen) == len(ruled)


ALL = Calibration(slope=1.0, intercept=0.0, agreeing=0.0, alone=1.0)


def test_cues_are_heard_where_the_model_is_not_sure_and_it_is_heard_where_it_is() -> None:
    known = [Hedged((), frozenset({cue, ANY}), frozenset({right})) for cue, right in CUES for _ in range(200)]
    held = [Hedged(scores, frozenset({cue, ANY}), frozenset({right})) for cue, right in CUES for scores in DOUBTFUL]
    fitted = hedging.fit(known, held)
    for cue, right in CUES:
        assert fitted.modality(DOUBTFUL[0], {cue, ANY}) == right
        assert fitted.modality((0.0, 0.0, 0.0, 40.0), {cue, ANY}) == "denied"


CUES: Sequence[tuple[str, Modality]] = (("plain", "stated"), ("whispered", "rumored"), ("soon", "expected"))
DOUBTFUL = [(0.3, 0.2, 0.1, 0.0), (0.2, 0.3, 0.1, 0.0), (0.1, 0.2, 0.3, 0.0)] * 20


def test_where_nothing_is_held_back_the_model_is_heard_alone() -> None:
    known = [Hedged((), frozenset({"soon", ANY}), frozenset({"expected"}))] * 100
    for fitted in (hedging.fit(known, []), hedging.fit([], [])):
        assert fitted.trust == 1
        assert fitted.modality((0.1, 0.0, 0.0, 0.0), {"soon", ANY}) == "stated"


def test_a_claim_of_an_annotated_document_is_told_by_its_closest_mentions(tmp_path: Path) -> None:
    path = tmp_path / "a.ann"
    path.write_text(
        "# title: A\n## entities\nBasalt | Firm\nTuff | Firm\n## text\n"
        "Basalt is large.\nTuff may sell chips, and Basalt will buy Tuff.\n## claims\n"
        "2 | Basalt | ACQUIRES | Tuff | expected |  |  |\n",
        encoding="utf-8",
    )
    [one] = hedging.hedged([annotation.read(path)], default())
    assert one.right == {"expected"}
    assert {"will between", "may earlier"} <= one.cues


# -- dating


def test_a_dating_finds_the_odds_that_dates_were_chosen_with() -> None:
    chance = random.Random(5)
    choices = [_chosen({"near": 2.0, "far": -1.0}, chance) for _ in range(4000)]
    fitted = dating.fit(choices, choices).weights
    assert fitted["near"] == pytest.approx(2.0, abs=0.25)
    assert fitted["far"] == pytest.approx(-1.0, abs=0.25)
    assert abs(fitted.get("score", 0.0)) < 0.1


def _chosen(truth: dict[str, float], chance: random.Random) -> dating.Choice:
    """A claim with a near and a far date that takes one of them, or none, as likely as the weights make it."""
    odds = [1.0, *(math.exp(weight) for weight in truth.values())]
    right = chance.choices(["", *truth], odds)[0]
    return dating.Choice(
        [{name: 1.0, **_OWN, "score": chance.gauss(0, 1)} for name in truth], [n == right for n in truth]
    )


_OWN = {"bias": 1.0, "score": 0.0, "published": 0.0}


def test_claims_of_the_corpus_may_take_the_dates_that_stand_about_them(corpus: Path) -> None:
    choices = list(dating.annotated(annotation.documents(corpus)))
    assert len(choices) > 50
    assert all(len(choice.dates) == len(choice.right) for choice in choices)
    assert any(any(choice.right) for choice in choices)


def test_a_dating_is_fitted_and_read_back(exports: Exports, corpus: Path, golds: list[Gold], tmp_path: Path) -> None:
    told: list[str] = []
    made = dating.date(annotation.documents(corpus), golds, exports.integers, tmp_path, told.append)
    assert read_dating(tmp_path) == made
    assert told[0].startswith(f"{len(made.weights)} weights")


# -- the command line


def test_every_command_has_help_and_is_in_the_readme() -> None:
    readme = (ROOT / "training" / "README.md").read_text(encoding="utf-8")
    for name, command in cli.commands.items():
        assert command.help
        assert CliRunner().invoke(cli, [name, "--help"]).exit_code == 0
        assert f"python -m training {name}" in readme


def test_all_skips_what_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    for name in ("fit", "export", "weigh", "calibrate", "figures"):
        monkeypatch.setattr(cli.commands[name], "callback", lambda name=name, **_: done.append(name))
    files = [tmp_path / name for name in ("state.pt", "tokenizer.json", "dating.json", "calibration.json")]

    def steps() -> list[str]:
        done.clear()
        arguments = ["all", "--folder", str(tmp_path), "--model", str(tmp_path)]
        assert CliRunner().invoke(cli, arguments).exit_code == 0
        return list(done)

    assert steps() == ["fit", "export", "weigh", "calibrate", "figures"]
    for when, path in enumerate(files):
        path.touch()
        os.utime(path, (when, when))
    assert steps() == ["fit", "figures"]
    os.utime(files[0], (9, 9))
    assert steps() == ["fit", "export", "figures"]
    os.utime(files[1], (10, 10))
    assert steps() == ["fit", "weigh", "calibrate", "figures"]
