"""Generated Python wants what the interpreter wants, of any world, and needs nothing but itself."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest

from compiler.backends.python import generate, runtime_artifacts
from compiler.driver import open_project
from compiler.engines.python_engine import PythonEngine, disagreement
from compiler.schema.types import BOOLEAN, TEXT, WHOLE
from compiler.semantics import ir
from compiler.semantics.outcomes import Context
from compiler.semantics.program import Program
from compiler.semantics.wanted import Parameters, Wanted, Why, want
from compiler.semantics.world import RawRecord, World
from tests.random_tables import YEAR, RandomTables, varied
from tests.support import own_project
from tests.test_publications import SPEC, TABLES, enrollment, put_project
from tests.test_wanted import read, with_two_sources

CONTEXT = Context(YEAR, date(YEAR, 6, 1))
WORLDS = 150


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return open_project(put_project(tmp_path_factory.mktemp("system"), SPEC)).programs["system"]


def with_everything(program: Program) -> ir.Publication:
    """Two sources, and in each all that an element and a mapping can say."""
    publication = with_two_sources(program)
    code, caution = read("endAction"), ir.Compare("eq", read("noShow", BOOLEAN), ir.Const(False, type=BOOLEAN))
    mappings = (
        ir.Mapping("Types", "Type", read("serviceType"), code, False),
        ir.Mapping("Ends", "End", read("endStatus"), read("startStatus"), True),
        ir.Mapping("Days", "Days", read("studentDaysEnrolled", WHOLE), read("residentStatus"), False),
    )
    given = ir.First((read("residentStatus"), ir.Parameter("status", type=TEXT)), type=TEXT)
    changes: dict[str, dict[str, Any]] = {
        "grade": {"contents": (ir.Content(("grade",), code, ir.Limits(max_length=1)),), "shown": read("grade")},
        "share": {"contents": (ir.Content(("a",), read("startStatus")), ir.Content(("b", "c"), given))},
        "days": {"sent_unfit": True, "cautions": (ir.Caution(caution, "odd"),)},
        "plans": {
            "items": tuple(
                (ir.Content(("code",), value, ir.Limits(max_length=1)), ir.Content(("n",), ir.Const(n, type=WHOLE)))
                for n, value in enumerate((code, read("startStatus"), read("serviceType"), given))
            ),
            "item_key": (("code",),),
            "blocks": True,
        },
    }

    def changed(element: ir.Element) -> ir.Element:
        element = replace(element, **changes.get(element.name, {}))
        days = tuple(replace(content, limits=ir.Limits(lowest=2, highest=2)) for content in element.contents)
        return replace(element, contents=days) if element.name == "days" else element

    sources = tuple(
        replace(source, mappings=mappings, elements=tuple(map(changed, source.elements)))
        for source in publication.sources
    )
    return replace(publication, sources=sources, parameters=(("status", None),))


def with_year_of_a_join(program: Program) -> ir.Publication:
    """Persons with their enrollments, where these tell the year."""
    first, second = with_two_sources(program).sources
    assert first.in_year is not None
    return replace(program.publications["SY-SSA"], sources=(replace(second, in_year=first.in_year, condition=None),))


Worlds = Callable[[Random], dict[str, list[dict[str, Any]]]]


def every(program: Program) -> Iterator[tuple[str, Program, ir.Publication, list[Parameters], Worlds]]:
    """Publications with parameters, and what makes worlds for them: of those of the project from their examples."""
    for name, publication in (
        ("fixture", program.publications["SY-SSA"]),
        ("everything", with_everything(program)),
        ("a year of a join", with_year_of_a_join(program)),
    ):
        yield name, program, publication, [{}, {"status": "AB"}], RandomTables(program, publication).world
    for state in own_project().programs.values():
        for name, publication in state.publications.items():
            examples = state.published[name].examples
            parameters = [example.parameters for example in examples]
            worlds = [records for e in examples for records in (e.records, e.before) if records is not None]
            yield name, state, publication, parameters, partial(varied, worlds)
            yield f"{name} at random", state, publication, parameters, RandomTables(state, publication).world


def test_generated_python_wants_the_same(program: Program) -> None:
    """Of worlds with missing values, wrong types and empty lists; each kind of answer occurs."""
    for name, state, publication, parameters, worlds in every(program):
        engine, seen = PythonEngine(replace(state, publications={publication.id: publication})), Counter[str]()
        for number in range(WORLDS):
            bodies = worlds(Random(number))
            world = World(state.schemas, {each: map(RawRecord, records) for each, records in bodies.items()})
            told = parameters[number % len(parameters)]
            wanted = want(state, publication, world, CONTEXT, told)
            generated = engine.want(publication, engine.world(bodies), CONTEXT, told)
            assert disagreement(wanted, generated) == [], (name, number)
            assert [*wanted.records] == [*generated.records], (name, number)
            assert repr(exactly(wanted)) == repr(exactly(generated)), (name, number)
            seen.update(unsent.why.value for unsent in wanted.unsent)
            seen.update("warned" if payload.warnings else "sent" for payload in wanted.records.values())
        kinds = {*Why, "warned" if name == "everything" else "sent"} - {Why.INVALID_YEAR}  # told by plans alone
        assert kinds <= {*seen} or name.endswith("at random"), (name, seen)


def exactly(wanted: Wanted) -> list[Any]:
    """The bodies and reasons, in which 1 and True, or 1 and 1.0, are not the same."""
    return [[payload.body for payload in wanted.records.values()], wanted.unsent]


# -- alone


def records_of(*enrollments: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    return {**TABLES, "enrollments": list(enrollments)}


def put_package(folder: Path, program: Program) -> Path:
    texts = {spec.written.document.source.path: "" for spec in program.published.values()}
    for artifact in (*runtime_artifacts(), *generate(program, texts)):
        (folder / artifact.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / artifact.path).write_text(artifact.text, encoding="utf-8")
    return folder


def run_alone(folder: Path, records: dict[str, list[dict[str, Any]]], code: str) -> str:
    """What code prints of ``wanted``, run where nothing but the package and the standard library is."""
    head = (
        f"import json, sys; sys.path.insert(0, {str(folder)!r})\n"
        "from python.system.publications.sy_ssa import PUBLICATION, want\n"
        f"wanted = want(json.loads({json.dumps(json.dumps(records))}), {{'schoolYear': 2025, 'asOf': '2025-06-01'}})\n"
    )
    ran = subprocess.run([sys.executable, "-I", "-S", "-c", head + code], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout


def test_a_publication_runs_isolated(tmp_path: Path, program: Program) -> None:
    records = records_of(enrollment(1, percentEnrolled=75), enrollment(2, percentEnrolled=1, noShow=True))
    code = (
        "print(PUBLICATION.id, PUBLICATION.title, PUBLICATION.resource, PUBLICATION.key[0])\n"
        "for key, payload in wanted.records.items(): print(key, payload.sender, payload.body['fullTimeEquivalency'])\n"
        "for unsent in wanted.unsent: print(unsent.sender, unsent.why, unsent.reason, unsent.after_sending)\n"
    )
    assert run_alone(put_package(tmp_path, program), records, code).splitlines() == [
        "SY-SSA Where students are enrolled studentSchoolAssociations ('entryDate',)",
        "('2024-08-12', 10, '900') Enrollment 1 0.75",
        "Enrollment 2 excluded the student did not come delete",
    ]


def test_decimals_stay_exact(program: Program) -> None:
    engine = PythonEngine(program)
    world = engine.world(records_of(enrollment(1, percentEnrolled=Decimal("33.10"))))
    (payload,) = engine.want(program.publications["SY-SSA"], world, CONTEXT).records.values()
    assert str(payload.body["fullTimeEquivalency"]) == "0.331"


# -- nothing of an author becomes code

HOSTILE = ('"""', "'''", "\\", "{x}", "%s", "\u2028", "\u0085", "\\N{DEGREE SIGN}", "\nimport os", "\u202e", "'", '"')


