"""Fitting the network: epochs over the documents, two documents a step, shared between processes; resumable."""

import random
import socket
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import distributed, multiprocessing

from graph.errors import SourceError
from loaders.gazetteer import default
from loaders.pieces import windows
from training import base
from training.annotation import Annotated, documents, is_held_back
from training.example import example
from training.learning import FINISH, WEIGHTS, Lesson, parts, total
from training.network import Network
from training.swapping import pool, swapped

if TYPE_CHECKING:
    from tokenizers import Tokenizer

STEP = 2
"""Documents a step, whatever the number of processes."""
TOLD = 50
"""Steps between two lines of progress."""
STATE = "state.pt"


@dataclass(frozen=True)
class Plan:
    """How to fit."""

    epochs: int = 9
    seed: int = 1
    finish: int = 3
    """Epochs after these in which what claims say besides weighs more: it is learned last, and forgotten first."""
    finish_rate: float = 0.3
    """Share of the rates with which these begin."""
    encoder_rate: float = 1e-4
    head_rate: float = 6e-4
    warm_up: float = 0.08
    swap: float = 0.4
    """Share of the documents that are told with other names."""
    own_from: int = 3
    """First epoch, from 0, in which the network reads some documents by its own mentions."""
    frozen: int = 0
    """Layers of the encoder that stay as they are, besides the pieces' vectors."""


