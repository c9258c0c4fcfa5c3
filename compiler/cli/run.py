"""``rulewright run``"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from functools import cached_property, partial
from itertools import chain
from pathlib import Path
from typing import Any

import rich_click as click

from compiler import cache
from compiler.cli.editions import EDITIONS, write_edition
from compiler.cli.faults import FINE, FOUND, OUR_FAULT, UNREADABLE, Stop, advised
from compiler.cli.files import keep_texts, must_take_results
from compiler.cli.options import scope_option, when_options
from compiler.cli.projects import chosen_program, find_rule, must_be_sound, opened, specs_option
from compiler.cli.since import earlier_run_at
from compiler.cli.terminal import Terminal

SEVERITIES = ("error", "conflict", "exclusion", "warning", "informational", "never")
FILES = {
    "text": "findings.txt",
    "json": "findings.json",
    "jsonl": "findings.jsonl",
    "csv": "findings.csv",
    "edfi-validation": "edfi-validation.json",
}
"""The formats that are one file or a text on stdout, and how their files are called."""
FORMATS = (*FILES, *EDITIONS)


def _least(_ctx: click.Context, _param: click.Parameter, value: int) -> int:
    """What ``--min-cell`` may be: a limit that hides something."""
    from compiler.reports.suppression import LEAST

    if 0 < value < LEAST:
        raise click.BadParameter(f"{value} would hide nothing: what lies between 0 and 2 is 1. Take {LEAST} or more.")
    return value


@click.command("run")
@click.option("--data", type=click.Path(path_type=Path), required=True, help="A folder with one file a resource.")
@specs_option
@click.option("--collection", "collections", multiple=True, help="Only the rules of a collection (repeatable).")
@click.option("--rule", "rules", multiple=True, help="Only this rule (repeatable).")
@when_options
@scope_option("district")
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
@click.option(
    "--since",
    type=click.Path(path_type=Path),
    default=None,
    help="Compare with an earlier run: its findings (.jsonl, .json, .csv), or the folder it wrote.",
)
@click.option(
    "--min-cell",
    type=click.IntRange(min=0),
    default=0,
    callback=_least,
    help="Hide counts of students below this in the tables of html, xlsx and --dispositions.",
)
@click.option(
    "--traces",
    type=click.IntRange(min=0),
    default=100,
    help="For how many students the pages (--format html) show each step that led to a finding.",
)
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
    rulewright run --data data --format xlsx -o results --since results-of-monday
    """
    from compiler.engines.evaluation import EngineError
    from compiler.engines.folder import DataError, open_folder
    from compiler.engines.run import run
    from compiler.reports import findings as reports
    from compiler.reports.masking import Aliases

    if given["form"] in EDITIONS and given["output"] is None:
        raise Stop(f"--format {given['form']} writes a folder of files: say where, with -o DIR.")
    if given["output"] is not None:
        must_take_results(given["output"], given["form"])
    if given["min_cell"] and given["form"] not in EDITIONS and given["dispositions"] is None:
        raise Stop(
            f"--format {given['form']} tells counts as they are: use --min-cell with html, xlsx or --dispositions."
        )
    project = opened(specs)
    program = chosen_program(project, specs)
    must_be_sound(project, program.state, terminal)
    _check_dispositions(program, given)
    options = _options(project, program, given)
    earlier = earlier_run_at(given["since"]) if given["since"] is not None else None
    terminal.say(_taken(program, options, data))
    try:
        with terminal.progress() as progress:
            folder = open_folder(data, program.schemas)
            result = run(program, folder, options, progress)  # type: ignore[arg-type]
    except DataError as error:
        raise Stop(str(error), UNREADABLE) from error
    except EngineError as error:
        raise Stop(str(error), OUR_FAULT) from error
    told = Told(project, folder, result, given, Aliases() if given["mask_students"] else None)
    told.compare(earlier)
    found = told.rows(given["list_not_checked"] or given["form"] in EDITIONS)
    listed = [row for row in found if reports.is_listed(row, given["list_not_checked"])]
    if given["dispositions"] is not None:
        _write_dispositions(terminal, result, given, told.aliases)
    if given["form"] in EDITIONS:
        _write_edition(terminal, told, found, listed)
    else:
        _write(terminal, _formatted(told, listed), given["form"], given["output"])
    if given["form"] != "text":
        _say_what_text_says(terminal, told)
    terminal.say(_totals(result, listed))
    return _exit_code(listed, given["fail_on"])


