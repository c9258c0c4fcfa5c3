"""Decision tables: what the cells of a row ask of the inputs, and whether the rows decide every case.

A cell is a literal, a list of literals, ``any``, ``at least 4`` or ``at most 4``. The literals of a column cut the
values of its input into finitely many kinds, of which one value each stands for all: each literal, the values beside
it, and for texts and codes one that no cell names. So gaps and overlaps are found by trying.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice, product
from typing import Any

from compiler.diagnostics import Related, Sink
from compiler.schema.types import BOOLEAN, DATE, NUMBERS, WHOLE, Type, describe
from compiler.semantics.checker.typed import scalar_value, typed
from compiler.semantics.scope import Asked
from compiler.semantics.values import shown
from compiler.syntax.document import Mapping, Node, Scalar, Sequence
from compiler.syntax.specs import TableTree

MAX_CASES = 100_000
_HITS = ("exactly one", "first")
_LIMITS = {"at least": "low", "at most": "high"}
_ORDERED = (*NUMBERS, DATE)
_OTHER = object()  # a text or code that no cell names


def asked_by(row: Mapping, inputs: tuple[tuple[str, Type], ...], sink: Sink) -> tuple[Asked, ...] | None:
    """What the cells of a row ask of the inputs, or None when one of them is missing or wrong, which is reported."""
    asked: list[Asked] = []
    for name, kind in inputs:
        node = row.get(name)
        if node is None:
            fix = f"write `{name}: any` where it does not matter"
            sink.report("E503", row.span, what=f"the row lacks the input `{name}`", fix=fix)
            continue
        found = _asked(node, kind, f"input `{name}`", sink)
        if found is not None:
            asked.append(found)
    return tuple(asked) if len(asked) == len(inputs) else None


def words_of_cell(node: Node | None) -> str:
    """A cell as it was written, for people."""
    items = node.items if isinstance(node, Sequence) else (node,)
    return ", ".join(item.text for item in items if isinstance(item, Scalar))


def _asked(node: Node, kind: Type, what: str, sink: Sink) -> Asked | None:
    if isinstance(node, Sequence):
        values = [typed(item, kind, what, "E503", sink) for item in node.items]
        return Asked(members=tuple(values)) if values and None not in values else None
    if isinstance(node, Scalar) and node.is_plain:
        if node.text == "any":
            return Asked()
        words, _, literal = node.text.rpartition(" ")
        if words in _LIMITS:
            return _limited(node, words, literal, kind, what, sink)
    value = typed(node, kind, what, "E503", sink)
    return None if value is None else Asked(members=(value,))


def _limited(node: Scalar, words: str, literal: str, kind: Type, what: str, sink: Sink) -> Asked | None:
    value = scalar_value(literal, kind) if kind in _ORDERED else None
    if value is None:
        fix = "write a number or date of the type of the input behind it"
        sink.report("E503", node.span, what=f"`{words}` of {what} needs {describe(kind)}", fix=fix)
        return None
    return Asked(**{_LIMITS[words]: value})


def check_cases(
    written: TableTree,
    inputs: tuple[tuple[str, Type], ...],
    rows: list[tuple[Mapping, tuple[Asked, ...]]],
    sink: Sink,
) -> None:
    """Report a case that no row decides, two rows for one case, and a row that an earlier one leaves nothing to."""
    if written.hit not in _HITS:
        return  # which was reported
    samples = [list(_samples(kind, [asked[n] for _, asked in rows])) for n, (_, kind) in enumerate(inputs)]
    cases = list(islice(product(*samples), MAX_CASES + 1))
    if len(cases) > MAX_CASES:
        fix = "split the table in two"
        sink.report("E503", written.name.span, what=f"the inputs have more than {MAX_CASES:,} cases", fix=fix)
        return
    names = [name for name, _ in inputs]
    deciding, overlapping, gap = set[int](), set[tuple[int, int]](), False
    for case in cases:
        hits = [n for n, (_, asked) in enumerate(rows) if all(map(Asked.holds, asked, case))]
        deciding.update(hits[:1])
        overlapping.update((hits[0], later) for later in hits[1:])
        if not hits and not gap and written.absent_key_at is None:
            gap = True
            fix = "add a row for it, or say under `absent key` what it gives"
            sink.report("E503", written.name.span, what=f"no row is for {_told(names, case)}", fix=fix)
    if written.hit == "exactly one":
        for earlier, later in sorted({later: (earlier, later) for earlier, later in sorted(overlapping)}.values()):
            related = (Related(rows[earlier][0].span, "the other is here"),)
            fix = "let one of them ask for less, or write `hit: first`"
            sink.report("E503", rows[later][0].span, what="two rows are for one case", fix=fix, related=related)
    for n in sorted(set(range(len(rows))) - deciding) if written.hit == "first" else ():
        fix = "move it up, or leave it out"
        sink.report("E503", rows[n][0].span, what="the row is never reached, for earlier ones decide all", fix=fix)


def _samples(kind: Type, column: Iterable[Asked]) -> Iterator[Any]:
    """A value of each kind that the cells of a column tell apart."""
    named = {
        value for asked in column for value in (*(asked.members or ()), asked.low, asked.high) if value is not None
    }
    if kind is BOOLEAN:
        yield from (True, False)
    elif kind not in _ORDERED:
        yield from (*sorted(named), _OTHER)
    elif not named:
        yield _OTHER
    else:
        yield from sorted({near for value in named for near in _around(value, kind)})


def _around(value: Any, kind: Type) -> Iterator[Any]:
    """A value and its neighbors, as far as there are any."""
    yield value
    if isinstance(value, date):
        yield from (value + timedelta(days) for days in (-1, 1) if date.min < value < date.max)
    else:
        step = 1 if kind is WHOLE else Decimal("1e-12")
        yield from (value - step, value + step)


def _told(names: list[str], case: tuple[Any, ...]) -> str:
    said = ("another" if value is _OTHER else shown(value) for value in case)
    return ", ".join(f"{name}: {value}" for name, value in zip(names, said, strict=True))
