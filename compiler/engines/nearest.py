"""The nearest changes: which single value, were it another, would let a subject pass.

Candidates come from the determining facts alone: of each property among them, the values that stand with it in its
condition (the other side of a comparison and what lies next to it, ages turned into days, the codes of its table, the
keys of records that a reference may name), its absence, and, where it is absent, all of these. Every candidate is put
into the record and the rule is asked again, over a world in which nothing else differs; the record must not be more
at odds with its schema than before, and its references must lead somewhere. So nothing is promised that was not tried:
of a range, its ends, the value before it and some between.

A change that lets the rule pass comes before one by which it would not apply. Where no single value decides, none is
told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from compiler.engines.structure import ALL, Checker, checker_of, kinds_of, readers_of
from compiler.schema.edfi import Reference, Resource, Schemas
from compiler.schema.types import BOOLEAN, DATE, DECIMAL, TEXT, WHOLE, Code, Row
from compiler.semantics import calendar, ir
from compiler.semantics.altered import REMOVED, Place, altered, at, put
from compiler.semantics.determining import Clause, Determined, Fact
from compiler.semantics.findings import Outcome
from compiler.semantics.interpreter import Environment, Interpreter
from compiler.semantics.outcomes import judge, subjects_at
from compiler.semantics.program import Program
from compiler.semantics.usage import Usage, reachable
from compiler.semantics.values import ItemValue, PeriodValue, Record, RecordValue, Undetermined, jsonable
from compiler.semantics.world import World, read_key

MOST_TRIED = 400
"""How many values are tried for a subject."""
MOST_VALUES = 60
"""How many codes, or keys of records, are candidates for one property."""
_MOST_ELAPSED = 150
"""Up to which number of years, months, weeks or days a constant is taken for an age."""
_FAR = (1, 30, 365, 3_652, 18_262)
"""Days beyond a boundary at which it is tried again."""


@dataclass(frozen=True, slots=True)
class Change:
    """A property that would let the outcome be another: with one of ``values``, or with any from ``first`` to ``last``.

    A range without an end is open there. ``given``: with any value of its type, as far as tried; ``removed``: without
    one. ``outcome`` is *pass* or *not applicable*.
    """

    fact: Fact
    outcome: Outcome
    values: tuple[Any, ...] = ()
    first: Any = None
    last: Any = None
    given: bool = False
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Nearest:
    """The changes of which each by itself is enough; ``is_cut`` says that not every candidate could be tried."""

    passing: tuple[Change, ...] = ()
    sparing: tuple[Change, ...] = ()
    is_cut: bool = False


class Search:
    """Looks for changes of the records of a program's data; what it has found out of schemas and tables is kept."""

    def __init__(self, program: Program, world: World, codes: Mapping[str, frozenset[str]]) -> None:
        self.program = program
        self.schemas: Schemas = program.schemas
        self.world = world
        self.codes = codes
        self.namespaces = {t.descriptor: t.namespace for t in program.tables.values() if t.descriptor and t.namespace}
        self._checkers: dict[str, Checker] = {}
        self._keys: dict[tuple[str, str], list[Any]] = {}

    def nearest(
        self, interpreter: Interpreter, rule: ir.Rule, env: Environment, found: Determined, student: str
    ) -> Nearest:
        """The changes for a subject that is violated or not checked.

        Of the student's own records first what is no reference, then references (with another one a record is about
        something else), then records of others; as soon as a change is found, those after it are not looked for.
        """
        trial = _Trial(self, interpreter, rule, env)
        properties = sorted(_properties(found, student), key=lambda told: self._distance(told[1], student))
        passing: list[Change] = []
        sparing: list[Change] = []
        for distance, told in groupby(properties, key=lambda told: self._distance(told[1], student)):
            changes = [change for clause, fact in told for change in _changes_of(trial, clause, fact)]
            passing.extend(change for change in changes if change.outcome is Outcome.PASS)
            sparing.extend(change for change in changes if change.outcome is not Outcome.PASS and distance == 0)
            if passing:
                break
        return Nearest(tuple(passing), tuple(sparing), trial.tried >= MOST_TRIED)

    def _distance(self, fact: Fact, student: str) -> int:
        assert fact.record is not None
        if student not in map(str, fact.record.key):
            return 2
        return 0 if _reference_of(self.schemas, fact) is None else 1

    def checker(self, resource: Resource) -> Checker:
        """What checks whole records of a resource."""
        if resource.name not in self._checkers:
            self._checkers[resource.name] = checker_of(resource, Usage(), self.codes, ALL)
        return self._checkers[resource.name]

    def keys_of(self, resource: str, part: str) -> list[Any]:
        """The values that a part of the key has among the records of a resource; none where they are too many."""
        if (resource, part) not in self._keys:
            paths = [".".join(path) for path in self.world.key_paths(resource)]
            place = paths.index(part)
            values = {record.key[place] for record in self.world.records(resource)}
            self._keys[resource, part] = sorted(values) if len(values) <= MOST_VALUES else []
        return self._keys[resource, part]


