"""Why there is a finding, step by step, as far as its corporation may see it.

A condition that goes from a shared record to those that refer to it (``student.studentSchoolAssociations``) reads
records of other corporations too, or of other students. Its steps are shown only where the data are those of one
corporation and nobody is masked; in all other reports it is said that they are left out. Steps of the other conditions
rest on the subject's own record and on what it refers to.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from compiler.engines.explain import Traced
from compiler.reports.findings import Row
from compiler.reports.groups import leads_away
from compiler.reports.masking import students_of
from compiler.reports.summary import Summary
from compiler.semantics import ir
from compiler.semantics.findings import Finding, Outcome
from compiler.semantics.steps import FactLine, Step


@dataclass(frozen=True, slots=True, repr=False)
class Told:
    """A condition of a rule for one subject: what it is, and its steps; None where they are left out."""

    label: str
    step: Step | None

    @property
    def size(self) -> int:
        """How many lines it has."""
        return _size(self.step) if self.step is not None else 1


class Traces:
    """The traces of a run by the rows of the corporations' parts."""

    def __init__(self, summary: Summary) -> None:
        self._summary = summary
        self._result = summary.result
        self._of_row = {id(row): (finding, traced) for row, finding, traced in _rows_with_traces(summary)}
        corporations = sum(1 for group in summary.groups if group.corporation is not None)
        self._is_closed = (
            summary.aliases is None and corporations <= 1 and self._result.options.scope == "district"
        )  # nothing of others is among the data
        self._leads_away: dict[tuple[str, str], bool] = {}

    def of(self, row: Row) -> tuple[Told, ...] | None:
        """The conditions behind a row; None when there is no trace of it."""
        if id(row) not in self._of_row:
            return None
        finding, traced = self._of_row[id(row)]
        rule = self._result.results[finding.rule].rule
        asks = ("in conflict with", rule.conflicts) if rule.conflicts is not None else ("must be true", rule.require)
        parts = (("applies when", rule.when, traced.when), (*asks, traced.require))
        return tuple(
            Told(label, None if self._is_left_out(rule, label, node) else self._masked(step, finding))
            for label, node, step in parts
            if step is not None and node is not None
        )

    def _is_left_out(self, rule: ir.Rule, label: str, node: ir.Expr) -> bool:
        if self._is_closed:
            return False
        if (rule.id, label) not in self._leads_away:
            self._leads_away[rule.id, label] = leads_away(node, self._result.program)
        return self._leads_away[rule.id, label]

    def _masked(self, step: Step, finding: Finding) -> Step:
        aliases = self._summary.aliases
        if aliases is None:
            return step
        students = list(students_of(finding, self._result))

        def text(value: str) -> str:
            return aliases.masked_text(value, students)

        def masked(step: Step) -> Step:
            facts = tuple(FactLine(text(fact.text), text(fact.value), text(fact.place)) for fact in step.facts)
            parts = tuple(masked(part) for part in step.parts)
            return replace(step, text=text(step.text), answer=text(step.answer), facts=facts, parts=parts)

        return masked(step)


def _rows_with_traces(summary: Summary) -> Iterator[tuple[Row, Finding, Traced]]:
    """Findings stand in the parts of their corporations in the order of the run, before faults of structure."""
    places = {
        (group.corporation, outcome): iter(rows)
        for group in summary.groups
        for outcome, rows in ((Outcome.VIOLATION, group.findings), (Outcome.NOT_CHECKED, group.unchecked))
    }
    traces = summary.result.traces
    for finding in summary.result.findings if traces else ():
        if finding.key:
            row = next(places[finding.corporation, finding.outcome])
            if finding.finding_key in traces:
                yield row, finding, traces[finding.finding_key]


def _size(step: Step) -> int:
    return 1 + len(step.facts) + sum(map(_size, step.parts))


def command(summary: Summary, rule: str, student: Any) -> str:
    """The command that says why a rule says what it says of a student."""
    options = summary.result.options
    name = "ID" if summary.aliases is not None or student is None else shlex.quote(str(student))
    words: Iterable[str] = (
        "rulewright why", shlex.quote(rule), f"--data DIR --student={name}",
        f"--school-year {options.school_year} --as-of {options.as_of.isoformat()} --scope {options.scope}",
        *([f"--cycle {shlex.quote(options.cycle)}"] if options.cycle else []),
    )  # fmt: skip
    return " ".join(words)
