"""A run as a folder of pages, given one by one: as large as a run is, no more than one page is held at a time.

::

    index.html                            what was found, in numbers, and where to go on
    corporations.html                     all corporations, where there are more than the first page shows
    counts/membership.html                all corporations in the count of a collection, likewise
    rules/SE-5.html                       a rule: what it asks, how to mend what it finds, where it found something
    corporations/1056150000/index.html    the part of one corporation: a folder that opens on its own
    assets/                               the style
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from compiler.backends.words import plain_words
from compiler.engines.dispositions import DISPOSITIONS
from compiler.reports.comparison import STATES
from compiler.reports.counts import ALL
from compiler.reports.findings import STRUCTURE, Row, number, settled_words
from compiler.reports.groups import Group
from compiler.reports.pages.charts import drawn
from compiler.reports.pages.corporation import corporation_pages
from compiler.reports.pages.heat import MOST, heat_of, weight
from compiler.reports.pages.paging import leaves
from compiler.reports.pages.traces import Traces
from compiler.reports.summary import Counting, CountTable, RuleSummary, Summary
from compiler.reports.suppression import Count
from compiler.semantics.findings import SEVERITIES
from compiler.web import HOME
from compiler.web.pages import Pages, assets, visible

LISTED = 100
"""How many corporations the first page shows; all are on pages of their own where there are more."""

_MENU = (
    ("index.html#rules", "Rules"), ("index.html#students", "Students"), ("index.html#not-checked", "Not checked"),
    ("index.html#corporations", "Corporations"),
)  # fmt: skip


def site(summary: Summary) -> Iterator[tuple[str, str]]:
    """Every file of the report: its path and its text."""
    pages = Pages(Path(__file__).parent / "templates", _FILTERS)
    yield from assets("style.css").items()
    yield from _Whole(pages, summary).files()
    traces = Traces(summary)
    for group in summary.groups:
        yield from corporation_pages(pages, summary, group, traces)


class _Whole:
    """The pages of the run as a whole."""

    def __init__(self, pages: Pages, summary: Summary) -> None:
        self._pages = pages
        self._summary = summary
        self._stems = {group.corporation: group.stem for group in summary.groups}
        self._common: dict[str, Any] = {
            "site": f"Findings for {summary.facts.title}",
            "home": HOME,
            "menu": _MENU,
            "here": "",
            "summary": summary,
            "facts": summary.facts,
            "stems": self._stems,
            "names": summary.names,
            "dispositions": DISPOSITIONS,
            "states": STATES,
        }

    def files(self) -> Iterator[tuple[str, str]]:
        """All of them."""
        yield self._page(HOME, "index.html", **self._index())
        for leaf in leaves("corporations", self._corporations) if len(self._summary.groups) > LISTED else ():
            yield self._page(leaf.path, "corporations.html", title="Corporations", leaf=leaf)
        for counting in self._summary.counting:
            table = _by(counting, "corporation")
            for leaf in leaves(f"counts/{counting.collection}", table.rows) if len(table.rows) > LISTED else ():
                yield self._page(
                    leaf.path, "counts.html", title=counting.title, counting=counting, leaf=leaf,
                    of_corporation=lambda corporation: f"../{self._of_corporation(corporation)}",
                )  # fmt: skip
        for rule in self._summary.rules:
            yield self._page(f"rules/{rule.rule}.html", "rule.html", title=rule.rule, **self._rule(rule))

    def _page(self, path: str, template: str, **values: Any) -> tuple[str, str]:
        return path, self._pages.page(template, path.count("/"), self._common | values)

    def _index(self) -> dict[str, Any]:
        summary = self._summary
        counts = summary.finding_counts
        corporations = self._corporations
        known = [group for group in summary.groups if group.corporation is not None]
        found = [rule for rule in summary.rules if counts.value(("rule", rule.rule))]
        return {
            "title": "Findings",
            "clean": sum(1 for group in known if not has_open_errors(group)),
            "known": len(known),
            "found": found,
            "silent": [rule for rule in summary.rules if rule not in found],
            "heat": heat_of(summary.heat),
            "most": MOST,
            "listed": LISTED,
            "of_corporation": self._of_corporation,
            "counted": [self._counted(counting) for counting in summary.counting],
            "corporations": sorted(corporations, key=lambda row: (weight(row[1]), weight(row[2])))[:LISTED],
            "all_corporations": len(corporations),
            "rule_pages": {rule.rule: f"rules/{rule.rule}.html" for rule in summary.rules},
        }

    @cached_property
    def _corporations(self) -> list[tuple[Group, Count, Count, int]]:
        """Each corporation with its errors, all its findings, and the faults of structure of its records."""
        shown = self._summary.finding_counts.shown
        columns = ((group, ("corporation", group.corporation)) for group in self._summary.groups)
        return [
            (group, shown(("severity", SEVERITIES[0]), column), shown(ALL, column), _faults(group))
            for group, column in columns
        ]

    def _counted(self, counting: Counting) -> dict[str, Any]:
        """What the first page shows of a collection: of one corporation its schools, of several these."""
        first = _by(counting, "corporation")
        first = first if len(first.rows) > 1 else _by(counting, "school")
        tables = [(table, drawn(table)) for table in (first, _by(counting, "grade"))]
        more = f"counts/{counting.collection}.html" if len(first.rows) > LISTED else ""
        return {"counting": counting, "tables": tables, "more": more}

    def _rule(self, rule: RuleSummary) -> dict[str, Any]:
        summary = self._summary
        counts = summary.finding_counts
        checked = summary.result.program.checked[summary.result.results[rule.rule].rule.key]
        cells = [(name, " ".join(cell.text.split())) for name, cell in checked.written.source.cells.items()]
        at = [
            (group, counts.shown(("rule", rule.rule), ("corporation", group.corporation)))
            for group in summary.groups
            if counts.value(("rule", rule.rule), ("corporation", group.corporation))
        ]
        unchecked = [entry for entry in summary.not_checked if entry.rule == rule.rule]
        words = plain_words(checked, summary.result.program)
        return {"rule": rule, "cells": cells, "at": at, "unchecked": unchecked, "words": words}

    def _of_corporation(self, corporation: Any) -> str:
        return f"corporations/{self._stems[corporation]}/index.html" if corporation in self._stems else ""


def _faults(group: Group) -> int:
    return sum(1 for row in group.findings if row["rule"] == STRUCTURE)


def has_open_errors(group: Group) -> bool:
    """Whether a rule with the severity of errors is violated at a corporation by a student who is to be counted."""
    return any(
        row["severity"] == SEVERITIES[0] and row["rule"] != STRUCTURE and not row["suppressedBy"]
        for row in group.findings
    )


def _by(counting: Counting, level: str) -> CountTable:
    return next(table for table in counting.tables if table.title == f"Students by {level}")


def brief(text: Any, most: int = 200) -> str:
    """The beginning of a text, so that no text from the data makes a page too large."""
    shown = visible(str(text))
    return shown if len(shown) <= most else f"{shown[:most]}… ({len(shown) - most:,} more characters)"


def value_text(value: Any) -> str:
    """A value of a finding as people read it."""
    if value is None or value == "":
        return "(blank)"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _settled(row: Row) -> str:
    """Why a finding goes away with another one, as a sentence without its full stop; empty for one that does not."""
    words = settled_words(row)
    return words[:1].upper() + words[1:]


def _tallied(counting: Counting) -> list[tuple[str, Count]]:
    """The students of a collection by disposition."""
    return list(zip(DISPOSITIONS, counting.total.counts, strict=True))


_FILTERS: dict[str, Callable[..., Any]] = {
    "count": number,
    "brief": brief,
    "value": value_text,
    "words": _settled,
    "tallied": _tallied,
}
