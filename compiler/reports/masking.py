"""Findings without student ids: each is replaced, wherever it stands, by an alias that holds within one run only."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from compiler.engines.run import RunResult, StructureFinding
from compiler.schema.types import Record
from compiler.semantics.findings import Finding
from compiler.semantics.values import dig

Row = dict[str, Any]

_FROM_DATA = ("student", "key", "others", "detail", "values", "file")
_STUDENT_ID = "studentUniqueId"


class Aliases:
    """Stand-ins for student ids; they hold within one run only."""

    def __init__(self) -> None:
        self._salt = secrets.token_bytes(16)

    def masked(self, row: Row, students: Iterable[Any]) -> Row:
        """A row without these ids, wherever they stand; the finding's own key, which could be guessed, goes too."""
        pattern = _pattern(students)
        if pattern is None:
            return row
        names = (*_FROM_DATA, "message") if row["rule"] == "structure" else _FROM_DATA  # of a rule, it is its author's
        return {**row, **{name: self._replaced(row[name], pattern) for name in names}, "findingKey": None}

    def masked_text(self, text: str, students: Iterable[Any]) -> str:
        """A text without these ids."""
        pattern = _pattern(students)
        return text if pattern is None else str(self._replaced(text, pattern))

    def masked_disposition(self, row: Row) -> Row:
        """A row of the dispositions without its student's id."""
        return row if row["student"] is None else {**row, "student": self._alias(str(row["student"]))}

    def _replaced(self, value: Any, ids: re.Pattern[str]) -> Any:
        if isinstance(value, dict):
            return {name: self._replaced(inner, ids) for name, inner in value.items()}
        if isinstance(value, list):
            return [self._replaced(inner, ids) for inner in value]
        if isinstance(value, str):
            return ids.sub(lambda match: self._alias(match[0]), value)
        if isinstance(value, int | float) and not isinstance(value, bool) and ids.fullmatch(str(value)):
            return self._alias(str(value))
        return value

    def _alias(self, student: str) -> str:
        return "student-" + hashlib.blake2b(student.encode(), key=self._salt, digest_size=6).hexdigest()


def _pattern(students: Iterable[Any]) -> re.Pattern[str] | None:
    """What finds any of these ids, the longest first; None without ids."""
    ids = sorted({str(student) for student in students if student not in (None, "")}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, ids))) if ids else None


def students_of(finding: Finding, result: RunResult) -> Iterator[Any]:
    """Every student that a finding names: its own, those in keys, those a value leads to."""
    yield finding.student
    for key in (finding.key, *finding.others, finding.values):
        yield from _student_parts(key)
    for shown in result.results[finding.rule].rule.shown:
        if shown.value.type == Record("student"):
            yield finding.values.get(shown.label)


def students_of_fault(found: StructureFinding) -> Iterator[Any]:
    """The student of a record, those in its key, and what stands where the id of one should."""
    fault = found.fault
    yield found.student
    yield from _student_parts(fault.key)
    if fault.record is not None and fault.path.endswith(_STUDENT_ID):
        yield dig(fault.record.body, tuple(fault.path.split(".")))


def students_named(row: Row) -> Iterator[Any]:
    """Every student that a row of an earlier run names, as far as the row alone tells."""
    yield row["student"]
    for part in (row["key"], row["values"], *(row["others"] if isinstance(row["others"], list) else ())):
        if isinstance(part, Mapping):
            yield from _student_parts(part)


def _student_parts(named: Mapping[str, Any]) -> Iterator[Any]:
    for name, value in named.items():
        if isinstance(value, Mapping):
            yield from _student_parts(value)
        elif name.endswith(_STUDENT_ID):
            yield value
