"""``rulewright plan``"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import rich_click as click

from compiler.cli.faults import FINE, FOUND, UNREADABLE, Stop
from compiler.cli.options import Day
from compiler.cli.projects import find_publication, must_be_sound, opened
from compiler.cli.terminal import Terminal


@click.command("plan")
@click.argument("spec")
@click.option(
    "--after", type=click.Path(path_type=Path), required=True, help="A folder with one file a table, as they are now."
)
@click.option("--year", type=int, default=None, help="A school year, by its ending year (default: all in the data).")
@click.option("--as-of", type=Day(), default=None, help="The day of the plan (default: today).")
@click.option("--format", "form", type=click.Choice(["text", "jsonl"]), default="text", help="How to print.")
@click.pass_obj
def command(terminal: Terminal, spec: str, after: Path, year: int | None, as_of: date | None, form: str) -> int:
    """Plan what a publication sends, and say why the rest is not sent.

    SPEC is the id of a publication or its path. Nothing is sent: every record is printed as a request that would add
    it. The exit code is 1 when a record that should be sent cannot be.

    \b
    rulewright plan NE-SSA --after data --year 2025
    rulewright plan NE-SSA --after data --format jsonl > plan.jsonl
    """
    from compiler.engines.folder import DataError, open_folder
    from compiler.engines.planning import plan
    from compiler.reports.plans import as_jsonl, as_text

    project = opened(Path(spec) if Path(spec).exists() else None)
    checked = find_publication(project, spec)
    program = project.programs[checked.state]
    must_be_sound(project, program.state, terminal)
    try:
        with terminal.progress():
            folder = open_folder(after, program.schemas)
            planned = plan(program, program.publications[checked.id], folder, year, as_of or date.today())
    except DataError as error:
        raise Stop(str(error), UNREADABLE) from error
    for fault in planned.faults:
        terminal.say(f"{fault.file}:{fault.line}: {fault.problem}")
    if not planned.plans:
        terminal.say("No record names its school year; say which is meant with --year.")
    terminal.lines(as_jsonl(planned) if form == "jsonl" else as_text(planned))
    return FOUND if any(plan.is_blocked for plan in planned.plans) else FINE
