"""``rulewright why``"""

from __future__ import annotations

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
@click.pass_obj
def command(terminal: Terminal, /, rule: str, data: Path, student: str, **given: Any) -> int:
    """Explain what a rule says about one student, with the values it read and where they stand."""
    from compiler.engines.explain import explanations
    from compiler.engines.folder import DataError, open_folder
    from compiler.reports.explanations import lines
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
            found = explanations(program, lowered, open_folder(data, program.schemas), context, student)
    except DataError as error:
        raise Stop(str(error), UNREADABLE) from error
    terminal.lines(lines(checked, lowered, found, student))
    return FINE
