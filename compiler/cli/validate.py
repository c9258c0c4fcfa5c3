"""``rulewright validate``"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import rich_click as click

from compiler.cli.extract import FIXED_ENCODING, form_of
from compiler.cli.faults import FINE, FOUND, UNREADABLE, Stop
from compiler.cli.layouts import layout_named
from compiler.cli.terminal import Terminal


@click.command("validate")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--layout", "spec", required=True, metavar="SPEC[@NAME]", help="An extract, and one of its layouts.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "fixed"]), default=None, help="What it is (default: by its suffix)."
)
@click.option("--encoding", default=None, help=f"Of the file (default: utf-8; {FIXED_ENCODING} for fixed).")
@click.pass_obj
def command(terminal: Terminal, file: Path, spec: str, form: str | None, encoding: str | None) -> int:
    """Check a file against a layout, whoever has made it.

    SPEC is the id of an extract or its path; without a name, its latest layout is taken. Lengths, types, pictures,
    values that are allowed and the checks of the extract are looked at, line by line. What is not called .csv is taken
    for lines of fixed width. The exit code is 1 when something is wrong.

    \b
    rulewright validate ssa.txt --layout CO-SSA
    rulewright validate ssa.csv --layout CO-SSA@2023-2024
    """
    from compiler.engines.filed import checking_interpreter
    from compiler.filing.columns import shape_of
    from compiler.filing.validation import problems_of
    from compiler.reports.text import plain, plural
    from compiler.semantics.outcomes import Context

    program, extract, layout = layout_named(spec, terminal)
    written = form_of(form or ("csv" if file.suffix.lower() == ".csv" else "fixed"), encoding)
    context = Context(max(layout.years), date.today())
    interpreter = checking_interpreter(program, extract, context)
    count, lines = 0, set[int]()
    try:
        with file.open("rb") as stream:
            for found in problems_of(stream, shape_of(extract, layout), written, interpreter):
                place = f"{file}:{found.line}:{found.place}" if found.place else f"{file}:{found.line}"
                terminal.out(plain(f"{place}: {found.problem}"))
                count += 1
                lines.add(found.line)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Stop(f"{file} could not be read: {error.strerror}.", UNREADABLE) from error
    told = f"{plural(count, 'problem')} in {plural(len(lines), 'line')}" if count else "nothing is wrong"
    terminal.say(f"{file}, by the layout {plain(layout.name)} of {extract.id}: {told}.")
    return FOUND if count else FINE
