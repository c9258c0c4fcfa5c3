"""Publications in the catalogue: what a page says in each edition, that it is escaped, and what the terminal shows."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from openpyxl import load_workbook

from compiler.catalogue.markdown import index, pages
from compiler.catalogue.model import Book, PublicationPage
from compiler.catalogue.site import entries_of, site
from compiler.catalogue.workbook import workbook
from compiler.driver import books_of
from tests.published import put_publications
from tests.support import Execute, Sample, own_project
from tests.test_catalogue import Reader

PAGE = "sample/publications/SY-SSA.html"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return put_publications(tmp_path_factory.mktemp("published"))


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


def page_of(book: Book, name: str = "SY-SSA") -> PublicationPage:
    return next(page for page in book.publications if page.id == name)


def rows_of(page: PublicationPage, title: str) -> list[list[str]]:
    return next(listing.shown_rows for listing in page.listings if listing.title == title)


# -- what a page says


def test_sections_stand_in_the_order_of_the_articles(files: dict[str, str]) -> None:
    text = files[PAGE]
    order = [
        "Which records are sent", "Which of several is sent", "Object triggering", "Resource toggle", "Resync",
        "Natural key changes", "Cascading deletes", "Scope year", "Resource preferences", "Identity mapping",
        "Whose a record is", "Event queue", "Left to the resync", "Parameters", "Object data elements",
        "Types and descriptors", "What it reads", "Definitions", "Decisions", "Examples", "Source", "For engineers",
    ]  # fmt: skip
    places = [text.index(f"{title}</h2>") for title in order]
    assert places == sorted(places)


SAID = {
    "Object triggering": [
        ["Post", "a row of enrollment is added", "an enrollment was saved", "SY-T5"],
        ["Put", "startStatus or serviceType of enrollment is changed", "a status was changed", "SY-T6"],
        ["Delete", "edFiID of person is changed or deleted", "the id went", ""],
    ],
    "Resync": [
        ["is in the identity map and is not in the ODS",
         "It is taken out of the identity map; then the next row that fits decides", "SY-R3"],
        ["is to be sent, is not in the identity map and is in the ODS",
         "It is taken into the identity map; then the next row that fits decides", ""],
        ["is to be sent and is not in the ODS", "Post", ""],
        ["is to be sent, is in the ODS and differs from the ODS", "Put", ""],
        ["is not to be sent, is not left as it is and is in the ODS", "Delete", ""],
        ["is none of these", "Nothing", ""],
    ],
    "Natural key changes": [
        ["entryDate", "enrollment.startDate", "Delete, then Post", "", "SY-K1"],
        ["schoolReference.schoolId", "calendar.schoolID", "What was sent stays under the old key",
         "A tool removes them.", ""],
        ["studentReference.studentUniqueId", "person.edFiID", "Delete, then Post", "", ""],
    ],
    "Cascading deletes": [
        ["grades", "Of the student at the same school", ""],
        ["graduationPlans", "None: they are shared, and stay", "They are shared."],
    ],
    "Resource preferences": [
        ["entry type", "Entry type from start status", "the enrollment's start status", "EntryCodes",
         "The element is left out", "Enrollments > Start Status", "SY-P1"],
    ],
    "Event queue": [
        ["enrollment", "Post, Put, Delete", "all (the primary table)", "", "SY-Q1"],
        ["person", "Post, Delete", "edFiID", "", ""],
        ["calendar", "Put", "schoolID", "The source forgets it.", ""],
    ],
    "Parameters": [["$least", "whole", "10", "The least share.", "SY-A1"]],
    "Identity mapping": [["Enrollment", "the enrollment's ID"]],
}  # fmt: skip


@pytest.mark.parametrize("title", SAID)
def test_a_section_says_what_the_spec_says(book: Book, title: str) -> None:
    assert rows_of(page_of(book), title) == SAID[title]


def test_the_population_says_why_and_what_becomes_of_it(book: Book) -> None:
    page = page_of(book)
    assert [(c.reason, c.words.text if c.words else "", c.ids) for c in page.include] == [
        ("the person has no id", "The enrollment has a pupil.", ("SY-T1",))
    ]
    assert [(c.reason, c.effect, c.notes) for c in page.exclude] == [
        ("the calendar is left out", "what was sent stays", "The box of the calendar."),
        ("the student is hardly there", "what was sent is deleted", ""),
    ]


def test_elements_say_what_they_hold(book: Book) -> None:
    elements = {element.name: element for element in page_of(book).elements}
    assert elements["id"].state == "Assigned by the API; never sent."
    assert elements["never"].state == "Never sent."
    assert elements["nowhere"].state == "The schemas of the API have no property for it; never sent."
    assert (elements["nowhere"].need, elements["nowhere"].path) == ("C", "")
    assert elements["entryDate"].remarks == ("When it is missing, the record is not sent.",)
    assert (elements["entryDate"].gui, elements["entryDate"].database) == (
        "Enrollments > Start Date",
        "enrollment.startDate",
    )
    assert "A value that is longer or larger than the API allows is sent with a warning." in (
        elements["schoolReference"].remarks
    )
    [held] = elements["entry type"].held
    assert held.words is not None
    assert held.words.text == 'The code that the mapping "Entry type from start status" gives.'
    assert elements["entry type"].codes is not None
    assert elements["share"].remarks[-1] == (
        "When the enrollment's percent enrolled is more than 100, it is sent with a warning: That is more than all."
    )
    assert elements["plans"].remarks[0] == (
        "Of items with the same alternativeGraduationPlanReference.graduationSchoolYear the first is sent."
    )
    assert [page_of(book).decisions[place - 1].chosen for place in elements["grade"].questions] == ["The ninth."]


def test_what_always_has_a_value_is_not_said_to_be_missing(book: Book) -> None:
    elements = {element.name: element for element in page_of(book).elements}
    assert elements["grade"].remarks == ()


def test_blocks_of_another_publication_are_told_as_its_own(book: Book, files: dict[str, str]) -> None:
    page = page_of(book, "SY-SSA-B")
    assert rows_of(page, "Resync") == SAID["Resync"]
    assert next(listing.intro[0] for listing in page.listings if listing.title == "Resync") == "As of SY-SSA."
    assert next(listing.intro for listing in page.listings if listing.title == "Object triggering") == (
        "A change of what is sent for which no reason is named waits for a resync.",
    )
    assert [candidates.title for candidates in page.candidates] == ["Second", "Third"]
    assert [held.part for held in page.candidates[1].defines] == ["kind"]
    assert [condition.reason for condition in page.candidates[1].include] == ["it goes on"]
    assert "As of SY-SSA.</p>" in files["sample/publications/SY-SSA-B.html"]


def test_ids_are_each_named_once_in_the_order_of_the_file(book: Book) -> None:
    ids = page_of(book).ids
    assert ids[:4] == ("SY-I1", "SY-A1", "SY-T1", "SY-T2")
    assert len(ids) == len(set(ids))


# -- the editions


def test_what_authors_write_is_escaped(files: dict[str, str], written: dict[str, str]) -> None:
    assert "What is &lt;said&gt; of all." in files[PAGE]
    assert "Which grade &lt;is&gt; meant?" in files[PAGE]
    assert "<said>" not in files[PAGE]
    assert "What is \\<said\\> of all." in written["catalogue/sample/SY-SSA.md"]


def test_every_page_is_sound_and_every_anchor_there(files: dict[str, str]) -> None:
    for path, text in files.items():
        if path.endswith(".html"):
            page = Reader(text)
            assert len(page.ids) == len(set(page.ids)), path
            anchors = {address[1:] for address in page.addresses if address.startswith("#")}
            assert anchors - set(page.ids) == set(), path


def test_a_state_of_publications_alone_has_no_pages_without_content(files: dict[str, str]) -> None:
    assert "sample/publications/index.html" in files
    assert not [path for path in files if path.startswith("sample/collections")]
    assert "collections/index.html" not in files[PAGE]
    assert "Catalogue of publications" in files["index.html"]
    assert "2 publications, 1 table" in files["index.html"]
    assert "SY-SSA" in files["sample/index.html"]


def test_the_search_finds_a_publication_by_the_ids_of_its_source(book: Book) -> None:
    entry = next(entry for entry in entries_of(book) if entry.name == "SY-SSA")
    assert {"SY-SSA", "SY-T6", "SY-K1"} <= set(entry.names)
    assert entry.filters["kind"] == ("publication",)
    assert {"startstatus", "extended", "entrydate"} - set(entry.text.split()) == {"extended"}


def test_who_reads_a_column_is_told_at_its_table(book: Book) -> None:
    [enrollment] = [resource for resource in book.resources if resource.name == "enrollment"]
    read = {read.path: [link.words for link in read.readers] for read in enrollment.reads}
    assert read["startStatus"] == ["SY-SSA"]
    assert read["startDate"] == ["SY-SSA", "SY-SSA-B"]
    pupil = next(links for named, links, _ in book.definitions if named.link.words == "enrollment.pupil")
    assert [link.words for link in pupil] == ["SY-SSA"]
    assert [link.words for link in book.documents[0].publications] == ["SY-SSA", "SY-SSA-B"]


def test_the_decisions_of_publications_are_listed(book: Book, files: dict[str, str]) -> None:
    assert [(q.about.words, q.decision.chosen) for q in book.questions()] == [("SY-SSA", "The ninth.")]
    assert "publications/SY-SSA.html" in files["sample/decisions.html"]


def test_markdown_says_the_same(book: Book, written: dict[str, str]) -> None:
    text = written["catalogue/sample/SY-SSA.md"]
    for title, rows in SAID.items():
        assert f"## {title}\n" in text
        assert all(row[0].replace("$", "\\$") in text for row in rows)
    assert "[SY-SSA](SY-SSA.md)" in written["catalogue/sample/index.md"]
    assert "| [sample](sample/index.md) | 0 | 2 | 0 | 1 |" in index([book]).text.replace("System", "sample")


def test_a_workbook_has_elements_and_what_is_sent_when(book: Book) -> None:
    sheets = load_workbook(io.BytesIO(workbook([book])), read_only=True)
    elements = list(sheets["Elements"].values)
    assert elements[0][:4] == ("state", "publication", "element", "need")
    assert [row[2] for row in elements if row[1] == "SY-SSA"] == [e.name for e in page_of(book).elements]
    assert ("System", "SY-SSA", "Object triggering", "Action: Post; When: a row of enrollment is added; "
            "Reason: an enrollment was saved", None, "SY-T5") in list(sheets["Sending"].values)  # fmt: skip


def test_a_publication_with_errors_has_its_page_all_the_same(sample: Sample, tmp_path: Path) -> None:
    broken = put_publications(tmp_path)
    broken.replace("value: e.startDate\n  if missing: block\n  gui", "value: e.startDay\n  if missing: block\n  gui",
                   "publications/SY-SSA-where.yaml")  # fmt: skip
    [book] = books_of(broken.open())
    page = page_of(book)
    held = {element.name: element.held for element in page.elements}
    assert [(h.words, h.code) for h in held["entryDate"]] == [(None, "e.startDay")]
    assert rows_of(page, "Resync") == SAID["Resync"]
    assert "e.startDay" in site([book])[PAGE]


def test_publications_of_this_repository_have_words_for_everything() -> None:
    pages_ = [page for book in books_of(own_project()) for page in book.publications]
    assert len(pages_) >= 3
    for page in pages_:
        assert all(held.words is not None for element in page.elements for held in element.held), page.id
        assert all(condition.words is not None for condition in (*page.include, *page.exclude)), page.id
        assert page.uses, page.id


# -- the terminal


def test_explain_shows_a_publication(sample: Sample, execute: Execute) -> None:
    ran = execute(sample, "explain", "sy-ssa")
    assert ran.code == 0
    assert ran.out.startswith("# SY-SSA: Where students are enrolled\n")
    assert "## Object triggering" in ran.out
    ran = execute(sample, "explain", "SY-SSAB")
    assert "Did you mean `SY-SSA-B`?" in ran.err


STAGES = {
    "document": "id:  @2:1",
    "ast": "  reason: an enrollment was saved",
    "checked": "Get(name='startDate') : date",
    "ir": "sources: Source",
    "python": '"""',
}


@pytest.mark.parametrize("stage", STAGES)
def test_show_has_every_stage_of_a_publication(sample: Sample, execute: Execute, stage: str) -> None:
    ran = execute(sample, "show", "--stage", stage, "SY-SSA")
    assert ran.code == 0
    assert STAGES[stage] in ran.out


def test_there_is_no_sql_of_a_publication(sample: Sample, execute: Execute) -> None:
    ran = execute(sample, "show", "--stage", "sql", "SY-SSA")
    assert (ran.code, ran.out) == (2, "")
    assert "SY-SSA is a publication, which has no SQL." in ran.err
