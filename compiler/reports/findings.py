"""Findings as rows, and rows as JSON, JSON Lines, CSV and text."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from compiler.engines.run import RunResult, StructureFinding
from compiler.reports.counts import shown_totals
from compiler.reports.masking import Aliases, students_of, students_of_fault
from compiler.reports.suppression import OTHER, Count
from compiler.reports.text import plain, plural, table
from compiler.semantics.findings import SEVERITIES, Finding, Outcome
from compiler.semantics.program import natural

FIELDS = (
    "rule", "code", "outcome", "severity", "effect", "student", "corporation", "school", "resource", "key", "others",
    "message", "detail", "values", "missing", "because", "suppressedBy", "file", "line", "collection", "cycle",
    "schoolYear", "findingKey",
)  # fmt: skip

Row = dict[str, Any]

STRUCTURE = "structure"
"""What stands for the rule where a record is not what its schema says."""


def rows(
    result: RunResult,
    *,
    list_not_checked: bool,
    aliases: Aliases | None = None,
    state: Callable[[Row], str | None] | None = None,
) -> Iterator[Row]:
    """All findings of a run, rules first, then structure.

    Rules that could not be checked at all are always there; single subjects only when they are asked for. With
    ``aliases`` student ids are replaced; ``state`` tells what became of a finding since an earlier run.
    """
    for finding in result.findings:
        if finding.outcome is Outcome.VIOLATION or not finding.key or list_not_checked:
            row = _since(_row(finding, result), state)
            yield aliases.masked(row, students_of(finding, result)) if aliases else row
    for found in result.structure:
        row = _since(_structure_row(found, result), state)
        yield aliases.masked(row, students_of_fault(found)) if aliases else row


def _since(row: Row, state: Callable[[Row], str | None] | None) -> Row:
    if state is not None:
        row["since"] = state(row)
    return row


def is_listed(row: Row, list_not_checked: bool) -> bool:
    """Whether a row is shown: single subjects that were not checked are only when they are asked for."""
    return list_not_checked or not row["key"] or row["outcome"] != Outcome.NOT_CHECKED.value


def _row(finding: Finding, result: RunResult) -> Row:
    rule = result.results[finding.rule].rule
    collection = result.program.collections.get(rule.collection)
    file, line = result.place(finding)
    finding_key = finding.finding_key
    return {
        "rule": finding.rule,
        "code": None,
        "outcome": finding.outcome.value,
        "severity": finding.severity,
        "effect": finding.effect,
        "student": finding.student,
        "corporation": finding.corporation,
        "school": finding.school,
        "resource": finding.resource,
        "key": finding.key,
        "others": list(finding.others),
        "message": finding.message,
        "detail": finding.detail,
        "values": finding.values,
        "missing": list(finding.missing),
        "because": list(result.links.because.get(finding_key, ())),
        "suppressedBy": list(result.links.suppressed_by.get(finding_key, ())),
        "file": file or None,
        "line": line,
        "collection": rule.collection or None,
        "cycle": result.options.cycle or (collection.default_cycle if collection else None),
        "schoolYear": result.options.school_year,
        "findingKey": finding_key,
    }


def _structure_row(found: StructureFinding, result: RunResult) -> Row:
    fault = found.fault
    text = json.dumps(
        [STRUCTURE, fault.code, fault.resource, fault.key, fault.path, fault.file if not fault.key else ""]
    )
    what = f"{fault.resource}.{fault.path}" if fault.path else fault.resource
    return {
        **dict.fromkeys(FIELDS),
        "rule": STRUCTURE,
        "code": fault.code,
        "outcome": Outcome.VIOLATION.value,
        "severity": SEVERITIES[0],
        "effect": "none",
        "student": found.student,
        "corporation": found.corporation,
        "school": found.school,
        "resource": fault.resource,
        "key": fault.key,
        "others": [],
        "message": f"{what}: {fault.problem}",
        "detail": "",
        "values": {},
        "missing": [],
        "because": [],
        "suppressedBy": [],
        "file": fault.file,
        "line": fault.line,
        "schoolYear": result.options.school_year,
        "findingKey": hashlib.sha256(text.encode()).hexdigest()[:20],
    }


# -- formats


def as_jsonl(found: Iterable[Row]) -> Iterator[str]:
    """One object a line."""
    return (json.dumps(row, ensure_ascii=False) + "\n" for row in found)


def as_json(found: Iterable[Row], result: RunResult, least: int = 0, since: Mapping[str, Any] | None = None) -> str:
    """One document: what was run, how it went, all rows.

    Totals are hidden below ``least``; ``since`` is what a comparison with an earlier run says.
    """
    document = {
        "version": 1,
        "schoolYear": result.options.school_year,
        "asOf": result.options.as_of.isoformat(),
        "scope": result.options.scope,
        "recordsRead": result.records_read,
        "rules": [
            {"rule": name, "subjects": r.subjects, **{outcome.value: count for outcome, count in r.counts.items()}}
            for name, r in result.results.items()
        ],
        "notChecked": [
            {"rule": rule, "missing": list(missing), "subjects": count} for rule, missing, count in not_checked(result)
        ],
        "dispositions": [{**total.row(), **counts} for total, counts in shown_totals(result.dispositions, least)],
        "uncounted": result.uncounted,
        "absent": result.absent,
        "unread": result.unread,
        "unknownFiles": sorted(result.unknown),
        **({"since": since} if since is not None else {}),
        "findings": list(found),
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def as_csv(found: Iterable[Row], *, since: bool = False) -> Iterator[str]:
    """A header row and a row a finding; with ``since`` its state after a comparison."""
    return csv_lines((*FIELDS, "since") if since else FIELDS, found)


def csv_lines(fields: Sequence[str], found: Iterable[Row]) -> Iterator[str]:
    """A header row and the rows; cells that a spreadsheet would take for a formula are made text."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(fields)
    for row in found:
        writer.writerow([_cell(row[name]) for name in fields])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _cell(value: Any) -> str:
    if value is None or value in ({}, []):
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text


