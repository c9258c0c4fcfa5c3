"""Warnings about sound specs: what will surprise someone later.

The main one follows from the IR: which optional properties can keep a rule from being checked. A value that a guard
has settled (``is present and ...``, ``... otherwise``, a lawful absence, an open end) cannot; what remains must be
decided by the author, under ``if missing``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from compiler.diagnostics import Sink
from compiler.schema.types import Record
from compiler.semantics import ir
from compiler.semantics.checker.facts import DefinitionRef, Facts, LookupRef
from compiler.semantics.checker.project import CheckedProject
from compiler.semantics.checker.rules import CheckedRule
from compiler.semantics.program import Program
from compiler.semantics.usage import Usage, usage
from compiler.source import Span

Causes = dict[str, Span | None]


def lint(project: CheckedProject, programs: Mapping[str, Program], sink: Sink) -> None:
    """All lints over all programs."""
    for program in programs.values():
        used = {
            name: usage(ir.expressions(rule), program.definitions, program.schemas)
            for name, rule in program.rules.items()
        }
        for name, rule in program.rules.items():
            _unguarded(rule, program.checked[name], program, sink)
            _outcomes(rule, program.checked[name], program, sink)
            _scope(rule, program.checked[name], program, sink)
        whole = len(program.rules) == len([r for r in program.checked.values() if r.resource])
        whole = whole and len(program.publications) == len(program.published)
        whole = whole and len(program.extracts) == len(program.filed)
        if (program.rules or program.publications or program.extracts) and whole and not project.unread(program.state):
            _unused(project, program, used, sink)


# -- optional values


def _unguarded(rule: ir.Rule, checked: CheckedRule, program: Program, sink: Sink) -> None:
    settled = frozenset().union(*(labels for labels, _ in rule.if_missing))
    for label, span in possible_causes(rule, program).items():
        if label not in settled:
            place = span or checked.written.id.span
            path = " ".join(place.text.split()) if span is not None else label
            sink.report("W901", place, path=path if len(path) < 80 else label)


def possible_causes(rule: ir.Rule, program: Program) -> Causes:
    """The optional properties and look-ups that can leave a rule undetermined, with where the rule reads them."""
    finder = _CauseFinder(program, rule)
    found: Causes = {}
    guards: frozenset[str] = frozenset()
    if rule.when is not None:
        found.update(finder.causes(rule.when, guards, {}))
        guards = finder.facts(rule.when, True)
    for part in (rule.require, rule.conflicts):
        if part is not None:
            for label, span in finder.causes(part, guards, {}).items():
                found.setdefault(label, span)
    return found


class _CauseFinder:
    """Finds causes; ``bound`` holds those of the arguments that a definition's parameters stand for.

    Guards are labels, and ``$name`` for a parameter that is known to be given.
    """

    def __init__(self, program: Program, rule: ir.Rule) -> None:
        self.program = program
        self.file = program.checked[rule.key].written.document.source

    def causes(self, node: ir.Expr, guards: frozenset[str], bound: Mapping[str, Causes]) -> Causes:
        """What can make a node undetermined, given that the guarded labels are present."""
        match node:
            case ir.Var(name=name):
                return {} if f"${name}" in guards else bound.get(name, {})
            case ir.Read(base=base, label=label, optional=optional):
                own: Causes = {label: node.span} if optional and label not in guards else {}
                return self._here(node, {**self.causes(base, guards, bound), **own})
            case ir.Find(source=source, keys=keys, looked_up=looked_up):
                own = {source: node.span} if looked_up and source not in guards else {}
                return self._here(node, {**self._all(keys, guards, bound), **own})
            case ir.Apply(name=name, arguments=arguments):
                definition = self.program.definitions[name]
                given = [self.causes(argument, guards, bound) for argument in arguments]
                inner = {parameter: causes for (parameter, _), causes in zip(definition.parameters, given, strict=True)}
                labels = frozenset(guard for guard in guards if not guard.startswith("$"))
                return self._here(node, self.causes(definition.body, labels, inner))
            case ir.Given():
                return {}
            case ir.First(operands=operands):
                found = [self.causes(operand, guards, bound) for operand in operands]
                return {} if not found[-1] else _merged(found)
            case ir.If(condition=condition, consequence=consequence, alternative=alternative):
                yes = self.causes(consequence, guards | self.facts(condition, True), bound)
                no = self.causes(alternative, guards | self.facts(condition, False), bound)
                return _merged([self.causes(condition, guards, bound), yes, no])
            case ir.And(operands=operands):
                return self._junction(operands, guards, bound, True)
            case ir.Or(operands=operands):
                return self._junction(operands, guards, bound, False)
            case ir.MakePeriod(start=start, end=end, open_end=open_end):
                found_end = self.causes(end, guards, bound)
                if isinstance(end, ir.Read) and open_end != ir.Const(False, type=open_end.type):
                    found_end = self.causes(end.base, guards, bound)
                return _merged([self.causes(start, guards, bound), found_end])
            case _:
                return self._all(ir.children(node), guards, bound)

    def _junction(
        self, operands: tuple[ir.Expr, ...], guards: frozenset[str], bound: Mapping[str, Causes], truth: bool
    ) -> Causes:
        """Of ``a and b``, b counts only where a is true; of ``a or b``, only where a is false."""
        found = []
        for i, operand in enumerate(operands):
            others = (other for j, other in enumerate(operands) if j != i)
            known = frozenset().union(*(self.facts(other, truth) for other in others))
            found.append(self.causes(operand, guards | known, bound))
        return _merged(found)

    def _all(self, nodes: Iterable[ir.Expr], guards: frozenset[str], bound: Mapping[str, Causes]) -> Causes:
        return _merged([self.causes(node, guards, bound) for node in nodes])

    def _here(self, node: ir.Expr, causes: Causes) -> Causes:
        """Causes found inside a definition are shown where the rule uses it."""
        span = node.span
        if span is None or span.source is not self.file:
            return causes
        return {label: s if s is not None and s.source is self.file else span for label, s in causes.items()}

    def facts(self, node: ir.Expr, truth: bool) -> frozenset[str]:
        """What is known to be present when a condition has a truth value."""
        match node:
            case ir.Given(operand=operand) if truth:
                return self._ends(operand)
            case ir.Not(operand=operand):
                return self.facts(operand, not truth)
            case ir.And(operands=operands) if truth:
                return frozenset().union(*(self.facts(operand, True) for operand in operands))
            case ir.Or(operands=operands) if not truth:
                return frozenset().union(*(self.facts(operand, False) for operand in operands))
            case ir.Apply(name=name):
                labels = self.facts(self.program.definitions[name].body, truth)
                return frozenset(label for label in labels if not label.startswith("$"))
            case _:
                return frozenset()

    def _ends(self, node: ir.Expr) -> frozenset[str]:
        """What is present when a value is given: the property at the end of its path, and what leads to it."""
        match node:
            case ir.Var(name=name):
                return frozenset({f"${name}"})
            case ir.Read(base=base, label=label):
                return frozenset({label}) | (self._ends(base) if isinstance(base, ir.Find) else frozenset())
            case ir.Find(source=source):
                return frozenset({source})
            case ir.Apply(name=name):
                labels = self._ends(self.program.definitions[name].body)
                return frozenset(label for label in labels if not label.startswith("$"))
            case _:
                return frozenset()


def _merged(found: Iterable[Causes]) -> Causes:
    merged: Causes = {}
    for causes in found:
        for label, span in causes.items():
            merged.setdefault(label, span)
    return merged


# -- examples


def _outcomes(rule: ir.Rule, checked: CheckedRule, program: Program, sink: Sink) -> None:
    """Report outcomes that a rule can have and no example shows."""
    expected = {example.outcome.text for example in checked.written.examples}
    possible = ["pass", "violation"]
    if rule.when is not None:
        possible.append("not applicable")
    shared = {label for label, _ in checked.scope.if_missing}
    decided = {label: outcome for labels, outcome in rule.if_missing for label in labels - shared}
    causes = [label for label in possible_causes(rule, program) if label not in shared]
    unchecked = any(decided.get(label) == "not checked" for label in causes)  # an undecided one is W901
    if unchecked or rule.scope != "district":
        possible.append("not checked")
    absent = [f"`{outcome}`" for outcome in possible if outcome not in expected]
    if absent:
        sink.report("W904", checked.written.id.span, outcome=" or ".join(absent))


# -- scope


def _scope(rule: ir.Rule, checked: CheckedRule, program: Program, sink: Sink) -> None:
    """Report paths back from a record that several organisations share, which a district's data hold in part."""
    if rule.scope != "district":
        return
    finder = _WidePathFinder(program, checked)
    for part in (*(join.items for join in rule.joins), rule.when, rule.require, rule.conflicts):
        if part is not None:
            finder.visit(part, part.span, False)
    for span in finder.found:
        path = " ".join(span.text.split())
        sink.report("W905", span, path=path, subject=rule.variable)


