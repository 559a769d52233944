"""The command line: parses, calls one function, prints."""

from __future__ import annotations

import contextlib
import errno
import functools
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO, TypeVar, cast

import click

from graph.errors import ConnectionFailed, KeiretsuError, NotFound, QueryError, installing

if TYPE_CHECKING:
    from graph.change import Loaded
    from graph.model import Reject, Verdict
    from graph.store import Rows, Store
    from loaders.explanation import Explanation
    from loaders.extractor import Spent
    from loaders.intake import Intake
    from queries import Query
    from queries.diff import Axis
    from queries.export.parts import Source
    from queries.output import Format
    from queries.picture import Picture
    from queries.picture.figure import Figure

DEFAULT_STORE = "graph.db"
DONE, MISSING, WRONG_USE, BAD_INPUT, NO_CONNECTION, INTERNAL, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130
_UNWRITTEN = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF}
"""What writing to a stream fails with. Files of ours fail by name, and as KeiretsuError."""
_FORMATS = ("table", "json", "jsonl", "csv")
_AXES = ("publication", "event")
_VERDICTS = ("same", "different", "unsure")
_EXPORTS = ("claims", "graphml", "gexf", "csv", "cypher", "neo4j-admin", "ftm", "jsonld", "parquet")
_EXTRACTORS = ("offline", "llm", "both")
_LIKELY = 0.3
"""`loaders.reading.DEFAULT_CONFIDENCE`, which is not imported for it."""
_AT_LEAST_ONE = click.IntRange(min=1, max=10**9)
_SECONDS = click.FloatRange(min=0, min_open=True, max=86_400)

F = TypeVar("F", bound=Callable[..., Any])


def main() -> None:
    """Entry point of the console script."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Do what the arguments say. Returns the exit code; errors are told on stderr, in one to three lines."""
    _open_streams()
    end = arguments.index("--") if "--" in arguments else len(arguments)
    options, rest = arguments[:end], arguments[end:]
    debug = "--debug" in options
    try:
        given = [option for option in options if option != "--debug"] + rest
        outcome = cli.main(given, prog_name="keiretsu", standalone_mode=False)
        sys.stdout.flush()
        return outcome if isinstance(outcome, int) else DONE
    except click.ClickException as error:
        with _telling():
            error.show()
        return WRONG_USE
    except (click.Abort, KeyboardInterrupt):
        _say("\nInterrupted; documents loaded so far are kept whole")
        return INTERRUPTED
    except (BrokenPipeError, SystemExit):
        # whoever read us has enough (click makes that an exit)
        _mute(sys.stdout)
        return DONE
    except Exception as error:
        if debug:
            raise
        return _failed(error)


def _failed(error: Exception) -> int:
    """Say what went wrong. Returns the exit code."""
    if isinstance(error, KeiretsuError):
        _say(f"Error: {error}")
        codes = ((NotFound, MISSING), (QueryError, WRONG_USE), (ConnectionFailed, NO_CONNECTION))
        return next((code for kind, code in codes if isinstance(error, kind)), BAD_INPUT)
    if isinstance(error, OSError) and error.errno in _UNWRITTEN and not error.filename:
        _mute(sys.stdout)
        _say(f"Error: standard output: {error.strerror or error}")
        return BAD_INPUT
    _say(f"Error: a fault of keiretsu's own: {type(error).__name__}: {error}")
    _say("Run it again with --debug and report what it shows.")
    return INTERNAL


# -- standard streams


def _open_streams() -> None:
    """Open what the caller closed (`>&-`) on nothing, in order: each gets its own number, and no store gets it."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115  # open as long as we run


def _mute(stream: TextIO) -> None:
    """Let go of a stream that nobody reads or that cannot be written: Python would complain once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@contextlib.contextmanager
def _telling() -> Iterator[None]:
    """What cannot be told on stderr stops nothing."""
    try:
        yield
    except OSError:
        _mute(sys.stderr)


def _say(text: str) -> None:
    """Tell on stderr. Names and titles are untrusted: nothing in them moves the cursor or changes colours."""
    if not text.replace("\n", "").isprintable():
        from queries.output import visible  # not before it is needed: it takes pydantic along

        text = visible(text)
    with _telling():
        click.echo(text, err=True)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done, 1 not found or check failed, 2 wrong use, 3 input unreadable or invalid, "
    "4 no connection or login, 5 internal. --debug anywhere shows where an error comes from.",
)
@click.version_option(package_name="keiretsu")
def cli() -> None:
    """A graph of industry relationships in which every edge carries its evidence."""


# -- options and what they share


def _store_option(command: F) -> F:
    help = "Path of a graph file, or bolt:// or neo4j:// URI.  [default: KEIRETSU_STORE, NEO4J_URI, then graph.db]"
    return click.option("--store", "uri", metavar="URI", help=help)(command)


def _format_option(command: F) -> F:
    help = "How rows come out.  [default: table on a terminal, jsonl in a pipe]"
    return click.option("--format", type=click.Choice(_FORMATS), help=help)(command)


def _details_options(command: F) -> F:
    for name, help in (
        ("url", "Where it was published."),
        ("title", "Its headline."),
        ("publisher", "Who published it."),
        ("published", "When: 2024, 2024-09 or 2024-09-30. Words like 'last week' are read against it."),
    ):
        command = click.option(f"--{name}", metavar=name.upper(), help=f"{help} Wins over what the file says.")(command)
    return command


def _reading_options(command: F) -> F:
    file = click.Path(path_type=Path, dir_okay=False)
    help = "File for claims that were refused or doubtful, with their texts: `load` reads it back once put right."
    command = click.option("--aside", type=file, help=help)(command)
    command = click.option("--rejects", type=file, help="File for what was refused, as JSON Lines.")(command)
    help = "Leave out what cannot be read and go on, instead of ending there."
    command = click.option("--keep-going", is_flag=True, help=help)(command)
    command = click.option("--loader", help="How to read the files, instead of by content and name.")(command)
    return _extractor_option(command)


def _number(context: click.Context, parameter: click.Parameter, value: float) -> float:
    """The value, unless it is NaN, which a range of click's lets through."""
    if value != value:
        raise click.BadParameter("nan is no number")
    return value


