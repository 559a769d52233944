"""The command line: parses, calls one function, prints."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from graph.errors import ConnectionFailed, KeiretsuError, NotFound, QueryError

if TYPE_CHECKING:
    from graph.change import Loaded
    from graph.model import Extraction, Verdict
    from graph.store import Rows, Store
    from loaders.source import Source
    from queries.output import Format

DEFAULT_STORE = "graph.db"
DONE, MISSING, WRONG_USE, BAD_INPUT, NO_CONNECTION, INTERNAL, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130
_FORMATS = ("table", "json", "jsonl", "csv")
_VERDICTS = ("same", "different", "unsure")

F = TypeVar("F", bound=Callable[..., Any])


def main() -> None:
    """Entry point of the console script."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Do what the arguments say. Returns the exit code; errors are told on stderr, in one to three lines."""
    debug = "--debug" in arguments
    try:
        outcome = cli.main([a for a in arguments if a != "--debug"], prog_name="keiretsu", standalone_mode=False)
        sys.stdout.flush()
        return outcome if isinstance(outcome, int) else DONE
    except click.ClickException as error:
        error.show()
        return WRONG_USE
    except (click.Abort, KeyboardInterrupt):
        _say("\nInterrupted; documents loaded so far are kept whole")
        return INTERRUPTED
    except (BrokenPipeError, SystemExit):
        # whoever read us has enough (click makes that an exit); keep Python from complaining once more at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeiretsuError as error:
        if debug:
            raise
        _say(f"Error: {error}")
        return _code(error)
    except Exception as error:
        if debug:
            raise
        _say(f"Error: a fault of keiretsu's own: {type(error).__name__}: {error}")
        _say("Run it again with --debug and report what it shows.")
        return INTERNAL


def _code(error: KeiretsuError) -> int:
    codes = ((NotFound, MISSING), (QueryError, WRONG_USE), (ConnectionFailed, NO_CONNECTION))
    return next((code for kind, code in codes if isinstance(error, kind)), BAD_INPUT)


def _say(text: str) -> None:
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


def _open(uri: str | None, *, create: bool = False) -> Store:
    from graph import open_store

    if not uri:
        found = next(((n, os.environ[n]) for n in ("KEIRETSU_STORE", "NEO4J_URI") if os.environ.get(n)), None)
        name, uri = found or ("", DEFAULT_STORE)
        if name:
            _say(f"Store: {uri.rpartition('@')[2]} (from {name})")
    ask = (lambda uri: click.prompt(f"Password for {uri}", hide_input=True, err=True)) if sys.stdin.isatty() else None
    return open_store(uri, create=create, ask=ask)


def _print(rows: Rows, format: str | None, empty: str = "Nothing found") -> None:
    from queries import output

    output.write(rows, cast("Format | None", format), sys.stdout)
    if not rows.rows:
        _say(empty)
    if rows.cut:
        _say(f"Only the first {len(rows.rows)} rows; --limit shows more")


def _sources(
    files: Iterable[str], details: dict[str, str | None], keep_going: bool, failed: list[str]
) -> Iterator[Source]:
    """The input files. Under --keep-going what cannot be read is told, remembered in `failed`, and left out."""
    from graph.errors import SourceError
    from loaders.source import Source

    def problem(error: SourceError) -> None:
        if not keep_going:
            raise error
        failed.append(str(error))
        _say(f"Error: {error}")

    known = {key: value for key, value in details.items() if value is not None}
    for name in files:
        try:
            if name == "-":
                yield Source("-", sys.stdin.buffer.read(), None, known, problem)
            else:
                yield Source.read(Path(name), known, problem)
        except SourceError as error:
            problem(error)


def _extractions(sources: Iterable[Source], loader: str | None) -> Iterator[Extraction]:
    import loaders
    from graph.errors import SourceError

    for source in sources:
        try:
            yield from (loaders.find(loader) if loader else loaders.choose(source)).load(source)
        except SourceError as error:
            source.problem(error)


@contextlib.contextmanager
def _progress(what: str) -> Iterator[Callable[[Loaded], None]]:
    """On a terminal, a line that shows that work goes on, once it has taken a second."""
    if not sys.stderr.isatty():
        yield lambda loaded: None
        return
    from threading import Timer

    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    progress = Progress(*columns, console=Console(stderr=True), transient=True)
    task = progress.add_task(what)
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
@_format_option
def demo(uri: str, format: str | None) -> None:
    """Load two bundled articles and show what was found."""
    from importlib.resources import as_file, files

    from graph import open_store
    from queries import evidence

    with as_file(files("loaders").joinpath("data", "samples")) as folder, open_store(uri) as store:
        names = sorted(str(path) for path in folder.glob("*.txt"))
        loaded = store.add(_extractions(_sources(names, {}, False, []), "article"))
        _summary(loaded, uri)
        _print(evidence.facts(store), format)
    _say(f"""
The graph is in {uri}. Ask it, for instance:
  keiretsu show NVIDIA --store {uri}
  keiretsu why "US government" SANCTIONS NVIDIA --store {uri}
  keiretsu query --named sanctions --param name=H20 --store {uri}
Load articles of your own:
  keiretsu load ARTICLE.txt --published 2024-09-30 --publisher NAME""")


