"""A checked project to programs: the IR of each state's rules and definitions, and what a run of them needs.

A *state* here is a folder directly below ``specs``: it shares schemas, definitions and collections, and its rule ids
are unique.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from compiler.diagnostics import Related, Sink
from compiler.schema.edfi import Schemas
from compiler.schema.types import BOOLEAN, DATE, PERIOD, Item, ListOf, Record, Row
from compiler.semantics import calendar, ir
from compiler.semantics.checker.definitions import CheckedDefinition
from compiler.semantics.checker.extracts import CheckedExtract
from compiler.semantics.checker.guides import CheckedGuide
from compiler.semantics.checker.populations import CheckedPopulation
from compiler.semantics.checker.project import CheckedProject
from compiler.semantics.checker.publications import CheckedPublication
from compiler.semantics.checker.rules import CheckedRule
from compiler.semantics.extracts import lower_extract
from compiler.semantics.guides import lower_guide
from compiler.semantics.interpreter import item_label
from compiler.semantics.lowering import Lowerer, constant_of, lower_definition, year_limits
from compiler.semantics.noticed import check_noticed
from compiler.semantics.publications import lower_publication
from compiler.semantics.scope import BUILT_IN_PARAMETERS, SUBJECT_PARTS, Collection, Definition, Rows, Scope, Table
from compiler.semantics.size import MOST, Sizes
from compiler.semantics.usage import reachable, usage
from compiler.source import Span
from compiler.syntax import tree
from compiler.syntax.unparser import unparse


@dataclass(slots=True, eq=False, repr=False)
class Program:
    """The rules of one state as IR, with all they refer to, by key (the id with the number of the revision).

    Its publications, extracts and guides stand beside them, by id; ``examined`` are its definitions with examples.
    """

    state: str
    schemas: Schemas
    schema_folders: tuple[str, ...]
    definitions: dict[str, ir.Definition] = field(default_factory=dict)
    examined: dict[str, CheckedDefinition] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    collections: dict[str, Collection] = field(default_factory=dict)
    rules: dict[str, ir.Rule] = field(default_factory=dict)
    checked: dict[str, CheckedRule] = field(default_factory=dict)
    populations: dict[str, ir.Population] = field(default_factory=dict)
    publications: dict[str, ir.Publication] = field(default_factory=dict)
    published: dict[str, CheckedPublication] = field(default_factory=dict)
    extracts: dict[str, ir.Extract] = field(default_factory=dict)
    filed: dict[str, CheckedExtract] = field(default_factory=dict)
    guides: dict[str, ir.Guide] = field(default_factory=dict)
    guided: dict[str, CheckedGuide] = field(default_factory=dict)

    def tables_in(self, school_year: int) -> dict[str, Rows]:
        """The rows of each table that hold in a school year; cells include the key columns."""
        return {name: table.found_in(school_year) for name, table in self.tables.items()}


def natural(identifier: str) -> tuple[Any, ...]:
    """A sort key of rules by which ME-3 comes before ME-12."""
    parts = re.split(r"([0-9]+)", identifier)  # every second one is a number
    return tuple(int(part) if place % 2 else part for place, part in enumerate(parts))


def run_parameters(collection: Collection | None, cycle: str, school_year: int, as_of: date) -> dict[str, Any]:
    """The values of ``$name`` in a run."""
    values: dict[str, Any] = {
        "asOf": as_of,
        "schoolYearStart": calendar.school_year_day(school_year, 7, 1),
        "schoolYearEnd": calendar.school_year_day(school_year, 6, 30),
    }
    for name, info in (collection.parameters if collection else {}).items():
        values[name] = info.values.get((cycle, school_year))
    return values


def lower_project(project: CheckedProject, sink: Sink) -> dict[str, Program]:
    """The programs of a project by state; rules that are not sound are left out."""
    programs: dict[str, Program] = {}
    for folder, scope in project.scopes.items():
        parts = folder.split("/")
        if len(parts) < 2:
            continue
        program = programs.setdefault(parts[1], Program(parts[1], scope.schemas, scope.schema_folders))
        program.tables.update(scope.tables)
        program.collections.update(scope.collections)
    for definition in [*project.definitions, *(d for d, _ in project.subject_definitions)]:
        _add_definition(definition, programs, sink)
    sizes = {state: _bounded(program, sink) for state, program in programs.items()}
    for checked in project.examined:
        for program in _programs_of(checked.definition, programs):
            if checked.id in program.definitions:
                program.examined.setdefault(checked.id, checked)
    for rule in project.rules:
        program = programs.get(rule.state, programs.setdefault(rule.state, Program(rule.state, rule.scope.schemas, ())))
        program.checked.setdefault(rule.key, rule)
        if rule.sound and _definitions_sound(rule, program):
            lowered = lower_rule(rule, program)
            size = sizes.setdefault(rule.state, Sizes(program.definitions))
            too_large = size.refused(ir.expressions(lowered), rule.written.id.span, rule.id, sink)
            if not too_large and _parameters_known(rule, lowered, program, sink):
                program.rules.setdefault(rule.key, lowered)
    for population in project.populations:
        program = programs[population.scope.path.split("/")[1]]
        if population.sound:
            program.populations[population.collection.name] = _lower_population(population, program)
    for publication in project.publications:
        state, scope = publication.state, publication.scope
        program = programs.setdefault(state, Program(state, scope.schemas, scope.schema_folders))
        program.published.setdefault(publication.id, publication)
        if publication.sound and _definitions_sound(publication, program):
            _add_publication(publication, program, sizes.setdefault(state, Sizes(program.definitions)), sink)
    for extract in project.extracts:
        state, scope = extract.state, extract.scope
        program = programs.setdefault(state, Program(state, scope.schemas, scope.schema_folders))
        program.filed.setdefault(extract.id, extract)
        if extract.sound and _definitions_sound(extract, program):
            _add_extract(extract, program, sizes.setdefault(state, Sizes(program.definitions)), sink)
    for guide in project.guides:
        state, scope = guide.state, guide.scope
        program = programs.setdefault(state, Program(state, scope.schemas, scope.schema_folders))
        program.guided.setdefault(guide.id, guide)
        if guide.sound and _definitions_sound(guide, program):
            _add_guide(guide, program, sizes.setdefault(state, Sizes(program.definitions)), sink)
    return programs


def _bounded(program: Program, sink: Sink) -> Sizes:
    """Leave out definitions that come to too much, and report the first of those that rest on one another."""
    sizes = Sizes(program.definitions)
    large = {name for name, d in program.definitions.items() if sizes.of([d.body]) > MOST}
    for name in sorted(large):
        body = program.definitions[name].body
        used = {node.name for node in ir.walk(body) if isinstance(node, ir.Apply)}
        if not used & large and body.span is not None:
            sizes.refused([body], body.span, name.rpartition(".")[2], sink)
    for name in large:
        del program.definitions[name]
    return sizes


def _add_publication(checked: CheckedPublication, program: Program, sizes: Sizes, sink: Sink) -> None:
    """Lower a publication, unless it is too large, or a definition that it uses reads a parameter of a collection."""
    lowered = lower_publication(checked, lambda resource, this: _subject_part(checked.scope, resource, "student", this))
    place = checked.written.id.span
    alone = _read_alone(ir.told_of(lowered), "a publication", place, program, sink)
    if not alone or sizes.refused(ir.told_of(lowered), place, checked.id, sink):
        return
    check_noticed(checked, lowered, program.definitions, program.schemas, sink)
    program.publications.setdefault(checked.id, lowered)


def _add_extract(checked: CheckedExtract, program: Program, sizes: Sizes, sink: Sink) -> None:
    """Lower an extract, unless it is too large, or something that it uses is not known when it is worked out."""
    lowered = lower_extract(checked, lambda resource, this: _subject_part(checked.scope, resource, "student", this))
    lowered = replace(lowered, fields=tuple(_with_complete(field, program) for field in lowered.fields))
    place, before = checked.written.id.span, _before_records(checked, lowered, program, sink)
    alone = _read_alone((*ir.chosen_by(lowered), *ir.written_by(lowered)), "an extract", place, program, sink)
    if before and alone and not sizes.refused(ir.written_by(lowered), place, checked.id, sink):
        program.extracts.setdefault(checked.id, lowered)


def _with_complete(field: ir.Field, program: Program) -> ir.Field:
    """A field with the tables it looks up that have no row less than they must (``absent key: error``)."""
    used = usage((field.value,), program.definitions, program.schemas).tables
    complete = (name for name in sorted(used) if program.tables[name].absent_key == "error")
    return replace(field, complete=tuple(complete))


def _before_records(checked: CheckedExtract, lowered: ir.Extract, program: Program, sink: Sink) -> bool:
    """Whether what is chosen can be worked out before any record is read; reports the options that cannot."""
    found = True
    for option, written in zip(lowered.options, checked.options, strict=True):
        parts = [part for part in (option.default, option.check) if part is not None]
        for name in sorted(usage(parts, program.definitions, program.schemas).needs):
            found = False
            what = f"`${option.name}` is chosen before any record of `{name}` is read"
            fix = "use options and tables alone, or work it out for a candidate, under `define`"
            sink.report("E675", written.written.name.span, what=what, fix=fix)
    return found


def _add_guide(checked: CheckedGuide, program: Program, sizes: Sizes, sink: Sink) -> None:
    """Lower a guide, unless it is too large, or a definition that it uses reads a parameter of a collection."""

    def year_of(resource: str, this: ir.Expr) -> ir.Expr | None:
        return _subject_part(checked.scope, resource, "school year", this)

    lowered = lower_guide(checked, program.definitions, program.schemas, year_of)
    place = checked.written.id.span
    alone = _read_alone(ir.asked_by(lowered), "a guide", place, program, sink)
    if alone and not sizes.refused(ir.asked_by(lowered), place, checked.id, sink):
        program.guides.setdefault(checked.id, lowered)


def _read_alone(parts: Iterable[ir.Expr], spec: str, place: Span, program: Program, sink: Sink) -> bool:
    """Whether no definition under a spec reads a parameter of a collection; reports those that are read."""
    used = usage(parts, program.definitions, program.schemas)
    applied = [program.definitions[name].body for name in used.definitions]
    asked = usage(applied, program.definitions, program.schemas).parameters
    unknown = sorted(asked - {*BUILT_IN_PARAMETERS})
    for name in unknown:
        fix = f"{spec} belongs to no collection: give the definition the value as an argument"
        sink.report("E306", place, name=name, where=spec, hint=fix)
    return not unknown


def _lower_population(checked: CheckedPopulation, program: Program) -> ir.Population:
    scope, subject = checked.scope, checked.subject
    lower = Lowerer(scope, checked.facts, subject.variable).expression
    this = ir.Var(subject.variable, type=Record(checked.resource))
    parts = {name: _subject_part(scope, checked.resource, name, this) for name in (*SUBJECT_PARTS, "grade")}
    lowered = ir.Population(
        collection=checked.collection.name,
        resource=checked.resource,
        variable=subject.variable,
        joins=tuple(ir.Join(join.variable, lower(join.collection)) for join in subject.joins),
        condition=lower(subject.condition) if subject.condition else None,
        in_year=_in_year(scope, checked.resource, this),
        **parts,
        needs=frozenset(),
        leap_birthday=scope.leap_birthday,
    )
    used = usage(ir.deciding(lowered), program.definitions, program.schemas)
    return replace(lowered, needs=frozenset({checked.resource, *used.needs}))


def _add_definition(definition: Definition, programs: Mapping[str, Program], sink: Sink) -> None:
    if definition.type is None:
        return
    for program in _programs_of(definition, programs):
        if definition.id in program.definitions:
            earlier = program.definitions[definition.id].body.span
            related = (Related(earlier, "declared here"),) if earlier is not None else ()
            name = definition.written.name
            sink.report("E119", name.span, what="the definition", name=definition.name, related=related)
            continue
        program.definitions[definition.id] = lower_definition(definition)


def _programs_of(definition: Definition, programs: Mapping[str, Program]) -> list[Program]:
    """The programs that a definition belongs to: that of its state, or all for one that all states share."""
    parts = definition.scope.path.split("/")
    return [program for state, program in programs.items() if len(parts) < 2 or parts[1] == state]


def _definitions_sound(
    rule: CheckedRule | CheckedPublication | CheckedExtract | CheckedGuide, program: Program
) -> bool:
    """Whether all definitions under a rule could be lowered (those that could not were reported)."""
    waiting = [ref.definition for ref in rule.facts.refs.values() if hasattr(ref, "definition")]
    seen: set[str] = set()
    while waiting:
        definition = waiting.pop()
        if definition.id in seen:
            continue
        seen.add(definition.id)
        if definition.id not in program.definitions:
            return False
        waiting.extend(ref.definition for ref in definition.facts.refs.values() if hasattr(ref, "definition"))
    return True


def _parameters_known(rule: CheckedRule, lowered: ir.Rule, program: Program, sink: Sink) -> bool:
    """Whether the rule's collection has every parameter that the definitions it uses read."""
    used = usage(ir.expressions(lowered), program.definitions, program.schemas)
    known = {*(rule.collection.parameters if rule.collection else ()), *BUILT_IN_PARAMETERS}
    for name in sorted(used.parameters - known):
        read, use = _parameter_use(name, lowered, program)
        definition = f", but `{use.name.rpartition('.')[2]}` reads it" if use is not None else ""
        where = (f"the collection `{rule.collection.name}`" if rule.collection else "no collection") + definition
        place = use.span if use is not None and use.span is not None else rule.written.id.span
        related = (Related(read.span, "read here"),) if read.span is not None else ()
        sink.report("E306", place, name=name, where=where, hint="add it to the collection", related=related)
    return used.parameters <= known


