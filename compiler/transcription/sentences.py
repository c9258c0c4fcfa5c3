"""Where one cell ends and the next begins, in text that has lost the line between them.

A cell begins as a sentence does. Of the words at which a sentence might begin, the likeliest is the one from which the
text goes on as some cell does elsewhere in the document; next, one that is followed by a small letter, as sentences
are and titles are not; and of two that are alike, the later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_END = re.compile(r"(?<=[.?!])\s+(?=[A-Z\"'])")
_CAPITAL = re.compile(r"[A-Z][a-z]+(?:['\u2019]s)?")
_GLUE = re.compile(r"(?<=[a-z.)])(?=([A-Z][a-z]*)\s+[a-z(])")
_CONDITION_ENDS = re.compile(r"\bTHEN\b|,", re.IGNORECASE)
_COMPARED = 40  # words of a cell
CONDITIONS = ("if", "when", "where", "for")


class Openings:
    """How the cells of a document begin."""

    def __init__(self, cells: Iterable[str]) -> None:
        self.first: set[str] = set()
        self._by_two: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
        for cell in cells:
            words = tuple(cell.split(maxsplit=_COMPARED)[:_COMPARED])
            self.first.update(words[:1])
            self._by_two.setdefault(words[:2], set()).add(words)

    def in_common(self, text: str) -> int:
        """With how many words a text begins as a cell does; a single word says nothing."""
        words = tuple(text.split(maxsplit=_COMPARED)[:_COMPARED])
        alike = self._by_two.get(words[:2], ()) if len(words) > 1 else ()
        return max((_common(words, cell) for cell in alike), default=0)


def _common(words: Sequence[str], others: Sequence[str]) -> int:
    return next(
        (i for i, (a, b) in enumerate(zip(words, others, strict=False)) if a != b), min(len(words), len(others))
    )


def sentences(text: str) -> list[str]:
    """The sentences of a text."""
    return [part for part in _END.split(text.strip()) if part]


def unglued(text: str, openings: Openings) -> list[str]:
    """A text cut where a sentence begins without a blank before it: ``is providedStudent has``."""
    parts, at = [], 0
    for match in _GLUE.finditer(text):
        if match[1] in openings.first:
            parts.append(text[at : match.start()])
            at = match.start()
    return [part.strip() for part in (*parts, text[at:]) if part.strip()]


def is_condition(text: str) -> bool:
    """Whether a text begins as logic does."""
    return text.split(maxsplit=1)[0].lower() in CONDITIONS if text.strip() else False


def logic_and_rest(text: str, openings: Openings) -> tuple[str, list[str]]:
    """The logic at the begin of a text, and the sentences behind it."""
    first, *rest = sentences(text) or [""]
    at = _begin_of_sentence(first, openings) if first.endswith(".") else 0
    return (first[:at].strip(), [first[at:], *rest]) if at else (first, rest)


def _begin_of_sentence(text: str, openings: Openings) -> int:
    """Where, behind the condition, another sentence begins; 0 when nowhere."""
    condition = _CONDITION_ENDS.search(text)
    if condition is None:
        return 0
    words = list(re.finditer(r"\S+", text[condition.end() :]))[1:]  # the word behind THEN goes on with it
    offset, best, most = condition.end(), 0, 0
    for number, (word, following) in enumerate(zip(words, _after_runs(words), strict=True)):
        if _CAPITAL.fullmatch(word.group()) and (following[:1].islower() or following.startswith("(")):
            start = offset + word.start()
            alone = number + 1 < len(words) and words[number + 1].group()[:1].islower()
            score = 2 * openings.in_common(text[start:]) + alone
            if score >= max(most, 1):
                best, most = start, score
    return best


def _after_runs(words: Sequence[re.Match[str]]) -> list[str]:
    """For each word the first one behind the run of words with capitals that it begins or stands in."""
    found, behind = [], ""
    for word in reversed(words):
        if not _CAPITAL.fullmatch(word.group()):
            behind = word.group()
        found.append(behind)
    return found[::-1]