# -- text


def not_checked(result: RunResult) -> list[tuple[str, tuple[str, ...], int]]:
    """Rules that could not be checked for some subjects: rule, what was missing, how many subjects."""
    counts: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for finding in result.findings:
        if finding.outcome is Outcome.NOT_CHECKED:
            of_rule = result.results[finding.rule]
            grouped = len(finding.others) if of_rule.rule.once_per else 0
            counts[finding.rule, finding.missing] += 1 + grouped if finding.key else of_rule.subjects
    return sorted(((r, m, n) for (r, m), n in counts.items()), key=lambda item: (natural(item[0]), item[1]))


def cause_words(missing: tuple[str, ...]) -> str:
    """What was missing, in words."""
    absent = [name for kind, _, name in (cause.partition(": ") for cause in missing) if kind == "resource"]
    files = [f"there is no file of {' or '.join([', '.join(absent[:-1]), absent[-1]] if absent[1:] else absent)}"]
    return "; ".join([*(files if absent else []), *(_cause(c) for c in missing if not c.startswith("resource: "))])


def _cause(cause: str) -> str:
    kind, _, name = cause.partition(": ")
    if kind == "scope":
        wider = "all organizations" if name == "state" else "all organizations and earlier years"
        return f"needs the records of {wider} (--scope {name})"
    if cause.startswith("several "):
        return f"there are {cause}"
    return f"{cause} is missing" if "." in cause else f"there is no {cause}"