def _extractor_option(command: F) -> F:
    help = "How likely a claim read in running text must be, 0 to 1; others are doubtful, and put aside."
    share = click.FloatRange(0, 1)
    command = click.option(
        *("--min-confidence", "least"), metavar="FLOAT", type=share, default=_LIKELY, show_default=True,
        callback=_number, help=help,
    )(command)  # fmt: skip
    help = "What reads running text: offline (rules and a model), a language model (KEIRETSU_LLM_*), or both."
    choice = click.Choice(_EXTRACTORS)
    return click.option("--extractor", type=choice, default="offline", show_default=True, help=help)(command)


def _open(uri: str | None, *, create: bool = False) -> Store:
    from graph import open_store

    if not uri:
        found = next(((n, os.environ[n]) for n in ("KEIRETSU_STORE", "NEO4J_URI") if os.environ.get(n)), None)
        name, uri = found or ("", DEFAULT_STORE)
        if name:
            scheme, colon, place = uri.rpartition("://")  # in a URI, what stands before an @ is a login
            _say(f"Store: {scheme}{colon}{place.rpartition('@')[2] if colon else place} (from {name})")
    ask = (lambda uri: click.prompt(f"Password for {uri}", hide_input=True, err=True)) if sys.stdin.isatty() else None
    return open_store(uri, create=create, ask=ask)


def _print(rows: Rows, format: str | None, empty: str = "Nothing found", more: str = "--limit") -> None:
    from queries import output

    output.write(rows, cast("Format | None", format), sys.stdout)
    if not rows.rows:
        _say(empty)
    if rows.cut:
        _say(f"Only the first {len(rows.rows)} rows; {more} shows more")


def _keep_apart(files: Iterable[str], outputs: Iterable[Path | None]) -> None:
    """Refuse to write over what is to be read, or what was written just now."""
    inputs = {Path(name).resolve() for name in files if name != "-"}
    written: set[Path] = set()
    for path in filter(None, outputs):
        if path.resolve() in inputs:
            raise click.UsageError(f"{path} would be written over, but it is to be read; write elsewhere")
        if path.resolve() in written:
            raise click.UsageError(f"{path} would be written twice; write into different files")
        written.add(path.resolve())


@contextlib.contextmanager
def _progress(what: str, spent: Spent | str = "") -> Iterator[Callable[[Loaded], None]]:
    """On a terminal, a line that shows that work goes on and what was spent, once it has taken a second."""
    if not sys.stderr.isatty():
        yield lambda loaded: None
        return
    from threading import Timer

    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    # what was spent is looked at whenever the line is drawn anew
    columns = SpinnerColumn(), TextColumn("{task.description} {task.fields[spent]}"), TimeElapsedColumn()
    progress = Progress(*columns, console=Console(stderr=True), transient=True)
    task = progress.add_task(what, spent=spent)
    timer = Timer(1.0, progress.start)

    def show(loaded: Loaded) -> None:
        done = loaded.documents + loaded.documents_known
        progress.update(task, description=f"{what}: {done:,} documents, {loaded.claims + loaded.claims_known:,} claims")

    timer.start()
    try:
        yield show
    finally:
        timer.cancel()
        progress.stop()


# -- in


@cli.command()
@click.option("--store", "uri", metavar="PATH", default="demo.db", show_default=True, help="The graph file to make.")
@click.option("--open", "show", is_flag=True, help="Show the picture.")
@_format_option
def demo(uri: str, show: bool, format: str | None) -> None:
    """Load two bundled articles, show what was found, and draw a picture of it."""
    from importlib.resources import as_file, files

    from graph import open_store
    from queries import evidence, view
    from queries.picture import question

    with as_file(files("loaders").joinpath("data", "samples")) as folder, open_store(uri) as store:
        intake = _intake(sorted(str(path) for path in folder.glob("*.txt")), "article", {}, False)
        _summary(store.add(intake), uri)
        _report_rejects(intake.rejects)
        _report_doubtful(intake.doubtful, f"{_LIKELY:g}")
        _outcome(intake)
        _print(evidence.facts(store), format)
        figure = question.impact(view.view(store), "H20")
    _say(f"""
The graph is in {uri}. Ask it, for instance:
  keiretsu show NVIDIA --store {uri}
  keiretsu why "US government" SANCTIONS NVIDIA --store {uri}
  keiretsu query --named sanctions --param name=H20 --store {uri}
Draw it, and open the page in a browser:
  keiretsu draw ego NVIDIA -o demo.html --store {uri}
Load articles of your own:
  keiretsu load ARTICLE.txt --published 2024-09-30 --publisher NAME
A picture of whom the measures on the H20 hit:""")
    _draw(figure, Path(uri).with_suffix(".svg"), None, show, graphviz=False)


@cli.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@_details_options
@_reading_options
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the JSON files.")
@click.option("--explain", is_flag=True, help="Tell of each claim why it was made: with --out or instead of it.")
@click.option("--format", type=click.Choice(_FORMATS[1:]), help="How --explain tells other programs.  [default: text]")
def extract(
    files: tuple[str, ...],
    loader: str | None,
    extractor: str,
    least: float,
    keep_going: bool,
    rejects: Path | None,
    aside: Path | None,
    out: Path | None,
    explain: bool,
    format: str | None,
    **details: str | None,
) -> int:
    """Write what FILEs say as NAME.json in the gold form; store nothing."""
    if not (out or explain):
        raise click.UsageError("say where to write with --out FOLDER, or --explain")
    if format and not explain:
        raise click.UsageError("--format is how --explain tells; what --out writes is JSON")
    stems = [Path(name).stem for name in files]
    if out and (twice := sorted({stem for stem in stems if stems.count(stem) > 1})):
        raise click.UsageError(
            f"several files would be written as {twice[0]}.json; extract them into different folders"
        )
    _keep_apart(files, [*(out / f"{stem}.json" for stem in stems if out), rejects, aside])
    intake = _intake(files, loader, details, keep_going, extractor, least, aside)
    try:
        explained = _extract(intake, out, explain)
    finally:
        _report(intake, least, rejects, aside)
    if explain:
        _tell(explained, format)
    return _outcome(intake)


