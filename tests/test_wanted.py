"""What is wanted beyond records and reasons: mappings, limits, lists, cautions, parameters, configuration."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from compiler.driver import open_project
from compiler.schema.types import BOOLEAN, TEXT, WHOLE, ListOf, Record
from compiler.semantics import ir
from compiler.semantics.outcomes import Context
from compiler.semantics.program import Program
from compiler.semantics.wanted import (
    Configured,
    Payload,
    Unsent,
    Wanted,
    Why,
    configured,
    environments_of,
    look_at,
    own_organizations,
    publication_interpreter,
    want,
    years_of,
)
from compiler.semantics.world import RawRecord, World
from tests.test_publications import SPEC, TABLES, enrollment, put_project

Body = dict[str, Any]
CONTEXT = Context(2025, date(2025, 6, 1))
ENROLLMENT = ir.Var("e", type=Record("enrollment"))


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return open_project(put_project(tmp_path_factory.mktemp("system"), SPEC)).programs["system"]


def read(name: str, kind: Any = TEXT) -> ir.Read:
    return ir.Read(ENROLLMENT, (name,), f"enrollment.{name}", type=kind)


def world_of(program: Program, *enrollments: Body, **tables: list[Body]) -> World:
    records = {**TABLES, **tables, "enrollments": list(enrollments)}
    return World(program.schemas, {name: map(RawRecord, bodies) for name, bodies in records.items()})


def changed(program: Program, **parts: Any) -> ir.Publication:
    """The publication with other parts of its one source."""
    publication = program.publications["SY-SSA"]
    return replace(publication, sources=(replace(publication.sources[0], **parts),))


def element_changed(program: Program, name: str, **parts: Any) -> tuple[ir.Element, ...]:
    source = program.publications["SY-SSA"].sources[0]
    return tuple(replace(element, **parts) if element.name == name else element for element in source.elements)


def only(wanted: Wanted) -> Payload | Unsent:
    (found,) = (*wanted.records.values(), *wanted.unsent)
    return found


def one(program: Program, publication: ir.Publication, **more: Any) -> Any:
    """What becomes of one enrollment."""
    world = world_of(program, enrollment(1, **{"percentEnrolled": 100, **more}))
    return only(want(program, publication, world, CONTEXT))


# -- mappings: the code of a service type is what the end action says; nobody needs to know why


def mapped(program: Program, element: str, *, blocks: bool, otherwise: str = "") -> ir.Publication:
    """The publication with one value that is sent as what it is mapped to, in an element."""
    code: ir.Expr = read("endAction")
    mapping = ir.Mapping("Types", "Type of service", read("serviceType"), code, blocks)
    if otherwise:
        code = ir.First((code, ir.Const(otherwise, type=TEXT)), type=TEXT)
    contents = (ir.Content(("entryGradeLevelDescriptor" if element == "grade" else "typeDescriptor",), code),)
    return changed(program, mappings=(mapping,), elements=element_changed(program, element, contents=contents))


def test_a_value_that_is_mapped_is_sent_as_its_code(program: Program) -> None:
    sent = one(program, mapped(program, "share", blocks=True), serviceType="P", endAction="X")
    assert (sent.body["typeDescriptor"], sent.warnings) == ("X", ())


def test_an_unmapped_value_is_left_out_with_a_word(program: Program) -> None:
    sent = one(program, mapped(program, "share", blocks=False), serviceType="P")
    assert "typeDescriptor" not in sent.body
    assert sent.warnings == ("Type of service `P` is not mapped, so share is left out",)


def test_an_unmapped_value_with_another_in_its_place_is_told(program: Program) -> None:
    sent = one(program, mapped(program, "share", blocks=False, otherwise="O"), serviceType="P")
    assert (sent.body["typeDescriptor"], sent.warnings) == ("O", ("Type of service `P` is not mapped",))


def test_a_missing_value_is_not_unmapped(program: Program) -> None:
    for blocks in (True, False):
        assert one(program, mapped(program, "share", blocks=blocks)).warnings == ()


def test_an_unmapped_value_blocks_when_it_must_be_mapped(program: Program) -> None:
    unsent = one(program, mapped(program, "share", blocks=True), serviceType="P")
    assert (unsent.why, unsent.reason) == (Why.BLOCKED, "Type of service `P` is not mapped")
    assert (unsent.missing, unsent.key) == (("enrollment.endAction",), ("2024-08-12", 10, "900"))


@pytest.mark.parametrize("blocks", [True, False])
def test_an_element_that_is_needed_is_told_by_what_is_not_mapped(program: Program, blocks: bool) -> None:
    unsent = one(program, mapped(program, "grade", blocks=blocks), serviceType="P")
    assert unsent.reason == "Type of service `P` is not mapped"
    unsent = one(program, mapped(program, "grade", blocks=blocks))
    assert unsent.reason == "it cannot be sent without grade (enrollment.endAction is missing)" or not blocks


def test_what_is_missing_besides_is_told_too(program: Program) -> None:
    unsent = one(program, mapped(program, "grade", blocks=True), serviceType="P", startDate=None)
    without = "it cannot be sent without entryDate (enrollment.startDate is missing)"
    assert unsent.reason == f"Type of service `P` is not mapped; {without}"
    assert (unsent.missing, unsent.key) == (("enrollment.endAction", "enrollment.startDate"), None)


# -- limits

LIMITS: dict[str, tuple[str, ir.Path, ir.Limits, Any, str]] = {
    "a long text": (
        "grade", ("entryGradeLevelDescriptor",), ir.Limits(max_length=3), {"grade": "0012"},
        "grade `0012` is longer than 3 characters",
    ),
    "a text that just fits": ("grade", ("entryGradeLevelDescriptor",), ir.Limits(max_length=3), {"grade": "012"}, ""),
    "a number too high": (
        "days", ("_ext", "ne", "studentDaysEnrolled"), ir.Limits(lowest=0, highest=99), {"studentDaysEnrolled": 100},
        "days `100` is more than 99, the most that fits",
    ),
    "a number too low": (
        "days", ("_ext", "ne", "studentDaysEnrolled"), ir.Limits(lowest=0, highest=99), {"studentDaysEnrolled": -1},
        "days `-1` is less than 0, the least that fits",
    ),
    "a number that just fits": (
        "days", ("_ext", "ne", "studentDaysEnrolled"), ir.Limits(lowest=0, highest=99), {"studentDaysEnrolled": 99}, "",
    ),
    "a missing value": ("days", ("_ext", "ne", "studentDaysEnrolled"), ir.Limits(highest=0), {}, ""),
}  # fmt: skip


@pytest.mark.parametrize("name", LIMITS)
def test_a_value_that_does_not_fit_blocks_or_is_told(program: Program, name: str) -> None:
    element, path, limits, more, words = LIMITS[name]
    source = program.publications["SY-SSA"].sources[0]
    (content,) = next(each.contents for each in source.elements if each.name == element)
    assert content.path == path
    contents = (replace(content, limits=limits),)
    held = one(program, changed(program, elements=element_changed(program, element, contents=contents)), **more)
    told = {"contents": contents, "sent_unfit": True}
    sent = one(program, changed(program, elements=element_changed(program, element, **told)), **more)
    if not words:
        assert (held.body, held.warnings) == (sent.body, sent.warnings)
        return
    assert (held.why, held.reason, held.missing) == (Why.BLOCKED, words, ())
    assert sent.warnings == (words,)
    assert sent.key == held.key


# -- lists


def listed(program: Program, names: tuple[str, ...], **more: Any) -> ir.Publication:
    """The publication with a list of objects, each of the value and the place of a column."""
    items = tuple(
        (
            ir.Content(("codeDescriptor",), read(name)),
            ir.Content(("order",), ir.Const(number, type=WHOLE), ir.Limits(highest=2)),
        )
        for number, name in enumerate(names, 1)
    )
    path = ("codes",)
    return changed(program, elements=element_changed(program, "share", path=path, contents=(), items=items, **more))


def test_items_without_a_value_are_left_out(program: Program) -> None:
    publication = listed(program, ("serviceType", "endAction"), blocks=True)
    assert one(program, publication, endAction="P").body["codes"] == [{"codeDescriptor": "P", "order": 2}]
    words = "it cannot be sent without share (enrollment.endAction and enrollment.serviceType are missing)"
    assert one(program, publication).reason == words


def test_of_items_that_agree_the_first_is_kept(program: Program) -> None:
    publication = listed(program, ("serviceType", "endAction"), item_key=(("codeDescriptor",),))
    sent = one(program, publication, serviceType="P", endAction="P")
    assert sent.body["codes"] == [{"codeDescriptor": "P", "order": 1}]
    assert sent.warnings == ("share `P` is there more than once: the first is sent",)
    sent = one(program, publication, serviceType="P", endAction="R")
    assert (len(sent.body["codes"]), sent.warnings) == (2, ())


def test_an_item_that_does_not_fit_blocks(program: Program) -> None:
    publication = listed(program, ("serviceType", "endAction", "endStatus"))
    sent = one(program, publication, endStatus="P")
    assert sent.reason == "codes.order `3` is more than 2, the most that fits"


# -- words for people


def test_an_element_is_shown_in_the_form_that_people_know(program: Program) -> None:
    form = ir.Call("joined", (read("grade"), ir.Const("th", type=TEXT)), type=TEXT)
    publication = changed(program, elements=element_changed(program, "grade", shown=form))
    assert one(program, publication, grade="05").shown == (("grade", "05th"),)
    publication = changed(program, elements=element_changed(program, "days", shown=form))
    assert one(program, publication).shown == ()


def test_a_caution_is_said_of_what_is_sent(program: Program) -> None:
    caution = ir.Caution(ir.Compare("eq", read("noShow", BOOLEAN), ir.Const(False, type=BOOLEAN), type=BOOLEAN), "odd")
    publication = changed(program, elements=element_changed(program, "grade", cautions=(caution,)), exclude=())
    assert one(program, publication, noShow=False).warnings == ("odd",)
    assert one(program, publication, noShow=True).warnings == ()
    assert one(program, publication).warnings == ()


# -- parameters, configuration, organizations


def with_parameter(program: Program, value: ir.Constant | None) -> ir.Publication:
    contents = (ir.Content(("entryGradeLevelDescriptor",), ir.Parameter("grade", type=TEXT)),)
    publication = changed(program, elements=element_changed(program, "grade", contents=contents))
    return replace(publication, parameters=(("grade", value),))


def test_a_parameter_has_the_value_of_the_publication_or_of_the_run(program: Program) -> None:
    world = world_of(program, enrollment(1, percentEnrolled=100))
    for own, given, expected in (("A", {}, "A"), ("A", {"grade": "B"}, "B"), (None, {"grade": "B"}, "B")):
        (sent,) = want(program, with_parameter(program, own), world, CONTEXT, given).records.values()
        assert sent.body["entryGradeLevelDescriptor"] == expected


def test_a_parameter_without_a_value_is_missing(program: Program) -> None:
    unsent = one(program, with_parameter(program, None))
    assert unsent.reason == "it cannot be sent without grade ($grade is missing)"


CONDITIONS: dict[str, tuple[ir.Expr | None, bool]] = {
    "none": (None, True),
    "true": (ir.Compare("eq", ir.SchoolYear(), ir.Const(2025, type=WHOLE), type=BOOLEAN), True),
    "false": (ir.Compare("eq", ir.SchoolYear(), ir.Const(2024, type=WHOLE), type=BOOLEAN), False),
    "not known": (ir.Compare("eq", ir.Nothing(type=WHOLE), ir.Const(2024, type=WHOLE), type=BOOLEAN), False),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_what_is_not_known_to_be_configured_is_not(program: Program, name: str) -> None:
    condition, holds = CONDITIONS[name]
    publication, world = program.publications["SY-SSA"], world_of(program)
    for valid, on in ((condition, None), (None, condition)):
        changed_ = replace(publication, configuration=ir.Configuration(valid, on))
        expected = Configured(holds if valid is not None else True, holds if on is not None else True)
        assert configured(program, changed_, world, CONTEXT) == expected


def test_organizations_of_ours_are_values_of_a_table(program: Program) -> None:
    number = ir.Read(ir.Var("s", type=Record("school")), ("schoolID",), "school.schoolID", type=WHOLE)
    publication = replace(program.publications["SY-SSA"], own=ir.Own("school", "s", number))
    world = world_of(program, schools=[{"schoolID": 10}, {"schoolID": 11}, {"schoolID": "x"}])
    assert own_organizations(program, publication, world, CONTEXT) == {10, 11}
    assert own_organizations(program, program.publications["SY-SSA"], world, CONTEXT) == frozenset()


# -- several sources, and finding a candidate again


def with_two_sources(program: Program) -> ir.Publication:
    """Enrollments, and behind them the same enrollments by their persons."""
    publication = program.publications["SY-SSA"]
    (source,) = publication.sources
    person = ir.Var("p", type=Record("person"))
    enrollments = ir.Referring(person, "enrollment", (("personID",),), type=ListOf(Record("enrollment")))
    by_person = replace(
        source, resource="person", variable="p", joins=(ir.Join("e", enrollments),), object_type="Person",
        condition=source.in_year, in_year=None, prefer=(place_of_source(2), *source.prefer),
    )  # fmt: skip
    return replace(publication, sources=(replace(source, prefer=(place_of_source(1), *source.prefer)), by_person))


def place_of_source(number: int) -> ir.Preference:
    return ir.Preference(ir.Const(number, type=WHOLE), (1, 2), False, False)


def test_candidates_of_several_sources_share_their_keys(program: Program) -> None:
    publication = with_two_sources(program)
    world = world_of(program, enrollment(1, percentEnrolled=100), enrollment(2, percentEnrolled=100, noShow=True))
    wanted = want(program, publication, world, CONTEXT)
    assert [str(payload.sender) for payload in wanted.records.values()] == ["Enrollment 1"]
    assert [(str(u.sender), u.why) for u in wanted.unsent] == [
        ("Enrollment 2", Why.EXCLUDED),
        ("Person 1", Why.BEHIND),
        ("Person 2", Why.EXCLUDED),
    ]
    assert years_of(program, publication, world, CONTEXT) == [2025]


def test_a_candidate_is_found_again(program: Program) -> None:
    publication = with_two_sources(program)
    world = world_of(program, *(enrollment(n, percentEnrolled=Decimal(n), calendarID=5 + n) for n in range(3)))
    wanted = want(program, publication, world, CONTEXT)
    subjects = [found.subject for found in (*wanted.records.values(), *wanted.unsent)]
    assert len(set(subjects)) == len(subjects) == 4
    interpreter = publication_interpreter(program, publication, world, CONTEXT, {})
    for subject in subjects:
        (env,) = environments_of(interpreter, publication.sources[subject.source], subject)
        assert env["e"].key == subject.places[-1]
        look_at(interpreter, publication, subject)
    gone = publication_interpreter(program, publication, world_of(program), CONTEXT, {})
    assert [list(environments_of(gone, publication.sources[s.source], s)) for s in subjects] == [[]] * len(subjects)
