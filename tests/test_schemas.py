"""Schemas of an API: imported from its documents, compared folder with folder, and rules written against them."""

from __future__ import annotations

import json
import re
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from compiler.cli import documents as reading
from compiler.diagnostics import Level
from compiler.driver import bundled_schemas, open_project, read_schema_folder, standard
from compiler.engines.run import ENGINES
from compiler.schema import importing
from compiler.schema.differences import Change, differences
from compiler.schema.edfi import Schemas, stack
from compiler.schema.importing import Base, Imported, import_documents
from compiler.schema.keys import Link, local_names
from compiler.schema.openapi import document_of
from compiler.semantics.touched import Reader, Sent, Spec, readers
from compiler.semantics.usage import Usage
from tests.api_documents import Api
from tests.running import agreed, brief, enrollment, put, school, student
from tests.support import Execute, Ran, Sample, contents, own_project

Node = dict[str, Any]

# -- facts: what is compared of two schemas, as (place, key) to value

_NOT_FACTS = {"properties", "items", "$id", "$schema", "x-source", "x-edfi-dataStandard", "x-edfi-serverProperties"}


def facts_of(node: Node, place: str) -> Iterator[tuple[tuple[str, str], Any]]:
    yield from (((place, key), value) for key, value in node.items() if key not in _NOT_FACTS)
    if node.get("type") == "array":
        yield from facts_of(node["items"], f"{place}[]")
    for name, prop in node.get("properties", {}).items():
        yield from facts_of(prop, f"{place}.{name}")


def compared(made: Mapping[str, Node], wanted: Mapping[str, Node]) -> dict[str, set[str]]:
    """The places where schemas of the same names differ, by key of fact."""
    found: dict[str, set[str]] = {}
    for name in sorted(set(made) & set(wanted)):
        left, right = dict(facts_of(made[name], name)), dict(facts_of(wanted[name], name))
        for place, key in left.keys() | right.keys():
            if left.get((place, key)) != right.get((place, key)):
                found.setdefault(key, set()).add(place)
    return found


def resources_in(imported: Imported) -> dict[str, Node]:
    return {name: content for name, content in imported.files.items() if not name.startswith("_")}


def places(imported: Imported, words: str) -> list[str]:
    """The places of the remark that begins with some words."""
    found = [r.places for r in imported.remarks if f"{r.how}: {r.what}".startswith(words)]
    return list(found[0]) if found else []


# -- two genuine documents


@pytest.fixture(scope="module")
def genuine(shared: Path) -> Callable[[str], Imported]:
    """The documents of an API by the version in their names."""

    @cache
    def imported(name: str) -> Imported:
        files = sorted((shared / "schemas" / "openapi").glob(f"{name}-*.json"), reverse=True)
        assert len(files) == 2
        return import_documents([document_of(json.loads(file.read_bytes())) for file in files], "genuine")

    return imported


# What Data Standard 5.2 has and 5.1 has not, by its own list of changes.
NEW_IN_52 = {
    "restraintEvent.disciplineIncidentReference",
    "studentDisciplineIncidentBehaviorAssociation.weapons",
    "studentSectionAssociation.dualCreditEducationOrganizationReference",
    "studentSectionAssociation.dualCreditIndicator",
    "studentSectionAssociation.dualCreditInstitutionDescriptor",
    "studentSectionAssociation.dualCreditTypeDescriptor",
    "studentSectionAssociation.dualHighSchoolCreditIndicator",
    "studentSpecialEducationProgramAssociation.reductionInHoursPerWeekComparedToPeers",
    "studentSpecialEducationProgramAssociation.shortenedSchoolDayIndicator",
}
PERCENTAGES = {  # from -9.9999 to 9.9999 in 5.1, from 0 to 1 in 5.2
    "localEducationAgency.federalFunds[].schoolImprovementReservedFundsPercentage",
    "localEducationAgency.federalFunds[].stateAssessmentAdministrationFunding",
    "objectiveAssessment.percentOfAssessment",
    "staffSectionAssociation.percentageContribution",
}
UNIQUE_IDS = re.compile(
    r"Reference\.(student|staff|contact)UniqueId$"
)  # references of the document have no least length
BESIDE_A_TWIN = {  # parts in lists that carry the target's name as their plain name is taken; no parameter shows it
    "cohort.programs[].programReference.educationOrganizationId",
    "graduationPlan.creditsByCourses[].courses[].courseReference.educationOrganizationId",
    "intervention.interventionPrescriptions[].interventionPrescriptionReference.educationOrganizationId",
    "objectiveAssessment.assessmentItems[].assessmentItemReference.identificationCode",
}
NO_COLUMN = {"studentSpecialEducationProgramEligibilityAssociation.programReference.educationOrganizationId"}


def test_data_standard_51_has_the_hand_checked_facts(genuine: Callable[[str], Imported], shared: Path) -> None:
    """Types, lengths, required, keys, references, descriptors: as 5.2, the nearest version, but for what is listed."""
    imported = genuine("edfi-ds5.1")
    folder = shared / "schemas" / "ds5x"
    wanted = {path.stem: json.loads(path.read_bytes()) for path in folder.glob("[a-z]*.json")}
    assert (imported.resources, imported.descriptors) == (131, 209)
    assert set(wanted) - set(imported.files) == {
        "assessmentAdministration",
        "assessmentAdministrationParticipation",
        "assessmentBatteryPart",
        "studentAssessmentRegistration",
        "studentAssessmentRegistrationBatteryPartAssociation",
        "studentEducationOrganizationAssessmentAccommodation",
        "studentSection504ProgramAssociation",
    }
    for place in NEW_IN_52:
        name, prop = place.split(".")
        del wanted[name]["properties"][prop]
    found = compared(resources_in(imported), wanted)
    assert found.pop("maximum") == found.pop("minimum") == PERCENTAGES
    assert [place for place in found.pop("minLength") if not UNIQUE_IDS.search(place)] == []
    assert found.pop("x-edfi-localName") == BESIDE_A_TWIN | NO_COLUMN
    open_ = {place.replace("[]", "") for place in found.pop("x-edfi-precision") | found.pop("x-edfi-scale")}
    percentages = {place.replace("[]", "") for place in PERCENTAGES}
    assert open_ == set(places(imported, "open: precision")) ^ (open_ & percentages)
    assert found == {}
    kinds = json.loads((bundled_schemas() / "ed-fi-5.2" / "_abstract.json").read_bytes())
    del kinds["generalStudentProgramAssociation"]["studentSection504ProgramAssociation"]
    assert imported.files["_abstract"] == kinds
    names = json.loads((folder / "_descriptors.json").read_bytes())["names"]
    assert set(names) ^ set(imported.files["_descriptors"]["names"]) == {
        "DualCreditInstitutionDescriptor",
        "DualCreditTypeDescriptor",
        "Section504DisabilityDescriptor",
        "StudentParticipationCodeDescriptor",
    }


