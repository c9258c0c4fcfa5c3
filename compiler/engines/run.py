"""A run: the rules of a state over a data folder, through one of the engines.

Every engine gives the same findings in the same order (rule, corporation, student, key); what differs is how they
evaluate. The structure of the data is checked before, once for all engines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from compiler.engines.dispositions import Disposition, dispositions, members_of, populations_of
from compiler.engines.folder import DataFolder
from compiler.engines.links import Links, links_between
from compiler.engines.python_engine import PythonEngine
from compiler.engines.structure import Dataset, Fault, read_dataset, resources_used
from compiler.garbage import without_collection
from compiler.semantics import ir
from compiler.semantics.checker.rules import CheckedRule
from compiler.semantics.findings import Finding, Outcome
from compiler.semantics.interpreter import Interpreter, Run
from compiler.semantics.outcomes import Context, RuleResult, evaluate
from compiler.semantics.program import Program, run_parameters
from compiler.semantics.scope import BUILT_IN_PARAMETERS
from compiler.semantics.usage import usage
from compiler.semantics.values import Record as StoredRecord
from compiler.semantics.values import RecordValue, Undetermined, jsonable, read
from compiler.semantics.world import RawRecord, World, key_type

ENGINES = ("python", "interpreter", "duckdb")


@dataclass(frozen=True, slots=True)
class Options:
    """What a run is asked for; ``collections`` and ``rules`` empty mean all."""

    school_year: int
    as_of: date
    scope: str = "district"
    cycle: str | None = None
    collections: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    engine: str = "python"
    structure: str = "used"
    dispositions: bool = False


@dataclass(frozen=True, slots=True)
class StructureFinding:
    """A fault of a record with the student, school and organisation it concerns, as far as they can be read."""

    fault: Fault
    student: Any
    corporation: Any
    school: Any


@dataclass(slots=True)
class RunResult:
    """What a run found. ``places`` gives file and line of a subject by resource and key; ``links`` what findings have
    to do with one another. ``refused`` are rules that the chosen engine could not evaluate, with why: Python did.

    ``unread`` are resources that no rule reads, ``absent`` those that a rule needs and the data lack, ``unknown`` files
    that are of no resource, each with advice. ``uncounted`` are collections of which nobody can be counted, with the
    absent resources.
    """

    program: Program
    options: Options
    results: dict[str, RuleResult] = field(default_factory=dict)
    structure: list[StructureFinding] = field(default_factory=list)
    records_read: int = 0
    unread: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    unknown: dict[str, str] = field(default_factory=dict)
    places: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    links: Links = field(default_factory=Links)
    dispositions: list[Disposition] = field(default_factory=list)
    uncounted: dict[str, tuple[str, ...]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

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
        key = {".".join(path): finding.key.get(".".join(path)) for path in resource.key}
        return self.places.get((finding.resource, repr(sorted(key.items()))), ("", None))


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


def natural(identifier: str) -> tuple[Any, ...]:
    """A sort key by which ME-3 comes before ME-12."""
    return tuple(int(part) if part.isdigit() else part for part in re.split(r"([0-9]+)", identifier))


@without_collection()
def run(
    program: Program, folder: DataFolder, options: Options, progress: Callable[[str], None] = lambda _message: None
) -> RunResult:
    """Evaluate the chosen rules over a folder."""
    rules = chosen_rules(program, options)
    populations = populations_of(program, rules) if options.dispositions else []
    parts: list[ir.Rule | ir.Population] = [*rules, *populations]
    used = usage((node for part in parts for node in ir.expressions(part)), program.definitions, program.schemas)
    needs = {name for part in parts for name in part.needs}
    used.needs |= needs
    progress(f"reading {folder.root}")
    dataset = read_dataset(folder, program.schemas, used, _codes(program, options.school_year), options.structure)
    world = World(program.schemas, dataset.records)
    result = RunResult(program, options, records_read=dataset.read, unknown=folder.unknown)
    result.absent = sorted(used.needs - set(dataset.records))
    result.unread = sorted(set(folder.files) - resources_used(used))
    progress(f"evaluating {len(rules)} rules")
    for rule in rules:
        result.results[rule.id] = RuleResult(rule)
    context = Context(options.school_year, options.as_of, options.scope, options.cycle)
    for rule_result in _evaluate(result, rules, dataset, world, context):
        rule_result.findings.sort(key=_order)
        result.results[rule_result.rule.id] = rule_result
    result.links = links_between(result.findings, {rule.id: program.checked[rule.key] for rule in rules})
    owners = _Owners(program, world, options)
    result.structure = [owners.owned(fault) for fault in dataset.faults]
    result.places = {
        (record.resource, repr(sorted(_shown_key(world, record).items()))): (record.file, record.line)
        for name in {rule.resource for rule in rules}
        for record in world.records(name)
    }
    if populations:
        progress("counting")
        lacking = {p.collection: tuple(sorted(p.needs - world.present)) for p in populations}
        result.uncounted = {collection: absent for collection, absent in lacking.items() if absent}
        known = [population for population in populations if not lacking[population.collection]]
        members = [member for population in known for member in members_of(program, population, world, context)]
        result.dispositions = dispositions(members, result.results.values(), result.links)
    return result


def _evaluate(
    run_result: RunResult, rules: list[ir.Rule], dataset: Dataset, world: World, context: Context
) -> Iterator[RuleResult]:
    program, engine = run_result.program, run_result.options.engine
    if engine == "interpreter":
        yield from (evaluate(program, rule, world, context) for rule in rules)
    elif engine == "python":
        bodies = {name: [record.body for record in records] for name, records in dataset.records.items()}
        yield from PythonEngine(program).evaluate(rules, bodies, context)
    else:
        from compiler.engines.duckdb_engine import DuckdbEngine

        chosen = DuckdbEngine(program, rules, PythonEngine(program))
        yield from chosen.evaluate(dataset.records, context)
        run_result.refused = chosen.refused


def _codes(program: Program, school_year: int) -> dict[str, frozenset[str]]:
    """The codes of a school year of each descriptor that has a table."""
    codes: dict[str, frozenset[str]] = {}
    for table in program.tables.values():
        if table.descriptor is not None:
            codes[table.descriptor] = codes.get(table.descriptor, frozenset()) | frozenset(table.codes(school_year))
    return codes


def _order(finding: Finding) -> tuple[Any, ...]:
    """Findings without an owner come first; ids compare as numbers where they are numbers."""
    return (*_rank(finding.corporation), *_rank(finding.student), [_rank(v) for v in finding.key.values()])


def _rank(value: Any) -> tuple[int, Any]:
    if value is None:
        return 0, 0
    if isinstance(value, int | float):
        return 1, value
    return (2, value) if isinstance(value, str) else (3, repr(value))


def _shown_key(world: World, record: StoredRecord) -> dict[str, Any]:
    paths = world.key_paths(record.resource)
    return {".".join(path): jsonable(part) for path, part in zip(paths, record.key, strict=True)}


# -- owners of structure findings


class _Owners:
    """Tells whose record a fault is about, by the ``subjects:`` of the ruleset where there are any."""

    def __init__(self, program: Program, world: World, options: Options) -> None:
        year = options.school_year
        run_ = Run(year, run_parameters(None, "", year, options.as_of))
        self.interpreter = Interpreter(program.definitions, program.tables_in(year), world, run_)
        self.program = program

    def owned(self, fault: Fault) -> StructureFinding:
        """The fault with its student, organisation and school."""
        if fault.record is None:
            return StructureFinding(fault, None, None, None)
        record = StoredRecord(fault.resource, (), fault.record.body)
        student, corporation, school = (self._owner(record, name) for name in ("Student", "Corporation", "School"))
        if student is None:
            student = _student(fault.record, fault.resource, self.program)
        return StructureFinding(fault, student, corporation, school)

    def _is_plain(self, definition: ir.Definition) -> bool:
        """Whether a definition reads no parameter of a collection: outside a rule there is none."""
        parameters = usage([definition.body], self.program.definitions, self.program.schemas).parameters
        return parameters <= set(BUILT_IN_PARAMETERS)

    def _owner(self, record: StoredRecord, name: str) -> Any:
        definition = self.program.definitions.get(f"{record.resource}.subject{name}")
        if definition is None or not self._is_plain(definition):
            return None
        subject = RecordValue(record.resource, record.key, record)
        value = self.interpreter.value(definition.body, {definition.parameters[0][0]: subject})
        return None if isinstance(value, Undetermined) else jsonable(value)


def _student(record: RawRecord, name: str, program: Program) -> Any:
    """The student of a record without an entry under ``subjects:``: itself, or the one it refers to."""
    resource = program.schemas.resource(name)
    assert resource is not None
    reference = resource.reference_to(frozenset({"student"}))
    paths: Mapping[str, Any] = {"student": resource.key} if name == "student" else {}
    path = paths.get(name) or (reference.paths if reference is not None else ())
    found: Any = record.body
    for step in path[0] if path else ():
        found = found.get(step) if isinstance(found, Mapping) else None
    return read(found, key_type(resource, path[0])) if path else None


__all__ = ["ENGINES", "Options", "Outcome", "RunResult", "StructureFinding", "chosen_rules", "natural", "run"]
