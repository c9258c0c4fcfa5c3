"""Pasted texts: what is mended, what is told of it, and that no text breaks the reader."""

from __future__ import annotations

import json
import random
import re
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.engines.folder import DataError
from compiler.engines.pasted import MAX_DEPTH, MAX_TEXT, WORDS, Pasted, read_pasted
from compiler.engines.triage import pasted_case, triage
from compiler.reports.triage import as_json, as_markdown, as_text
from compiler.schema.edfi import Resource
from compiler.semantics.program import Program

BODY: dict[str, Any] = {
    "id": "00000000000000000000000000000001",
    "schoolReference": {"schoolId": 1056151001, "link": {"rel": "School", "href": "/ed-fi/schools/0002"}},
    "schoolYearTypeReference": {
        "schoolYear": 2024,
        "link": {"rel": "SchoolYearType", "href": "/ed-fi/schoolYearTypes/3"},
    },
    "studentReference": {"studentUniqueId": "100000001", "link": {"rel": "Student", "href": "/ed-fi/students/0004"}},
    "entryDate": "2023-08-07",
    "entryGradeLevelDescriptor": "uri://doe.in.gov/GradeLevelDescriptor#06",
    "primarySchool": True,
    "repeatGradeIndicator": False,
    "fullTimeEquivalency": 0.5,
    "alternativeGraduationPlans": [
        {"alternativeGraduationPlanReference": {"educationOrganizationId": 1056150000, "graduationSchoolYear": 2030}}
    ],
}
TEXT = json.dumps(BODY, indent=1)
HALF = {name: value for name, value in BODY.items() if name != "fullTimeEquivalency"}
OTHER = BODY | {"entryDate": "2024-01-08"}
CURLY = TEXT.replace('"', "\u201c", 1)


@pytest.fixture(scope="module")
def resource(indiana: Program) -> Resource:
    found = indiana.schemas.resource("studentSchoolAssociation")
    assert found is not None
    return found


def bodies(found: Pasted) -> list[dict[str, Any]]:
    return [record.body for record in found.records]


def codes(found: Pasted) -> list[str]:
    return list(dict.fromkeys(repair.code for repair in found.repairs))


def curly(text: str) -> str:
    """A text as a word processor makes of it: opening and closing quotes in turn."""
    parts = text.split('"')
    return "".join(part + ("\u201c" if i % 2 == 0 else "\u201d") for i, part in enumerate(parts[:-1])) + parts[-1]


# -- what is mended

