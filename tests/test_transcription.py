"""From published tables to drafts: the same rows from every kind of file, damaged text, hostile files, the command."""

from __future__ import annotations

import io
import json
import re
import time
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compiler.diagnostics import Sink
from compiler.semantics.program import Program
from compiler.semantics.rows import CELLS, normalised, row_hash
from compiler.source import Source
from compiler.syntax.document import parse_document, plain_tree
from compiler.transcription.damaged import read_damaged
from compiler.transcription.drafts import drafts_of
from compiler.transcription.reading import read_rows
from compiler.transcription.rows import Row, State, Transcript, UnreadableError, parts_of
from compiler.transcription.weights import effect, severities
from tests.support import Execute, Sample
from tests.tables import HEADINGS, KINDS, as_csv, as_html, as_xlsx

SEED = "seeds/001_ef63d476af1a8db1.txt"
LINES = [
    HEADINGS,
    ("Attendance - 1", "Error", "IF absent, THEN a reason", "A reason is required.", "See the manual."),
    ("Attendance - 2", "Exclusion", "", "Not counted.", ""),
    ("Attendance - 4", "Informational/Error", "IF late, THEN error", "It is late (no “date”).", "From May 1 | on."),
]


def told(found: Transcript) -> list[tuple[str, dict[str, str]]]:
    return [(row.id, dict(row.cells)) for row in found.rows]


def expected(lines: list[tuple[str, ...]]) -> list[tuple[str, dict[str, str]]]:
    names = ("type", "logic", "message", "notes")
    return [(line[0], {n: text for n, text in zip(names, line[1:], strict=True) if text}) for line in lines]


# -- the same rows from every kind of file


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_gives_its_rows(kind: str) -> None:
    assert told(read_rows(KINDS[kind](LINES), kind, {})) == expected(LINES[1:])


@pytest.mark.parametrize("kind", KINDS)
def test_the_quoted_rows_of_the_specs_come_back(kind: str, indiana: Program) -> None:
    sources = [rule.written.source for rule in indiana.checked.values()]
    lines = [(s.row.text, *(s.cells[n].text if n in s.cells else "" for n in CELLS)) for s in sources]
    found = read_rows(KINDS[kind]([HEADINGS, *lines]), kind, {})
    wanted = [row_hash(s.row.text, {n: c.text for n, c in s.cells.items()}) for s in sources]
    assert [row_hash(row.id, row.cells) for row in found.rows] == wanted