class _WidePathFinder:
    def __init__(self, program: Program, checked: CheckedRule) -> None:
        self.program = program
        self.file = checked.written.document.source
        self.organisations = frozenset(program.schemas.kinds.get("educationOrganization", {}))
        self.found: list[Span] = []

    def visit(self, node: ir.Expr, span: Span | None, narrowed: bool) -> None:
        if node.span is not None and node.span.source is self.file:
            span = node.span
        match node:
            case ir.Referring(base=base, resource=resource):
                if not narrowed and span is not None and self._is_wide(base, resource):
                    self.found.append(span)
                self.visit(base, span, narrowed)
            case ir.Filter(items=items, condition=test) | ir.AtLeast(items=items, body=test):
                self.visit(items, span, narrowed or self._narrows(test))
                self.visit(test, span, False)
            case ir.Apply(name=name, arguments=arguments):
                self.visit(self.program.definitions[name].body, span, narrowed)
                for argument in arguments:
                    self.visit(argument, span, narrowed)
            case ir.Each(items=items, body=body):
                self.visit(items, span, narrowed)
                self.visit(body, span, narrowed)
            case _:
                for child in ir.children(node):
                    self.visit(child, span, narrowed if isinstance(node, ir.If) else False)

    def _is_wide(self, base: ir.Expr, resource: str) -> bool:
        """Whether organisations each hold some of the records: they name one, and the base does not."""
        return self._owned(resource) and isinstance(base.type, Record) and not self._owned(base.type.resource)

    def _owned(self, resource: str) -> bool:
        shape = self.program.schemas.resource(resource)
        assert shape is not None
        targets = {reference.target for reference in shape.references}
        return resource in self.organisations or bool(targets & {"educationOrganization", *self.organisations})

    def _narrows(self, test: ir.Expr) -> bool:
        """Whether a condition asks for the organisation of the subject."""
        operands = test.operands if isinstance(test, ir.And) else (test,)
        return any(
            isinstance(operand, ir.Compare)
            and operand.operator == "eq"
            and isinstance(operand.left.type, Record)
            and operand.left.type.resource in self.organisations
            for operand in operands
        )


