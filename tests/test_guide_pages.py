"""Pages of guides: the chart, the same in words, in every edition; and what `explain` and `show` print."""

from __future__ import annotations

import random
import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from compiler.catalogue.contents import book_of
from compiler.catalogue.flowchart import Box, Chart, Node, drawn, ordered
from compiler.catalogue.markdown import guide_page as as_markdown
from compiler.catalogue.model import Book, GuidePage
from compiler.catalogue.site import site
from compiler.semantics.program import Program
from tests.guides import SPEC, guide_program, with_guide
from tests.support import Execute, Sample


@pytest.fixture(scope="module")
def book(indiana: Program) -> Book:
    return book_of(indiana, {})


@pytest.fixture(scope="module")
def page(book: Book) -> GuidePage:
    return next(page for page in book.guides if page.id == "IN-IIEP")


# -- the chart

Segment = tuple[int, int, int, int]


def segments(path: str) -> list[Segment]:
    """The straight pieces of a line: x and y of both ends."""
    x = y = 0
    points = []
    for command, first, second in re.findall(r"([MHV])(-?\d+)(?: (-?\d+))?", path):
        x, y = (int(first), int(second)) if command == "M" else (int(first), y) if command == "H" else (x, int(first))
        points.append((x, y))
    return [(*a, *b) for a, b in pairwise(points)]


def crosses(segment: Segment, box: Box) -> bool:
    """Whether a piece of a line runs inside a box."""
    x1, y1, x2, y2 = segment
    return (
        min(x1, x2) < box.x + box.width - 3
        and max(x1, x2) > box.x + 3
        and min(y1, y2) < box.y + box.height - 3
        and max(y1, y2) > box.y + 3
    )


def random_nodes(rng: random.Random) -> tuple[list[Node], list[Node]]:
    count, ends = rng.randint(1, 9), rng.randint(1, 5)
    words = " ".join(rng.choice(["where", "is", "this", "student", "x" * 60]) for _ in range(rng.randint(1, 40)))
    questions = []
    for i in range(count):
        targets = [f"q{j}" for j in range(i + 1, count)] + [f"e{j}" for j in range(ends)]
        branches = [
            (rng.choice(["yes", "no", "at least 3", "z" * 50]), rng.choice(targets), rng.random() < 0.2)
            for _ in range(rng.randint(1, 5))
        ]
        questions.append(Node(f"q{i}", words, is_end=False, branches=tuple(branches)))
    return questions, [Node(f"e{j}", words, is_end=True) for j in range(ends)]


@pytest.mark.parametrize("seed", range(60))
def test_no_line_runs_through_a_box_and_no_box_over_another(seed: int) -> None:
    rng = random.Random(seed)
    questions, ends = random_nodes(rng)
    rng.shuffle(questions)
    chart = drawn(questions, ends)
    assert len(chart.boxes) == len(questions) + len(ends)
    assert len(chart.arrows) == sum(len(node.branches) for node in questions)
    assert not [box for arrow in chart.arrows for s in segments(arrow.path) for box in chart.boxes if crosses(s, box)]
    for i, one in enumerate(chart.boxes):
        for other in chart.boxes[i + 1 :]:
            apart = one.x + one.width <= other.x or other.x + other.width <= one.x
            assert apart or one.y + one.height <= other.y or other.y + other.height <= one.y
    _inside(chart)


def _inside(chart: Chart) -> None:
    for box in chart.boxes:
        assert 0 <= box.x <= box.x + box.width <= chart.width
        assert 0 <= box.y <= box.y + box.height <= chart.height
        assert all(box.y < y < box.y + box.height for _, y, _ in box.texts)
    for arrow in chart.arrows:
        for x1, y1, x2, y2 in segments(arrow.path):
            assert all(0 <= x <= chart.width for x in (x1, x2))
            assert all(0 <= y <= chart.height for y in (y1, y2))


def test_questions_stand_above_those_that_they_lead_to() -> None:
    for seed in range(20):
        rng = random.Random(seed)
        questions, _ = random_nodes(rng)
        rng.shuffle(questions)
        row = {node.name: place for place, node in enumerate(ordered(questions))}
        assert all(row[t] > row[node.name] for node in questions for _, t, _ in node.branches if t in row)


# -- the page


