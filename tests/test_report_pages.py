"""A run as pages: complete, safe to send, inert whatever the data hold, small, the same every time."""

from __future__ import annotations

import json
import posixpath
import re
import shlex
import stat
from collections.abc import Callable, Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from compiler.cli.files import Written
from compiler.engines.folder import open_folder
from compiler.engines.institutions import institution_names
from compiler.reports.comparison import comparison, earlier_run
from compiler.reports.facts import facts_of
from compiler.reports.findings import Row, rows
from compiler.reports.masking import Aliases
from compiler.reports.pages import traces
from compiler.reports.pages.charts import drawn
from compiler.reports.pages.heat import MOST, heat_of
from compiler.reports.pages.paging import ROWS, leaves
from compiler.reports.pages.site import site
from compiler.reports.summary import CountRow, CountTable, Summary, summary_of
from compiler.semantics.program import Program
from compiler.web.pages import visible
from tests.large_runs import large_run
from tests.running import YEAR, enrollment, put, run_folder, school, services, student
from tests.support import ROOT, Execute, Sample

EXAMPLE = ROOT / "examples" / "indiana-district" / "data"
OWN, NEIGHBOUR = "corporations/1099000000/", "corporations/1099500000/"
Files = dict[str, str]


def summed_up(program: Program, folder: Path, *, masked: bool = False, least: int = 0, **given: Any) -> Summary:
    result = run_folder(program, folder, **{"dispositions": True, "traces": 100, **given})
    facts = facts_of(result, title="Indiana", specs="0" * 64, masked=masked, least=least)
    names = institution_names(program, open_folder(folder, program.schemas))
    aliases = Aliases() if masked else None
    found = list(rows(result, list_not_checked=True, aliases=aliases))
    return summary_of(result, found, facts, names=names, aliases=aliases)


def of_2024(program: Program, **given: Any) -> Summary:
    return summed_up(program, EXAMPLE, **{"school_year": 2024, "as_of": date(2024, 4, 15), **given})


def compared(summary: Summary, earlier: list[Row]) -> Summary:
    """A run compared with one that found these rows, which are all among the data."""
    result, facts = summary.result, summary.facts
    every = list(rows(result, list_not_checked=True))
    before = earlier_run("monday", ".jsonl", (json.dumps(row) for row in earlier))
    found = comparison(before, result, every, facts.told(), set, [row["file"] for row in earlier])
    listed = list(rows(result, list_not_checked=True, state=found.state))
    return summary_of(result, listed, facts, names=summary.names, comparison=found)


def compared_example(program: Program) -> Summary:
    """The example, compared with a run that found one thing more, and one less."""
    summary = of_2024(program)
    before = [row for row in summary.rows if row["rule"] != "SE-5"]
    (one,) = (row for row in before if row["rule"] == "ME-3")
    return compared(summary, [*before, {**one, "findingKey": "0" * 20, "detail": "what it was before"}])


@pytest.fixture(scope="module")
def example(indiana: Program) -> Files:
    """The report of the example: two corporations, and a student of a corporation that is not known."""
    return dict(site(of_2024(indiana)))


@pytest.fixture(scope="module")
def large(program: Program) -> Files:
    """A tenth of what a large state finds, at as many corporations."""
    return dict(site(large_run(program, findings=12_000, students=2_000, corporations=500)))


