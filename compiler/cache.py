"""Files kept between runs, in a folder of the user's own that nobody else can read.

``$RULEWRIGHT_CACHE``, else ``$XDG_CACHE_HOME/rulewright``, else ``~/.cache/rulewright``. A cache that cannot be read or
written is no reason to fail: the work is done again.
"""

from __future__ import annotations

import os
from pathlib import Path

MAX_FILES = 64


def folder() -> Path:
    """Where cached files lie (it may not exist yet)."""
    own = os.environ.get("RULEWRIGHT_CACHE")
    if own:
        return Path(own)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "rulewright"


def file(name: str) -> str:
    """The path under which a library may keep a file of ours; empty when the folder cannot be made."""
    try:
        folder().mkdir(parents=True, exist_ok=True, mode=0o700)
        folder().chmod(0o700)
    except OSError:
        return ""
    return str(folder() / name)


def read(name: str) -> str | None:
    """The text kept under a name."""
    try:
        return (folder() / name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def write(name: str, text: str) -> None:
    """Keep a text under a name; the oldest files go when there are too many."""
    try:
        place = folder()
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        place.chmod(0o700)
        temporary = place / f".{name}.{os.getpid()}"
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, place / name)
        kept = sorted((p for p in place.iterdir() if p.is_file()), key=lambda p: p.stat().st_mtime)
        for old in kept[:-MAX_FILES]:
            old.unlink(missing_ok=True)
    except OSError:
        return


def clear() -> int:
    """Remove all kept files; gives how many there were."""
    place = folder()
    kept = [path for path in place.iterdir() if path.is_file()] if place.is_dir() else []
    for path in kept:
        path.unlink(missing_ok=True)
    return len(kept)
