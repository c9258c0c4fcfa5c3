"""``rulewright publish``"""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from compiler.cli.faults import FINE, FOUND, UNREADABLE, Stop
from compiler.cli.terminal import Terminal

_FILE = click.Path(path_type=Path)


@click.command("publish")
@click.argument("plan", type=_FILE)
@click.option("--ods", type=_FILE, required=True, help="A folder that holds the records of the ODS.")
@click.option("--state", type=_FILE, required=True, help="The identity map: what was sent. Made when it is not there.")
@click.pass_obj
def command(terminal: Terminal, plan: Path, ods: Path, state: Path) -> int:
    """Take the steps of a plan, and keep in the identity map what was sent.

    PLAN is what `rulewright plan --format jsonl` has printed. The ODS is a folder with one file a resource (in a
    folder for each school year, when there are several); an ODS cannot be reached over HTTP yet. Folder and map are of
    one state, that of the first plan; plans of another are refused.

    When it is stopped, give the same plan again: what has come through is not sent twice. A step that is refused
    stops the steps of its student; the next plan takes them up again. The exit code is 1 when a step was refused.

    \b
    rulewright plan NE-SSA --after data --format jsonl > plan.jsonl
    rulewright publish plan.jsonl --ods ods --state sent.sqlite
    """
    from compiler.engines.folder import DataError
    from compiler.engines.identity import open_identity
    from compiler.engines.ods import OdsFolder, must_be_of, place_of
    from compiler.engines.orders import read_plan
    from compiler.engines.publishing import publish
    from compiler.planning.telling import record_words
    from compiler.reports.text import plain, plural

    try:
        read = read_plan(plan)
        must_be_of(ods, read.state, keep=True)
        places = {year: OdsFolder(place_of(ods, year, read.years)) for year in read.years}
        with open_identity(state, read.state, create=True) as identity, terminal.progress():
            if not identity.begun(read.orders.name) and (read.revision or 0) != identity.revision:
                raise Stop(f"{state} has changed since the plan was made; plan again with --identity {state}.")
            try:
                result = publish(read.orders, identity, places)
            finally:
                for place in places.values():
                    place.close()
    except DataError as error:
        raise Stop(str(error), UNREADABLE) from error
    for step, problem in result.refused:
        named = record_words(step.resource, step.names, step.key)
        terminal.out(plain(f"refused: {step.verb} {named} ({step.sender}): {problem}"))
    known = f", {plural(result.known, 'step')} had come through before" if result.known else ""
    waits = f", {plural(result.held_up, 'step')} not tried after a refusal" if result.held_up else ""
    refused = f", {plural(len(result.refused), 'step')} refused" if result.refused else ""
    terminal.say(f"{plural(result.accepted, 'step')} taken{known}{refused}{waits}.")
    return FOUND if result.refused else FINE
