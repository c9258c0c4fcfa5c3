"""Dispositions as files and text: a row a student, collection and organization, and totals."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from compiler.engines.dispositions import DISPOSITIONS, Disposition, Total, totals
from compiler.engines.run import RunResult
from compiler.reports.findings import csv_lines
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


def totals_as_csv(found: Iterable[Disposition]) -> Iterable[str]:
    """The totals by corporation, school and grade."""
    return csv_lines(TOTAL_FIELDS, (total.row() for total in totals(found)))


def lines(result: RunResult) -> Iterator[str]:
    """The totals of each collection, and what they do not know."""
    whole = [total for total in totals(result.dispositions) if total.level == "all"]
    if whole:
        yield ""
        yield from _table(result, whole)
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


def _table(result: RunResult, whole: Iterable[Total]) -> list[str]:
    head = ["students of the collection", "", *DISPOSITIONS]
    body = [
        [result.program.collections[total.collection].title, f"{sum(total.counts.values()):,}"]
        + [f"{total.counts[name]:,}" for name in DISPOSITIONS]
        for total in whole
    ]
    return table([head, *body], frozenset(range(1, len(head))))