def _extract(intake: Intake, out: Path | None, explain: bool) -> list[Explanation]:
    """Write what the files say. Returns why, if that is wanted."""
    from loaders import claims, explanation

    explained: list[Explanation] = []
    with _progress("Reading", intake.spent):
        for source in intake.sources():
            failed, found = intake.failed, list(intake.of(source))
            if intake.fault or (intake.failed > failed and not found):
                continue  # no file stands for one that could not be read
            if out:
                _write(out / f"{Path(source.name).stem}.json", [claims.text(found, source)])
            if explain:
                explained += (why for extraction in found for why in explanation.explanations(extraction))
            _say(f"{source.name}: {len(found)} documents, {sum(len(e.claims) for e in found)} claims")
    return explained


def _tell(explained: Sequence[Explanation], format: str | None) -> None:
    from loaders import explanation
    from queries.output import visible

    if format:
        _print(explanation.rows(explained), format, "No claims")
        return
    for part in explanation.text(explained):
        click.echo(visible(part))
    if not explained:
        _say("No claims")


@cli.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...|-")
@_details_options
@_reading_options
@click.option("--dry-run", is_flag=True, help="Read and check, but store nothing.")
@_store_option
def load(
    files: tuple[str, ...],
    loader: str | None,
    extractor: str,
    least: float,
    keep_going: bool,
    rejects: Path | None,
    aside: Path | None,
    dry_run: bool,
    uri: str | None,
    **details: str | None,
) -> int:
    """Read FILEs into the graph. Loading again what is known changes nothing.

    Whatever does not fit the ontology is refused claim by claim, with a reason, and told. What was read before
    something that cannot be is kept.
    """
    _keep_apart(files, [rejects, aside])
    intake = _intake(files, loader, details, keep_going, extractor, least, aside)
    if dry_run:
        _count(intake)
        _report(intake, least, rejects, aside)
        return _outcome(intake)
    with _open(uri, create=True) as store:
        try:
            _add(store, intake)
        finally:
            _report(intake, least, rejects, aside)
    return _outcome(intake)


def _count(intake: Intake) -> None:
    documents = claims = 0
    for extraction in intake:
        documents += 1
        claims += len(extraction.claims)
    if documents or not intake.fault:
        left = f"{len(intake.rejects)} rejected, {len(intake.doubtful)} doubtful"
        _say(f"Would load {documents} documents with {claims} claims; {left}. Nothing was stored")


def _add(store: Store, intake: Intake) -> None:
    """Add what is read, and say what was added: also when it stops on the way, if there was something."""
    from graph.change import Loaded

    done, whole = Loaded(), False

    def watch(loaded: Loaded) -> None:
        nonlocal done
        done = loaded
        show(loaded)

    try:
        with _progress("Loading", intake.spent) as show:
            store.add(intake, watch)
        whole = not intake.fault
    finally:
        if whole or done != Loaded():
            _summary(done, store.uri)


def _summary(loaded: Loaded, uri: str) -> None:
    _say(
        f"Loaded into {uri}: {loaded.documents} documents ({loaded.documents_known} known before), "
        f"{loaded.claims} claims ({loaded.claims_known} known before), {loaded.facts} new facts, "
        f"{loaded.entities} new entities"
    )


def _intake(
    files: Iterable[str],
    loader: str | None,
    details: dict[str, str | None],
    keep_going: bool,
    extractor: str = "offline",
    least: float = _LIKELY,
    aside: Path | None = None,
) -> Intake:
    from loaders.intake import Intake

    known = {key: value for key, value in details.items() if value is not None}
    return Intake(
        files, loader, known, keep_going, lambda error: _say(f"Error: {error}"), extractor, least, aside is not None
    )


def _report(intake: Intake, least: float, rejects: Path | None, aside: Path | None) -> None:
    """Say what was refused, doubtful and left out, and write it to the files that are wanted."""
    from loaders.intake import line

    _report_rejects(intake.rejects)
    _report_doubtful(intake.doubtful, f"{least:g}; --min-confidence")
    if rejects:
        _write(rejects, map(line, intake.rejects))
    if aside:
        _write(aside, intake.aside)
    if intake.failed:
        _say(f"{intake.failed} parts could not be read")
    _report_spent(intake.spent)


def _report_spent(spent: Spent) -> None:
    if str(spent):
        _say(f"Language model: {spent}")


def _report_rejects(rejects: Iterable[Reject]) -> int:
    """Say how many were refused for which reason, and the first few whole. Returns how many."""
    from graph import door

    every = list(rejects)
    if every:
        reasons = ", ".join(f"{code} {n}" for code, n in door.count(every).items())
        _say(f"Rejected {len(every)}: {reasons}")
        for reject in every[:3]:
            _say(f"  {reject.code}: {reject.message}")
    return len(every)


def _report_doubtful(doubtful: Sequence[Reject], least: str) -> None:
    if doubtful:
        _say(f"Put aside {len(doubtful)} doubtful claims (below {least})")


def _outcome(intake: Intake) -> int:
    """The exit code; what ended the intake is raised."""
    if intake.fault:
        raise intake.fault
    return DONE if intake.sound else BAD_INPUT


def _write(path: Path, lines: Iterable[str]) -> None:
    from graph.folder import replacing

    with replacing(path) as stream:
        stream.writelines(lines)


