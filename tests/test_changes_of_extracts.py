"""What a change of an extract means: each kind of change is told once, and what says the same is not."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from compiler.changes.canonical import Reader
from compiler.changes.comparison import differences
from compiler.changes.entries import Change
from compiler.changes.sides import Side
from compiler.semantics.touched import readers
from compiler.syntax import tree
from tests.comparisons import copy_of, side_of, told
from tests.filed import SSA, put_extract
from tests.support import Execute, Sample

DEFINED = "_definitions.yaml"
GRADES = "tables/grades.yaml"


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return put_extract(tmp_path_factory.mktemp("filed"))


@pytest.fixture(scope="module")
def before(old: Sample) -> Side:
    return side_of(old)


@pytest.fixture
def new(old: Sample, tmp_path: Path) -> Sample:
    return copy_of(old, tmp_path / "new")


CHANGES: dict[str, tuple[str, str, list[str]]] = {
    "the title": ("title: School association", "title: Where pupils are", [
        "SY-SSA: message, title: School association -> Where pupils are",
    ]),
    "how the source was read": ("status: interpreted", "status: faithful", [
        "SY-SSA: source, status: interpreted -> faithful",
    ]),
    "a subject": ("for each: enrollment as e\n", "for each: enrollment as e where (e.stateExclude is false)\n", [
        "SY-SSA: subject, for each: Each enrollment. -> Each enrollment, where the enrollment's state "
        "exclude is no.",
    ]),
    "the object": ("object: {type: Enrollment,", "object: {type: Stay,", [
        "SY-SSA: subject, object: Enrollment: the enrollment's ID -> Stay: the enrollment's ID",
    ]),
    "a name for a value": ("school: e.calendar.school.number", "school: e.calendar.school.name", [
        "SY-SSA: subject, school: The enrollment's calendar's school's number. -> The enrollment's "
        "calendar's school's name.",
    ]),
    "a condition": ("when: e.isPrimary or $partial", "when: e.isPrimary", [
        "SY-SSA: population, include: it is a partial enrollment: The enrollment is the primary enrollment "
        'or the option "Include Partial Enrollment" is yes. -> The enrollment is the primary enrollment.',
    ]),
    "a reason": ("reason: it is a partial enrollment", "reason: it is partial", [
        "SY-SSA: message, reason: it is a partial enrollment -> it is partial",
    ]),
    "the school year": ("year: e.calendar.endYear", "year: e.calendar.endYear + 1", [
        "SY-SSA: subject, School year: the enrollment's calendar's end year -> the enrollment's calendar's "
        "end year plus 1",
    ]),
    "an option's default": ("default: 'false'", "default: 'true'", [
        "SY-SSA: option, Options: $partial; Include Partial Enrollment; yes or no; no -> $partial; Include "
        "Partial Enrollment; yes or no; yes",
    ]),
    "an option's check": ("$kind is 'all' or $partial,", "$kind is 'all',", [
        'SY-SSA: option, Options: $kind; kind; text: all or some; "all"; The option "kind" is "all" or the '
        'option "Include Partial Enrollment" is yes.; Choose partial enrollments as well. -> $kind; kind; '
        'text: all or some; "all"; The option "kind" is "all".; Choose partial enrollments as well.',
    ]),
    "an option's values": ("one of: [all, some]", "one of: [all, some, none]", [
        'SY-SSA: option, Options: $kind; kind; text: all or some; "all"; The option "kind" is "all" or the '
        'option "Include Partial Enrollment" is yes.; Choose partial enrollments as well. -> $kind; kind; '
        'text: all, some or none; "all"; The option "kind" is "all" or the option "Include Partial '
        'Enrollment" is yes.; Choose partial enrollments as well.',
    ]),
    "a label": ("label: Effective Date", "label: Day", [
        "SY-SSA: option, Options: $effective; Effective Date; date; the day of the run -> $effective; Day; "
        "date; the day of the run",
    ]),
    "the order of rows": ("row order: [F03, e.enrollmentID]", "row order: [F02, e.enrollmentID]", [
        'SY-SSA: file, Order of rows: the text of field 3, "School Code" -> the text of field 2, "SASID"',
    ]),
    "how dates are printed": ("picture: MMDDYYYY", "picture: YYYYMMDD", [
        "SY-SSA: file, How fields are printed: date; left; blanks; zeros; the row is withheld; MMDDYYYY -> "
        "date; left; blanks; zeros; the row is withheld; YYYYMMDD",
    ]),
    "what numbers are without a value": ("align: right, missing: zeros", "align: right, missing: blanks", [
        "SY-SSA: file, How fields are printed: numeric; right; 0; zeros; the row is withheld -> numeric; "
        "right; 0; blanks; the row is withheld",
    ]),
    "the value of a field": ("value: e.startDate", "value: e.endDate", [
        "SY-SSA: field, Entry Date: prints: The enrollment's start date. -> prints: The enrollment's end "
        "date.",
    ]),
    "the width of a field": ("width: '10'", "width: '12'", [
        "SY-SSA: field, SASID: width: 10 -> width: 12",
        "SY-SSA: layout, 2023-2024: 30 characters a line -> 32 characters a line",
        "SY-SSA: layout, 2024-2025: 36 characters a line -> 38 characters a line",
    ]),
    "the picture of a field": ("picture: '999.9'", "picture: '99.99'", [
        "SY-SSA: field, Share: picture: 999.9 without its point -> picture: 99.99 without its point",
    ]),
    "what a field prints without a value": ("missing: '000'", "missing: '999'", [
        'SY-SSA: field, Grade: when missing: zeros -> when missing: "999"',
    ]),
    "what a field does with long texts": ("too long: error\n  decision", "too long: cut\n  decision", [
        "SY-SSA: field, Grade: too long: the row is withheld -> too long: the text is cut",
    ]),
    "what a field allows": ("allowed: ['0', '1']", "allowed: ['0', '1', '2']", [
        "SY-SSA: field, Continuous: allowed: 0, 1 -> allowed: 0, 1, 2",
    ]),
    "whether a field must have a value": ("  if missing: error\n", "", [
        "SY-SSA: field, District Code: when missing: nothing: the row is withheld -> when missing: zeros",
    ]),
    "the name of a field": ("name: Share", "name: Part", [
        "SY-SSA: field, Part: name: Share -> name: Part",
    ]),
    "zero fill": ("fields: ['3', '4']", "fields: ['3']", [
        "SY-SSA: file, Zero fill: The enrollment's start status is \"00\".; field 3, \"School Code\"; field 4, "
        "\"Entry Date\" -> The enrollment's start status is \"00\".; field 3, \"School Code\"",
    ]),
    "when zeros are filled in": ("when: e.startStatus is '00'", "when: e.startStatus is '01'", [
        "SY-SSA: file, Zero fill: The enrollment's start status is \"00\".; field 3, \"School Code\"; field 4, "
        "\"Entry Date\" -> The enrollment's start status is \"01\".; field 3, \"School Code\"; field 4, \"Entry "
        'Date"',
    ]),
    "the years of a layout": ("years: ['2024']", "years: ['2023', '2024']", [
        "SY-SSA: layout, 2023-2024: school years: 2024 -> school years: 2023, 2024",
    ]),
    "a field less in a layout": ("fields: ['1', '2', '3', '4', '5', '6']", "fields: ['1', '2', '3', '4', '6']", [
        "SY-SSA: layout, 2023-2024: Grade at 27-29 / 30 characters a line -> 27 characters a line",
    ]),
    "another form in a layout": (
        "fields: ['1', '2', '3', '4', '5', '6']",
        "fields: ['1', '2', '3', '4', '5', '6']\n  forms: [{no: '4', width: '6', picture: MMDDYY}]",
        [
            "SY-SSA: layout, 2023-2024: 30 characters a line -> Entry Date: date, 6 characters (MMDDYY) / "
            "28 characters a line"
        ],
    ),
    "another order in a layout": ("fields: ['1', '2', '3', '4', '5', '6']", "fields: ['2', '1', '3', '4', '5', '6']", [
        "SY-SSA: layout, 2023-2024: SASID at 5-14 -> SASID at 1-10",
    ]),
    "the audit": ("value: e.endDate", "value: e.startDate", [
        "SY-SSA: file, Audit: ends; the enrollment's end date -> ends; the enrollment's start date",
    ]),
    "a warning": ("says: The student has no state ID.", "says: There is no state ID.", [
        "SY-SSA: file, Warnings: The enrollment's person has no state ID.; The student has no state ID. -> "
        "The enrollment's person has no state ID.; There is no state ID.",
    ]),
    "a check": ("F06 is '0'", "F06 is '1'", [
        'SY-SSA: file, Checks: school of the district; The text of field 3, "School Code" is given or the '
        'text of field 6, "Continuous" is "0". -> school of the district; The text of field 3, "School Code" '
        'is given or the text of field 6, "Continuous" is "1".',
    ]),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_told(name: str, before: Side, new: Sample) -> None:
    was, now, wanted = CHANGES[name]
    new.replace(was, now, SSA)
    assert told(differences(before, side_of(new))) == wanted


FIELD = "- no: '2'\n  name: SASID"
NEW_FIELD = "- no: '2'\n  name: County\n  type: numeric\n  width: '2'\n  value: \"'64'\"\n"


def renumbered(text: str, start: int) -> str:
    """The spec with the numbers of its fields, from one on, each higher by one."""
    text = re.sub(r"no: '(\d+)'", lambda m: f"no: '{int(m[1]) + (int(m[1]) >= start)}'", text)
    text = re.sub(r"\bF(\d\d)\b", lambda m: f"F{int(m[1]) + (int(m[1]) >= start):02}", text)
    lists = re.compile(r"(?<=fields: )\[.*\]")
    return lists.sub(lambda m: re.sub(r"\d+", lambda n: str(int(n[0]) + (int(n[0]) >= start)), m[0]), text)


def test_a_field_that_comes_changes_none_of_the_others(before: Side, new: Sample) -> None:
    text = renumbered(new.read(SSA), 2)
    new.write(text.replace("- no: '3'\n  name: SASID", f"{NEW_FIELD}- no: '3'\n  name: SASID"), SSA)
    there = side_of(new)
    assert told(differences(before, there)) == [
        'SY-SSA: field, County: (none) -> prints: Always "64". / name: County / type: numeric / width: 2 / too long: '
        "the row is withheld / stands: right, filled with 0",
        "SY-SSA: layout, 2024-2025: 36 characters a line -> County at 5-6 / 38 characters a line",
    ]
    assert told(differences(there, before))[1] == (
        "SY-SSA: layout, 2024-2025: County at 5-6 / 38 characters a line -> 36 characters a line"
    )


SAME: dict[str, tuple[str, str]] = {
    "what is usual, said by a field": ("value: e.startDate\n", "value: e.startDate\n  picture: MMDDYYYY\n"),
    "a name for a value, written out": ("value: school\n", "value: e.calendar.school.number\n"),
    "the order of what has none": ("fields: ['3', '4']", "fields: ['4', '3']"),
    "a synonym": ("when: F03 is present or", "when: F03 is not missing or"),
    "another name of a variable": ("for each: enrollment as e\n", "for each: enrollment as x\n"),
}


@pytest.mark.parametrize("name", SAME)
def test_nothing_is_told_of_what_says_the_same(name: str, before: Side, new: Sample) -> None:
    was, now = SAME[name]
    new.replace(was, now, SSA)
    if "as x" in now:
        new.write(re.sub(r"\be\.", "x.", new.read(SSA)), SSA)
    assert told(differences(before, side_of(new))) == []


NOTES: dict[str, tuple[str, str, str]] = {
    "covers": ("covers: [SY-L1]", "covers: [SY-L2]", "covers"),
    "gui": ("gui: District Information > State District Number", "gui: District", "gui"),
    "decision": ("chosen: All but a few.", "chosen: All but one.", "decision"),
    "doc": ("doc: The day of the file.", "doc: The day.", "doc"),
    "purpose": ("counts <each> enrollment.", "counts enrollments.", "purpose"),
    "steps": ("- text: Push the button.\n", "", "steps"),
    "examples": ("- name: an enrollment\n", "- name: one enrollment\n", "examples"),
}


@pytest.mark.parametrize("name", NOTES)
def test_notes_are_told_apart(name: str, before: Side, new: Sample) -> None:
    was, now, part = NOTES[name]
    new.replace(was, now, SSA)
    found = differences(before, side_of(new))
    assert told(found) == []
    assert [(entry.name, entry.changes) for entry in found.entries] == [("SY-SSA", (Change("notes", part),))]


SHARED: dict[str, tuple[str, str, str, list[str]]] = {
    "a definition": (DEFINED, "e.serviceType is 'P'", "e.serviceType is 'S'", ["SY-SSA"]),
    "a row": (GRADES, "code: '050'", "code: '051'", ["SY-SSA"]),
    "a table that nothing reads yet": ("tables/end-statuses.yaml", "code: '40'", "code: '41'", []),
}


@pytest.mark.parametrize("name", SHARED)
def test_a_change_of_what_is_shared_reaches_extracts(name: str, before: Side, new: Sample) -> None:
    file, was, now, wanted = SHARED[name]
    new.replace(was, now, file)
    if file == GRADES:
        new.replace("F05: '050'", "F05: '051'", SSA)
    found = differences(before, side_of(new))
    assert [key for entry in found.told for key, _ in entry.reaches] == wanted
    assert [entry for entry in found.told if entry.sort == "extract"] == []


def test_an_extract_comes_and_goes(before: Side, new: Sample) -> None:
    new.write(new.read(SSA).replace("id: SY-SSA", "id: SY-SSB"), "extracts/SY-SSB-school-association.yaml")
    there = side_of(new)
    said = "8 fields, layouts: 2023-2024, 2024-2025"
    assert told(differences(before, there)) == [f"SY-SSB: added, extract: (none) -> {said}"]
    assert told(differences(there, before)) == [f"SY-SSB: retired, extract: {said} -> (none)"]


def test_the_command_tells_in_every_form(old: Sample, new: Sample, execute: Execute) -> None:
    new.replace("width: '10'", "width: '12'", SSA)
    ran = execute(old, "diff", old.root, new.root)
    assert (ran.code, ran.err) == (1, "Changed: 1 extract.\n")
    assert ran.out.splitlines()[2:5] == [
        "Extracts",
        "  SY-SSA  School association",
        "    field, SASID: width: 10 -> width: 12",
    ]
    ran = execute(old, "diff", old.root, new.root, "--format", "markdown")
    assert "### SY-SSA: School association" in ran.out
    assert '"sort": "extract"' in execute(old, "diff", old.root, new.root, "--format", "json").out


def test_a_change_of_schemas_touches_extracts_that_read_it(before: Side) -> None:
    found = readers(before.project, {"sample": before.program}, "campus")
    [extract] = [reader for reader in found if reader.spec.kind == "extract"]
    assert extract.spec.name == "SY-SSA"
    assert ("enrollment", ("startDate",)) in extract.used.reads
    assert ("enrollment", ("mailingState",)) not in extract.used.reads


def test_every_kind_of_expression_has_a_term() -> None:
    kinds = [kind for kind in vars(tree).values() if isinstance(kind, type) and issubclass(kind, tree.Expr)]
    lacking = {kind.__name__ for kind in kinds if not hasattr(Reader, f"_{kind.__name__.lower()}")}
    assert lacking == {"Expr"}


def test_a_sum_by_month_is_told_from_another(tmp_path: Path, new: Sample) -> None:
    sum_of = "monthly sum of a.unexcusedMinutes for a in e.person.attDayAggregations by a.date"
    field = f"value: {{}} {sum_of}\n  picture: '999.9'\n  implied decimal: 'true'\n"
    was = "picture: '999.9'\n  implied decimal: 'true'\n  value: e.percentEnrolled\n"
    old = Sample(tmp_path / "old")
    shutil.copytree(new.root, old.root, symlinks=True)
    old.replace(was, field.format("highest"), SSA)
    new.replace(was, field.format("lowest"), SSA)
    [said] = told(differences(side_of(old), side_of(new)))
    assert said.startswith("SY-SSA: field, Share: prints: The highest sum in one calendar month")


# -- two layouts of one extract

TOLD = """\
field       what                  before  after
Share       added                         31-34
Constant    added                         35-36
(the line)  characters of a line  30      36
"""


def test_two_layouts_of_one_extract(new: Sample, execute: Execute) -> None:
    ran = execute(new, "diff", "SY-SSA@2023-2024", "SY-SSA@2024-2025")
    assert (ran.code, ran.out) == (1, TOLD)
    assert ran.err == "SY-SSA@2023-2024 to SY-SSA@2024-2025: 3 differences.\n"
    assert execute(new, "diff", "SY-SSA@2024") == ran
    assert execute(new, "diff", f"specs/sample/{SSA}@2024", "SY-SSA@2025") == ran
    ran = execute(new, "diff", "SY-SSA@2025")
    assert (ran.code, ran.out, ran.err) == (0, "", "SY-SSA@2024-2025 to SY-SSA@2024-2025: the same form.\n")


def test_two_layouts_for_programs_and_for_a_release_note(new: Sample, execute: Execute) -> None:
    told = json.loads(execute(new, "diff", "SY-SSA@2024", "--format", "json").out)
    assert told["differs"] is True
    assert told["changes"][0] == {"field": "Share", "what": "added", "before": "", "after": "31-34"}
    lines = execute(new, "diff", "SY-SSA@2024", "--format", "markdown").out.splitlines()
    assert lines[0] == "# SY-SSA@2024-2025: what is other than in SY-SSA@2023-2024"
    assert "| Share | added |  | 31-34 |" in lines
    assert execute(new, "diff", "SY-SSA@2025", "--format", "markdown").out.endswith("\n\nNothing.\n")


def test_a_layout_that_is_not_there(new: Sample, execute: Execute) -> None:
    ran = execute(new, "diff", "SY-SSA@2023-2025", "SY-SSA")
    assert (ran.code, ran.out) == (2, "")
    assert "SY-SSA has no layout `2023-2025`." in ran.err
