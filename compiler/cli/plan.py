"""``rulewright plan``"""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import rich_click as click

from compiler.cli.faults import FINE, FOUND, UNREADABLE, Stop, advised
from compiler.cli.options import YEAR, Day
from compiler.cli.projects import find_publication, must_be_sound, opened
from compiler.cli.terminal import Terminal
from compiler.garbage import without_collection
from compiler.suggest import hint

_FOLDER = click.Path(path_type=Path)


@click.command("plan")
@click.argument("specs", nargs=-1, required=True, metavar="SPEC..")
@click.option("--after", type=_FOLDER, required=True, help="A folder with one file a table, as they are now.")
@click.option(
    "--before", type=_FOLDER, default=None, help="The tables as they were: only what has changed is looked at."
)
@click.option(
    "--identity", type=_FOLDER, default=None, help="The identity map that `publish` keeps (default: see below)."
)
@click.option(
    "--config", type=_FOLDER, default=None, help="A YAML or JSON file with rows that take the place of a table's."
)
@click.option("--all", "everything", is_flag=True, help="Look at all records, also beside --before.")
@click.option("--resync", is_flag=True, help="Compare with what the ODS holds, and plan what makes it agree.")
@click.option("--ods", type=_FOLDER, default=None, help="A folder that holds the records of the ODS, for --resync.")
@click.option("--max-deletes", type=click.IntRange(0), default=None, help="How many records a resync may delete.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="The value of a parameter.")
@click.option("--year", type=YEAR, default=None, help="A school year, by its ending year (default: all in the data).")
@click.option("--as-of", type=Day(), default=None, help="The day of the plan (default: today).")
@click.option("--format", "form", type=click.Choice(["text", "jsonl"]), default="text", help="How to print.")
@click.pass_obj
@without_collection()
def command(
    terminal: Terminal,
    specs: tuple[str, ...],
    after: Path,
    before: Path | None,
    identity: Path | None,
    config: Path | None,
    everything: bool,
    resync: bool,
    ods: Path | None,
    max_deletes: int | None,
    settings: tuple[str, ...],
    year: int | None,
    as_of: date | None,
    form: str,
) -> int:
    """Plan what publications send, and say why the rest is not sent.

    SPEC is the id of a publication or its path. Nothing is sent; `publish` sends a plan printed with --format jsonl.
    Without --identity, what was wanted of the tables of --before counts as sent; without either, nothing does.
    A resync deletes at most one in a hundred of the records that were sent (at least one), unless --max-deletes says
    otherwise. The exit code is 1 when a record that should be sent cannot be or waits, or deletions are withheld.

    \b
    rulewright plan NE-SSA --after data --year 2025
    rulewright plan NE-SSA --before yesterday --after data --identity sent.sqlite --format jsonl > plan.jsonl
    rulewright plan NE-SSA --after data --identity sent.sqlite --resync --ods ods
    """
    from compiler.engines.folder import DataError, open_folder
    from compiler.engines.identity import open_identity
    from compiler.engines.planning import Sources, Wishes, plan
    from compiler.engines.settings import read_settings
    from compiler.reports.plans import as_jsonl, as_text
    from compiler.reports.text import plain

    if resync != (ods is not None):
        raise Stop("--resync compares with the ODS: it needs --ods DIR, and --ods needs --resync.")
    if max_deletes is not None and not resync:
        raise Stop("--max-deletes limits a resync: it needs --resync.")
    project = opened(next((Path(spec) for spec in specs if Path(spec).exists()), None))
    checked = _chosen(project, specs, terminal)
    program = project.programs[checked[0].state]
    must_be_sound(project, program.state, terminal)
    parameters = _parameters(checked, settings)
    try:
        with terminal.progress(), ExitStack() as stack:
            planned = plan(
                program,
                [program.publications[one.id] for one in checked],
                Sources(
                    open_folder(after, program.schemas),
                    open_folder(before, program.schemas) if before is not None else None,
                    stack.enter_context(open_identity(identity, program.state)) if identity is not None else None,
                    read_settings(config, program.schemas) if config is not None else {},
                    ods,
                ),
                Wishes(as_of or date.today(), year, everything, max_deletes, parameters),
            )
    except DataError as error:
        raise Stop(str(error), UNREADABLE) from error
    for fault in planned.faults:
        terminal.say(plain(f"{fault.file}:{fault.line}: {fault.problem}"))
    if not planned.plans:
        terminal.say("No record names its school year; say which is meant with --year.")
    terminal.lines(as_jsonl(planned) if form == "jsonl" else as_text(planned))
    return FOUND if planned.is_held_up else FINE


def _chosen(project: Any, specs: tuple[str, ...], terminal: Terminal) -> list[Any]:
    """The publications that are named, and those that share the keys of one, each once, in order of their ids."""
    found = {checked.id: checked for checked in (find_publication(project, spec) for spec in specs)}
    states = sorted({checked.state for checked in found.values()})
    if len(states) > 1:
        raise Stop(f"These publications are of several states: {', '.join(states)}. Plan one state at a time.")
    published = project.programs[states[0]].published
    for checked in list(found.values()):
        for name in checked.written.shared_with:
            if name.text in published and name.text not in found:
                found[name.text] = published[name.text]
                terminal.say(f"{name.text} is planned too: it shares its records with {checked.id}.")
    return [found[name] for name in sorted(found)]


def _parameters(checked: list[Any], settings: tuple[str, ...]) -> dict[str, Any]:
    """The values of parameters that are set on the command line."""
    from compiler.schema.types import describe
    from compiler.semantics.checker.typed import scalar_value

    known = {parameter.name: parameter for one in checked for parameter in one.parameters}
    values = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals:
            raise Stop(f"`{setting}` sets nothing; write name=value.")
        parameter = known.get(name)
        if parameter is None:
            raise Stop(advised(f"There is no parameter `{name}`.", hint(name, known)))
        value = scalar_value(text, parameter.type)
        if value is None:
            raise Stop(f"`{text}` is not {describe(parameter.type)}, which `{name}` is.")
        if parameter.choices and value not in parameter.choices:
            raise Stop(f"`{name}` is one of {', '.join(f'`{choice}`' for choice in parameter.choices)}.")
        values[name] = value
    return values
