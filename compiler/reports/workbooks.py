"""A run as workbooks: one of the whole run, one for each corporation, which can be sent to it.

Sheets: *Summary* (what was found, tables of counts), *Findings*, *Students* (what becomes of each in the count, and
why), *Rules* (what must be true, how to mend it), *Not checked*, *About* (what was run, how to read this); after a
comparison also *Since*, with what an earlier run alone had found.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from tempfile import TemporaryDirectory
from typing import IO, Any

from compiler.reports.comparison import STATES
from compiler.reports.groups import Group, Student
from compiler.reports.summary import Change, Counting, CountTable, NotChecked, RuleSummary, Summary
from compiler.reports.suppression import Count
from compiler.web.sheets import Book, Column

Row = Mapping[str, Any]
Cells = Sequence[Any]

_FINDINGS = (
    Column("corporation", 14), Column("name of the corporation", 28), Column("school", 14), Column("student", 16),
    Column("rule", 10), Column("severity", 12), Column("in the count", 22), Column("what is wrong", 60),
    Column("detail", 40), Column("how to mend it", 60), Column("depends on", 40), Column("others concerned", 40),
    Column("values found", 50), Column("resource", 30), Column("key", 50), Column("file", 30), Column("line", 8),
    Column("collection", 18), Column("finding key", 24),
)  # fmt: skip
_SINCE = Column("since the earlier run", 14)
_STUDENTS = (
    Column("student", 16), Column("corporation", 14), Column("name of the corporation", 28), Column("school", 14),
    Column("name of the school", 28), Column("grade", 8), Column("collection", 18), Column("in the count", 16),
    Column("because of", 30), Column("moot", 24), Column("could not be checked", 30), Column("all findings", 40),
)  # fmt: skip
_RULES = (
    Column("rule", 10), Column("what must be true", 60), Column("severity", 12), Column("in the count", 22),
    Column("collection", 18), Column("findings", 10), Column("message", 60), Column("how to mend it", 60),
    Column("source", 40),
)  # fmt: skip
_OUTCOMES = ("pass", "violation", "not applicable", "not checked")
_NOT_CHECKED = (Column("rule", 10), Column("subjects", 12), Column("why", 90))
_GONE = (
    Column("what became of it", 16), Column("why nobody can tell", 40), Column("corporation", 14),
    Column("student", 16), Column("rule", 10), Column("severity", 12), Column("what was wrong", 60),
    Column("detail", 40), Column("finding key", 24),
)  # fmt: skip
_READING = (
    ("Summary", "What was found, in numbers."),
    ("Findings", "A row for each finding. What depends on another finding goes away with it."),
    ("Students", "What becomes of each student in the count, and the rules that decide it."),
    ("Rules", "What each rule demands, how to mend what it finds, and the source it was taken from."),
    ("Not checked", "What could not be judged, and what was missing: no finding there does not mean that all is well."),
)
_SAFE = (
    "It holds this corporation's own students. Of a record of another corporation it says no more than whose it is, "
    "so it can be sent to the corporation."
)


def write_all(summary: Summary, target: IO[bytes]) -> None:
    """Write the workbook of the whole run."""
    facts = summary.facts
    changes = summary.changes
    tables = [table for counting in summary.counting for table in _tables(counting)]
    lines = [
        *_headed("Severity", [("", ["findings"]), *((name, [count]) for name, count in summary.severities)]),
        *_headed("In the count", [("", ["findings"]), *((name, [count]) for name, count in summary.effects)]),
        *_changed(summary, changes),
        *tables,
        *_table(summary.heat),
        *_structure(summary.structure),
    ]
    students = ((group, student) for group in summary.groups for student in group.students())
    rules = [
        _rule(rule, rule.findings, tuple(rule.outcomes.get(name, 0) for name in _OUTCOMES)) for rule in summary.rules
    ]
    with TemporaryDirectory(prefix="rulewright-") as scratch:
        book = Book(target, scratch, facts.as_of, f"{facts.title} {facts.year}", facts.banner)
        _summary(book, summary, f"{facts.title}, school year {facts.year}", summary.verdict, lines)
        _findings(book, summary, summary.violations)
        if summary.comparison is not None:
            book.table("Since", _GONE, map(_gone, (*summary.comparison.fixed, *summary.comparison.unsure)))
        book.table("Students", _STUDENTS, _students(summary, students))
        book.table("Rules", (*_RULES, *(Column(name, 14) for name in _OUTCOMES)), rules)
        book.table("Not checked", _NOT_CHECKED, map(_not_checked, summary.not_checked))
        _about(book, summary, "the whole run", "", summary.doubts)
        book.close()


def write_group(summary: Summary, group: Group, target: IO[bytes]) -> None:
    """Write the workbook of one corporation."""
    facts = summary.facts
    found = summary.rules_of(group)
    counts = {rule.rule: count for rule, count in found}
    lines = [
        *_headed("Rule", [("", ["findings"]), *((rule.rule, [count]) for rule, count in found)]),
        *_changed(summary, summary.changes_of(group)),
        *(table for counting in summary.counting_of(group) for table in _tables(counting)),
        *_structure(summary.structure_of(group)),
    ]
    with TemporaryDirectory(prefix="rulewright-") as scratch:
        book = Book(target, scratch, facts.as_of, f"{group.title} {facts.year}", facts.banner)
        _summary(book, summary, f"{group.title}, school year {facts.year}", summary.verdict_of(group), lines)
        _findings(book, summary, group.findings)
        if summary.comparison is not None:
            book.table("Since", _GONE, map(_gone, group.gone))
        book.table("Students", _STUDENTS, _students(summary, ((group, student) for student in group.students())))
        book.table("Rules", _RULES, [_rule(rule, counts.get(rule.rule, 0)) for rule in summary.rules])
        book.table("Not checked", _NOT_CHECKED, map(_not_checked, summary.not_checked_of(group)))
        _about(book, summary, group.title, "" if group.corporation is None else _SAFE)
        book.close()


# -- the summary: rows of cells


def _summary(book: Book, summary: Summary, title: str, verdict: str, lines: Iterable[Cells]) -> None:
    facts = summary.facts
    head: list[Cells] = [[facts.banner], [title], ["", verdict], ["", *_joined(facts.lines())], *_suppressed(summary)]
    book.page("Summary", (30, 30, *[14] * 20), [*head, *lines], 1)


def _joined(pairs: Iterable[tuple[str, str]]) -> list[str]:
    return ["; ".join(f"{name}: {value}" for name, value in pairs)]


def _suppressed(summary: Summary) -> list[Cells]:
    return [["", summary.facts.suppression]] if summary.facts.suppression else []


def _headed(title: str, rows: Sequence[tuple[str, Sequence[Count | str]]]) -> list[Cells]:
    """A heading and rows of counts below it; nothing when there is only a header."""
    return [[], [title], *(["", name, *cells] for name, cells in rows)] if len(rows) > 1 else []


def _tables(counting: Counting) -> Iterator[Cells]:
    for table in counting.tables:
        yield from _table(table, f"{counting.title}: {table.title[0].lower()}{table.title[1:]}")


def _table(table: CountTable, title: str = "") -> list[Cells]:
    columns = [_called(column, name) for column, name in zip(table.columns, table.names, strict=True)]
    rows = [[_called(row.value, ""), row.name, *row.counts, row.total] for row in table.rows]
    total = ["all", "", *table.total.counts, table.total.total]
    return [[], [title or table.title], ["", "", *columns, "all"], *rows, total] if table.rows else []


def _called(value: Any, name: str) -> str:
    """An id as a label, with its name below where there is one."""
    text = "not known" if value is None else str(value)
    return f"{name}\n{text}" if name else text


def _structure(found: Iterable[Any]) -> list[Cells]:
    rows = [(entry.code, [entry.findings, entry.what]) for entry in found]
    return _headed("Structure of the data", [("", ["findings", "property"]), *rows])


def _changed(summary: Summary, changes: Sequence[Change]) -> list[Cells]:
    if summary.comparison is None:
        return []
    earlier = summary.comparison
    rows = [(change.rule or "all", [change.counts[state] for state in STATES]) for change in changes]
    title = f"Compared with {earlier.earlier}{f' (as of {earlier.as_of})' if earlier.as_of else ''}"
    notes: list[Cells] = [["", note] for note in earlier.notes]
    return [*_headed(title, [("", list(STATES)), *rows]), *notes]


# -- tables


def _findings(book: Book, summary: Summary, rows: Iterable[Row]) -> None:
    fixes = {rule.rule: rule.fix for rule in summary.rules}
    compared = summary.comparison is not None
    columns = (*_FINDINGS, _SINCE) if compared else _FINDINGS
    cells = (_finding(row, summary.names, fixes, *([row["since"]] if compared else [])) for row in rows)
    book.table("Findings", columns, cells)


def _finding(row: Row, names: Mapping[Any, str], fixes: Mapping[str, str], *since: Any) -> Cells:
    depends = [
        *(f"follows from {', '.join(row['because'])}" for _ in row["because"][:1]),
        *(f"moot by {', '.join(row['suppressedBy'])}" for _ in row["suppressedBy"][:1]),
    ]
    return (
        _text(row["corporation"]), names.get(row["corporation"], ""), _text(row["school"]), _text(row["student"]),
        f"structure: {row['code']}" if row["code"] else row["rule"], row["severity"], row["effect"], row["message"],
        row["detail"], fixes.get(row["rule"], ""), "; ".join(depends), "; ".join(map(_other, row["others"])),
        _pairs(row["values"]), row["resource"], _pairs(row["key"]), row["file"], _text(row["line"]), row["collection"],
        row["findingKey"], *since,
    )  # fmt: skip


def _other(other: Mapping[str, Any]) -> str:
    """Another party: in a corporation's own workbook it is a corporation, in that of the whole run a record."""
    if other.keys() != {"corporation", "name"}:
        return _pairs(other)
    if other["corporation"] is None:
        return "a corporation that is not known"
    return f"{other['name']} ({other['corporation']})" if other["name"] else f"corporation {other['corporation']}"