def _parameter_use(name: str, rule: ir.Rule, program: Program) -> tuple[ir.Expr, ir.Apply | None]:
    """Where a definition reads a parameter, and where a clause of the rule uses a definition that leads there."""

    def reads(node: ir.Expr) -> bool:
        return name == (getattr(node, "parameter", None) or (isinstance(node, ir.Parameter) and node.name))

    tops = list(ir.expressions(rule))
    read = next(node for node in reachable(tops, program.definitions) if reads(node))
    written = (node for top in tops for node in ir.walk(top) if isinstance(node, ir.Apply) and node.span is not None)
    return read, next((node for node in written if any(map(reads, reachable([node], program.definitions)))), None)


# -- rules


def lower_rule(rule: CheckedRule, program: Program) -> ir.Rule:
    """A sound rule as IR."""
    written, scope = rule.written, rule.scope
    subject = written.subject
    assert subject is not None
    lowerer = Lowerer(scope, rule.facts, subject.variable)
    lower = lowerer.expression
    this = ir.Var(subject.variable, type=Record(rule.resource))
    required = written.require or written.conflicts
    parts = {name: _subject_part(scope, rule.resource, name, this) for name in SUBJECT_PARTS}
    lowered = ir.Rule(
        key=rule.key,
        id=rule.id,
        title=written.title.text,
        collection=rule.collection.name if rule.collection else "",
        resource=rule.resource,
        variable=subject.variable,
        joins=tuple(ir.Join(join.variable, lower(join.collection)) for join in subject.joins),
        condition=lower(subject.condition) if subject.condition else None,
        in_year=_in_force(rule, None if written.all_years else _in_year(scope, rule.resource, this)),
        **parts,
        when=lower(written.when) if written.when else None,
        require=lower(written.require) if written.require else None,
        conflicts=lower(written.conflicts) if written.conflicts else None,
        scope=written.scope,
        once_per=written.once_per,
        if_missing=_if_missing(rule, lowerer, program),
        steps=tuple(ir.Step(lower(s.until) if s.until else None, s.severity.text) for s in written.steps),
        effect=written.effect,
        message=written.message.text if written.message else "",
        detail=tuple(p if isinstance(p, str) else lower(p) for p in (written.detail.parts if written.detail else ())),
        shown=tuple(ir.Shown(unparse(path), lower(path)) for path in _shown_paths(rule)),
        needs=frozenset(),
        leap_birthday=scope.leap_birthday,
        subject_text=unparse(subject),
        when_text=unparse(written.when) if written.when else "",
        require_text=unparse(required) if required is not None else "",
    )
    used = usage(ir.deciding(lowered), program.definitions, program.schemas)
    return replace(lowered, needs=frozenset({rule.resource, *used.needs}))