def text_report(result: RunResult, shown: list[Row], most: int, compared: Iterable[str] = ()) -> Iterator[str]:
    """The report for a terminal: the verdict, the rules with findings, some findings of each, what was not checked.

    ``compared`` are the lines of a comparison with an earlier run.
    """
    found = [row for row in shown if row["outcome"] == Outcome.VIOLATION.value and row["rule"] != STRUCTURE]
    counts = Counter(row["severity"] for row in found)
    yield verdict(result, [(severity, counts[severity]) for severity in SEVERITIES], len(found))
    yield from _rule_table(result, found)
    if compared := list(compared):
        yield ""
        yield from map(plain, compared)
    yield from _rule_details(result, found, most)
    yield from _not_checked_lines(result, [row for row in shown if row["outcome"] == Outcome.NOT_CHECKED.value])
    yield from _structure_lines([row for row in shown if row["rule"] == STRUCTURE], most)
    for line in data_lines(result):
        yield ""
        yield line


def data_lines(result: RunResult) -> Iterator[str]:
    """What the folder lacks, and what of it nothing reads."""
    if result.absent:
        yield f"Not in the data: {', '.join(result.absent)}."
    if result.unread:
        yield f"Read by no rule: {', '.join(result.unread)}."
    if result.unknown:
        files = ", ".join(f"{name} ({advice})" if advice else name for name, advice in sorted(result.unknown.items()))
        yield f"Left out, of no known resource: {plain(files)}."
    if result.by_entry:
        files = plain(", ".join(result.by_entry))
        yield f"Read record by record, which is slow, since the engine {result.options.engine} could not: {files}."
    for rule, why in result.refused.items():
        yield f"{rule} was evaluated by the engine python, not {result.options.engine}: {plain(why)}."


def verdict(result: RunResult, severities: Iterable[tuple[str, Count]], total: Count) -> str:
    """One sentence: what was found, by severity and in all."""
    listed = ", ".join(f"{number(count)} {severity}" for severity, count in severities if count)
    what = f"{violations(total)} ({listed})" if total else "No violations"
    rules, over = plural(len(result.results), "rule"), f"over {plural(result.records_read, 'record')}"
    silent = len({f.rule for f in result.findings if f.outcome is Outcome.NOT_CHECKED and not f.key})
    if silent and silent == len(result.results):
        return f"Nothing could be checked: the data lack what the rules need ({rules} {over}), see below."
    rest = " Not everything could be checked, see below." if not_checked(result) else ""
    judged = f"{len(result.results) - silent} of {rules}" if silent else rules
    return f"{what}: {judged} {over}.{rest}"


def number(count: Count) -> str:
    """A count as text; one that is hidden stays as it is."""
    return f"{count:,}" if isinstance(count, int) else count


def violations(count: Count) -> str:
    """``1 violation``, ``1,200 violations``, ``<10 violations``; ``violations`` when their number is hidden."""
    return plural(count, "violation") if isinstance(count, int) else f"{count} violations".removeprefix(f"{OTHER} ")


def _rule_table(result: RunResult, violations: list[Row]) -> Iterator[str]:
    counts = Counter((row["rule"], row["severity"]) for row in violations)
    if not counts:
        return
    lines = [["rule", "severity", "findings", "of", "what must be true"]]
    for (rule, severity), count in sorted(counts.items(), key=lambda item: natural(item[0][0])):
        found = result.results[rule]
        applicable = found.subjects - found.counts[Outcome.NOT_APPLICABLE]
        lines.append([rule, severity, f"{count:,}", f"{applicable:,}", plain(found.rule.title)])
    yield ""
    yield from table(lines, frozenset({2, 3}))


def _rule_details(result: RunResult, violations: list[Row], most: int) -> Iterator[str]:
    by_rule: dict[str, list[Row]] = {}
    for row in violations:
        by_rule.setdefault(row["rule"], []).append(row)
    for rule, found in by_rule.items():
        yield ""
        yield f"{rule} ({found[0]['severity']}): {plain(found[0]['message'])}"
        fix = result.program.checked[result.results[rule].rule.key].written.fix
        if fix is not None:
            yield f"  fix: {plain(' '.join(fix.text.split()))}"
        first = [row for row in found if not _is_settled(row)]
        for row in first[:most]:
            yield f"  {_finding_line(row)}"
        if len(first) > most:
            yield f"  ... {len(first) - most:,} more (--max-findings, or --format csv)"
        yield from _settled_lines([row for row in found if _is_settled(row)])


