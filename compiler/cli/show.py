"""``rulewright show``"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import rich_click as click

from compiler.cli.faults import Stop, advised
from compiler.cli.projects import (
    extracts_of,
    find_rule,
    find_rules,
    guides_of,
    named,
    opened,
    publications_of,
    rules_of,
    specs_of,
)
from compiler.cli.terminal import Terminal
from compiler.suggest import hint

STAGES = ("document", "ast", "checked", "ir", "python", "sql")
_OTHERS = (
    ("a publication", publications_of, {"sql": "SQL"}), ("an extract", extracts_of, {"sql": "SQL"}),
    ("a guide", guides_of, {"python": "Python", "sql": "SQL"}),
)  # fmt: skip
"""The other kinds of specs: what one is called, all of a project, and the stages that the kind has none of."""


@click.command("show")
@click.argument("rule")
@click.option("--stage", type=click.Choice(STAGES), required=True, help="The representation to show.")
@click.pass_obj
def command(terminal: Terminal, rule: str, stage: str) -> None:
    """Show what the compiler makes of a rule, publication, extract or guide, stage by stage."""
    project = opened()
    for kind, all_of, lacking in _OTHERS:
        for found in named(all_of(project), rule)[:1]:
            terminal.lines(_of_other(stage, project, found, kind, lacking))
            return
    if not find_rules(project, rule):
        known = [spec.id for spec in (*rules_of(project), *specs_of(project))]
        near = hint(rule.rpartition("/")[2].strip().upper(), known)
        raise Stop(advised(f"There is no rule, publication, extract or guide `{rule}`.", near))
    checked = find_rule(project, rule)
    program = project.programs[checked.state]
    if stage != "document" and checked.written.alias_of is not None:
        target = checked.written.alias_of.text
        raise Stop(f"{checked.id} repeats {target}: see `rulewright show {target} --stage {stage}`.")
    if stage in ("ir", "python", "sql") and checked.key not in program.rules:
        raise Stop(f"{checked.id} has errors, so it has no {stage}. See `rulewright check`.")
    terminal.lines(_lines(stage, project, program, checked))


def _lines(stage: str, project: Any, program: Any, checked: Any) -> Iterator[str]:
    from compiler.reports import trees

    if stage == "document":
        yield from trees.document_lines(checked.written.document.root)
    elif stage in ("ast", "checked"):
        types = checked.facts.types if stage == "checked" else None
        for name in ("subject", "when", "require", "conflicts"):
            node = getattr(checked.written, name)
            if node is not None:
                yield f"{name}:"
                yield from (f"  {line}" for line in trees.ast_lines(node, types))
    elif stage == "ir":
        rule = program.rules[checked.key]
        for name in ("in_year", "when", "require", "conflicts"):
            node = getattr(rule, name)
            if node is not None:
                yield f"{name}:"
                yield from (f"  {line}" for line in trees.ir_lines(node))
    elif stage == "python":
        yield from _python(project, program, checked)
    else:
        from compiler.backends.duckdb import macros_in, script

        text = script(program, program.rules[checked.key], project.texts)
        yield from f"{macros_in(text)}\n{text}".splitlines()


def _of_other(stage: str, project: Any, checked: Any, kind: str, lacking: Mapping[str, str]) -> Iterator[str]:
    """A publication, an extract or a guide."""
    from compiler.reports import trees

    program = project.programs[checked.state]
    lowered: Any = {**program.publications, **program.extracts, **program.guides}.get(checked.id)
    if stage in lacking:
        raise Stop(f"{checked.id} is {kind}, which has no {lacking[stage]}.")
    if stage in ("ir", "python") and lowered is None:
        raise Stop(f"{checked.id} has errors, so it has no {stage}. See `rulewright check`.")
    if stage == "document":
        yield from trees.document_lines(checked.written.document.root)
    elif stage in ("ast", "checked"):
        yield from trees.spec_tree_lines(checked.written, checked.facts.types if stage == "checked" else None)
    elif stage == "ir":
        yield from trees.spec_lines(lowered)
    else:
        yield from _python(project, program, checked)


def _python(project: Any, program: Any, checked: Any) -> list[str]:
    """The lines of the module of a spec; where it is the only one of its state, the list of all has the same source."""
    from compiler.backends.python import generate

    source = checked.written.document.source.path
    modules = {artifact.sources: artifact.text for artifact in generate(program, project.texts)}
    return modules[source,].splitlines()
