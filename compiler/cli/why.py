"""``rulewright why``"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import rich_click as click

from compiler.cli.faults import FINE, UNREADABLE, Stop
from compiler.cli.options import scope_option, when_options
from compiler.cli.projects import find_rule, must_be_sound, opened
from compiler.cli.run import must_run, the_year
from compiler.cli.terminal import Terminal


@click.command("why")
@click.argument("rule")
@click.option("--data", type=click.Path(path_type=Path), required=True, help="A folder with one file a resource.")
@click.option("--student", required=True, help="The student's unique id.")
@when_options
@scope_option("state")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print.")
@click.option("--all", "steps", is_flag=True, help="Show all that was asked, not only what decided.")
@click.pass_obj
def command(
    terminal: Terminal, /, rule: str, data: Path, student: str, form: str, steps: bool, **given: Any
) -> int:  # fmt: skip
    """Explain what a rule says about one student.

    It shows what decided, clause by clause, with the values and where they stand, and the nearest change of a single
    value that would let it pass. Every change it names has been tried.
    """
    from compiler.engines.explain import Explainer
    from compiler.engines.folder import DataError, open_folder
    from compiler.reports.explanations import Telling, lines, meanings
    from compiler.reports.explanations_json import as_json
    from compiler.semantics.outcomes import Context

    project = opened()
    checked = find_rule(project, rule)
    program = project.programs[checked.state]
    must_be_sound(project, program.state, terminal)
    year = the_year([checked.collection], given["school_year"], given["cycle"])
    context = Context(year, given["as_of"] or date.today(), given["scope"], given["cycle"])
    checked = find_rule(project, rule, context.school_year, context.as_of)
    must_run(program, checked, context.school_year, context.as_of)
    lowered = program.rules[checked.key]
    try:
        with terminal.progress():
            explainer = Explainer(program, [lowered], open_folder(data, program.schemas), context)
            found = explainer.explain(lowered, student, steps=steps)
    except DataError as error:
        raise Stop(str(error), UNREADABLE) from error
    telling = Telling(checked, lowered, student, meanings(program, year))
    if form == "json":
        terminal.lines([json.dumps(as_json(telling, found, context), indent=2, ensure_ascii=False)])
    else:
        terminal.lines(lines(telling, found, steps=steps))
    return FINE
