"""The option ``--since``: find and read what an earlier run wrote."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from compiler.cli.editions import ABOUT, ROWS
from compiler.cli.faults import Stop

_NAMES = (ROWS, "findings.json", "findings.csv")


def earlier_run_at(path: Path) -> Any:
    """The findings of an earlier run, from a file or from the folder that it wrote."""
    from compiler.reports.comparison import UnusableRunError, earlier_run

    file = _file(path)
    try:
        with file.open(encoding="utf-8", errors="strict", newline="") as lines:
            return earlier_run(path.resolve().name, file.suffix, lines, _about(file))
    except UnusableRunError as error:
        raise Stop(str(error)) from error
    except OSError as error:
        raise Stop(f"{file} could not be read: {error.strerror or error}") from error


def _file(path: Path) -> Path:
    if not path.exists():
        raise Stop(f"{path} does not exist; `--since` takes findings of an earlier run, or the folder it wrote.")
    if path.is_dir():
        found = [path / name for name in _NAMES if (path / name).is_file()]
        if not found:
            raise Stop(f"{path} holds no findings of an earlier run: none of {', '.join(_NAMES)}.")
        if len(found) > 1:
            listed = " and ".join(file.name for file in found)
            raise Stop(f"{path} holds {listed}, of which one may be older; name the file of the run you mean.")
        return found[0]
    if path.suffix not in (".jsonl", ".json", ".csv"):
        raise Stop(f"{path.name} is of no format that findings are read in: .jsonl, .json or .csv.")
    return path


def _about(file: Path) -> dict[str, Any]:
    """What the run of a file says of itself; nothing when the file has changed since it was said."""
    try:
        about = json.loads(file.with_name(ABOUT).read_text(encoding="utf-8"))
        return about if about["findings"] == hashlib.sha256(file.read_bytes()).hexdigest() else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
