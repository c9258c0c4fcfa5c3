"""Extracts for tests: a small school system, and what lowers the expressions of an extract over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compiler.diagnostics import Sink
from compiler.driver import open_project
from compiler.reports.diagnostics import render
from compiler.schema.types import BOOLEAN, DATE, DECIMAL, TEXT, WHOLE, ListOf, Type
from compiler.semantics import ir
from compiler.semantics.checker.expressions import ExpressionChecker
from compiler.semantics.checker.facts import Facts
from compiler.semantics.checker.subjects import check_subject
from compiler.semantics.lowering import Lowerer
from compiler.semantics.program import Program
from compiler.semantics.scope import Scope
from compiler.source import fragment_of
from compiler.syntax.parser import parse_expression, parse_subject
from tests.support import ROOT

RULESET = """
title: A school system
schemas: [campus]
subjects:
  enrollment as e:
    student: e.person.stateID
    school: e.calendar.school.number
    corporation: e.calendar.school.district.number
"""
DEFINITIONS = """
definitions:
- of: person as p
  name: identityOn
  with: {day: date}
  is: latest i in p.identities by effectiveDate then by identityID where (i.effectiveDate is on or before day)
  doc: The identity of a day.
- of: enrollment as e
  name: days
  with: {first: date, last: date}
  is: >-
    all a in e.person.attDayAggregations where (a.calendarID is e.calendarID and a.date is between first and last
    and a.scheduledMinutes is more than 0
    and lookup(calendarDay, e.calendarID, e.structureID, a.date).instruction is true)
  doc: Instructional days with attendance.
- of: attDayAggregation as a
  name: share
  with: {minutes: decimal}
  is: minutes / a.scheduledMinutes
  doc: A part of the day.
- of: attDayAggregation as a
  name: unexcused
  is: a.unexcusedMinutes + a.unknownMinutes + a.noExcuseMinutes
  doc: Minutes that nobody excused.
- of: enrollment as e
  name: chainDays
  with: {first: date}
  is: >-
    all d in e.calendar.calendarDays where (d.structureID is e.structureID and d.instruction is true
    and d.date is between first and e.calendar.endDate)
  doc: The days on which an enrollment goes on.
- of: enrollment as e
  name: isContinuous
  with: {first: date}
  is: >-
    every d in e.chainDays(first) has (any p in e.person.enrollments has (p.serviceType is 'P' and p.noShow is not true
    and p.calendar.schoolID is e.calendar.schoolID and period from p.startDate to p.endDate contains d.date))
  doc: Whether the student is at the school on each of these days.