MENDED: dict[str, tuple[str, list[dict[str, Any]], list[str]]] = {
    "as-it-should-be": (TEXT, [BODY], []),
    "in-one-line": (json.dumps(BODY), [BODY], []),
    "array": (json.dumps([BODY, OTHER]), [BODY, OTHER], []),
    "empty-array": ("[ ]", [], []),
    "several": (f"{TEXT}\n{json.dumps(OTHER)}", [BODY, OTHER], []),
    "several-with-commas": (f"{TEXT},\n\n{json.dumps(OTHER)},", [BODY, OTHER], []),
    "wrapped": (json.dumps({"totalCount": 2, "items": [BODY, OTHER]}), [BODY, OTHER], []),
    "wrapped-and-one-alone": (json.dumps({"data": [BODY]}), [BODY], []),
    "text-around": (f"Dear all [see below],\n{TEXT}\nRegards {{me}}", [BODY], ["text-around"]),
    "byte-order-mark": (f"\ufeff{TEXT}", [BODY], []),
    "fence-of-markdown": (f"```json\n{TEXT}\n```", [BODY], ["text-around"]),
    "trailing-comma": (TEXT[:-1] + ",}", [BODY], ["trailing-comma"]),
    "trailing-comma-within": (TEXT.replace("1056151001,", "1056151001,,", 1), [BODY], ["extra-comma"]),
    "trailing-comma-of-an-array": (f"[{TEXT},]", [BODY], ["trailing-comma"]),
    "missing-comma": (TEXT.replace("0.5,", "0.5"), [BODY], ["missing-comma"]),
    "missing-last-brace": (TEXT.rstrip()[:-1], [BODY], ["missing-brace"]),
    "missing-first-brace": (TEXT.lstrip()[1:], [BODY], ["missing-brace"]),
    "missing-bracket": (f"[{TEXT}", [BODY], ["missing-brace"]),
    "missing-brace-between": (f"{TEXT[:-1]}\n{json.dumps(OTHER)}", [BODY, OTHER], ["missing-brace"]),
    "missing-brace-in-an-array": (f"[{TEXT[:-1]},{json.dumps(OTHER)}]", [BODY, OTHER], ["missing-brace"]),
    "curly-quotes": (curly(TEXT), [BODY], ["curly-quotes"]),
    "no-break-blanks": (TEXT.replace(" ", "\u00a0"), [BODY], []),
    "windows-lines": (TEXT.replace("\n", "\r\n"), [BODY], []),
    "names-without-quotes": (TEXT.replace('"entryDate"', "entryDate"), [BODY], ["unquoted-key"]),
    "open-quote": (TEXT.replace('"2023-08-07",', '"2023-08-07,'), [BODY], ["open-quote"]),
    "words-of-python": (TEXT.replace("true", "True").replace("false", "False"), [BODY], ["capital-word"]),
    "null": (TEXT.replace("0.5", "null"), [HALF], []),
    "no-value": (TEXT.replace("0.5", ""), [HALF], ["unreadable"]),
    "no-json-in-a-value": (
        TEXT.replace("0.5", "half of it"), [HALF], ["unreadable"],
    ),
    "a-line-between": (TEXT.replace('"entryDate"', 'look here\n"entryDate"'), [BODY], ["unreadable"]),
    "twice": (TEXT.replace('"primarySchool"', '"entryDate": "2020",\n"primarySchool"'), [BODY], ["repeated-name"]),
    "cut-descriptor": (
        TEXT.replace("uri://doe.in.gov/GradeLevelDescriptor#06", "uri://"),
        [BODY | {"entryGradeLevelDescriptor": "uri://"}],
        ["cut-descriptor"],
    ),
    "an-error-and-a-record": (f'{{"message": "not all"}}\n{TEXT}', [BODY], ["no-record"]),
    "a-backslash-too-many": (TEXT.replace("2023-08-07", "2023\\-08\\u-07"), [BODY | {"entryDate": "2023-08u-07"}],
        ["odd-escape"]),
    "escapes": (
        TEXT.replace("2023-08-07", "\\u0030\\/\\\"\\ud83d\\ude00\\ud800"),
        [BODY | {"entryDate": "0/\"\U0001f600\ufffd"}],
        [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", MENDED)
def test_a_text_is_read_and_what_is_mended_is_told(case: str, resource: Resource) -> None:
    text, records, repairs = MENDED[case]
    found = read_pasted(text, resource)
    assert bodies(found) == records
    assert codes(found) == repairs
    assert all(repair.says for repair in found.repairs)


def test_every_repair_is_shown_by_a_text(resource: Resource) -> None:
    assert {code for _, _, repairs in MENDED.values() for code in repairs} == set(WORDS)


@pytest.mark.parametrize("brace", [match.start() for match in re.finditer(r"[{}\[\]]", TEXT)])
def test_any_one_bracket_may_be_missing(brace: int, resource: Resource) -> None:
    found = read_pasted(TEXT[:brace] + TEXT[brace + 1 :], resource)
    if TEXT[brace] in "{}":
        assert bodies(found) == [BODY]
        assert codes(found) == ["missing-brace"]
    else:
        kept = {name: value for name, value in BODY.items() if name != "alternativeGraduationPlans"}
        assert kept.items() <= bodies(found)[0].items()


def test_lines_are_those_of_the_text(resource: Resource) -> None:
    text = f"Hello\n\n{TEXT[:-1]},\n}}\n".replace("uri://doe.in.gov/GradeLevelDescriptor#06", "uri://")
    found = read_pasted(text, resource)
    lines = text.splitlines()
    by_code = {repair.code: repair for repair in found.repairs}
    assert "entryGradeLevelDescriptor" in lines[by_code["cut-descriptor"].line - 1]
    assert by_code["trailing-comma"].line == len(lines)
    assert by_code["text-around"].line == 1
    assert found.records[0].line == 3
    assert by_code["cut-descriptor"].says == "entryGradeLevelDescriptor is cut to `uri://`, so its code is not known"


# -- what cannot be read

UNREADABLE: dict[str, tuple[str, str]] = {
    "nothing": ("", "the text holds no record of studentSchoolAssociations, and no empty list `[]`"),
    "prose": (
        "There is nothing here.",
        "the text holds no record of studentSchoolAssociations, and no empty list `[]`",
    ),
    "an-error": (
        '{"message": "Not found"}',
        "the text holds no record of studentSchoolAssociations, and no empty list",
    ),
    "too-long": (" " * (MAX_TEXT + 1), "the text has 1,000,001 characters; the limit is 1,000,000"),
    "too-deep": ('{"a":' * (MAX_DEPTH + 1), f"line 1: the text is nested deeper than {MAX_DEPTH} levels"),
    "too-deep-array": (
        '{"entryDate":\n' + "[" * MAX_DEPTH,
        f"line 2: the text is nested deeper than {MAX_DEPTH} levels",
    ),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_text_that_cannot_be_read_is_told_why(case: str, resource: Resource) -> None:
    text, words = UNREADABLE[case]
    with pytest.raises(DataError) as told:
        read_pasted(text, resource)
    assert str(told.value).startswith(words)


SIGNS = '{}[]",:\\ \n\u201c\u201dtruefalsn01.-eE#u' + "\x00\u00e9\U0001f600"


@settings(max_examples=300, deadline=None)
@given(st.text(SIGNS, max_size=80))
def test_no_text_breaks_the_reader(resource: Resource, text: str) -> None:
    _survives(text, resource)


@pytest.mark.parametrize("seed", range(400))
def test_no_spoiled_record_breaks_the_reader(seed: int, resource: Resource) -> None:
    rng = random.Random(seed)
    text = curly(TEXT) if rng.random() < 0.2 else TEXT
    _survives(spoiled(text, rng, rng.randint(1, 8)), resource)


def spoiled(text: str, rng: random.Random, times: int) -> str:
    """A text with signs that came, went or were exchanged."""
    for _ in range(times):
        place = rng.randrange(len(text) + 1)
        length = rng.choice((0, 0, 1, 1, 2, 30))
        text = text[:place] + rng.choice(("", "", *SIGNS)) * rng.choice((1, 1, 3)) + text[place + length :]
    return text


VALUES = (
    "2023-08-07",
    "2024-01-08",
    "100000001",
    "1056151001",
    "2024",
    "true",
    "uri://doe.in.gov/GradeLevelDescriptor",
)
ODD = (
    "True",
    "null",
    "{}",
    "[]",
    "",
    "-1",
    "1e999",
    "9" * 400,
    "2023-13-45",
    "0001-01-01",
    "9999-12-31",
    "\\ud800",
    "\\d",
    "NaN",
)


def mutilated(rng: random.Random) -> str:
    """A pasted text after accidents: lines lost or doubled, ends cut off, values that are none, text behind it."""
    text = rng.choice((TEXT, curly(TEXT), json.dumps([BODY, OTHER]), json.dumps([BODY, OTHER], indent=2)))
    for _ in range(rng.randint(1, 4)):
        rows, place = text.split("\n"), rng.randrange(len(text) + 1)
        row = rng.randrange(len(rows))
        match rng.randrange(6):
            case 0:
                text = text[:place] if rng.random() < 0.5 else text[place:]
            case 1:
                text = "\n".join(rows[:row] + rows[row + rng.choice((1, -1)) :])
            case 2 | 3:
                text = text.replace(rng.choice(VALUES), rng.choice(ODD), rng.choice((1, 99)))
            case 4:
                text += rng.choice(("\nRegards,\nSam\n", ",", "}", "]")) + TEXT[: rng.randrange(900)]
            case _:
                text = spoiled(text, rng, 1)
    return text


@pytest.mark.parametrize("block", range(8))
def test_of_a_mutilated_text_is_told_what_was_mended_or_why_it_cannot_be_read(block: int, indiana: Program) -> None:
    guide, reasons, ended = indiana.guides["IN-IIEP"], [], 0
    for seed in range(100 * block, 100 * block + 100):
        text = mutilated(random.Random(seed))
        try:
            case = pasted_case(indiana, guide, text, None, None, date(2024, 3, 1))
        except DataError as error:
            reasons.append(str(error).strip())
            continue
        found = triage(indiana, guide, case, {}, alone=True)
        for told in ("\n".join(as_text(found)), "\n".join(as_markdown(found)), as_json(found)):
            told.encode()
        assert case.repairs or _is_json(text), seed
        ended += 1
    assert all(reasons)
    assert len(reasons) > 10
    assert ended > 10


def _is_json(text: str) -> bool:
    """Whether a text is values of JSON one after the other."""
    decoder, rest = json.JSONDecoder(strict=False), text.strip(" \n,")
    try:
        while rest:
            rest = rest[decoder.raw_decode(rest)[1] :].strip(" \n,")
    except json.JSONDecodeError:
        return False
    return True


def _survives(text: str, resource: Resource) -> None:
    try:
        found = read_pasted(text, resource)
    except DataError:
        return
    assert all(isinstance(record.body, dict) and 1 <= record.line <= text.count("\n") + 1 for record in found.records)
    json.dumps(bodies(found))
    again = read_pasted(json.dumps(bodies(found)), resource)
    assert bodies(again) == bodies(found)
    assert set(codes(again)) <= {"cut-descriptor"}


HARD = {
    "open-braces": "{" * 100,
    "open-brackets-with-text": "[ a " * 9,
    "quotes": '"a" ' * 9,
    "names": '"a" : ' * 9,
    "records-without-end": '{"entryDate": "x" ' * 9,
    "backslashes": '{"entryDate": "' + "\\" * 40,
    "blanks": '"a"' + " " * 60,
    "commas": "{" + "," * 60,
    "colons": '{"entryDate"' + ":" * 60,
    "prose-in-an-object": '{"entryDate": 1\n' + "and so on and on " * 6 + "\n",
}


@pytest.mark.parametrize("case", HARD)
def test_time_grows_with_the_length_of_the_text(case: str, resource: Resource) -> None:
    piece = HARD[case]
    start = time.process_time()
    _survives((piece * (300_000 // len(piece)))[:300_000], resource)
    assert time.process_time() - start < 10


# -- the case of a student


def said(program: Program, text: str, student: str | None = None, year: int | None = None, **answers: Any) -> list[str]:
    guide = program.guides["IN-IIEP"]
    case = pasted_case(program, guide, text, student, year, date(2024, 3, 1))
    return list(as_text(triage(program, guide, case, answers, alone=True)))


def test_the_year_is_the_latest_of_the_records_unless_it_is_given(indiana: Program) -> None:
    earlier = BODY | {"schoolYearTypeReference": {"schoolYear": 2023}, "entryDate": "2022-08-08"}
    text = json.dumps([BODY, earlier])
    about = "STN 100000001, school year 2024 (2023-24), on 2024-03-01."
    assert said(indiana, text)[1] == f"{about} Records of other school years were left aside (2023)."
    assert said(indiana, text, year=2025)[1].startswith(
        "STN 100000001, school year 2025 (2024-25), on 2024-03-01. Records"
    )
    old = BODY | {"schoolYearTypeReference": {"schoolYear": 2023}}
    told = (
        "STN 100000001, school year 2023 (2022-23), on 2024-03-01. This is the latest school year of the records, and"
    )
    assert said(indiana, json.dumps(old))[1] == f"{told} not that of the day."
    assert said(indiana, "[]", "7")[1] == "STN 7, school year 2024 (2023-24), on 2024-03-01."


@pytest.mark.parametrize("year", [-1, 0, 1, 10_000, 10**9])
def test_a_year_that_is_none_is_left_aside(year: int, indiana: Program) -> None:
    odd = OTHER | {"schoolYearTypeReference": {"schoolYear": year}}
    lines = said(indiana, json.dumps([BODY, odd]))
    assert f"Records of other school years were left aside ({year})." in lines[1]
    assert lines[1].startswith("STN 100000001, school year 2024 (2023-24), on ")
    assert said(indiana, json.dumps(odd))[1].startswith("STN 100000001, school year 2024 (2023-24), on ")


def test_records_of_several_students_need_a_name(indiana: Program) -> None:
    text = json.dumps([BODY, BODY | {"studentReference": {"studentUniqueId": "200000002"}}])
    with pytest.raises(DataError, match=r"several students \(100000001, 200000002\); say which with --student"):
        said(indiana, text)
    assert "1. How many studentSchoolAssociations" in "\n".join(said(indiana, text, "200000002"))
    assert "STN 300000003" in said(indiana, text, "300000003")[1]


def test_records_that_cannot_be_used_are_not_taken_for_none(indiana: Program) -> None:
    without = {name: value for name, value in BODY.items() if name != "entryDate"}
    with pytest.raises(
        DataError, match="no record of the text can be used: line 1: entryDate: a part of the natural key"
    ):
        said(indiana, json.dumps(without))


def test_what_is_wrong_in_a_record_is_told(indiana: Program) -> None:
    wrong = BODY | {
        "exitWithdrawDate": "2024-13-01",
        "entryGradeLevelDescriptor": "uri://doe.in.gov/GradeLevelDescriptor#99",
    }
    lines = said(indiana, json.dumps(wrong))
    assert "- line 1: exitWithdrawDate: '2024-13-01' is not a date" in lines
    assert "- line 1: entryGradeLevelDescriptor: '99' is not a code of GradeLevelDescriptor" in lines


def test_the_record_of_the_article_is_triaged_to_an_end(indiana: Program, shared: Path) -> None:
    (article,) = (shared / "seeds").glob("000_*.txt")
    text = article.read_text(encoding="utf-8")
    record = text[text.index("{") : text.rindex("}") + 1]
    for pasted in (record, text):
        lines = said(indiana, pasted, **{"segments": "yes", "entry-dates": True, "still-enrolled": "yes"})
        _tells_the_defects(lines)
        assert "Next: the state's support desk." in lines
        assert "Next steps (the state's support desk):" in lines
        alone = said(indiana, pasted)
        _tells_the_defects(alone)
        assert "Open: a question to the school." in alone


def test_a_record_of_that_kind_is_triaged_to_an_end(indiana: Program) -> None:
    cut = BODY | {"entryGradeLevelDescriptor": "uri://", "exitWithdrawTypeDescriptor": "uri://"}
    lines = said(
        indiana,
        json.dumps(cut, indent=0)[:-1] + ",}",
        **{"segments": "yes", "entry-dates": True, "still-enrolled": "yes"},
    )
    _tells_the_defects(lines)
    assert lines[2] == "Next: the state's support desk."


def _tells_the_defects(lines: list[str]) -> None:
    told = "\n".join(lines)
    assert "(exitWithdrawTypeDescriptor) and no exit date (exitWithdrawDate)" in told
    assert "entryGradeLevelDescriptor is cut to `uri://`" in told
    assert "exitWithdrawTypeDescriptor is cut to `uri://`" in told
    assert "a comma before a closing bracket was left out" in told
