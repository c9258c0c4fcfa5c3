"""The report of a run as its readers use it: every kind of page, large runs, paper."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser.conftest import LOOKS, Visitor

pytestmark = pytest.mark.browser

OWN = "corporations/1099000000"
PAGES = (
    "index.html", "rules/SE-5.html", "rules/PE-3.html", "corporations/not-known/index.html", f"{OWN}/index.html",
    f"{OWN}/findings.html", f"{OWN}/not-checked.html", f"{OWN}/earlier.html", f"{OWN}/students.html",
    f"{OWN}/students/0002.html", f"{OWN}/students/0003.html", f"{OWN}/students/0008.html",
    "corporations/not-known/structure.html",
)  # fmt: skip
LARGE = ("index.html", "corporations.html", "counts/enrollment.html", "corporations/1000/findings-2.html")


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
@pytest.mark.parametrize("path", PAGES)
def test_pages_are_open_to_everybody(visit: Visitor, report: Path, path: str, scheme: str, width: int) -> None:
    seen = visit(scheme, width)
    page = seen.open(report / path)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert seen.violations() == []
    assert seen.too_wide() <= 0
    assert seen.strange == []


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
@pytest.mark.parametrize("path", LARGE)
def test_pages_of_large_runs_are_too(visit: Visitor, large_report: Path, path: str, scheme: str, width: int) -> None:
    seen = visit(scheme, width)
    seen.open(large_report / path)
    assert seen.violations() == []
    assert seen.too_wide() <= 0
    assert seen.strange == []


@pytest.mark.parametrize("path", ["index.html", "corporations/1000/index.html", "corporations/1000/findings.html"])
def test_pages_of_large_runs_open_at_once(visit: Visitor, large_report: Path, path: str) -> None:
    page = visit().open(large_report / path)
    took = page.evaluate("performance.timing.loadEventStart - performance.timing.navigationStart")
    assert took < 1000


def test_from_the_verdict_to_a_student(visit: Visitor, report: Path) -> None:
    page = visit().open(report / "index.html")
    page.get_by_role("link", name="SE-5").first.click()
    page.get_by_role("link", name="Sample Consolidated Schools (1099000000)").click()
    page.locator("#SE-5").get_by_role("link").click()
    page.get_by_role("region", name="Findings of SE-5").get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Student 900000003")
    expect(page.get_by_text("must be true")).to_be_visible()


def test_bars_have_lengths_and_patterns(visit: Visitor, report: Path) -> None:
    page = visit().open(report / f"{OWN}/index.html")
    bar = page.locator("svg.bars[role=img] rect.blocked").first
    box = bar.bounding_box()
    assert box is not None
    assert box["width"] > 20
    fill = page.locator("svg.bars[role=img] rect.over").first.evaluate("shape => getComputedStyle(shape).fill")
    assert "#p-" in fill


@pytest.mark.parametrize("student", ["0001", "0003", "0008"])
def test_a_student_fits_on_a_sheet_of_paper(visit: Visitor, report: Path, student: str) -> None:
    page = visit().open(report / f"{OWN}/students/{student}.html")
    pdf = PdfReader(io.BytesIO(page.pdf(format="Letter", tagged=True)))
    text = pdf.pages[0].extract_text()
    assert len(pdf.pages) == 1
    assert "Fix:" in text or "Not checked" in text
    assert "protected by law" in text


def test_the_whole_run_prints_with_its_tables(visit: Visitor, report: Path) -> None:
    page = visit().open(report / "index.html")
    pdf = PdfReader(io.BytesIO(page.pdf(format="Letter", tagged=True)))
    text = "\n".join(part.extract_text() for part in pdf.pages)
    assert "12 violations" in text
    assert "all 0 0 1 1 2" in text  # of a table that is folded on screen
    assert "Skip to the content" not in text