def _pairs(values: Mapping[str, Any]) -> str:
    return "; ".join(f"{name}: {_text(value)}" for name, value in values.items())


def _text(value: Any) -> str:
    """A value of a record as text: never a number, so that nothing is taken for one."""
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _students(summary: Summary, students: Iterable[tuple[Group, Student]]) -> Iterator[Cells]:
    """A row for each collection a student is counted in; one row for a student who is in none."""
    for group, student in students:
        found = ", ".join(dict.fromkeys(row["code"] or row["rule"] for row in student.findings))
        own = (_text(student.student), _text(group.corporation), group.name)
        for row in student.dispositions:
            yield (
                *own, _text(row["school"]), summary.names.get(row["school"], ""), _text(row["grade"]),
                row["collection"], row["disposition"], ", ".join(row["reasons"]), ", ".join(row["moot"]),
                ", ".join(row["notChecked"]), found,
            )  # fmt: skip
        if not student.dispositions:
            schools = dict.fromkeys(_text(row["school"]) for row in (*student.findings, *student.unchecked))
            unchecked = ", ".join(dict.fromkeys(row["rule"] for row in student.unchecked))
            yield *own, ", ".join(filter(None, schools)), "", "", "", "in no collection", "", "", unchecked, found


def _rule(rule: RuleSummary, findings: Count, outcomes: Sequence[Count] = ()) -> Cells:
    return (
        rule.rule, rule.title, rule.severity, rule.effect, rule.collection, findings, rule.message, rule.fix,
        rule.source, *outcomes,
    )  # fmt: skip


def _not_checked(entry: NotChecked) -> Cells:
    return entry.rule, entry.subjects, f"not at all: {entry.cause}" if entry.whole else entry.cause


def _gone(row: Row) -> Cells:
    return (
        row["since"], row["why"], _text(row["corporation"]), _text(row["student"]), row["rule"], row["severity"],
        row.get("message"), row.get("detail"), row["findingKey"],
    )  # fmt: skip


def _about(book: Book, summary: Summary, what: str, safe: str, doubts: Iterable[str] = ()) -> None:
    facts = summary.facts
    rows = [("Privacy", facts.banner), ("This workbook", f"{what}. {safe}".rstrip()), *facts.lines()]
    rows += [("Numbers", facts.suppression)] if facts.suppression else []
    rows += [("Data", note) for note in summary.notes] + [("Count", doubt) for doubt in doubts]
    book.notes("About", [*rows, *_READING])
