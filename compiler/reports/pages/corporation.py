"""The part of one corporation: a folder of its own, which can be sent to it as it is.

It holds the style it needs, names no page outside of itself, and shows no more than the rows of its group: see
``reports/groups.py``. Students are called by their place in the list, so that no address tells an id. Who has nothing
against them (counted, without a finding, all rules checked) has no page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from compiler.engines.dispositions import DISPOSITIONS
from compiler.reports.comparison import STATES
from compiler.reports.findings import STRUCTURE, Row, cause_words, fault_kind
from compiler.reports.groups import Group, Student
from compiler.reports.pages.charts import drawn
from compiler.reports.pages.paging import Leaf, leaves, page_of
from compiler.reports.pages.students import Sheet, by_weight, sheet_of
from compiler.reports.pages.traces import Traces
from compiler.reports.summary import RuleSummary, Summary
from compiler.reports.suppression import Count
from compiler.semantics.program import natural
from compiler.web import HOME
from compiler.web.pages import Pages, assets

OPEN = 3
"""How many traces of a student are shown unfolded."""


@dataclass(frozen=True, slots=True, repr=False)
class Found:
    """A rule with findings at a corporation, and where in its list they begin."""

    rule: RuleSummary
    count: Count
    place: str


@dataclass(frozen=True, slots=True, repr=False)
class Block:
    """The rows of one rule (or code of structure) on a page of a list."""

    name: str
    rule: RuleSummary | None
    rows: Sequence[Row]


def corporation_pages(pages: Pages, summary: Summary, group: Group, traces: Traces) -> Iterator[tuple[str, str]]:
    """Every file of the folder: its path in the report, and its text."""
    below = f"corporations/{group.stem}/"
    part = _Part(pages, summary, group, traces)
    for path, text in (*assets("style.css").items(), *part.first()):
        yield below + path, text
    for path, text in part.rest():
        yield below + path, text


class _Part:
    def __init__(self, pages: Pages, summary: Summary, group: Group, traces: Traces) -> None:
        self._pages = pages
        self._summary = summary
        self._group = group
        self._traces = traces
        self._rules = {rule.rule: rule for rule in summary.rules}
        self._findings = sorted((row for row in group.findings if row["rule"] != STRUCTURE), key=by_weight)
        faults = (row for row in group.findings if row["rule"] == STRUCTURE)
        self._faults = sorted(faults, key=fault_kind)
        self._unchecked = sorted(group.unchecked, key=lambda row: natural(row["rule"]))
        self._students = [student for student in group.students() if _is_told_of(student)]
        width = max(4, len(str(len(self._students))))
        self._numbers = {s.student: f"{place:0{width}}" for place, s in enumerate(self._students, start=1)}
        lists = (
            ("findings.html", "Findings", self._findings), ("structure.html", "Structure", self._faults),
            ("not-checked.html", "Not checked", self._unchecked), ("earlier.html", "Found before", group.gone),
            ("students.html", "Students", self._students),
        )  # fmt: skip
        self._lists = {path: len(rows) for path, _, rows in lists if rows}
        self._common: dict[str, Any] = {
            "site": group.title,
            "home": HOME,
            "menu": [(path, words) for path, words, rows in lists if rows],
            "here": "",
            "summary": summary,
            "facts": summary.facts,
            "group": group,
            "names": summary.names,
            "numbers": self._numbers,
            "dispositions": DISPOSITIONS,
            "states": STATES,
            "compared": summary.comparison is not None,
        }

    def first(self) -> Iterator[tuple[str, str]]:
        """The first page."""
        summary, group = self._summary, self._group
        first: dict[str, int] = {}
        for place, row in enumerate(self._findings):
            first.setdefault(row["rule"], place)
        found = [
            Found(rule, count, f"{page_of('findings', first[rule.rule])}#{rule.rule}")
            for rule, count in summary.rules_of(group)
            if rule.rule in first
        ]
        counted = [(counting, [(t, drawn(t)) for t in counting.tables]) for counting in summary.counting_of(group)]
        yield self._page(
            HOME, "corporation.html", title="Findings", verdict=summary.verdict_of(group),
            found=sorted(found, key=lambda found: first[found.rule.rule]), counted=counted, lists=self._lists,
            not_checked=summary.not_checked_of(group), structure=summary.structure_of(group),
            changes=summary.changes_of(group),
        )  # fmt: skip

    def rest(self) -> Iterator[tuple[str, str]]:
        """The lists, then the students, one by one."""
        for leaf in leaves("findings", self._findings):
            yield self._list(leaf, "findings.html", "Findings", self._blocks(leaf, lambda row: str(row["rule"])))
        for leaf in leaves("structure", self._faults):
            yield self._list(leaf, "structure.html", "Structure", self._blocks(leaf, lambda row: str(row["code"])))
        for leaf in leaves("not-checked", self._unchecked):
            yield self._list(leaf, "not_checked.html", "Not checked", self._blocks(leaf, lambda row: str(row["rule"])))
        for leaf in leaves("earlier", self._group.gone):
            yield self._list(leaf, "earlier.html", "Found before", [])
        for leaf in leaves("students", self._students):
            yield self._list(leaf, "students.html", "Students", [])
        for student in self._students:
            sheet = sheet_of(self._summary, self._rules, student, self._traces)
            yield self._student(sheet, self._numbers[student.student])

    def _student(self, sheet: Sheet, number: str) -> tuple[str, str]:
        return self._page(
            f"students/{number}.html", "student.html", title=f"Student {sheet.student}", sheet=sheet, number=number,
            open=OPEN, of=len(self._students),
        )  # fmt: skip

    def _list(self, leaf: Leaf, template: str, title: str, blocks: Sequence[Block]) -> tuple[str, str]:
        called = f"{title}, {leaf.number}" if leaf.number > 1 else title
        values = {"heading": title, "here": title, "leaf": leaf, "blocks": blocks, "causes": cause_words}
        return self._page(leaf.path, template, title=called, **values)

    def _blocks(self, leaf: Leaf, name: Any) -> list[Block]:
        return [Block(key, self._rules.get(key), list(rows)) for key, rows in groupby(leaf.rows, key=name)]

    def _page(self, path: str, template: str, **values: Any) -> tuple[str, str]:
        return path, self._pages.page(template, path.count("/"), self._common | values)


def _is_told_of(student: Student) -> bool:
    """Whether there is anything to tell of a student beyond being counted."""
    return bool(student.findings or student.unchecked) or any(
        row["disposition"] != DISPOSITIONS[-1] or row["moot"] or row["notChecked"] for row in student.dispositions
    )
