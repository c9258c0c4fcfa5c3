"""``rulewright extract``"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from pathlib import Path
from typing import Any

import rich_click as click

from compiler import cache
from compiler.cli.faults import FINE, FOUND, UNREADABLE, Stop, sentence
from compiler.cli.files import keep, keep_texts
from compiler.cli.layouts import layout_of
from compiler.cli.options import YEAR, Day
from compiler.cli.projects import find_extract, must_be_sound, opened
from compiler.cli.terminal import Terminal

_FILE = click.Path(path_type=Path, dir_okay=False)
FIXED_ENCODING = "cp1252"


@click.command("extract")
@click.argument("spec")
@click.option("--data", type=click.Path(path_type=Path), required=True, help="A folder with one file a table.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Choose an option; repeat it for many.")
@click.option("--school-year", type=YEAR, default=None, help="By its ending year (default: the last of the layouts).")
@click.option("--as-of", type=Day(), default=None, help="The day of the run (default: today).")
@click.option("--layout", default=None, help="The layout by its name (default: that of the school year).")
@click.option("--format", "form", type=click.Choice(["csv", "fixed", "html"]), default="csv", help="What is written.")
@click.option("--encoding", default=None, help=f"Of the file (default: utf-8; {FIXED_ENCODING} for fixed).")
@click.option("--audit", type=_FILE, default=None, help="A file (.csv or .jsonl) for every candidate, and why.")
@click.option("--spreadsheet-safe", type=_FILE, default=None, help="A second CSV file, safe to open in spreadsheets.")
@click.option(
    "--engine",
    type=click.Choice(["duckdb", "python", "interpreter"]),
    default="duckdb",
    help="How values are worked out; every engine finds the same.",
)
@click.option("--no-cache", is_flag=True, help="Keep no copies of the data, and use none.")
@click.option("-o", "--output", type=_FILE, required=True, help="The file.")
@click.pass_obj
def command(terminal: Terminal, /, spec: str, data: Path, output: Path, **given: Any) -> int:
    """Make the file of an extract from tables.

    SPEC is the id of an extract or its path. The file is closed to others; it is written whole or not at all. What it
    is made with, and what is to be told of its rows, is printed; --audit lists every candidate, with a row or without.
    The exit code is 1 when a row is withheld or a text was cut.

    \b
    rulewright extract CO-SSA --data data --set calendars=5 --format fixed -o ssa.txt
    rulewright extract CO-SSA --data data --set calendars=5 --set calendars=6 --audit audit.csv -o ssa.csv
    """
    from compiler.engines.extraction import Extraction
    from compiler.engines.filed import Filing, sorted_out
    from compiler.engines.folder import DataError, open_folder
    from compiler.filing.columns import shape_of
    from compiler.reports.extracts import Account, Made, header, lost_tables
    from compiler.reports.text import plain
    from compiler.semantics.options import resolved
    from compiler.semantics.outcomes import Context

    project = opened(Path(spec) if Path(spec).exists() else None)
    checked = find_extract(project, spec)
    program = project.programs[checked.state]
    must_be_sound(project, program.state, terminal)
    extract = program.extracts[checked.id]
    layout = layout_of(extract, given["layout"], given["school_year"])
    year = given["school_year"] or max(layout.years)
    context = Context(year, given["as_of"] or date.today())
    form = form_of(given["form"], given["encoding"])
    chosen = settings_of(given["settings"])
    choices = resolved(program, extract, chosen, context)
    if choices.faults:
        raise Stop("\n".join(map(sentence, choices.faults)))
    shape = shape_of(extract, layout)
    try:
        with terminal.progress():
            copies = None if given["no_cache"] else cache.records()
            folder = open_folder(data, program.schemas)
            asked = Extraction(program, extract, folder, context, choices.values, copies)
            filing = Filing(program, extract, shape, form, context)
            with _worked_out(asked, given["engine"], frozenset(chosen)) as found:
                rows, left_out = sorted_out(filing, found.candidates)
    except DataError as error:
        raise Stop(str(error), UNREADABLE) from error
    made = Made(extract, layout.name, year, context.as_of, choices.values, rows, left_out)
    account = Account()
    for line in header(made, lost_tables(program, extract)):
        terminal.say(line)
    if year not in layout.years:
        terminal.say(f"The layout {layout.name} is not of the school year {year}.")
    if found.refused:
        terminal.say("DuckDB cannot take this extract; the interpreter worked it out, which is slower.")
    _tell_faults(found.faults, terminal)
    _write(output, made, account, form, shape, given)
    terminal.lines(account.problems())
    terminal.say(f"{output}: {plain(account.summary(left_out))}.")
    return FINE if account.is_whole else FOUND


def settings_of(settings: Sequence[str]) -> dict[str, list[str]]:
    """What is chosen on the command line, as texts by the names of options."""
    found: dict[str, list[str]] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals:
            raise Stop(f"`{setting}` sets nothing; write name=value.")
        found.setdefault(name, []).append(text)
    return found


def form_of(name: str, encoding: str | None) -> Any:
    """How a file is written: a format by its name, in an encoding or the usual one."""
    from compiler.filing.delimited import Delimited
    from compiler.filing.fixed import Fixed
    from compiler.filing.forms import UTF_8, FormError

    if name == "html" and encoding not in (None, UTF_8):
        raise Stop("Pages are written in utf-8; leave --encoding out.")
    try:
        if name == "fixed":
            return Fixed(encoding or FIXED_ENCODING)
        return Delimited(encoding or UTF_8, spreadsheets=name == "csv")
    except FormError as error:
        raise Stop(sentence(str(error))) from error


def _worked_out(asked: Any, engine: str, given: frozenset[str]) -> AbstractContextManager[Any]:
    from compiler.engines.extraction import again, interpreted, worked_out
    from compiler.engines.python_extraction import in_python

    if engine == "duckdb":
        return worked_out(asked)
    return nullcontext(again(in_python(asked, given) if engine == "python" else interpreted(asked)))


def _tell_faults(faults: Sequence[Any], terminal: Terminal) -> None:
    from compiler.reports.text import plain

    most = 20
    for fault in faults[:most]:
        terminal.say(plain(f"{fault.file}:{fault.line}: {fault.problem}"))
    if len(faults) > most:
        terminal.say(f"... and {len(faults) - most:,} more faults of records")


def _write(output: Path, made: Any, account: Any, form: Any, shape: Any, given: dict[str, Any]) -> None:
    from compiler.filing.delimited import spreadsheet_safe
    from compiler.filing.forms import FormError, file_of
    from compiler.filing.page import beside_the_page, page
    from compiler.reports.extracts import audit

    def texts(rows: Iterable[Any]) -> Iterator[Sequence[str]]:
        return (one.texts for one in rows)

    written = texts(account.of(made.rows))
    try:
        if given["form"] == "html":
            keep_texts(output, page(made.extract.title, shape, made.options, written))
            for name, text in beside_the_page().items():
                if not (output.parent / name).exists():
                    keep_texts(output.parent / name, [text])
        else:
            keep(output, lambda file: file.writelines(file_of(form, shape, written)))
        safe = given["spreadsheet_safe"]
        if safe is not None:
            as_csv = form_of("csv", None)
            keep(safe, lambda file: file.writelines(spreadsheet_safe(as_csv, shape, texts(made.written))))
    except FormError as error:
        raise Stop(sentence(str(error))) from error
    if given["audit"] is not None:
        keep_texts(given["audit"], audit(made, given["audit"]))
