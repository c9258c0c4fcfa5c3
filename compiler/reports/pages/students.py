"""One student: what becomes of them in each collection, what was found and why, what could not be checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from compiler.reports.findings import STRUCTURE, Row, cause_words
from compiler.reports.groups import Student
from compiler.reports.pages.traces import Told, Traces, command
from compiler.reports.summary import RuleSummary, Summary
from compiler.semantics.findings import SEVERITIES
from compiler.semantics.program import natural

FINDINGS = 50
LINES = 1_000
"""How many findings, and how many lines of their traces, a student's page has at most."""


@dataclass(frozen=True, slots=True, repr=False)
class Item:
    """A finding, or a rule that could not be checked: its row, its rule (None for structure), and its trace.

    ``trace`` is None, and ``command`` says how it is had, where the report holds no trace.
    """

    row: Row
    rule: RuleSummary | None
    why: str
    trace: tuple[Told, ...] | None
    command: str


@dataclass(frozen=True, slots=True, repr=False)
class Sheet:
    """The page of one student; ``left_out`` counts findings that are only in the list."""

    student: Any
    members: tuple[tuple[str, Row], ...]
    findings: tuple[Item, ...]
    unchecked: tuple[Item, ...]
    left_out: int


def sheet_of(summary: Summary, rules: Mapping[str, RuleSummary], student: Student, traces: Traces) -> Sheet:
    """The page of a student; the weightiest findings first, faults of structure last."""
    collections = summary.result.program.collections
    findings = sorted(student.findings, key=by_weight)
    lines = LINES
    items: list[Item] = []
    for row in (*findings[:FINDINGS], *student.unchecked[:FINDINGS]):
        trace = traces.of(row)
        size = sum(told.size for told in trace) if trace is not None else 0
        if size > lines:
            trace, size = None, 0
        lines -= size
        asked = command(summary, row["rule"], student.student) if trace is None and row["rule"] in rules else ""
        items.append(Item(row, rules.get(row["rule"]), cause_words(tuple(row["missing"])), trace, asked))
    cut = len(findings[:FINDINGS])
    left_out = len(findings) - cut + max(0, len(student.unchecked) - FINDINGS)
    members = tuple((collections[row["collection"]].title, row) for row in student.dispositions)
    return Sheet(student.student, members, tuple(items[:cut]), tuple(items[cut:]), left_out)


def by_weight(row: Row) -> tuple[Any, ...]:
    """What rows are sorted by: faults of structure last, the weightiest rules first."""
    return row["rule"] == STRUCTURE, SEVERITIES.index(row["severity"]), natural(row["rule"])
