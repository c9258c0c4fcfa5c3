"""Extracts in the catalogue: what a page says in each edition, that it is escaped, and what the terminal shows."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from openpyxl import load_workbook

from compiler.backends.words_extracts import LOST, TOO_LONG, USUAL
from compiler.catalogue.markdown import index, pages
from compiler.catalogue.model import Book, ExtractPage
from compiler.catalogue.site import entries_of, site
from compiler.catalogue.workbook import workbook
from compiler.driver import books_of
from tests.filed import SSA, put_extract
from tests.support import Execute, Sample, own_project
from tests.test_catalogue import Reader

PAGE = "sample/extracts/SY-SSA.html"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return put_extract(tmp_path_factory.mktemp("filed"))


@pytest.fixture(scope="module")
def book(sample: Sample) -> Book:
    [book] = books_of(sample.open(), with_code=True)
    return book


@pytest.fixture(scope="module")
def files(book: Book) -> dict[str, str]:
    return site([book])


@pytest.fixture(scope="module")
def written(book: Book) -> dict[str, str]:
    return {artifact.path: artifact.text for artifact in pages(book)}


def page_of(book: Book) -> ExtractPage:
    [page] = book.extracts
    return page


def rows_of(page: ExtractPage, title: str) -> list[list[str]]:
    return next(listing.shown_rows for listing in page.listings if listing.title == title)


# -- what a page says


def test_sections_stand_in_the_order_of_the_articles(files: dict[str, str]) -> None:
    text = files[PAGE]
    order = [
        "Report logic", "How it is made", "Options", "School year", "Order of rows", "How fields are printed",
        "Zero fill", "Audit", "Warnings", "Checks", "Extension points", "Layout", "Positions", "Calculations",
        "Tables", "What it reads", "Decisions", "Examples", "Source", "For engineers",
    ]  # fmt: skip
    places = [text.index(f"{title}</h2>") for title in order]
    assert places == sorted(places)


SAID = {
    "How it is made": [["1", "Choose the calendars.", "SY-S1"], ["2", "Push the button.", ""]],
    "Options": [
        ["$effective", "Effective Date", "date", "the day of the run", "", "", "The day of the file.", "SY-O1"],
        ["$partial", "Include Partial Enrollment", "yes or no", "no", "", "", "", ""],
        ["$calendars", "Calendar Selection", "whole number, any number of them", "must be chosen", "", "", "", ""],
        ["$kind", "kind", "text: all or some", '"all"',
         'The option "kind" is "all" or the option "Include Partial Enrollment" is yes.',
         "Choose partial enrollments as well.", "", ""],
    ],
    "School year": [["the enrollment's calendar's end year"]],
    "Order of rows": [['the text of field 3, "School Code"'], ["the enrollment's ID"]],
    "How fields are printed": [
        ["numeric", "right", "0", "zeros", "the row is withheld", ""],
        ["alphanumeric", "left", "blanks", "blanks", "the text is cut", ""],
        ["date", "left", "blanks", "zeros", "the row is withheld", "MMDDYYYY"],
    ],
    "Zero fill": [
        ['The enrollment\'s start status is "00".', 'field 3, "School Code"; field 4, "Entry Date"', "SY-Z1"]
    ],
    "Audit": [["ends", "the enrollment's end date", "SY-A1"]],
    "Warnings": [["The enrollment's person has no state ID.", "The student has no state ID.", "SY-W1"],
                 ['"late" is yes.', "The entry is late.", ""]],
    "Checks": [
        ["school of the district",
         'The text of field 3, "School Code" is given or the text of field 6, "Continuous" is "0".', "SY-C1"],
    ],
    "Extension points": [["End statuses", f"EndStatuses: 1 row. {LOST}", "SY-X1"]],
}  # fmt: skip


@pytest.mark.parametrize("title", SAID)
def test_a_section_says_what_the_spec_says(book: Book, title: str) -> None:
    assert rows_of(page_of(book), title) == SAID[title]


def test_the_head_says_what_it_is_for_and_who_may_make_it(book: Book, files: dict[str, str]) -> None:
    page = page_of(book)
    assert page.purpose is not None
    assert page.rights is not None
    assert (page.purpose.text, page.purpose.ids) == ("The file counts <each> enrollment.", ("SY-I2",))
    assert (page.rights.text, page.rights.ids) == ("Read access to extracts.", ("SY-I3",))
    assert "<dt>Tool rights</dt><dd>Read access to extracts." in files[PAGE]
    assert dict(page.facts)["Layouts"] == "2023-2024, 2024-2025"


def test_the_population_says_why(book: Book) -> None:
    page = page_of(book)
    [candidates] = page.candidates
    assert candidates.who is not None
    assert candidates.who.text == "Each enrollment."
    assert [held.part for held in candidates.defines] == ["school", "isLate"]
    assert [(c.reason, c.words.text if c.words else "", c.ids) for c in page.include] == [
        ("the calendar is not chosen",
         'The enrollment\'s calendar ID is one of the option "Calendar Selection".', ("SY-P1",)),
        ("it is a partial enrollment",
         'The enrollment is the primary enrollment or the option "Include Partial Enrollment" is yes.', ("SY-P2",)),
    ]  # fmt: skip
    assert [(c.reason, c.effect, c.notes) for c in page.exclude] == [
        ("the student did not come", "", "The box of the enrollment.")
    ]


def test_fields_say_what_they_print_and_where(book: Book) -> None:
    fields = {field.name: field for field in page_of(book).fields}
    assert [(field.number, field.form, field.places, field.missing) for field in fields.values()] == [
        (1, "numeric, 4 characters", ["1-4"], "nothing: the row is withheld"),
        (2, "numeric, 10 characters", ["5-14"], "zeros"),
        (3, "numeric, 4 characters", ["15-18"], "zeros"),
        (4, "date, 8 characters (MMDDYYYY)", ["19-26"], "zeros"),
        (5, "alphanumeric, 3 characters", ["27-29"], "zeros"),
        (6, "numeric, 1 character", ["30"], "zeros"),
        (7, "numeric, 4 characters (999.9, the point is not printed)",
         ["not in 2023-2024", "31-34 in 2024-2025"], "zeros"),
        (8, "alphanumeric, 2 characters", ["not in 2023-2024", "35-36 in 2024-2025"], ""),
    ]  # fmt: skip
    district, code, grade = fields["District Code"], fields["School Code"], fields["Grade"]
    assert (district.gui, district.database) == ("District Information > State District Number", "district.number")
    [held] = district.held
    assert held.words is not None
    assert held.words.text == "The number of the enrollment's calendar's school's district."
    assert [(held.part, held.words.text if held.words else "") for held in code.held] == [
        ("", "The school."),
        ("school", "The enrollment's calendar's school's number."),
    ]
    assert code.remarks == ("Zeros in the cases of the zero fill.",)
    assert grade.remarks == ("When a text is too long, the row is withheld.",)
    assert [page_of(book).decisions[place - 1].chosen for place in grade.questions] == ["That of the enrollment."]
    assert fields["Continuous"].allowed == ("0", "1")
    assert [named.link.words for named in fields["Continuous"].definitions] == ["enrollment.lasts"]
    assert fields["Constant"].remarks == ("The text stands on the right, filled with blanks.",)


def test_layouts_have_positions_and_what_is_other_than_before(book: Book) -> None:
    older, newer = page_of(book).layouts
    assert (older.years, older.width, older.before, older.changes) == (("2024",), 30, "", ())
    assert (newer.years, newer.width, newer.before, newer.ids) == (("2025",), 36, "2023-2024", ("SY-L1",))
    assert newer.positions[6] == ("7", "Share", "numeric", "4", "31", "34", "999.9 (the point is not written)")
    assert newer.changes == (
        ("Share", "added", "", "31-34"),
        ("Constant", "added", "", "35-36"),
        ("", "characters of a line", "30", "36"),
    )


def test_what_is_usual_is_what_the_checker_takes(tmp_path: Path) -> None:
    """The words for forms that a spec leaves out are those of its fields."""
    bare = put_extract(tmp_path)
    text = bare.read(SSA)
    start, end = text.index("field kinds:"), text.index("fields:\n")
    bare.write(text[:start] + text[end:], SSA)
    project = bare.open()
    [checked] = project.programs["sample"].filed.values()
    for field in checked.fields:
        form = field.written.form
        if form.align is None and form.missing is None and form.picture is None and not field.written.required:
            side, pad, missing, too_long, picture = USUAL[field.written.type]
            shown = "zeros" if field.missing == field.zero else "blanks"
            cuts = form.too_long if form.too_long is not None else too_long
            assert ("left" if field.align_left else "right", field.pad, shown, field.picture) == (
                side, pad, missing, picture,
            )  # fmt: skip
            assert TOO_LONG[cuts] == TOO_LONG["cut" if field.cuts else "error"]
    [page] = [page for book in books_of(project) for page in book.extracts]
    assert rows_of(page, "How fields are printed") == SAID["How fields are printed"]


def test_calculations_are_told_in_words(book: Book) -> None:
    found = {c.named.link.words: c for c in page_of(book).calculations}
    assert {name: c.fields for name, c in found.items()} == {"enrollment.isPrimary": (), "enrollment.lasts": (6,)}
    words = found["enrollment.lasts"].named.words
    assert words is not None
    assert words.text.startswith("This is true when")


def test_lost_lists_are_said_to_be_lost(book: Book, files: dict[str, str], written: dict[str, str]) -> None:
    assert [(t.link.name, t.rows, t.is_lost) for t in page_of(book).tables] == [
        ("EndStatuses", 1, True),
        ("Grades", 2, False),
    ]
    assert f'<span class="badge unknown">unknown</span> {LOST}' in files[PAGE]
    assert f"unknown: {LOST}" in written["catalogue/sample/SY-SSA.md"]
    lost = next(table for table in book.tables if table.name == "EndStatuses")
    assert [link.words for link in lost.readers] == ["SY-SSA"]


def test_ids_are_each_named_once_in_the_order_of_the_file(book: Book) -> None:
    ids = page_of(book).ids
    assert ids[:4] == ("SY-I1", "SY-I2", "SY-I3", "SY-S1")
    assert len(ids) == len(set(ids)) == 14


# -- the editions


def test_what_authors_write_is_escaped(files: dict[str, str], written: dict[str, str]) -> None:
    for text in ("What is &lt;said&gt; of all.", "counts &lt;each&gt; enrollment", "What are &lt;some&gt;?"):
        assert text in files[PAGE]
    assert not [tag for tag in ("<said>", "<each>", "<some>", "<is>") if tag in files[PAGE]]
    assert "What is \\<said\\> of all." in written["catalogue/sample/SY-SSA.md"]


def test_every_page_is_sound_and_every_anchor_there(files: dict[str, str]) -> None:
    for path, text in files.items():
        if path.endswith(".html"):
            page = Reader(text)
            assert len(page.ids) == len(set(page.ids)), path
            anchors = {address[1:] for address in page.addresses if address.startswith("#")}
            assert anchors - set(page.ids) == set(), path


def test_a_state_of_extracts_alone_has_a_catalogue(book: Book, files: dict[str, str], written: dict[str, str]) -> None:
    assert "sample/extracts/index.html" in files
    assert not [path for path in files if path.startswith(("sample/publications", "sample/collections"))]
    assert "Catalogue of extracts" in files["index.html"]
    assert "1 extract, 2 tables" in files["index.html"]
    assert "SY-SSA" in files["sample/index.html"]
    assert "SY-SSA" in files["sample/sources.html"]
    assert "[SY-SSA](SY-SSA.md)" in written["catalogue/sample/index.md"]
    assert written["catalogue/sample/index.md"].startswith("# System: extracts\n")
    assert "Extracts: [SY-SSA](SY-SSA.md)." in written["catalogue/sample/sources.md"]
    assert "| [System](sample/index.md) | 0 | 0 | 1 | 2 |" in index([book]).text


def test_the_search_finds_an_extract_by_fields_and_ids(book: Book) -> None:
    entry = next(entry for entry in entries_of(book) if entry.name == "SY-SSA")
    assert {"SY-SSA", "SY-Z1", "SY-F1"} <= set(entry.names)
    assert entry.filters["kind"] == ("extract",)
    assert {"sasid", "district.number", "partial"} <= set(entry.text.split())


def test_who_reads_a_column_is_told_at_its_table(book: Book) -> None:
    [enrollment] = [resource for resource in book.resources if resource.name == "enrollment"]
    read = {read.path: [link.words for link in read.readers] for read in enrollment.reads}
    assert read["startDate"] == ["SY-SSA"]
    lasts = next(links for named, links, _ in book.definitions if named.link.words == "enrollment.lasts")
    assert [link.words for link in lasts] == ["SY-SSA"]
    assert [link.words for link in book.documents[0].extracts] == ["SY-SSA"]


def test_the_decisions_of_extracts_are_listed(book: Book, files: dict[str, str]) -> None:
    assert [(q.about.words, q.decision.chosen) for q in book.questions()] == [
        ("SY-SSA", "All but a few."),
        ("SY-SSA", "That of the enrollment."),
    ]
    assert "extracts/SY-SSA.html" in files["sample/decisions.html"]


def test_markdown_says_the_same(written: dict[str, str]) -> None:
    text = written["catalogue/sample/SY-SSA.md"]
    for title, rows in SAID.items():
        assert f"## {title}\n" in text
        assert all(row[0].replace("$", "\\$") in text for row in rows)
    assert "| else it is told | what must hold | ids |" in text
    assert "| it is told | when | notes |" in text
    assert "| Share | added |  | 31-34 |" in text


def test_a_workbook_has_layouts_and_options(book: Book) -> None:
    sheets = load_workbook(io.BytesIO(workbook([book])), read_only=True)
    layouts = list(sheets["Layouts"].values)
    assert layouts[0][:5] == ("state", "extract", "layout", "number", "field")
    assert [row[4] for row in layouts if row[2] == "2023-2024"] == [f.name for f in page_of(book).fields[:6]]
    assert (
        "System",
        "SY-SSA",
        "How it is made",
        "Step: 1; What is done: Choose the calendars.",
        None,
        "SY-S1",
    ) in list(sheets["Options and the like"].values)
    assert [row[1:4] for row in sheets["Population"].values][1:] == [
        ("SY-SSA", "must hold", "the calendar is not chosen"),
        ("SY-SSA", "must hold", "it is a partial enrollment"),
        ("SY-SSA", "keeps it out", "the student did not come"),
    ]


def test_an_extract_with_errors_has_its_page_all_the_same(tmp_path: Path) -> None:
    broken = put_extract(tmp_path).replace("value: e.startDate", "value: e.startDay", SSA)
    [book] = books_of(broken.open())
    fields = {field.name: field for field in page_of(book).fields}
    assert [(h.words, h.code) for h in fields["Entry Date"].held] == [(None, "e.startDay")]
    assert fields["Entry Date"].places == []
    assert rows_of(page_of(book), "How it is made") == SAID["How it is made"]
    assert "e.startDay" in site([book])[PAGE]


def test_extracts_of_this_repository_have_words_for_everything() -> None:
    for page in (page for book in books_of(own_project()) for page in book.extracts):
        assert all(held.words is not None for field in page.fields for held in field.held), page.id
        assert all(condition.words is not None for condition in (*page.include, *page.exclude)), page.id
        assert all(field.positions for field in page.fields), page.id
        assert page.uses, page.id


# -- the terminal


def test_explain_shows_an_extract(sample: Sample, execute: Execute) -> None:
    ran = execute(sample, "explain", "sy-ssa")
    assert ran.code == 0
    assert ran.out.startswith("# SY-SSA: School association\n")
    assert "## Zero fill" in ran.out
    assert "Did you mean `SY-SSA`?" in execute(sample, "explain", "SY-SSB").err


STAGES = {
    "document": "id:  @2:1",
    "ast": "kinds, date: FormTree",
    "checked": "Get(name='startDate') : date",
    "ir": "zero_fill: ZeroFill",
    "python": "SY-SSA: School association.",
}


@pytest.mark.parametrize("stage", STAGES)
def test_show_has_every_stage_of_an_extract(sample: Sample, execute: Execute, stage: str) -> None:
    ran = execute(sample, "show", "--stage", stage, "SY-SSA")
    assert ran.code == 0
    assert STAGES[stage] in ran.out
    assert " object at 0x" not in ran.out


def test_there_is_no_sql_of_an_extract(sample: Sample, execute: Execute) -> None:
    ran = execute(sample, "show", "--stage", "sql", "SY-SSA")
    assert (ran.code, ran.out) == (2, "")
    assert "SY-SSA is an extract, which has no SQL." in ran.err
