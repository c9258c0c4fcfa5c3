"""All that a report of a run shows, whatever it is made of: workbooks and pages are written from this.

A :class:`Summary` is made once, from the result of a run and its rows (``findings.rows``, with every subject that was
not checked; masked where students are to be masked). Rows are shared, never copied, but for the few that say
something of another corporation's records: see ``groups``.

Every number that counts students or their findings is a ``Count``: small ones are hidden where that is asked for, and
the numbers stand here as they may be shown. Lists are complete; who shows only part of one says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from compiler.engines.dispositions import DISPOSITIONS
from compiler.engines.run import RunResult
from compiler.reports import dispositions
from compiler.reports.comparison import STATES, Comparison
from compiler.reports.counts import ALL, Counts, Label, finding_counts, student_counts
from compiler.reports.facts import Facts
from compiler.reports.findings import (
    STRUCTURE,
    cause_words,
    data_lines,
    fault_kind,
    how_many,
    not_checked,
    number,
    settled_words,
    verdict,
    violations,
)
from compiler.reports.groups import Group, groups_of
from compiler.reports.masking import Aliases
from compiler.reports.suppression import Count, shown
from compiler.semantics.findings import SEVERITIES, Outcome
from compiler.semantics.outcomes import Context, interpreter_for, severity_on
from compiler.semantics.program import natural
from compiler.semantics.world import World

Row = dict[str, Any]

NOT_COMPARED = "not compared"
"""The state of findings that the earlier run could not have found."""


@dataclass(frozen=True, slots=True)
class CountRow:
    """A row of a table of counts: what it is about (an id, and a name where there is one), its counts, their sum."""

    value: Any
    name: str
    counts: tuple[Count, ...]
    total: Count


@dataclass(frozen=True, slots=True)
class CountTable:
    """A table of counts with the sums of its columns; ``columns`` are ids or words, with names where there are any."""

    title: str
    columns: tuple[Any, ...]
    names: tuple[str, ...]
    rows: tuple[CountRow, ...]
    total: CountRow


@dataclass(frozen=True, slots=True)
class Counting:
    """What becomes of the students of a collection: a table of dispositions by corporation, by school and by grade.

    In the part of one corporation there is no table by corporation. All tables have the same last row.
    """

    collection: str
    title: str
    total: CountRow
    tables: tuple[CountTable, ...]


@dataclass(frozen=True, slots=True)
class RuleSummary:
    """A rule that was run: what it says, where it comes from, what it found.

    ``findings`` are its violations, at ``corporations`` corporations, of ``applicable`` subjects; ``settled`` says how
    many of them go away with others or need no mending, in words. ``outcomes`` are numbers of subjects by outcome.
    """

    rule: str
    title: str
    collection: str
    severity: str
    effect: str
    message: str
    fix: str
    source: str
    findings: Count
    corporations: int
    applicable: Count
    settled: tuple[tuple[Count, str], ...]
    outcomes: Mapping[str, Count]


@dataclass(frozen=True, slots=True)
class NotChecked:
    """A rule that could not be checked for some subjects (``whole``: not at all), and the cause in words."""

    rule: str
    cause: str
    subjects: str
    whole: bool


@dataclass(frozen=True, slots=True)
class StructureSummary:
    """How many findings of a code a property (or a resource as such) has."""

    code: str
    what: str
    findings: int


@dataclass(frozen=True, slots=True)
class Change:
    """What became of the findings of a rule (empty: of all) since an earlier run: a count for each of ``STATES``."""

    rule: str
    counts: Mapping[str, Count]


@dataclass(frozen=True, slots=True, repr=False)
class Summary:
    """A run as reports show it; see the module.

    ``severities`` and ``effects`` are numbers of violations. ``heat`` has a row for each rule with findings and a
    column for each corporation. ``notes`` say what the data lack and what was left out, ``doubts`` what is not known
    of the count in all. ``rows`` are all rows of the run, ``members`` all rows of dispositions. ``changes`` begin with
    the one of all rules. ``result`` and ``aliases`` are what it was made from.
    """

    facts: Facts
    verdict: str
    severities: tuple[tuple[str, Count], ...]
    effects: tuple[tuple[str, Count], ...]
    rules: tuple[RuleSummary, ...]
    heat: CountTable
    counting: tuple[Counting, ...]
    not_checked: tuple[NotChecked, ...]
    notes: tuple[str, ...]
    doubts: tuple[str, ...]
    structure: tuple[StructureSummary, ...]
    rows: Sequence[Row]
    members: Sequence[Row]
    groups: tuple[Group, ...]
    comparison: Comparison | None
    changes: tuple[Change, ...]
    names: Mapping[Any, str]
    finding_counts: Counts
    student_counts: Mapping[str, Counts]
    result: RunResult
    aliases: Aliases | None

    @property
    def violations(self) -> Iterator[Row]:
        """The rows of what was found: of rules, then of structure."""
        return (row for row in self.rows if row["outcome"] == Outcome.VIOLATION.value)

    @property
    def unchecked(self) -> Iterator[Row]:
        """The rows of single subjects that were not checked."""
        return (row for row in self.rows if row["outcome"] == Outcome.NOT_CHECKED.value and row["key"])

    # -- the part of one corporation

    def verdict_of(self, group: Group) -> str:
        """One sentence: what was found of a corporation."""
        counts, column = self.finding_counts, ("corporation", group.corporation)
        if not counts.value(ALL, column):
            return "No violations."
        parts = [
            f"{number(counts.shown(('severity', name), column))} {name}"
            for name in SEVERITIES
            if counts.value(("severity", name), column)
        ]
        return f"{violations(counts.shown(ALL, column))} ({', '.join(parts)})."

    def rules_of(self, group: Group) -> list[tuple[RuleSummary, Count]]:
        """The rules with findings at a corporation, each with their number there."""
        counts, column = self.finding_counts, ("corporation", group.corporation)
        return [
            (rule, counts.shown(("rule", rule.rule), column))
            for rule in self.rules
            if counts.value(("rule", rule.rule), column)
        ]

    def counting_of(self, group: Group) -> list[Counting]:
        """What becomes of the students of a corporation, by school and by grade."""
        own = ("corporation", group.corporation)
        return [
            _counting(counting.collection, counting.title, self.student_counts[counting.collection], self.names, own)
            for counting in self.counting
            if self.student_counts[counting.collection].value(own)
        ]

    def not_checked_of(self, group: Group) -> list[NotChecked]:
        """What could not be checked for subjects of a corporation, and the rules that could not be checked at all."""
        found = Counter((row["rule"], tuple(row["missing"])) for row in group.unchecked)
        some = _causes(found, self.facts.least)
        whole = [entry for entry in self.not_checked if entry.whole]
        return sorted([*some, *whole], key=lambda entry: (natural(entry.rule), entry.cause))

    def structure_of(self, group: Group) -> tuple[StructureSummary, ...]:
        """The faults of structure of a corporation's records."""
        return _structure(group.findings)

    def changes_of(self, group: Group) -> tuple[Change, ...]:
        """What has become of the findings of a corporation since the earlier run."""
        return _changes(self.finding_counts, ("corporation", group.corporation)) if self.comparison else ()


