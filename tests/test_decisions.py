"""Decision tables: which rows leave gaps, overlap or are never reached. What look-ups give stands in test_meaning."""

from __future__ import annotations

import pytest

from tests.support import Sample

TABLE = """\
kind: table
name: Ages
title: Ages
hit: {hit}
key: {{{key}}}
columns: {{band: text}}
{absent}
rows:
{rows}
"""
AGE, BOTH = "age: whole", "age: whole, flag: boolean"
CASES: dict[str, tuple[str, str, str, list[str], str]] = {
    "one row for all": ("exactly one", BOTH, "", ["age: any, flag: any"], ""),
    "limits that meet": ("exactly one", AGE, "", ["age: at most 4", "age: at least 5"], ""),
    "limits that leave a number out": (
        "exactly one", AGE, "", ["age: at most 4", "age: at least 6"], "no row is for age: 5",
    ),
    "limits that share a number": (
        "exactly one", AGE, "", ["age: at most 4", "age: at least 4"], "two rows are for one case",
    ),
    "the first of two": ("first", AGE, "", ["age: at most 4", "age: at least 4"], ""),
    "a flag without a row": (
        "exactly one", BOTH, "", ["age: at most 4, flag: any", "age: at least 5, flag: true"],
        "no row is for age: 5, flag: false",
    ),
    "a gap that is spoken for": ("exactly one", AGE, "absent key: missing", ["age: at most 4"], ""),
    "a gap with a row for it": ("exactly one", AGE, "absent key: {default: {band: z}}", ["age: '4'"], ""),
    "decimals between limits": (
        "first", "share: decimal", "", ["share: at most 4", "share: at least 4.1"],
        "no row is for share: 4.000000000001",
    ),
    "decimals that meet": (
        "exactly one", "share: decimal", "", ["share: at most 4", "share: at least 4.000000000001"], "",
    ),
    "days that meet": (
        "exactly one", "day: date", "", ["day: at most 2024-02-28", "day: 2024-02-29", "day: at least 2024-03-01"], "",
    ),
    "a day that is left out": (
        "exactly one", "day: date", "", ["day: at most 2024-02-28", "day: at least 2024-03-01"],
        "no row is for day: 2024-02-29",
    ),
    "a text that is not named": ("first", "code: text", "", ["code: [A, B]"], "no row is for code: another"),
    "texts and all others": ("first", "code: text", "", ["code: [A, B]", "code: any"], ""),
    "a row that is never reached": (
        "first", "day: date", "", ["day: at most 2024-01-01", "day: any", "day: 2024-02-01"],
        "the row is never reached",
    ),
    "a limit of texts": ("first", "code: text", "", ["code: at least 4"], "`at least` of input `code` needs a text"),
    "a limit that is no number": ("first", AGE, "", ["age: at least four"], "needs a whole number"),
    "a literal of another type": ("first", AGE, "", ["age: four"], "is not a whole number"),
    "a row without an input": ("first", BOTH, "", ["age: any"], "the row lacks the input `flag`"),
    "a word that is quoted": ("first", "code: text", "", ["code: 'any'"], "no row is for code: another"),
    "too many cases": (
        "first", ", ".join(f"n{n}: whole" for n in range(6)), "",
        [", ".join(f"n{n}: [{k}, {k + 10}, {k + 20}]" for n in range(6)) for k in range(3)],
        "the inputs have more than 100,000 cases",
    ),
    "rows that are collected": ("collect", AGE, "", ["age: any"], "`collect`"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_cases(sample: Sample, name: str) -> None:
    hit, key, absent, cells, said = CASES[name]
    rows = "\n".join(f"- {{{cell}, band: '{n}'}}" for n, cell in enumerate(cells))
    sample.write(TABLE.format(hit=hit, key=key, absent=absent, rows=rows), "tables/ages.yaml")
    found = [f"{d.message} {d.hint}" for d in sample.check() if d.code.startswith("E")]
    assert len(found) == (1 if said else 0), found
    assert said in "".join(found)
