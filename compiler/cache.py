"""Files kept between runs, in a folder of the user's own that nobody else can read.

``$RULEWRIGHT_CACHE``, else ``$XDG_CACHE_HOME/rulewright``, else ``~/.cache/rulewright``. A cache that cannot be read or
written is no reason to fail: the work is done again. A folder that was named by ``$RULEWRIGHT_CACHE`` and holds other
things is left alone: it would be closed to others, and its files thrown away.
"""

from __future__ import annotations

import os
from pathlib import Path

MAX_FILES = 64
RECORDS = "records"
_TAG = "CACHEDIR.TAG"
_SIGNATURE = "Signature: 8a477f597d28d172789f06886806bc55\n# A cache of rulewright; see https://bford.info/cachedir/\n"


def folder() -> Path:
    """Where cached files lie (it may not exist yet)."""
    own = os.environ.get("RULEWRIGHT_CACHE")
    if own:
        return Path(own)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "rulewright"


def is_somebody_elses() -> bool:
    """Whether the folder was named by the user and holds what no cache of ours does."""
    place = folder()
    if not os.environ.get("RULEWRIGHT_CACHE") or (place / _TAG).is_file():
        return False
    return place.is_dir() and any(place.iterdir())


def _place() -> Path | None:
    """The folder, made when it is not there; None when it cannot be, or must not be used."""
    place = folder()
    try:
        if is_somebody_elses():
            return None
        if not (place / _TAG).is_file():
            place.mkdir(parents=True, exist_ok=True, mode=0o700)
            place.chmod(0o700)
            (place / _TAG).write_text(_SIGNATURE, encoding="utf-8")
    except OSError:
        return None
    return place


def _kept(place: Path) -> list[Path]:
    """What is kept in a folder, oldest first."""
    files = [path for path in (place.iterdir() if place.is_dir() else ()) if path.is_file() and path.name != _TAG]
    return sorted(files, key=lambda path: path.stat().st_mtime)


def file(name: str) -> str:
    """The path under which a library may keep a file of ours; empty when the folder cannot be made."""
    place = _place()
    return str(place / name) if place is not None else ""


def records() -> Path | None:
    """The folder for copies of data; None when nothing can be kept."""
    place = _place()
    return place / RECORDS if place is not None else None


def read(name: str) -> str | None:
    """The text kept under a name."""
    try:
        return (folder() / name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def write(name: str, text: str) -> None:
    """Keep a text under a name; the oldest files go when there are too many."""
    place = _place()
    if place is None:
        return
    try:
        temporary = place / f".{name}.{os.getpid()}"
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, place / name)
        for old in _kept(place)[:-MAX_FILES]:
            old.unlink(missing_ok=True)
    except OSError:
        return


def clear() -> int:
    """Remove all kept files; gives how many there were."""
    place = folder()
    kept = [] if not place.is_dir() or is_somebody_elses() else [*_kept(place), *_kept(place / RECORDS)]
    for path in kept:
        path.unlink(missing_ok=True)
    return len(kept)
