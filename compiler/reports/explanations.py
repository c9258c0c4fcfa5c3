"""Explanations of a rule for one student, as text."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.engines.explain import Explained, Explanation
from compiler.reports import traces
from compiler.reports.findings import cause_words
from compiler.reports.text import plain
from compiler.semantics import ir
from compiler.semantics.checker.rules import CheckedRule
from compiler.semantics.findings import Outcome
from compiler.semantics.tracing import key_words


def lines(checked: CheckedRule, rule: ir.Rule, explained: Explained, student: str) -> Iterator[str]:
    """The whole explanation."""
    yield f"{rule.id}: {plain(rule.title)}"
    if explained.reasons:
        yield f"It cannot be checked here: {cause_words(explained.reasons)}."
    if not explained.explanations:
        yield f"Student {plain(student)} has no record that this rule judges (each {rule.subject_text})."
    for explanation in explained.explanations:
        yield ""
        yield from _subject(rule, explanation)
    violated = any(e.verdict.outcome is Outcome.VIOLATION for e in explained.explanations)
    if violated and checked.written.fix is not None:
        yield ""
        yield f"How to fix it: {plain(' '.join(checked.written.fix.text.split()))}"


def _subject(rule: ir.Rule, explanation: Explanation) -> Iterator[str]:
    record, finding = explanation.record, explanation.finding
    key = key_words(finding.key.values())
    place = f"   ({plain(record.file)} line {record.line})" if record.file else ""
    yield f"{record.resource} {plain(key)}{place}"
    outcome = explanation.verdict.outcome
    words = outcome.value.upper()
    if outcome is Outcome.VIOLATION:
        words += f" ({finding.severity})"
    if outcome is Outcome.NOT_CHECKED:
        words += f": {cause_words(explanation.verdict.missing)}"
    yield f"  {words}"
    if explanation.when is not None:
        yield from traces.render(explanation.when, "applies when")
    if explanation.require is not None and outcome is not Outcome.NOT_APPLICABLE:
        yield from traces.render(explanation.require, "in conflict with" if rule.conflicts else "must be true")
    if outcome is Outcome.VIOLATION:
        yield f"  message: {plain(rule.message)}"
        if finding.detail:
            yield f"  found: {plain(finding.detail)}"
        if finding.others:
            others = "; ".join(key_words(other.values()) for other in finding.others)
            yield f"  with: {plain(others)}"