@cli.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@_details_options
@click.option("--loader", help="How to read the files, instead of by content and name.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder for the JSON files."
)
def extract(files: tuple[str, ...], loader: str | None, out: Path, **details: str | None) -> int:
    """Write what FILEs say as NAME.json in the gold form; store nothing."""
    from loaders import claims

    failed: list[str] = []
    stems = [Path(name).stem for name in files]
    if twice := sorted({stem for stem in stems if stems.count(stem) > 1}):
        raise click.UsageError(
            f"several files would be written as {twice[0]}.json; extract them into different folders"
        )
    total = 0
    for source in _sources(files, details, False, failed):
        found = list(_extractions([source], loader))
        _write(out / f"{Path(source.name).stem}.json", claims.text(found, source))
        total += _report_rejects(found)
        _say(f"{source.name}: {len(found)} documents, {sum(len(e.claims) for e in found)} claims")
    return BAD_INPUT if total else DONE


@cli.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...|-")
@_details_options
@click.option("--loader", help="How to read the files, instead of by content and name.")
@click.option("--dry-run", is_flag=True, help="Read and check, but store nothing.")
@click.option("--keep-going", is_flag=True, help="Load what can be read when a part cannot.")
@click.option(
    "--rejects", type=click.Path(path_type=Path, dir_okay=False), help="File for what was refused, as JSON Lines."
)
@_store_option
def load(
    files: tuple[str, ...],
    loader: str | None,
    dry_run: bool,
    keep_going: bool,
    rejects: Path | None,
    uri: str | None,
    **details: str | None,
) -> int:
    """Read FILEs into the graph. Loading again what is known changes nothing.

    Whatever does not fit the ontology is refused claim by claim, with a reason, and told.
    """
    failed: list[str] = []
    refused: list[Extraction] = []

    def watched() -> Iterator[Extraction]:
        for extraction in _extractions(_sources(files, details, keep_going, failed), loader):
            if extraction.rejects:
                refused.append(extraction)
            yield extraction

    if dry_run:
        _say(_counted(watched()))
    else:
        with _open(uri, create=True) as store, _progress("Loading") as progress:
            loaded = store.add(watched(), progress)
        _summary(loaded, store.uri)
    total = _report_rejects(refused)
    if rejects:
        import json

        every = [reject for extraction in refused for reject in extraction.rejects]
        _write(
            rejects, "".join(json.dumps(reject.model_dump(mode="json"), ensure_ascii=False) + "\n" for reject in every)
        )
    if failed:
        _say(f"{len(failed)} parts could not be read")
    return BAD_INPUT if failed or total else DONE


def _counted(extractions: Iterable[Extraction]) -> str:
    documents = claims = rejected = 0
    for extraction in extractions:
        documents += 1
        claims += len(extraction.claims)
        rejected += len(extraction.rejects)
    return f"Would load {documents} documents with {claims} claims; {rejected} rejected. Nothing was stored"


def _summary(loaded: Loaded, uri: str) -> None:
    _say(
        f"Loaded into {uri}: {loaded.documents} documents ({loaded.documents_known} known before), "
        f"{loaded.claims} claims ({loaded.claims_known} known before), {loaded.facts} new facts, "
        f"{loaded.entities} new entities"
    )


def _report_rejects(extractions: Iterable[Extraction]) -> int:
    """Say how many were refused for which reason, and the first few whole. Returns how many."""
    from graph import door

    every = [reject for extraction in extractions for reject in extraction.rejects]
    if every:
        reasons = ", ".join(f"{code} {n}" for code, n in door.count(every).items())
        _say(f"Rejected {len(every)}: {reasons}")
        for reject in every[:3]:
            _say(f"  {reject.code}: {reject.message}")
    return len(every)


def _write(path: Path, text: str) -> None:
    from graph.errors import SourceError

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}") from error


