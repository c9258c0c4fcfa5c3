"""A newer copy of a document beside the rows that specs quote: which quotations no longer hold.

Rows are matched by their ids, whatever blanks, hyphens, case and zero padding these have. Cells are compared without
what editing changes by itself: white space, forms of quotes and dashes, invisible characters. The order and the names
of columns do not count, for rows are read by their headings.

An id counts as *reused* when fewer than ``SAME`` of the words of logic and message are common to both (twice the
common words over all words, each as often as it occurs). In a published table of five domains, 97 of 100 pairs of
different rows of one domain share less than half of their words; a row that was reworded rarely loses so much. Either
way a person is told to compare. A quotation without logic and message cannot be judged so, and counts as changed.

A row that leaves out a person's name (``redacted``) still has the hash of the original: a row with that hash is the
same. Otherwise what its quotation gives in brackets stands for any words, and words are not shown.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from compiler.semantics.rows import CELLS, normalised, row_hash
from compiler.transcription.rows import Row, parts_of

SAME = 0.5
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"))
_LEFT_OUT = re.compile(r"\\\[[^\]]*\\\]")  # in an escaped text


class Fate(StrEnum):
    """What has become of a row."""

    UNCHANGED = "unchanged"
    CHANGED = "text changed"
    TYPE = "type changed"
    REUSED = "id reused"
    VANISHED = "vanished"
    NEVER = "not in the document"
    NEW = "new"
    NOT_ENCODED = "not encoded"


DRIFTED = frozenset({Fate.CHANGED, Fate.TYPE, Fate.REUSED, Fate.VANISHED, Fate.NEW, Fate.NOT_ENCODED})
STALE = frozenset({Fate.CHANGED, Fate.TYPE, Fate.REUSED, Fate.VANISHED})


@dataclass(frozen=True, slots=True)
class Quoted:
    """The row that a spec quotes. ``reconstructed``: the document was damaged there when it was read."""

    spec: str
    path: str
    document: str
    row: str
    cells: Mapping[str, str]
    sha256: str
    redacted: bool = False
    reconstructed: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell that says something else now: pieces of text, kept (``""``), taken away (``-``) or added (``+``)."""

    cell: str
    pieces: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Drift:
    """What has become of one row; ``spec`` is empty where no spec quotes it, ``place`` where it is in no document."""

    fate: Fate
    row: str
    spec: str = ""
    path: str = ""
    place: str = ""
    differences: tuple[Difference, ...] = ()


def compare(rows: Sequence[Row], quoted: Iterable[Quoted], *, same_copy: bool) -> list[Drift]:
    """What has become of each row; ``same_copy`` says that this very file was read for the specs.

    Only specs of documents of which the file holds a row are compared, for a state quotes several documents.
    """
    present = {_key(row.id): row for row in rows}
    all_quoted = list(quoted)
    documents = {one.document for one in all_quoted if _key(one.row) in present}
    found = [_judged(one, present.get(_key(one.row))) for one in all_quoted if one.document in documents]
    known = {_key(one.row) for one in all_quoted}
    unquoted = Fate.NOT_ENCODED if same_copy else Fate.NEW
    found += [Drift(unquoted, row.id, place=row.place) for key, row in present.items() if key not in known]
    return found


def broken_seals(quoted: Iterable[Quoted]) -> list[Drift]:
    """The quoted rows that do not give the hash recorded with them; redacted ones cannot be tested."""
    return [
        Drift(Fate.CHANGED, one.row, one.spec, one.path)
        for one in quoted
        if not one.redacted and row_hash(one.row, one.cells) != one.sha256
    ]


def _judged(quoted: Quoted, row: Row | None) -> Drift:
    if row is None:
        text = quoted.cells.get("logic") or quoted.cells.get("message")
        fate = Fate.NEVER if quoted.reconstructed and not text else Fate.VANISHED
        return Drift(fate, quoted.row, quoted.spec, quoted.path)
    names = [name for name in CELLS if not _equal(quoted, row, name)]
    sealed = row_hash(quoted.row, row.cells) == quoted.sha256
    fate = Fate.UNCHANGED if sealed or not names else _fate(quoted, row, names)
    differences = tuple(_difference(quoted, row, name) for name in names) if fate is not Fate.UNCHANGED else ()
    return Drift(fate, row.id, quoted.spec, quoted.path, row.place, differences)


def _fate(quoted: Quoted, row: Row, names: Sequence[str]) -> Fate:
    before, after = _meaning(quoted.cells), _meaning(row.cells)
    if before and after and likeness(before, after) < SAME:
        return Fate.REUSED
    return Fate.TYPE if names == ["type"] else Fate.CHANGED


def likeness(before: Sequence[str], after: Sequence[str]) -> float:
    """How much of two lists of words is common to both, from 0 to 1."""
    common = (Counter(before) & Counter(after)).total()
    return 2 * common / (len(before) + len(after))


def _meaning(cells: Mapping[str, str]) -> list[str]:
    """The words of logic and message."""
    text = f"{cells.get('logic', '')} {cells.get('message', '')}"
    return re.findall(r"\w+", _folded(text).casefold())


def _equal(quoted: Quoted, row: Row, name: str) -> bool:
    before, after = _folded(quoted.cells.get(name, "")), _folded(row.cells.get(name, ""))
    if quoted.redacted and "[" in before:
        return re.fullmatch(_LEFT_OUT.sub(".+?", re.escape(before)), after) is not None
    return before == after


def _difference(quoted: Quoted, row: Row, name: str) -> Difference:
    before, after = normalised(quoted.cells.get(name, "")), normalised(row.cells.get(name, ""))
    if quoted.redacted and "[" in before:
        return Difference(name, (("", before), ("+", "(other words, not shown: the quotation leaves out a name)")))
    return Difference(name, tuple(_word_by_word(before.split(), after.split())))


def _word_by_word(before: list[str], after: list[str]) -> Iterable[tuple[str, str]]:
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            yield "", " ".join(before[i1:i2])
            continue
        if i2 > i1:
            yield "-", " ".join(before[i1:i2])
        if j2 > j1:
            yield "+", " ".join(after[j1:j2])


def _folded(text: str) -> str:
    """A cell without what editing changes by itself."""
    visible = "".join(c for c in normalised(text).translate(_DASHES) if unicodedata.category(c) != "Cf")
    return " ".join(visible.split())


def _key(identifier: str) -> tuple[str, str]:
    prefix, number = parts_of(identifier)
    return re.sub(r"[\W_]+", "", prefix).casefold(), number
