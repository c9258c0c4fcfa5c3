"""The pattern language of `matches`: our matcher, Python's `re` and DuckDB's RE2 agree; what is refused says why."""

from __future__ import annotations

import re

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.schema import patterns as patterns_module
from compiler.schema.patterns import PatternError, as_regex, matches, parse

_SIGNS = "aAzZ09 -.^$\\|/_'\u00e4\u0663\n"
_literals = st.sampled_from("aA09_ ").map(lambda c: c) | st.sampled_from([r"\.", r"\-", r"\\", r"\[", r"\^", r"\d"])
_classes = st.sampled_from(("[a-z]", "[^a-z]", "[A-Z0-9]", "[\\]a]", "[-a]", "[^\\d]", "[\u00e4-\u00f6]"))
patterns = st.recursive(
    _literals | _classes,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=4).map("".join)
        | st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({'|'.join(parts)})")
        | inner.map(lambda part: f"({part})?")
        | inner.map(lambda part: f"({part}){{0,3}}")
        | inner.map(lambda part: f"({part}){{2}}")
    ),
    max_leaves=8,
)
texts = st.text(alphabet=_SIGNS, max_size=8)


@given(patterns, texts)
def test_agrees_with_re(pattern: str, text: str) -> None:
    assert matches(pattern, text) == (re.fullmatch(as_regex(pattern), text, re.DOTALL) is not None)


@given(st.lists(st.tuples(patterns, texts), min_size=1, max_size=20))
def test_agrees_with_duckdb(cases: list[tuple[str, str]]) -> None:
    for pattern, text in cases:
        row = duckdb.execute("SELECT regexp_full_match(?, ?)", [text, as_regex(pattern)]).fetchone()
        assert row == (matches(pattern, text),), (pattern, text)


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        (r"\d{3}", ("123",), ("12", "1234", "12a", "\u0661\u0662\u0663")),
        ("[A-F0-9]{2,4}", ("A0", "FFFF"), ("G0", "a0", "FFFFF")),
        ("(ab|c)?d", ("d", "abd", "cd"), ("abcd", "")),
        (r"a\.b", ("a.b",), ("axb",)),
        ("", ("",), (" ",)),
        ("[^ ]{1,3}", ("a", "\u00e4\n"), ("", "a b")),
    ],
)
def test_matches(pattern: str, yes: tuple[str, ...], no: tuple[str, ...]) -> None:
    assert [matches(pattern, text) for text in (*yes, *no)] == [True] * len(yes) + [False] * len(no)


@pytest.mark.parametrize(
    ("pattern", "problem", "at"),
    [
        ("a*", "repeats without bound (`*`)", 1),
        ("^a", "holds `^`", 0),
        ("a.b", "holds `.`", 1),
        ("(a", "opens a parenthesis that does not close", 0),
        ("a)", "closes a parenthesis that was not opened", 1),
        ("[a", "opens a class that does not close", 0),
        ("[]", "holds an empty class", 0),
        ("[z-a]", "holds a range that ends before it begins", 0),
        (r"\w", "holds `\\w`", 0),
        ("a{1,}", "holds a repetition without bounds", 1),
        ("a{3,1}", "repeats 3 to 1 times", 1),
        ("a??", "repeats a repetition", 2),
        ("?a", "holds `?` where nothing can be repeated", 0),
        ("((((a{99}){99}){99}){99})", "stands for more than 1000 characters", 0),
        ("(" * 1000 + "a" + ")" * 1000, "holds more than 20 groups in one another", 20),
    ],
)
def test_refused(pattern: str, problem: str, at: int) -> None:
    with pytest.raises(PatternError) as found:
        parse(pattern)
    assert (str(found.value), found.value.at) == (problem, at)
    assert found.value.fix


def test_work_does_not_grow_with_the_text() -> None:
    """A pattern that makes backtracking matchers hang: the states it can be in are few, however long the text."""
    pattern, step = "(a?){50}a{50}(a|aa){0,20}", patterns_module._after
    visited = []
    for length in (200, 20_000):
        step.cache_clear()
        assert not matches(pattern, "a" * length + "b")
        visited.append(step.cache_info().misses)
    assert visited[0] == visited[1] < 3_000
