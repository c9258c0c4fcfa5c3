"""Where one cell ends and the next begins, in text that has lost the line between them.

A cell begins as a sentence does. Of the words at which a sentence might begin, the likeliest is the one from which the
text goes on as some cell does elsewhere in the document; next, one that is followed by a small letter, as sentences
are and titles are not; and of two that are alike, the later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_END = re.compile(r"(?<=[.?!])\s+(?=[A-Z\"'])")
_CAPITAL = re.compile(r"[A-Z][a-z]+(?:['\u2019]s)?")
_GLUE = re.compile(r"(?<=[a-z.)])(?=[A-Z][a-z]*\s+[a-z(])")
_CONDITION_ENDS = re.compile(r"\bTHEN\b|,", re.IGNORECASE)
CONDITIONS = ("if", "when", "where", "for")


class Openings:
    """How the cells of a document begin."""

    def __init__(self, cells: Iterable[str]) -> None:
        self.cells = [cell.split() for cell in cells]
        self.first = {words[0] for words in self.cells if words}

    def in_common(self, text: str) -> int:
        """With how many words a text begins as a cell does; a single word says nothing."""
        words = text.split()
        most = 0
        for cell in self.cells:
            count = 0
            for mine, other in zip(words, cell, strict=False):
                if mine != other:
                    break
                count += 1
            most = max(most, count)
        return most if most > 1 else 0


def sentences(text: str) -> list[str]:
    """The sentences of a text."""
    return [part for part in _END.split(text.strip()) if part]


def unglued(text: str, openings: Openings) -> list[str]:
    """A text cut where a sentence begins without a blank before it: ``is providedStudent has``."""
    parts, at = [], 0
    for match in _GLUE.finditer(text):
        if text[match.start() :].split()[0] in openings.first:
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
    for number, word in enumerate(words):
        following = _after_the_run(words, number)
        if _CAPITAL.fullmatch(word.group()) and (following[:1].islower() or following.startswith("(")):
            start = offset + word.start()
            alone = number + 1 < len(words) and words[number + 1].group()[:1].islower()
            score = 2 * openings.in_common(text[start:]) + alone
            if score >= max(most, 1):
                best, most = start, score
    return best


def _after_the_run(words: list[re.Match[str]], number: int) -> str:
    """The first word behind a run of words with capitals; empty when there is none."""
    while number < len(words) and _CAPITAL.fullmatch(words[number].group()):
        number += 1
    return words[number].group() if number < len(words) else ""