@cli.command()
@click.argument("gold", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="GOLD...")
@click.option(
    "--extracted",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of NAME.json that `extract` or another program wrote, instead of reading the texts.",
)
@click.option("--loader", help="How to read the texts, instead of by content and name.")
@_extractor_option
@click.option("--list", "listing", is_flag=True, help="Every miss and every extra with its sentence, not the figures.")
@_format_option
def evaluate(
    gold: tuple[Path, ...],
    extracted: Path | None,
    loader: str | None,
    extractor: str,
    least: float,
    listing: bool,
    format: str | None,
) -> int:
    """Read the texts of GOLD annotations and tell how much of them was found.

    GOLD are annotations (NAME.json, the text beside it) or folders of them. Precision, recall and F1 are of distinct
    facts: of the core relations, the soft ones and all, by relation and, of the core, by document; and, on the facts
    that were found, of modality, attribution, date and amounts.
    """
    from graph import door
    from graph.errors import NotFound
    from loaders import evaluation
    from loaders import extractor as extractors
    from loaders import gold as annotations

    if extracted and (loader or extractor != "offline" or least != _LIKELY):
        raise click.UsageError(
            "--extracted reads no texts: it goes with none of --loader, --extractor, --min-confidence"
        )
    spent = extractors.Spent()
    extract = extractors.find(extractor, spent, least)
    answers = evaluation.stored(extracted) if extracted else evaluation.reading(loader, extract)
    known = list(annotations.load(gold, _say))
    refused = _report_rejects(reject for document in known for reject in document.extraction.rejects)
    wanted = known if extracted else list(annotations.readable(known, _say))
    if not wanted:
        raise NotFound(f"no gold annotation that can be evaluated in {', '.join(map(str, gold))}")
    try:
        with _progress("Reading", spent):
            found = evaluation.evaluate(wanted, answers)
    finally:
        _report_spent(spent)
    rejects, doubtful = door.parted(reject for extraction in found.extractions for reject in extraction.rejects)
    refused += _report_rejects(rejects)
    _report_doubtful(doubtful, f"{least:g}; --min-confidence")
    _print(found.differences() if listing else found.figures(), format, "No difference")
    core = found.core.rates()
    _say(f"{len(wanted)} documents; core: precision {core.precision:.3f}, recall {core.recall:.3f}, F1 {core.f1:.3f}")
    return BAD_INPUT if refused else DONE


@cli.command()
@click.argument("document")
@_store_option
def retract(document: str, uri: str | None) -> None:
    """Take DOCUMENT (an id, the beginning of one, a title or URL) out, with what rests on it alone."""
    from graph import lookup

    with _open(uri) as store:
        found = store.retract(lookup.document(store, document).id)
    _say(f"Retracted {found.id} {found.title}".rstrip())


# -- asking


@cli.command()
@click.argument("name")
@click.option("--denied", is_flag=True, help="Also what everybody denies.")
@click.option("--limit", type=_AT_LEAST_ONE, default=200, show_default=True, help="Facts at most.")
@_format_option
@_store_option
def show(name: str, denied: bool, limit: int, format: str | None, uri: str | None) -> None:
    """Show the entity NAME: its relations, each with its best evidence."""
    from queries import evidence

    with _open(uri) as store:
        entity = store.entity(name)
        known = ", ".join(f"{key} {value}" for key, value in entity.attributes.items())
        _say(f"{entity.name} ({entity.label}{', ' + known if known else ''})")
        if entity.aliases:
            _say(f"also: {', '.join(entity.aliases)}")
        _print(evidence.show(store, f"{entity.label}:{entity.name}", denied=denied, limit=limit), format)


@cli.command()
@click.argument("ends", nargs=-1, required=True, metavar="A [RELATION] B")
@_format_option
@_store_option
def why(ends: tuple[str, ...], format: str | None, uri: str | None) -> None:
    """Show every claim behind the edges between A and B."""
    from queries import evidence

    if len(ends) not in (2, 3):
        raise click.UsageError("give two names, with or without a relation between them: why NVIDIA PRODUCES H20")
    with _open(uri) as store:
        _print(evidence.why(store, ends[0], ends[1] if len(ends) == 3 else None, ends[-1]), format)


@cli.command()
@click.argument("text")
@click.option("--limit", type=_AT_LEAST_ONE, default=20, show_default=True, help="Rows at most.")
@_format_option
@_store_option
def find(text: str, limit: int, format: str | None, uri: str | None) -> int:
    """Find entities by TEXT in their names and aliases, or near to them."""
    from queries import evidence

    with _open(uri) as store:
        rows = evidence.find(store, text, limit)
    _print(rows, format, f"No name holds or resembles {text!r}")
    return DONE if rows.rows else MISSING


@cli.command()
@_store_option
def mcp(uri: str | None) -> None:
    """Serve the graph to assistants that speak the Model Context Protocol, on stdin and stdout.

    They can ask named queries, Cypher that reads, and what `show`, `why` and `find` show; nothing is ever changed.
    """
    try:
        from queries import server
    except ModuleNotFoundError as error:
        raise KeiretsuError(f"the MCP server needs the package {error.name}: {installing('mcp')}") from error
    with _open(uri) as store:
        server.serve(store)


def _query_names(context: click.Context, parameter: click.Parameter, start: str) -> list[str]:
    import queries

    return [name for name in queries.names() if name.startswith(start)]