class _Page(HTMLParser):
    """What stands on a page: links, anchors, elements, attributes, text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.names.add(tag)
        self.attributes |= set(given)
        self.links += [given[name] or "" for name in ("href", "src") if name in given]
        self.ids += [given["id"] or ""] if "id" in given else []

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def pages_of(files: Files) -> Iterator[tuple[str, _Page]]:
    return ((path, _Page(text)) for path, text in files.items() if path.endswith(".html"))


def text_of(files: Files, path: str) -> str:
    return _Page(files[path]).text


# -- what is told


def test_the_first_page_tells_the_whole_run(example: Files) -> None:
    told = text_of(example, "index.html")
    assert "12 violations (5 Error, 4 Conflict, 1 Exclusion, 1 Warning, 1 Informational)" in told
    assert "1 of 2 corporations has no open errors" in told
    assert "protected by law (FERPA)" in told
    assert "GR-15 From cohort 2023 a diploma needs a Graduation Pathway 1: follows from GR-9" in told
    assert "ME-6 student.birthDate is missing 1" in told
    assert "student.birthDate missing-required 1" in told
    assert "Read by no rule: session." in told
    assert "For 1 student a rule could not be checked" in told
    assert "Membership (Average Daily Membership): 25 students 2 in conflict 0 not counted 1 blocked 22 counted" in told
    assert "Sample Consolidated Schools (1099000000) 5 10 0" in told


def test_charts_say_what_their_tables_say(example: Files) -> None:
    page = example["index.html"]
    assert '<svg class="bars" role="img"' in page
    assert "Sample Consolidated Schools: 1 in conflict, 1 blocked, 22 counted" in page
    told = text_of(example, "index.html")
    assert "Sample Consolidated Schools (1099000000) 1 0 1 22 24" in told


def test_the_page_of_a_rule_says_what_it_asks_and_where_it_found_something(example: Files) -> None:
    told = text_of(example, "rules/SE-5.html")
    for words in (
        "Developmental Delay ends at age 9", "Severity Error", "1 of 1 that it applied to", "How to fix it",
        "What must be true", "Sample Consolidated Schools (1099000000) 1", "Source row", "cannot be reported",
    ):  # fmt: skip
        assert words in told


def test_a_students_page_tells_everything_of_the_student(example: Files) -> None:
    told = text_of(example, f"{OWN}students/0003.html")
    for words in (
        "Student 900000009", "Graduation blocked GR-2, GR-9, GR-15 Sample High School, grade 12",
        "Employability Skills and Postsecondary-Readiness Competencies are required.", "Fix: Report both",
        "Follows from GR-15, GR-9, which comes first.", "g.student.cohortYear 2024",
        "studentAcademicRecords.jsonl line 1", "g.competency is present no",
    ):  # fmt: skip
        assert words in told
    assert example[f"{OWN}students/0003.html"].count("<details open>") == 3


def test_a_students_page_tells_what_could_not_be_checked(example: Files) -> None:
    (path,) = (p for p in example if p.startswith(f"{OWN}students/") and "Student 900000020" in example[p])
    assert "ME-6" in text_of(example, path)
    assert "student.birthDate is missing" in text_of(example, path)


def test_who_has_nothing_against_them_has_no_page(example: Files) -> None:
    assert sum(1 for path in example if path.startswith(f"{OWN}students/")) == 8
    assert "900000001" not in "".join(text for path, text in example.items() if path.startswith(OWN))


def test_without_a_trace_the_command_is_told_that_shows_it(indiana: Program, execute: Execute) -> None:
    files = dict(site(of_2024(indiana, traces=0)))
    page = files[f"{OWN}students/0003.html"]
    assert "applies when" not in page
    found = re.search(r"rulewright why GR-9 [^<]+", page)
    assert found is not None
    arguments = shlex.split(found[0].replace("DIR", str(EXAMPLE)))[1:]
    ran = execute(ROOT, *arguments)
    assert ran.code == 0
    assert "VIOLATION (Error)" in ran.out


# -- a corporation's part


def test_every_link_leads_somewhere_and_none_leaves_a_corporations_folder(example: Files, large: Files) -> None:
    for files in (example, large):
        ids = {path: set(page.ids) for path, page in pages_of(files)}
        for path, page in pages_of(files):
            part = re.match(r"corporations/[^/]+/", path)
            for link in page.links:
                if link == "data:,":
                    continue
                file, _, anchor = link.partition("#")
                target = posixpath.normpath(posixpath.join(posixpath.dirname(path), file)) if file else path
                assert target in files, (path, link)
                assert not anchor or anchor in ids[target], (path, link)
                assert part is None or target.startswith(part[0]), (path, link)


def test_ids_on_a_page_are_unique(example: Files) -> None:
    for path, page in pages_of(example):
        assert len(page.ids) == len(set(page.ids)), path


def test_a_corporations_folder_holds_no_student_of_others(example: Files, large: Files) -> None:
    whole = "".join(text for path, text in example.items() if path.startswith(NEIGHBOUR))
    assert set(re.findall(r"9000000\d\d", whole)) == {"900000007"}
    assert "Sample Consolidated Schools" in whole  # the other party, by its name alone
    of = {}
    for path, text in large.items():
        if path.startswith("corporations/") and "/students" in path:
            for found in set(re.findall(r"Student (9000\d{5})", text)):
                assert of.setdefault(found, path.split("/")[1]) == path.split("/")[1]


def test_steps_that_could_read_records_of_others_are_left_out(indiana: Program, example: Files) -> None:
    page = text_of(example, f"{OWN}students/0002.html")
    assert "Student 900000007" in page
    assert "in conflict with : what was read for this is left out" in page
    assert "1099500000" not in page.replace("Next Door Township Schools (1099500000)", "")


def test_steps_are_all_shown_where_the_data_are_those_of_one_corporation(program: Program, tmp_path: Path) -> None:
    folder = put(
        tmp_path,
        {
            "students": [student()], "schools": [school()],
            "studentSchoolAssociations": [enrollment(exitWithdrawDate="2024-08-01")],
        },
    )  # fmt: skip
    summary = summed_up(program, folder, scope="district")
    (group,) = summary.groups
    told = traces.Traces(summary).of(group.findings[0])
    assert told is not None
    assert all(part.step is not None for part in told)


# -- masked, small counts


def test_masked_reports_hold_no_id(indiana: Program, tmp_path: Path) -> None:
    summary = of_2024(indiana, masked=True)
    Written(tmp_path).instead(site(summary))
    students = [json.loads(line)["studentUniqueId"] for line in (EXAMPLE / "students.jsonl").read_text().splitlines()]
    assert len(students) == 24
    for path in tmp_path.rglob("*"):
        text = path.read_text() if path.is_file() else ""
        assert not [found for found in students if found in text or found in path.name], path
    whole = "".join(path.read_text() for path in tmp_path.rglob("students/*.html"))
    assert "Student student-" in whole
    assert "applies when" in whole  # the steps are there, without ids
    assert "--student=student-" not in whole


def test_a_masked_report_names_a_command_that_asks_for_the_id(indiana: Program) -> None:
    whole = "".join(text for path, text in site(of_2024(indiana, masked=True, traces=0)) if "/students/" in path)
    assert "--student=ID" in whole
    assert "is the student&#39;s own id" in whole or "is the student's own id" in whole


def test_small_counts_are_hidden_in_tables_and_charts(indiana: Program) -> None:
    files = dict(site(of_2024(indiana, least=10)))
    page = text_of(files, "index.html")
    assert "&lt;10" in files["index.html"]
    assert "<10 is a number from 1 to 9" in page
    assert "Membership (Average Daily Membership): * students <10 in conflict 0 not counted <10 blocked *" in page
    assert "22 counted" not in page


def test_hidden_counts_are_drawn_as_a_part_without_a_number() -> None:
    row = CountRow(1, "A", (0, "<10", 0, 90), 95)
    chart = drawn(CountTable("Students by school", ("a", "b", "c", "d"), ("",) * 4, (row,), row))
    assert [(part.kind, part.start, part.length, part.label) for part in chart.bars[0].segments] == [
        ("d", 0.0, 94.74, "90"),
        ("hidden", 94.74, 5.26, ""),
    ]
    row = CountRow(1, "A", (0, "<10", 0, 90), "*")
    chart = drawn(CountTable("Students by school", ("a", "b", "c", "d"), ("",) * 4, (row,), row))
    assert [(part.kind, part.start, part.length, part.label) for part in chart.bars[0].segments] == [
        ("hidden", 0.0, 100.0, "")
    ]


# -- since an earlier run


def test_what_became_of_earlier_findings_is_told(program: Program, tmp_path: Path) -> None:
    people = [student(), student("100000002"), student("100000003")]
    wrong, right = {"exitWithdrawDate": "2024-08-01"}, {"exitWithdrawDate": "2024-08-20"}

    def data(name: str, *exits: dict[str, str]) -> Path:
        enrolled = [enrollment(p["studentUniqueId"], **left) for p, left in zip(people, exits, strict=True)]
        return put(tmp_path / name, {"students": people, "schools": [school()], "studentSchoolAssociations": enrolled})

    before = run_folder(program, data("before", wrong, wrong, right), rules=("EN-1",))
    now = summed_up(program, data("now", wrong, right, wrong), rules=("EN-1",), dispositions=False)
    files = dict(site(compared(now, list(rows(before, list_not_checked=True)))))
    assert "Compared with monday" in text_of(files, "index.html")
    assert "1 new 1 open 1 fixed 0 cannot tell" in text_of(files, "index.html")
    (earlier,) = (path for path in files if path.endswith("earlier.html"))
    assert "100000002 EN-1 fixed" in text_of(files, earlier)
    (listing,) = (path for path in files if path.endswith("/findings.html"))
    assert "100000001 open" in text_of(files, listing)
    assert "100000003 new" in text_of(files, listing)


# -- whatever the data hold

HOSTILE = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "=cmd|' /C calc'!A0", "a\u202ebdi\u2066x",
    "bell\x07\x1b[31m", "{{ 7 * 7 }}", "\ud800lone", "x" * 50_000,
)  # fmt: skip


@pytest.fixture(scope="module")
def hostile(program: Program, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The report of a district where ids, names and values are hostile."""
    numbers = [text[:200] for text in HOSTILE]
    people = [
        student(number, lastSurname=text, birthDate="2001-01-01", firstName=text)
        for number, text in zip(numbers, HOSTILE, strict=True)
    ]
    records = {
        "students": people,
        "schools": [school(nameOfInstitution=HOSTILE[0] + HOSTILE[3])],
        "localEducationAgencies": [{"localEducationAgencyId": 1, "nameOfInstitution": HOSTILE[1] + HOSTILE[3]}],
        "studentSchoolAssociations": [enrollment(number, exitWithdrawDate="2024-08-01") for number in numbers],
        "studentSpecialEducationProgramAssociations": [services(number) for number in numbers],
    }
    lines = {f"{n}.jsonl": "".join(json.dumps(body) + "\n" for body in bodies) for n, bodies in records.items()}
    return dict(site(summed_up(program, put(tmp_path_factory.mktemp("hostile"), lines))))


