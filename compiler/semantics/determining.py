"""What decided: of all that a rule read about a subject, the facts that its outcome rests on, and no others.

The tracer tells all that was asked. This walk goes down from the outcome, and at each node only into what decided it:
a false ``and`` into its false operands, a true ``or`` into its true ones, ``if`` into the branch taken, a true
``any`` into the members that hold, a false one into why each member fails and what says that there are no others.

The facts kept are *sufficient*: whatever else stands in the records, the outcome is the same as long as these stay.
Where several operands decide each by itself, all of them are kept, for who mends one wants to know of the others; the
clause above them says so (``each_alone``). Of an undetermined value everything that could have decided is kept; of an
operator that needs all its operands, those that are missing, and where a rule's ``if missing`` asks for the causes all.

A fact may be that something is not there: a property without a value, a record that nobody holds, a list that has no
further members.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal

from compiler.schema.types import BOOLEAN, Item, ListOf, Row, Type
from compiler.schema.types import Record as RecordType
from compiler.semantics import ir
from compiler.semantics.altered import Place
from compiler.semantics.findings import Outcome
from compiler.semantics.interpreter import Environment, Interpreter, is_given
from compiler.semantics.outcomes import Verdict, judge
from compiler.semantics.tracing import described, is_of_every, words_of
from compiler.semantics.values import ItemValue, Key, ListValue, Path, Record, RecordValue, RowValue, Undetermined

Kind = Literal["property", "reference", "list", "record", "computed"]


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that an outcome rests on, in the author's words, with its value.

    A *property* or *reference* (a property by which a record was found) stands at ``place`` of ``record``, and has a
    ``type``; ``uri`` says that a descriptor counts with its namespace. A *list* is all members at a ``place`` of a
    record, or all records of ``resource`` whose ``paths`` hold ``key``; its value is the list. A *record* is one of
    ``resource`` with a ``key``; its value says whether it is there. What is *computed*, or given to the run, stands
    nowhere.
    """

    kind: Kind
    text: str
    value: Any
    record: Record | None = None
    place: Place = ()
    type: Type | None = None
    uri: bool = False
    resource: str = ""
    paths: tuple[Path, ...] = ()
    key: Key = ()


@dataclass(slots=True)
class Clause:
    """A condition that decided: its words, its value, the facts and clauses that it rests on.

    ``member`` names the member of a list of which it was asked. With ``each_alone`` every part decides by itself.
    ``node`` is the condition itself, None where the clause is about more than one.
    """

    text: str
    value: Any = None
    member: str = ""
    node: ir.Expr | None = field(default=None, compare=False, repr=False)
    each_alone: bool = False
    facts: list[Fact] = field(default_factory=list)
    parts: list[Clause] = field(default_factory=list)

    def all_facts(self) -> Iterator[Fact]:
        """The facts of the clause and of all below it."""
        yield from self.facts
        for part in self.parts:
            yield from part.all_facts()


@dataclass(frozen=True, slots=True)
class Determined:
    """Why a subject has its outcome: why it is judged, why the rule applies (or does not), what is required.

    ``require`` is None where the rule does not apply.
    """

    verdict: Verdict
    judged: Clause
    when: Clause | None
    require: Clause | None

    def facts(self) -> list[Fact]:
        """All facts, each once."""
        parts = (self.judged, self.when, self.require)
        return list(dict.fromkeys(fact for part in parts if part is not None for fact in part.all_facts()))


def determined(interpreter: Interpreter, rule: ir.Rule, env: Environment) -> Determined:
    """What decided about a subject."""
    verdict = judge(interpreter, rule, env)
    walk = _Walk(interpreter, causes_count=bool(rule.if_missing))
    judged = walk.judged(rule, env)
    when = walk.clause(rule.when, env, rule.when_text) if rule.when is not None else None
    if verdict.outcome is Outcome.NOT_APPLICABLE and verdict.when is False:
        return Determined(verdict, judged, when, None)
    if rule.conflicts is not None:
        return Determined(verdict, judged, when, walk.conflicts(rule.conflicts, env, rule.require_text))
    assert rule.require is not None
    return Determined(verdict, judged, when, walk.clause(rule.require, env, rule.require_text))


Tell = Callable[[], None]
"""Takes down why something is so, in the clause at hand."""