def _subject_part(scope: Scope, resource: str, name: str, this: ir.Expr) -> ir.Expr | None:
    definition = scope.subjects.get(resource, {}).get(name)
    if definition is None or definition.type is None:
        return None
    return ir.Apply(definition.id, (this,), type=definition.type)


def _in_year(scope: Scope, resource: str, this: ir.Expr) -> ir.Expr | None:
    """Whether a record is of the school year of the run: by the year it names, else by its dates."""
    year = _subject_part(scope, resource, "school year", this)
    dates = _subject_part(scope, resource, "dates", this)
    touches: ir.Expr | None = None
    if dates is not None:
        start, end = ir.YearDay(7, 1), ir.YearDay(6, 30)
        touches = ir.Overlap(dates, ir.MakePeriod(start, end, ir.Const(False, type=BOOLEAN)))
    if year is None:
        return touches
    same = ir.Compare("eq", year, ir.SchoolYear())
    return same if touches is None else ir.If(ir.Given(year), same, touches, type=BOOLEAN)


def _in_force(rule: CheckedRule, in_year: ir.Expr | None) -> ir.Expr | None:
    """The test of a record's year, and of whether the rule holds in the run at all."""
    days = (("ge", rule.validity.first_day), ("le", rule.validity.last_day))
    tests: list[ir.Expr] = [*year_limits(rule.validity.first_year, rule.validity.last_year)]
    tests += [
        ir.Compare(operator, ir.Parameter("asOf", type=DATE), ir.Const(constant_of(day), type=DATE))
        for operator, day in days
        if day is not None
    ]
    if in_year is not None:
        tests.append(in_year)
    return ir.And(tuple(tests)) if len(tests) > 1 else next(iter(tests), None)