def test_texts_of_data_are_never_markup(hostile: Files) -> None:
    told = "".join(page.text for _, page in pages_of(hostile))
    for text in (HOSTILE[0], HOSTILE[1], HOSTILE[2], HOSTILE[5]):
        assert text in told
    for path, page in pages_of(hostile):
        assert page.names.isdisjoint({"script", "img", "iframe", "style", "form"}), path
        assert not [name for name in page.attributes if name.startswith("on") or name == "style"], path


def test_what_nobody_sees_stands_as_its_code(hostile: Files) -> None:
    whole = "".join(hostile.values())
    assert "a[U+202E]bdi[U+2066]x" in whole
    assert "bell[U+0007][U+001B][31m" in whole
    assert re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\ud800-\udfff]", whole) is None


def test_no_text_of_the_data_makes_a_page_large(hostile: Files) -> None:
    assert max(len(text.encode()) for text in hostile.values()) < 100_000
    assert "more characters" in "".join(hostile.values())


@pytest.mark.parametrize(
    ("text", "shown"),
    [("plain é 你好", "plain é 你好"), ("a\tb\nc", "a\tb\nc"), ("no\u00a0break", "no\u00a0break"),
     ("\r\x85\u2028", "[U+000D][U+0085][U+2028]"),
     ("zero\u200bwidth\ufeff", "zero[U+200B]width[U+FEFF]"), ("\U000e0041", "[U+E0041]")],
)  # fmt: skip
def test_invisible_characters_are_shown(text: str, shown: str) -> None:
    assert visible(text) == shown