def _nothing() -> None:
    """Needs no reason."""


@dataclass(frozen=True, slots=True)
class _Scope:
    """The variables at hand: their values, why they have these, and how the user of a definition calls them."""

    env: Environment
    because: Mapping[str, Tell] = field(default_factory=dict)
    called: Mapping[str, str] = field(default_factory=dict)

    def having(self, variable: str, entry: _Entry) -> _Scope:
        """The same with a member of a list."""
        because = {**self.because, variable: entry.origin}
        return replace(self, env={**self.env, variable: entry.value}, because=because)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A member of a list. ``inside`` tells why it is a member, ``origin`` why its value is what it is."""

    value: Any
    doubt: frozenset[str]
    inside: Tell
    origin: Tell = _nothing


@dataclass(frozen=True, slots=True)
class _Listed:
    """A list; ``limits`` tells why there are no other members (or why they are not known)."""

    entries: list[_Entry]
    limits: Tell
    unknown: frozenset[str] = frozenset()


class _Walk:
    """Goes from a node into what decided its value, and takes down facts under the open clause."""

    def __init__(self, interpreter: Interpreter, *, causes_count: bool) -> None:
        self.interpreter = interpreter
        self.causes_count = causes_count
        self._open: list[Clause] = []

    # -- what is asked

    def clause(self, node: ir.Expr, env: Environment, text: str) -> Clause:
        """A condition of the rule itself."""
        top = Clause(text, self.interpreter.value(node, env), node=node)
        self._open = [top]
        self._why(node, _Scope(env))
        return top

    def judged(self, rule: ir.Rule, env: Environment) -> Clause:
        """Why there is this subject: the record is of the year, and the variables are members of their lists."""
        top = Clause(rule.subject_text, True)
        self._open = [top]
        scope = _Scope({rule.variable: env[rule.variable]})
        if rule.in_year is not None:
            self._why(rule.in_year, scope)
        for join in rule.joins:
            listed = self._listed(join.items, scope)
            entry = next((e for e in listed.entries if _same(e.value, env[join.variable])), None)
            if entry is None:
                listed.limits()
                entry = _Entry(env[join.variable], frozenset(), _nothing)
            entry.inside()
            scope = scope.having(join.variable, entry)
        if rule.condition is not None:
            self._why(rule.condition, scope)
        return top

    def conflicts(self, node: ir.Expr, env: Environment, text: str) -> Clause:
        """Why there are the records that a subject is in conflict with, or why there are none."""
        top = Clause(text, self.interpreter.value(node, env), node=node)
        self._open = [top]
        listed = self._listed(node, _Scope(env))
        sure = [entry for entry in listed.entries if not entry.doubt]
        if not sure:
            self._whole(listed)
        for entry in sure:
            entry.inside()
            entry.origin()
        return top

    # -- conditions and values

    def _why(self, node: ir.Expr, scope: _Scope) -> None:
        """Take down what decided the value of a node, under a clause of its own if it is a condition with words."""
        is_condition = node.type is BOOLEAN and node.span is not None
        if not is_condition or isinstance(node, ir.Read | ir.Const | ir.Var):
            self._explain(node, scope)
            return
        text = words_of(node, scope.called)
        joins = isinstance(node, ir.And | ir.Or) and not self._is_choice(node, scope) and not _is_sugar(node)
        if text == self._open[-1].text or joins:
            self._explain(node, scope)  # the same words again, or operands that say all
            return
        clause = Clause(text, self._value(node, scope), node=node)
        self._under(clause, partial(self._explain, node, scope))

    def _under(self, clause: Clause, tell: Tell) -> None:
        """Take down facts under a clause of its own, unless it is told already."""
        self._open.append(clause)
        tell()
        self._open.pop()
        if clause not in self._open[-1].parts:
            self._open[-1].parts.append(clause)

    def _note(self, fact: Fact) -> None:
        if fact not in self._open[-1].facts:
            self._open[-1].facts.append(fact)

    def _value(self, node: ir.Expr, scope: _Scope) -> Any:
        return self.interpreter.value(node, scope.env)

    def _explain(self, node: ir.Expr, scope: _Scope) -> None:
        if isinstance(node.type, ListOf):
            self._whole(self._listed(node, scope))
            return
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is not None:
            method(node, scope)
            return
        self._strict(node, scope)

    def _strict(self, node: ir.Expr, scope: _Scope) -> None:
        """A node whose operands must all be known: they decide, or those that are not known."""
        operands = list(ir.children(node))
        missing = [o for o in operands if isinstance(self._value(o, scope), Undetermined)]
        for operand in operands if self.causes_count or not missing else missing:
            self._why(operand, scope)
        self._computed(node, scope)

    def _computed(self, node: ir.Expr, scope: _Scope) -> None:
        """A value that was worked out of others and has words."""
        if node.span is not None and node.type is not BOOLEAN and not isinstance(node.type, Item | Row | RecordType):
            value, text = self._value(node, scope), words_of(node, scope.called)
            self._note(Fact("computed", text, value, type=node.type))

    def _const(self, _node: ir.Const, _scope: _Scope) -> None:
        pass

    def _nothing(self, _node: ir.Nothing, _scope: _Scope) -> None:
        pass

    def _schoolyear(self, _node: ir.SchoolYear, _scope: _Scope) -> None:
        pass

    def _var(self, node: ir.Var, scope: _Scope) -> None:
        scope.because.get(node.name, _nothing)()

    def _parameter(self, node: ir.Parameter, scope: _Scope) -> None:
        self._computed(node, scope)

    def _yearday(self, node: ir.YearDay, scope: _Scope) -> None:
        self._computed(node, scope)

    def _not(self, node: ir.Not, scope: _Scope) -> None:
        self._why(node.operand, scope)

    def _and(self, node: ir.And, scope: _Scope) -> None:
        self._connective(node, scope)

    def _or(self, node: ir.Or, scope: _Scope) -> None:
        self._connective(node, scope)

    def _connective(self, node: ir.And | ir.Or, scope: _Scope) -> None:
        deciding = self._deciding(node, scope)
        if len(deciding) > 1 and self._is_choice(node, scope):
            self._open[-1].each_alone = True
        for operand in deciding or node.operands:
            self._why(operand, scope)

    def _deciding(self, node: ir.And | ir.Or, scope: _Scope) -> list[ir.Expr]:
        """The operands of which one is enough; none where all of them count."""
        enough = isinstance(node, ir.Or)
        return [operand for operand in node.operands if self._value(operand, scope) is enough]

    def _is_choice(self, node: ir.And | ir.Or, scope: _Scope) -> bool:
        """Whether several operands decide, each by itself."""
        return not _is_sugar(node) and len(self._deciding(node, scope)) > 1

    def _if(self, node: ir.If, scope: _Scope) -> None:
        self._why(node.condition, scope)
        condition = self._value(node.condition, scope)
        if not isinstance(condition, Undetermined):
            self._why(node.consequence if condition else node.alternative, scope)

    def _first(self, node: ir.First, scope: _Scope) -> None:
        for operand in node.operands:
            self._presence(operand, scope)
            if is_given(self._value(operand, scope)):
                return

    def _given(self, node: ir.Given, scope: _Scope) -> None:
        self._presence(node.operand, scope)

    def _presence(self, operand: ir.Expr, scope: _Scope) -> None:
        """Why a value is given, or is not."""
        self._why(operand, scope)
        value = self._value(operand, scope)
        if isinstance(value, RecordValue):
            self._note(_existence(words_of(operand, scope.called), value))
        elif isinstance(value, ItemValue):
            place = place_of(value.owner, value.body)
            self._note(Fact("property", words_of(operand, scope.called), value, value.owner, place, operand.type))

    def _apply(self, node: ir.Apply, scope: _Scope) -> None:
        self._why(self.interpreter.definitions[node.name].body, self._inner(node, scope))
        self._computed(node, scope)

    def _inner(self, node: ir.Apply, scope: _Scope) -> _Scope:
        """The scope of a definition's body."""
        names = [name for name, _ in self.interpreter.definitions[node.name].parameters]
        arguments = dict(zip(names, node.arguments, strict=True))
        return _Scope(
            {name: self._value(argument, scope) for name, argument in arguments.items()},
            {name: partial(self._why, argument, scope) for name, argument in arguments.items()},
            {name: words_of(argument, scope.called) for name, argument in arguments.items()},
        )

    # -- navigation

    def _read(self, node: ir.Read, scope: _Scope) -> None:
        base, text = self._value(node.base, scope), words_of(node, scope.called)
        self._why(node.base, scope)
        if isinstance(base, Undetermined):
            return
        if isinstance(base, RowValue):
            self._note(Fact("computed", text, self._value(node, scope), type=node.type))
        elif isinstance(base, RecordValue) and base.record is None:
            if isinstance(self._value(node, scope), Undetermined):
                self._note(_existence(words_of(node.base, scope.called), base))
        elif not isinstance(node.type, Item) or isinstance(self._value(node, scope), Undetermined):
            self._note(self._property("property", text, node, base, scope))

    def _property(self, kind: Kind, text: str, node: ir.Read, base: Any, scope: _Scope) -> Fact:
        record, place = _at(base, node.path)
        return Fact(kind, text, self._value(node, scope), record, place, node.type, node.uri)

    def _find(self, node: ir.Find, scope: _Scope) -> None:
        """The parts of the key; whether the record is there is asked by who reads it."""
        missing = [key for key in node.keys if isinstance(self._value(key, scope), Undetermined)]
        text = words_of(node, scope.called)
        for key in node.keys if self.causes_count or not missing else missing:
            base = self._value(key.base, scope) if isinstance(key, ir.Read) and not node.looked_up else None
            if isinstance(key, ir.Read) and isinstance(base, RecordValue | ItemValue) and _is_there(base):
                self._why(key.base, scope)
                part = text if node.span is not None and len(node.keys) == 1 else f"{words_of(key.base, scope.called)}"
                part = part if part == text else f"{part}.{'.'.join(key.path)}"
                self._note(self._property("reference", part, key, base, scope))
            else:
                self._why(key, scope)
        if isinstance(node.type, Row) and not missing and isinstance(self._value(node, scope), Undetermined):
            self._note(Fact("computed", text, self._value(node, scope), type=node.type))

    # -- lists

    def _whole(self, listed: _Listed) -> None:
        """All members, and that there are no others."""
        listed.limits()
        for entry in listed.entries:
            entry.inside()
            entry.origin()

    def _empty(self, node: ir.Empty, scope: _Scope) -> None:
        """One member is enough; that there is none takes the whole list."""
        listed = self._listed(node.operand, scope)
        sure = next((entry for entry in listed.entries if not entry.doubt), None)
        if sure is None:
            self._whole(listed)
        else:
            sure.inside()

    def _listed(self, node: ir.Expr, scope: _Scope) -> _Listed:
        method = getattr(self, f"_listed_{type(node).__name__.lower()}", self._listed_otherwise)
        listed: _Listed = method(node, scope)
        return listed

    def _listed_otherwise(self, node: ir.Expr, scope: _Scope) -> _Listed:
        def tell() -> None:
            for child in ir.children(node):
                self._why(child, scope)
            if isinstance(node, ir.Parameter):
                self._computed(node, scope)
            if isinstance(node, ir.Var):
                self._var(node, scope)

        value = self._value(node, scope)
        assert isinstance(value, ListValue)
        return _Listed([_Entry(m.value, m.doubt, tell) for m in value.members], tell, value.unknown)

    def _listed_items(self, node: ir.Items, scope: _Scope) -> _Listed:
        base, value = self._value(node.base, scope), self._value(node, scope)
        text = words_of(node, scope.called)
        if isinstance(base, RowValue | Undetermined):
            tell = partial(self._why, node.base, scope)
            return _Listed([_Entry(member.value, member.doubt, tell) for member in value.members], tell, value.unknown)
        if not _is_there(base):

            def absent() -> None:
                self._why(node.base, scope)
                self._note(_existence(words_of(node.base, scope.called), base))

            return _Listed([], absent, value.unknown)
        record, place = _at(base, node.path)

        def limits() -> None:
            self._why(node.base, scope)
            self._note(Fact("list", text, value, record, place, node.type))

        assert isinstance(node.type, ListOf)
        kind = node.type.item
        entries = []
        for position, member in enumerate(value.members):
            there = (*place, member.value.position if isinstance(member.value, ItemValue) else position)
            fact = Fact("property", text, member.value, record, there, kind)
            origin = _nothing if isinstance(kind, Item) else partial(self._note, fact)
            entries.append(_Entry(member.value, member.doubt, limits, origin))
        return _Listed(entries, limits, value.unknown)

    def _listed_referring(self, node: ir.Referring, scope: _Scope) -> _Listed:
        base, value = self._value(node.base, scope), self._value(node, scope)
        if isinstance(base, Undetermined):
            return _Listed([], partial(self._why, node.base, scope), value.unknown)
        text = words_of(node, scope.called)
        whole = Fact("list", text, value, resource=node.resource, paths=node.paths, key=base.key, type=node.type)

        def limits() -> None:
            self._why(node.base, scope)
            self._note(whole)

        def inside(record: Record) -> Tell:
            def tell() -> None:
                if whole in self._open[-1].facts:
                    return  # that these are all says that this is one of them
                self._why(node.base, scope)
                for path, part in zip(node.paths, base.key, strict=True):
                    self._note(Fact("reference", f"{text}: {'.'.join(path)}", part, record, path))

            return tell

        return _Listed([_Entry(m.value, m.doubt, inside(m.value.record)) for m in value.members], limits)

    def _listed_apply(self, node: ir.Apply, scope: _Scope) -> _Listed:
        return self._listed(self.interpreter.definitions[node.name].body, self._inner(node, scope))

    def _listed_if(self, node: ir.If, scope: _Scope) -> _Listed:
        condition = self._value(node.condition, scope)
        tell = partial(self._why, node.condition, scope)
        if isinstance(condition, Undetermined):
            return _Listed([], tell, condition.causes)
        listed = self._listed(node.consequence if condition else node.alternative, scope)
        entries = [replace(entry, inside=_both(tell, entry.inside)) for entry in listed.entries]
        return _Listed(entries, _both(tell, listed.limits), listed.unknown)

    def _listed_filter(self, node: ir.Filter, scope: _Scope) -> _Listed:
        listed = self._listed(node.items, scope)
        kept, tells = [], [listed.limits]
        for entry in listed.entries:
            inner = scope.having(node.variable, entry)
            test = self._value(node.condition, inner)
            tell = self._asked(node.condition, inner, node.variable, entry)
            if test is False:
                tells.append(tell)
            else:
                doubt = entry.doubt | test.causes if isinstance(test, Undetermined) else entry.doubt
                kept.append(replace(entry, doubt=doubt, inside=_both(entry.inside, tell)))
        return _Listed(kept, partial(_tell, tells), listed.unknown)

    def _listed_each(self, node: ir.Each, scope: _Scope) -> _Listed:
        listed = self._listed(node.items, scope)
        entries: list[_Entry] = []
        tells, unknown = [listed.limits], listed.unknown
        for entry in listed.entries:
            inner = scope.having(node.variable, entry)
            if not isinstance(node.body.type, ListOf):
                tell = partial(self._why, node.body, inner)
                entries.append(_Entry(self._value(node.body, inner), entry.doubt, entry.inside, tell))
                continue
            below = self._listed(node.body, inner)
            tells.append(below.limits)
            unknown |= below.unknown
            entries.extend(
                replace(e, doubt=e.doubt | entry.doubt, inside=_both(entry.inside, e.inside)) for e in below.entries
            )
        return _Listed(entries, partial(_tell, tells), unknown)

    def _asked(self, body: ir.Expr, inner: _Scope, variable: str, entry: _Entry, *, contrary: bool = False) -> Tell:
        """Tells what came out when a member was asked; ``contrary``: the author asked the contrary of the body."""
        asked = body.operand if contrary and isinstance(body, ir.Not) else body

        def tell() -> None:
            member = f"{variable}: {described(entry.value)}"
            clause = Clause(words_of(asked, inner.called), self._value(asked, inner), member, asked)
            self._under(clause, partial(self._why, asked, inner))

        return tell

    def _atleast(self, node: ir.AtLeast, scope: _Scope) -> None:
        value, listed = self._value(node, scope), self._listed(node.items, scope)
        if value is not True:
            listed.limits()
        for entry in listed.entries:
            inner = scope.having(node.variable, entry)
            test = self._value(node.body, inner)
            if isinstance(value, Undetermined) or (test is value and not (value and entry.doubt)):
                if value is not False:
                    entry.inside()
                self._asked(node.body, inner, node.variable, entry, contrary=is_of_every(node))()

    def _has(self, node: ir.Has, scope: _Scope) -> None:
        value, listed = self._value(node, scope), self._listed(node.operand, scope)
        wanted = self._value(node.value, scope)
        self._why(node.value, scope)
        if value is not True:
            self._whole(listed)
            return
        for entry in listed.entries:
            if entry.value == wanted and not entry.doubt:
                entry.inside()
                entry.origin()

    def _count(self, node: ir.Count, scope: _Scope) -> None:
        self._whole(self._listed(node.items, scope))
        self._computed(node, scope)

    def _aggregate(self, node: ir.CountDifferent | ir.Total | ir.Extreme | ir.MonthlyExtreme, scope: _Scope) -> None:
        listed = self._listed(node.items, scope)
        self._whole(listed)
        for entry in listed.entries:
            inner = scope.having(node.variable, entry)
            self._why(node.body, inner)
            if isinstance(node, ir.MonthlyExtreme):
                self._why(node.day, inner)
        self._computed(node, scope)

    _countdifferent = _total = _extreme = _monthlyextreme = _aggregate

    def _pick(self, node: ir.Pick | ir.Neighbour, scope: _Scope) -> None:
        listed = self._listed(node.items, scope)
        self._whole(listed)
        others = []
        if isinstance(node, ir.Neighbour):
            self._why(node.of, scope)
            others = [self._value(node.of, scope)]
        for value in (*others, *(entry.value for entry in listed.entries)):
            for key in node.order if not isinstance(value, Undetermined) else ():
                self._ranked(key, value)

    _neighbour = _pick

    def _ranked(self, key: ir.Order, value: Any) -> None:
        """What a member is ordered by."""
        if not _is_there(value):
            self._note(_existence(described(value), value))
            return
        record, place = _at(value, key.path)
        read = ir.Read(ir.Var("it", type=key.type), key.path, key.label, type=key.type)
        found = self.interpreter.value(read, {"it": value})
        self._note(Fact("property", f"{'.'.join(key.path)} of {described(value)}", found, record, place, key.type))

    def _only(self, node: ir.Only, scope: _Scope) -> None:
        self._whole(self._listed(node.items, scope))

    def _makeperiod(self, node: ir.MakePeriod, scope: _Scope) -> None:
        is_missing = {part: isinstance(self._value(part, scope), Undetermined) for part in (node.start, node.end)}
        all_count = self.causes_count or not isinstance(self._value(node, scope), Undetermined)
        if all_count or is_missing[node.start]:
            self._why(node.start, scope)
        if all_count or is_missing[node.end]:
            self._why(node.end, scope)
        if is_missing[node.end]:
            self._why(node.open_end, scope)


