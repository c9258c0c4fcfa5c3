"""Expressions of checked specs as English: values as noun phrases, conditions as clauses on one line.

:class:`Phrases` speaks for one spec. A variable is called by the noun of its list (``that enrollment``, and ``the
other enrollment`` where two have one noun), a path is a chain of possessives (``that enrollment's school``), a code
is shown with the label of its table, and a definition by its name, or by its doc where that is a name: nothing is
inlined.

The hard part is conditions about one member of a list. ``any d in list has (d.order is 1)`` becomes a verb of the
member, *at least one of the list has an order of 1*; only where a condition cannot be said in this way is the member
named, *there is at least one among the list for which ...*. Both ways a negation is put where English has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from compiler.backends.words_names import (
    PREPOSITIONS,
    base_form,
    day,
    first_sentence,
    head,
    inside,
    is_plural,
    listed,
    one_line,
    pattern_words,
    plural,
    singular,
    with_article,
    words_of,
)
from compiler.schema.types import BOOLEAN, Code, Item, ListOf, Record, Row
from compiler.semantics.checker.facts import (
    BackRef,
    CrossRef,
    DefinitionRef,
    Facts,
    FunctionRef,
    KindRef,
    LookupRef,
    PropertyRef,
    SetRef,
)
from compiler.semantics.scope import SUBJECT_PARTS, Definition, Scope, Table
from compiler.syntax import tree
from compiler.syntax.tree import Comparison, Quantifier

MOST_CODES = 8
_POSSESSIVE = 34  # characters of a noun that can still take `'s`

BUILT_IN = {
    "asOf": "the day of the run",
    "schoolYearStart": "the first day of the school year (July 1)",
    "schoolYearEnd": "the last day of the school year (June 30)",
}
_CALLS = {
    "length": "the number of characters of {}",
    "lower": "{} in lower case",
    "trim": "{} without blanks at its ends",
    "round": "{} rounded to {} places",
    "earlierOf": "the earlier of {} and {}",
    "laterOf": "the later of {} and {}",
}
_SIGNS = {"+": "plus", "-": "minus", "*": "times", "/": "divided by"}
QUANTITIES = {
    Quantifier.ANY: "at least one",
    Quantifier.EVERY: "every one",
    Quantifier.NO: "none",
    Quantifier.EXACTLY_ONE: "exactly one",
    Quantifier.AT_LEAST: "at least {}",
    Quantifier.AT_MOST: "at most {}",
}
OPPOSITE = {Quantifier.ANY: Quantifier.NO, Quantifier.NO: Quantifier.ANY}
_VALUES_OF_ONE = (Comparison.IS, Comparison.IS_NOT)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase; ``plural`` says how a verb agrees with it."""

    text: str
    plural: bool = False


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb with all behind it: of one and of several, said and denied."""

    one: str
    many: str
    not_one: str
    not_many: str

    def of(self, *, many: bool, denied: bool) -> str:
        return (self.not_many if many else self.not_one) if denied else (self.many if many else self.one)


def be(rest: str) -> Verb:
    return Verb(f"is {rest}", f"are {rest}", f"is not {rest}", f"are not {rest}")


def do(verb: str, rest: str) -> Verb:
    """``do("overlaps", "it")``"""
    base = base_form(verb)
    return Verb(f"{verb} {rest}", f"{base} {rest}", f"does not {base} {rest}", f"do not {base} {rest}")


@dataclass(frozen=True, slots=True)
class Test:
    """A condition on one value: the ``step`` (if any) of ``subject`` does what the verb says.

    ``value`` is set where the value simply is something: ``has an order of 1``.
    """

    subject: tree.Expr
    verb: Verb
    step: str = ""
    value: str = ""


@dataclass(slots=True, eq=False, repr=False)
class Phrases:
    """Speaks for one spec.

    ``called`` says how each variable is called (the subject also as ``this``), ``nouns`` what it is; ``explained`` are
    the nodes beside which the doc of a definition is quoted.
    """

    scope: Scope
    facts: Facts
    tables: Mapping[str, Table]
    years: tuple[int, ...]
    explained: frozenset[tree.Node] = frozenset()
    called: dict[str, str] = field(default_factory=dict)
    nouns: dict[str, str] = field(default_factory=dict)

    # -- variables

    def bind(self, variable: str, collection: tree.Expr) -> Phrases:
        """A speaker inside a binder, where a variable stands for a member of a list."""
        noun = self.member(collection)
        short = noun if noun.count(" ") < 2 else noun.rpartition(" ")[2]
        taken = set(self.called.values())
        names = (f"that {short}", f"the other {short}", *(f"{short} {number}" for number in range(3, 1000)))
        name = next(name for name in names if name not in taken and name.replace("that ", "the ") not in taken)
        return Phrases(
            self.scope, self.facts, self.tables, self.years, self.explained,
            {**self.called, variable: name}, {**self.nouns, variable: noun},
        )  # fmt: skip

    def member(self, collection: tree.Expr) -> str:
        """What one member of a list is called."""
        match collection:
            case tree.Get():
                return singular(self._step(collection))
            case tree.All():
                return self.member(collection.binder.collection)
            case tree.If():
                return self.member(collection.consequence)
            case tree.Otherwise():
                return self.member(collection.operands[0])
            case _:
                return "entry"

    # -- values

    def noun(self, node: tree.Expr) -> Phrase:
        """A value as a noun phrase."""
        match node:
            case tree.Text():
                return Phrase(self._text(node))
            case tree.Whole():
                return Phrase(str(node.value))
            case tree.DecimalNumber():
                return Phrase(f"{node.value:f}")
            case tree.Date():
                return Phrase(day(node.year, node.month, node.day))
            case tree.Boolean():
                return Phrase("yes" if node.value else "no")
            case tree.Nothing():
                return Phrase("nothing")
            case tree.Duration():
                return Phrase(f"{node.count} {node.unit}{'' if node.count == 1 else 's'}")
            case tree.SchoolYear():
                return Phrase("the school year")
            case tree.MonthDay():
                return Phrase(f"{tree.MONTHS[node.month - 1]} {node.day} of the school year")
            case tree.Parameter():
                return Phrase(self._parameter(node.name))
            case tree.Name():
                return Phrase(self.called.get(node.name, "the record"))
            case tree.Get():
                return self._get(node)
            case tree.Call():
                return self._call(node)
            case tree.If() if self.facts.types[node] is not BOOLEAN:
                then, other = self.noun(node.consequence), self.noun(node.alternative)
                return Phrase(f"{then.text} if {self.line(node.condition)}, otherwise {other.text}", then.plural)
            case tree.Otherwise() if self.facts.types[node] is not BOOLEAN:
                return self._otherwise(node)
            case tree.Count() | tree.Aggregate():
                return Phrase(self._aggregate(node))
            case tree.All():
                return Phrase(self._those(node.binder), plural=True)
            case tree.The():
                return Phrase(f"the only one of {self._members(node.binder)}")
            case tree.Pick():
                order = self._order(node.pick.value, node.order)
                return Phrase(f"the one of {self._members(node.binder)} with the {order}")
            case tree.Neighbour():
                which = "the one just before" if node.previous else "the one just after"
                by = listed([words_of(path[-1]) for path in node.order], "then")
                return Phrase(f"{which} {self.noun(node.of).text}, by {by}, of {self._members(node.binder)}")
            case tree.Arithmetic():
                return Phrase(self._arithmetic(node))
            case tree.Shifted():
                side = "before" if node.before else "after"
                return Phrase(f"{self.noun(node.duration).text} {side} {self.noun(node.anchor).text}")
            case tree.Age():
                return self._age(node)
            case tree.Elapsed():
                start, end = self.noun(node.start).text, self.noun(node.end).text
                return Phrase(f"the number of completed {node.unit}s from {start} to {end}")
            case tree.Period():
                return Phrase(self._period(node))
            case _:  # a condition where a value is asked for
                return Phrase(f"whether {self.line(node)}")

    def _text(self, node: tree.Text) -> str:
        kind = self.facts.types.get(node)
        if not isinstance(kind, Code):
            return f'"{one_line(node.value)}"'
        namespace, _, bare = node.value.rpartition("#")
        label = self.label(kind.descriptor, bare, namespace)
        return f"{one_line(bare)} ({label})" if label else one_line(bare)

    def label(self, descriptor: str, code: str, namespace: str = "") -> str:
        """The label that the table of a descriptor gives a code; empty where it says nothing more than the code."""
        for _, table in sorted(self.tables.items()):
            if table.descriptor == descriptor and namespace in ("", table.namespace):
                found = [str(cells.get("label") or "") for key, cells in table.rows if key[0] == code]
                if found and found[-1].casefold() != code.casefold():
                    return "" if found[-1].startswith("(") else one_line(found[-1]).replace("(", "- ").replace(")", "")
        return ""

    def _parameter(self, name: str) -> str:
        if name in BUILT_IN:
            return BUILT_IN[name]
        words = words_of(name)
        if words.rpartition(" ")[2] not in PREPOSITIONS:
            return f"the {words}"
        docs = (
            collection.parameters[name].written.doc
            for _, collection in sorted(self.scope.collections.items())
            if name in collection.parameters
        )
        doc = next((doc for doc in docs if doc is not None), None)
        return inside(first_sentence(doc.text)) if doc is not None else f'the parameter "{words}"'

    def _call(self, node: tree.Call) -> Phrase:
        match self.facts.refs[node]:
            case FunctionRef(name) if name in _CALLS:
                return Phrase(_CALLS[name].format(*(self.noun(argument).text for argument in node.arguments)))
            case LookupRef(table, resource):
                keys = listed([self.noun(argument).text for argument in node.arguments[1:]])
                if table is None:
                    return Phrase(f"the {words_of(resource)} record for {keys}")
                return Phrase(f"the line of the table {self.title(table)} for {keys}")
            case DefinitionRef(definition) if definition.type is not BOOLEAN:
                keys = listed([self.noun(argument).text for argument in node.arguments])
                name = words_of(definition.name)
                return Phrase(f"the {name}{f' of {keys}' if keys else ''}", is_plural(name))
            case _:
                return Phrase(f"whether {self.line(node)}")

    def title(self, table: Table) -> str:
        """The title of a table, in quotes."""
        return f'"{one_line(table.written.title.text)}"'

    def _otherwise(self, node: tree.Otherwise) -> Phrase:
        first, *others = node.operands
        said = self.noun(first)
        rest = ", and when that is missing too ".join(self.noun(other).text for other in others)
        return Phrase(f"{said.text} (when missing: {rest})", said.plural)

    def _arithmetic(self, node: tree.Arithmetic) -> str:
        if isinstance(node.right, tree.Duration):
            side = "before" if node.operator == "-" else "after"
            return f"{self.noun(node.right).text} {side} {self.noun(node.left).text}"
        left, right = self.noun(node.left).text, self.noun(node.right).text
        if isinstance(node.left, tree.Arithmetic) and node.operator in "*/" and node.left.operator in "+-":
            left = f"({left})"
        if isinstance(node.right, tree.Arithmetic):
            right = f"({right})"
        return f"{left} {_SIGNS[node.operator]} {right}"

    def _age(self, node: tree.Age) -> Phrase:
        on = self.noun(node.on).text
        birth = node.birth
        if isinstance(birth, tree.Get) and birth.name == "birthDate":
            return Phrase(f"{self._of(self.owner(birth.base), 'age', many=False).text} on {on}")
        return Phrase(f"the age on {on} of someone born on {self.noun(birth).text}")

    def _period(self, node: tree.Period) -> str:
        text = f"the days from {self.noun(node.start).text} to {self.noun(node.end).text}, both included"
        if isinstance(node.end, tree.Nothing):
            return f"the days from {self.noun(node.start).text} on"
        ref = self.facts.refs.get(node.end)
        if isinstance(ref, PropertyRef):
            return f"{text} (without end when there is no {self._step_of(node.end)})"
        return text

    # -- lists

    def _members(self, binder: tree.Binder) -> str:
        """A list, perhaps only those of its members that satisfy a condition."""
        text = self.noun(binder.collection).text
        if binder.condition is None:
            return text
        return f"{text} for which {self.bind(binder.variable, binder.collection).line(binder.condition)}"

    def _those(self, binder: tree.Binder) -> str:
        return f"those of {self._members(binder)}" if binder.condition is not None else self._members(binder)

    def _aggregate(self, node: tree.Count | tree.Aggregate) -> str:
        binder, value = node.binder, node.value
        members = self._those(binder)
        if isinstance(node, tree.Count):
            if value is None:
                return f"the number of {members}"
            word = "number of different"
            step = self._own_step(value, binder.variable)
            if step:
                return f"the {word} {plural(step)} among {members}"
        else:
            word = node.aggregation.value
            step = self._own_step(value, binder.variable) if value is not None else ""
            if step:
                return (
                    f"the sum of the {plural(step)} of {members}"
                    if word == "sum"
                    else f"the {word} {step} of {members}"
                )
        assert value is not None
        inner = self.bind(binder.variable, binder.collection)
        joint = " of" if isinstance(node, tree.Aggregate) and word == "sum" else ""
        kind = "values" if isinstance(node, tree.Count) else "value"
        lead = f"the {word}{joint}" if joint else f"the {word} {kind} of"
        return f"{lead} {inner.noun(value).text}, over {members}"

    def _own_step(self, value: tree.Expr, variable: str) -> str:
        """The one step of a path that starts at a member."""
        if not isinstance(value, tree.Get):
            return ""
        root, steps = self.path(value)
        return self._step_of(steps[0]) if len(steps) == 1 and _is_variable(root, variable) else ""

    def _order(self, word: str, order: tuple[tuple[str, ...], ...]) -> str:
        return " and, of equals, the ".join(f"{word} {words_of(path[-1])}" for path in order)

    # -- paths

    def path(self, node: tree.Expr) -> tuple[tree.Expr, list[tree.Get]]:
        """Where a path starts, and its steps without those that say nothing of their own."""
        steps: list[tree.Get] = []
        while isinstance(node, tree.Get) and not isinstance(self.facts.refs.get(node), KindRef):
            if not self._is_hull(node) and not (steps and self._repeats(node, steps[-1])):
                steps.append(node)
            node = node.base
        return node, steps[::-1]

    def _is_hull(self, node: tree.Get) -> bool:
        """Whether a name only says that what follows is an extension: ``_ext`` and the namespace behind it."""
        return node.name == "_ext" or (isinstance(node.base, tree.Get) and node.base.name == "_ext")

    def _repeats(self, node: tree.Get, last: tree.Get) -> bool:
        """Whether a reference says no more than the part of its key: ``schoolReference.schoolId``."""
        ref = self.facts.refs.get(node)
        is_reference = isinstance(ref, CrossRef) or (
            isinstance(ref, PropertyRef) and ref.property.reference is not None
        )
        kind = self.facts.types[node]
        if not is_reference or isinstance(kind, ListOf) or not isinstance(self.facts.refs.get(last), PropertyRef):
            return False
        own, part = words_of(node.name), words_of(last.name)
        is_key = isinstance(ref, PropertyRef) or not isinstance(kind, Record) or self._is_key(kind.resource, last.name)
        return is_key and (part.startswith(f"{own} ") or own.startswith(f"{part} "))

    def _is_key(self, resource: str, name: str) -> bool:
        found = self.scope.schemas.resource(resource)
        return found is not None and any(path[-1] == name for path in found.key)

    def owner(self, node: tree.Expr) -> Phrase:
        """A value of which something is said or which owns something: there is but one student that a rule is about."""
        return self._get(node, owns=True) if isinstance(node, tree.Get) else self.noun(node)

    def _get(self, node: tree.Get, *, owns: bool = False) -> Phrase:
        ref = self.facts.refs[node]
        if isinstance(ref, KindRef):
            return Phrase(f"the {words_of(ref.kind)} that is {self.noun(node.base).text}")
        root, steps = self.path(node)
        if not steps:
            return self.noun(root)
        base, rest = self.noun(root), steps
        if (owns or len(steps) > 1) and steps[0].name == SUBJECT_PARTS[0] and self._is_subject(root):
            base, rest = Phrase(f"the {self._step(steps[0])}"), steps[1:]
        for step in rest:
            base = self._of(base, self._step_of(step), many=isinstance(self.facts.types[step], ListOf))
        return base

    def _is_subject(self, node: tree.Expr) -> bool:
        return isinstance(node, tree.Name) and self.called.get(node.name) == self.called.get("this")

    def _of(self, base: Phrase, step: str, *, many: bool) -> Phrase:
        """What belongs to something; ``base`` is empty where it need not be said."""
        is_many = many or is_plural(step)
        if not base.text:
            return Phrase(f"the {step}", is_many)
        simple = len(base.text) <= _POSSESSIVE and not any(f" {word} " in base.text for word in PREPOSITIONS)
        if simple and not base.plural and base.text[-1].isalnum() and not any(s.isdigit() for s in step[:1]):
            return Phrase(f"{base.text}'s {step}", is_many)
        return Phrase(f"the {step} of {base.text}", is_many)

    def _step_of(self, node: tree.Expr) -> str:
        """A step of a path, without the words that its owner has said already."""
        assert isinstance(node, tree.Get)
        step, owner = self._step(node), self._owner(node)
        for word in filter(None, (owner, owner.rpartition(" ")[2])):
            rest = step.removeprefix(f"{word} ")
            if rest != step and rest.split(" ")[0] not in PREPOSITIONS:
                step = rest
                break
        return step.removesuffix(f" of {owner}") if owner else step

    def _owner(self, node: tree.Get) -> str:
        """What the thing before the point is called."""
        root, steps = self.path(node)
        if len(steps) > 1:
            return singular(self._step(steps[-2]))
        kind = self.facts.types.get(root)
        if isinstance(root, tree.Name) and self.nouns.get(root.name):
            return self.nouns[root.name]
        return words_of(kind.resource) if isinstance(kind, Record) and " " not in words_of(kind.resource) else ""

    def _step(self, node: tree.Get) -> str:
        """What stands behind a point, in words: the name of a property, or of a definition with its arguments."""
        ref = self.facts.refs[node]
        kind = self.facts.types[node]
        match ref:
            case DefinitionRef(definition):
                words = self._named(definition, kind.item if isinstance(kind, ListOf) else None)
                words = self._with_arguments(words, node.arguments or ())
            case BackRef(resource):
                words = plural(words_of(resource))
            case _:
                words = words_of(node.name)
        return plural(words) if isinstance(kind, ListOf) else words

    def _named(self, definition: Definition, item: object) -> str:
        """A definition by its name; by its doc where that is a name (`The ADM type.`); a list by what it holds."""
        words = words_of(definition.name).replace(" on ", " on the ")
        if isinstance(item, Record) and isinstance(definition.type, ListOf) and not is_plural(words):
            return self._list_of(words, item.resource, definition.owner or "")
        doc = first_sentence(definition.written.doc.text) if definition.written.doc is not None else ""
        name = doc.removeprefix("The ").removesuffix(f" of {words_of(definition.owner or '')}")
        plain = name != doc and len(name.split()) <= 5 and not {*name.split()} & _NO_NAME and "," not in name
        return name if plain and name.replace(" ", "").replace("-", "").isalnum() else words

    def _list_of(self, words: str, resource: str, owner: str) -> str:
        """A list whose name is no plural: ``counted`` to ``counted enrollments``."""
        item = self._friendly(resource).removeprefix(f"{words_of(owner)} ")
        last = words.rpartition(" ")[2]
        before, found, after = f" {item} ".partition(f" {last} ")
        del before
        return plural(f"{words} {after.strip()}".strip()) if found else plural(f"{words} {item}")

    def _friendly(self, resource: str) -> str:
        """The noun of a kind of record: that of the definitions which list such records, where they agree on one."""
        found = {
            singular(words)
            for definition in self.scope.definitions.values()
            if definition.type == ListOf(Record(resource)) and is_plural(words := words_of(definition.name))
        }
        return found.pop() if len(found) == 1 else words_of(resource)

    def _with_arguments(self, words: str, arguments: tuple[tree.Expr, ...]) -> str:
        if not arguments:
            return words
        joint = "" if words.rpartition(" ")[2] in PREPOSITIONS else " for"
        return f"{words}{joint} {listed([self.noun(argument).text for argument in arguments])}"

    # -- conditions

    def line(self, node: tree.Expr, *, denied: bool = False) -> str:
        """A condition as a clause on one line; with ``denied`` its opposite."""
        match node:
            case tree.Not():
                return self.line(node.operand, denied=not denied)
            case tree.And() | tree.Or():
                word = "and" if isinstance(node, tree.And) else "or"
                text = f" {word} ".join(self._joined(part) for part in node.operands)
                return f"it is not true that ({text})" if denied else text
            case tree.If():
                parts = [self.line(part, denied=denied) for part in (node.consequence, node.alternative)]
                return f"if {self.line(node.condition)}, then {parts[0]}, and otherwise {parts[1]}"
            case tree.Otherwise():
                text = self.fallback(node)
                return f"it is not true that {text}" if denied else text
            case tree.Presence():
                return self._presence(node, present=node.present is not denied)
            case tree.Quantified():
                return self._quantified(node, denied=denied)
            case tree.Boolean():
                return "this is always true" if node.value is not denied else "this is never true"
            case tree.Nothing():
                return "this is never known"
            case _:
                return self._said(node, denied=denied)

    def _joined(self, node: tree.Expr) -> str:
        text = self.line(node)
        return f"({text})" if isinstance(node, tree.And | tree.Or | tree.If | tree.Otherwise) else text

    def fallback(self, node: tree.Otherwise) -> str:
        """A condition with what counts when it cannot be told."""
        first, *others = node.operands
        rest = [
            f"counts as {'true' if other.value else 'not true'}"
            if isinstance(other, tree.Boolean)
            else self.line(other)
            for other in others
        ]
        return f"{self.line(first)} (when that cannot be told: {', else '.join(rest)})"

    def _said(self, node: tree.Expr, *, denied: bool) -> str:
        """A test as subject and verb."""
        test = self.test(node)
        subject = self.noun(test.subject) if isinstance(node, tree.Compare) else self.owner(test.subject)
        if test.step:
            subject = self._of(subject, test.step, many=False)
        return f"{subject.text} {test.verb.of(many=subject.plural, denied=denied)}"

    def test(self, node: tree.Expr) -> Test:
        """A condition on one value."""
        match node:
            case tree.Compare():
                return self._compare(node)
            case tree.Between():
                low, high = self.noun(node.low).text, self.noun(node.high).text
                return Test(node.operand, _turned(be(f"between {low} and {high} (both included)"), node.negated))
            case tree.OneOf():
                return self._one_of(node)
            case tree.Matches():
                return Test(
                    node.operand, _turned(do("has", f"the form {pattern_words(node.pattern.value)}"), node.negated)
                )
            case tree.StartsWith():
                return Test(node.operand, _turned(do("starts", f"with {self.noun(node.prefix).text}"), node.negated))
            case tree.Contains():
                return Test(node.whole, _turned(do("includes", self.noun(node.part).text), node.negated))
            case tree.Overlaps():
                return Test(node.left, _turned(_sharing(self.noun(node.right).text), node.negated))
            case tree.Get() | tree.Call():
                ref = self.facts.refs[node]
                if isinstance(ref, DefinitionRef):
                    return self._asked(ref.definition, node)
                if isinstance(ref, FunctionRef):
                    return Test(node.arguments[0] if node.arguments else node, be("a whole number"))
                return Test(node, _FLAG, value="yes")
            case tree.Name():
                return Test(node, _FLAG, value="yes")
            case _:
                return Test(node, _FLAG)

    def _compare(self, node: tree.Compare) -> Test:
        if isinstance(node.right, tree.Boolean) and node.operator in _VALUES_OF_ONE:
            said = (node.operator is Comparison.IS) is node.right.value
            test = self.test(node.left)
            return Test(test.subject, _turned(test.verb, not said), test.step, test.value if said else "")
        right = self.noun(node.right).text
        if node.operator in _VALUES_OF_ONE:
            literal = isinstance(node.right, tree.Text | tree.Whole | tree.DecimalNumber | tree.Date)
            verb = self._lawfully(node.left, be(right))
            denied = node.operator is Comparison.IS_NOT
            return Test(node.left, _turned(verb, denied), value=right if literal and not denied else "")
        return Test(node.left, be(f"{node.operator.value.removeprefix('is ')} {right}"))

    def _one_of(self, node: tree.OneOf) -> Test:
        match node.choices:
            case tree.Inline(members=members):
                rest = listed([self.noun(member).text for member in members])
                rest = f"one of {rest}" if len(members) > 1 else rest
            case tree.CodeSet():
                rest = self._codes(node.choices)
            case tree.ParameterSet(name=name):
                rest = f"one of {self._parameter(name)}"
        return Test(node.operand, _turned(self._lawfully(node.operand, be(rest)), node.negated))

    def _codes(self, node: tree.CodeSet) -> str:
        """The codes of a set, and what its doc says of them all."""
        ref = self.facts.refs[node]
        assert isinstance(ref, SetRef)
        codes, table = ref.codes, ref.codes.table
        doc = inside(first_sentence(codes.doc)) if codes.doc else ""
        shown = list(codes.codes[:MOST_CODES])
        if not doc and table.descriptor is not None:
            labels = [self.label(table.descriptor, code) for code in shown]
            shown = [f"{code} ({label})" if label else code for code, label in zip(shown, labels, strict=True)]
        more = len(codes.codes) - len(shown)
        text = f"{', '.join(shown)} and {more} more" if more else listed(shown)
        held = f", in the school years for which the table {self.title(table)} lists it" if self._is_dated(ref) else ""
        return f"{'one of ' if len(codes.codes) > 1 else ''}{text}{f' ({doc})' if doc else ''}{held}"

    def _is_dated(self, ref: SetRef) -> bool:
        """Whether a code of a set does not hold in all school years that can be run."""
        spans = ref.codes.by_validity()
        return any(
            (first is not None and year < first) or (last is not None and year > last)
            for first, last in spans
            for year in self.years
        )

    def _lawfully(self, operand: tree.Expr, verb: Verb) -> Verb:
        """The verb, whose denial holds for a missing value where absence is lawful."""
        if not may_be_absent(operand, self.facts, self.scope):
            return verb
        return Verb(verb.one, verb.many, f"{verb.not_one} (or is missing)", f"{verb.not_many} (or are missing)")

    def _asked(self, definition: Definition, node: tree.Get | tree.Call) -> Test:
        """What a definition asks: in the words of its doc where they fit, else in those of its name."""
        doc = first_sentence(definition.written.doc.text) if definition.written.doc is not None else ""
        asked = inside(doc.removeprefix("Whether ")) if doc.startswith("Whether ") else ""
        arguments = node.arguments or ()
        subject = node.base if isinstance(node, tree.Get) else node
        owner = words_of(definition.owner or "")
        for start in ("it ", f"the {owner} ") if not arguments and isinstance(node, tree.Get) else ():
            if asked.startswith(start):
                return Test(subject, _verb(asked.removeprefix(start).split(";")[0].split(", ")[0]))
        if isinstance(node, tree.Call) and arguments:
            subject, arguments = arguments[0], arguments[1:]
        words = words_of(definition.name)
        step, found, rest = words.partition(" is ")
        if not found:
            step, rest = "", words
        if not step and words.endswith("ed") and " " in words and not words.split()[0].endswith("ed"):
            step, _, rest = words.rpartition(" ")  # `choice approved`
        tail = self._with_arguments(rest, arguments)[len(rest) :]
        if asked and node in self.explained:
            tail = f"{tail} (which asks whether {asked})"
        first = rest.split(" ")[0]
        if step or (first not in ("is", "has") and not (first.endswith("s") and not first.endswith("ss"))):
            past = first.endswith("ed") and " " in rest and rest.split(" ")[1] not in PREPOSITIONS
            rest = f"has {rest}" if past else f"is {rest}"
        return Test(subject, _verb(f"{rest}{tail}"), step)

    def _presence(self, node: tree.Presence, *, present: bool) -> str:
        subject, some, none, alone = self._present(node.operand)
        if subject is None:
            return alone[0] if present else alone[1]
        owner = self.owner(subject)
        return f"{owner.text} {'have' if owner.plural else 'has'} {some if present else none}"

    def _present(self, node: tree.Expr) -> tuple[tree.Expr | None, str, str, tuple[str, str]]:
        """Whose presence is asked, what it then has or has not; or both clauses where it is nobody's."""
        kind = self.facts.types.get(node)
        many = isinstance(kind, ListOf)
        if kind is BOOLEAN:
            known = self.line(node)
            return None, "", "", (f"it is known whether {known}", f"it is not known whether {known}")
        if isinstance(node, tree.Get) and not isinstance(self.facts.refs[node], KindRef | CrossRef):
            root, steps = self.path(node)
            owner = node.base if len(steps) != 1 else root
            is_list = isinstance(self.facts.types.get(owner), ListOf)
            if steps and steps[-1] is node and not is_list:
                step = self._step_of(node)
                if many:
                    one = _one_of_many(step)
                    return owner, f"at least one {one}", f"no {step}", ("", "")
                return owner, with_article(step), f"no {step}", ("", "")
        said = self.noun(node)
        if isinstance(node, tree.Call) and isinstance(self.facts.refs[node], LookupRef):
            rest = said.text.removeprefix("the ")
            return None, "", "", (f"there is {with_article(rest)}", f"there is no {rest}")
        if many:
            return None, "", "", (f"there is at least one among {said.text}", f"there is none among {said.text}")
        if isinstance(kind, Record | Row | Item):
            return None, "", "", (f"the record of {said.text} is there", f"the record of {said.text} is not there")
        are = "are" if said.plural else "is"
        return None, "", "", (f"{said.text} {are} given", f"{said.text} {are} missing")

    # -- quantifiers

    def _quantified(self, node: tree.Quantified, *, denied: bool) -> str:
        quantifier, deny_body = turned(node.quantifier, denied=denied)
        inner = self.bind(node.variable, node.collection)
        members = self.noun(node.collection).text
        verb = inner.of_member(node.body, node.variable, quantifier, denied=deny_body)
        many = node.count is not None and node.count != 1
        if verb and not many:
            some = " (if there are any)" if quantifier is Quantifier.EVERY else ""
            text = f"{self.quantity(node, quantifier)} of {members}{some} {verb}"
        else:
            text = f"{self.lead(node, quantifier)} {inner.line(node.body, denied=deny_body)}"
        return f"it is not true that {text}" if denied and is_counted(quantifier) else text

    def quantity(self, node: tree.Quantified, quantifier: Quantifier) -> str:
        return QUANTITIES[quantifier].format(node.count)

    def lead(self, node: tree.Quantified, quantifier: Quantifier) -> str:
        """The words before what is asked of a member that is named."""
        members = self.noun(node.collection).text
        if quantifier is Quantifier.EVERY:
            return f"for every one of {members} (if there are any),"
        verb = "are" if node.count is not None and node.count != 1 else "is"
        return f"there {verb} {self.quantity(node, quantifier)} among {members} for which"

    def of_member(self, node: tree.Expr, variable: str, quantifier: Quantifier, *, denied: bool) -> str:
        """A condition as a verb of a member (`has an order of 1`); empty where it cannot be one."""
        if isinstance(node, tree.And) and len(node.operands) == 2 and not denied:
            parts = [self._verb_of(part, variable, denied=False) for part in node.operands]
            if not all(parts) or any(" that " in part or " whose " in part for part in parts[:1]):
                return ""
            if quantifier is Quantifier.NO:
                return f"both {parts[0]} and {parts[1]}"
            second = parts[1].removeprefix("has ") if parts[0].startswith("has ") else parts[1]
            return f"{parts[0]} and {second}"
        return self._verb_of(node, variable, denied=denied)

    def _verb_of(self, node: tree.Expr, variable: str, *, denied: bool) -> str:
        match node:
            case tree.Not():
                return self._verb_of(node.operand, variable, denied=not denied)
            case tree.Presence():
                return self._presence_of(node, variable, present=node.present is not denied)
            case (
                tree.And()
                | tree.Or()
                | tree.If()
                | tree.Otherwise()
                | tree.Quantified()
                | tree.Boolean()
                | tree.Nothing()
            ):
                return ""
            case _:
                return self._test_of(self.test(node), variable, denied=denied)

    def _presence_of(self, node: tree.Presence, variable: str, *, present: bool) -> str:
        subject, some, none, _ = self._present(node.operand)
        if subject is None or not _is_variable(subject, variable):
            return ""
        return f"has {some}" if present else f"has {none}"

    def _test_of(self, test: Test, variable: str, *, denied: bool) -> str:
        root, nodes = self.path(test.subject)
        if not _is_variable(root, variable) or any(isinstance(self.facts.types[n], ListOf) for n in nodes):
            return ""
        steps = [self._step_of(node) for node in nodes] + ([test.step] if test.step else [])
        if not steps:
            return test.verb.of(many=False, denied=denied)
        if test.value and not denied and len(steps) == 1 and not is_plural(steps[0]):
            return f"has {with_article(steps[0])} of {test.value}"
        many = is_plural(steps[-1])
        verb = test.verb.of(many=many, denied=denied)
        if len(steps) == 1:
            return f"has {with_article(steps[0])} that {verb}"
        return f"has {with_article(steps[0])} whose {chr(39).join(steps[1:]).replace(chr(39), chr(39) + 's ')} {verb}"


