"""A run: the rules of a state over a data folder, through one of the engines.

Every engine gives the same findings in the same order (rule, corporation, student, key); what differs is how they
evaluate. The structure of the data is checked before, once for all engines.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from compiler.engines.dispositions import Disposition, dispositions, populations_of
from compiler.engines.evaluation import (
    Evaluation,
    Options,
    Place,
    StructureFinding,
    Subject,
    Task,
    known_codes,
    subject_of,
    used_by,
)
from compiler.engines.explain import Traced, traces
from compiler.engines.folder import DataFolder
from compiler.engines.links import Links, links_between
from compiler.engines.memory import InMemory
from compiler.engines.parts.evaluation import in_python
from compiler.engines.structure import resources_used
from compiler.garbage import without_collection
from compiler.semantics import ir
from compiler.semantics.checker.rules import CheckedRule
from compiler.semantics.findings import Finding, Outcome
from compiler.semantics.outcomes import RuleResult
from compiler.semantics.program import Program, natural


def _in_duckdb(task: Task) -> Evaluation:
    from compiler.engines.duckdb.engine import InDuckdb

    return InDuckdb(task)


_EVALUATIONS: Mapping[str, Callable[[Task], Evaluation]] = {
    "python": in_python,
    "interpreter": InMemory,
    "duckdb": _in_duckdb,
}
ENGINES = tuple(_EVALUATIONS)


@dataclass(slots=True)
class RunResult:
    """What a run found. ``places`` gives file and line of the subjects of findings; ``links`` what findings have to do
    with one another. ``refused`` are rules that the chosen engine could not evaluate, with why: Python did;
    ``by_entry`` are large files that it had to read entry by entry.

    ``unread`` are resources that no rule reads, ``absent`` those that a rule needs and the data lack, ``unknown`` files
    that are of no resource, each with advice. ``uncounted`` are collections of which nobody can be counted, with the
    absent resources.

    ``traces`` say why there is a finding, by its key: of the students that the options ask for, the first with findings
    in the order of corporation and student. ``untraced`` counts the students with findings beyond these.
    """

    program: Program
    options: Options
    results: dict[str, RuleResult] = field(default_factory=dict)
    structure: list[StructureFinding] = field(default_factory=list)
    records_read: int = 0
    unread: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    unknown: dict[str, str] = field(default_factory=dict)
    places: dict[Subject, Place] = field(default_factory=dict)
    links: Links = field(default_factory=Links)
    dispositions: list[Disposition] = field(default_factory=list)
    uncounted: dict[str, tuple[str, ...]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    by_entry: list[str] = field(default_factory=list)
    traces: dict[str, Traced] = field(default_factory=dict)
    untraced: int = 0

    @property
    def findings(self) -> list[Finding]:
        """All findings of rules, in order."""
        return [finding for result in self.results.values() for finding in result.findings]

    def place(self, finding: Finding) -> tuple[str, int | None]:
        """The file and line of a finding's subject; empty when a rule could not be checked at all."""
        if not finding.key:
            return "", None
        resource = self.program.schemas.resource(finding.resource)
        assert resource is not None
        return self.places.get(subject_of(resource, finding.key), ("", None))


def chosen_rules(program: Program, options: Options) -> list[ir.Rule]:
    """The rules of a run, in the order of their ids."""
    rules = [rule for rule in program.rules.values() if _in_force(program.checked[rule.key], options)]
    if options.collections:
        rules = [rule for rule in rules if rule.collection in options.collections]
    if options.rules:
        rules = [rule for rule in rules if rule.id in options.rules]
    return sorted(rules, key=lambda rule: natural(rule.id))


def _in_force(checked: CheckedRule, options: Options) -> bool:
    return checked.runs and checked.validity.holds(options.school_year, options.as_of)


@without_collection()
def run(
    program: Program, folder: DataFolder, options: Options, progress: Callable[[str], None] = lambda _message: None
) -> RunResult:
    """Evaluate the chosen rules over a folder."""
    task = task_of(program, folder, options)
    progress(f"reading {folder.root}")
    with _EVALUATIONS[options.engine](task) as evaluation:
        result = RunResult(program, options, records_read=evaluation.read, unknown=folder.unknown)
        result.absent = sorted(task.used.needs - evaluation.present)
        result.unread = sorted(set(folder.files) - resources_used(task.used))
        progress(f"evaluating {len(task.rules)} rules")
        for rule_result in evaluation.results():
            rule_result.findings.sort(key=_order)
            result.results[rule_result.rule.id] = rule_result
        result.refused, result.by_entry = evaluation.refused, evaluation.by_entry
        result.links = links_between(result.findings, {rule.id: program.checked[rule.key] for rule in task.rules})
        result.structure = evaluation.structure()
        result.places = evaluation.places(finding for finding in result.findings if finding.key)
        if task.populations:
            progress("counting")
            _count(result, task, evaluation)
        if options.traces:
            progress("tracing findings")
            _trace(result, task, evaluation)
    return result


def task_of(program: Program, folder: DataFolder, options: Options) -> Task:
    """What a run asks of an engine."""
    rules = chosen_rules(program, options)
    populations = populations_of(program, rules) if options.dispositions else []
    used = used_by(program, [*rules, *populations])
    return Task(program, folder, options, rules, populations, used, known_codes(program, options.school_year))


def _count(result: RunResult, task: Task, evaluation: Evaluation) -> None:
    """What becomes of the students of each collection whose resources are all at hand."""
    lacking = {p.collection: tuple(sorted(p.needs - evaluation.present)) for p in task.populations}
    result.uncounted = {collection: absent for collection, absent in lacking.items() if absent}
    known = [population for population in task.populations if not lacking[population.collection]]
    members = [member for population in known for member in evaluation.members(population)]
    result.dispositions = dispositions(members, result.results.values(), result.links)


def _trace(result: RunResult, task: Task, evaluation: Evaluation) -> None:
    """Why there are the findings of the first students."""
    found = [finding for finding in result.findings if finding.key and finding.student is not None]
    students = list(dict.fromkeys(finding.student for finding in sorted(found, key=_owner)))
    chosen = set(students[: task.options.traces])
    result.untraced = len(students) - len(chosen)
    result.traces = traces(task, evaluation, [finding for finding in found if finding.student in chosen])


def _order(finding: Finding) -> tuple[Any, ...]:
    """Findings without an owner come first; ids compare as numbers where they are numbers."""
    return (*_owner(finding), [_rank(v) for v in finding.key.values()])


def _owner(finding: Finding) -> tuple[Any, ...]:
    return (*_rank(finding.corporation), *_rank(finding.student))


def _rank(value: Any) -> tuple[int, Any]:
    if value is None:
        return 0, 0
    if isinstance(value, int | float):
        return 1, value
    return (2, value) if isinstance(value, str) else (3, repr(value))


__all__ = ["ENGINES", "Options", "Outcome", "RunResult", "StructureFinding", "chosen_rules", "run"]