def _properties(found: Determined, student: str) -> Iterator[tuple[Clause, Fact]]:
    """The properties that decided, each with the clause it stands in, once; not those that name the student."""
    seen: set[tuple[int, Place]] = set()
    for top in (found.require, found.when):
        for clause in _clauses(top) if top is not None else ():
            for fact in clause.facts:
                record = fact.record
                if fact.kind not in ("property", "reference") or record is None or str(fact.value) == student:
                    continue
                if fact.type is not None and (id(record), fact.place) not in seen:
                    seen.add((id(record), fact.place))
                    yield clause, fact


def _clauses(clause: Clause) -> Iterator[Clause]:
    yield clause
    for part in clause.parts:
        yield from _clauses(part)


# -- trying


@dataclass(slots=True, repr=False)
class _Trial:
    """Asks a rule again about a subject whose records have another value; every answer is kept."""

    search: Search
    interpreter: Interpreter
    rule: ir.Rule
    env: Environment
    reversed_periods: int = 0
    tried: int = 0
    answers: dict[tuple[int, Place, Any], Outcome | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        given = self.interpreter
        watched = _Watched(given.definitions, given.tables, given.world, given.run)
        judge(watched, self.rule, self.env)
        self.reversed_periods = watched.reversed_periods

    def outcome(self, fact: Fact, value: Any) -> Outcome | None:
        """The outcome with a value (or :data:`REMOVED`); None where there can be none, or too much was tried."""
        case = (id(fact.record), fact.place, value)
        if case not in self.answers:
            if self.tried >= MOST_TRIED:
                return None
            self.tried += 1
            self.answers[case] = self._ask(fact, value)
        return self.answers[case]

    def _ask(self, fact: Fact, value: Any) -> Outcome | None:
        old = fact.record
        assert old is not None
        search = self.search
        resource = search.schemas.resource(old.resource)
        assert resource is not None
        body = put(old.body, fact.place, value if value is REMOVED else _written(fact, value, old, search))
        if not _is_lawful(search, resource, old, body, fact.place):
            return None
        found = altered(self.interpreter.world, resource, old, body)
        if found is None:
            return None
        world, new = found
        again = _Watched(self.interpreter.definitions, self.interpreter.tables, world, self.interpreter.run)
        judged = self.env[self.rule.variable]
        assert isinstance(judged, RecordValue)
        assert judged.record is not None
        subject = judged.record
        for env in subjects_at(again, self.rule, new if subject is old else subject):
            if all(_is_same(self.env[join.variable], env[join.variable], old, new) for join in self.rule.joins):
                again.reversed_periods = 0
                outcome = judge(again, self.rule, env).outcome
                return outcome if again.reversed_periods <= self.reversed_periods else None
        return Outcome.NOT_APPLICABLE if not self.rule.joins else None


class _Watched(Interpreter):
    """Counts the periods it makes that end before they begin: a change that turns one round is no way to pass."""

    reversed_periods = 0

    def _makeperiod(self, node: ir.MakePeriod, env: Environment) -> Any:
        period = super()._makeperiod(node, env)
        if isinstance(period, PeriodValue) and period.end is not None and period.end < period.start:
            self.reversed_periods += 1
        return period


def _is_same(before: Any, after: Any, old: Record, new: Record) -> bool:
    """Whether a variable holds the same record or item, but for the change."""
    if isinstance(before, ItemValue) and isinstance(after, ItemValue):
        owner = new if before.owner is old else before.owner
        return (before.label, before.position) == (after.label, after.position) and after.owner is owner
    if isinstance(before, RecordValue) and isinstance(after, RecordValue):
        return after.record is new if before.record is old and old is not None else before.key == after.key
    return isinstance(before, Undetermined) and isinstance(after, Undetermined)


def _written(fact: Fact, value: Any, record: Record, search: Search) -> Any:
    """A value as the record would hold it; a code with the namespace of the value before it, or of its table."""
    if not isinstance(fact.type, Code) or fact.uri:
        return jsonable(value)
    raw = at(record.body, fact.place)
    if isinstance(raw, str) and "#" in raw:
        return f"{raw.partition('#')[0]}#{value}"
    namespace = search.namespaces.get(fact.type.descriptor)
    return f"{namespace}#{value}" if namespace else value


def _is_lawful(search: Search, resource: Resource, old: Record, body: Mapping[str, Any], place: Place) -> bool:
    """Whether a changed record is no more at odds with its schema than it was, and its references lead somewhere."""
    checker = search.checker(resource)
    before = Counter(checker.problems(old.body, has_key=True))
    if Counter(checker.problems(body, has_key=read_key(body, checker.key_readers) is not None)) - before:
        return False
    return all(_leads(search, reference, body) for reference in resource.references if place in reference.paths)


def _leads(search: Search, reference: Reference, body: Mapping[str, Any]) -> bool:
    """Whether a reference leads to a record, as far as the data can tell."""
    kinds = [kind for kind in kinds_of(reference, search.schemas) if kind.name in search.world.present]
    keys = [(kind, read_key(body, readers_of(reference, kind, search.schemas))) for kind in kinds]
    return not keys or any(key is not None and search.world.find(kind.name, key) is not None for kind, key in keys)


# -- what is tried


def _changes_of(trial: _Trial, clause: Clause, fact: Fact) -> Iterator[Change]:
    """The changes of one property by which the rule passes or does not apply."""
    now = None if isinstance(fact.value, Undetermined) else fact.value
    asked = _asked_in(trial, clause, fact)
    candidates = [value for value in _candidates(trial, asked, fact) if value != now]
    answers = {value: trial.outcome(fact, value) for value in candidates}
    is_gone = trial.outcome(fact, REMOVED) if now is not None else None
    for wanted in (Outcome.PASS, Outcome.NOT_APPLICABLE):
        found = [value for value in candidates if answers[value] is wanted]
        if found and now is None and not isinstance(fact.type, Code) and candidates == _PROBES.get(fact.type):
            if found == candidates:
                yield Change(fact, wanted, given=True)
        elif found and asked.is_ordered:
            yield from _ranges(trial, fact, wanted, now, answers)
        elif found:
            yield Change(fact, wanted, values=tuple(found))
        if is_gone is wanted:
            yield Change(fact, wanted, removed=True)


def _reference_of(schemas: Schemas, fact: Fact) -> tuple[str, str] | None:
    """The resource that a property refers to, and the part of its key; None for a property that is no reference."""
    assert fact.record is not None
    resource = schemas.resource(fact.record.resource)
    assert resource is not None
    for reference in resource.references:
        for kind in kinds_of(reference, schemas):
            for (path, _), part in zip(readers_of(reference, kind, schemas), kind.key, strict=True):
                if path == fact.place:
                    return kind.name, ".".join(part)
    return None


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a clause holds of a property: all nodes, the values beside it, whether its values have an order."""

    nodes: list[ir.Expr]
    beside: list[Any]
    reference: tuple[str, str] | None
    is_ordered: bool


def _asked_in(trial: _Trial, clause: Clause, fact: Fact) -> _Asked:
    nodes = list(reachable([clause.node], trial.interpreter.definitions)) if clause.node is not None else []
    beside = [f.value for f in clause.all_facts() if f is not fact and (f.type is fact.type or f.type == fact.type)]
    reference = _reference_of(trial.search.schemas, fact)
    compares = any(isinstance(node, ir.Compare) and node.operator != "eq" for node in nodes)
    is_ordered = reference is None and (fact.type is DATE or (fact.type in (WHOLE, DECIMAL) and compares))
    return _Asked(nodes, beside, reference, is_ordered)


def _candidates(trial: _Trial, asked: _Asked, fact: Fact) -> list[Any]:
    """The values to try, in order; for a missing property that stands beside none, days of the run, or some values."""
    found = _beside(trial, asked, fact)
    if found or asked.reference is not None or not isinstance(fact.value, Undetermined):
        return found
    if fact.type is DATE:
        return sorted(value for value in trial.interpreter.run.parameters.values() if isinstance(value, date))
    return _PROBES.get(fact.type, [])


def _beside(trial: _Trial, asked: _Asked, fact: Fact) -> list[Any]:
    """The values that stand beside a property; of one that has an order, with what lies next to them."""
    kind = fact.type
    if kind is BOOLEAN:
        return [True, False]
    constants = [value for node in asked.nodes for value in _constants(node, trial)]
    if isinstance(kind, Code):
        codes = sorted(trial.search.codes.get(kind.descriptor, ()))[:MOST_VALUES]
        direct = [value for node in asked.nodes for value in _compared(node, fact)]
        return list(dict.fromkeys(v for v in (*codes, *direct, *asked.beside) if isinstance(v, str)))
    if asked.reference is not None:
        keys = trial.search.keys_of(*asked.reference)
        return keys or [value for node in asked.nodes for value in _looked_up(node, fact, trial)][:MOST_VALUES]
    if kind is TEXT:
        direct = [value for node in asked.nodes for value in (*_compared(node, fact), *_looked_up(node, fact, trial))]
        return list(dict.fromkeys(v for v in (*direct, *asked.beside) if isinstance(v, str)))[:MOST_VALUES]
    values = [value for value in (*constants, *asked.beside) if _is_of(value, kind)]
    if kind is DATE:
        units = {node.unit for node in asked.nodes if isinstance(node, ir.Elapsed)}
        counts = [n for n in constants if _is_of(n, WHOLE) and abs(n) <= _MOST_ELAPSED]
        shifts = [(node.count, node.unit) for node in asked.nodes if isinstance(node, ir.Shift)]
        shifts += [(sign * n, unit) for n in counts for unit in units for sign in (1, -1)]
        values += [moved for day in values for count, unit in shifts if (moved := _moved(trial, day, count, unit))]
    if asked.is_ordered:
        step = _STEPS[kind]
        near = {moved for value in values for sign in (-1, 0, 1) if (moved := step(value, sign)) is not None}
        return sorted(near)
    return list(dict.fromkeys(values))


def _reads(node: ir.Expr, fact: Fact) -> bool:
    """Whether a node reads a property by the name of a fact's."""
    return isinstance(node, ir.Read) and node.path == fact.place[-len(node.path) :]


def _compared(node: ir.Expr, fact: Fact) -> Iterator[Any]:
    """The constants that a property is compared with."""
    match node:
        case ir.Compare(left=left, right=ir.Const(value=value)) | ir.Compare(left=ir.Const(value=value), right=left):
            yield from (value,) if _reads(left, fact) else ()
        case ir.Member(operand=operand, members=members) if _reads(operand, fact):
            yield from members


def _looked_up(node: ir.Expr, fact: Fact, trial: _Trial) -> Iterator[Any]:
    """The keys of a table in which a property is looked up."""
    if isinstance(node, ir.Find) and isinstance(node.type, Row):
        for place, key in enumerate(node.keys):
            if _reads(key, fact):
                yield from dict.fromkeys(row[place] for row in trial.interpreter.tables[node.source].cells)


def _constants(node: ir.Expr, trial: _Trial) -> Iterable[Any]:
    """What a node compares with."""
    match node:
        case ir.Const() | ir.YearDay() | ir.SchoolYear():
            return (trial.interpreter.value(node, {}),)
        case ir.Parameter(name=name) | ir.ParameterMember(parameter=name):
            value = trial.interpreter.run.parameters[name]
            return value if isinstance(value, tuple | list) else (value,)
        case ir.Member(members=members):
            return (date(*member) if isinstance(member, tuple) else member for member in members)
        case _:
            return ()


def _is_of(value: Any, kind: Any) -> bool:
    """Whether a value is one of a type."""
    if kind is DATE:
        return isinstance(value, date)
    if kind is WHOLE:
        return isinstance(value, int) and not isinstance(value, bool)
    if kind is DECIMAL:
        return isinstance(value, int | Decimal) and not isinstance(value, bool)
    return isinstance(value, str)


def _moved(trial: _Trial, day: date, count: int, unit: str) -> date | None:
    months = {"year": 12, "month": 1}.get(unit)
    days = {"week": 7, "day": 1}.get(unit, 1)
    if months is not None:
        return calendar.shift(day, count * months, "month", trial.interpreter.run.leap_birthday)
    return calendar.shift(day, count * days, "day", trial.interpreter.run.leap_birthday)


# -- ranges


def _next_day(value: date, count: int) -> date | None:
    try:
        return value + timedelta(days=count)
    except OverflowError:
        return None


def _next_whole(value: int, count: int) -> int | None:
    return value + count


def _next_decimal(value: Decimal, count: int) -> Decimal | None:
    return Decimal(value) + Decimal(count) / 100


_PROBES: Mapping[Any, list[Any]] = {
    TEXT: ["A", "Zz 9"],
    WHOLE: [0, 1, 1_000],
    DECIMAL: [Decimal(0), Decimal("0.5"), Decimal(1)],
}
"""Values of which each must do before any value is said to do."""
_STEPS: Mapping[Any, Callable[[Any, int], Any]] = {DATE: _next_day, WHOLE: _next_whole, DECIMAL: _next_decimal}


def _ranges(
    trial: _Trial, fact: Fact, wanted: Outcome, now: Any, answers: Mapping[Any, Outcome | None]
) -> Iterator[Change]:
    """The nearest range of values on either side of the present one; of an absent one, all ranges."""
    values = sorted(answers)
    runs: list[list[Any]] = []
    for before, value in zip([None, *values], values, strict=False):
        if answers[value] is wanted:
            if runs and before is not None and answers[before] is wanted and (now is None or not before < now < value):
                runs[-1].append(value)
            else:
                runs.append([value])
    below = [run for run in runs if now is not None and run[-1] < now]
    above = [run for run in runs if now is None or run[0] > now]
    for run in (*below[-1:], *(above if now is None else above[:1])):
        begin, end = values.index(run[0]), values.index(run[-1])
        first = _edge(trial, fact, wanted, run[0], values[begin - 1] if begin else None, -1)
        last = _edge(trial, fact, wanted, run[-1], values[end + 1] if end + 1 < len(values) else None, 1)
        if first is not None and first == last:
            yield Change(fact, wanted, values=(first,))
        elif first is not None or last is not None:
            yield Change(fact, wanted, first=first, last=last)
        else:
            yield Change(fact, wanted, values=tuple(run) if now is not None else (), given=now is None)


def _edge(trial: _Trial, fact: Fact, wanted: Outcome, value: Any, limit: Any, sign: int) -> Any:
    """The end of a range on one side; None where it is open, as far as can be told by trying far beyond.

    ``limit`` is the next value that was tried there, which has another outcome; None where none was.
    """
    step = _STEPS[fact.type]
    if limit is not None:
        away = abs((limit - value).days) if fact.type is DATE else abs(limit - value) if fact.type is WHOLE else 1
        return _between(trial, fact, wanted, value, sign, away)
    for far in _FAR:
        beyond = step(value, sign * far)
        if beyond is not None and trial.outcome(fact, beyond) is not wanted:
            return _between(trial, fact, wanted, value, sign, far)
    return None


def _between(trial: _Trial, fact: Fact, wanted: Outcome, value: Any, sign: int, far: int) -> Any:
    """The last value with the outcome, on the way to one that lies some steps away and has another."""
    step, near = _STEPS[fact.type], 0
    while far - near > 1:
        middle = (near + far) // 2
        if trial.outcome(fact, step(value, sign * middle)) is wanted:
            near = middle
        else:
            far = middle
    return step(value, sign * near)