texts = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"))).map(lambda t: " ".join(t.split()))
some = st.lists(st.tuples(texts, texts, texts.filter(bool), texts), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(some)
def test_any_rows_are_the_same_from_every_kind_of_file(cells: list[tuple[str, ...]]) -> None:
    lines = [(f"AB-{number}", *row) for number, row in enumerate(cells, start=1)]
    for kind, write in KINDS.items():
        assert told(read_rows(write([HEADINGS, *lines]), kind, {})) == expected(lines), kind


HEADED = {
    "other names": ("RuleID", "Message Type", "Validation Logic", "RuleMessage", "Rule Notes"),
    "case and blanks": ("RULE  ID", "type", "LOGIC", "Message", "COMMENTS"),
    "with a number": ("Rule Number", "Severity", "Rule Logic", "Error Message", "Note"),
}


@pytest.mark.parametrize("case", HEADED)
def test_columns_are_recognized_by_their_headings(case: str) -> None:
    assert told(read_rows(as_csv([HEADED[case], *LINES[1:]]), ".csv", {})) == expected(LINES[1:])


def test_columns_may_stand_in_any_order() -> None:
    turned = [tuple(reversed(line)) for line in LINES]
    assert told(read_rows(as_csv(turned), ".csv", {})) == expected(LINES[1:])


def test_a_heading_that_is_not_there_is_refused() -> None:
    with pytest.raises(UnreadableError, match='There is no heading "No such", which --column gives for logic'):
        read_rows(as_csv(LINES), ".csv", {"logic": "No such"})


def test_a_column_can_be_named() -> None:
    lines = [("Key", "Kind", "Rule text", "Message", "More"), *LINES[1:]]
    chosen = {"id": "Key", "type": "Kind", "logic": "rule text", "notes": "More"}
    assert told(read_rows(as_csv(lines), ".csv", chosen)) == expected(LINES[1:])


UNCLEAR = {
    "no id": (
        [("Key", "Message"), ("1", "a")],
        'No column was recognized as id; the headings are "Key", "Message". Say which: --column id="..."',
    ),
    "no message": (
        [("Rule #", "Rule text"), ("1", "a")],
        'No column was recognized as message or logic; the headings are "Rule #", "Rule text". '
        'Say which: --column message="..."',
    ),
    "two": (
        [("Rule #", "Message", "Rule Message"), ("1", "a", "b")],
        '"Message" and "Rule Message" could both be the message; say which: --column message="Message".',
    ),
}


@pytest.mark.parametrize("case", UNCLEAR)
def test_headings_that_are_not_clear_are_told(case: str) -> None:
    lines, said = UNCLEAR[case]
    with pytest.raises(UnreadableError, match=f"^{re.escape(said)}$"):
        read_rows(as_csv(lines), ".csv", {})


def test_each_table_of_a_page_is_a_domain() -> None:
    page = b"<h2>First part</h2>" + as_html(LINES[:2]) + b"<h2>Second part</h2>" + as_html([HEADINGS, LINES[2]])
    assert [(row.id, row.domain) for row in read_rows(page, ".html", {}).rows] == [
        ("Attendance - 1", "First part"),
        ("Attendance - 2", "Second part"),
    ]


def test_tables_may_follow_each_other_in_a_sheet() -> None:
    lines = [("First part",), *LINES[:2], (), ("Second part",), HEADINGS, *LINES[2:]]
    assert [row.domain for row in read_rows(as_csv(lines), ".csv", {}).rows] == ["First part", *["Second part"] * 2]


def test_cells_of_a_page_may_span_and_hold_markup() -> None:
    page = """<table><caption>Part &amp; more</caption><thead><tr><th>Category<th>Rule #<th>Message</tr></thead>
    <tr><td rowspan=2>North<td>A-1<td><p>One</p><p>two<br>three</p><!-- not this --><script>nor("<td>")</script>
    <tr><td>A-2<td><b>fo</b>ur &lt; 5 &#8217;s</tr></table>"""
    found = read_rows(page.encode(), ".html", {}).rows
    assert [(row.id, row.domain, row.cells["message"]) for row in found] == [
        ("A-1", "North", "One two three"),
        ("A-2", "North", "four < 5 ’s"),
    ]


def test_an_id_that_stands_twice_is_told() -> None:
    found = read_rows(as_csv([*LINES, LINES[1]]), ".csv", {})
    assert len(found.rows) == 3
    assert found.unclear == ["Attendance - 1 stands in line 2 and again in line 5; the second was left out."]


def test_gaps_of_the_numbering_are_known() -> None:
    assert read_rows(as_csv(LINES), ".csv", {}).gaps() == {"Attendance": [3]}


# -- encodings and hostile files


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding: str) -> None:
    content = as_csv(LINES).decode().encode(encoding)
    assert told(read_rows(content, ".csv", {})) == expected(LINES[1:])


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def with_entities() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(as_xlsx(LINES))) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name.endswith("sheet1.xml"):
                text = text.replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "ha">]><worksheet', 1)
            new.writestr(name, text)
    return out.getvalue()