def summary_of(
    result: RunResult,
    rows: Sequence[Row],
    facts: Facts,
    *,
    names: Mapping[Any, str],
    aliases: Aliases | None = None,
    comparison: Comparison | None = None,
) -> Summary:
    """Sum up a run; ``names`` are those of organizations, ``aliases`` those with which the rows were masked."""
    members = list(dispositions.rows(result, aliases))
    counts = finding_counts(*_counted(rows, comparison), facts.least)
    students = student_counts(result.dispositions, facts.least)
    severities = tuple(
        (name, counts.shown(("severity", name))) for name in SEVERITIES if counts.value(("severity", name))
    )
    effects = sorted({found.rule.effect for found in result.results.values()})
    gone = (*comparison.fixed, *comparison.unsure) if comparison is not None else ()
    return Summary(
        facts=facts,
        verdict=verdict(result, severities, counts.shown(ALL)),
        severities=severities,
        effects=tuple((name, counts.shown(("effect", name))) for name in effects if counts.value(("effect", name))),
        rules=tuple(_rules(result, rows, counts)),
        heat=_heat(counts, names),
        counting=tuple(
            _counting(name, result.program.collections[name].title, counted, names)
            for name, counted in students.items()
        ),
        not_checked=tuple(_not_checked(result, facts.least)),
        notes=tuple(data_lines(result)),
        doubts=tuple(dispositions.doubts(result, "the lists of students say which")),
        structure=_structure(rows),
        rows=rows,
        members=members,
        groups=groups_of(result, rows, members, gone, names),
        comparison=comparison,
        changes=_changes(counts, ALL) if comparison is not None else (),
        names=names,
        finding_counts=counts,
        student_counts=students,
        result=result,
        aliases=aliases,
    )


