"""Types of expressions.

:class:`ExpressionChecker` walks one expression and fills the side tables. Its methods give the type of a node, or
None when something under it is wrong and has been reported, so that one mistake gives one message. A path through a
list is a list; where one value is needed, that is an error which says how to choose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from compiler.diagnostics import Sink
from compiler.schema.patterns import PatternError
from compiler.schema.patterns import parse as parse_pattern
from compiler.schema.types import (
    BOOLEAN,
    DATE,
    DECIMAL,
    NOTHING,
    NUMBERS,
    PERIOD,
    TEXT,
    WHOLE,
    Abstract,
    Code,
    Duration,
    Item,
    ListOf,
    Record,
    Row,
    Type,
    describe,
    is_record,
    is_text,
    join,
    name_of,
)
from compiler.semantics.checker import advice, comparisons
from compiler.semantics.checker.facts import (
    CrossRef,
    DefinitionRef,
    Facts,
    FunctionRef,
    LookupRef,
    PropertyRef,
    SetRef,
)
from compiler.semantics.checker.paths import names_behind, resolve
from compiler.semantics.functions import FUNCTIONS, Function, Parameter
from compiler.semantics.scope import BUILT_IN_PARAMETERS, Definition, Scope
from compiler.source import Span
from compiler.suggest import hint
from compiler.syntax import tree
from compiler.syntax.scalars import value_offsets
from compiler.syntax.unparser import unparse

Variables = Mapping[str, Type]


class ExpressionChecker:
    """Checks expressions of one spec. ``parameters`` are the types of its ``$name``, ``years`` its school years.

    ``faulty`` are names of the spec that have no type for a fault which was reported.
    """

    def __init__(
        self,
        scope: Scope,
        sink: Sink,
        facts: Facts,
        *,
        parameters: Variables,
        parameters_of: str,
        years: tuple[int, ...],
        definition_type: Callable[[Definition], Type | None],
    ) -> None:
        self.scope = scope
        self.sink = sink
        self.facts = facts
        self.parameters = parameters
        self.parameters_of = parameters_of
        self.years = years
        self.definition_type = definition_type
        self.faulty: set[str] = set()

    # -- entries

    def value(self, node: tree.Expr, env: Variables) -> Type | None:
        """The type of any expression."""
        method: Callable[[tree.Expr, Variables], Type | None] = getattr(self, f"_{type(node).__name__.lower()}")
        kind = method(node, env)
        if kind is not None:
            self.facts.types[node] = kind
        return kind

    def condition(self, node: tree.Expr, env: Variables, where: str) -> bool:
        """Whether an expression is a condition; reports it when it is not."""
        kind = self.one(node, env, where)
        if kind is None or kind is BOOLEAN:
            return kind is BOOLEAN
        if isinstance(node, tree.Text | tree.Whole | tree.DecimalNumber):
            self.sink.report("E206", node.span)
        else:
            self.sink.report("E406", node.span, where=where, seen=describe(kind))
        return False

    def one(self, node: tree.Expr, env: Variables, where: str) -> Type | None:
        """The type of an expression that must have one value."""
        kind = self.value(node, env)
        if isinstance(kind, ListOf):
            self.sink.report("E404", node.span, where=where)
            return None
        if isinstance(kind, Abstract):
            self._choose_kind(node, kind)
            return None
        return kind

    def scalar(self, node: tree.Expr, env: Variables, where: str, wanted: tuple[Type, ...], words: str) -> Type | None:
        """The type of an expression that must have one value of a wanted type."""
        kind = self.one(node, env, where)
        if kind is None or kind in wanted or (TEXT in wanted and is_text(kind)):
            return kind
        if not self.reported_reference(node, kind):
            self.sink.report("E402", node.span, where=where, wanted=words, seen=describe(kind), hint="")
        return None

    def many(self, node: tree.Expr, env: Variables, where: str) -> ListOf | None:
        """The type of an expression that must be a list."""
        kind = self.value(node, env)
        if kind is None or isinstance(kind, ListOf):
            return kind
        self.sink.report("E405", node.span, where=where, seen=describe(kind))
        return None

    def _choose_kind(self, node: tree.Expr, kind: Abstract) -> None:
        kinds = names_behind(self.scope, kind)
        example = f"{unparse(node)}.{'school' if 'school' in kinds else kinds[0] if kinds else '...'}"
        self.sink.report("E311", node.span, name=unparse(node), example=example)

    def reported_reference(self, node: tree.Expr, kind: Type) -> bool:
        """Report a reference that is used as a value; False when it is none."""
        ref = self.facts.refs.get(node)
        if not isinstance(kind, Item) or not isinstance(ref, PropertyRef) or ref.property.reference is None:
            return False
        written = unparse(node)
        part = ref.property.reference.parts[0][0]
        self.sink.report(
            "E313", node.span, name=written, record=written.removesuffix("Reference"), part=f"{written}.{part}"
        )
        return True

    # -- literals and names

    def _text(self, _node: tree.Text, _env: Variables) -> Type:
        return TEXT

    def _whole(self, _node: tree.Whole, _env: Variables) -> Type:
        return WHOLE

    def _decimalnumber(self, _node: tree.DecimalNumber, _env: Variables) -> Type:
        return DECIMAL

    def _date(self, _node: tree.Date, _env: Variables) -> Type:
        return DATE

    def _boolean(self, _node: tree.Boolean, _env: Variables) -> Type:
        return BOOLEAN

    def _nothing(self, _node: tree.Nothing, _env: Variables) -> Type:
        return NOTHING

    def _duration(self, node: tree.Duration, _env: Variables) -> Type:
        return Duration("day" if node.unit in ("day", "week") else "month")

    def _schoolyear(self, _node: tree.SchoolYear, _env: Variables) -> Type:
        return WHOLE

    def _monthday(self, _node: tree.MonthDay, _env: Variables) -> Type:
        return DATE

    def _parameter(self, node: tree.Parameter, _env: Variables) -> Type | None:
        return self.parameter_type(node.name, node.span)

    def parameter_type(self, name: str, span: Span) -> Type | None:
        if name in BUILT_IN_PARAMETERS:
            return DATE
        kind = self.parameters.get(name)
        if kind is None and self._is_told("collections"):
            return None
        if kind is None:
            said = advice.of_parameter(name, self.parameters)
            self.sink.report("E306", span, name=name, where=self.parameters_of, hint=said)
            return None
        self.facts.parameters.add(name)
        self.facts.told_elsewhere |= kind is NOTHING
        return kind if kind is not NOTHING else None

    def _is_told(self, *kinds: str) -> bool:
        """Whether a name may be unknown because a file of a kind could not be read, which was reported."""
        told = self.scope.lacks(*kinds)
        self.facts.told_elsewhere |= told
        return told

    def _name(self, node: tree.Name, env: Variables) -> Type | None:
        kind = env.get(node.name)
        if kind is not None:
            return kind
        self._unknown_variable(node, "", env)
        return None

    def _unknown_variable(self, node: tree.Name, behind: str, env: Variables) -> None:
        if node.name in self.faulty:
            self.facts.told_elsewhere = True
            return
        known = {name: kind for name, kind in env.items() if name != "this"}
        said = advice.of_name(self.scope, node.name, behind, known, self.parameters)
        self.sink.report("E302", node.span, name=node.name, hint=said)

    # -- paths

    def _get(self, node: tree.Get, env: Variables) -> Type | None:
        if isinstance(node.base, tree.Name) and node.base.name not in env:
            self._unknown_variable(node.base, node.name, env)
            return None
        base = self.value(node.base, env)
        if base is None:
            return None
        item = base.item if isinstance(base, ListOf) else base
        base_ref = self.facts.refs.get(node.base)
        crossed = base_ref.reference if isinstance(base_ref, CrossRef) else None
        found = resolve(self.scope, item, node.name, crossed)
        if found is None:
            self._unknown_name(node.name, node.name, node.name_span, item)
            return None
        ref, kind = found
        self.facts.refs[node] = ref
        if isinstance(ref, DefinitionRef):
            kind = self._definition_call(ref.definition, node, node.arguments or (), env)
        elif node.arguments is not None:
            self.sink.report("E407", node.span, name=node.name, wanted="no arguments", seen="some are", hint="")
            return None
        if kind is None or not isinstance(base, ListOf):
            return kind
        return kind if isinstance(kind, ListOf) else ListOf(kind)

    def _unknown_name(self, name: str, first: str, span: Span, base: Type) -> None:
        """Report a property (or, after ``by``, a path that begins with ``first``) which a value does not have."""
        if not is_record(base) and not isinstance(base, Abstract):
            said = advice.of_property(self.scope, name, base)
            self.sink.report("E301", span, owner=describe(base), name=name, hint=said)
        elif not self._is_told("schemas", "ruleset", "definitions"):
            said = advice.of_property(self.scope, first, base)
            self.sink.report("E301", span, owner=name_of(base), name=name, hint=said)

    def _definition_call(
        self, definition: Definition, node: tree.Get | tree.Call, arguments: tuple[tree.Expr, ...], env: Variables
    ) -> Type | None:
        parameters = definition.parameters[1:] if definition.owner else definition.parameters
        self._arguments(definition.name, _parameters(parameters), arguments, node.name_span, env)
        kind = self.definition_type(definition)
        self.facts.told_elsewhere |= kind is None
        return kind

    def _arguments(
        self,
        name: str,
        parameters: tuple[Parameter, ...],
        given: tuple[tree.Expr, ...],
        span: Span,
        env: Variables,
        rest: Parameter | None = None,
    ) -> None:
        """Check what is given for parameters; ``rest`` takes what follows them."""
        kinds = [self.one(argument, env, f"`{name}`") for argument in given]
        if len(given) < len(parameters) or (rest is None and len(given) > len(parameters)):
            listed = ", ".join(parameter.name for parameter in parameters)
            wanted = f"{len(parameters)} ({listed})" if parameters else "no arguments"
            seen = f"{len(given)} {'is' if len(given) == 1 else 'are'}"
            self.sink.report(
                "E407", span, name=name, wanted=wanted if rest is None else f"{wanted} or more", seen=seen, hint=""
            )
            return
        for n, (argument, kind) in enumerate(zip(given, kinds, strict=True)):
            parameter = parameters[n] if n < len(parameters) else rest
            if kind is not None and parameter is not None and NOTHING not in parameter.types:
                self._argument(name, parameter, argument, kind)

    def _argument(self, name: str, parameter: Parameter, argument: tree.Expr, kind: Type) -> None:
        """Check what is given for one parameter: its type, and what is written out in the expression."""
        where = f"`{parameter.name}` of `{name}`"
        comparisons.check_literal(self, argument, parameter.types[0])
        if not any(assignable(kind, wanted) for wanted in parameter.types):
            if not self.reported_reference(argument, kind):
                wanted = " or ".join(describe(wanted) for wanted in parameter.types)
                self.sink.report("E402", argument.span, where=where, wanted=wanted, seen=describe(kind), hint="")
        elif isinstance(argument, tree.Text):
            fault = parameter.fault(argument.value)
            if fault:
                self.sink.report("E415", argument.span, where=where, what=fault)
        elif parameter.literal:
            self.sink.report(
                "E402", argument.span, where=where, wanted="a text in quotes", seen=unparse(argument),
                hint="write it out, so that it can be checked and read",
            )  # fmt: skip

    def _call(self, node: tree.Call, env: Variables) -> Type | None:
        if node.name == "lookup":
            return self._lookup(node, env)
        function = FUNCTIONS.get(node.name)
        if function is not None:
            self.facts.refs[node] = FunctionRef(node.name, function)
            self._arguments(node.name, function.parameters, node.arguments, node.name_span, env, function.rest)
            self._codes_listed(function, node.arguments)
            return function.result
        definition = self.scope.definition(None, node.name)
        if definition is None and self._is_told("definitions"):
            return None
        if definition is None:
            said = advice.of_function(self.scope, node.name)
            self.sink.report("E304", node.name_span, name=node.name, hint=said)
            return None
        self.facts.refs[node] = DefinitionRef(definition)
        return self._definition_call(definition, node, node.arguments, env)

    def _codes_listed(self, function: Function, given: tuple[tree.Expr, ...]) -> None:
        """Check the texts that a function lists as codes, where what it is asked of is a code."""
        kind = self.facts.types.get(given[0]) if given else None
        if function.rest is None or not function.rest.literal or not isinstance(kind, Code):
            return
        for argument in given[1:]:
            comparisons.check_literal(self, argument, kind)
        comparisons.mark_uri(self, given[0], list(given[1:]))

    def _lookup(self, node: tree.Call, env: Variables) -> Type | None:
        source, *keys = node.arguments
        if not isinstance(source, tree.Name):
            said = "write it without quotes" if isinstance(source, tree.Text) else "name the table first"
            self.sink.report("E305", source.span, what="table", name=unparse(source), hint=said)
            return None
        table = self.scope.tables.get(source.name)
        resource = self.scope.schemas.resource(source.name) if table is None else None
        parameters: tuple[tuple[str, Type], ...]
        kind: Type
        if table is not None:
            self.facts.refs[node] = LookupRef(table, table.name)
            parameters, kind = table.inputs, Row(table.name)
        elif resource is not None:
            self.facts.refs[node] = LookupRef(None, resource.name)
            found = [(path[-1], resource.find(path)) for path in resource.key]
            parameters = tuple((name, prop.type) for name, prop in found if prop is not None)
            if any(isinstance(part, Code) for _, part in parameters):
                fix = "its key holds a code with its namespace: follow a reference to it instead"
                self.sink.report("E414", source.span, what=f"a key of {resource.name} cannot be compared", fix=fix)
                return None
            kind = Record(resource.name)
        elif self._is_told("table", "schemas", "ruleset"):
            return None
        else:
            known = [*self.scope.tables, *(p for p in self.scope.schemas.plurals)]
            self.sink.report("E305", source.span, what="table", name=source.name, hint=hint(source.name, known))
            return None
        self._arguments(source.name, _parameters(parameters), tuple(keys), source.span, env)
        return kind

    # -- conditions

    def _not(self, node: tree.Not, env: Variables) -> Type:
        self.condition(node.operand, env, "`not`")
        return BOOLEAN

    def _and(self, node: tree.And, env: Variables) -> Type:
        for operand in node.operands:
            self.condition(operand, env, "`and`")
        return BOOLEAN

    def _or(self, node: tree.Or, env: Variables) -> Type:
        for operand in node.operands:
            self.condition(operand, env, "`or`")
        return BOOLEAN

    def _if(self, node: tree.If, env: Variables) -> Type | None:
        self.condition(node.condition, env, "`if`")
        left, right = self.value(node.consequence, env), self.value(node.alternative, env)
        if left is None or right is None:
            return None
        kind = join(left, right)
        if kind is None:
            self.sink.report("E413", node.alternative.span, left=describe(left), right=describe(right))
        return kind

    def _otherwise(self, node: tree.Otherwise, env: Variables) -> Type | None:
        kinds = [self.one(operand, env, "`otherwise`") for operand in node.operands]
        result: Type | None = NOTHING
        for operand, kind in zip(node.operands, kinds, strict=True):
            if kind is None or result is None:
                return None
            joined = join(result, kind)
            if joined is None:
                self.sink.report("E413", operand.span, left=describe(result), right=describe(kind))
                return None
            # a text that stands in for a missing code (`x otherwise 'none'`) is no code, but the others stay checked
            result = result if isinstance(result, Code) and isinstance(operand, tree.Text) else joined
        return result

    def _presence(self, node: tree.Presence, env: Variables) -> Type:
        kind = self.value(node.operand, env)
        ref = self.facts.refs.get(node.operand)
        if isinstance(kind, Abstract):
            self._choose_kind(node.operand, kind)
        if isinstance(ref, LookupRef) and ref.table is not None and ref.table.absent_key == "error":
            word = "present" if node.present else "missing"
            self.sink.report(
                "E414", node.span, what=f"a row of {ref.table.name} is never missing, so `is {word}` asks nothing",
                fix="the table says that every key has a row (`absent key: error`)",
            )  # fmt: skip
        return BOOLEAN

    def _compare(self, node: tree.Compare, env: Variables) -> Type:
        comparisons.check_comparison(self, node, env)
        return BOOLEAN

    def _between(self, node: tree.Between, env: Variables) -> Type:
        where = "`is between`"
        kind = self.scalar(node.operand, env, where, (*NUMBERS, DATE), "a number or a date")
        if kind is None:
            return BOOLEAN
        wanted, words = ((DATE,), "a date") if kind is DATE else (NUMBERS, "a number")
        self.scalar(node.low, env, where, wanted, words)
        self.scalar(node.high, env, where, wanted, words)
        return BOOLEAN

    def _oneof(self, node: tree.OneOf, env: Variables) -> Type:
        kind = self.one(node.operand, env, "`is one of`")
        comparisons.check_choices(self, node.operand, kind, node.choices, env)
        return BOOLEAN

    def code_set(self, node: tree.CodeSet) -> SetRef | None:
        """The set that a name refers to."""
        found = self.scope.sets.get(node.name)
        if found is None and self._is_told("table"):
            return None
        if found is None:
            said = hint(node.name, self.scope.sets)
            self.sink.report("E305", node.name_span, what="code set", name=node.name, hint=said)
            return None
        ref = SetRef(found)
        self.facts.refs[node] = ref
        return ref

    def _matches(self, node: tree.Matches, env: Variables) -> Type:
        self.scalar(node.operand, env, "`matches`", (TEXT,), "a text")
        try:
            parse_pattern(node.pattern.value)
        except PatternError as error:
            written = node.pattern.span
            start = value_offsets(node.pattern.value, written.text[1:], written.start + 1, "")[error.at]
            place = Span(written.source, start, start + 1)
            self.sink.report("E410", place, what=error.args[0], fix=error.fix)
        return BOOLEAN

    def _startswith(self, node: tree.StartsWith, env: Variables) -> Type:
        for part in (node.operand, node.prefix):
            self.scalar(part, env, "`starts with`", (TEXT,), "a text")
        return BOOLEAN

    def _contains(self, node: tree.Contains, env: Variables) -> Type:
        kind = self.value(node.whole, env)
        if kind is PERIOD:
            self.scalar(node.part, env, "`contains` of a period", (DATE,), "a date")
        elif isinstance(kind, ListOf):
            part = self.one(node.part, env, "`contains`")
            if part is not None:
                comparisons.check_pair(self, node.whole, kind.item, node.part, part)
        elif kind is not None:
            fix = "write `matches` or `starts with` for texts"
            wanted = "a period or a list"
            self.sink.report("E402", node.whole.span, where="`contains`", wanted=wanted, seen=describe(kind), hint=fix)
        return BOOLEAN

    def _overlaps(self, node: tree.Overlaps, env: Variables) -> Type:
        for part in (node.left, node.right):
            self.scalar(part, env, "`overlaps`", (PERIOD,), "a period")
        return BOOLEAN

    def _quantified(self, node: tree.Quantified, env: Variables) -> Type:
        where = f"`{node.quantifier.value} ... in`"
        inner = self.bind(node.variable, node.variable_span, node.collection, env, where)
        if inner is not None:
            self.condition(node.body, inner, "`has (...)`")
        return BOOLEAN

    # -- collections

    def bind(
        self, variable: str, span: Span, collection: tree.Expr, env: Variables, where: str
    ) -> dict[str, Type] | None:
        """The variables inside a binder, or None when its collection is not a list or its name is taken."""
        kind = self.many(collection, env, where)
        if kind is None:
            return None
        if variable in env:
            self.sink.report("E309", span, name=variable, why="it already stands for something here")
            return None
        return {**env, variable: kind.item}

    def _binder(self, binder: tree.Binder, env: Variables, where: str) -> dict[str, Type] | None:
        inner = self.bind(binder.variable, binder.variable_span, binder.collection, env, where)
        if inner is not None and binder.condition is not None:
            self.condition(binder.condition, inner, "`where (...)`")
        return inner

    def _count(self, node: tree.Count, env: Variables) -> Type:
        inner = self._binder(node.binder, env, "`number of`")
        if inner is not None and node.value is not None:
            kind = self.one(node.value, inner, "`number of different`")
            if isinstance(kind, Item | Row) or kind is PERIOD:
                fix = "count the records, or one of their properties"
                self.sink.report("E414", node.value.span, what=f"{describe(kind)} cannot be compared", fix=fix)
        return WHOLE

    def _aggregate(self, node: tree.Aggregate, env: Variables) -> Type | None:
        word = node.aggregation.value
        inner = self._binder(node.binder, env, f"`{word} of`")
        if inner is None:
            return None
        if node.aggregation in (tree.Aggregation.EARLIEST, tree.Aggregation.LATEST):
            return self.scalar(node.value, inner, f"`{word} of`", (DATE,), "a date")
        return self.scalar(node.value, inner, f"`{word} of`", NUMBERS, "a number")

    def _monthlysum(self, node: tree.MonthlySum, env: Variables) -> Type | None:
        where = f"`{'highest' if node.highest else 'lowest'} monthly sum of`"
        inner = self._binder(node.binder, env, where)
        if inner is None:
            return None
        self.scalar(node.day, inner, f"`by` of {where}", (DATE,), "a date")
        return self.scalar(node.value, inner, where, NUMBERS, "a number")

    def _all(self, node: tree.All, env: Variables) -> Type | None:
        inner = self._binder(node.binder, env, "`all ... in`")
        return ListOf(inner[node.binder.variable]) if inner is not None else None

    def _the(self, node: tree.The, env: Variables) -> Type | None:
        inner = self._binder(node.binder, env, "`the ... in`")
        return inner[node.binder.variable] if inner is not None else None

    def _pick(self, node: tree.Pick, env: Variables) -> Type | None:
        inner = self._binder(node.binder, env, f"`{node.pick.value} ... in`")
        if inner is None:
            return None
        item = inner[node.binder.variable]
        return item if self._order(item, node.order, node.order_spans) else None

    def _neighbour(self, node: tree.Neighbour, env: Variables) -> Type | None:
        word = "previous" if node.previous else "next"
        inner = self._binder(node.binder, env, f"`{word} ... in`")
        of = self.one(node.of, env, f"`{word} ... to`")
        if inner is None:
            return None
        item = inner[node.binder.variable]
        if of is not None and of != item:
            where = f"`{word} ... to`"
            self.sink.report("E402", node.of.span, where=where, wanted=describe(item), seen=describe(of), hint="")
        return item if self._order(item, node.order, node.order_spans) else None

    def _order(self, item: Type, order: tuple[tuple[str, ...], ...], spans: tuple[Span, ...]) -> bool:
        """Whether the fields of an order exist in the members and can be ordered."""
        fine = True
        for path, span in zip(order, spans, strict=True):
            shape = self.scope.schemas.shape_of(item)
            prop = shape.find(path) if shape is not None else None
            kind = prop.type if prop is not None else None
            if prop is None:
                self._unknown_name(".".join(path), path[0], span, item)
            elif not (kind in (*NUMBERS, DATE) or (kind is not None and is_text(kind))):
                where = "`by`"
                wanted = "a date, a number or a text"
                assert kind is not None
                self.sink.report("E402", span, where=where, wanted=wanted, seen=describe(kind), hint="")
            else:
                continue
            fine = False
        return fine

    # -- numbers and dates

    def _arithmetic(self, node: tree.Arithmetic, env: Variables) -> Type | None:
        where = f"`{node.operator}`"
        left = self.one(node.left, env, where)
        right = self.one(node.right, env, where)
        if left is None or right is None:
            return None
        if left is DATE and isinstance(right, Duration) and node.operator in "+-":
            return DATE
        if left is DATE and right is DATE and node.operator == "-":
            fix = f"write `days from {unparse(node.right)} to {unparse(node.left)}`"
            self.sink.report("E402", node.span, where=where, wanted="numbers", seen="one date less another", hint=fix)
            return None
        for part, kind in ((node.left, left), (node.right, right)):
            if kind not in NUMBERS:
                if not self.reported_reference(part, kind):
                    self.sink.report("E402", part.span, where=where, wanted="a number", seen=describe(kind), hint="")
                return None
        return WHOLE if left is WHOLE and right is WHOLE and node.operator != "/" else DECIMAL

    def _shifted(self, node: tree.Shifted, env: Variables) -> Type:
        self.scalar(node.anchor, env, "`before` or `after`", (DATE,), "a date")
        self.facts.types[node.duration] = self._duration(node.duration, env)
        return DATE

    def _age(self, node: tree.Age, env: Variables) -> Type:
        self.scalar(node.birth, env, "`age of`", (DATE,), "a date")
        self.scalar(node.on, env, "`on`", (DATE,), "a date")
        return WHOLE

    def _elapsed(self, node: tree.Elapsed, env: Variables) -> Type:
        for part in (node.start, node.end):
            self.scalar(part, env, f"`{node.unit}s from ... to`", (DATE,), "a date")
        return WHOLE

    def _period(self, node: tree.Period, env: Variables) -> Type:
        for part in (node.start, node.end):
            self.scalar(part, env, "`period from ... to`", (DATE, NOTHING), "a date")
        return PERIOD


def _parameters(typed: tuple[tuple[str, Type], ...]) -> tuple[Parameter, ...]:
    """The parameters of a definition or the key of a table, as what arguments are checked against."""
    return tuple(Parameter(name, (kind,)) for name, kind in typed)


def assignable(kind: Type, wanted: Type) -> bool:
    """Whether a value of one type can stand where another is wanted."""
    return kind == wanted or join(kind, wanted) == wanted or (is_text(kind) and is_text(wanted))