HOSTILE = {
    "zip bomb": (
        lambda: zipped(**{"xl/worksheets/sheet1.xml": b"0" * 301_000_000}),
        "The workbook unpacks to 301,000,",
    ),
    "no workbook": (lambda: zipped(a=b"b"), "The workbook cannot be read"),
    "broken zip": (lambda: b"PK\x03\x04" + b"x" * 100, "The file is no workbook, or a damaged one."),
    "entities": (with_entities, "xl/worksheets/sheet1.xml in the workbook declares a document type"),
    "NUL": (lambda: b"a,b\nc\0d,e\n", "The file holds the control character 0 in line 2; it is no text."),
    "UTF-16 without a mark": (lambda: "Rule #,Message\n".encode("utf-16-le"), "The file holds the control character 0"),
    "half a UTF-16": (lambda: b"\xff\xfea\0b", "The file begins as utf-16, but is not"),
    "open quotation mark": (lambda: b'Rule #,Message\nA-1,"b\n', "Line 2 is no CSV"),
    "empty": (lambda: b" \n", "The file is empty."),
    "huge cell in a page": (
        lambda: b"<table><tr><td>" + b"x" * 10_000_000 + b"</table>",
        "A cell has more than 32,767 characters",
    ),
    "huge cell in a CSV": (
        lambda: b"Rule #,Message\nA-1," + b"x" * 10_000_000,
        "Line 2 is no CSV (field larger than field limit",
    ),
    "large cell in a CSV": (lambda: b"Rule #,Message\nA-1," + b"x" * 40_000, "A cell in line 2 has more than 32,767"),
    "tables in tables": (lambda: b"<table><tr><td>" * 1000, "Tables stand in tables more than 20 deep"),
    "wide row": (lambda: b"<table><tr>" + b"<td>x" * 1000, "A row has more than 200 cells"),
    "many lines": (lambda: b"a,b\n" * 30_000, "The file has more than 20,000 lines."),
    "prose": (lambda: b"There is no rule here.", "There is no table in the file, and no id with a type behind it"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_refused_with_a_sentence(case: str) -> None:
    content, said = HOSTILE[case]
    suffix = ".csv" if re.search("CSV|NUL|mark|many", case) else ".txt"
    with pytest.raises(UnreadableError, match=f"^{re.escape(said)}"):
        read_rows(content(), suffix, {})


@pytest.mark.parametrize(
    "piece", ["<!--", "<table ", "<a b=c ", '<a b="', "<div>", "<td>", "<", "&#", "</", "<script>", "<a \"'"]
)
def test_a_page_takes_time_that_grows_with_its_length(piece: str) -> None:
    """A parser that looks for ends again and again would take hours."""
    with pytest.raises(UnreadableError):
        read_rows(b"<table><tr><td>x</td></tr></table>" + piece.encode() * 200_000, ".html", {})


@pytest.mark.parametrize(
    "piece",
    ["Attendance - 1 ", "Attendance - 1 Error IF ", "A B C D ", "| ", "Rule # | ", "|\n", "Error/", "THEN Student "],
)
def test_a_text_takes_time_that_grows_with_its_length(piece: str) -> None:
    with pytest.raises(UnreadableError):
        read_rows(piece.encode() * 20_000, ".txt", {})


HEAVY = {
    "one row": "Ab - 1 Error IF x, THEN " + "Abc " * 8_000 + "abc.",
    "many words": "".join(f"Ab - {n} Error IF x, THEN y Student has {n}. A note. " for n in range(1, 1_500)),
    "many bare ids": "Ab - 1 Error IF x\n" + "".join(f"| Ab - {n}Some note. \nA message. " for n in range(2, 1_900)),
}


@pytest.mark.parametrize("case", HEAVY)
def test_a_large_text_is_read_in_seconds(case: str) -> None:
    start = time.process_time()
    assert read_damaged(HEAVY[case]).rows
    assert time.process_time() - start < 10


def test_formulas_are_not_followed() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("Part")
        for number, line in enumerate(LINES[:2]):
            sheet.write_row(number, 0, line)
        sheet.write_formula(1, 3, '=WEBSERVICE("http://example.org")', None, "saved")
    [row] = read_rows(out.getvalue(), ".xlsx", {}).rows
    assert row.cells["message"] == "saved"


def test_what_a_sheet_says_of_its_size_does_not_count() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(as_xlsx(LINES))) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', old.read(name)))
    assert told(read_rows(out.getvalue(), ".xlsx", {})) == expected(LINES[1:])


# -- text that has lost its grid

LOST = """\
Excerpt | ||||
---|---|---|
PartAlpha BetaRule #Rule TypeRule LogicRule MessageNotesAlphaBeta - 1 Error IF a grade is missing, THEN report the \
Grade Student has no grade. Say which grade. It may be KG. \
AlphaBeta - 2 | Warning | IF x, THEN y | Student has no year. | A note. |||
AlphaBeta - 3 | Error | IF y, THEN z | Student has two years. See AlphaBeta - 2 for more. | \
AlphaBeta - 4 Exclusion IF z, THEN exclude | Those who are old. They do not count.Student has no date.
||||
Other partAlphaBeta - 6
Look it up.
| AlphaBeta - 7A note.
Student has no year. | AlphaBeta - 8 | IF w THEN vError
|||
"""


def test_rows_come_out_of_text_without_a_grid() -> None:
    found = read_damaged(LOST)
    assert told(found) == [
        (
            "AlphaBeta - 1",
            {
                "type": "Error",
                "logic": "IF a grade is missing, THEN report the Grade",
                "message": "Student has no grade.",
                "notes": "Say which grade. It may be KG.",
            },
        ),
        (
            "AlphaBeta - 2",
            {"type": "Warning", "logic": "IF x, THEN y", "message": "Student has no year.", "notes": "A note."},
        ),
        (
            "AlphaBeta - 3",
            {
                "type": "Error",
                "logic": "IF y, THEN z",
                "message": "Student has two years. See AlphaBeta - 2 for more.",
            },
        ),
        (
            "AlphaBeta - 4",
            {
                "type": "Exclusion",
                "logic": "IF z, THEN exclude",
                "message": "Student has no date.",
                "notes": "Those who are old. They do not count.",
            },
        ),
        ("AlphaBeta - 6", {"message": "Look it up.", "notes": "A note."}),
        ("AlphaBeta - 7", {"message": "Student has no year."}),
        ("AlphaBeta - 8", {"type": "Error", "logic": "IF w THEN v"}),
    ]
    whole, inferred, damaged = State.WHOLE, State.INFERRED, State.DAMAGED
    assert [row.state for row in found.rows] == [inferred, whole, whole, inferred, damaged, damaged, damaged]
    assert {row.domain for row in found.rows} == {"Alpha Beta"}
    assert [row.place for row in found.rows[:3]] == ["line 3", "line 3", "line 4"]


def test_a_message_between_two_broken_rows_is_given_to_both() -> None:
    table = "A - 1 | Error | m is wrong. | n |\n||\nA - 2n\nm is wrong. | A - 3n\n|||"
    two, three = read_damaged(f"RuleID | Rule Type | RuleMessage | Notes\n{table}").rows[1:]
    assert two.cells == three.cells == {"message": "m is wrong.", "notes": "n"}
    assert two.notes[0] == "The message stands between this row and A - 3; both were given it."


def test_logic_that_breaks_off_is_damaged() -> None:
    lines = [HEADINGS, ("A-1", "Error", "IF a is b,", "m", ""), ("A-2", "Error", "IF (a", "m", "")]
    found = read_rows(as_csv(lines), ".csv", {}).rows
    assert [(row.state, row.notes) for row in found] == [
        (State.DAMAGED, ('The logic breaks off after "a is b,".',)),
        (State.DAMAGED, ('The logic breaks off after "IF (a".',)),
    ]


def test_the_damaged_table_of_a_state_comes_back_whole(shared: Path) -> None:
    """The round trip: what is read is what people read of the same text, row by row and cell by cell."""
    rules = json.loads((shared / "reference/indiana-rules.json").read_text(encoding="utf-8"))
    wanted = {parts_of(rule["id"]): rule for rule in rules if rule.get("id_in_seed", True)}
    found = read_rows((shared / SEED).read_bytes(), ".txt", {})
    got = {parts_of(row.id): row for row in found.rows}
    assert len(found.rows) == 84
    assert got.keys() == wanted.keys()
    for name in CELLS:
        cells = {key: normalised(row.cells.get(name, "")) for key, row in got.items()}
        right = {key: normalised(wanted[key][name] or "") for key in cells}
        assert [key for key in cells if cells[key] != right[key]] == [], name
    damaged = {key for key, row in got.items() if row.state is State.DAMAGED}
    assert damaged == {key for key, rule in wanted.items() if rule["completeness"] == "mangled"}
    assert found.gaps()["SpecialEducation"] == [10, 15]


# -- drafts


@pytest.mark.parametrize(
    ("cell", "severity", "effects"),
    [
        ("Error", ("Error",), ""),
        ("fatal  error", ("Error",), ""),
        ("Exclusion", ("Exclusion",), "not counted"),
        ("Conflict", ("Conflict",), "not counted by any party"),
        ("Informational/Error", ("Informational", "Error"), ""),
        ("Purple", (), ""),
        ("", (), ""),
    ],
)
def test_the_cell_of_the_type(cell: str, severity: tuple[str, ...], effects: str) -> None:
    assert (severities(cell), effect(cell)) == (severity, effects)


ROWS = [Row(line[0], "Attendance", dict(expected([line])[0][1]), "line 1") for line in LINES[1:]]


def drafted(rows: list[Row], **prefixes: str) -> list[dict[str, object]]:
    found = []
    for draft in drafts_of(rows, "the-rules", prefixes, "specs/ohio"):
        sink = Sink()
        document = parse_document(Source(draft.path, draft.text), sink)
        assert document is not None
        assert list(sink) == []
        found.append(plain_tree(document.root))
    return found


def test_a_draft_quotes_its_row_and_leaves_blanks() -> None:
    [draft] = drafts_of(ROWS[2:], "the-rules", {}, "specs/ohio")
    sha256 = row_hash(ROWS[2].id, ROWS[2].cells)
    assert (draft.id, draft.path) == ("AT-4", "attendance/AT-4-it-is-late-no-date.yaml")
    assert draft.text == (
        "# yaml-language-server: $schema=../../../generated/editor/rule.schema.json\n"
        "id: AT-4\n"
        "aliases: [Attendance-4]\n"
        "title: 'It is late (no “date”)'\n"
        "source:\n"
        "  document: the-rules\n"
        "  row: Attendance - 4\n"
        "  status: faithful\n"
        f"  sha256: {sha256}\n"
        "  text:\n"
        "    type: Informational/Error\n"
        "    logic: IF late, THEN error\n"
        "    message: 'It is late (no “date”).'\n"
        "    notes: From May 1 | on.\n"
        "for each: TODO\nwhen: TODO\nrequire: TODO\n"
        "severity:\n  steps:\n  - {until: TODO, is: Informational}\n  - {is: Error}\n"
        "message: 'It is late (no “date”).'\n"
        "fix: TODO\n"
    )


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(*[st.text(max_size=30).map(lambda t: " ".join(t.split()))] * 4), max_size=3))
def test_a_draft_of_any_row_reads_back(cells: list[tuple[str, ...]]) -> None:
    rows = []
    for number, row in enumerate(cells, start=1):
        told = {name: text for name, text in zip(CELLS, row, strict=True) if text}
        rows.append(Row(f"A - {number}", "Part", told, ""))
    for row, tree in zip(rows, drafted(rows, A="AB"), strict=True):
        assert tree["source"]["text"] == dict(row.cells)  # type: ignore[index]