# -- large runs


def test_no_page_of_a_large_run_is_large(large: Files) -> None:
    path = max(large, key=lambda path: len(large[path]))
    assert len(large[path].encode()) < 500_000, path
    assert sum(1 for path in large if path.endswith("/index.html")) == len(large_groups(large))


def large_groups(files: Files) -> set[str]:
    return {path.split("/")[1] for path in files if path.startswith("corporations/")}


def test_lists_say_on_each_page_which_rows_it_holds(large: Files) -> None:
    folder = "corporations/1000/"
    pages = sorted(
        (path for path in large if re.fullmatch(folder + r"findings(-\d+)?\.html", path)),
        key=lambda path: int((re.findall(r"-(\d+)", path) or ["1"])[0]),
    )
    told = [re.search(r"Rows ([\d,]+) to ([\d,]+) of ([\d,]+)", text_of(large, path)) for path in pages]
    spans = [tuple(int(part.replace(",", "")) for part in found.groups()) for found in told if found is not None]
    assert len(spans) == len(pages) > 1
    for path, (first, last, _) in zip(pages, spans, strict=True):
        assert large[path].count('<tr><th scope="row">') == last - first + 1
    assert [first for first, _, _ in spans] == [1, *(last + 1 for _, last, _ in spans[:-1])]
    assert spans[-1][1] == spans[0][2]
    assert "in all" in text_of(large, "corporations/1100/findings.html")
    assert f"{spans[0][2]:,}" in text_of(large, f"{folder}index.html")