def test_the_page_tells_every_question_branch_and_end(page: GuidePage, indiana: Program) -> None:
    guide = indiana.guides["IN-IIEP"]
    assert {question.name for question in page.questions} == {question.id for question in guide.questions}
    assert [end.name for end in page.ends] == [end.id for end in guide.ends]
    for question in page.questions:
        lowered = guide.question(question.name)
        targets = [branch.go.name for branch in lowered.branches] + (
            [lowered.cannot_tell.name] if lowered.cannot_tell else []
        )
        assert [branch.name for branch in question.branches] == targets
    assert len(page.chart.arrows) == sum(len(question.branches) for question in page.questions)
    assert [branch.answer for branch in page.questions[0].branches] == ["0", "at least 1", "cannot tell"]
    assert "HM-J7" in page.ids


def test_all_editions_say_the_same(book: Book, page: GuidePage) -> None:
    files = site([book])
    html = files["indiana/guides/IN-IIEP.html"]
    markdown = as_markdown(page)
    plain = re.sub(r"\\([\\`*_{}\[\]<>#|~$])", r"\1", markdown)
    text = " ".join(
        re.sub(r"<[^>]+>", " ", html).replace("&#39;", "'").replace("&gt;", ">").replace("&#34;", '"').split()
    )
    told = [question.ask for question in page.questions] + [step for end in page.ends for step in end.steps]
    told += [notice.says for notice in page.notices] + [decision.chosen for decision in page.decisions]
    for words in told:
        assert words in plain
        assert words in text
    assert "indiana/guides/index.html" in files
    assert "IN-IIEP" in files["indiana/index.html"]
    assert "IN-IIEP" in files["indiana/sources.html"]
    assert "IN-IIEP" in files["indiana/decisions.html"]


def test_every_link_of_the_page_leads_to_a_place_on_it(book: Book) -> None:
    html = site([book])["indiana/guides/IN-IIEP.html"]
    places = set(re.findall(r' id="([^"]+)"', html))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= places | {"main"}


def test_texts_of_a_guide_are_no_markup(sample: Sample) -> None:
    odd = SPEC.replace("How many enrollments are there?", "'<script>alert(1)</script> | **how** many & why?'")
    program = guide_program(with_guide(sample, odd))
    book = book_of(program, {})
    html = site([book])["sample/guides/ST-MISSING.html"]
    assert "<script>alert" not in html
    drawing = re.search(r"<svg.*?</svg>", html, re.DOTALL)
    assert drawing is not None
    ElementTree.fromstring(drawing.group())
    assert "\\<script\\>alert(1)\\</script\\> \\| \\*\\*how\\*\\*" in as_markdown(book.guides[0])


def test_a_guide_with_errors_has_a_page_all_the_same(sample: Sample) -> None:
    for old, new in (
        ("go: share", "go: sent"),
        ("go: share", "go: nowhere"),
        ("evidence: number of", "evidence: numbr of"),
    ):
        project = with_guide(sample, SPEC.replace(old, new)).open()
        book = book_of(project.programs["sample"], {})
        assert "Is one of them the primary school?" in as_markdown(book.guides[0])


# -- the terminal


def test_explain_prints_the_page(sample: Sample, execute: Execute) -> None:
    ran = execute(with_guide(sample), "explain", "st-missing")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("# ST-MISSING: Student is missing\n")
    assert "3. **How much of the time is the student there?**" in ran.out
    assert "   - at most 0.5: question 4" in ran.out
    assert "   - more than 0.5: Ask" in ran.out


def test_stages_of_a_guide(sample: Sample, execute: Execute) -> None:
    with_guide(sample)
    for stage in ("document", "ast", "checked", "ir"):
        ran = execute(sample, "show", "ST-MISSING", "--stage", stage)
        assert (ran.code, ran.err) == (0, "")
        assert "primary" in ran.out
    assert execute(sample, "show", "ST-MISSING", "--stage", "sql").err == "ST-MISSING is a guide, which has no SQL.\n"
    assert (
        execute(sample, "show", "ST-MISSING", "--stage", "python").err
        == "ST-MISSING is a guide, which has no Python.\n"
    )
    with_guide(sample, SPEC.replace("go: share", "go: sent"))
    assert execute(sample, "show", "ST-MISSING", "--stage", "ir").code == 2


def test_guides_are_counted_and_tested(sample: Sample, execute: Execute) -> None:
    with_guide(sample)
    assert execute(sample, "check").err == "1 rule, 1 guide and 1 table in 7 files: 0 errors, 0 warnings\n"
    assert execute(sample, "test", "ST-MISSING").err == "1 example of 1 guide: all as expected.\n"
    assert execute(sample, "test").err.endswith(
        "examples of 1 rule through interpreter and python, and of 1 guide: all as expected.\n"
    )
    with_guide(sample, SPEC.replace("open: right", "end: enter"))
    ran = execute(sample, "test", Path("specs/sample/guides"))
    assert ran.code == 1
    assert "expected end enter, but it is open right" in ran.out
