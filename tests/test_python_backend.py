"""Generated Python: importable with the standard library alone, deterministic, and made of nothing but what we made."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compiler.backends.python import generate
from compiler.backends.python_certainty import Certainty
from compiler.backends.python_properties import Properties
from compiler.backends.python_sharing import asked_again, only_reference
from compiler.driver import open_project
from compiler.schema.types import TEXT, WHOLE, ListOf, Record
from compiler.semantics import ir
from tests.support import ROOT, Sample

GENERATED = sorted((ROOT / "generated" / "python").rglob("*.py"))
RULE_MODULE = "python/sample/enrollment/en_1.py"


def module(sample: Sample) -> str:
    """The generated module of the sample rule."""
    project = sample.open()
    assert not project.sink.failed, project.sink.sorted()
    artifacts = {artifact.path: artifact.text for artifact in generate(project.programs["sample"], project.texts)}
    return artifacts[RULE_MODULE]


@pytest.mark.parametrize("path", GENERATED, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_the_standard_library_and_neighbours(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert {alias.name.split(".")[0] for alias in node.names} <= set(sys.stdlib_module_names)
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            assert (node.module or "").split(".")[0] in sys.stdlib_module_names
        if isinstance(node, ast.Name):
            assert node.id not in ("eval", "exec", "compile", "__import__", "open")


def readme_snippet() -> str:
    """The lines of the README that run one evaluator on a dict."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    [snippet] = [block.split("```")[0] for block in readme.split("```python\n")[1:]]
    return snippet


def test_the_lines_of_the_readme_run_isolated() -> None:
    """`python -I` sees neither the working folder, nor the user's packages, nor PYTHONPATH."""
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", readme_snippet()], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == "violation born 2014-12-01, 9 on December 1\n"


def test_generating_twice_gives_the_same_bytes() -> None:
    made = []
    for _ in range(2):
        project = open_project(ROOT)
        made.append([a for program in project.programs.values() for a in generate(program, project.texts)])
    assert made[0] == made[1]


HOSTILE = (
    '"""', "'''", "\\", '\\"', "#", "{x}", "{{", "%s", "\u2028", "\u0085", "</script>", "'; DROP TABLE students; --",
    "\\N{DEGREE SIGN}", "\\x00", "end of line \\", "import os", "\u202e", "\U0001f600",
)  # fmt: skip
texts = st.lists(
    st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=8), max_size=5
)


@given(texts.map("x".join))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_of_a_spec_becomes_code(template: Path, tmp_path: Path, text: str) -> None:
    """Titles, messages, details and fixes change the constants of the module and nothing else."""
    plain = _with_texts(template, tmp_path / "plain", "plain")
    hostile = _with_texts(template, tmp_path / "hostile", text)
    assert _skeleton(plain) == _skeleton(hostile)
    constants = {node.value for node in ast.walk(ast.parse(hostile)) if isinstance(node, ast.Constant)}
    assert " ".join(f"m {text}".split()) in {" ".join(c.split()) for c in constants if isinstance(c, str)}


def _with_texts(template: Path, folder: Path, text: str) -> str:
    sample = Sample(folder) if folder.exists() else Sample.copied(template, folder)
    sample.write((template / "specs/sample/enrollment/EN-1-exit-after-entry.yaml").read_text(encoding="utf-8"))
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\u2028", "\\L").replace("\u0085", "\\N")
    braces = quoted.replace("{", "{{").replace("}", "}}")
    lines = f'title: "about {quoted}"\nmessage: "m {quoted}"\ndetail: "d {braces}"\nfix: "f {quoted}"\n'
    return module(sample.with_keys(lines))