def test_what_the_first_page_leaves_out_is_named_and_found(large: Files) -> None:
    page, count = text_of(large, "index.html"), len(large_groups(large))
    assert count > 400
    assert f"all {count} corporations" in page
    assert f"The first 100 of {count}; all of them" in page
    assert large["corporations.html"].count("corporations/1") == count
    assert large["counts/enrollment.html"].count("../corporations/1") == count


@pytest.mark.parametrize(("count", "pages"), [(0, []), (1, [1]), (ROWS, [ROWS]), (ROWS + 1, [ROWS, 1])])
def test_pages_of_a_list(count: int, pages: list[int]) -> None:
    assert [len(leaf.rows) for leaf in leaves("x", range(count))] == pages


def test_of_a_large_table_the_weightiest_part_is_shown_and_the_rest_named() -> None:
    columns = tuple(range(60))
    table = [CountRow(f"R-{n}", "", tuple(n if column == 59 else 0 for column in columns), n) for n in range(70)]
    total = CountRow(None, "", tuple(0 if column < 59 else 2415 for column in columns), 2415)
    heat = heat_of(CountTable("", columns, ("",) * 60, tuple(table), total))
    assert (len(heat.rows), len(heat.columns)) == (MOST, MOST)
    assert heat.rules_left_out == tuple(f"R-{n}" for n in range(20))
    assert 59 in heat.columns
    assert set(heat.columns) | set(heat.columns_left_out) == set(columns)


# -- files


def test_two_runs_give_the_same_pages(indiana: Program, example: Files) -> None:
    again = dict(site(of_2024(indiana)))
    assert [path for path in example if again.get(path) != example[path]] == []
    assert list(again) == list(example)


def test_pages_ask_for_nothing_from_outside(example: Files) -> None:
    for path, page in pages_of(example):
        assert not [link for link in page.links if ":" in link and link != "data:,"], path
        assert "script" not in page.names, path
    assert "url(h" not in example["assets/style.css"]
    assert "@import" not in example["assets/style.css"]