"""
TABLE = """
kind: table
name: Genders
title: Codes of genders
key: {gender: text}
columns: {code: text}
rows: [{gender: F, code: '01'}, {gender: M, code: '02'}]
"""
TYPES: dict[str, Type] = {"text": TEXT, "whole": WHOLE, "number": DECIMAL, "boolean": BOOLEAN, "date": DATE}


@dataclass(frozen=True)
class System:
    """A program and the scope that its extracts are written in."""

    program: Program
    scope: Scope


def make_system(root: Path, definitions: str = DEFINITIONS) -> System:
    folder = root / "specs" / "system"
    (folder / "tables").mkdir(parents=True)
    (folder / "_ruleset.yaml").write_text(RULESET, encoding="utf-8")
    (folder / "_definitions.yaml").write_text(definitions, encoding="utf-8")
    (folder / "tables" / "genders.yaml").write_text(TABLE, encoding="utf-8")
    (root / "specs" / "schemas").symlink_to(ROOT / "specs" / "schemas")
    project = open_project(root)
    errors = [render(found) for found in project.sink.sorted() if found.code.startswith("E")]
    assert not errors, "\n".join(errors)
    return System(project.programs["system"], project.checked.scopes["specs/system"])


def option(
    name: str, kind: str = "text", *, default: str = "", check: str = "", says: str = "", **more: Any
) -> dict[str, Any]:
    """An option as a spec writes it."""
    return {"name": name, "type": kind, "default": default, "check": check, "says": says, **more}


class Writer:
    """Lowers what an extract says; ``options`` give ``$names`` their types."""

    def __init__(self, system: System, subject: str, options: Sequence[Mapping[str, Any]]) -> None:
        self.system = system
        self.sink = Sink()
        self.facts = Facts()
        infos = {o["name"]: _type_of(o) for o in options}
        self.checker = ExpressionChecker(
            system.scope,
            self.sink,
            self.facts,
            parameters=infos,
            parameters_of="an extract",
            years=(),
            definition_type=lambda definition: definition.type,
        )
        written = parse_subject(fragment_of(subject), self.sink)
        assert written is not None
        self.resource, self.env = check_subject(written, self.checker)
        self.lowerer = Lowerer(system.scope, self.facts, written.variable)
        self.variable = written.variable
        self.joins = tuple(ir.Join(j.variable, self.lowerer.expression(j.collection)) for j in written.joins)
        self.condition = self.lowerer.expression(written.condition) if written.condition else None

    def expression(self, text: str) -> ir.Expr:
        tree = parse_expression(fragment_of(text), self.sink)
        assert tree is not None, text
        assert self.checker.value(tree, self.env) is not None, f"{text}\n" + "\n".join(map(render, self.sink.sorted()))
        return self.lowerer.expression(tree)

    def option(self, given: Mapping[str, Any]) -> ir.Option:
        default, check = (self.expression(given[key]) if given[key] else None for key in ("default", "check"))
        return ir.Option(
            given["name"],
            given["type"],
            given.get("many", False),
            tuple(given.get("one_of", ())),
            default,
            given.get("required", False),
            given.get("label", given["name"]),
            check,
            given["says"],
        )

    def clause(self, text: str) -> ir.Clause:
        return ir.Clause(self.expression(text), f"not so: {text}")


def field_of(number: int, value: ir.Expr, **more: Any) -> ir.Field:
    """A field of which only the value matters."""
    rest: dict[str, Any] = {
        "name": f"F{number:02}", "type": "alphanumeric", "width": 30, "picture": "", "implied": False, "pad": " ",
        "align_left": True, "missing": " " * 30, "zero": "0" * 30, "cuts": True, "allowed": (), "required": False,
    }  # fmt: skip
    return ir.Field(number=number, value=value, **{**rest, **more})


def make_extract(
    system: System,
    fields: Sequence[str],
    *,
    subject: str = "enrollment as e",
    key: str = "e.enrollmentID",
    options: Sequence[Mapping[str, Any]] = (),
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    order: Sequence[int | str] = (),
    required: Sequence[int] = (),
    zero_fill: Sequence[tuple[str, tuple[int, ...]]] = (),
    audit: Sequence[str] = (),
    warnings: Sequence[tuple[str, str]] = (),
) -> ir.Extract:
    """An extract of expressions as a spec writes them; fields have the numbers from 1 on."""
    writer = Writer(system, subject, options)
    lower = writer.expression
    return ir.Extract(
        id="XX-1",
        title="An extract",
        resource=writer.resource,
        variable=writer.variable,
        joins=writer.joins,
        condition=writer.condition,
        in_year=None,
        student=lower(f"{writer.variable}.person.stateID") if writer.resource == "enrollment" else None,
        object_type=writer.resource,
        object_key=lower(key),
        options=tuple(map(writer.option, options)),
        include=tuple(map(writer.clause, include)),
        exclude=tuple(map(writer.clause, exclude)),
        row_order=tuple(part if isinstance(part, int) else lower(part) for part in order),
        fields=tuple(field_of(n, lower(text), required=n in required) for n, text in enumerate(fields, 1)),
        zero_fill=tuple(ir.ZeroFill(lower(when), numbers) for when, numbers in zero_fill),
        layouts=(),
        audit=tuple((text, lower(text)) for text in audit),
        warnings=tuple(ir.Caution(lower(when), says) for when, says in warnings),
        checks=(),
        leap_birthday=system.scope.leap_birthday,
    )


def _type_of(given: Mapping[str, Any]) -> Type:
    kind = TYPES[given["type"]]
    return ListOf(kind) if given.get("many") else kind
