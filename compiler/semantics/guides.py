"""Checked guides to IR."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from compiler.schema.edfi import Schemas
from compiler.schema.types import Record
from compiler.semantics import ir
from compiler.semantics.checker.guides import CheckedGuide, choices_of
from compiler.semantics.lowering import Lowerer
from compiler.semantics.usage import usage
from compiler.syntax.document import Scalar
from compiler.syntax.guides import EndTree, NoticeTree, QuestionTree, TargetTree
from compiler.syntax.specs import one_line

RECORD = "record"
"""The variable for a record of the pasted text."""

YearOf = Callable[[str, ir.Expr], ir.Expr | None]


def lower_guide(
    checked: CheckedGuide, definitions: Mapping[str, ir.Definition], schemas: Schemas, year_of: YearOf
) -> ir.Guide:
    """A sound guide as IR; ``year_of`` gives the school year of a record of a resource."""
    written = checked.written
    assert written.subject is not None
    guide = _Guide(checked, written.subject.variable, definitions, schemas)
    pasted = ir.Var(RECORD, type=Record(checked.payload)) if checked.payload is not None else None
    return ir.Guide(
        id=checked.id,
        title=one_line(written.title),
        symptom=one_line(written.symptom),
        resource=checked.resource,
        variable=written.subject.variable,
        id_name=written.asks_for.id.text,
        asks_for=tuple(name.text for name in written.asks_for.resources),
        how=one_line(written.asks_for.how),
        payload=checked.payload,
        payload_path=checked.payload_path,
        payload_year=year_of(checked.payload, pasted) if checked.payload is not None and pasted is not None else None,
        notices=tuple(map(guide.notice, written.notices)),
        questions=tuple(map(guide.question, written.questions)),
        ends=tuple(map(_end, written.ends)),
        leap_birthday=checked.scope.leap_birthday,
    )


class _Guide:
    """Lowers the parts of one guide."""

    def __init__(
        self, checked: CheckedGuide, variable: str, definitions: Mapping[str, ir.Definition], schemas: Schemas
    ) -> None:
        self.checked = checked
        self.definitions = definitions
        self.schemas = schemas
        self.lower = Lowerer(checked.scope, checked.facts, variable).expression

    def needs(self, node: ir.Expr) -> frozenset[str]:
        """The resources without which an expression says nothing."""
        return frozenset(usage([node], self.definitions, self.schemas).needs)

    def notice(self, written: NoticeTree) -> ir.Notice:
        assert written.when is not None
        when = self.lower(written.when)
        says, rules = one_line(written.says), _texts(written.rules)
        return ir.Notice(written.id.text, when, says, written.owner.text, rules, self.needs(when))

    def question(self, written: QuestionTree) -> ir.Question:
        domain = choices_of(written, self.checked.domains[written.id.text])
        evidence = self.lower(written.evidence) if written.evidence is not None else None
        return ir.Question(
            id=written.id.text,
            ask=one_line(written.ask),
            evidence=evidence,
            by_person=written.by_person,
            asked_of=written.asked_of,
            told=tuple(ir.Told(label.text, self.lower(value)) for label, value in written.show if value is not None),
            type=domain.type,
            answers=domain.listed or (),
            least=domain.least,
            branches=tuple(
                ir.Branch(self.lower(branch.when) if branch.when is not None else None, _target(branch.go))
                for branch in written.branches
            ),
            cannot_tell=_target(written.cannot_tell) if written.cannot_tell is not None else None,
            needs=self.needs(evidence) if evidence is not None else frozenset(),
        )


def _end(written: EndTree) -> ir.End:
    return ir.End(written.id.text, written.owner.text, tuple(map(one_line, written.steps)), _texts(written.rules))


def _target(written: TargetTree) -> ir.Target:
    return ir.Target(written.name, written.is_end)


def _texts(scalars: tuple[Scalar, ...]) -> tuple[str, ...]:
    return tuple(scalar.text for scalar in scalars)