class _QueryCommand(click.Command):
    """The command `query`, whose `--help` beside `--named N` documents the query N."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        words = [part for arg in args for part in (arg.split("=", 1) if arg.startswith("--named=") else [arg])]
        at = words.index("--named") + 1 if "--named" in words else len(words)
        ctx.meta["keiretsu.named"] = "".join(words[at : at + 1])
        return super().parse_args(ctx, args)

    def get_help(self, ctx: click.Context) -> str:
        if not ctx.meta["keiretsu.named"]:
            return super().get_help(ctx)
        import queries
        from queries import manual

        return manual.page(queries.find(ctx.meta["keiretsu.named"]))


def _asking_options(command: F) -> F:
    file = click.Path(path_type=Path, dir_okay=False)
    for option in (
        click.option("--timeout", type=_SECONDS, default=60.0, show_default=True, help="Seconds at most."),
        click.option("--limit", type=_AT_LEAST_ONE, default=10_000, show_default=True, help="Rows at most."),
        click.option(
            "--param", "params", multiple=True, metavar="K=V", help="A parameter; V is text, or JSON. May be repeated."
        ),
        click.option("--named", metavar="NAME", shell_complete=_query_names, help="Run a query of the library."),
        click.option("--file", "file", type=file, help="Read the statement from a file."),
        click.argument("cypher", required=False),
    ):
        command = option(command)
    return command


@cli.command(cls=_QueryCommand)
@_asking_options
@click.option("--list", "listing", is_flag=True, help="List the library.")
@_format_option
@_store_option
def query(
    cypher: str | None,
    file: Path | None,
    named: str | None,
    listing: bool,
    params: tuple[str, ...],
    limit: int,
    timeout: float,
    format: str | None,
    uri: str | None,
) -> None:
    """Ask in CYPHER, reading only, or run a query of the library.

    `--named NAME --help` documents a query of the library.
    """
    import queries

    if sum((cypher is not None, file is not None, named is not None, listing)) != 1:
        raise click.UsageError("give one of: a statement, --file, --named, --list")
    if listing:
        _print(queries.listing(), format)
        _say(f"All take {', '.join(queries.TIME)}. --named NAME --help documents one")
        return
    asked = _asked(cypher, file, named, params, timeout)
    with _open(uri) as store:
        rows = asked.rows(store, limit, timeout)
    _print(rows, format, more="--limit" if len(rows.rows) >= limit or not named else "--param limit=N")


class _Asked(NamedTuple):
    """A statement or a query of the library, with its parameters."""

    title: str
    cypher: str
    params: dict[str, Any]
    named: Query | None

    def rows(self, store: Store, limit: int, timeout: float) -> Rows:
        if self.named:
            return self.named.rows(store, self.params, limit=limit, timeout=timeout)
        try:
            return store.query(self.cypher, self.params, limit=limit, timeout=timeout)
        except QueryError as error:
            from queries.place import pointed

            raise pointed(error, self.cypher) from error


def _asked(cypher: str | None, file: Path | None, named: str | None, params: tuple[str, ...], timeout: float) -> _Asked:
    """What is asked; an unknown query or a wrong parameter is told before a missing graph."""
    import queries
    from loaders.source import Source

    if not timeout > 0:  # a range of click's lets NaN through
        raise click.UsageError("--timeout is a number of seconds")
    if named:
        chosen = queries.find(named)
        return _Asked(named, chosen.text, chosen.bind(_params(params, text=True)), chosen)
    text = Source.read(file).text if file else cast(str, cypher)
    return _Asked(file.name if file else " ".join(text.split()), text, _params(params), None)


def _params(given: Iterable[str], *, text: bool = False) -> dict[str, Any]:
    """K=V pairs. Values are read as JSON where they can be, unless they are wanted as text."""
    import json

    found: dict[str, Any] = {}
    for pair in given:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise click.UsageError(f"--param {pair!r} is not of the form name=value")
        found[key] = value
        if not text:
            try:
                found[key] = json.loads(value)
            except RecursionError:
                raise click.UsageError(f"--param {key}: JSON nested too deeply") from None
            except ValueError:
                pass  # text, then
    return found


@cli.command()
@click.argument("first", metavar="D1")
@click.argument("second", metavar="D2")
@click.option("--by", type=click.Choice(_AXES), default=_AXES[0], show_default=True, help="Which dates are compared.")
@click.option("--limit", type=_AT_LEAST_ONE, default=10_000, show_default=True, help="Rows at most.")
@_format_option
@_store_option
def diff(first: str, second: str, by: str, limit: int, format: str | None, uri: str | None) -> None:
    """Show what changed between the dates D1 and D2: facts that appeared, changed modality, were denied or ended.

    Each with the claims that did it. By publication: what was known at D2 and not at D1; by event: what had happened.
    """
    from queries import diff as change

    with _open(uri) as store:
        rows = change.diff(store, first, second, by=cast("Axis", by), limit=limit)
    _print(rows, format, f"Nothing changed between {first} and {second}")


# -- analysing

_NAME = click.Argument(["name"])
_NAME_IF_ANY = click.Argument(["name"], required=False)
_MEASURES = ("degree", "betweenness", "pagerank")
_BASELINES = ("adamic_adar", "resource_allocation", "jaccard", "preferential_attachment")


def _option(flag: str, help: str, **more: Any) -> click.Option:
    return click.Option([flag], help=help, show_default=more.get("default") is not None, **more)


def _depth_option(default: int, what: str) -> click.Option:
    return _option("--depth", f"{what}, at most.", type=click.IntRange(1, 20), default=default)


def _limit_option(default: int) -> click.Option:
    return _option("--limit", "Rows at most.", type=_AT_LEAST_ONE, default=default)


def _seed_option() -> click.Option:
    return _option("--seed", "The same seed gives the same answer.", type=click.IntRange(0, 2**32 - 1), default=1)


_ANALYSES: dict[str, tuple[str, list[click.Parameter]]] = {
    "exposure": (
        "Who is hit by a measure on NAME (a firm, chip, regulator or country), and over which facts.",
        [_NAME, _depth_option(3, "Hops"), _limit_option(200)],
    ),
    "substitutes": ("What could take the place of the chip or product NAME.", [_NAME, _limit_option(100)]),
    "rivals": (
        "The firms that compete with the firm NAME, in what, and by which products.",
        [_NAME, _limit_option(100)],
    ),
    "ownership": (
        "Who owns NAME and what it owns, over chains of holdings, with the bounds of their product.",
        [
            _NAME,
            _option("--side", "Which chains.", type=click.Choice(("both", "owners", "holdings")), default="both"),
            _depth_option(5, "Holdings in a chain"),
            _limit_option(200),
        ],
    ),
    "money": (
        "What investments, takeovers, supplies and orders, of NAME or of all, come to, by relation and currency.",
        [_NAME_IF_ANY, _option("--each", "A row for each fact, not sums.", is_flag=True), _limit_option(200)],
    ),
    "central": (
        "The most central entities.",
        [
            _option("--measure", "What makes central.", type=click.Choice(_MEASURES), default="degree"),
            _seed_option(),
            _limit_option(50),
        ],
    ),
    "communities": (
        "Groups that are joined to one another more than to others, named by their most central members.",
        [
            _option("--method", "How.", type=click.Choice(("louvain", "leiden")), default="louvain"),
            _option("--resolution", "Above 1 for smaller groups.", type=click.FloatRange(0, 1000), default=1.0),
            _option("--least", "Members of a group that is told.", type=_AT_LEAST_ONE, default=2),
            _seed_option(),
            _limit_option(50),
        ],
    ),
    "bridges": (
        "Pairs without whose facts two parts of the graph would not hang together.",
        [_option("--least", "Entities in the smaller part.", type=_AT_LEAST_ONE, default=2), _limit_option(50)],
    ),
    "predict": (
        "Pairs, with NAME or of all, that share neighbours and might be joined too. All of it is guesses.",
        [
            _NAME_IF_ANY,
            _option("--relation", "What is guessed.", default="COMPETES_WITH"),
            _option("--method", "How.", type=click.Choice(_BASELINES), default="adamic_adar"),
            _limit_option(50),
        ],
    ),
    "corroborate": (
        "How well facts, of NAME or all, are borne out by voices that do not depend on one another.",
        [
            _NAME_IF_ANY,
            _option("--trust", "How far one voice is believed.", type=click.FloatRange(0, 1, True, True), default=0.7),
            _option("--weakest-first", "What rests on least comes first.", is_flag=True),
            _limit_option(100),
        ],
    ),
    "conflicts": (
        "Facts, of NAME or all, that some state and others deny, or of which different amounts are told.",
        [
            _NAME_IF_ANY,
            _option("--tolerance", "What part may differ.", type=click.FloatRange(0, 1), default=0.01),
            _limit_option(100),
        ],
    ),
    "timeline": (
        "What is told of NAME, in order of date, denials too; what has no date comes last.",
        [_NAME, _option("--other", "Only what joins it to this one.", metavar="NAME"), _limit_option(1000)],
    ),
    "what-if": (
        "Who would be hit or spared if some facts were there and others were not. The store stays as it is.",
        [
            _option("--ban", "What is restricted. May be repeated.", multiple=True, metavar="NAME"),
            _option("--by", "By which authority.", metavar="NAME"),
            _option("--measure", "By which measure.", default="export_ban"),
            _option("--add", "Another fact to suppose.", multiple=True, nargs=3, metavar="A RELATION B"),
            _option("--remove", "A fact to leave out, by its id.", multiple=True, metavar="FACT"),
            _option("--of", "Whose exposure is compared.  [default: that of all authorities]", metavar="NAME"),
            _depth_option(3, "Hops, that from the authority included"),
            _limit_option(200),
        ],
    ),
}
"""Name -> what it answers and takes; `queries.analysis.ANALYSES` has the functions."""


@cli.group()
def analyze() -> None:
    """Ask what Cypher cannot say: who is hit, who owns how much, what bears a fact out. Every row has its evidence."""


def _view_options(command: F) -> F:
    for flag, help, metavar, multiple in (
        ("--modality", "Only facts of this modality. May be repeated.", "MODALITY", True),
        ("--only", "Only facts of this relation. May be repeated.", "RELATION", True),
        ("--known-by", "Leave out what was published later.", "DATE", False),
        ("--as-of", "Leave out what happened later or had ended: 2024, 2024-06 or 2024-06-30.", "DATE", False),
    ):
        command = click.option(flag, help=help, metavar=metavar, multiple=multiple)(command)
    return command


def _analysis(name: str, help: str, params: list[click.Parameter]) -> click.Command:
    """The command of one analysis."""

    @click.command(name, help=help)
    @_view_options
    @_format_option
    @_store_option
    def command(
        as_of: str | None,
        known_by: str | None,
        only: tuple[str, ...],
        modality: tuple[str, ...],
        format: str | None,
        uri: str | None,
        **given: Any,
    ) -> None:
        from queries import analysis

        with _open(uri) as store:
            view = analysis.view(store, as_of=as_of, known_by=known_by, relations=only, modalities=modality)
            rows = analysis.find(name)(view, **given)
        _print(rows, format)
        if view.undated:
            _say(f"As of {view.as_of}: {view.undated} claims have no date and are kept")
        if view.unpublished:
            _say(f"Known by {view.known_by}: {view.unpublished} claims are of documents without a date and are kept")

    command.params[:0] = params
    return command


for _name, (_help, _given) in _ANALYSES.items():
    analyze.add_command(_analysis(_name, _help, _given))


# -- pictures


class _Drawn(click.Group):
    """A group that tells which views there are when one is unknown."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            raise click.UsageError(f"unknown view {args[0]!r}; known: {', '.join(self.commands)}", ctx)
        return super().resolve_command(ctx, args)