# -- facts


def place_of(record: Record, body: Mapping[str, Any]) -> Place:
    """Where an object stands in a record; found by identity, for items do not know what lies above them."""

    def search(value: Any, place: Place) -> Place | None:
        if value is body:
            return place
        parts: Iterable[tuple[str | int, Any]] = ()
        if isinstance(value, Mapping):
            parts = value.items()
        elif isinstance(value, list):
            parts = enumerate(value)
        found = (search(part, (*place, name)) for name, part in parts if isinstance(part, Mapping | list))
        return next((place for place in found if place is not None), None)

    place = search(record.body, ())
    assert place is not None
    return place


def _at(base: Any, path: Path) -> tuple[Record, Place]:
    """The record and place of a property of a record or item."""
    if isinstance(base, RecordValue):
        assert base.record is not None
        return base.record, path
    assert isinstance(base, ItemValue), base
    return base.owner, (*place_of(base.owner, base.body), *path)


def _existence(text: str, value: RecordValue) -> Fact:
    return Fact("record", text, value.record is not None, value.record, resource=value.resource, key=value.key)


def _is_there(value: Any) -> bool:
    return not isinstance(value, RecordValue) or value.record is not None


def _same(left: Any, right: Any) -> bool:
    """Whether two members are the same record or item."""
    if isinstance(left, ItemValue) and isinstance(right, ItemValue):
        return left.body is right.body
    return bool(left == right)


def _is_sugar(node: ir.And | ir.Or) -> bool:
    """Whether the operands have the words of the whole, as those of ``between``."""
    return any(operand.span == node.span for operand in node.operands)


def _both(first: Tell, second: Tell) -> Tell:
    return partial(_tell, (first, second))


def _tell(tells: Iterable[Tell]) -> None:
    for tell in tells:
        tell()
