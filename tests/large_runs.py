"""Large runs that nobody had to evaluate: findings made up by number, for reports."""

from __future__ import annotations

import random
from datetime import date

from compiler.engines.dispositions import Disposition, Member
from compiler.engines.run import Options, RunResult
from compiler.reports.facts import facts_of
from compiler.reports.findings import rows
from compiler.reports.summary import Summary, summary_of
from compiler.semantics import ir
from compiler.semantics.findings import SEVERITIES, Finding, Outcome
from compiler.semantics.outcomes import RuleResult
from compiler.semantics.program import Program


def large_run(program: Program, *, findings: int, students: int, corporations: int) -> Summary:
    """A run of the rules of the tests, its findings spread unevenly: the first corporation has a tenth of them."""
    chosen = random.Random(1)
    result = RunResult(program, Options(2025, date(2025, 6, 1), "state"), records_read=students * 9)
    rules = sorted(program.rules.values(), key=lambda rule: rule.id)
    result.results = {rule.id: RuleResult(rule) for rule in rules}
    home = [_corporation(number, corporations, chosen) for number in range(students)]
    for number in range(findings):
        student = number % students
        place = chosen.randrange(len(rules))
        rule = rules[place]
        of_rule = result.results[rule.id]
        of_rule.findings.append(_finding(number, rule, SEVERITIES[place % 5], student, home[student]))
        of_rule.counts[Outcome.VIOLATION] += 1
    for student, corporation in enumerate(home):
        member = Member("enrollment", _id(student), corporation, corporation * 10, f"{student % 12 + 1:02}", ())
        says = chosen.choice(("blocked", "in conflict", "not counted", ""))
        reasons = {rules[0].id: says} if says else {}
        result.dispositions.append(Disposition(member, reasons))
    facts = facts_of(result, title="Sample", specs="0" * 64, masked=False, least=0)
    names = {corporation: f"Corporation of {corporation}" for corporation in set(home)}
    return summary_of(result, list(rows(result, list_not_checked=True)), facts, names=names)


def _corporation(number: int, corporations: int, chosen: random.Random) -> int:
    return 1000 if number % 10 == 0 else 1000 + chosen.randrange(corporations)


def _id(student: int) -> str:
    return str(900_000_000 + student)


def _finding(number: int, rule: ir.Rule, severity: str, student: int, corporation: int) -> Finding:
    key = {"studentReference.studentUniqueId": _id(student), "entryDate": "2024-08-12", "number": number}
    values = {"e.entryDate": "2024-08-12", "e.student.birthDate": "2016-03-04"}
    return Finding(
        rule.id, Outcome.VIOLATION, severity, "none", _id(student), corporation, corporation * 10, rule.resource, key,
        (), rule.message, f"entered 2024-08-12, left 2024-08-{number % 28 + 1:02}", values, (),
    )  # fmt: skip
