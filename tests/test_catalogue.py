"""The catalogue: what its pages say, that every link leads somewhere, and that its addresses never change."""

from __future__ import annotations

import io
import posixpath
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from openpyxl import load_workbook

from compiler.catalogue.contents import book_of
from compiler.catalogue.markdown import pages, rule_page
from compiler.catalogue.model import Book, RulePage
from compiler.catalogue.site import FILTERS, WORKBOOK, Entry, entries_of, folded, site
from compiler.catalogue.workbook import workbook
from compiler.driver import PUBLISHED, books_of, open_project, publish
from compiler.web.pages import assets
from tests.support import ROOT, Execute, Sample, own_project

VOID = {"meta", "link", "input", "br", "img", "hr"}


class Reader(HTMLParser):
    """The addresses and ids of a page; elements that are not closed are a fault."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.ids: list[str] = []
        self.headings: list[int] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.addresses += [value for name in ("href", "src") if (value := named.get(name)) is not None]
        self.ids += [value for value in [named.get("id")] if value]
        self.headings += [int(tag[1])] if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit() else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1:] == [tag]
        self.open.pop()


@pytest.fixture(scope="module")
def books() -> list[Book]:
    return books_of(own_project(), with_code=True)


@pytest.fixture(scope="module")
def book(books: list[Book]) -> Book:
    return next(book for book in books if book.state == "indiana")


@pytest.fixture(scope="module")
def files(books: list[Book]) -> dict[str, str]:
    return site(books)


@pytest.fixture(scope="module")
def read(files: dict[str, str]) -> dict[str, Reader]:
    return {path: Reader(text) for path, text in files.items() if path.endswith(".html")}


def rule(book: Book, key: str) -> RulePage:
    return next(page for page in book.rules if page.key == key)


# -- the pages as a whole


def test_every_link_leads_somewhere(read: dict[str, Reader], files: dict[str, str]) -> None:
    lost = []
    for path, page in read.items():
        for address in page.addresses:
            if address == "data:,":
                continue
            assert "://" not in address, (path, address)
            target, _, anchor = address.partition("#")
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), target)) if target else path
            known = target in files or target == WORKBOOK
            if not known or (anchor and anchor not in read[target].ids):
                lost.append((path, address))
    assert lost == []


def test_pages_have_one_title_no_gap_in_headings_and_no_id_twice(read: dict[str, Reader]) -> None:
    for path, page in read.items():
        assert page.headings.count(1) == 1, path
        assert all(later - earlier <= 1 for earlier, later in zip(page.headings, page.headings[1:], strict=False)), path
        assert len(page.ids) == len(set(page.ids)), path


def test_addresses_never_change(files: dict[str, str], golden: Callable[[str, str], None]) -> None:
    """Lines are added when specs are; a line that goes is a link that breaks in somebody's mail."""
    golden("catalogue-addresses.txt", "".join(f"{path}\n" for path in sorted(files) if path.endswith(".html")))


def test_the_site_is_the_same_every_time(files: dict[str, str]) -> None:
    assert site(books_of(open_project(ROOT), with_code=True)) == files


def test_scripts_stay_small() -> None:
    scripts = [path.name for path in (ROOT / "compiler/web/assets").glob("*.js")]
    assert sum(len(text.encode()) for text in assets(*scripts).values()) < 20_000


def test_no_page_asks_the_network_or_pastes_styles(files: dict[str, str]) -> None:
    for path, text in files.items():
        if path.endswith(".html"):
            assert "<script>" not in text, path
            assert " style=" not in text, path
            assert "default-src 'none'" in text, path


# -- what they say


def test_every_spec_is_in_the_index(book: Book) -> None:
    entries = {entry.name: entry for entry in entries_of(book)}
    specs = [path for path in (ROOT / "specs/indiana").rglob("*.yaml") if not path.name.startswith("_")]
    others = {"table": "tables", "guide": "guides"}
    numbers = {kind: len([path for path in specs if path.parent.name == name]) for kind, name in others.items()}
    numbers["rule"] = len(specs) - sum(numbers.values())
    for kind, number in numbers.items():
        assert len([entry for entry in entries.values() if entry.filters["kind"] == (kind,)]) == number
    assert entries["SE-5"].filters == {
        "state": ("Indiana",),
        "kind": ("rule",),
        "domain": ("Special Education",),
        "collection": ("Special Education",),
        "severity": ("Error",),
        "effect": ("none",),
        "resource": ("student", "studentSpecialEducationProgramAssociation"),
        "status": ("active",),
        "source": ("faithful",),
        "changed": ("2026-11-22",),
    }
    assert set(FILTERS) == set(entries["SE-5"].filters)


def words_of(entry: Entry) -> set[str]:
    return set(entry.text.split())