def _skeleton(code: str) -> str:
    """The syntax tree without the contents of its texts."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


def test_a_year_without_parameters_is_said() -> None:
    """An evaluator that is asked about a year the specs do not know says so, and does not use another year's values."""
    code = (
        "import sys; sys.path.insert(0, '.')\n"
        "from generated.python.indiana.homebound.hb_2 import RULE, evaluate\n"
        "resources = {name: [] for name in RULE.needs}\n"
        "resources['studentProgramAssociation'] = [{'beginDate': '2030-09-01',\n"
        "    'educationOrganizationReference': {'educationOrganizationId': 1},\n"
        "    'programReference':\n"
        "        {'educationOrganizationId': 1, 'programName': 'Homebound', 'programTypeDescriptor': 'x'},\n"
        "    'studentReference': {'studentUniqueId': '1'}, '_ext': {'idoe': {'dayCount': 3}}}]\n"
        "evaluate(resources, {'schoolYear': 2031, 'asOf': '2031-06-01'})\n"
    )
    ran = subprocess.run([sys.executable, "-I", "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.stderr.strip().endswith("LookupError: $requiredDays has no value for school year 2031")


def reads(*paths: tuple[str, ...]) -> list[ir.Read]:
    base = ir.Var("s", type=Record("student"))
    return [ir.Read(base, path, ".".join(("student", *path)), type=TEXT) for path in paths]


def test_every_property_has_an_attribute_of_its_own() -> None:
    paths = ("a", "b", "c"), ("a", "b_c"), ("a_b", "c"), ("_ext", "a"), ("ext", "a"), ("key",), ("class",), ("2nd",)
    found = reads(*paths)
    properties = Properties(open_project(ROOT).programs["indiana"].schemas)
    names = [properties.name(read) for read in found]
    assert len(set(names)) == len(names)
    assert [names[i] for i in (0, 3, 5, 6)] == ["a_b_c", "ext_a", "key_", "class_"]
    assert all(name.isidentifier() for name in names)
    assert properties.tables["student"]["a_b_c"] == ("text", ("a", "b", "c"))


def given_and(test: ir.Expr) -> ir.Expr:
    [name] = reads(("name",))
    return ir.And((ir.Given(name), test))


[NAME, OTHER] = reads(("name",), ("other",))
A_NAME = ir.Const("A", type=TEXT)


@pytest.mark.parametrize(
    ("test", "is_sure"),
    [
        (ir.Compare("eq", NAME, A_NAME), False),
        (given_and(ir.Compare("lt", NAME, A_NAME)), True),
        (given_and(ir.Compare("lt", NAME, OTHER)), False),
        (given_and(ir.Not(ir.Member(NAME, ("A",)))), True),
        (ir.Or((ir.Not(ir.Given(NAME)), ir.Compare("eq", NAME, A_NAME))), True),
        (ir.Or((ir.Given(NAME), ir.Compare("eq", NAME, A_NAME))), False),
        (ir.And((ir.Not(ir.Given(NAME)), ir.Compare("eq", NAME, A_NAME))), False),
        (ir.If(ir.Given(NAME), NAME, A_NAME, type=TEXT), True),
        (ir.If(ir.Given(NAME), A_NAME, NAME, type=TEXT), False),
        (ir.First((NAME, A_NAME), type=TEXT), True),
        (ir.First((NAME, OTHER), type=TEXT), False),
    ],
)
def test_what_is_never_missing(test: ir.Expr, is_sure: bool) -> None:
    assert Certainty({}).is_sure(test) is is_sure


def first_of(*operands: ir.Expr) -> ir.Expr:
    return ir.First(operands, type=TEXT)


AGAIN = ir.Call("trim", (NAME,), type=TEXT)


@pytest.mark.parametrize(
    ("surely", "perhaps", "shared"),
    [
        ([AGAIN, AGAIN], [], [AGAIN]),
        ([AGAIN], [], []),
        ([AGAIN], [AGAIN], [AGAIN]),
        ([], [AGAIN, AGAIN], []),
        ([first_of(NAME, AGAIN), first_of(OTHER, AGAIN)], [], []),
        ([first_of(NAME, AGAIN), AGAIN], [], [AGAIN]),
        ([ir.If(ir.Given(NAME), AGAIN, first_of(OTHER, AGAIN), type=TEXT)], [], []),
        ([first_of(AGAIN, OTHER), first_of(AGAIN, OTHER)], [], [first_of(AGAIN, OTHER)]),
    ],
)
def test_what_is_worked_out_once(surely: list[ir.Expr], perhaps: list[ir.Expr], shared: list[ir.Expr]) -> None:
    """Only what is surely asked for is worked out beforehand."""
    assert asked_again(surely, perhaps, {"s"}, ()) == shared
    assert asked_again(surely, perhaps, {"another"}, ()) == []


def found_by(variable: str, resource: str = "calendar") -> ir.Find:
    base = ir.Var(variable, type=Record("enrollment"))
    return ir.Find(resource, (ir.Read(base, ("calendarID",), "", type=WHOLE),), type=Record(resource))


def of_calendar(variable: str, resource: str = "calendar") -> ir.Read:
    return ir.Read(found_by(variable, resource), ("name",), "calendar.name", type=TEXT)


OWN = ir.Read(ir.Var("e", type=Record("enrollment")), ("grade",), "enrollment.grade", type=TEXT)
HIDDEN = ir.Filter(
    variable="e",
    items=ir.Referring(found_by("e"), "enrollment", (("calendarID",),), type=ListOf(Record("enrollment"))),
    condition=ir.Given(of_calendar("e")),
    type=ListOf(Record("enrollment")),
)


@pytest.mark.parametrize(
    ("body", "is_about_calendar"),
    [
        (of_calendar("e"), True),
        (first_of(of_calendar("e"), of_calendar("e")), True),
        (first_of(of_calendar("e"), OWN), False),
        (first_of(of_calendar("e"), of_calendar("e", "session")), False),
        (replace(HIDDEN, variable="other", condition=ir.Given(of_calendar("e"))), True),
        (replace(HIDDEN, variable="other", condition=ir.Given(of_calendar("other"))), True),
        (HIDDEN, False),
        (ir.Const("A", type=TEXT), False),
    ],
)
def test_what_a_definition_is_about(body: ir.Expr, is_about_calendar: bool) -> None:
    """A definition that reads all by one reference is worked out once for each record that this leads to."""
    definition = ir.Definition("enrollment.named", (("e", Record("enrollment")),), body, "")
    assert only_reference(definition) == (found_by("e") if is_about_calendar else None)