@cli.group(cls=_Drawn)
def draw() -> None:
    """Draw a part of the graph, or a picture that answers a question.

    `all`, `ego` and `query` make a page to click in: search, filters, time, and behind every edge the sentences that it
    rests on. The others make a picture for reports, its sources beneath: a page with all its claims, SVG, PNG or DOT.
    Pages hold all they need, open without a network and ask nothing of any host.
    """


def _picture_options(default: str) -> Callable[[F], F]:
    file = click.Path(path_type=Path, dir_okay=False)
    out = click.option("-o", "out", type=file, default=default, show_default=True, help="File to write.")
    show = click.option("--open", "show", is_flag=True, help="Show it in the browser.")
    return lambda command: _store_option(out(show(command)))


@draw.command("all")
@_picture_options("graph.html")
def draw_all(out: Path, show: bool, uri: str | None) -> None:
    """Draw the whole graph: its most connected part at first, the rest by search and expanding."""
    from queries.picture import views

    _page(views.everything, out, show, uri)


@draw.command("query")
@_asking_options
@_picture_options("graph.html")
def draw_query(
    cypher: str | None,
    file: Path | None,
    named: str | None,
    params: tuple[str, ...],
    limit: int,
    timeout: float,
    out: Path,
    show: bool,
    uri: str | None,
) -> None:
    """Draw the entities and facts that the answer of a query names, by name or id."""
    if sum((cypher is not None, file is not None, named is not None)) != 1:
        raise click.UsageError("give one of: a statement, --file, --named")
    from queries.picture import views

    asked = _asked(cypher, file, named, params, timeout)

    def view(store: Store) -> Picture:
        return views.found(store, asked.title, asked.rows(store, limit, timeout), asked.cypher, asked.params)

    _page(view, out, show, uri)


def _is_page(out: Path) -> bool:
    return out.suffix.lower() in (".html", ".htm")