_FLAG = Verb("is yes", "are yes", "is no", "are no")
_NO_NAME = frozenset({"that", "which", "who", "whom", "whose", "the", "a", "an", "is", "are", "and", "or"})


def may_be_absent(operand: tree.Expr, facts: Facts, scope: Scope) -> bool:
    """Whether the absence of an operand is lawful, so that it is not equal to anything; looks through definitions."""
    ref = facts.refs.get(operand)
    if isinstance(facts.types.get(operand), ListOf):
        return False
    if isinstance(ref, DefinitionRef) and isinstance(operand, tree.Get) and not operand.arguments:
        definition = ref.definition
        body = definition.written.body
        return body is not None and may_be_absent(body, definition.facts, definition.scope)
    return isinstance(ref, PropertyRef) and ref.property.name in scope.lawful


def turned(quantifier: Quantifier, *, denied: bool) -> tuple[Quantifier, bool]:
    """The quantifier that says the opposite, and whether its body is denied then."""
    if not denied:
        return quantifier, False
    if quantifier is Quantifier.EVERY:
        return Quantifier.ANY, True
    return OPPOSITE.get(quantifier, quantifier), False


def is_counted(quantifier: Quantifier) -> bool:
    """Whether the opposite of a quantifier has no word of its own."""
    return quantifier in (Quantifier.EXACTLY_ONE, Quantifier.AT_LEAST, Quantifier.AT_MOST)


def _sharing(period: str) -> Verb:
    some, none = f"at least one day in common with {period}", f"no day in common with {period}"
    return Verb(f"has {some}", f"have {some}", f"has {none}", f"have {none}")


def _turned(verb: Verb, denied: bool) -> Verb:
    return Verb(verb.not_one, verb.not_many, verb.one, verb.many) if denied else verb


def _verb(words: str) -> Verb:
    """A verb in the third person with all behind it."""
    first, _, rest = words.partition(" ")
    return be(rest) if first == "is" else do(first, rest)


def _one_of_many(step: str) -> str:
    """One of what a plural names: ``enrollments on the count date`` to ``enrollment on the count date``."""
    noun, rest = head(step)
    return f"{singular(noun)}{rest}"


def _is_variable(node: tree.Expr, variable: str) -> bool:
    return isinstance(node, tree.Name) and node.name == variable
