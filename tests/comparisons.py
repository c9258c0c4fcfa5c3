"""Two versions of a project, compared: what tests of changes of publications, extracts and guides share."""

from __future__ import annotations

import shutil
from pathlib import Path

from compiler.changes.entries import Differences
from compiler.changes.sides import Side
from compiler.diagnostics import Level
from tests.support import Sample, lines_of


def copy_of(sample: Sample, folder: Path) -> Sample:
    """A copy of a project, to be changed."""
    shutil.copytree(sample.root, folder, symlinks=True)
    return Sample(folder)


def side_of(sample: Sample) -> Side:
    project = sample.open()
    assert lines_of([d for d in project.sink.sorted() if d.level is Level.ERROR]) == []
    return Side(project.programs["sample"], project.checked)


def told(found: Differences) -> list[str]:
    """Each change that is more than a note, in a line."""
    return [
        f"{entry.name}: {change.kind}, {change.part}: {_side(change.before)} -> {_side(change.after)}"
        for entry in found.entries
        for change in entry.changes
        if change.kind != "notes"
    ]


def _side(lines: tuple[str, ...]) -> str:
    return " / ".join(lines) or "(none)"