def _page(view: Callable[[Store], Picture], out: Path, show: bool, uri: str | None) -> None:
    """Write what a view shows of the graph as a page, and say what it holds."""
    from queries.picture import page

    if not _is_page(out):
        raise click.UsageError(f"{out}: this is a page; name it .html")
    with _open(uri) as store, _progress("Drawing"):
        picture = view(store)
    text = page.write(picture)
    _write(out, [text])
    for note in picture.notes:
        _say(note)
    counts = f"{len(picture.nodes):,} entities, {len(picture.edges):,} facts, {len(text.encode()) / 1e6:.1f} MB"
    _say(f"{out}: {counts}")
    if show:
        _show(out)


def _show(path: Path) -> None:
    import webbrowser

    if not webbrowser.open(path.resolve().as_uri()):
        _say(f"No browser was found; open {path} yourself")


_VIEWS: dict[str, tuple[str, list[click.Parameter]]] = {
    "ego": (
        "What is around NAME: a page to click in, or a picture in rings by distance.",
        [_NAME, _option("--hops", "How many facts away.", type=click.IntRange(1, 4), default=1)],
    ),
    "impact": (
        "Whom a measure on NAME hits: authority, restricted, makers, buyers, rivals that may gain, from left to right.",
        [_NAME, _depth_option(3, "Hops")],
    ),
    "matrix": ("Who competes with whom, with NAME or at all, and how many claims say so.", [_NAME_IF_ANY]),
    "money": ("Who pays whom how much, of NAME or of all: a panel for each currency.", [_NAME_IF_ANY]),
    "timeline": (
        "When what happened to NAME; what has no date stands in a tray.",
        [_NAME, _option("--other", "Only what joins it to this one.", metavar="NAME")],
    ),
    "diff": (
        "What was added, changed and withdrawn between the dates FIRST and SECOND.",
        [
            click.Argument(["first"]),
            click.Argument(["second"]),
            _option("--by", "What counts at a date.", type=click.Choice(_AXES), default="publication"),
        ],
    ),
    "ownership": ("Who owns NAME and what it owns, with the stakes.", [_NAME, _depth_option(3, "Holdings in a chain")]),
}
"""Name -> what it shows and takes; `queries.picture.question.VIEWS` has the functions."""


def _drawn(name: str, help: str, params: list[click.Parameter]) -> click.Command:
    """The command of one view."""

    @click.command(name, help=help)
    @click.option("--width", type=click.IntRange(320, 4000), help="Of an SVG or PNG, in pixels.  [default: 1160]")
    @click.option("--explore", is_flag=True, help="Make a page to click in, of the same facts.")
    @_picture_options(f"{name}.html")
    @_view_options
    def command(
        as_of: str | None,
        known_by: str | None,
        only: tuple[str, ...],
        modality: tuple[str, ...],
        out: Path,
        width: int | None,
        explore: bool,
        show: bool,
        uri: str | None,
        **given: Any,
    ) -> None:
        from queries import view
        from queries.picture import question, views

        def figure(store: Store) -> Figure:
            at = view.view(store, as_of=as_of, known_by=known_by, relations=only, modalities=modality)
            return question.find(name)(at, **given)

        if name == "ego" and (explore or _is_page(out)):
            if as_of or known_by or only or modality:
                raise click.UsageError("the page of ego has filters of its own: leave out --as-of and the like")
            _page(lambda store: views.ego(store, **given), out, show, uri)
        elif explore:
            _page(lambda store: views.shown(store, figure(store)), out, show, uri)
        else:
            with _open(uri) as store, _progress("Drawing"):
                found = figure(store)
            _draw(found, out, width, show)

    if name == "diff":  # its dates are its own, and it is of everything
        none: dict[str, Any] = {"as_of": None, "known_by": None, "only": (), "modality": ()}
        command.params = [param for param in command.params if param.name not in none]
        command.callback = functools.partial(cast("Callable[..., None]", command.callback), **none)
    command.params[:0] = params
    return command


def _draw(figure: Figure, out: Path, width: int | None, show: bool, *, graphviz: bool = True) -> None:
    """Write a picture and say what it holds."""
    from graph.folder import replacing
    from queries.picture import file

    content = file.content(figure, out, graphviz=graphviz, **({"width": width} if width else {}))
    with replacing(out) as stream:
        stream.buffer.write(content)
    for note in figure.notes:
        _say(note)
    _say(f"{out}: {len(figure.nodes):,} entities, {len(figure.marks):,} facts, {len(content) / 1e3:,.0f} kB")
    if show:
        _show(out)


for _name, (_help, _given) in _VIEWS.items():
    draw.add_command(_drawn(_name, _help, _given))


# -- identity


@cli.command()
@click.argument("a")
@click.argument("b")
@click.argument("verdict", type=click.Choice(_VERDICTS), required=False)
@click.option("--why", default="", help="The reason, for whoever reads it later.")
@click.option("--by", default="", help="Who judges.")
@click.option("--take-back", is_flag=True, help="Take the judgement of A and B back instead.")
@_store_option
def judge(a: str, b: str, verdict: str | None, why: str, by: str, take_back: bool, uri: str | None) -> None:
    """Decide whether the names A and B are one entity. Nothing is lost: it can be taken back."""
    if (verdict is None) != take_back:
        raise click.UsageError("give a verdict (same, different, unsure) or --take-back")
    with _open(uri) as store:
        if take_back:
            found = store.unjudge(a, b)
            _say(f"Taken back: {found.a!r} and {found.b!r} were judged {found.verdict}")
        else:
            found = store.judge(a, b, cast("Verdict", verdict), by=by, why=why)
            _say(f"Judged {found.verdict}: the {found.label}s {found.a!r} and {found.b!r}")


@cli.command()
@click.option("--read", "file", type=click.Path(path_type=Path, dir_okay=False), help="Keep the judgements of a file.")
@click.option("-o", "out", type=click.Path(path_type=Path, dir_okay=False), help="Write them to a file, a line each.")
@_format_option
@_store_option
def judgements(file: Path | None, out: Path | None, format: str | None, uri: str | None) -> None:
    """List the judgements about names; write them to a file to keep under version control, or read one."""
    from queries import identity

    with _open(uri, create=file is not None) as store:
        if file:
            changed = store.add_judgements(identity.read(file))
            _say(f"{changed} judgements new or changed")
        elif out:
            _write(out, identity.text(store))
        else:
            _print(identity.rows(store), format, "No judgements")