@pytest.mark.parametrize("words", ["specialeducation-5", "delay", "birthdate", "8", "correct"])
def test_the_search_looks_through_ids_message_row_fix_and_fields(book: Book, words: str) -> None:
    entry = next(entry for entry in entries_of(book) if entry.name == "SE-5")
    assert words in words_of(entry)


@pytest.mark.parametrize(
    ("written", "kept"),
    [("“Exit” Date – (NULL)", "exit date null"), ("Pre\u0301paratoire", "preparatoire"), ("$countDate", "$countdate"),
     ("a\n b\t", "a b"), ("50%", "50%"), ("…", "..."), ("", "")],
)  # fmt: skip
def test_texts_are_folded_for_the_search(written: str, kept: str) -> None:
    assert folded(written) == kept


def test_a_rule_page_says_what_the_spec_says(book: Book, files: dict[str, str]) -> None:
    page, text = rule(book, "SE-5"), files["indiana/rules/SE-5.html"]
    for said in (
        page.title,
        page.fix,
        page.message,
        "SpecialEducation-5",
        page.decisions[0].question,
        page.source.sha256,
    ):
        assert said in text
    order = [
        "In plain words", "Who it applies to", "What must be true", "Examples", "Fields", "How to fix it",
        "Message that districts see", "Source row", "Decisions", "Related rules", "History", "For engineers",
    ]  # fmt: skip
    places = [text.index(f"{title}</h2>") for title in order]
    assert places == sorted(places)


def test_rules_and_resources_agree_on_what_is_read(book: Book) -> None:
    by_rule = {(page.key, use.resource.words, use.path) for page in book.rules if not page.repeats for use in page.uses}
    by_resource = {
        (link.words, resource.name, read.path)
        for resource in book.resources
        for read in resource.reads
        for link in read.readers
    }
    assert by_rule <= by_resource
    assert {key for key, _, _ in by_rule} == {page.key for page in book.rules if not page.repeats}


def test_the_source_says_what_has_no_rules(book: Book) -> None:
    document = book.documents[0]
    without = [domain.title for domain in document.domains if domain.why]
    assert len(without) == 11
    assert "Alternative Education" in without
    assert sum(domain.rules for domain in document.domains) == book.rule_count == 86
    assert "High Ability" in document.remarks[0]


def test_examples_are_shown_with_their_traces(book: Book) -> None:
    for page in book.rules:
        outcomes = {example.outcome for example in page.examples}
        shown = {example.outcome: example for example in page.shown}
        assert set(shown) == outcomes - {"not applicable"} if not page.repeats else shown == {}
        for outcome, answer in (("violation", "no"), ("pass", "yes")):
            step = shown[outcome].require if outcome in shown else None
            if step is not None and page.asks == "must be true":
                assert step.state == answer, (page.key, outcome)


# -- a project of all kinds


HISTORY = """
history:
- {on: 2025-08-01, change: The exit day itself is allowed., why: A memorandum says so., by: The data office}
- {on: 2026-02-03, change: The message is shorter.}
decision:
- question: Which day counts?
  chosen: The first.
  alternatives: [The second]
  answered: The first (letter of 2026-01-05).
- {question: And of whom?, chosen: Of all.}
"""


def test_history_and_answers_are_shown(sample: Sample) -> None:
    sample.with_keys(HISTORY)
    assert sample.check() == []
    book = books_of(sample.open())[0]
    page = rule(book, "EN-1")
    assert page.changed == "2026-02-03"
    assert [change.on for change in page.history] == ["2025-08-01", "2026-02-03"]
    text = rule_page(page)
    assert "| 2025-08-01 | The exit day itself is allowed. | A memorandum says so. | The data office |" in text
    assert "- answered: The first (letter of 2026-01-05)." in text
    made = {artifact.path: artifact.text for artifact in pages(book)}
    assert "Answered by the publisher: 1." in made["catalogue/sample/decisions.md"]


def test_a_day_of_the_history_that_is_none(sample: Sample) -> None:
    sample.with_keys("history:\n- {on: yesterday, change: Something.}\n")
    assert [diagnostic.code for diagnostic in sample.check()] == ["E117"]


def test_several_states_share_the_index(sample: Sample) -> None:
    books = books_of(sample.open()) + books_of(own_project())
    made = site(books)
    assert "sample/rules/EN-1.html" in made
    assert "indiana/rules/SE-5.html" in made
    assert '<option value="Indiana">' in made["index.html"]
    links = Reader(made["index.html"]).addresses
    assert {"sample/index.html", "indiana/index.html", "sample/rules/EN-1.html"} <= set(links)


def test_a_rule_with_errors_has_its_page_all_the_same(sample: Sample) -> None:
    program = sample.replace("is on or after e.entryDate", "is on or after e.entryDat").open().programs["sample"]
    book = book_of(program, {})
    assert rule(book, "EN-1").shown == ()
    assert "sample/rules/EN-1.html" in site([book])