def test_the_older_document_gives_keys_references_and_extensions(
    genuine: Callable[[str], Imported], shared: Path
) -> None:
    """Swagger 2.0 of ODS/API 3.1.1, of an older standard than any at hand: what it shares with 3.3 is the same, but for
    what 3.3 has lengthened, narrowed or made optional. It tells no bounds and no least lengths."""
    imported = genuine("edfi-ods3.1.1")
    folder = shared / "schemas" / "ds33"
    wanted = {path.stem: json.loads(path.read_bytes()) for path in folder.glob("[a-z]*.json")}
    assert (imported.resources, imported.descriptors) == (95, 160)
    assert set(imported.files) - set(wanted) == {"_abstract", "_descriptors", "applicant"}
    found = compared(resources_in(imported), wanted)
    places_of = [{p for n, d in r.items() for (p, _), _ in facts_of(d, n)} for r in (resources_in(imported), wanted)]
    in_both = places_of[0] & places_of[1]
    assert {key for key, where in found.items() if where & in_both} == {
        *("maxLength", "minLength", "minimum", "maximum", "x-edfi-precision", "x-edfi-scale", "x-edfi-localName"),
        *("required", "minItems", "x-nullable", "type", "format", "x-edfi-isIdentity"),
    }
    assert [p for p in found["x-edfi-isIdentity"] & in_both if "[]" not in p] == []  # 3.3 has other keys of list items
    assert {place.split(".")[-1] for place in found["type"] & in_both} == {"maxRawScore", "rawScoreResult"}
    extension = imported.files["staff"]["properties"]["_ext"]["properties"]["GrandBend"]["properties"]
    assert extension == {
        "probationCompleteDate": {"type": "string", "format": "date", "x-nullable": True},
        "tenured": {"type": "boolean", "x-nullable": True},
    }
    assert imported.files["applicant"]["x-edfi-path"] == "/grand-bend/applicants"
    assert places(imported, "open: natural keys") == []
    assert places(imported, "open: kinds") == ["generalStudentProgramAssociation"]


# -- there and back: the standards that come with the compiler, as an API would show them


def shown(base: Base, *, swagger: bool) -> list[Any]:
    return [
        document_of(Api(base.documents, base.kinds, swagger=swagger).resources()),
        document_of(Api({}, {}, swagger=swagger).descriptors(list(base.descriptors))),
    ]


@cache
def bundled(name: str) -> Base:
    found = standard(bundled_schemas() / name)
    assert isinstance(found, Base)
    return found


@pytest.mark.parametrize("swagger", [True, False], ids=["swagger", "openapi"])
@pytest.mark.parametrize("name", ["ed-fi-3.3", "ed-fi-4.0", "ed-fi-5.2"])
def test_a_standard_comes_back_as_it_was(name: str, swagger: bool) -> None:
    base = bundled(name)
    imported = import_documents(shown(base, swagger=swagger), "again")
    found = compared(resources_in(imported), base.documents)
    assert [place for place in found.pop("x-edfi-localName") if "[]" not in place] == []
    assert found.pop("x-edfi-precision") == found.pop("x-edfi-scale")
    assert found == {}
    assert imported.files["_abstract"] == base.kinds
    assert tuple(imported.files["_descriptors"]["names"]) == base.descriptors
    assert {remark.what for remark in imported.remarks if remark.how != "derived"} == {"precision and scale of numbers"}
    with_base = import_documents(shown(base, swagger=swagger), "again", base)
    assert set(compared(resources_in(with_base), base.documents)) == {"x-edfi-localName"}


PLAIN = ["entryTypeDescriptor", "exitWithdrawDate", "primarySchool", "fullTimeEquivalency", "educationPlans"]


@given(
    names=st.sets(st.sampled_from(sorted(bundled("ed-fi-5.2").documents)), min_size=1, max_size=6),
    required=st.sets(st.sampled_from(PLAIN)),
    length=st.integers(1, 9999),
    swagger=st.booleans(),
)
def test_any_part_of_a_standard_comes_back(names: set[str], required: set[str], length: int, swagger: bool) -> None:
    base = bundled("ed-fi-5.2")
    documents = {name: deepcopy(base.documents[name]) for name in sorted({*names, "studentSchoolAssociation"})}
    changed = documents["studentSchoolAssociation"]
    changed["required"] = sorted({*changed["required"], *required})
    for name in required:
        changed["properties"][name].pop("x-nullable", None)
    if "educationPlans" in required:
        changed["properties"]["educationPlans"]["minItems"] = 1
    changed["properties"]["entryTypeDescriptor"]["maxLength"] = length
    imported = import_documents(shown(Base(documents, {}, base.descriptors), swagger=swagger), "part", base)
    assert set(compared(resources_in(imported), documents)) <= {"x-edfi-localName", "x-edfi-precision", "x-edfi-scale"}


# -- small documents

