"""Parsers of other people's files, in a process of their own that has neither network nor much memory or time.

Whoever sends a page, feed or PDF decides what the libraries that take it apart have to cope with. A parser that
crashes, hangs or swells takes only this process with it, and the loader says so. The process is started with the first
file and kept for the next ones. A parser is a module with `parse(data) -> JSON value`.

The memory is bounded where the system can do so (Linux); the time is everywhere.
"""

import atexit
import contextlib
import json
import os
import subprocess
import sys
from importlib import import_module
from threading import Event, Lock, Timer
from typing import Any, BinaryIO

from graph.errors import SourceError, installing

SECONDS = 30.0
"""For one file at most."""
MEMORY = 2**30
"""Bytes of address space for the process, its libraries included."""
_LARGE = 2**22
"""Bytes of a file after which the process is not kept: it does not give back the memory it took."""
_lock = Lock()
_idle: list[subprocess.Popen[bytes]] = []


def parse(module: str, name: str, data: bytes, extra: str) -> Any:
    """What `module.parse(data)` returns.

    Args:
        name: of the file, for messages.
        extra: which brings the libraries that the module needs.

    Raises:
        SourceError: the parser refuses the file, crashes, or needs too much time or memory; or it is not installed.
    """
    with _lock:
        answer = _ask(module, data)
    if "missing" in answer:
        raise SourceError(f"{name}: reading it needs {answer['missing']}; {installing(extra)}")
    if "error" in answer:
        raise SourceError(f"{name}: {answer['error']}")
    return answer["value"]


def _ask(module: str, data: bytes) -> dict[str, Any]:
    process = _idle.pop() if _idle else _start()
    late = Event()
    timer = Timer(SECONDS, _stop, (process, late))
    timer.start()
    assert process.stdin
    assert process.stdout
    try:
        with contextlib.suppress(BrokenPipeError):
            _send(process.stdin, module.encode())
            _send(process.stdin, data)
        answer = _receive(process.stdout)
    except BaseException:
        _end(process)
        raise
    finally:
        timer.cancel()
    if answer is not None and not late.is_set():
        if len(data) < _LARGE:
            _idle.append(process)
        else:
            _end(process)
        return dict(json.loads(answer))
    _end(process)
    if late.is_set():
        return {"error": f"not read after {SECONDS:.0f} seconds, and given up"}
    return {"error": f"the parser broke down over it (exit status {process.returncode}); damaged, or too large?"}


def _stop(process: subprocess.Popen[bytes], late: Event) -> None:
    late.set()
    process.kill()


def _start() -> subprocess.Popen[bytes]:
    # the modules that this process has, whatever lies in the working folder
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = [sys.executable, "-P", "-m", "loaders.confined"]
    return subprocess.Popen(  # noqa: S603 - ourselves
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):
            pipe and pipe.close()


@atexit.register
def close() -> None:
    """End the process, if there is one; the next file starts another."""
    while _idle:
        _end(_idle.pop())


def _send(stream: BinaryIO | Any, data: bytes) -> None:
    stream.write(len(data).to_bytes(8, "big") + data)
    stream.flush()


def _receive(stream: BinaryIO | Any) -> bytes | None:
    """The next message; None when there is none any more, or only a part of it."""
    size = stream.read(8)
    if len(size) < 8:
        return None
    data: bytes = stream.read(int.from_bytes(size, "big"))
    return data if len(data) == int.from_bytes(size, "big") else None


def _answer(module: str, data: bytes) -> dict[str, Any]:
    try:
        return {"value": import_module(module).parse(data)}
    except SourceError as error:
        return {"error": str(error)}
    except ModuleNotFoundError as error:
        return {"missing": error.name or str(error)}
    except MemoryError:
        return {"error": f"needs more than {MEMORY >> 20:,} MB of memory to be read"}
    except RecursionError:
        return {"error": "nested too deeply"}
    except Exception as error:  # whatever the libraries make of a hostile file is the file's fault
        return {"error": f"cannot be read: {type(error).__name__}: {error}".splitlines()[0][:300]}


def _forbid(event: str, _: tuple[Any, ...]) -> None:
    if event.startswith("socket.") or event in ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"):
        raise PermissionError(f"a parser may not do this: {event}")


def _serve() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import logging

    logging.disable()
    stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # what a library prints is no answer
    sys.addaudithook(_forbid)
    while (module := _receive(stdin)) is not None and (data := _receive(stdin)) is not None:
        _send(stdout, json.dumps(_answer(module.decode(), data)).encode())


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        _serve()
