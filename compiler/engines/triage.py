"""What a guide is walked over: the records of one student, from a data folder or from a pasted text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from compiler.engines.evaluation import known_codes
from compiler.engines.folder import DataError, DataFolder, Entry
from compiler.engines.parts.reach import STUDENT, Apart, apart_for
from compiler.engines.pasted import PastedRecord, Repair, read_pasted
from compiler.engines.structure import ALL, USED, Checker, Fault, faults_of, read_dataset
from compiler.semantics import calendar, ir
from compiler.semantics.checker.guides import CheckedWalkExample
from compiler.semantics.guides import RECORD
from compiler.semantics.interpreter import Interpreter, Run
from compiler.semantics.outcomes import Context
from compiler.semantics.program import Program
from compiler.semantics.usage import usage
from compiler.semantics.values import Key, RecordValue, dig, read
from compiler.semantics.walks import Answers, Walk, walk, walk_alone
from compiler.semantics.world import RawRecord, World, key_type


@dataclass(frozen=True, slots=True)
class Case:
    """The records that a guide is walked over, and whose they are; ``name`` is empty where nobody said.

    ``repairs`` and ``faults`` are what was mended and what is wrong in the records of the student. ``of_other_years``
    are the school years of further records, which are left aside; ``year_is_read`` says that the year was taken from
    the records; ``is_known`` whether the data hold what is looked into, None where they cannot tell.
    """

    world: World
    key: Key
    name: str
    context: Context
    repairs: tuple[Repair, ...] = ()
    faults: tuple[Fault, ...] = ()
    of_other_years: tuple[int, ...] = ()
    year_is_read: bool = False
    is_known: bool | None = None


@dataclass(frozen=True, slots=True)
class Triage:
    """A guide walked over a case."""

    program: Program
    guide: ir.Guide
    case: Case
    walk: Walk


def triage(program: Program, guide: ir.Guide, case: Case, answers: Answers, *, alone: bool) -> Triage:
    """Walk a guide; ``alone`` when nobody is there to be asked what ``answers`` does not have."""
    walked = (walk_alone if alone else walk)(program, guide, case.world, case.context, case.key, answers)
    return Triage(program, guide, case, walked)


# -- a folder


def folder_case(program: Program, guide: ir.Guide, folder: DataFolder, student: str, context: Context) -> Case:
    """The case of a student whose records lie in a folder, among those of others.

    Of what is wrong in the folder it holds what is about the student, and records whose owner cannot be told.
    """
    used = usage(ir.asked_by(guide), program.definitions, program.schemas)
    used.needs.add(guide.resource)
    apart = apart_for(program, ir.asked_by(guide), guide.variable, used) if guide.resource == STUDENT else {}
    own = _OfOne(folder.root, folder.files, folder.unknown, apart, student)
    dataset = read_dataset(own, program.schemas, used, {}, USED)
    mine = (fault for fault in dataset.faults if not fault.key or student in map(str, fault.key.values()))
    world, key = World(program.schemas, dataset.records), _key(program, guide, student)
    is_known = world.find(guide.resource, key) is not None if guide.resource in world.present else None
    return Case(world, key, student, context, faults=tuple(mine), is_known=is_known)


@dataclass(slots=True)
class _OfOne(DataFolder):
    """A folder without the records of other students, of the resources that are kept ``apart`` by student."""

    apart: Apart = field(default_factory=dict)
    student: str = ""

    def entries(self, resource: str) -> Iterator[Entry]:
        path = self.apart.get(resource)
        for entry in DataFolder.entries(self, resource):
            owner = dig(entry.body, path) if path is not None else None
            if owner is None or owner == self.student:
                yield entry


# -- a pasted text


def pasted_case(
    program: Program, guide: ir.Guide, text: str, student: str | None, year: int | None, as_of: date
) -> Case:
    """The case of the student whose records stand in a pasted text.

    The school year, unless it is given, is the latest of the records, else that of the day. Raises
    :class:`DataError` when no record can be used, or when they are of several students and nobody says of whom.
    """
    assert guide.payload is not None
    resource = program.schemas.resource(guide.payload)
    assert resource is not None
    pasted = read_pasted(text, resource)
    of_student = [(record, _owner(program, guide, record)) for record in pasted.records]
    student = student or _only(name for _, name in of_student if name)
    mine = [record for record, name in of_student if name in (student, None)]
    world = World(program.schemas, {resource.name: [RawRecord(record.body, "", record.line) for record in mine]})
    stored = world.records(resource.name)
    checked_year = year if year is not None else calendar.school_year_of(as_of)
    faults = tuple(_faults(program, guide, mine, checked_year, pasted.repairs))
    if mine and not stored:
        problems = "; ".join(f"line {fault.line}: {fault.path}: {fault.problem}" for fault in faults if fault.path)
        raise DataError(f"no record of the text can be used: {problems}")
    context = Context(checked_year, as_of)
    values = (RecordValue(resource.name, record.key, record) for record in stored)
    years = [_year(program, guide, value, context) for value in values]
    known = sorted({found for found in years if found is not None})
    possible = [found for found in known if calendar.is_school_year(found)]
    is_read = year is None and bool(possible)
    chosen = possible[-1] if is_read else checked_year
    return Case(
        world,
        _key(program, guide, student) if student else ("",),
        student or "",
        Context(chosen, as_of),
        pasted.repairs,
        faults,
        tuple(found for found in known if found != chosen),
        is_read,
    )


def _owner(program: Program, guide: ir.Guide, record: PastedRecord) -> str | None:
    """The id of whose record one is, as text; None where it does not say."""
    found = dig(record.body, guide.payload_path)
    value = read(found, _id_type(program, guide))
    return None if value is None else str(value)


def _only(names: Iterable[str]) -> str | None:
    found = sorted(set(names))
    if len(found) > 1:
        listed = ", ".join(found[:5]) + (", ..." if len(found) > 5 else "")
        raise DataError(f"the text holds records of several students ({listed}); say which with --student")
    return found[0] if found else None


def _year(program: Program, guide: ir.Guide, record: RecordValue, context: Context) -> int | None:
    if guide.payload_year is None:
        return None
    run = Run(context.school_year, {"asOf": context.as_of}, guide.leap_birthday)
    interpreter = Interpreter(
        program.definitions, program.tables_in(context.school_year), World(program.schemas, {}), run
    )
    value = interpreter.value(guide.payload_year, {RECORD: record})
    return value if isinstance(value, int) else None


def _faults(
    program: Program, guide: ir.Guide, records: list[PastedRecord], year: int, repairs: tuple[Repair, ...]
) -> Iterable[Fault]:
    """What is wrong with the records by their schema, but for descriptors that are cut, which are told as such."""
    assert guide.payload is not None
    resource = program.schemas.resource(guide.payload)
    assert resource is not None
    checker = Checker(resource, None, known_codes(program, year), ALL)
    cut = {repair.of for repair in repairs if repair.code == "cut-descriptor"}
    readers = checker.key_readers
    for record in records:
        has_key = all(read_part(dig(record.body, path)) is not None for path, read_part in readers)
        problems = checker.problems(record.body, has_key=has_key)
        kept = [problem for problem in problems if problem[1].rpartition(".")[2] not in cut]
        yield from faults_of(resource, RawRecord(record.body, "", record.line), kept)


# -- an example


def example_case(program: Program, guide: ir.Guide, example: CheckedWalkExample) -> Case:
    """The case of an example: what it gives is read, and so is every resource that it does not name as absent."""
    if example.records is None:
        assert example.written.payload is not None
        text, year = example.written.payload.text, example.school_year
        return pasted_case(program, guide, text, None, year, example.as_of)
    records: dict[str, list[dict[str, Any]]] = {name: list(bodies) for name, bodies in example.records.items()}
    for name in _needed(guide) - example.absent:
        records.setdefault(name, [])
    world = World(program.schemas, {name: map(RawRecord, bodies) for name, bodies in records.items()})
    first = example.records[guide.resource][0]
    found = next(record for record in world.records(guide.resource) if record.body is first)
    return Case(world, found.key, str(found.key[0]), Context(example.school_year, example.as_of))


def _needed(guide: ir.Guide) -> frozenset[str]:
    of_questions = (question.needs for question in guide.questions)
    return frozenset().union(*(notice.needs for notice in guide.notices), *of_questions)


def _id_type(program: Program, guide: ir.Guide) -> Any:
    resource = program.schemas.resource(guide.resource)
    assert resource is not None
    return key_type(resource, resource.key[0])


def _key(program: Program, guide: ir.Guide, name: str) -> Key:
    """The natural key that an id is."""
    kind = _id_type(program, guide)
    value = read(int(name) if name.isdecimal() and len(name) < 19 and read("0", kind) is None else name, kind)
    if value is None:
        raise DataError(f"`{name}` is no id of a {guide.resource}")
    return (value,)
