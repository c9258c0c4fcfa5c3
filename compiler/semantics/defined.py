"""The examples of definitions through the interpreter: the value of each, in a form that can be compared.

A *plain* value is a scalar, None for what is missing, a mapping (a record's body, the cells of a row, the ends of a
period) or a list of these. A list of which not all members are known is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from compiler.schema.types import Record
from compiler.semantics import ir
from compiler.semantics.checker.definitions import CheckedDefinition, CheckedValueExample
from compiler.semantics.interpreter import Interpreter, Run, body_of, is_given
from compiler.semantics.outcomes import Context
from compiler.semantics.program import Program, run_parameters
from compiler.semantics.usage import usage
from compiler.semantics.values import ItemValue, ListValue, PeriodValue, RecordValue, RowValue, Undetermined
from compiler.semantics.world import RawRecord, World

Bodies: TypeAlias = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True, repr=False)
class Call:
    """A definition applied in an example: to which records (bodies of ``records``) and scalars, in which run."""

    definition: ir.Definition
    arguments: tuple[Any, ...]
    records: Bodies
    context: Context
    parameters: dict[str, Any]
    leap_birthday: str


def call_of(program: Program, checked: CheckedDefinition, example: CheckedValueExample) -> Call:
    """How an example applies its definition: a record is the first of its resource that is not taken yet."""
    definition = program.definitions[checked.id]
    records = {name: list(bodies) for name, bodies in example.records.items()}
    for name in usage([definition.body], program.definitions, program.schemas).needs:
        records.setdefault(name, [])
    first = {name: iter(bodies) for name, bodies in records.items()}
    arguments = tuple(
        next(first[kind.resource]) if isinstance(kind, Record) else example.arguments[name]
        for name, kind in definition.parameters
    )
    parameters = {**run_parameters(None, "", example.school_year, example.as_of), **example.parameters}
    context = Context(example.school_year, example.as_of)
    return Call(definition, arguments, records, context, parameters, checked.definition.scope.leap_birthday)


def value_of(program: Program, call: Call) -> Any:
    """The plain value of a definition by the interpreter."""
    world = World(program.schemas, {name: map(RawRecord, bodies) for name, bodies in call.records.items()})
    run = Run(call.context.school_year, call.parameters, call.leap_birthday)
    interpreter = Interpreter(program.definitions, program.tables_in(call.context.school_year), world, run)
    variables = {
        name: _argument(name, argument, kind, world)
        for (name, kind), argument in zip(call.definition.parameters, call.arguments, strict=True)
    }
    return plain_value(interpreter.value(call.definition.body, variables))


def _argument(name: str, argument: Any, kind: Any, world: World) -> Any:
    if isinstance(kind, Record):
        found = next(record for record in world.records(kind.resource) if record.body is argument)
        return RecordValue(found.resource, found.key, found)
    return Undetermined(frozenset({name})) if argument is None else argument


def plain_value(value: Any) -> Any:
    """A value of the interpreter as a plain one."""
    if isinstance(value, ListValue):
        return None if value.doubts else [plain_value(member.value) for member in value.members]
    if not is_given(value):
        return None
    if isinstance(value, RecordValue | ItemValue):
        return dict(body_of(value))
    if isinstance(value, RowValue):
        return dict(value.cells)
    return {"start": value.start, "end": value.end} if isinstance(value, PeriodValue) else value
