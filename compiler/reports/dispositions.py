"""Dispositions as files and text: a row a student, collection and organization, and totals."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from compiler.engines.dispositions import DISPOSITIONS, Disposition
from compiler.engines.run import RunResult
from compiler.reports.counts import ALL, Counts, shown_totals, student_counts
from compiler.reports.findings import csv_lines, number
from compiler.reports.masking import Aliases
from compiler.reports.text import plural, table
from compiler.semantics.findings import Outcome

FIELDS = (
    "collection", "cycle", "schoolYear", "corporation", "school", "grade", "student", "disposition", "reasons", "moot",
    "notChecked",
)  # fmt: skip
TOTAL_FIELDS = ("collection", "level", "value", *DISPOSITIONS)
FORMATS = (".csv", ".jsonl")


def rows(result: RunResult, aliases: Aliases | None) -> Iterator[dict[str, Any]]:
    """A row a disposition: ``reasons`` are the rules that weigh, ``moot`` those that an exclusion suppresses."""
    for found in result.dispositions:
        member = found.member
        row = {
            "collection": member.collection,
            "cycle": result.options.cycle or result.program.collections[member.collection].default_cycle,
            "schoolYear": result.options.school_year,
            "corporation": member.corporation,
            "school": member.school,
            "grade": member.grade,
            "student": member.student,
            "disposition": found.disposition,
            "reasons": list(found.reasons),
            "moot": found.moot,
            "notChecked": found.not_checked,
        }
        yield aliases.masked_disposition(row) if aliases is not None else row


def as_file(result: RunResult, suffix: str, aliases: Aliases | None) -> Iterable[str]:
    """The dispositions of a run in the format of a file name's suffix (one of ``FORMATS``)."""
    if suffix == ".csv":
        return csv_lines(FIELDS, rows(result, aliases))
    return (json.dumps(row, ensure_ascii=False) + "\n" for row in rows(result, aliases))


def totals_as_csv(found: Sequence[Disposition], least: int) -> Iterable[str]:
    """The totals by corporation, school and grade, with small counts hidden below ``least``."""
    return csv_lines(TOTAL_FIELDS, ({**total.row(), **counts} for total, counts in shown_totals(found, least)))


def lines(result: RunResult, least: int) -> Iterator[str]:
    """The totals of each collection, and what they do not know; counts are hidden below ``least``."""
    counted = student_counts(result.dispositions, least)
    if counted:
        yield ""
        yield from _table(result, counted)
    yield from doubts(result, "the file says which")


def doubts(result: RunResult, where: str) -> Iterator[str]:
    """What is not known of the count; ``where`` says where more is told."""
    for collection, absent in sorted(result.uncounted.items()):
        yield f"{result.program.collections[collection].title}: nobody could be counted without {', '.join(absent)}."
    unsure = sum(1 for found in result.dispositions if found.not_checked)
    if unsure:
        yield f"For {plural(unsure, 'student')} a rule could not be checked; {where}."
    unknown = [f.rule for f in result.findings if f.outcome is Outcome.NOT_CHECKED and not f.key]
    if result.dispositions and unknown:
        yield f"Counted without {', '.join(dict.fromkeys(unknown))}, which could not be checked at all."


def _table(result: RunResult, counted: Mapping[str, Counts]) -> list[str]:
    head = ["students of the collection", "", *DISPOSITIONS]
    body = [
        [
            result.program.collections[name].title,
            *(number(counts.shown(ALL, column)) for column in (ALL, *DISPOSITIONS)),
        ]
        for name, counts in sorted(counted.items())
    ]
    return table([head, *body], frozenset(range(1, len(head))))