IDS = {
    "initials": ("Membership Enrollment-7", "ME-7"),
    "together": ("PupilEnrollment-07", "PE-7"),
    "one word": ("Graduation - 12", "GR-12"),
    "capitals": ("SE-5", "SE-5"),
    "a letter": ("SE 5a", "SE-5a"),
    "a number alone": ("101", "PA-101"),
    "too long": ("A4711", "PA-1"),
    "two numbers": ("A 1.2", "PA-1"),
    "a word": ("total", "PA-1"),
}


@pytest.mark.parametrize("case", IDS)
def test_ids_follow_from_those_of_the_source(case: str) -> None:
    own, identifier = IDS[case]
    [tree] = drafted([Row(own, "Part", {"message": "m"}, "")])
    assert tree["id"] == identifier


def test_prefixes_can_be_said_and_must_differ() -> None:
    rows = [Row("Special Education-1", "a", {"message": "m"}, ""), Row("State Exam-1", "b", {"message": "m"}, "")]
    said = '"Special Education" and "State Exam" would both be SE; say another: --prefix "State Exam=AB".'
    with pytest.raises(UnreadableError, match=re.escape(said)):
        drafted(rows)
    found = drafts_of(rows, "x", {"StateExam": "SX"}, None)
    assert [draft.id for draft in found] == ["SE-1", "SX-1"]


