"""Checked publications to IR."""

from __future__ import annotations

from typing import Any

from compiler.semantics import ir
from compiler.semantics.checker.publications import CheckedPublication
from compiler.semantics.lowering import Lowerer, constant_of
from compiler.syntax.publications import ClauseTree, ElementTree, Parts, PreferenceTree


def lower_publication(checked: CheckedPublication, student: ir.Expr | None) -> ir.Publication:
    """A sound publication as IR; ``student`` is whose record its subject is."""
    written, target, subject = checked.written, checked.target, checked.written.candidates[0].subject
    assert target is not None
    assert subject is not None
    assert written.candidates[0].year is not None
    assert written.candidates[0].object_key is not None
    lowerer = Lowerer(checked.scope, checked.facts, subject.variable)
    lower = lowerer.expression
    year = lower(written.candidates[0].year)
    elements = tuple(_element(element, lowerer) for element in written.elements if element.value is not None)
    source = ir.Source(
        resource=checked.resource,
        variable=subject.variable,
        joins=tuple(ir.Join(join.variable, lower(join.collection)) for join in subject.joins),
        condition=lower(subject.condition) if subject.condition else None,
        year=year,
        in_year=ir.Compare("eq", year, ir.SchoolYear()),
        student=student,
        object_type=written.candidates[0].object_type.text,
        object_key=lower(written.candidates[0].object_key),
        include=tuple(_clause(clause, lowerer) for clause in written.include),
        exclude=tuple(_clause(clause, lowerer) for clause in written.exclude),
        prefer=tuple(
            _preference(preference, listed, lowerer)
            for preference, listed in zip(written.prefer, checked.listed, strict=True)
        ),
        mappings=(),
        elements=elements,
    )
    return ir.Publication(
        id=checked.id,
        title=written.title.text,
        target=target.name,
        target_plural=target.plural,
        key=target.key,
        student_path=None,
        organization_path=None,
        own=None,
        shared_with=(),
        parameters=(),
        sources=(source,),
        behind=_one_line(written.behind.text),
        declared=tuple(content.path for element in elements for content in element.contents),
        parents=(),
        configuration=ir.Configuration(),
        events=(),
        left=(),
        triggers=(),
        unlisted=ir.Unlisted("unlisted change", held=False),
        key_changes=(),
        dependents=(),
        resync=(),
        not_in_schema=(),
        leap_birthday=checked.scope.leap_birthday,
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _clause(clause: ClauseTree, lowerer: Lowerer) -> ir.Clause:
    assert clause.when is not None
    return ir.Clause(lowerer.expression(clause.when), _one_line(clause.reason.text), clause.after_sending)


def _preference(preference: PreferenceTree, listed: tuple[Any, ...], lowerer: Lowerer) -> ir.Preference:
    assert preference.value is not None
    constants = tuple(map(constant_of, listed))
    highest = preference.order is not None and preference.order.text in ("highest first", "latest first")
    return ir.Preference(lowerer.expression(preference.value), constants, highest, preference.others == "first")


def _element(element: ElementTree, lowerer: Lowerer) -> ir.Element:
    path = tuple(element.path.text.split("."))
    if element.expression is not None:
        contents: tuple[ir.Content, ...] = (ir.Content(path, lowerer.expression(element.expression)),)
    else:
        contents = _contents(path, element.parts, lowerer)
    items = tuple(_contents((), parts, lowerer) for parts in element.items)
    return ir.Element(element.name.text, path, contents, items, element.blocks)


def _contents(above: ir.Path, parts: Parts, lowerer: Lowerer) -> tuple[ir.Content, ...]:
    return tuple(
        ir.Content((*above, *name.text.split(".")), lowerer.expression(value))
        for name, value in parts
        if value is not None
    )
