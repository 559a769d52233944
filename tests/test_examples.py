"""The worked examples run, and the notebook prints what it shows."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT
from nbclient import NotebookClient


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.py")), ids=lambda path: path.stem)
def test_an_example_runs_and_says_something(path: Path) -> None:
    done = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, check=True, cwd=ROOT)
    assert len(done.stdout.splitlines()) > 5
    assert done.stderr == ""


def printed(notebook: nbformat.NotebookNode) -> list[str]:
    """What each cell printed."""
    outputs = (cell.outputs for cell in notebook.cells if cell.cell_type == "code")
    return ["".join(output.text for output in cell if output.output_type == "stream") for cell in outputs]


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_prints_what_it_shows(path: Path) -> None:
    shown, run = (nbformat.read(path, as_version=4) for _ in range(2))  # type: ignore[no-untyped-call]
    NotebookClient(run, timeout=120, resources={"metadata": {"path": str(path.parent)}}).execute()
    assert any(printed(shown))
    assert printed(run) == printed(shown)