@pytest.fixture
def district(rules: Sample, tmp_path: Path) -> Callable[..., Path]:
    """A data folder with as many students whose exit lies before their entry."""

    def made(count: int) -> Path:
        numbers = [str(100000001 + n) for n in range(count)]
        return put(
            tmp_path / f"data-{count}",
            {
                "students": [student(number) for number in numbers], "schools": [school()],
                "studentSchoolAssociations": [enrollment(n, exitWithdrawDate="2024-08-01") for n in numbers],
            },
        )  # fmt: skip

    return made


def test_the_command_writes_a_folder_closed_to_others(
    rules: Sample, district: Callable[..., Path], tmp_path: Path, execute: Execute
) -> None:
    out = tmp_path / "out"
    ran = execute(rules, "run", "--data", district(3), *YEAR, "--format", "html", "-o", out)
    assert ran.code == 1
    assert "index.html and the pages of 1 corporation written to" in ran.err
    files = {path for path in out.rglob("*") if path.is_file()}
    assert {out / name for name in ("index.html", "findings.jsonl", "run.json", "files.json")} <= files
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert "must be true" in (out / "corporations/1/students/0001.html").read_text()


def test_pages_of_an_earlier_report_go_and_other_files_stay(
    rules: Sample, district: Callable[..., Path], tmp_path: Path, execute: Execute
) -> None:
    out = tmp_path / "out"
    execute(rules, "run", "--data", district(3), *YEAR, "--format", "html", "-o", out)
    (out / "notes.txt").write_text("mine")
    assert (out / "corporations/1/students/0003.html").exists()
    ran = execute(rules, "run", "--data", district(2), *YEAR, "--format", "html", "-o", out, "--since", out)
    assert not (out / "corporations/1/students/0003.html").exists()
    assert (out / "notes.txt").read_text() == "mine"
    assert "not touched" not in ran.err
    assert "cannot tell" in (out / "index.html").read_text()


def test_masked_pages_since_an_earlier_run_hold_no_id(
    rules: Sample, district: Callable[..., Path], tmp_path: Path, execute: Execute
) -> None:
    before, out = tmp_path / "before", tmp_path / "out"
    execute(rules, "run", "--data", district(3), *YEAR, "--format", "html", "-o", before)
    options = ("--mask-students", "--since", before, "--format", "html", "-o", out)
    execute(rules, "run", "--data", district(2), *YEAR, *options)
    assert (out / "corporations/1/earlier.html").exists()
    assert not [path for path in out.rglob("*.*") if path.is_file() and re.search(r"10000000\d", path.read_text())]


def test_a_list_of_files_never_leads_out_of_the_folder(tmp_path: Path) -> None:
    mine = tmp_path / "mine.html"
    mine.write_text("mine")
    out = tmp_path / "out"
    out.mkdir()
    (out / "files.json").write_text(json.dumps({"files": ["../mine.html", str(mine)]}))
    Written(out).instead([("index.html", "new")])
    assert mine.read_text() == "mine"


def test_pages_that_could_not_be_finished_are_known_to_the_next_report(tmp_path: Path) -> None:
    def broken() -> Iterator[tuple[str, str]]:
        yield "a/b.html", "text"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Written(tmp_path).instead(broken())
    Written(tmp_path).instead([("index.html", "text")])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["files.json", "index.html"]


def test_traces_are_for_as_many_students_as_asked(
    rules: Sample, district: Callable[..., Path], tmp_path: Path, execute: Execute
) -> None:
    out = tmp_path / "out"
    execute(rules, "run", "--data", district(3), *YEAR, "--format", "html", "-o", out, "--traces", "2")
    pages = [path.read_text() for path in sorted(out.rglob("students/*.html"))]
    assert ["rulewright why EN-1" in page for page in pages] == [False, False, True]
