"""Examples of plans: the identity map and the API that an example describes, its plan, and what it expects of it.

What was wanted of the world ``before`` has been sent, whatever was on then; without that world nothing has. ``mapped``
adds rows of other resources, ``lost`` takes records from the API, ``foreign`` adds some that nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from compiler.planning.bodies import nested
from compiler.planning.evidence import Evidence
from compiler.planning.model import Cause, Mapped, OdsRecord, Plan, Standing, Step
from compiler.planning.planner import Mode, Task, plan_year
from compiler.planning.spaces import sent_before
from compiler.planning.telling import told
from compiler.planning.wants import Want, own, wants_of
from compiler.schema.edfi import Shape
from compiler.schema.types import ListOf
from compiler.semantics import ir
from compiler.semantics.checker.publications import CheckedPublication, CheckedSentExample
from compiler.semantics.checker.typed import scalar_value
from compiler.semantics.expected import first_difference, one_line
from compiler.semantics.outcomes import Context
from compiler.semantics.program import Program
from compiler.semantics.values import jsonable
from compiler.semantics.wanted import Sender, want
from compiler.semantics.world import RawRecord, World
from compiler.syntax.document import Mapping as Written
from compiler.syntax.document import Node, Scalar
from compiler.syntax.publications import StepTree


def plan_of(program: Program, checked: CheckedPublication, example: CheckedSentExample, evaluate: Want = want) -> Plan:
    """The plan that an example is of, with the publications that share the keys of the resource."""
    context = Context(example.school_year, example.as_of)
    publications = _together(program, program.publications[checked.id])
    after = _world(program, example.records)
    before = _world(program, example.before) if example.before is not None else None
    wants = tuple(
        wants_of(program, publication, after, before, context, own(publication, example.parameters), evaluate=evaluate)
        for publication in publications
    )
    sent = list(sent_before(wants))
    mapped = (*sent, *(_row(row) for row in example.written.mapped))
    if example.written.resync:
        ods = tuple(_ods(example, checked, sent))
        return plan_year(Task(context.school_year, wants, mapped, mode=Mode.RESYNC, ods=ods))
    if before is None:
        return plan_year(Task(context.school_year, wants, mapped))
    evidence = Evidence(program, before, after, context, example.parameters)
    return plan_year(Task(context.school_year, wants, mapped, evidence=evidence, mode=Mode.EVENT))


def _together(program: Program, publication: ir.Publication) -> list[ir.Publication]:
    """A publication and those that share its keys."""
    others = (program.publications.get(name) for name in publication.shared_with)
    return [publication, *(other for other in others if other is not None)]


def _world(program: Program, records: Mapping[str, Any]) -> World:
    return World(program.schemas, {name: map(RawRecord, bodies) for name, bodies in records.items()})


# -- the identity map and the API


def _row(written: Written) -> Mapped:
    """A row of the identity map of another resource."""
    entries = {name.text: node for name, node in written.entries}
    key = dict(_leaves(entries["key"], ""))
    text = {name: node.text for name, node in entries.items() if isinstance(node, Scalar)}
    sender = Sender("", text.get("object", ""), text.get("student", ""))
    return Mapped(text["resource"], tuple(key), tuple(key.values()), sender, text.get("organization"), nested(key))


def _leaves(node: Node, above: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, Scalar):
        yield above, node.text
    elif isinstance(node, Written):
        for name, value in node.entries:
            yield from _leaves(value, f"{above}.{name.text}".lstrip("."))


def _ods(example: CheckedSentExample, checked: CheckedPublication, sent: list[Mapped]) -> Iterator[OdsRecord]:
    lost = list(example.written.lost)
    for row in sent:
        missing = next((body for body in lost if not first_difference(body, row.body, "")), None)
        if missing is None:
            yield OdsRecord(row.resource, row.ods_id, row.body)
        else:
            lost.remove(missing)
    assert checked.target is not None
    for number, body in enumerate(example.written.foreign):
        yield OdsRecord(checked.target.plural, f"foreign-{number}", _json(body, checked.target))


def _json(node: Node, shape: Shape | None) -> Any:
    """A written body as an API holds it."""
    assert isinstance(node, Written)
    found: dict[str, Any] = {}
    for name, value in node.entries:
        prop = shape.properties.get(name.text) if shape is not None else None
        if prop is None:
            continue
        if isinstance(value, Scalar):
            kind = prop.type.item if isinstance(prop.type, ListOf) else prop.type
            read = scalar_value(value.text, kind)
            found[name.text] = read if isinstance(read, Decimal) else jsonable(read)
        elif isinstance(value, Written):
            found[name.text] = _json(value, prop.shape)
        else:
            found[name.text] = [_json(item, prop.shape) for item in value.items if isinstance(item, Written)]
    return found


# -- what is expected


def plan_differences(example: CheckedSentExample, plan: Plan) -> list[str]:
    """Where a plan is not what an example expects: all of its steps in order, and of the rest what is named."""
    return [
        *_steps(example.written.steps or (), plan.steps),
        *_unsent(example, plan),
        *_words(example, plan),
    ]


def _steps(expected: tuple[StepTree, ...], steps: list[Step]) -> Iterator[str]:
    told_of = [one_step(step) for step in steps]
    if len(expected) != len(steps):
        yield f"expected {len(expected)} steps, but the plan has {len(steps)}: {'; '.join(told_of) or 'none'}"
        return
    for number, (wanted, step) in enumerate(zip(expected, steps, strict=True), 1):
        difference = _difference(wanted, step)
        if difference:
            yield f"step {number}, {told_of[number - 1]}: {difference}"


def one_step(step: Step) -> str:
    """A step in a few words."""
    because = f" because {', '.join(step.ids)}" if step.ids else ""
    return f"{step.verb} {step.resource} {step.sender}{because}".replace("  ", " ")


def _difference(wanted: StepTree, step: Step) -> str:
    if wanted.verb.text != step.verb:
        return f"expected {wanted.verb.text}"
    if wanted.resource is not None and wanted.resource.text != step.resource:
        return f"expected {wanted.resource.text}"
    if wanted.object is not None and wanted.object.text != step.sender.key:
        return f"expected object {wanted.object.text}"
    ids = {name.text for name in wanted.because}
    if ids != {*step.ids}:
        return f"expected because {', '.join(sorted(ids)) or 'of nothing that the source names'}"
    return first_difference(wanted.body, step.body or {}, "") if wanted.body is not None else ""


def _unsent(example: CheckedSentExample, plan: Plan) -> Iterator[str]:
    reasons = [(unsent.sender.key, unsent.reason) for _, unsent in plan.unsent]
    reasons += [(entry.sender.key, entry.reason) for entry in plan.standing if entry.verb]
    for key, words in example.written.unsent:
        wanted, mine = one_line(words.text), [reason for sender, reason in reasons if sender == key.text]
        if not any(wanted in reason for reason in mine):
            seen = "; ".join(mine) or "nothing is said of it"
            yield f"expected {key.text} not to be sent for `{wanted}`, but {seen}"


def _words(example: CheckedSentExample, plan: Plan) -> Iterator[str]:
    written = example.written
    lines = [told(entry) for entry in plan.standing]
    for words in written.on_purpose:
        if not any(one_line(words.text) in line for line in lines):
            seen = "; ".join(lines) or "nothing"
            yield f"expected `{one_line(words.text)}` to differ on purpose, but the plan says: {seen}"
    if written.resync_needed is not None and written.resync_needed.text != str(len(plan.stale)):
        yield f"expected a resync to be needed for {written.resync_needed.text}, but it is for {len(plan.stale)}"
    withheld = [entry for entry in plan.standing if entry.cause is Cause.WITHHELD]
    if (written.withheld is not None) != bool(withheld) or not _says(withheld, written.withheld):
        yield f"expected deletions {'' if written.withheld is not None else 'not '}to be withheld"
    warnings = [warning for step in plan.steps for warning in step.warnings]
    for words in written.warnings:
        if not any(one_line(words.text) in warning for warning in warnings):
            yield f"expected a warning `{one_line(words.text)}`, but there is none such"


def _says(withheld: list[Standing], words: Scalar | None) -> bool:
    return words is None or any(one_line(words.text) in entry.reason for entry in withheld)
