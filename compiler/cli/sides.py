"""The sides of ``rulewright diff``: a project, the folder of a state in one, or a git revision of the project at hand.

A revision is read from an archive of its ``specs/``, unpacked into a temporary folder: nothing is checked out.
"""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from compiler.cli.faults import Stop
from compiler.cli.projects import project_root, relative, report
from compiler.cli.terminal import Terminal
from compiler.diagnostics import Level
from compiler.driver import SPECS, Project, open_project


@dataclass(frozen=True, slots=True)
class Opened:
    """A project that was read; ``name`` is what the user calls it, ``state`` the one it was asked for (None: all)."""

    name: str
    project: Project
    state: str | None


def opened_side(text: str) -> Opened:
    """The side that a folder or a revision names; a folder that is there is not taken for a revision."""
    path = Path(text)
    if path.is_dir():
        root = project_root(path)
        return Opened(text, open_project(root), _state(path, root))
    if text.startswith("-") or not text:
        raise Stop(f"`{text}` is neither a folder nor a revision.")
    if path.exists():
        raise Stop(f"{text} is a file; name a project, the folder of a state, or a git revision.")
    with tempfile.TemporaryDirectory(prefix="rulewright-") as folder:
        _unpack(text, project_root(), Path(folder))
        return Opened(text, open_project(Path(folder)), None)


def working_tree() -> Opened:
    """The project at hand, as it is now."""
    return Opened("the working tree", open_project(project_root()), None)


def _state(path: Path, root: Path) -> str | None:
    parts = relative([path], root)[0].split("/")
    return parts[1] if parts[0] == SPECS and len(parts) > 1 else None


def _unpack(revision: str, root: Path, folder: Path) -> None:
    """Put the ``specs/`` of a revision into a folder."""
    commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        raise Stop(f"`{revision}` is neither a folder nor a revision of the repository of {root}.")
    packed = _git(root, "archive", "--format=tar", commit.decode().strip(), "--", SPECS)
    if packed is None:
        raise Stop(f"The revision `{revision}` has no folder `{SPECS}/`.")
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        for member in archive:
            place = PurePosixPath(member.name)
            content = archive.extractfile(member) if member.isfile() and ".." not in place.parts else None
            if content is not None and place.parts[0] == SPECS:
                (folder / place).parent.mkdir(parents=True, exist_ok=True)
                (folder / place).write_bytes(content.read())


def _git(root: Path, *arguments: str) -> bytes | None:
    """What git prints; None when it fails."""
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}
    try:
        done = subprocess.run(["git", *arguments], cwd=root, env=environment, capture_output=True, check=False)
    except FileNotFoundError:
        raise Stop("git is not installed; name two folders instead.") from None
    return done.stdout if done.returncode == 0 else None


def must_check(side: Opened, state: str, terminal: Terminal) -> None:
    """Stop when the specs of a state have errors on a side."""
    errors = [d for d in side.project.sink.sorted() if d.level is Level.ERROR and _concerns(d.span.source.path, state)]
    if errors:
        report(errors, terminal)
        raise Stop(f"The specs of {side.name} have errors ({len(errors)}); nothing was compared.")


def _concerns(path: str, state: str) -> bool:
    """Whether a file is of a state, or of all."""
    return path.startswith(f"{SPECS}/{state}/") or path.count("/") == 1