TEXT: Node = {"type": "string", "maxLength": 20}
SCHOOL: Node = {
    "type": "object",
    "required": ["schoolId"],
    "properties": {
        "schoolId": {"type": "integer", "format": "int64", "x-Ed-Fi-isIdentity": True},
        "name": TEXT,
        "_etag": {"type": "string"},
    },
}


def api(properties: Mapping[str, Any], *, required: list[str] | None = None, keys: str = "", **schemas: Any) -> Node:
    """An OpenAPI document with a resource ``visit`` (key parameters separated by blanks) and one ``school``."""
    visit = {"type": "object", "required": required or [], "properties": dict(properties)}
    reference = {
        "type": "object",
        "properties": {"schoolId": {"type": "integer", "format": "int64"}, "link": {"type": "object"}},
    }
    named = {"edFi_visit": visit, "edFi_school": SCHOOL, "edFi_schoolReference": reference, **schemas}
    return {
        "openapi": "3.0.1",
        "info": {"title": "Small", "version": "1"},
        "paths": {
            "/ed-fi/visits": operation("edFi_visit", keys),
            "/ed-fi/schools": operation("edFi_school", "schoolId"),
        },
        "components": {"schemas": named},
    }


def operation(schema: str, keys: str = "", **more: Any) -> Node:
    parameters = [{"name": key, "in": "query", "x-Ed-Fi-isIdentity": True} for key in keys.split()]
    body = {"content": {"application/json": {"schema": ref(schema)}}}
    return {"get": {"parameters": parameters, **more}, "post": {"requestBody": body}}


def ref(schema: str) -> Node:
    return {"$ref": f"#/components/schemas/{schema}"}


def visit_of(document: Node, base: Base | None = None) -> tuple[Node, Imported]:
    imported = import_documents([document_of(document)], "small", base)
    return imported.files["visit"], imported


# A property as written to what is made of it; None when it is left out.
PROPERTIES: dict[str, tuple[Node, Node | None]] = {
    "text": (TEXT, {"type": "string", "maxLength": 20}),
    "date": ({"type": "string", "format": "date"}, {"type": "string", "format": "date"}),
    "time": ({"type": "string", "format": "time"}, {"type": "string", "x-edfi-format": "time"}),
    "callTime": ({"type": "string"}, {"type": "string", "x-edfi-format": "time"}),
    "timely": ({"type": "string"}, {"type": "string"}),
    "ratio": (
        {"type": "number", "format": "double", "maximum": 9.99, "minimum": 0.0},
        {"type": "number", "minimum": 0.0, "maximum": 9.99, "x-edfi-precision": 3, "x-edfi-scale": 2},
    ),
    "whole": ({"type": "integer", "format": "int32"}, {"type": "integer", "format": "int32"}),
    "nullable": ({"type": "boolean", "nullable": True}, {"type": "boolean", "x-nullable": True}),
    "nullableInOurWords": ({**TEXT, "x-nullable": True}, {"type": "string", "maxLength": 20, "x-nullable": True}),
    "listed": ({"type": ["string", "null"]}, {"type": "string", "x-nullable": True}),
    "codes": ({"type": "string", "enum": ["A", "B"]}, {"type": "string", "enum": ["A", "B"]}),
    "wrapped": ({"allOf": [ref("edFi_codes")], "nullable": True}, {"type": "string", "enum": ["C"]}),
    "texts": ({"type": "array", "items": TEXT}, {"type": "array", "items": {**TEXT}, "uniqueItems": True}),
    "badLength": ({"type": "string", "maxLength": "20"}, {"type": "string"}),
    "endlessBound": ({"type": "integer", "maximum": 10**400}, {"type": "integer"}),
    "oneOf": ({"oneOf": [TEXT]}, None),
    "free": ({"type": "object"}, None),
    "lists": ({"type": "array", "items": {"type": "array", "items": TEXT}}, None),
    "elsewhere": ({"$ref": "https://example.org/x.json#/X"}, None),
    "nowhere": (ref("none"), None),
    "notASchema": (7, None),  # type: ignore[dict-item]
    "../../escape": (TEXT, None),
    "a.b": (TEXT, None),
    "id": (TEXT, None),
    "loop": (ref("loop"), {"type": "object", "properties": {}, "additionalProperties": False, "required": []}),
}


@pytest.mark.parametrize("name", PROPERTIES)
def test_a_property_becomes(name: str) -> None:
    written, wanted = PROPERTIES[name]
    more = {"edFi_codes": {"type": "string", "enum": ["C"]}, "loop": {"properties": {"loop": ref("loop")}}}
    silent = {"mark": {"type": "string", "x-nullable": True}}  # so that the document speaks of null at all
    visit, imported = visit_of(api({name: written}, keys="visitId", **more, **silent))
    assert visit["properties"] == ({} if wanted is None else {name: wanted})
    if wanted is None and name != "id":
        shown_name = name if re.fullmatch(r"\w+", name) else "?"
        assert f"visit.{shown_name}" in places(imported, "left out: properties of a kind")


def test_what_may_be_null_follows_from_required_where_a_document_is_silent() -> None:
    visit, imported = visit_of(api({"a": TEXT, "b": TEXT}, required=["a"], keys="a"))
    assert [name for name, prop in visit["properties"].items() if prop.get("x-nullable")] == ["b"]
    assert places(imported, "derived: that a value may be null") == ["school.name", "visit.b"]


