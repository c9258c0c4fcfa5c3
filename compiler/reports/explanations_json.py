"""Explanations as JSON, for other programs; the shape is stable, names are only ever added.

::

    {"rule", "title", "student", "schoolYear", "asOf", "scope", "cycle",
     "cannotBeChecked": [causes]          why the rule cannot be checked at all over these data
     "subjects": [
       {"resource", "key", "file", "line",
        "outcome": "pass" | "violation" | "not applicable" | "not checked", "severity", "missing": [causes],
        "message", "detail", "with": [keys]
        "because": [clauses],             what decided, and nothing else
        "needs": [facts],                 what is missing, where it is not checked
        "wouldPass": [changes], "wouldNotApply": [changes], "notAllTried": whether values were left untried}],
     "howToFix"}

    clause  {"about": "subject" | "when" | "require" | "conflicts" (of the outermost ones), "text", "member",
             "answer": "yes" | "no" | "unknown", "eachByItself", "facts": [facts], "because": [clauses]}
    fact    {"kind": "property" | "reference" | "list" | "record" | "computed", "text", "value", "meaning",
             "resource", "key", "property", "file", "line"}
    change  {"text", "resource", "key", "property", "file", "line", "now", and one of
             "values": [...], "from" and "to" (null: open), "given": true, "missing": true}

A ``value`` is null where the property is missing; that of a record says whether it is there, that of a list holds the
keys (or places) of its members. ``property`` is the path, with positions from 0; ``meaning`` what a code means.
"""

from __future__ import annotations

from typing import Any

from compiler.engines.explain import Explained, Explanation
from compiler.engines.nearest import Change
from compiler.reports.explanations import Meanings, Telling, answer_word, needed
from compiler.schema.types import Code
from compiler.semantics.determining import Clause, Fact
from compiler.semantics.findings import Outcome
from compiler.semantics.outcomes import Context, plain_value
from compiler.semantics.steps import Step, value_text
from compiler.semantics.tracing import described
from compiler.semantics.values import ItemValue, ListValue, PeriodValue, Record, RecordValue, RowValue, jsonable

_ANSWERS = {"yes": "yes", "no": "no", "?": "unknown"}
Body = dict[str, Any]


def as_json(telling: Telling, explained: Explained, context: Context) -> Body:
    """The whole explanation."""
    rule, fix = telling.rule, telling.checked.written.fix
    return {
        "rule": rule.id,
        "title": rule.title,
        "student": telling.student,
        "schoolYear": context.school_year,
        "asOf": context.as_of.isoformat(),
        "scope": context.scope,
        "cycle": context.cycle,
        "cannotBeChecked": list(explained.reasons),
        "subjects": [_subject(telling, found, is_open=not explained.reasons) for found in explained.explanations],
        "howToFix": " ".join(fix.text.split()) if fix is not None else None,
    }


def _subject(telling: Telling, explanation: Explanation, *, is_open: bool) -> Body:
    finding, verdict, nearest = explanation.finding, explanation.verdict, explanation.nearest
    is_violation = verdict.outcome is Outcome.VIOLATION
    known, found = telling.meanings, explanation.determined
    about = "conflicts" if telling.rule.conflicts is not None else "require"
    tops = {"subject": found.judged, "when": found.when, about: found.require} if is_open else {}
    body: Body = {
        "resource": explanation.record.resource,
        "key": finding.key,
        **_place(explanation.record),
        "outcome": verdict.outcome.value,
        "severity": finding.severity if is_violation else None,
        "missing": list(verdict.missing) if verdict.outcome is Outcome.NOT_CHECKED else [],
        "message": finding.message if is_violation else None,
        "detail": finding.detail if is_violation else None,
        "with": list(finding.others),
        "because": [
            {"about": name, **_clause(top, known)} for name, top in tops.items() if top is not None and is_open
        ],
        "needs": [_fact(fact, known) for fact in needed(found)] if is_open else [],
        "wouldPass": [_change(change, known) for change in nearest.passing],
        "wouldNotApply": [_change(change, known) for change in nearest.sparing],
        "notAllTried": nearest.is_cut,
    }
    steps = {"when": explanation.when, "require": explanation.require}
    told = {name: _step(step) for name, step in steps.items() if step is not None}
    return {**body, "steps": told} if told else body


def _clause(clause: Clause, known: Meanings) -> Body:
    return {
        "text": clause.text,
        "member": clause.member or None,
        "answer": _ANSWERS[answer_word(clause.value)],
        "eachByItself": clause.each_alone,
        "facts": [_fact(fact, known) for fact in clause.facts],
        "because": [_clause(part, known) for part in clause.parts],
    }


def _fact(fact: Fact, known: Meanings) -> Body:
    return {
        "kind": fact.kind,
        "text": fact.text,
        "value": fact.value if fact.kind == "record" else _value(fact.value),
        "meaning": _meaning(fact, fact.value, known),
        "resource": fact.record.resource if fact.record is not None else fact.resource or None,
        "key": [jsonable(part) for part in (fact.record.key if fact.record is not None else fact.key)],
        "property": ".".join(map(str, fact.place)) or None,
        **_place(fact.record),
    }


def _meaning(fact: Fact, value: object, known: Meanings) -> str | None:
    return known.get((fact.type.descriptor, str(value))) if isinstance(fact.type, Code) else None


def _change(change: Change, known: Meanings) -> Body:
    fact = change.fact
    assert fact.record is not None
    body: Body = {
        "text": fact.text,
        "resource": fact.record.resource,
        "key": [jsonable(part) for part in fact.record.key],
        "property": ".".join(map(str, fact.place)),
        **_place(fact.record),
        "now": _value(fact.value),
    }
    if change.removed:
        return {**body, "missing": True}
    if change.given:
        return {**body, "given": True}
    if change.values:
        means = [_meaning(fact, value, known) for value in change.values]
        told = {"meanings": means} if any(means) else {}
        return {**body, "values": [jsonable(value) for value in change.values], **told}
    return {**body, "from": _value(change.first), "to": _value(change.last)}


def _value(value: Any) -> Any:
    """A value as JSON holds it."""
    if isinstance(value, ListValue):
        return [_value(member.value) for member in value.members]
    if isinstance(value, RecordValue):
        return [jsonable(part) for part in value.key]
    if isinstance(value, ItemValue):
        return described(value)
    if isinstance(value, PeriodValue | RowValue):
        return value_text(value)
    return plain_value(value)


def _place(record: Record | None) -> Body:
    has_file = record is not None and bool(record.file)
    return {"file": record.file if record and has_file else None, "line": record.line if record and has_file else None}


def _step(step: Step) -> Body:
    facts = [{"text": fact.text, "value": fact.value, "place": fact.place or None} for fact in step.facts]
    parts = [_step(part) for part in step.parts]
    return {"text": step.text, "answer": step.answer, "facts": facts, "parts": parts, "leftOut": step.left_out}
