"""The nearest known names, for "did you mean"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

_SMALL_WORDS = frozenset({"a", "an", "the", "of", "in", "on", "is"})


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


def of_its_words(name: str, known: Iterable[str]) -> list[str]:
    """The known names that hold all words of ``name``, the shortest first: ``grade`` finds ``entryGradeLevel``."""
    wanted = words(name) - _SMALL_WORDS
    found = [candidate for candidate in set(known) if wanted and wanted <= words(candidate)]
    return sorted(found, key=lambda candidate: (len(candidate), candidate))


def meant(name: str, known: Iterable[str], most: int = 3) -> str:
    """``did you mean `x`?``, by likeness or else by the words of the name; empty when nothing is like it."""
    names = sorted(set(known))
    close = nearest(name, names)
    found = [close] if close is not None else of_its_words(name, names)[:most]
    return f"did you mean {choice(found)}?" if found else ""


def hint(name: str, known: Iterable[str], most: int = 4) -> str:
    """``did you mean `x`?``, else at most ``most`` known names, else nothing."""
    names = sorted(set(known))
    close = meant(name, names)
    if close or not names:
        return close
    shown = ", ".join(f"`{n}`" for n in names[:most])
    return f"known here: {shown}" + (", ..." if len(names) > most else "")


def choice(names: list[str]) -> str:
    """Names as a choice in words: ```a`, `b` or `c```."""
    quoted = [f"`{name}`" for name in names]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)


def words(name: str) -> frozenset[str]:
    """The words a name is made of, in small letters and the singular: ``gradeLevels`` is grade and level."""
    parts = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+", name)
    return frozenset(part.lower().removesuffix("s") for part in parts)


def _folded(name: str) -> str:
    return name.replace("_", "").lower()