# -- the command


def source(sample: Sample, lines: list[tuple[str, ...]] = LINES) -> Path:
    path = sample.root / "rules.csv"
    path.write_bytes(as_csv(lines))
    return path


BLANKS = ["`fix`", "`for each`", "`require`", "`when`"]


def test_drafts_check_with_just_their_blanks(sample: Sample, execute: Execute) -> None:
    ran = execute(sample, "transcribe", source(sample), "-o", "specs/ohio", "--publisher", "Ohio")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.splitlines() == [
        "Attendance: 3 rows",
        "Missing from the numbering of Attendance: 3",
        "3 drafts written to specs/ohio. Next: rulewright check specs/ohio",
    ]
    found = [(d.code, d.message.removesuffix(" is still to be written")) for d in sample.check()]
    assert sorted(found) == [("E507", name) for name in sorted([*BLANKS * 3, "`until`", "`collection`"])]


def test_the_other_parts_of_a_draft_are_checked(sample: Sample) -> None:
    sample.with_keys("require: TODO\nwhen: e.exitDate is present\n")
    assert [d.code for d in sample.check()] == ["E301", "E507"]


def test_a_rule_with_a_blank_never_runs(sample: Sample) -> None:
    sample.with_keys("fix: TODO\n")
    assert sample.open().programs["sample"].rules == {}