@cli.command()
@click.argument("gold", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="GOLD...")
@click.option(
    "--extracted",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of NAME.json that `extract` or another program wrote, instead of reading the texts.",
)
@click.option("--loader", help="How to read the texts, instead of by content and name.")
@click.option("--list", "listing", is_flag=True, help="Every miss and every extra with its sentence, not the figures.")
@_format_option
def evaluate(
    gold: tuple[Path, ...], extracted: Path | None, loader: str | None, listing: bool, format: str | None
) -> int:
    """Read the texts of GOLD annotations and tell how much of them was found.

    GOLD are annotations (NAME.json, the text beside it) or folders of them. Precision, recall and F1 are of distinct
    facts: of the core relations, the soft ones and all, by relation and, of the core, by document; and, on the facts
    that were found, of modality, attribution, date and amounts.
    """
    from graph.errors import NotFound
    from loaders import evaluation
    from loaders import gold as annotations

    if extracted and loader:
        raise click.UsageError("give --extracted or --loader, not both")
    known = list(annotations.load(gold, _say))
    refused = _report_rejects(document.extraction for document in known)
    wanted = known if extracted else list(annotations.readable(known, _say))
    if not wanted:
        raise NotFound(f"no gold annotation that can be evaluated in {', '.join(map(str, gold))}")
    with _progress("Reading"):
        found = evaluation.evaluate(wanted, evaluation.stored(extracted) if extracted else evaluation.reading(loader))
    refused += _report_rejects(found.extractions)
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
@click.option("--limit", default=200, show_default=True, help="Facts at most.")
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
@click.option("--limit", default=20, show_default=True, help="Rows at most.")
@_format_option
@_store_option
def find(text: str, limit: int, format: str | None, uri: str | None) -> int:
    """Find entities by TEXT in their names and aliases, or near to them."""
    from queries import evidence

    with _open(uri) as store:
        rows = evidence.find(store, text, limit)
    _print(rows, format, f"No name holds or resembles {text!r}")
    return DONE if rows.rows else MISSING


def _query_names(context: click.Context, parameter: click.Parameter, start: str) -> list[str]:
    import queries

    return [name for name in queries.names() if name.startswith(start)]


@cli.command()
@click.argument("cypher", required=False)
@click.option("--file", "file", type=click.Path(path_type=Path, dir_okay=False), help="Read the statement from a file.")
@click.option("--named", metavar="NAME", shell_complete=_query_names, help="Run a query of the library.")
@click.option("--list", "listing", is_flag=True, help="List the library.")
@click.option(
    "--param", "params", multiple=True, metavar="K=V", help="A parameter; V is text, or JSON. May be repeated."
)
@click.option("--limit", default=10_000, show_default=True, help="Rows at most.")
@click.option("--timeout", default=60.0, show_default=True, help="Seconds at most.")
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
    """Ask in CYPHER, reading only, or run a query of the library."""
    import queries
    from loaders.source import Source

    if sum((cypher is not None, file is not None, named is not None, listing)) != 1:
        raise click.UsageError("give one of: a statement, --file, --named, --list")
    if listing:
        _print(queries.listing(), format)
        return
    if named:
        chosen = queries.find(named)  # an unknown query is told before a missing graph
        values: dict[str, Any] = chosen.bind(_params(params, text=True))
        cypher = chosen.text
    else:
        values = _params(params)
        cypher = Source.read(file).text if file else cypher
    with _open(uri) as store:
        _print(store.query(cast(str, cypher), values, limit=limit, timeout=timeout), format)


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
            with contextlib.suppress(ValueError):
                found[key] = json.loads(value)
    return found


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


@cli.group()
def export() -> None:
    """Write the graph in a form for other tools."""


@export.command("claims")
@click.option("-o", "out", type=click.Path(path_type=Path, dir_okay=False), help="File to write.  [default: stdout]")
@_store_option
def export_claims(out: Path | None, uri: str | None) -> None:
    """Write documents, entities and claims as JSON Lines, a document a line; `load` reads them back."""
    from graph.errors import SourceError
    from loaders import claims

    with _open(uri) as store:
        lines = (claims.line(extraction) for extraction in store.extractions())
        if out is None:
            sys.stdout.writelines(lines)
            return
        try:
            with out.open("w", encoding="utf-8") as stream, _progress("Writing"):
                stream.writelines(lines)
        except OSError as error:
            raise SourceError(f"{out}: {error.strerror or error}") from error


@cli.command()
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
def copy(source: str, target: str) -> None:
    """Copy all documents, claims and judgements of the store FROM into the store TO."""
    with _open(source) as old, _open(target, create=True) as new, _progress("Copying") as progress:
        loaded = new.add(old.extractions(), progress)
        changed = new.add_judgements(old.judgements())
    _summary(loaded, target)
    if changed:
        _say(f"{changed} judgements new or changed")


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
@click.option("--lines", default=50, show_default=True, help="How many of the last lines.")
def neo4j_logs(name: str, lines: int) -> None:
    """Print the end of a server's log."""
    from graph import neo4j_server

    click.echo(neo4j_server.logs(name, lines))


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