def _is_settled(row: Row) -> bool:
    """Whether a finding goes away with another one, or needs no mending."""
    return bool(row["because"] or row["suppressedBy"])


def _settled_lines(found: list[Row]) -> Iterator[str]:
    """How many findings follow from others, and how many are about students who are not counted anyway."""
    moot = Counter(settled_words(row) for row in found if row["suppressedBy"])
    follow = Counter(settled_words(row) for row in found if not row["suppressedBy"])
    for counts in (follow, moot):
        for words, count in sorted(counts.items()):
            yield f"  {plural(count, 'student')} more: {words}"


def settled_words(row: Row) -> str:
    """Why a finding goes away with another one, or needs no mending; empty for one that has to be mended."""
    if row["suppressedBy"]:
        return f"not counted by {', '.join(row['suppressedBy'])}, so nothing is to be mended here"
    return f"follows from {', '.join(row['because'])}, which comes first" if row["because"] else ""


def _finding_line(row: Row) -> str:
    owner = f"student {row['student']}" if row["student"] is not None else row["resource"]
    where = f", corporation {row['corporation']}" if row["corporation"] is not None else ""
    others = f", with {_others(row)}" if row["others"] else ""
    detail = f": {row['detail']}" if row["detail"] else ""
    place = f"  ({row['file']} line {row['line']})" if row["file"] else ""
    return plain(f"{owner}{where}{others}{detail}{place}")


def _others(row: Row) -> str:
    """The other records of a finding, by what sets the first of them apart from the finding's own."""
    own = set(row["key"].items())
    apart = [
        f"{name.rpartition('.')[2]} {value}" for name, value in row["others"][0].items() if (name, value) not in own
    ]
    rest = len(row["others"]) - 1
    return ", ".join(apart) + (f" and {plural(rest, 'other record')}" if rest else "")


def _not_checked_lines(result: RunResult, listed: list[Row]) -> Iterator[str]:
    found = not_checked(result)
    if not found:
        return
    yield ""
    yield "Not checked:"
    of: dict[tuple[str, tuple[str, ...]], list[Row]] = {}
    for row in listed:
        if row["key"]:
            of.setdefault((row["rule"], tuple(row["missing"])), []).append(row)
    causes = [[f"  {rule}", how_many(count), cause_words(missing)] for rule, missing, count in found]
    for line, (rule, missing, _) in zip(table(causes, frozenset({1})), found, strict=True):
        yield line
        yield from (f"    {_finding_line(row)}" for row in of.get((rule, missing), ()))


def how_many(count: int) -> str:
    """A number of subjects that were not checked; where the data hold none of them, nobody can count them."""
    return f"{count:,}" if count else "all"


def fault_kind(row: Row) -> tuple[str, str]:
    """The code of a fault of structure, and the property or resource that it is about."""
    return row["code"], str(row["message"]).split(":", 1)[0]


def _structure_lines(found: list[Row], most: int) -> Iterator[str]:
    if not found:
        return
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in found:
        groups.setdefault(fault_kind(row), []).append(row)
    yield ""
    yield f"Structure of the data: {plural(len(found), 'finding')}."
    for (code, what), group in sorted(groups.items()):
        yield f"  {code}  {plain(what)}: {len(group):,}"
        for row in group[: min(most, 3)]:
            problem = plain(str(row["message"]).split(": ", 1)[1])
            yield f"    {plain(row['file'])} line {row['line']}: {problem}"
        if len(group) > min(most, 3):
            yield f"    ... {len(group) - min(most, 3):,} more"