# -- whole stores


@cli.command()
@click.argument("format", type=click.Choice(_EXPORTS))
@click.option(
    "-o", "out", type=click.Path(path_type=Path), help="File to write, for csv, neo4j-admin, parquet a folder."
)
@click.option("--date", help="Date of the manifest.  [default: SOURCE_DATE_EPOCH, then that of the latest document]")
@click.option(
    "--excel", is_flag=True, help="csv that is safe to open in a spreadsheet: nothing in it runs as a formula."
)
@_store_option
def export(format: str, out: Path | None, date: str | None, excel: bool, uri: str | None) -> None:
    """Write the graph in a form for other tools, with a manifest beside it (PATH.manifest.json) or in the folder.

    graphml, csv, cypher, neo4j-admin and parquet hold everything; claims (JSON Lines, which `load` reads back; to
    stdout without -o) all but judgements; gexf, ftm (FollowTheMoney) and jsonld (schema.org, PROV-O) what they have
    a place for. What a format leaves out is told.
    """
    from queries.export import Format, write

    if excel and format != "csv":
        raise click.UsageError("--excel is for csv")
    with _open(uri) as store:
        if out is None:
            _claims_to_stdout(store, format)
            return
        own = Format(_claims) if format == "claims" else None
        with _progress("Writing"):
            left_out = write(store, format, out, format=own, date=date, excel=excel)
    for what, count in left_out.items():
        _say(f"{'Changed' if excel else f'Not in {format}'}: {count} {what}")


def _claims(source: Source) -> Iterator[str]:
    from loaders import claims

    source.leave_out("judgements; `keiretsu judgements -o FILE` writes them", source.manifest["counts"]["judgement"])
    return (claims.line(extraction) for extraction in source.store.extractions())


def _claims_to_stdout(store: Store, format: str) -> None:
    from loaders import claims
    from queries.output import escaped

    if format != "claims":
        raise click.UsageError("say where to write with -o PATH")
    lines = (claims.line(extraction) for extraction in store.extractions())
    sys.stdout.writelines(map(escaped, lines) if sys.stdout.isatty() else lines)


@cli.command()
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
def copy(source: str, target: str) -> None:
    """Copy all documents, claims and judgements of the store FROM into the store TO."""
    if _place(source) == _place(target):
        raise click.UsageError(f"{source} and {target} are one store; there is nothing to copy")
    with _open(source) as old, _open(target, create=True) as new, _progress("Copying") as progress:
        loaded = new.add(old.extractions(), progress)
        changed = new.add_judgements(old.judgements())
    _summary(loaded, target)
    if changed:
        _say(f"{changed} judgements new or changed")


def _place(uri: str) -> str:
    """What two URIs of one store share: the file, or the server's address."""
    _, colon, address = uri.partition("://")
    return address.rstrip("/").removesuffix(":7687").lower() if colon else str(Path(uri).resolve())


@cli.command()
@_store_option
def digest(uri: str | None) -> None:
    """Print 64 digits that two stores share exactly when they hold the same."""
    with _open(uri) as store, _progress("Reading"):
        found = store.digest()
    click.echo(found)


@cli.command()
@_format_option
@_store_option
def info(format: str | None, uri: str | None) -> None:
    """Show where the graph is and how much it holds."""
    from graph.store import Rows

    with _open(uri) as store:
        found = store.info()
    _print(Rows(list(found), [tuple(found.values())]), format)


@cli.command()
@_format_option
@_store_option
def check(format: str | None, uri: str | None) -> int:
    """Verify the whole store again: evidence, types, summaries, dangling ends."""
    from graph.store import Rows

    with _open(uri) as store, _progress("Checking"):
        problems = list(store.check())
    if not problems:
        _say("All is well")
        return DONE
    _print(Rows(["code", "where", "message"], [tuple(problem) for problem in problems]), format)
    _say(f"{len(problems)} problems")
    return MISSING


# -- a local server


@cli.group()
def neo4j() -> None:
    """A real Neo4j on this machine, from Python packages alone."""


def _name_option(command: F) -> F:
    return click.option("--name", default="default", show_default=True, help="Which server; each has its own data.")(
        command
    )


@neo4j.command("start")
@_name_option
def neo4j_start(name: str) -> None:
    """Start a server, the first time with its download. Running already is fine."""
    from graph import neo4j_jars, neo4j_server

    if not neo4j_jars.installed():
        _say("Downloading Neo4j (131 MB), this once")
    with _progress("Starting"):
        server = neo4j_server.start(name)
    _say(f"Neo4j is up at {server.uri}. To use it:\n  keiretsu load FILE --store {server.uri}")
    _say('For other programs:  eval "$(keiretsu neo4j env)"  sets NEO4J_URI and the login')


@neo4j.command("stop")
@_name_option
def neo4j_stop(name: str) -> int:
    """Stop a server; its data stay."""
    from graph import neo4j_server

    with _progress("Stopping"):
        stopped = neo4j_server.stop(name)
    _say("Stopped" if stopped else f"No server {name!r} is running")
    return DONE if stopped else MISSING


@neo4j.command("status")
@_name_option
def neo4j_status(name: str) -> int:
    """Say whether a server is running, and where."""
    from graph import neo4j_server

    server = neo4j_server.status(name)
    click.echo(f"running at {server.uri} (process {server.pid})" if server else "not running")
    return DONE if server else MISSING


@neo4j.command("logs")
@_name_option
@click.option("--lines", type=_AT_LEAST_ONE, default=50, show_default=True, help="How many of the last lines.")
def neo4j_logs(name: str, lines: int) -> None:
    """Print the end of a server's log."""
    from graph import neo4j_server
    from queries.output import visible

    click.echo(visible(neo4j_server.logs(name, lines)))


@neo4j.command("env")
@_name_option
def neo4j_env(name: str) -> None:
    """Print shell lines that set NEO4J_URI and the login, for `eval`."""
    import shlex

    from graph import neo4j_server

    for key, value in neo4j_server.environment(name).items():
        click.echo(f"export {key}={shlex.quote(value)}")


if __name__ == "__main__":
    main()