def _if_missing(rule: CheckedRule, lowerer: Lowerer, program: Program) -> tuple[tuple[frozenset[str], str], ...]:
    own = [
        (frozenset(_causes(lowerer.expression(path), program)), outcome)
        for _, path, outcome in rule.written.if_missing
        if path is not None
    ]
    shared = [(frozenset({label}), outcome) for label, outcome in rule.scope.if_missing]
    return (*own, *shared)


def _causes(node: ir.Expr, program: Program) -> set[str]:
    """What may be missing when a path is: the property at its end, and what it was looked up by."""
    match node:
        case ir.Apply(name=name):
            return _causes(program.definitions[name].body, program)
        case ir.Each(body=body):
            return _causes(body, program)
        case ir.Read(base=base, label=label) | ir.Items(base=base, label=label):
            return {label, *(_causes(base, program) if _is_looked_up(base, program) else ())}
        case ir.Find(source=source, keys=keys):
            return {source, *(cause for key in keys for cause in _causes(key, program))}
        case ir.Only(items=items):
            return {item_label(items)}
        case _:
            return set()


def _is_looked_up(node: ir.Expr, program: Program) -> bool:
    """Whether a record was looked up or searched for, so that it is no surprise when there is none."""
    if isinstance(node, ir.Apply):
        return _is_looked_up(program.definitions[node.name].body, program)
    return isinstance(node, ir.Only) or (isinstance(node, ir.Find) and node.looked_up)


