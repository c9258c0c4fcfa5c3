"""The nearest known name, for "did you mean"."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like ``name``, or None when none is close (about two letters in three must agree).

    Case and underscores do not count, so ``GradeLevel`` finds ``gradeLevel``. Ties go to the first in text order.
    """
    wanted = _folded(name)
    best: tuple[float, str] | None = None
    for candidate in sorted(set(known)):
        likeness = SequenceMatcher(None, wanted, _folded(candidate)).ratio()
        if likeness >= 0.66 and (best is None or likeness > best[0]):
            best = (likeness, candidate)
    return best[1] if best else None


def hint(name: str, known: Iterable[str], most: int = 4) -> str:
    """``did you mean `x`?``, else at most ``most`` known names, else nothing."""
    names = sorted(set(known))
    close = nearest(name, names)
    if close is not None:
        return f"did you mean `{close}`?"
    if not names:
        return ""
    shown = ", ".join(f"`{n}`" for n in names[:most])
    return f"known here: {shown}" + (", ..." if len(names) > most else "")


def _folded(name: str) -> str:
    return name.replace("_", "").lower()