class Told:
    """A run that is to be told of: its result, what was asked for, and what it is compared with."""

    def __init__(self, project: Any, folder: Any, result: Any, given: dict[str, Any], aliases: Any) -> None:
        self.folder = folder
        self.result = result
        self.given = given
        self.aliases = aliases
        self.comparison: Any = None
        self._project = project

    @cached_property
    def facts(self) -> Any:
        """What was run."""
        from compiler.reports.facts import facts_of, hash_of

        project, state = self._project, self.result.program.state
        scope = project.checked.scopes.get(f"specs/{state}")
        return facts_of(
            self.result,
            title=scope.title if scope is not None and scope.title else state,
            specs=hash_of(project.texts),
            masked=self.aliases is not None,
            least=self.given["min_cell"],
        )

    def compare(self, earlier: Any) -> None:
        """Compare with an earlier run, when there is one."""
        from compiler.engines.presence import present_of
        from compiler.reports.comparison import comparison
        from compiler.reports.findings import rows

        if earlier is not None:
            present = partial(present_of, self.result.program, self.folder)
            every = rows(self.result, list_not_checked=True)
            found = comparison(earlier, self.result, every, self.facts.told(), present, self.folder.names())
            self.comparison = found.masked(self.aliases) if self.aliases is not None else found

    def rows(self, list_not_checked: bool) -> list[dict[str, Any]]:
        """The rows of the run, masked where they are to be, with what became of them since the earlier one."""
        from compiler.reports.findings import rows

        state = self.comparison.state if self.comparison is not None else None
        return list(rows(self.result, list_not_checked=list_not_checked, aliases=self.aliases, state=state))


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
        bool(given["dispositions"]) or (given["form"] in EDITIONS and not ids),
        kept,
        not given["no_fuse"],
        fingerprint(project.root, project.sources) if kept is not None else "",
        given["traces"] if given["form"] == "html" else 0,
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


def _formatted(told: Told, found: list[dict[str, Any]]) -> Iterable[str]:
    from compiler.reports import comparison, dispositions, validation
    from compiler.reports import findings as reports

    result, compared, least = told.result, told.comparison, told.given["min_cell"]
    match told.given["form"]:
        case "jsonl":
            return reports.as_jsonl(found)
        case "json":
            return [reports.as_json(found, result, least, comparison.as_document(compared) if compared else None)]
        case "csv":
            return reports.as_csv(found, since=compared is not None)
        case "edfi-validation":
            return [validation.as_validation(found, result, told.facts)]
        case _:
            lines = comparison.lines(compared) if compared is not None else ()
            report = reports.text_report(result, found, told.given["max_findings"], lines)
            return (f"{line}\n" for line in chain(report, dispositions.lines(result, least)))


def _write(terminal: Terminal, texts: Iterable[str], form: str, output: Path | None) -> None:
    if output is None:
        for text in texts:
            terminal.out(text, end="")
        return
    path = output / FILES[form]
    keep_texts(path, texts)
    terminal.say(f"findings written to {path}")


def _write_edition(terminal: Terminal, told: Told, found: list[dict[str, Any]], listed: list[dict[str, Any]]) -> None:
    from compiler.engines.institutions import institution_names
    from compiler.reports.summary import summary_of

    names = institution_names(told.result.program, told.folder)
    summary = summary_of(told.result, found, told.facts, names=names, aliases=told.aliases, comparison=told.comparison)
    what, older = write_edition(told.given["form"], summary, listed, told.given["output"])
    terminal.say(what)
    if older:
        terminal.say(f"of an earlier run, and not touched: {', '.join(older[:5])}{' and more' if older[5:] else ''}")


def _write_dispositions(terminal: Terminal, result: Any, given: dict[str, Any], aliases: Any) -> None:
    from compiler.reports import dispositions as reports

    path = given["dispositions"]
    beside = path.with_name(f"{path.stem}-totals.csv")
    keep_texts(path, reports.as_file(result, path.suffix, aliases))
    keep_texts(beside, reports.totals_as_csv(result.dispositions, given["min_cell"]))
    terminal.say(f"dispositions written to {path}, totals to {beside}")


def _say_what_text_says(terminal: Terminal, told: Told) -> None:
    """What only the format text has in its report, as messages."""
    from compiler.reports import findings as reports
    from compiler.reports.comparison import headline

    for rule, missing, count in reports.not_checked(told.result):
        terminal.say(f"not checked: {rule}, {reports.how_many(count)}: {reports.cause_words(missing)}")
    for line in reports.data_lines(told.result):
        terminal.say(line)
    for line in (headline(told.comparison), *told.comparison.notes) if told.comparison is not None else ():
        terminal.say(line)


def _totals(result: Any, found: list[dict[str, Any]]) -> str:
    """The last line: rules run, subjects, findings, not checked, structure findings."""
    from compiler.reports.findings import STRUCTURE, not_checked
    from compiler.reports.text import plural

    subjects = sum(r.subjects for r in result.results.values())
    violations = sum(1 for row in found if row["outcome"] == "violation" and row["rule"] != STRUCTURE)
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