def _shown_paths(rule: CheckedRule) -> list[tree.Get]:
    """The single-valued paths from the subject that a rule's clauses read, outermost, in reading order."""
    written = rule.written
    clauses = [written.when, written.require, written.conflicts]
    clauses += [part for part in (written.detail.parts if written.detail else ()) if isinstance(part, tree.Expr)]
    found: dict[str, tree.Get] = {}
    for clause in clauses:
        if clause is not None:
            for path in _paths(clause, rule):
                found.setdefault(unparse(path), path)
    return list(found.values())


def _paths(node: tree.Node, rule: CheckedRule) -> list[tree.Get]:
    if isinstance(node, tree.Get) and _is_shown(node, rule):
        return [node]
    below = tree.children(node)
    if isinstance(node, tree.Get):  # what leads to a list is not worth showing
        inner = () if isinstance(node.base, tree.Get | tree.Name) else (node.base,)
        below = iter((*inner, *(node.arguments or ())))
    return [path for child in below for path in _paths(child, rule)]


def _is_shown(node: tree.Get, rule: CheckedRule) -> bool:
    kind = rule.facts.types.get(node)
    names = {part.name for part in tree.walk(node) if isinstance(part, tree.Name)}
    plain = all(isinstance(part, tree.Get | tree.Name | tree.Parameter) for part in tree.walk(node))
    if kind is None or not plain or not names <= set(rule.env):
        return False
    return kind is not PERIOD and not isinstance(kind, ListOf | Item | Row)