def hostile(program: Program, text: str) -> tuple[Program, ir.Publication]:
    """The publication with a text in every place that holds one."""
    publication = with_everything(program)

    def clauses(listed: tuple[ir.Clause, ...]) -> tuple[ir.Clause, ...]:
        return tuple(replace(clause, reason=text) for clause in listed)

    def element(each: ir.Element) -> ir.Element:
        cautions = tuple(replace(caution, says=text) for caution in each.cautions)
        return replace(each, name=text + each.name, cautions=cautions)

    sources = tuple(
        replace(
            source,
            object_type=text,
            include=clauses(source.include),
            exclude=clauses(source.exclude),
            mappings=tuple(replace(mapping, label=text) for mapping in source.mappings),
            elements=tuple(map(element, source.elements)),
            prefer=(*source.prefer, ir.Preference(read("grade"), (text,), False, False)),
        )
        for source in publication.sources
    )
    spoiled = replace(publication, title=text, behind=text, sources=sources, parameters=(("status", text),))
    return replace(program, publications={"SY-SSA": spoiled}), spoiled


def module_of(program: Program) -> str:
    texts = {spec.written.document.source.path: "" for spec in program.published.values()}
    return next(a.text for a in generate(program, texts) if a.path == "python/system/publications/sy_ssa.py")


def skeleton(code: str) -> str:
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
        if isinstance(node, ast.Name) and node.id.isupper():
            node.id = ""  # constants are named after elements and mappings
    return ast.dump(tree)


@pytest.mark.parametrize("text", HOSTILE, ids=repr)
def test_no_text_of_a_publication_becomes_code(program: Program, text: str) -> None:
    changed, publication = hostile(program, f"x{text}x")
    code = module_of(changed)
    assert skeleton(code) == skeleton(module_of(hostile(program, "plain")[0]))
    constants = {node.value for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Constant)}
    assert f"x{text}x" in constants
    bodies = RandomTables(program, publication).world(Random(7))
    world = World(program.schemas, {name: map(RawRecord, records) for name, records in bodies.items()})
    engine = PythonEngine(changed)
    generated = engine.want(publication, engine.world(bodies), CONTEXT)
    assert disagreement(want(changed, publication, world, CONTEXT), generated) == []


@pytest.mark.parametrize("variable", ["run", "filling", "fill", "rank", "GRADE", "PUBLICATION", "definitions"])
def test_no_variable_of_an_author_hides_a_name_of_the_module(program: Program, variable: str, tmp_path: Path) -> None:
    spec = SPEC.replace("enrollment as e", f"enrollment as {variable}").replace(" e.", f" {variable}.")
    spec = spec.replace("(e.", f"({variable}.")
    renamed = open_project(put_project(tmp_path, spec)).programs["system"]
    engine, publication = PythonEngine(renamed), renamed.publications["SY-SSA"]
    records = records_of(enrollment(1, percentEnrolled=75), enrollment(2, percentEnrolled=1, noShow=True))
    world = World(renamed.schemas, {name: map(RawRecord, bodies) for name, bodies in records.items()})
    generated = engine.want(publication, engine.world(records), CONTEXT)
    assert disagreement(want(renamed, publication, world, CONTEXT), generated) == []
    assert len(generated.records) == 1
