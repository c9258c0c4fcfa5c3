"""``rulewright show``"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import rich_click as click

from compiler.cli.faults import Stop
from compiler.cli.projects import find_publications, find_rule, opened
from compiler.cli.terminal import Terminal

STAGES = ("document", "ast", "checked", "ir", "python", "sql")


@click.command("show")
@click.argument("rule")
@click.option("--stage", type=click.Choice(STAGES), required=True, help="The representation to show.")
@click.pass_obj
def command(terminal: Terminal, rule: str, stage: str) -> None:
    """Show what the compiler makes of a rule or publication, stage by stage."""
    project = opened()
    published = find_publications(project, rule)
    if published:
        terminal.lines(_of_publication(stage, project, published[0]))
        return
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
        from compiler.backends.python import generate

        source = checked.written.document.source.path
        yield from next(a.text for a in generate(program, project.texts) if a.sources == (source,)).splitlines()
    else:
        from compiler.backends.duckdb import macros_in, script

        text = script(program, program.rules[checked.key], project.texts)
        yield from f"{macros_in(text)}\n{text}".splitlines()


def _of_publication(stage: str, project: Any, checked: Any) -> Iterator[str]:
    from compiler.reports import trees

    program = project.programs[checked.state]
    if stage == "sql":
        raise Stop(f"{checked.id} is a publication, which has no SQL.")
    if stage in ("ir", "python") and checked.id not in program.publications:
        raise Stop(f"{checked.id} has errors, so it has no {stage}. See `rulewright check`.")
    if stage == "document":
        yield from trees.document_lines(checked.written.document.root)
    elif stage in ("ast", "checked"):
        yield from trees.publication_tree_lines(checked.written, checked.facts.types if stage == "checked" else None)
    elif stage == "ir":
        yield from trees.publication_lines(program.publications[checked.id])
    else:
        from compiler.backends.python import generate

        source = checked.written.document.source.path
        yield from next(a.text for a in generate(program, project.texts) if a.sources == (source,)).splitlines()