def test_nothing_that_exists_is_changed(sample: Sample, execute: Execute) -> None:
    execute(sample, "transcribe", source(sample, LINES[:2]), "-o", "specs/ohio")
    [first] = (sample.root / "specs/ohio/attendance").glob("AT-1-*.yaml")
    first.write_text("mine")
    sources = (sample.root / "specs/ohio/_sources.yaml").read_text()
    ran = execute(sample, "transcribe", source(sample), "-o", "specs/ohio")
    assert "AT-1 was left alone: specs/ohio/attendance/AT-1-a-reason-is-required.yaml is already there." in ran.err
    assert "2 drafts written" in ran.err
    assert first.read_text() == "mine"
    assert (sample.root / "specs/ohio/_sources.yaml").read_text() == sources


def test_the_document_joins_the_sources_that_there_are(sample: Sample, execute: Execute) -> None:
    before = sample.read("_sources.yaml")
    ran = execute(sample, "transcribe", source(sample), "-o", "specs/sample/attendance", "--document", "atlas")
    assert "lists the document as `atlas` now." in ran.err
    assert sample.read("_sources.yaml").startswith(before.rstrip())
    assert "E314" not in {d.code for d in sample.check()}


def test_a_file_that_cannot_be_used_is_exit_3(sample: Sample, execute: Execute) -> None:
    path = sample.root / "rules.txt"
    path.write_text("no rules")
    ran = execute(sample, "transcribe", path, "-o", "specs/ohio")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.strip().endswith("There is no table in the file, and no id with a type behind it in its text.")
    assert not (sample.root / "specs/ohio").exists()


def test_options_that_are_wrong_are_exit_2(sample: Sample, execute: Execute) -> None:
    path = source(sample)
    for option, said in (
        (
            ("--column", "logik=x"),
            "There is no column `logik`; the columns are id, type, logic, message, notes, domain.",
        ),
        (("--prefix", "x"), "`x` is not of the form --prefix name=value."),
        (
            ("--prefix", "Attendance=a"),
            'No prefix for ids follows from "Attendance"; say one: --prefix "Attendance=AB".',
        ),
    ):
        ran = execute(sample, "transcribe", path, "-o", "specs/ohio", *option)
        assert (ran.code, ran.err.splitlines()[-1]) == (2, said)