class Course:
    """A network and the documents it learns from, as one of several processes has them."""

    def __init__(
        self,
        network: Network,
        known: Sequence[Annotated],
        reader: "Tokenizer",
        plan: Plan,
        rank: int = 0,
        processes: int = 1,
    ) -> None:
        self.network, self.known, self.reader, self.plan = network, known, reader, plan
        self.rank, self.processes = rank, processes
        self.names = pool(known)
        self.steps = len(known) // STEP
        if not self.steps:
            raise SourceError(f"{len(known)} documents are too few to learn from")
        self.optimizer = _optimizer(network, plan)
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimizer, lambda step: _rate(step, self.steps, plan))

    def epoch(self, epoch: int) -> None:
        """Go through all documents once, in an order that seed and epoch decide."""
        started, seen = time.monotonic(), Counter[str]()
        order = list(range(len(self.known)))
        random.Random(self.plan.seed * 1000 + epoch).shuffle(order)
        self.network.train()
        for step in range(self.steps):
            seen += self._step(epoch, step, [self.known[n] for n in order[step * STEP : (step + 1) * STEP]])
            if self.rank == 0 and (step % TOLD == TOLD - 1 or step == self.steps - 1):
                done = _told(seen, (step + 1) * STEP // self.processes)
                print(f"epoch {epoch} step {step + 1} {time.monotonic() - started:.0f} s", done, flush=True)

    def _step(self, epoch: int, step: int, documents: Sequence[Annotated]) -> Counter[str]:
        """Learn from the documents of a step; of these, this process reads its own."""
        seen = Counter[str]()
        self.optimizer.zero_grad()
        for place in range(self.rank, STEP, self.processes):
            rng = random.Random(f"{self.plan.seed}/{epoch}/{step}/{place}")
            torch.manual_seed(rng.randrange(2**31))
            seen += self._learn(documents[place], epoch, rng)
        _share(self.network, self.processes)
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        self.schedule.step()
        return seen

    def _learn(self, document: Annotated, epoch: int, rng: random.Random) -> Counter[str]:
        if rng.random() < self.plan.swap:
            document = swapped(document, self.names, rng)
        lesson = example(document, default(), rng)
        if not len(lesson.words):
            return Counter()
        late = epoch >= self.plan.own_from
        own = late and rng.random() < 0.5
        spurious = epoch >= self.plan.own_from - 1 and not own and rng.random() < 0.7
        cut = list(windows(lesson.words, self.reader))
        losses = Lesson(self.network, lesson, cut, spurious=spurious, own=own).losses()
        weights = WEIGHTS if epoch < self.plan.epochs else FINISH
        (total(losses, weights) / STEP).backward()  # type: ignore[no-untyped-call]
        return parts(losses)

    @property
    def begun(self) -> dict[str, float]:
        """What must be the same for a course to go on."""
        return {**asdict(self.plan), "documents": len(self.known)}

    def keep(self, folder: Path, epochs: int) -> None:
        """Keep all that the next epoch needs."""
        state = {
            "epoch": epochs,
            "begun": self.begun,
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
        }
        part = folder / "state.part"
        torch.save(state, part)
        part.replace(folder / STATE)

    def resume(self, folder: Path) -> int:
        """Take up what an earlier run kept; the number of the epoch to begin with.

        Raises:
            SourceError: it was begun with other documents or another plan.
        """
        if not (folder / STATE).exists():
            return 0
        state = kept(folder)
        if state.get("begun", self.begun) != self.begun:
            raise SourceError(f"{folder / STATE}: begun with {state['begun']}, not {self.begun}; choose another folder")
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        return int(state["epoch"])


def fit(course: Course, folder: Path) -> None:
    """Fit the network in place; after each epoch all is kept in `folder`, from where a second call goes on.

    Raises:
        SourceError: there is nothing to learn from, or `folder` holds another course.
    """
    for epoch in range(course.resume(folder), course.plan.epochs + course.plan.finish):
        course.epoch(epoch)
        if course.rank == 0:
            course.keep(folder, epoch + 1)
        if course.processes > 1:
            distributed.barrier()


def kept(folder: Path) -> dict[str, Any]:
    """What a run kept after its last epoch.

    Raises:
        SourceError: none has come so far.
    """
    if not (folder / STATE).exists():
        raise SourceError(f"{folder / STATE}: not there; fit first")
    state: dict[str, Any] = torch.load(folder / STATE, weights_only=True)
    return state


def _optimizer(network: Network, plan: Plan) -> torch.optim.Optimizer:
    frozen = [network.encoder.pieces, network.encoder.positions, *network.encoder.layers[: plan.frozen]]
    for part in frozen:
        part.requires_grad_(False)
    encoder = [p for n, p in network.encoder.named_parameters() if p.requires_grad and "hints" not in n]
    inside = set(map(id, encoder))
    heads = [p for p in network.parameters() if p.requires_grad and id(p) not in inside]
    groups = [{"params": encoder, "lr": plan.encoder_rate}, {"params": heads, "lr": plan.head_rate}]
    return torch.optim.AdamW(groups, weight_decay=0.01, fused=True)


def _rate(step: int, steps: int, plan: Plan) -> float:
    """The share of the full rates at a step: rising, falling to nothing, and once more for the finish.

    Args:
        steps: of an epoch.
    """
    whole, finish = plan.epochs * steps, plan.finish * steps
    if step >= whole:
        return plan.finish_rate * max(0.0, whole + finish - step) / max(1, finish)
    rising = max(1.0, plan.warm_up * whole)
    return min((step + 1) / rising, max(0.02, (whole - step) / max(1.0, whole - rising)))


def _share(network: Network, processes: int) -> None:
    """Sum the gradients of all processes; what no document of the step used has a gradient of zero, however many."""
    learned = [p for p in network.parameters() if p.requires_grad]
    grads = [p.grad if p.grad is not None else torch.zeros_like(p) for p in learned]
    if processes > 1:
        flat = torch.cat([grad.flatten() for grad in grads])
        distributed.all_reduce(flat)
        summed = torch.split(flat, [p.numel() for p in learned])
        grads = [part.view_as(p).clone() for part, p in zip(summed, learned, strict=True)]
    for p, grad in zip(learned, grads, strict=True):
        p.grad = grad


def _told(seen: Counter[str], documents: int) -> str:
    return " ".join(f"{name} {value / max(1, documents):.3f}" for name, value in sorted(seen.items()))


Begin = Callable[[], "tuple[Network, Tokenizer]"]
"""What a course begins with; a function that has a name, so that other processes find it."""


def run(corpus: Path, folder: Path, plan: Plan, processes: int, begin: Begin = base.begin) -> None:
    """Fit with several processes; what an earlier run in `folder` did is taken up."""
    folder.mkdir(parents=True, exist_ok=True)
    if processes == 1:
        share(0, 1, 0, corpus, folder, plan, begin)
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    begin()  # what cannot be had is told here, and fetched once
    multiprocessing.spawn(  # type: ignore[attr-defined, no-untyped-call]
        share, (processes, port, corpus, folder, plan, begin), nprocs=processes
    )


def share(rank: int, processes: int, port: int, corpus: Path, folder: Path, plan: Plan, begin: Begin) -> None:
    """Fit as one of several processes, of which each takes its part of every step."""
    torch.set_num_threads(1)
    if processes > 1:
        distributed.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=processes)
    torch.manual_seed(plan.seed)
    known = [document for document in documents(corpus) if not is_held_back(document.name)]
    network, reader = begin()
    fit(Course(network, known, reader, plan, rank, processes), folder)
    if processes > 1:
        distributed.destroy_process_group()
