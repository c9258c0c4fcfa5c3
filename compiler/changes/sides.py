"""One side of a comparison: the checked specs of a state, the terms of its rules and definitions, who reads what."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from compiler.changes.canonical import Reader, TooLargeError
from compiler.changes.filed import Filed, filed
from compiler.changes.guided import Guided, guided
from compiler.changes.parts import Spoken
from compiler.changes.published import Published, published
from compiler.changes.terms import TRUE, Term, conjunction, negated
from compiler.semantics.checker.facts import DefinitionRef, Facts, LookupRef, SetRef
from compiler.semantics.checker.populations import CheckedPopulation
from compiler.semantics.checker.project import CheckedProject
from compiler.semantics.checker.rules import CheckedRule
from compiler.semantics.program import Program
from compiler.semantics.scope import Collection, Definition, Scope
from compiler.syntax import tree

Read = tuple[str, str]
"""What a rule reads beside records: a kind (definition, table, code set, parameter) and its name."""


@dataclass(frozen=True, slots=True)
class Clauses:
    """The terms of a rule. ``found`` is true of the subjects that the rule finds, where they are subjects at all.

    ``years`` is how the year of a record is told; empty for a rule that judges all years.
    """

    resource: str
    joins: tuple[Term, ...]
    where: Term
    when: Term
    require: Term
    years: tuple[Term, ...] | None
    missing: tuple[tuple[Term, str], ...]
    steps: tuple[tuple[Term | None, str], ...]
    detail: tuple[str | Term, ...]

    @property
    def found(self) -> Term:
        return conjunction([self.when, negated(self.require)])

    @property
    def judged(self) -> tuple[str, tuple[Term, ...]]:
        """Which records are subjects, but for conditions."""
        return self.resource, self.joins

    @property
    def conditions(self) -> tuple[Any, ...]:
        return self.where, self.when, self.require, self.years


@dataclass(frozen=True, eq=False, repr=False)
class Side:
    """The specs of a state on one side."""

    program: Program
    project: CheckedProject

    @property
    def rules(self) -> dict[str, CheckedRule]:
        """All rules, by their keys."""
        return self.program.checked

    @cached_property
    def published(self) -> dict[str, Published]:
        """What each sound publication says, by id."""
        return {name: published(p, self.program) for name, p in self.program.published.items() if p.sound}

    @cached_property
    def filed(self) -> dict[str, Filed]:
        """What each sound extract says, by id."""
        return {name: filed(e, self.program) for name, e in self.program.filed.items() if e.sound}

    @cached_property
    def guided(self) -> dict[str, Guided]:
        """What each sound guide says, by id."""
        return {name: guided(g, self.program) for name, g in self.program.guided.items() if g.sound}

    @cached_property
    def spoken(self) -> dict[str, Spoken]:
        """The publications, extracts and guides."""
        return {**self.published, **self.filed, **self.guided}

    @cached_property
    def scopes(self) -> dict[str, Scope]:
        """The folders of the state and those above, each by its path within the state (empty: the state's own)."""
        own = f"specs/{self.program.state}"
        return {
            path.removeprefix(own).lstrip("/") if path.startswith(own) else f"{path}/": scope
            for path, scope in self.project.scopes.items()
            if path == own or path.startswith(f"{own}/") or own.startswith(f"{path}/")
        }

    @cached_property
    def scope(self) -> Scope:
        """The state's own folder."""
        return self.scopes.get("") or next(iter(self.scopes.values()))

    @cached_property
    def definitions(self) -> dict[str, Definition]:
        """The definitions of ``_definitions.yaml`` by their ids."""
        return {d.id: d for scope in self.scopes.values() for d in scope.definitions.values()}

    @cached_property
    def populations(self) -> dict[str, CheckedPopulation]:
        """The populations by collection."""
        inside = {id(scope) for scope in self.scopes.values()}
        return {p.collection.name: p for p in self.project.populations if id(p.scope) in inside}

    # -- terms

    @cached_property
    def written(self) -> dict[str, Clauses]:
        """The clauses of each rule that has some, as they are written."""
        return {key: found for key, rule in self.rules.items() if (found := _clauses(rule, full=False)) is not None}

    def in_full(self, key: str) -> Clauses | None:
        """The clauses of a rule with all they name put in; None when it has none, or they are too large."""
        if key not in self._full:
            try:
                self._full[key] = _clauses(self.rules[key], full=True)
            except TooLargeError:
                self._full[key] = None
        return self._full[key]

    @cached_property
    def _full(self) -> dict[str, Clauses | None]:
        return {}

    # -- who reads what

    @cached_property
    def reads(self) -> dict[str, frozenset[Read]]:
        """What each rule that runs reads, each publication, extract and guide, also through definitions."""
        reads = {key: frozenset(self._read_by(rule)) for key, rule in self.rules.items() if rule.runs}
        for name, said in self.published.items():
            tables = {("table", m.codes.text) for m in said.checked.whole.mappings if m.codes is not None}
            reads[name] = frozenset(self._read_with([said.checked.facts], "")) | tables
        for name, facts in self._other_facts():
            reads[name] = frozenset(self._read_with([facts], ""))
        return reads

    def _other_facts(self) -> Iterator[tuple[str, Facts]]:
        """What is known of the expressions of extracts and guides."""
        yield from ((name, said.checked.facts) for name, said in self.filed.items())
        yield from ((name, said.checked.facts) for name, said in self.guided.items())

    def _read_by(self, rule: CheckedRule) -> Iterator[Read]:
        yield "resource", rule.resource
        facts = [rule.facts, *(d.facts for d in rule.scope.subjects.get(rule.resource, {}).values())]
        yield from self._read_with(facts, rule.collection.name if rule.collection else "")

    def _read_with(self, waiting: list[Facts], collection: str) -> Iterator[Read]:
        """What expressions read beside records, in a collection."""
        seen: set[str] = set()
        while waiting:
            facts = waiting.pop()
            yield from (("parameter", f"{collection}.{name}") for name in facts.parameters)
            for ref in facts.refs.values():
                match ref:
                    case SetRef(codes=codes):
                        yield "code set", codes.name
                    case LookupRef(table=table) if table is not None:
                        yield "table", table.name
                    case DefinitionRef(definition=definition):
                        yield "definition", definition.id
                        if definition.id not in seen:
                            seen.add(definition.id)
                            waiting.append(definition.facts)


def definition_term(definition: Definition, *, full: bool) -> Term | None:
    """What a definition says of its parameters; None when that is too large."""
    reader = Reader(definition.scope, definition.facts, full)
    for name, _ in definition.parameters:
        reader = reader.binding(name)
    body = definition.written.body
    assert body is not None
    try:
        return reader.term(body)
    except TooLargeError:
        return None


def subject_terms(
    subject: tree.Subject, scope: Scope, facts: Facts, collection: Collection | None, *, full: bool
) -> tuple[Reader, tuple[Term, ...], Term]:
    """The joined lists and the condition of a subject, and a reader that knows its variables."""
    reader = Reader(scope, facts, full, collection).binding(subject.variable, "this")
    joins = []
    for join in subject.joins:
        joins.append(reader.term(join.collection))
        reader = reader.binding(join.variable)
    return reader, tuple(joins), reader.term(subject.condition) if subject.condition is not None else TRUE


def _clauses(rule: CheckedRule, *, full: bool) -> Clauses | None:
    written, subject = rule.written, rule.written.subject
    if subject is None:
        return None
    reader, joins, where = subject_terms(subject, rule.scope, rule.facts, rule.collection, full=full)
    if written.conflicts is not None:
        require = negated(("some", 1, reader.term(written.conflicts), TRUE))
    else:
        assert written.require is not None
        require = reader.term(written.require)
    outside = replace(reader, names={})
    return Clauses(
        resource=rule.resource,
        joins=joins,
        where=where,
        when=reader.term(written.when) if written.when is not None else TRUE,
        require=require,
        years=None if written.all_years else _years(rule, full=full),
        missing=_in_order_of_effect((reader.term(path), said) for _, path, said in written.if_missing if path),
        steps=tuple((outside.term(s.until) if s.until is not None else None, s.severity.text) for s in written.steps),
        detail=tuple(
            part if isinstance(part, str) else reader.term(part)
            for part in (written.detail.parts if written.detail else ())
        ),
    )


def _years(rule: CheckedRule, *, full: bool) -> tuple[Term, ...]:
    """How the ruleset tells the year of a record, which is none of what the rule itself says."""
    parts = rule.scope.subjects.get(rule.resource, {})
    told = [definition_term(parts[name], full=True) for name in ("school year", "dates") if full and name in parts]
    if None in told:
        raise TooLargeError
    return tuple(term for term in told if term is not None)


def _in_order_of_effect(missing: Iterator[tuple[Term, str]]) -> tuple[tuple[Term, str], ...]:
    """The first entry decides; where all say the same, none is first."""
    found = tuple(missing)
    if len({said for _, said in found}) > 1:
        return found
    order: Callable[[tuple[Term, str]], str] = repr
    return tuple(sorted(found, key=order))