def test_a_reference_with_its_role_and_its_place_in_the_key() -> None:
    properties = {
        "date": {"type": "string", "format": "date", "x-Ed-Fi-isIdentity": True},
        "hostSchoolReference": ref("edFi_schoolReference"),
        "schoolReference": ref("edFi_schoolReference"),
        "ownSchoolReference": {"type": "object", "properties": {"schoolId": {"type": "integer"}}},
    }
    required = ["date", "hostSchoolReference", "schoolReference"]
    visit, _ = visit_of(api(properties, required=required, keys="date hostSchoolId"))
    assert visit["x-edfi-identity"] == ["date", "hostSchoolReference.schoolId"]
    references = {name: node for name, node in visit["properties"].items() if "x-edfi-reference" in node}
    assert {node["x-edfi-reference"] for node in references.values()} == {"School"}
    local = {name: node["properties"]["schoolId"]["x-edfi-localName"] for name, node in references.items()}
    assert local == {
        "hostSchoolReference": "hostSchoolId",
        "schoolReference": "schoolId",
        "ownSchoolReference": "ownSchoolId",
    }
    assert [name for name, node in references.items() if node.get("x-edfi-isIdentity")] == ["hostSchoolReference"]


# Property, target, part and the columns of a resource, to the column of the part.
LOCAL_NAMES = [
    ("schoolReference", "school", "schoolId", "schoolId", "schoolId"),
    ("nextYearSchoolReference", "school", "schoolId", "schoolId nextYearSchoolId", "nextYearSchoolId"),
    ("programReference", "program", "educationOrganizationId", "programEducationOrganizationId educationOrganizationId",
     "programEducationOrganizationId"),
    ("gradingPeriodReference", "gradingPeriod", "periodSequence", "gradingPeriodSequence", "gradingPeriodSequence"),
    ("fundDimensionReference", "fundDimension", "code", "fundCode", "fundCode"),
    ("objectiveCompetencyObjectiveReference", "competencyObjective", "objective", "objective", "objective"),
    ("parentObjectiveAssessmentReference", "objectiveAssessment", "namespace", "namespace", "namespace"),
    ("nextYearSchoolReference", "school", "schoolId", "", "nextYearSchoolId"),
]  # fmt: skip


@pytest.mark.parametrize(("prop", "target", "part", "columns", "wanted"), LOCAL_NAMES)
def test_a_part_of_a_reference_is_called(prop: str, target: str, part: str, columns: str, wanted: str) -> None:
    assert local_names([Link(prop, target, (part,), True)], set(columns.split())) == {(prop, part): wanted}


def test_a_key_that_cannot_be_made_up_is_taken_or_open() -> None:
    document = api(
        {"schoolReference": ref("edFi_schoolReference"), "number": TEXT}, required=["number"], keys="number schoolId"
    )
    visit, imported = visit_of(document)
    assert (visit["x-edfi-identity"], places(imported, "open: natural keys")) == ([], ["visit"])
    base = Base({"visit": {"x-edfi-identity": ["number"]}})
    visit, imported = visit_of(document, base)
    assert (visit["x-edfi-identity"], places(imported, "taken: natural keys")) == (["number"], ["visit"])
    visit, _ = visit_of(document, Base({"visit": {"x-edfi-identity": ["gone"]}}))
    assert visit["x-edfi-identity"] == []


def test_descriptors_are_called_as_operations_and_the_base_call_them() -> None:
    words = {"cteServiceDescriptor": TEXT, "mainGradeLevelDescriptor": TEXT, "oddDescriptor": TEXT}
    document = api(words, keys="x")
    shape = {"type": "object", "properties": {"codeValue": TEXT, "namespace": TEXT}}
    document["components"]["schemas"]["edFi_cteServiceDescriptor"] = shape
    path = operation("edFi_cteServiceDescriptor", operationId="getCTEServiceDescriptors")
    document["paths"]["/ed-fi/cteServiceDescriptors"] = path
    visit, imported = visit_of(document, Base(descriptors=("GradeLevelDescriptor",)))
    called = {name: prop["x-edfi-descriptor"] for name, prop in visit["properties"].items()}
    assert list(called.values()) == ["CTEServiceDescriptor", "GradeLevelDescriptor", "OddDescriptor"]
    assert places(imported, "derived: descriptors") == ["visit.cteServiceDescriptor"]
    assert places(imported, "taken: descriptors") == ["visit.mainGradeLevelDescriptor"]
    assert places(imported, "open: descriptors") == ["visit.oddDescriptor"]
    assert imported.files["_descriptors"]["names"] == ["CTEServiceDescriptor"]


def test_profiles_and_other_paths() -> None:
    """A profile's schemas are of the resource itself; deletes and single records are no resources of their own."""
    document = api({"a": TEXT}, keys="a", edFi_visit_writable={"type": "object", "properties": {"b": TEXT}})
    document["paths"] = {
        "/ed-fi/visits": operation("edFi_visit_writable"),
        "/ed-fi/visits/{id}": operation("edFi_visit"),
        "/ed-fi/visits/deletes": operation("edFi_visit"),
        "/sample/visits": operation("sample_visit"),
    }
    document["components"]["schemas"]["sample_visit"] = {"type": "object", "properties": {"c": TEXT}}
    visit, imported = visit_of(document)
    assert (imported.resources, list(visit["properties"])) == (1, ["b"])
    assert places(imported, "left out: resources") == ["/sample/visits"]


def test_what_can_only_be_read_is_imported_too() -> None:
    document = api({"a": TEXT}, keys="a")
    items = {"type": "array", "items": ref("edFi_visit")}
    get = {"responses": {"200": {"content": {"application/json": {"schema": items}}}}}
    document["paths"] = {"/ed-fi/visits": {"get": get}}
    assert list(visit_of(document)[0]["properties"]) == ["a"]


# -- the command

