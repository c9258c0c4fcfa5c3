"""The rows of Indiana's document beside the specs: every row has its rule, in its own words, with its severity."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from compiler.semantics.calendar import school_year_day
from compiler.semantics.outcomes import Context, interpreter_for, severity_on
from compiler.semantics.program import Program
from compiler.semantics.rows import row_hash
from compiler.semantics.world import World

Row = dict[str, Any]
CELLS = ("type", "logic", "message", "notes")
PREFIXES = {
    "Membership Enrollment": "ME", "Pupil Enrollment": "PE", "Special Education": "SE", "Graduation": "GR",
    "HomeBound": "HB",
}  # fmt: skip


@pytest.fixture(scope="module")
def document(shared: Path) -> dict[str, Row]:
    """The rows by canonical id."""
    listed = json.loads((shared / "reference" / "indiana-rules.json").read_text(encoding="utf-8"))
    return {f"{PREFIXES[row['domain']]}-{row['number']}": row for row in listed}


def plain(text: str | None) -> str:
    """A cell in single blanks with straight quotes, and names of persons left out."""
    straight = (text or "").translate({0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"'})
    return " ".join(straight.split())


def test_every_row_has_its_rule_and_every_rule_its_row(document: dict[str, Row], indiana: Program) -> None:
    assert len(document) == 86
    assert set(document) == {rule.id for rule in indiana.checked.values()}


def test_rows_are_quoted_in_their_own_words(document: dict[str, Row], indiana: Program) -> None:
    """Cell by cell; where a name is left out the rest is the same."""
    for rule in indiana.checked.values():
        row, source = document[rule.id], rule.written.source
        for name in CELLS:
            quoted = plain(source.cells[name].text) if name in source.cells else ""
            pattern = re.escape(quoted).replace(re.escape("[name]"), ".+") if source.redacted else re.escape(quoted)
            assert re.fullmatch(pattern, plain(row[name])), (rule.id, name)
        cells = {name: row[name] for name in CELLS if row[name]}
        assert source.sha256 is not None
        assert source.sha256.text == row_hash(source.row.text, cells), rule.id


@pytest.mark.parametrize("day", [date(2024, 4, 30), date(2024, 5, 1)])
def test_a_rule_weighs_what_its_row_says(document: dict[str, Row], indiana: Program, day: date) -> None:
    """The only severity that changes with the day is that of HB-1, as its row says; lost types are Errors."""
    for rule in indiana.rules.values():
        interpreter = interpreter_for(indiana, rule, World(indiana.schemas, {}), Context(2024, day))
        wanted = document[rule.id]["type"] or "Error"
        if rule.id == "HB-1":
            wanted = "Error" if day >= school_year_day(2024, 5, 1) else "Informational"
        assert severity_on(interpreter, rule) == wanted, rule.id


def test_damaged_rows_are_reconstructed_and_no_others(document: dict[str, Row], indiana: Program) -> None:
    rebuilt = {rule.id for rule in indiana.checked.values() if rule.written.source.status.text == "reconstructed"}
    damaged = {name for name, row in document.items() if row["completeness"] not in ("full", "no-logic")}
    assert rebuilt == damaged
