"""Whose record a structure finding is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from compiler.engines.evaluation import Options, StructureFinding
from compiler.engines.structure import Fault, resources_used
from compiler.semantics import ir
from compiler.semantics.interpreter import Interpreter, Run
from compiler.semantics.program import Program, run_parameters
from compiler.semantics.scope import BUILT_IN_PARAMETERS
from compiler.semantics.usage import usage
from compiler.semantics.values import Record, RecordValue, Undetermined, jsonable, read
from compiler.semantics.world import RawRecord, World, key_type

PARTS = ("Student", "Corporation", "School")


def owner_definition(program: Program, resource: str, part: str) -> ir.Definition | None:
    """The entry under ``subjects:`` that says whose a record is; None without one that can be used outside a rule.

    One that reads a parameter of a collection cannot: outside a rule there is none.
    """
    definition = program.definitions.get(f"{resource}.subject{part}")
    if definition is None:
        return None
    read_there = usage([definition.body], program.definitions, program.schemas).parameters
    return definition if read_there <= set(BUILT_IN_PARAMETERS) else None


def owners_look_at(program: Program, resources: Iterable[str]) -> set[str]:
    """The resources whose records say whose the records of some resources are."""
    found = (owner_definition(program, resource, part) for resource in resources for part in PARTS)
    bodies = [definition.body for definition in found if definition is not None]
    return resources_used(usage(bodies, program.definitions, program.schemas))


class Owners:
    """Tells whose record a fault is about, by the ``subjects:`` of the ruleset where there are any."""

    def __init__(self, program: Program, world: World, options: Options) -> None:
        year = options.school_year
        run = Run(year, run_parameters(None, "", year, options.as_of))
        self.interpreter = Interpreter(program.definitions, program.tables_in(year), world, run)
        self.program = program

    def owned(self, fault: Fault) -> StructureFinding:
        """The fault with its student, organisation and school."""
        if fault.record is None:
            return StructureFinding(fault, None, None, None)
        record = Record(fault.resource, (), fault.record.body)
        student, corporation, school = (self._owner(record, part) for part in PARTS)
        if student is None:
            student = _student(fault.record, fault.resource, self.program)
        return StructureFinding(fault, student, corporation, school)

    def _owner(self, record: Record, part: str) -> Any:
        definition = owner_definition(self.program, record.resource, part)
        if definition is None:
            return None
        subject = RecordValue(record.resource, record.key, record)
        value = self.interpreter.value(definition.body, {definition.parameters[0][0]: subject})
        return None if isinstance(value, Undetermined) else jsonable(value)


def _student(record: RawRecord, name: str, program: Program) -> Any:
    """The student of a record without an entry under ``subjects:``: itself, or the one it refers to."""
    resource = program.schemas.resource(name)
    assert resource is not None
    reference = resource.reference_to(frozenset({"student"}))
    paths: Mapping[str, Any] = {"student": resource.key} if name == "student" else {}
    path = paths.get(name) or (reference.paths if reference is not None else ())
    found: Any = record.body
    for step in path[0] if path else ():
        found = found.get(step) if isinstance(found, Mapping) else None
    return read(found, key_type(resource, path[0])) if path else None