SOME = json.dumps(api({"a": {**TEXT, "x-Ed-Fi-isIdentity": True}}, required=["a"], keys="a"))
NOT_READ = "doc could not be "
HOSTILE: dict[str, tuple[str | bytes, str]] = {
    "nothing": ("", NOT_READ + "imported: it is neither Swagger 2.0 nor OpenAPI 3."),
    "a list": ("[]", NOT_READ + "imported: it is neither"),
    "a number": ("7", NOT_READ + "imported: it is neither"),
    "another version": ('{"swagger": "1.2"}', NOT_READ + "imported: it is neither"),
    "no schemas": ('{"openapi": "3.0.1"}', NOT_READ + "imported: it has no schemas (components.schemas)."),
    "no definitions": ('{"swagger": "2.0", "definitions": 1}', NOT_READ + "imported: it has no schemas (definitions)."),
    "no paths": ('{"openapi": "3.0.1", "components": {"schemas": {"a": {}}}}', NOT_READ + "imported: it has no path"),
    "half of it": (SOME[: len(SOME) // 2], NOT_READ + "read: it is no JSON: "),
    "deep JSON": ('{"a":' * 100_000 + "1" + "}" * 100_000, NOT_READ + "read: it is nested too deeply."),
    "deep YAML": ("a: " + "[" * 1000 + "]" * 1000, NOT_READ + "read: it is nested too deeply."),
    "aliases": ("a: &a [1]\nb: *a\n", NOT_READ + "read: aliases (`*name`) are not read."),
    "code in YAML": ("a: !!python/object/apply:os.system [ls]\n", NOT_READ + "read: it is neither JSON nor YAML: "),
    "bytes": (b"\xff\xff\xff", NOT_READ + "read: it is neither JSON nor YAML: "),
    "a surrogate": ('{"openapi": "\\ud800"}', NOT_READ + "read: it is no JSON: "),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_a_document_that_is_none_is_refused_in_one_sentence(case: str, execute: Execute, tmp_path: Path) -> None:
    content, words = HOSTILE[case]
    put(tmp_path, {"doc": content})
    ran = execute(tmp_path, "schemas", "import", "doc", "-o", "out")
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (3, "", 1)
    assert ran.err.startswith(words)
    assert not (tmp_path / "out").exists()


def bomb() -> Node:
    """Twelve objects, each with thirty of the next: a number of properties that no computer holds."""
    schemas = {f"x{n}": {"properties": {f"p{k}": ref(f"x{n + 1}") for k in range(30)}} for n in range(12)}
    return api({"a": ref("x0")}, keys="a", **schemas, x12={"properties": {"a": TEXT}})


def test_a_document_that_would_grow_without_end_is_refused(
    execute: Execute, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "_MAX_PROPERTIES", 5_000)
    put(tmp_path, {"doc": json.dumps(bomb())})
    ran = execute(tmp_path, "schemas", "import", "doc", "-o", "out")
    assert ran == Ran(3, "", "doc could not be imported: its resources have more than 5,000 properties.\n")


def test_names_lead_nowhere_and_texts_hold_no_control_characters(execute: Execute, tmp_path: Path) -> None:
    document = api({"../x": TEXT, "\x1b[31m": TEXT, "ok": TEXT}, keys="ok")
    document["info"] = {"title": "\x1b[2J\nSmall", "version": ["1"]}
    document["components"]["schemas"]["edFi_../../escape"] = SCHOOL
    document["paths"]["/ed-fi/escapes"] = operation("edFi_../../escape")
    document["paths"]["/ed-fi/../../escapes"] = operation("edFi_school")
    put(tmp_path, {"doc": json.dumps(document)})
    ran = execute(tmp_path, "schemas", "import", "doc", "-o", "a/out")
    assert ran.code == 0
    assert "\x1b" not in ran.err
    assert set(contents(tmp_path)) == {"doc", *(f"a/out/{name}.json" for name in ("_source", "school", "visit"))}
    assert b"\x1b" not in b"".join(contents(tmp_path / "a").values()).replace(b"\\u001b", b"\x1b")


def test_an_import_is_the_same_from_json_and_yaml_and_says_what_it_is_of(execute: Execute, tmp_path: Path) -> None:
    put(tmp_path, {"doc.json": SOME, "doc.yaml": yaml.safe_dump(json.loads(SOME))})
    ran = execute(tmp_path, "schemas", "import", "doc.json", "-o", "one/small")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == (
        "derived: natural keys, from the identity parameters of GET and the parts of references (2): school, visit\n"
        "derived: that a value may be null, from its being optional (1): school.name\n"
        "2 resources and 0 descriptors written to one/small; one/small/_source.json lists every place.\n"
    )
    execute(tmp_path, "schemas", "import", "doc.yaml", "-o", "two/small")
    one, two = contents(tmp_path / "one/small"), contents(tmp_path / "two/small")
    about = json.loads(one.pop("_source.json"))
    assert two.pop("_source.json") != b""
    assert one == two
    assert about["files"] == ["school.json", "visit.json"]
    assert [(d["title"], d["version"], len(d["sha256"])) for d in about["documents"]] == [("Small", "1", 64)]


def test_only_an_earlier_import_is_written_over(execute: Execute, tmp_path: Path) -> None:
    put(tmp_path, {"doc": SOME, "mine/x.json": "{}"})
    ran = execute(tmp_path, "schemas", "import", "doc", "-o", "mine")
    assert (ran.code, ran.err) == (2, "mine holds something else (it has no _source.json); name another folder.\n")
    assert execute(tmp_path, "schemas", "import", "doc", "-o", "doc").err == "doc is no folder.\n"
    assert execute(tmp_path, "schemas", "import", "doc", "-o", "out").code == 0
    put(tmp_path, {"out/own-extension.json": "{}"})
    fewer = json.loads(SOME)
    del fewer["paths"]["/ed-fi/schools"]
    put(tmp_path, {"doc": json.dumps(fewer)})
    assert execute(tmp_path, "schemas", "import", "doc", "-o", "out").code == 0
    assert set(contents(tmp_path / "out")) == {"_source.json", "own-extension.json", "visit.json"}


def test_a_base_that_is_not_there(execute: Execute, tmp_path: Path) -> None:
    put(tmp_path, {"doc": SOME})
    ran = execute(tmp_path, "schemas", "import", "doc", "-o", "out", "--base", "ed-fi-5.3")
    assert (ran.code, ran.err) == (
        2,
        "There is no folder of schemas `ed-fi-5.3`. Did you mean `ed-fi-3.3`?\n",
    )


# -- addresses


@pytest.fixture
def server() -> Iterator[str]:
    """A server of this machine: a document, redirections, a page without end."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            leads = {"/moved": "/doc", "/away": "https://example.org/doc", "/file": "file:///etc/passwd"}
            self.send_response(302 if self.path in leads else 200 if self.path in ("/doc", "/long") else 404)
            if self.path in leads:
                self.send_header("Location", leads[self.path])
            self.end_headers()
            if self.path in ("/doc", "/long"):
                self.wfile.write(SOME.encode())

        def log_message(self, *_arguments: object) -> None:
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    running.server_close()


@pytest.mark.parametrize("path", ["/doc", "/moved"])
def test_a_document_is_fetched(path: str, server: str, execute: Execute, tmp_path: Path) -> None:
    ran = execute(tmp_path, "schemas", "import", f"{server}{path}", "-o", "out")
    assert ran.code == 0
    assert "visit.json" in contents(tmp_path / "out")


@pytest.mark.parametrize("path", ["/away", "/file", "/absent"])
def test_an_address_that_leads_away_is_not_followed(path: str, server: str, execute: Execute, tmp_path: Path) -> None:
    ran = execute(tmp_path, "schemas", "import", f"{server}{path}", "-o", "out")
    assert (ran.code, len(ran.err.splitlines())) == (3, 1)
    assert ran.err.startswith(f"{server}{path} could not be read: ")


def test_a_document_that_is_too_long(
    server: str, execute: Execute, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MAX_SIZE", 100)
    for source in (f"{server}/long", str(put(tmp_path, {"doc": SOME}) / "doc")):
        ran = execute(tmp_path, "schemas", "import", source, "-o", "out")
        assert (ran.code, ran.err) == (3, f"{source} holds more than 0 MB.\n")


REFUSED = [
    "http://example.org/x",
    "file:///etc/passwd",
    "ftp://h/x",
    "https://me:secret@example.org/x",
    "https://",
    "http://[x",
]


@pytest.mark.parametrize("address", REFUSED)
def test_other_addresses_are_refused_before_anything_is_sent(address: str, execute: Execute, tmp_path: Path) -> None:
    ran = execute(tmp_path, "schemas", "import", address, "-o", "out")
    assert ran.code in (2, 3)
    assert len(ran.err.splitlines()) == 1


# -- rules against imported schemas


def test_a_rule_against_imported_schemas_checks_builds_and_runs(
    sample: Sample, execute: Execute, tmp_path: Path
) -> None:
    """The documents are those that an API of Data Standard 5.2 with an extension would show."""
    base = bundled("ed-fi-5.2")
    documents = {name: base.documents[name] for name in sorted(base.documents)}
    extended = deepcopy(documents["studentSchoolAssociation"])
    days = {"type": "object", "properties": {"days": {"type": "integer", "format": "int32"}}}
    extended["properties"]["_ext"] = {"type": "object", "properties": {"Sample": days}}
    documents["studentSchoolAssociation"] = extended
    api_ = Api(documents, base.kinds, swagger=False)
    descriptors = Api({}, {}, swagger=False).descriptors(list(base.descriptors))
    put(tmp_path, {"resources.json": json.dumps(api_.resources()), "descriptors.json": json.dumps(descriptors)})
    target = sample.root / "specs" / "schemas" / "imported"
    files = [tmp_path / name for name in ("resources.json", "descriptors.json")]
    assert execute(sample, "schemas", "import", *files, "-o", target).code == 0
    sample.replace("schemas: [ed-fi-4.0]", "schemas: [imported]", "_ruleset.yaml")
    sample.replace("e.exitWithdrawDate is on or after e.entryDate", "e._ext.Sample.days is at least 1")
    text = sample.read()
    sample.write(text[: text.index("examples:")])
    sample.replace("e.exitWithdrawDate is present and e", "e.student.birthDate is present and e")
    assert [d.code for d in sample.check() if d.level is Level.ERROR] == []
    assert execute(sample, "build").code == 0
    late = {"_ext": {"Sample": {"days": 0}}}
    enrollments = [enrollment("1", **late), enrollment("2", _ext={"Sample": {"days": 3}})]
    data = put(tmp_path / "data", {
        "students": [student("1"), student("2")], "schools": [school()], "studentSchoolAssociations": enrollments,
    })  # fmt: skip
    program = open_project(sample.root).programs["sample"]
    assert program.schema_folders == ("imported",)
    found = agreed(program, data, [engine for engine in ENGINES if engine in ("duckdb", "python")])
    assert [brief(row).partition(": ")[0] for row in found if row["rule"] == "EN-1"] == [
        "EN-1 violation studentSchoolAssociations.jsonl:1 1"
    ]


# -- differences

OLD: Node = {
    "title": "Visit",
    "x-edfi-path": "/ed-fi/visits",
    "type": "object",
    "required": ["a"],
    "properties": {
        "a": {"type": "string", "maxLength": 20, "x-edfi-isIdentity": True},
        "b": {"type": "integer", "format": "int32"},
        "codeDescriptor": {"type": "string", "x-edfi-descriptor": "OneDescriptor"},
        "list": {"type": "array", "items": {"type": "object", "properties": {"c": {"type": "boolean"}}}},
        "schoolReference": {
            "type": "object",
            "x-edfi-reference": "School",
            "properties": {"schoolId": {"type": "integer"}},
        },
    },
    "x-edfi-identity": ["a"],
}


def set_at(path: str, value: Any) -> Callable[[Node], None]:
    def change(node: Node) -> None:
        *place, last = path.split("/")
        for name in place:
            node = node[name]
        if value is None:
            del node[last]
        else:
            node[last] = value

    return change


CHANGES: dict[str, tuple[Callable[[Node], None], list[tuple[str, str, str, str]]]] = {
    "nothing": (lambda _node: None, []),
    "removed": (set_at("properties/b", None), [("visit.b", "removed", "", "")]),
    "added": (set_at("properties/d", {"type": "string"}), [("visit.d", "added", "", "")]),
    "added in a list": (
        set_at("properties/list/items/properties/d", {"type": "string"}),
        [("visit.list.d", "added", "", "")],
    ),
    "type": (set_at("properties/b/type", "number"), [
        ("visit.b", "bits", "int32", ""), ("visit.b", "type", "integer", "number")]),
    "bits": (set_at("properties/b/format", "int64"), [("visit.b", "bits", "int32", "int64")]),
    "a list of other things": (
        set_at("properties/list/items", {"type": "string"}),
        [("visit.list", "type", "list of object", "list of string")],
    ),
    "length": (set_at("properties/a/maxLength", 30), [("visit.a", "length", "20", "30")]),
    "bounds": (set_at("properties/b/minimum", 0), [("visit.b", "bounds", "", "0 to ")]),
    "codes": (set_at("properties/a/enum", ["x", "y"]), [("visit.a", "codes", "", "x, y")]),
    "null": (set_at("properties/b/x-nullable", True), [("visit.b", "null", "", "may be null")]),
    "required": (set_at("required", ["a", "b"]), [("visit.b", "required", "optional", "required")]),
    "key": (set_at("x-edfi-identity", ["a", "b"]), [("visit", "key", "a", "a, b")]),
    "descriptor": (set_at("properties/codeDescriptor/x-edfi-descriptor", "TwoDescriptor"), [
        ("OneDescriptor", "removed", "", ""), ("TwoDescriptor", "added", "", ""),
        ("visit.codeDescriptor", "descriptor", "OneDescriptor", "TwoDescriptor")]),
    "reference": (set_at("properties/schoolReference/x-edfi-reference", "Agency"), [
        ("visit.schoolReference", "reference", "School (schoolId)", "Agency (schoolId)")]),
}  # fmt: skip


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_is_found(case: str) -> None:
    change, wanted = CHANGES[case]
    new = deepcopy(OLD)
    change(new)
    found = differences(Schemas({"visit": OLD}), Schemas({"visit": new}))
    assert [(c.place, c.what, c.before, c.after) for c in found] == wanted
    back = differences(Schemas({"visit": new}), Schemas({"visit": OLD}))
    assert len(back) == len(found)


def test_kinds_and_whole_resources() -> None:
    one = Schemas({"visit": OLD}, {"place": {"visit": {"id": "visitId"}}})
    two = Schemas({"tour": {**OLD, "x-edfi-path": "/ed-fi/tours"}}, {"place": {"tour": {}}})
    found = [(c.place, c.what, c.before, c.after) for c in differences(one, two)]
    assert found == [
        ("tour", "added", "", ""),
        ("tour", "kind", "", "place"),
        ("visit", "kind", "place (id is visitId)", ""),
        ("visit", "removed", "", ""),
    ]


def schemas_of(name: str) -> Schemas:
    read = read_schema_folder(bundled_schemas() / name)
    return Schemas(stack([dict(read.documents)]), read.kinds)


@pytest.mark.parametrize("other", ["ed-fi-3.3", "ed-fi-5.2"])
def test_no_spec_of_the_project_reads_what_other_standards_have_changed(other: str) -> None:
    """3.3 and 4.0 have the same student resources; of 5.2 the specs read only what it has kept, as whole numbers of
    more bits and with other least lengths. That is also what `check` says of the specs with either standard."""
    changes = differences(schemas_of("ed-fi-4.0"), schemas_of(other))
    project = own_project()
    reading_ = readers(project.checked, project.programs, "ed-fi-4.0")
    assert len(reading_) > 150
    rules = [reader for reader in reading_ if reader.spec.kind != "publication"]
    assert [reader.spec.name for reader in rules if any(map(reader.is_touched, changes))] == []
    used = {resource for reader in reading_ for resource, _ in reader.used.reads}
    assert "studentSchoolAssociation" in used
    if other == "ed-fi-3.3":
        assert [change.place for change in changes if change.resource in used] == []
    else:
        assert {"bits"} < {change.what for change in changes if change.resource in used}


TOUCHED: dict[str, tuple[Change, set[str]]] = {
    "a property": (Change("studentSchoolAssociation", ("exitWithdrawDate",), "type", "date", "string"), {
        "EN-1", "studentSchoolAssociation.subjectDates"}),
    "the object around one": (Change("studentSchoolAssociation", ("schoolYearTypeReference",), "removed"), {
        "EN-1", "studentSchoolAssociation.subjectSchoolYear"}),
    "a reference that is crossed": (Change("studentSchoolAssociation", ("schoolReference",), "reference", "x", "y"), {
        "EN-1", "studentSchoolAssociation.subjectSchool", "studentSchoolAssociation.subjectCorporation"}),
    "the key of a target": (Change("school", (), "key", "schoolId", "id"), {
        "EN-1", "studentSchoolAssociation.subjectCorporation"}),
    "a resource": (Change("school", (), "removed"), {"EN-1", "studentSchoolAssociation.subjectCorporation"}),
    "a descriptor": (Change("GradeLevelDescriptor", (), "removed"), {"GradeLevels"}),
    "another descriptor of a property": (
        Change("studentSchoolAssociation", ("entryGradeLevelDescriptor",), "descriptor", "GradeLevelDescriptor", "X"),
        {"EN-1", "GradeLevels"},
    ),
    "more bits": (Change("studentSchoolAssociation", ("schoolReference", "schoolId"), "bits", "int32", "int64"), set()),
    "what nobody reads": (Change("studentSchoolAssociation", ("primarySchool",), "removed"), set()),
    "something new": (Change("studentSchoolAssociation", ("entryDate",), "added"), set()),
}  # fmt: skip


@pytest.mark.parametrize("case", TOUCHED)
def test_a_change_touches(case: str, template: Path) -> None:
    change, wanted = TOUCHED[case]
    project = open_project(template)
    found = readers(project.checked, project.programs, "ed-fi-4.0")
    assert {reader.spec.name for reader in found if reader.is_touched(change)} == wanted
    assert readers(project.checked, project.programs, "ed-fi-5.2") == []


SENT = (("entryDate",), ("schoolReference", "schoolId"), ("calendarReference", "calendarCode"),
        ("entryGradeLevelDescriptor",))  # fmt: skip
FELT: dict[str, tuple[Change, bool]] = {
    "a property that is sent": (Change("studentSchoolAssociation", ("entryDate",), "type", "date", "string"), True),
    "the object around one": (Change("studentSchoolAssociation", ("calendarReference",), "removed"), True),
    "fewer bits": (Change("studentSchoolAssociation", ("schoolReference", "schoolId"), "bits", "int64", "int32"), True),
    "a property that is not sent": (Change("studentSchoolAssociation", ("primarySchool",), "removed"), False),
    "one that must be sent now": (Change("studentSchoolAssociation", ("primarySchool",), "required", "optional",
                                         "required"), True),
    "one that need no more be sent": (Change("studentSchoolAssociation", ("entryDate",), "required", "required",
                                             "optional"), False),
    "something new": (Change("studentSchoolAssociation", ("region",), "added"), False),
    "something new that must be sent": (Change("studentSchoolAssociation", ("region",), "added", "", "required"), True),
    "something new in an object that is sent": (
        Change("studentSchoolAssociation", ("calendarReference", "term"), "added", "", "required"), True),
    "something new in another object": (
        Change("studentSchoolAssociation", ("graduationPlanReference", "term"), "added", "", "required"), False),
    "what may be null": (Change("studentSchoolAssociation", ("entryDate",), "null", "", "may be null"), False),
    "the key": (Change("studentSchoolAssociation", (), "key", "a", "b"), True),
    "another resource": (Change("school", (), "key", "a", "b"), False),
    "a descriptor of what is sent": (Change("GradeLevelDescriptor", (), "removed"), True),
    "another descriptor": (Change("EntryTypeDescriptor", (), "removed"), False),
}  # fmt: skip


@pytest.mark.parametrize("case", FELT)
def test_a_change_touches_a_publication_that_sends_it(case: str) -> None:
    change, is_felt = FELT[case]
    target = schemas_of("ed-fi-4.0").resource("studentSchoolAssociation")
    assert target is not None
    reader = Reader(Spec("sample", "publication", "ST-SSA", ""), Usage(), sent=Sent(target, SENT))
    assert reader.is_touched(change) is is_felt


def test_the_command_diff_tells_changes_and_specs(sample: Sample, execute: Execute) -> None:
    folder = sample.root / "specs" / "schemas" / "ours"
    shutil.copytree(bundled_schemas() / "ed-fi-4.0", folder)
    ran = execute(sample, "schemas", "diff", "ed-fi-4.0", "ours")
    assert ran.code == 0
    assert ran.out.splitlines()[0] == "ed-fi-4.0 and ours say the same."
    path = folder / "studentSchoolAssociation.json"
    document = json.loads(path.read_bytes())
    del document["properties"]["exitWithdrawDate"]
    path.write_text(json.dumps(document), encoding="utf-8")
    ran = execute(sample, "schemas", "diff", "ed-fi-4.0", "ours")
    assert (ran.code, ran.err) == (1, "")
    assert ran.out == (
        "ed-fi-4.0 to ours: 0 resources and descriptors added, 0 resources and descriptors removed, "
        "0 properties added, 1 property removed, 0 other changes.\n"
        "\n"
        "studentSchoolAssociation\n"
        "  exitWithdrawDate: removed\n"
        "\n"
        "Of 7 specs that use ed-fi-4.0, 2 read what has changed.\n"
        "  definition studentSchoolAssociation.subjectDates (specs/sample/_ruleset.yaml)\n"
        "    studentSchoolAssociation.exitWithdrawDate: removed\n"
        "  rule EN-1 (specs/sample/enrollment/EN-1-exit-after-entry.yaml)\n"
        "    studentSchoolAssociation.exitWithdrawDate: removed\n"
    )
    data = json.loads(execute(sample, "schemas", "diff", "ed-fi-4.0", folder, "--format", "json").out)
    assert [(c["resource"], c["path"], c["what"]) for c in data["changes"]] == [
        ("studentSchoolAssociation", "exitWithdrawDate", "removed")
    ]
    assert [(s["state"], s["name"], s["changes"]) for s in data["specs"]] == [
        ("sample", "studentSchoolAssociation.subjectDates", [0]),
        ("sample", "EN-1", [0]),
    ]
    page = execute(sample, "schemas", "diff", "ed-fi-4.0", "ours", "--format", "markdown").out
    assert "| studentSchoolAssociation | exitWithdrawDate | removed |" in page
    assert "| sample | rule EN-1 | specs/sample/enrollment/EN-1-exit-after-entry.yaml |" in page


def test_diff_needs_no_project_and_names_what_is_not_there(execute: Execute, tmp_path: Path) -> None:
    ran = execute(tmp_path, "schemas", "diff", "ed-fi-3.3", "ed-fi-4.0")
    assert (ran.code, ran.out.splitlines()[-1]) == (1, "No specs here use ed-fi-3.3.")
    ran = execute(tmp_path, "schemas", "diff", "ed-fi-3.3", "ed-fi-4")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("There is no folder of schemas `ed-fi-4`. Did you mean `ed-fi-4.0`")
    put(tmp_path, {"bad/x.json": "[1"})
    ran = execute(tmp_path, "schemas", "diff", "bad", "bad")
    assert (ran.code, len(ran.err.splitlines())) == (3, 1)