# -- publishing


def test_publishing_removes_what_is_no_more_and_nothing_else(tmp_path: Path) -> None:
    publish(tmp_path, {"a.html": "a", "b/c.html": "c"})
    (tmp_path / "own.html").write_text("mine", encoding="utf-8")
    publish(tmp_path, {"a.html": "new"})
    left = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert left == ["a.html", PUBLISHED, "own.html"]
    assert (tmp_path / "a.html").read_text(encoding="utf-8") == "new"


def test_a_list_of_published_files_cannot_lead_out_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "precious").write_text("x", encoding="utf-8")
    (tmp_path / "out" / PUBLISHED).write_text('{"files": ["../precious", "/etc/hostname"]}', encoding="utf-8")
    publish(tmp_path / "out", {})
    assert (tmp_path / "precious").exists()


@pytest.mark.parametrize(
    ("form", "first"), [("html", "index.html"), ("markdown", "index.md"), ("markdown", "sample/EN-1.md")]
)
def test_the_command_writes_an_edition(sample: Sample, execute: Execute, form: str, first: str) -> None:
    ran = execute(sample, "catalogue", "--format", form, "-o", "out")
    assert (ran.code, ran.out) == (0, "")
    assert "files written to out. Open out/index." in ran.err
    assert (sample.root / "out" / first).is_file()


def test_the_command_refuses_specs_with_errors(sample: Sample, execute: Execute) -> None:
    sample.replace("is on or after e.entryDate", "is on or after e.entryDat")
    ran = execute(sample, "catalogue", "-o", "out")
    assert ran.code == 2
    assert "E301" in ran.out
    assert not (sample.root / "out").exists()


# -- the workbook


def test_the_workbook_holds_the_same_as_text(book: Book, tmp_path: Path) -> None:
    made = workbook([book])
    assert made == workbook([book])
    opened = load_workbook(io.BytesIO(made))
    sheets = {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in opened}
    assert [row[1] for row in sheets["Rules"][1:]] == [page.key for page in book.rules]
    assert len(sheets["Examples"]) == 1 + sum(len(page.examples) for page in book.rules)
    assert len(sheets["Decisions"]) == 1 + len(book.questions())
    assert ["Indiana", "AdmCodes", "ADM types", "10", "label: Choice Scholarship"] in sheets["Tables"]
    assert {cell.data_type for sheet in opened for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert all(
        cell.value is None for sheet in opened for row in sheet.iter_rows() for cell in row if cell.data_type == "n"
    )


def test_a_formula_in_a_spec_stays_text(sample: Sample) -> None:
    formula = "=cmd|' /C calc'!A0"
    sample.with_keys(f'title: "{formula}"\nfix: "{formula}"\n')
    opened = load_workbook(io.BytesIO(workbook(books_of(sample.open()))))
    cells = [cell for cell in opened["Rules"][2] if cell.value == formula]
    assert [cell.data_type for cell in cells] == ["s", "s"]


# -- whose folder it is


def test_a_catalogue_has_a_folder_of_its_own(sample: Sample, execute: Execute) -> None:
    (sample.root / "own").mkdir()
    (sample.root / "own" / "index.html").write_text("mine", encoding="utf-8")
    (sample.root / "file").write_text("mine", encoding="utf-8")
    for arguments, said in (
        (("-o", "own"), "own holds files that are not of a catalogue; name a folder that is empty or not there yet."),
        (("-o", "file"), "file is a file; `-o` takes a folder here."),
        (("--format", "xlsx", "-o", "own"), "own is a folder; name a file, as own/catalogue.xlsx."),
    ):
        ran = execute(sample, "catalogue", *arguments)
        assert (ran.code, ran.out, ran.err) == (2, "", f"{said}\n")
    assert (sample.root / "own" / "index.html").read_text(encoding="utf-8") == "mine"


def test_results_and_a_catalogue_never_share_a_folder(sample: Sample, execute: Execute) -> None:
    run = ("run", "--data", "data", "--school-year", "2025", "--as-of", "2025-06-01", "--fail-on", "never")
    assert execute(sample, "catalogue", "-o", "site").code == 0
    for form in ("html", "xlsx", "csv"):
        ran = execute(sample, *run, "--format", form, "-o", "site")
        assert (ran.code, ran.err) == (
            2,
            "site holds what `rulewright catalogue` wrote; name another folder for results.\n",
        )
    assert execute(sample, *run, "--format", "html", "-o", "results").code == 0
    ran = execute(sample, "catalogue", "-o", "results")
    assert (ran.code, ran.err.split(";")[0]) == (2, "results holds what `rulewright run` wrote")
    assert execute(sample, "catalogue", "-o", "site").code == 0
