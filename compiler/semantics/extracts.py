"""Checked extracts to IR."""

from __future__ import annotations

from collections.abc import Callable

from compiler.schema.types import Record
from compiler.semantics import ir
from compiler.semantics.checker.extracts import CheckedExtract, CheckedOption
from compiler.semantics.checker.fields import CheckedField, field_numbers
from compiler.semantics.lowering import Lowerer, constant_of
from compiler.semantics.publications import put_in
from compiler.syntax import tree
from compiler.syntax.document import one_line
from compiler.syntax.extracts import LayoutTree, RowClauseTree

StudentOf = Callable[[str, ir.Expr], ir.Expr | None]


def lower_extract(checked: CheckedExtract, student_of: StudentOf) -> ir.Extract:
    """A sound extract as IR; ``student_of`` gives whose record one of a resource is."""
    return _Lowering(checked).lowered(student_of)


class _Lowering:
    """Lowers one extract; names that stand for values are written out."""

    def __init__(self, checked: CheckedExtract) -> None:
        subject = checked.written.subject
        assert subject is not None
        self.checked = checked
        self.subject = subject
        self.lowerer = Lowerer(checked.scope, checked.facts, subject.variable)
        self.names: dict[str, ir.Expr] = {}
        for name, value in checked.written.define:
            self.names[name.text] = self._written_out(value)

    def _written_out(self, node: tree.Expr | None) -> ir.Expr:
        assert node is not None
        return put_in(self.lowerer.expression(node), self.names)

    def lowered(self, student_of: StudentOf) -> ir.Extract:
        checked, written, subject = self.checked, self.checked.written, self.subject
        this = ir.Var(subject.variable, type=Record(checked.resource))
        lower = self.lowerer.expression
        assert written.object_key is not None
        extract = ir.Extract(
            id=checked.id,
            title=written.title.text,
            resource=checked.resource,
            variable=subject.variable,
            joins=tuple(ir.Join(join.variable, lower(join.collection)) for join in subject.joins),
            condition=lower(subject.condition) if subject.condition is not None else None,
            in_year=ir.Compare("eq", lower(written.year), ir.SchoolYear()) if written.year is not None else None,
            student=student_of(checked.resource, this),
            object_type=written.object_type.text,
            object_key=lower(written.object_key),
            options=tuple(self._option(option) for option in checked.options),
            include=tuple(self._clause(clause) for clause in written.include),
            exclude=tuple(self._clause(clause) for clause in written.exclude),
            row_order=tuple(self._ordering(part) for part in written.row_order),
            fields=tuple(self._field(field) for field in checked.fields),
            zero_fill=tuple(
                ir.ZeroFill(self._written_out(fill.when), tuple(int(number.text) for number in fill.fields))
                for fill in written.zero_fill
            ),
            layouts=tuple(self._layout(layout) for layout in written.layouts),
            audit=tuple((part.name.text, self._written_out(part.value)) for part in written.audit),
            warnings=tuple(
                ir.Caution(self._written_out(warning.when), one_line(warning.says.text)) for warning in written.warnings
            ),
            checks=tuple(ir.Check(check.name.text, lower(check.when)) for check in written.checks if check.when),
            leap_birthday=checked.scope.leap_birthday,
        )
        return ir.enumerated(extract)

    def _option(self, option: CheckedOption) -> ir.Option:
        written, lower = option.written, self.lowerer.expression
        return ir.Option(
            name=option.name,
            type=written.type.text,
            many=written.many,
            one_of=tuple(map(constant_of, option.choices)),
            default=lower(written.default) if written.default is not None else None,
            required=written.required,
            label=one_line(written.label.text),
            check=lower(written.check) if written.check is not None else None,
            says=one_line(written.says.text) if written.says is not None else "",
        )

    def _clause(self, clause: RowClauseTree) -> ir.Clause:
        return ir.Clause(self._written_out(clause.when), one_line(clause.reason.text))

    def _ordering(self, part: tree.Expr | None) -> int | ir.Expr:
        numbers = field_numbers(self.checked.fields)
        if isinstance(part, tree.Name) and part.name in numbers:
            return numbers[part.name]
        return self._written_out(part)

    def _field(self, field: CheckedField) -> ir.Field:
        return ir.Field(
            number=field.number,
            name=field.written.name.text,
            type=field.written.type,
            width=field.width,
            value=self._written_out(field.written.value),
            picture=field.picture,
            implied=field.written.implied is not None,
            pad=field.pad,
            align_left=field.align_left,
            missing=field.missing,
            zero=field.zero,
            cuts=field.cuts,
            allowed=tuple(text.text for text in field.written.allowed),
            required=field.written.required,
        )

    def _layout(self, layout: LayoutTree) -> ir.Layout:
        fields = layout.fields
        numbers = (
            tuple(field.number for field in self.checked.fields)
            if fields is None
            else tuple(int(number.text) for number in fields)
        )
        years = tuple(int(year.text) for year in layout.years)
        return ir.Layout(
            layout.name.text, years, numbers, tuple(map(self._field, self.checked.forms[layout.name.text]))
        )