def _counted(
    rows: Iterable[Row], comparison: Comparison | None
) -> tuple[list[tuple[str, str, str, Any, str]], list[tuple[str, Any, str]]]:
    """What is counted of findings: those of rules with all that they are counted by, the others by their state."""
    found, others = [], []
    for row in rows:
        if row["outcome"] != Outcome.VIOLATION.value:
            continue
        state = (row["since"] or NOT_COMPARED) if comparison is not None else ""
        if row["rule"] != STRUCTURE:
            found.append((row["rule"], row["severity"], row["effect"], row["corporation"], state))
        elif state:
            others.append((STRUCTURE, row["corporation"], state))
    if comparison is not None:
        gone = (*comparison.fixed, *comparison.unsure)
        others += [(row["rule"], row["corporation"], row["since"]) for row in gone]
    return found, others


def _rules(result: RunResult, rows: Iterable[Row], counts: Counts) -> Iterator[RuleSummary]:
    places: dict[str, set[Any]] = {}
    severities: dict[str, str] = {}
    settled: dict[str, Counter[str]] = {}
    for row in rows:
        if row["outcome"] == Outcome.VIOLATION.value and row["rule"] != STRUCTURE:
            places.setdefault(row["rule"], set()).add(row["corporation"])
            severities[row["rule"]] = row["severity"]
            if words := settled_words(row):
                settled.setdefault(row["rule"], Counter())[words] += 1
    for name, found in result.results.items():
        written = result.program.checked[found.rule.key].written
        cells = [text.text for text in (written.source.document, written.source.row)]

        beside = [*found.counts.values(), *settled.get(name, {}).values()]
        hidden = (("rule", name), ALL) in counts.hidden or any(0 < count < counts.least for count in beside)

        def told(count: int, hidden: bool = hidden) -> Count:
            return shown(count, counts.least, hidden=hidden and count > 0)

        yield RuleSummary(
            rule=name,
            title=found.rule.title,
            collection=found.rule.collection,
            severity=severities.get(name) or _severity(result, name),
            effect=found.rule.effect,
            message=" ".join(found.rule.message.split()),
            fix=" ".join(written.fix.text.split()) if written.fix is not None else "",
            source=", ".join(cells),
            findings=counts.shown(("rule", name)),
            corporations=len(places.get(name, ())),
            applicable=told(found.subjects - found.counts[Outcome.NOT_APPLICABLE]),
            settled=tuple((told(count), words) for words, count in sorted(settled.get(name, {}).items())),
            outcomes={outcome.value: told(count) for outcome, count in found.counts.items()},
        )


def _severity(result: RunResult, name: str) -> str:
    """The severity of a rule without findings."""
    options, rule = result.options, result.results[name].rule
    context = Context(options.school_year, options.as_of, options.scope, options.cycle)
    return severity_on(interpreter_for(result.program, rule, World(result.program.schemas, {}), context), rule)


