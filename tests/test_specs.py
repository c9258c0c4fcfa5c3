"""Every example of every spec in the repository: as its author expects, and the same from every back end."""

from __future__ import annotations

from functools import cache

import pytest

from compiler.backends.duckdb import Plan, Statement, every, fused, statement
from compiler.conformance import Examples
from compiler.diagnostics import Level
from compiler.semantics.checker.examples import CheckedExample
from compiler.semantics.examples import example_context, example_trace, example_world
from compiler.semantics.findings import Outcome
from tests.evaluation import by_interpreter, by_sql, connected, tallies, tally, world_of
from tests.support import own_project

EXAMPLES = [
    (state, rule.id, number)
    for state, program in sorted(own_project().programs.items())
    for rule in program.checked.values()
    for number in range(len(rule.examples))
]
RULES = sorted({(state, rule) for state, rule, _ in EXAMPLES})


def test_specs_have_no_errors_and_no_warnings() -> None:
    assert [str(found) for found in own_project().sink if found.level is not Level.NOTE] == []


@pytest.mark.parametrize(("state", "rule"), RULES, ids=["/".join(rule) for rule in RULES])
def test_examples(state: str, rule: str) -> None:
    results = Examples(own_project().programs[state]).of_rules([rule])
    assert results
    assert [(result.example.name, result.problems) for result in results if result.problems] == []


@pytest.mark.parametrize(("state", "rule"), RULES, ids=["/".join(rule) for rule in RULES])
def test_traces_of_examples(state: str, rule: str) -> None:
    """What an example gave is told with what its rule asked: all of it, unless the rule is none of its concern."""
    program = own_project().programs[state]
    for example in program.checked[rule].examples:
        found = example_trace(program, program.rules[rule], example)
        assert found.outcome == example.written.outcome.text
        if found.finding is not None and not found.finding.key:
            assert found.when is found.require is None
            continue
        assert (found.when is not None) == (program.rules[rule].when is not None)
        assert (found.require is None) == (found.when is not None and found.when.state == "no")


@cache
def statement_of(state: str, rule: str) -> Statement:
    program = own_project().programs[state]
    return statement(program, program.rules[rule])


def _example(state: str, rule: str, number: int) -> CheckedExample:
    example: CheckedExample = own_project().programs[state].checked[rule].examples[number]
    return example


@pytest.mark.parametrize(
    ("state", "rule", "number"), EXAMPLES, ids=[f"{rule}: {_example(s, rule, n).name}" for s, rule, n in EXAMPLES]
)
def test_sql(state: str, rule: str, number: int) -> None:
    """The query of a rule over the records of an example gives what the interpreter gives, subject by subject."""
    program, example = own_project().programs[state], _example(state, rule, number)
    lowered = program.rules[rule]
    bodies, context = example_world(program, lowered, example), example_context(example)
    wanted = by_interpreter(program, lowered, world_of(program, bodies), context)
    complete = {name: bodies.get(name, []) for name in lowered.needs}
    found = by_sql(connected(program, complete), program, lowered, context, statement_of(state, rule))
    assert found == wanted
    assert wanted or example.written.outcome.text == Outcome.NOT_CHECKED.value


@cache
def plan_of(state: str) -> Plan:
    program = own_project().programs[state]
    return fused(program, program.rules.values())


@pytest.mark.parametrize(("state", "rule"), RULES, ids=["/".join(rule) for rule in RULES])
def test_fused(state: str, rule: str) -> None:
    """The query that a rule shares with others gives of its last example what the interpreter gives."""
    program, plan = own_project().programs[state], plan_of(state)
    lowered = program.rules[rule]
    [query] = [query for query in plan.queries if lowered.key in query.rules]
    read = {name: columns for name, columns in plan.resources.items() if f'"{every(name)}"' in query.text}
    example = _example(state, rule, -1)
    bodies, context = example_world(program, lowered, example), example_context(example)
    complete = {name: bodies.get(name, []) for name in (*read, lowered.resource)}
    found = tallies(connected(program, complete), program, Plan(read, plan.setup, (query,)), context)
    assert found[lowered.key] == tally(program, lowered, world_of(program, bodies), bodies, context)


@pytest.mark.parametrize(("state", "rule"), RULES, ids=["/".join(rule) for rule in RULES])
def test_a_rule_says_where_it_comes_from(state: str, rule: str) -> None:
    """A source row with its hash; a decision wherever the rule is not simply what the row says."""
    written = own_project().programs[state].checked[rule].written
    assert written.source.sha256 is not None
    assert written.source.cells or written.source.note is not None  # of some rows nothing but the id survives
    assert written.fix is not None
    assert written.source.status.text == "faithful" or written.decisions