# -- what nothing uses


def _used_by(facts: Facts, top: Iterable[ir.Expr], program: Program) -> Usage:
    """What a spec uses, also where it only documents: elements that an API has no place for, checks of a file."""
    refs = facts.refs.values()
    applied = {ref.definition.id for ref in refs if isinstance(ref, DefinitionRef)} & program.definitions.keys()
    bodies = (program.definitions[name].body for name in sorted(applied))
    used = usage((*top, *bodies), program.definitions, program.schemas)
    used.definitions |= applied
    used.tables |= {ref.table.name for ref in refs if isinstance(ref, LookupRef) and ref.table is not None}
    return used


def _unused(project: CheckedProject, program: Program, used: Mapping[str, Usage], sink: Sink) -> None:
    sending = [
        _used_by(spec.facts, ir.told_of(program.publications[name]), program)
        for name, spec in program.published.items()
    ]
    filing = [
        _used_by(spec.facts, ir.written_by(program.extracts[name]), program) for name, spec in program.filed.items()
    ]
    everywhere = [*used.values(), *sending, *filing]
    definitions = frozenset().union(*(found.definitions for found in everywhere))
    for definition in project.definitions:
        mine = definition.id in program.definitions and program.state in definition.scope.path.split("/")
        if mine and definition.id not in definitions:
            sink.report("W902", definition.written.name.span, name=definition.name)
    for collection in program.collections.values():
        mine_used = {
            name
            for key, found in used.items()
            if program.rules[key].collection == collection.name
            for name in found.parameters
        }
        for name, info in collection.parameters.items():
            if name not in mine_used:
                sink.report("W903", info.written.name.span, name=name)
    for publication in program.published.values():
        for parameter in publication.written.parameters:
            if parameter.name.text not in publication.facts.parameters:
                sink.report("W903", parameter.name.span, name=parameter.name.text)
    for extract in program.filed.values():
        for option in extract.options:
            if option.name not in extract.facts.parameters and len(option.choices) != 1:  # of one value nobody chooses
                sink.report("W911", option.written.name.span, name=option.name)
    points = {point.table.text for extract in program.filed.values() for point in extract.written.extension_points}
    tables = points.union(*(found.tables for found in everywhere))
    sets = frozenset().union(*(found.sets for found in everywhere))
    for table in program.tables.values():
        cited = table.name in tables or table.name in sets or any(s.name.text in sets for s in table.written.sets)
        if not cited and table.descriptor is None:
            sink.report("W908", table.written.name.span, what="the table", name=table.name)