def _heat(counts: Counts, names: Mapping[Any, str]) -> CountTable:
    """Findings by rule and corporation, those whose corporation is not known last."""
    kinds = (kind for severity in counts.parts(ALL, "severity") for kind in counts.parts(severity, "kind"))
    rules = sorted((rule[1] for kind in kinds for rule in counts.parts(kind, "rule")), key=natural)
    columns = sorted((column[1] for column in counts.columns if counts.value(ALL, column)), key=in_order)

    def line(label: Label, value: Any) -> CountRow:
        cells = tuple(counts.shown(label, ("corporation", corporation)) for corporation in columns)
        return CountRow(value, "", cells, counts.shown(label))

    rows = tuple(line(("rule", rule), rule) for rule in rules)
    called = tuple(names.get(corporation, "") for corporation in columns)
    return CountTable("Findings by rule and corporation", tuple(columns), called, rows, line(ALL, None))


def _counting(collection: str, title: str, counts: Counts, names: Mapping[Any, str], within: Label = ALL) -> Counting:
    def line(label: Label, value: Any) -> CountRow:
        cells = tuple(counts.shown(label, name) for name in DISPOSITIONS)
        return CountRow(value, names.get(value, "") if label[-2:-1] != ("grade",) else "", cells, counts.shown(label))

    total = line(within, None if within == ALL else within[1])
    tables = []
    for level in ("corporation", "school", "grade") if within == ALL else ("school", "grade"):
        labels = sorted(counts.parts(within, level), key=lambda label: in_order(label[-1]))
        rows = tuple(line(label, label[-1]) for label in labels)
        tables.append(CountTable(f"Students by {level}", DISPOSITIONS, ("",) * len(DISPOSITIONS), rows, total))
    return Counting(collection, title, total, tuple(tables))


def in_order(value: Any) -> tuple[bool, int, str]:
    """Ids in the order of numbers, codes in that of text, what is not known last."""
    return value is None, len(str(value)) if isinstance(value, int) else 0, str(value)


def _not_checked(result: RunResult, least: int) -> list[NotChecked]:
    whole = {finding.rule for finding in result.findings if finding.outcome is Outcome.NOT_CHECKED and not finding.key}
    return _causes({(rule, missing): count for rule, missing, count in not_checked(result)}, least, whole)


def _causes(
    found: Mapping[tuple[str, tuple[str, ...]], int], least: int, whole: Collection[str] = ()
) -> list[NotChecked]:
    """How many subjects of each rule were not checked for each cause; a small number hides those beside it."""
    small = {rule for (rule, _), count in found.items() if 0 < count < least}
    return [
        NotChecked(rule, cause_words(missing), _how_many(count, least, hidden=rule in small), rule in whole)
        for (rule, missing), count in found.items()
    ]


def _how_many(count: int, least: int, *, hidden: bool) -> str:
    return str(shown(count, least, hidden=True)) if hidden and count else how_many(count)


def _structure(rows: Iterable[Row]) -> tuple[StructureSummary, ...]:
    found = Counter(fault_kind(row) for row in rows if row["rule"] == STRUCTURE)
    return tuple(StructureSummary(code, what, count) for (code, what), count in sorted(found.items()))


def _changes(counts: Counts, column: Label) -> tuple[Change, ...]:
    """The changes in a column: of all rules together, then of each rule that had findings in one of the two runs."""
    labels = (label for state in (*STATES, NOT_COMPARED) for label in counts.parts(("state", state), "rule"))
    found = {label[2] for label in labels if counts.value(label, column)}
    rules = sorted(found, key=lambda rule: (rule == STRUCTURE, natural(rule)))
    whole = Change("", {state: counts.shown(("state", state), column) for state in STATES})
    each = (Change(rule, {state: counts.shown(("state", state, rule), column) for state in STATES}) for rule in rules)
    return whole, *each
