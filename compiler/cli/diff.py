"""``rulewright diff``"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import rich_click as click

from compiler.cli.faults import FINE, FOUND, OUR_FAULT, UNREADABLE, Stop, advised
from compiler.cli.layouts import is_layout, named_layout
from compiler.cli.options import scope_option, when_options
from compiler.cli.run import the_year
from compiler.cli.sides import Opened, must_check, opened_side, working_tree
from compiler.cli.terminal import Terminal
from compiler.suggest import hint


@click.command("diff")
@click.argument("old")
@click.argument("new", required=False)
@click.option("--specs", default=None, help="Only this state, as specs/indiana.")
@click.option("--notes", is_flag=True, help="Also tell of examples, decisions and notes.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text", help="How it is told."
)
@click.option("--data", type=click.Path(path_type=Path), default=None, help="Records to run both sides over.")
@when_options
@scope_option("district")
@click.option(
    "--engine",
    type=click.Choice(["duckdb", "python", "interpreter"]),
    default="duckdb",
    help="How rules are evaluated.",
)
@click.option("--mask-students", is_flag=True, help="Replace student ids.")
@click.pass_obj
def command(terminal: Terminal, /, old: str, new: str | None, specs: str | None, **given: Any) -> int:
    """Compare two versions of the specs by what they mean.

    OLD and NEW are projects, folders of a state, or git revisions; NEW is the working tree unless it is given. Or they
    are layouts of extracts, SPEC@LAYOUT, by name or school year; NEW is the latest one of OLD unless it is given.

    \b
    rulewright diff HEAD~1
    rulewright diff v1.2 main --format markdown
    rulewright diff HEAD --data data --school-year 2024 --as-of 2024-06-01
    rulewright diff specs/indiana ../next/specs/indiana
    rulewright diff CO-SSA@2023-2024 CO-SSA@2024-2025
    """
    if is_layout(old):
        return _layouts(old, new, given["form"], terminal)
    from compiler.reports.changes import Told, as_text, summary
    from compiler.reports.changes_json import as_json
    from compiler.reports.changes_markdown import as_markdown

    sides = opened_side(old), opened_side(new) if new is not None else working_tree()
    told = Told(sides[0].name, sides[1].name, tuple(_compared(sides, specs, given, terminal)), given["notes"])
    write = {"text": as_text, "json": as_json, "markdown": as_markdown}[given["form"]]
    terminal.out(write(told), end="")
    terminal.say(summary(told))
    return FOUND if told.differs else FINE


def _layouts(old: str, new: str | None, form: str, terminal: Terminal) -> int:
    """Tell what is other in the newer of two layouts."""
    from compiler.reports.layouts import as_json, as_markdown, as_text, compared, summary

    spec = old.rpartition("@")[0]
    found = compared(named_layout(old, terminal), named_layout(new or spec, terminal))
    write = {"text": as_text, "json": as_json, "markdown": as_markdown}[form]
    terminal.out(write(found), end="")
    terminal.say(summary(found))
    return FOUND if found.rows else FINE


def _compared(
    sides: tuple[Opened, Opened], specs: str | None, given: dict[str, Any], terminal: Terminal
) -> Iterator[Any]:
    """Each state with its differences and, with data, what becomes of the findings."""
    from compiler.changes.comparison import differences
    from compiler.changes.sides import Side
    from compiler.reports.changes import State

    pairs = _pairs(sides, specs)
    ruled = [names for names in pairs if all(_has_rules(*place) for place in zip(sides, names, strict=True))]
    if given["data"] is not None and len(ruled) > 1:
        raise Stop(f"Say which specs to run: --specs specs/{' or specs/'.join(new for _, new in ruled)}.")
    if given["data"] is not None and not ruled:
        raise Stop("There are no rules to run over data; what publications send is told by `rulewright plan`.")
    for names in pairs:
        for side, name in zip(sides, names, strict=True):
            must_check(side, name, terminal)
        old, new = (
            Side(side.project.programs[name], side.project.checked) for side, name in zip(sides, names, strict=True)
        )
        impact = _impact(old, new, given, terminal) if given["data"] is not None and names in ruled else None
        yield State(differences(old, new), impact)


def _has_rules(side: Opened, state: str) -> bool:
    return bool(side.project.programs[state].checked)


def _pairs(sides: tuple[Opened, Opened], specs: str | None) -> list[tuple[str, str]]:
    """The states to compare, by their names on both sides."""
    there = [
        {name for name, p in side.project.programs.items() if p.checked or p.published or p.filed or p.guided}
        for side in sides
    ]
    asked = specs.rstrip("/").rpartition("/")[2] if specs is not None else None
    old, new = (asked or side.state for side in sides)
    old, new = old or new, new or old
    if old is None or new is None:
        for one, other, side in ((0, 1, sides[1]), (1, 0, sides[0])):
            for name in sorted(there[one] - there[other]):
                raise Stop(f"{side.name} has no specs below specs/{name}; name one state with --specs.")
        return [(name, name) for name in sorted(there[0])]
    for name, names, side in zip((old, new), there, sides, strict=True):
        if name not in names:
            raise Stop(advised(f"{side.name} has no specs below specs/{name}.", hint(name, names)))
    return [(old, new)]


def _impact(old: Any, new: Any, given: dict[str, Any], terminal: Terminal) -> Any:
    """What becomes of the findings over data."""
    from compiler.changes.impact import impact
    from compiler.engines.evaluation import EngineError, Options
    from compiler.engines.folder import DataError
    from compiler.reports.changes import masked
    from compiler.reports.masking import Aliases

    options = Options(
        the_year(new.program.collections.values(), given["school_year"], given["cycle"]),
        given["as_of"] or date.today(),
        given["scope"],
        given["cycle"],
        engine=given["engine"],
        dispositions=True,
    )
    the_year(old.program.collections.values(), options.school_year, given["cycle"])
    try:
        with terminal.progress() as progress:
            found = impact(old, new, given["data"], options, progress)  # type: ignore[arg-type]
    except DataError as error:
        raise Stop(str(error), UNREADABLE) from error
    except EngineError as error:
        raise Stop(str(error), OUR_FAULT) from error
    return masked(found, Aliases()) if given["mask_students"] else found
