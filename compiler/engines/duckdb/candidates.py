"""What the query of an extract answers, as rows and candidates without one.

The query tells whether something is missing, and not what: of a candidate that cannot be decided the reason, and of a
row that lacks a required field the causes, are for the interpreter to say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from compiler.backends.duckdb.extracts import (
    ABSENT,
    AUDIT,
    DECISION,
    FIELD,
    KEY,
    NUMBER,
    ORDER,
    PLACE,
    ROW,
    STUDENT,
    UNDECIDED,
    WARNING,
    ZEROS,
    ExtractQuery,
)
from compiler.semantics import ir
from compiler.semantics.extract_rows import LeftOut, Row, sender_of, zeros_of
from compiler.semantics.values import Undetermined, jsonable
from compiler.semantics.wanted import Why, clauses_of

Answer = Sequence[Any]


def given(values: Mapping[str, Any], school_year: int) -> dict[str, Any]:
    """The values of ``$names`` as a query is given them."""
    known = {name: None if isinstance(value, Undetermined) else _listed(value) for name, value in values.items()}
    return {**known, "schoolYear": school_year}


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


class Candidates:
    """Reads the answers of one query."""

    def __init__(self, extract: ir.Extract, query: ExtractQuery) -> None:
        self.extract = extract
        self.clauses = clauses_of(extract)
        self.required = frozenset(n for n, field in enumerate(extract.fields) if field.required)
        columns: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
        for place, about in enumerate(query.columns):
            columns[about].append(place)
        self.places = [columns[PLACE, n] for n in range(1 + len(extract.joins))]
        self.key, self.student = columns[KEY, 0], columns[STUDENT, 0]
        [self.number], [self.decision] = columns[NUMBER, 0], columns[DECISION, 0]
        self.absent = {n: place for place, (name, n) in enumerate(query.columns) if name == ABSENT}
        self.parts = [
            [place for place, (name, _) in enumerate(query.columns) if name == about]
            for about in (FIELD, AUDIT, ZEROS, WARNING, ORDER)
        ]

    def read(self, answer: Answer) -> Row | LeftOut:
        """A candidate from a row of the answer; what was missing is left open."""
        sender = sender_of(self.extract, _key(answer, self.key), _key(answer, self.student))
        places = tuple(_place(answer, columns) for columns in self.places)
        decision = answer[self.decision]
        if decision == UNDECIDED:
            return LeftOut(sender, places, Why.UNDECIDED, "")
        if decision != ROW:
            clause, why = self.clauses[decision - 1]
            return LeftOut(sender, places, why, clause.reason)
        values, audit, zeros, warned, ordering = (tuple([answer[n] for n in part]) for part in self.parts)
        filled, fields = zeros_of(self.extract, zeros), self.extract.fields
        absent = self.required.union(n for n, place in self.absent.items() if answer[place])
        lacking = (fields[n].number for n in sorted(absent) if values[n] is None)
        return Row(
            sender,
            places,
            values,
            audit,
            tuple(caution.says for caution, holds in zip(self.extract.warnings, warned, strict=True) if holds),
            filled,
            ordering,
            tuple((number, ()) for number in lacking if number not in filled),
        )


def is_open(made: Row | LeftOut) -> bool:
    """Whether what was missing is still to be said."""
    return bool(made.lacking) if isinstance(made, Row) else made.why is Why.UNDECIDED


def _place(answer: Answer, columns: list[int]) -> tuple[Any, ...]:
    key = tuple([answer[n] for n in columns])
    return () if None in key else key


def _key(answer: Answer, columns: list[int]) -> Any:
    """A value as people read it, or the key of a record; None when it is missing."""
    key = [None if answer[n] is None else jsonable(answer[n]) for n in columns]
    return None if None in key or not key else key[0] if len(key) == 1 else key
