"""No rule says little: whatever is changed in a rule, one of its examples notices.

Changes that cannot matter are listed with the reason; they stay few.
"""

from __future__ import annotations

from collections import Counter

import pytest

from compiler.semantics.program import Program
from tests.mutants import mutants, unnoticed
from tests.support import own_project

EQUIVALENT: dict[tuple[str, str], str] = {}
"""Changes without an effect, by rule and change, with the reason."""


def _programs() -> dict[str, Program]:
    return own_project().programs


RULES = [(state, rule) for state, program in sorted(_programs().items()) for rule in program.rules]


@pytest.mark.parametrize(("state", "rule"), RULES, ids=["/".join(rule) for rule in RULES])
def test_examples_notice_every_change(state: str, rule: str) -> None:
    program = _programs()[state]
    listed = {change for listed_rule, change in EQUIVALENT if listed_rule == rule}
    left = set(unnoticed(program, program.checked[rule]))
    assert left == listed


def test_exceptions_are_few() -> None:
    every = sum(
        1
        for program in _programs().values()
        for rule in program.rules.values()
        for _ in mutants(rule, program.checked[rule.id].written.document.source.path)
    )
    assert every > 5 * len(RULES)
    assert len(EQUIVALENT) < every / 20


@pytest.mark.parametrize(("state", "rule"), RULES, ids=["/".join(rule) for rule in RULES])
def test_examples_show_a_pass_and_a_violation(state: str, rule: str) -> None:
    outcomes = Counter(example.written.outcome.text for example in _programs()[state].checked[rule].examples)
    assert min(outcomes["pass"], outcomes["violation"]) > 0
