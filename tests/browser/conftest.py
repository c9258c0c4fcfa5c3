"""A browser for a whole run, pages in light and dark, wide and narrow, and the sites that are looked at."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from compiler.catalogue.site import site
from compiler.driver import books_of, publish, put
from compiler.reports.pages.site import site as report_site
from compiler.semantics.program import Program
from tests.large_runs import large_run
from tests.support import own_project
from tests.test_report_pages import compared_example

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run")  # fmt: skip
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice")
LOOKS = [(scheme, width) for scheme in ("light", "dark") for width in (1280, 320)]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield launched
        launched.close()


@dataclass
class Visit:
    """A page that is looked at; ``strange`` lists requests that leave the site, and what the console says."""

    page: Page
    context: BrowserContext
    strange: list[str]

    def open(self, path: Path, fragment: str = "") -> Page:
        self.page.goto(f"file://{path}{fragment}")
        return self.page

    def violations(self) -> list[str]:
        """What axe finds, each with the first place."""
        self.page.evaluate(AXE)
        found = self.page.evaluate(
            "rules => axe.run(document, {runOnly: rules, preload: false, resultTypes: ['violations']})", list(RULES)
        )
        return [f"{v['id']}: {v['help']} ({v['nodes'][0]['target']})" for v in found["violations"]]

    def too_wide(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
Visitor = Callable[..., Visit]


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visitor]:
    """Opens a window: `visit()`, `visit("dark", 320)`."""
    contexts: list[BrowserContext] = []

    def opened(scheme: str = "light", width: int = 1280) -> Visit:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
        context.set_default_timeout(10_000)
        contexts.append(context)
        page, strange = context.new_page(), []
        page.on("console", lambda message: strange.append(message.text))
        page.on("pageerror", lambda error: strange.append(str(error)))
        page.on("request", lambda r: None if r.url.startswith(("file:", "data:")) else strange.append(r.url))
        return Visit(page, context, strange)

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalogue of this repository."""
    folder = tmp_path_factory.mktemp("catalogue")
    publish(folder, site(books_of(own_project(), with_code=True)))
    return folder


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory, indiana: Program) -> Path:
    """The report of the example, compared with an earlier run that found one thing more and one less."""
    folder = tmp_path_factory.mktemp("report")
    for path, text in report_site(compared_example(indiana)):
        put(folder / path, text.encode())
    return folder


@pytest.fixture(scope="session")
def large_report(tmp_path_factory: pytest.TempPathFactory, program: Program) -> Path:
    """The report of 100,000 findings at 500 corporations, of which the pages of one are written."""
    folder = tmp_path_factory.mktemp("large-report")
    for path, text in report_site(large_run(program, findings=100_000, students=20_000, corporations=500)):
        if not path.startswith("corporations/") or path.startswith("corporations/1000/"):
            put(folder / path, text.encode())
    return folder


@pytest.fixture(scope="session")
def large_catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue of 2,000 rules: those of this repository, again and again."""
    folder = tmp_path_factory.mktemp("large")
    book = max(books_of(own_project()), key=lambda book: len(book.rules))
    rules = [replace(book.rules[i % len(book.rules)], key=f"R-{i + 1}", aliases=()) for i in range(2000)]
    publish(folder, site([replace(book, rules=tuple(rules))]))
    return folder
