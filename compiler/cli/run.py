"""``rulewright run``"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Iterable
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

import rich_click as click

from compiler import cache
from compiler.cli.faults import FINE, FOUND, OUR_FAULT, UNREADABLE, Stop, advised
from compiler.cli.projects import chosen_program, find_rule, must_be_sound, opened, specs_option
from compiler.cli.terminal import Terminal

SEVERITIES = ("error", "conflict", "exclusion", "warning", "informational", "never")
FORMATS = ("text", "json", "jsonl", "csv")


class Day(click.ParamType[date]):
    """A date on the command line."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"`{value}` is not a date; write it as 2024-06-01", param, ctx)


@click.command("run")
@click.option("--data", type=click.Path(path_type=Path), required=True, help="A folder with one file a resource.")
@specs_option
@click.option("--collection", "collections", multiple=True, help="Only the rules of a collection (repeatable).")
@click.option("--rule", "rules", multiple=True, help="Only this rule (repeatable).")
@click.option("--cycle", default=None, help="The cycle of the collection (default: its default cycle).")
@click.option("--school-year", type=int, default=None, help="By its ending year (default: the latest with parameters).")
@click.option("--as-of", type=Day(), default=None, help="The day of the run (default: today).")
@click.option(
    "--scope", type=click.Choice(["district", "state", "history"]), default="district", help="What the data hold."
)
@click.option(
    "--engine",
    type=click.Choice(["duckdb", "python", "interpreter"]),
    default="duckdb",
    help="How rules are evaluated; every engine finds the same.",
)
@click.option("--no-fuse", is_flag=True, help="Let the engine duckdb run a query for each rule, which is slower.")
@click.option("--structure", type=click.Choice(["used", "all"]), default="used", help="How much structure is checked.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="How findings are printed.")
@click.option("-o", "--output", type=click.Path(path_type=Path), default=None, help="A folder to write findings to.")
@click.option(
    "--dispositions",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="A file (.csv or .jsonl) for what becomes of every student in the count; totals go beside it.",
)
@click.option("--list-not-checked", is_flag=True, help="List every subject that could not be checked.")
@click.option("--max-findings", type=click.IntRange(min=0), default=3, help="How many findings a rule the text shows.")
@click.option("--no-cache", is_flag=True, help="Keep no copies of the data, and use none.")
@click.option("--mask-students", is_flag=True, help="Replace student ids.")
@click.option(
    "--fail-on", type=click.Choice(SEVERITIES), default="error", help="The least severity that gives exit code 1."
)
@click.pass_obj
def command(terminal: Terminal, /, data: Path, specs: Path | None, **given: Any) -> int:
    """Run rules over a folder of records.

    \b
    rulewright run --data data --school-year 2024 --as-of 2024-06-01
    rulewright run --data data --collection membership --format csv > findings.csv
    """
    from compiler.engines.evaluation import EngineError
    from compiler.engines.folder import DataError, open_folder
    from compiler.engines.run import run
    from compiler.reports import findings as reports
    from compiler.reports.masking import Aliases

    project = opened(specs)
    program = chosen_program(project, specs)
    must_be_sound(project, program.state, terminal)
    _check_dispositions(program, given)
    options = _options(project, program, given)
    terminal.say(_taken(program, options, data))
    try:
        with terminal.progress() as progress:
            result = run(program, open_folder(data, program.schemas), options, progress)  # type: ignore[arg-type]
    except DataError as error:
        raise Stop(str(error), UNREADABLE) from error
    except EngineError as error:
        raise Stop(str(error), OUR_FAULT) from error
    aliases = Aliases() if given["mask_students"] else None
    found: list[dict[str, Any]] = list(
        reports.rows(result, list_not_checked=given["list_not_checked"], aliases=aliases)
    )
    if given["dispositions"] is not None:
        _write_dispositions(terminal, result, given["dispositions"], aliases)
    _write(terminal, _formatted(result, found, given), given["form"], given["output"])
    if given["form"] != "text":
        for rule, missing, count in reports.not_checked(result):
            terminal.say(f"not checked: {rule}, {reports.how_many(count)}: {reports.cause_words(missing)}")
        for line in reports.data_lines(result):
            terminal.say(line)
    terminal.say(_totals(result, found))
    return _exit_code(found, given["fail_on"])


def _options(project: Any, program: Any, given: dict[str, Any]) -> Any:
    from compiler.driver import fingerprint
    from compiler.engines.run import Options, chosen_rules
    from compiler.suggest import hint

    for name in given["collections"]:
        if name not in program.collections:
            raise Stop(advised(f"There is no collection `{name}`.", hint(name, program.collections)))
    chosen = [program.collections[n] for n in given["collections"] or program.collections]
    year = the_year(chosen, given["school_year"], given["cycle"])
    as_of = given["as_of"] or date.today()
    rules = [find_rule(project, f"{program.state}/{name}", year, as_of) for name in given["rules"]]
    for rule in rules:
        must_run(program, rule, year, as_of, given["collections"])
    ids = tuple(rule.id for rule in rules)
    kept = None if given["no_cache"] else cache.records()
    options = Options(
        year,
        as_of,
        given["scope"],
        given["cycle"],
        given["collections"],
        ids,
        given["engine"],
        given["structure"],
        bool(given["dispositions"]),
        kept,
        not given["no_fuse"],
        fingerprint(project.root, project.sources) if kept is not None else "",
    )
    if not chosen_rules(program, options):
        raise Stop(f"There are no rules of the collection {' or '.join(given['collections']) or program.state}.")
    return options


def _check_dispositions(program: Any, given: dict[str, Any]) -> None:
    """Stop when dispositions are asked for that could not be right, or could not be written."""
    from compiler.reports.dispositions import FORMATS

    path = given["dispositions"]
    if path is None:
        return
    if path.suffix not in FORMATS:
        raise Stop(f"`{path.name}` is of no format that dispositions can be written in: {' or '.join(FORMATS)}.")
    if given["rules"]:
        raise Stop("Dispositions rest on all rules of a collection: leave out --rule.")
    wanted = given["collections"] or program.collections
    if not any(name in program.populations for name in wanted):
        raise Stop("No collection says who belongs to it: add `population:` to it in `_collections.yaml`.")


def must_run(program: Any, checked: Any, year: int, as_of: date, collections: Collection[str] = ()) -> None:
    """Stop when a rule that was asked for would not be run."""
    lowered = program.rules.get(checked.key)
    if lowered is None or not checked.runs:
        raise Stop(f"{checked.id} is not run: it is {checked.written.status} or repeats another rule.")
    if not checked.validity.holds(year, as_of):
        raise Stop(f"{checked.id} does not hold in school year {year} on {as_of}; its file says when.")
    if collections and lowered.collection not in collections:
        raise Stop(f"{checked.id} is a rule of the collection `{lowered.collection}`, which was not asked for.")


def the_year(collections: Iterable[Any], year: int | None, cycle: str | None) -> int:
    """The school year of a run (the latest one with parameters, when none is given), with its cycle checked."""
    chosen = list(collections)
    year = year or max((y for c in chosen for y in c.years), default=date.today().year)
    for collection in chosen:
        if year not in collection.years:
            years = ", ".join(map(str, collection.years))
            raise Stop(f"The collection `{collection.name}` has no parameters for school year {year}; it has {years}.")
        if cycle is not None and cycle not in collection.cycles:
            cycles = ", ".join(collection.cycles)
            raise Stop(f"The collection `{collection.name}` has no cycle `{cycle}`; it has {cycles}.")
    return year


def _taken(program: Any, options: Any, data: Path) -> str:
    """The first line: what was taken."""
    names = options.collections or sorted(program.collections)
    cycles = ", ".join(f"{name} ({options.cycle or program.collections[name].default_cycle})" for name in names)
    year = f"school year {options.school_year} ({options.school_year - 1}-{options.school_year % 100:02})"
    return f"{program.state}, {year}, as of {options.as_of}, {options.scope} scope: {cycles}; data in {data}"


def _formatted(result: Any, found: list[dict[str, Any]], given: dict[str, Any]) -> Iterable[str]:
    from compiler.reports import dispositions
    from compiler.reports import findings as reports

    match given["form"]:
        case "jsonl":
            return reports.as_jsonl(found)
        case "json":
            return [reports.as_json(found, result)]
        case "csv":
            return reports.as_csv(found)
        case _:
            report = chain(reports.text_report(result, found, given["max_findings"]), dispositions.lines(result))
            return (f"{line}\n" for line in report)


def _write(terminal: Terminal, texts: Iterable[str], form: str, output: Path | None) -> None:
    if output is None:
        for text in texts:
            terminal.out(text, end="")
        return
    path = output / f"findings.{'txt' if form == 'text' else form}"
    try:
        _keep(path, texts)
    except OSError as error:
        raise Stop(f"{path} could not be written: {error.strerror or error}") from error
    terminal.say(f"findings written to {path}")


def _write_dispositions(terminal: Terminal, result: Any, path: Path, aliases: Any) -> None:
    from compiler.reports import dispositions as reports

    beside = path.with_name(f"{path.stem}-totals.csv")
    try:
        _keep(path, reports.as_file(result, path.suffix, aliases))
        _keep(beside, reports.totals_as_csv(result.dispositions))
    except OSError as error:
        raise Stop(f"{path} could not be written: {error.strerror or error}") from error
    terminal.say(f"dispositions written to {path}, totals to {beside}")


def _keep(path: Path, texts: Iterable[str]) -> None:
    """Write a file that only its owner may read, all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.writelines(texts)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _totals(result: Any, found: list[dict[str, Any]]) -> str:
    """The last line: rules run, subjects, findings, not checked, structure findings."""
    from compiler.reports.findings import not_checked
    from compiler.reports.text import plural

    subjects = sum(r.subjects for r in result.results.values())
    violations = sum(1 for row in found if row["outcome"] == "violation" and row["rule"] != "structure")
    unchecked = sum(count for _, _, count in not_checked(result))
    whole = sum(1 for finding in result.findings if not finding.key)
    of_them = f" ({plural(whole, 'rule')} not at all)" if whole else ""
    return (
        f"{plural(len(result.results), 'rule')} run, {plural(subjects, 'subject')}, "
        f"{plural(violations, 'finding')}, {unchecked:,} not checked{of_them}, "
        f"{plural(len(result.structure), 'structure finding')}"
    )


def _exit_code(found: list[dict[str, Any]], fail_on: str) -> int:
    if fail_on == "never":
        return FINE
    least = SEVERITIES.index(fail_on)
    failing = any(
        row["outcome"] == "violation" and not row["suppressedBy"] and SEVERITIES.index(row["severity"].lower()) <= least
        for row in found
    )
    return FOUND if failing else FINE
