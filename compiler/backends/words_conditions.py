"""Conditions of checked specs as English clauses on one line.

A condition on one value is a subject and a verb (:class:`Test`), said or denied. The hard part is conditions about one
member of a list. ``any d in list has (d.order is 1)`` becomes a verb of the member, *at least one of the list has an
order of 1*; only where a condition cannot be said in this way is the member named, *there is at least one among the
list for which ...*. A negation is put where English has it: *none of*, *has no*, *is not*.
"""

from __future__ import annotations

from dataclasses import dataclass

from compiler.backends.words_names import (
    PREPOSITIONS,
    base_form,
    first_sentence,
    head,
    inside,
    is_compound,
    is_plural,
    listed,
    pattern_words,
    singular,
    with_article,
    words_of,
)
from compiler.backends.words_values import Values, is_variable
from compiler.schema.types import BOOLEAN, ListOf, Record
from compiler.semantics.checker.facts import (
    CrossRef,
    DefinitionRef,
    Facts,
    FunctionRef,
    KindRef,
    LookupRef,
    PropertyRef,
    SetRef,
)
from compiler.semantics.scope import Definition, Scope
from compiler.syntax import tree
from compiler.syntax.tree import Comparison, Quantifier

_MOST_CODES = 8
_QUANTITIES = {
    Quantifier.ANY: "at least one",
    Quantifier.EVERY: "every one",
    Quantifier.NO: "none",
    Quantifier.EXACTLY_ONE: "exactly one",
    Quantifier.AT_LEAST: "at least {}",
    Quantifier.AT_MOST: "at most {}",
}
_VALUES_OF_ONE = (Comparison.IS, Comparison.IS_NOT)


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb with all behind it: of one and of several, said and denied."""

    one: str
    many: str
    not_one: str
    not_many: str

    def of(self, *, many: bool, denied: bool) -> str:
        return (self.not_many if many else self.not_one) if denied else (self.many if many else self.one)


def _verb(words: str) -> Verb:
    """A verb in the third person with all behind it."""
    first, _, rest = words.partition(" ")
    return be(rest) if first == "is" else do(first, rest)


def be(rest: str) -> Verb:
    return Verb(f"is {rest}", f"are {rest}", f"is not {rest}", f"are not {rest}")


def do(verb: str, rest: str) -> Verb:
    """``do("overlaps", "it")``"""
    base = base_form(verb)
    return Verb(f"{verb} {rest}", f"{base} {rest}", f"does not {base} {rest}", f"do not {base} {rest}")


def _sharing(period: str) -> Verb:
    some, none = f"at least one day in common with {period}", f"no day in common with {period}"
    return Verb(f"has {some}", f"have {some}", f"has {none}", f"have {none}")


def _turned(verb: Verb, denied: bool) -> Verb:
    return Verb(verb.not_one, verb.not_many, verb.one, verb.many) if denied else verb


_FLAG = Verb("is yes", "are yes", "is no", "are no")


@dataclass(frozen=True, slots=True)
class Test:
    """A condition on one value: the ``step`` (if any) of ``subject`` does what the verb says.

    ``value`` is set where the value simply is something: ``has an order of 1``.
    """

    subject: tree.Expr
    verb: Verb
    step: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """How many members must satisfy a condition, or its opposite; ``denied`` when they must not be so many."""

    quantifier: Quantifier
    count: int = 0
    body_denied: bool = False
    denied: bool = False

    @property
    def words(self) -> str:
        return _QUANTITIES[self.quantifier].format(self.count)

    @property
    def many(self) -> bool:
        return self.quantifier in (Quantifier.AT_LEAST, Quantifier.AT_MOST) and self.count != 1


@dataclass(slots=True, eq=False, repr=False)
class Phrases(Values):
    """Speaks of all expressions of one spec."""

    def line(self, node: tree.Expr, *, denied: bool = False) -> str:
        """A condition as a clause on one line; with ``denied`` its opposite."""
        node, denied = self.plain(node, denied=denied)
        match node:
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

    def plain(self, node: tree.Expr, *, denied: bool) -> tuple[tree.Expr, bool]:
        """A condition without the negations around it, and whether it is denied: `not x`, `x is false`."""
        if isinstance(node, tree.Not):
            return self.plain(node.operand, denied=not denied)
        if not isinstance(node, tree.Compare) or not isinstance(node.right, tree.Boolean):
            return node, denied
        if _may_be_absent(node.left, self.facts, self.scope):
            return node, denied
        says = (node.operator is Comparison.IS) is node.right.value
        return self.plain(node.left, denied=denied is says)

    def _joined(self, node: tree.Expr) -> str:
        """A part of a condition, in parentheses where it would not be seen where it ends."""
        text = self.line(node)
        long = isinstance(node, tree.And | tree.Or | tree.If | tree.Otherwise)
        long |= isinstance(node, tree.Quantified | tree.Presence) and is_compound(text)
        return f"({text})" if long else text

    def fallback(self, node: tree.Otherwise) -> str:
        """A condition with what counts when it cannot be told."""
        first, *others = node.operands
        rest = [
            f"counts as {'true' if other.value else 'not true'}"
            if isinstance(other, tree.Boolean)
            else self.line(other)
            for other in others
        ]
        return f"{self._joined(first)} (when that cannot be told: {', else '.join(rest)})"

    def _said(self, node: tree.Expr, *, denied: bool) -> str:
        """A test as subject and verb."""
        test = self.test(node)
        subject = self.noun(test.subject) if isinstance(node, tree.Compare) else self.owner(test.subject)
        if test.step:
            subject = self.of(subject, test.step, many=False)
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
        right = self.noun(node.right).text
        if node.operator in _VALUES_OF_ONE:
            literal = isinstance(node.right, tree.Text | tree.Whole | tree.DecimalNumber | tree.Date)
            verb = self._lawfully(be(right), node.left, node.right)
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
                rest = f"one of {self.parameter(name)}"
        return Test(node.operand, _turned(self._lawfully(be(rest), node.operand), node.negated))

    def _codes(self, node: tree.CodeSet) -> str:
        """The codes of a set, and what its doc says of them all."""
        ref = self.facts.refs[node]
        assert isinstance(ref, SetRef)
        codes, table = ref.codes, ref.codes.table
        doc = inside(first_sentence(codes.doc)) if codes.doc else ""
        shown = list(codes.codes[:_MOST_CODES])
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

    def _lawfully(self, verb: Verb, *operands: tree.Expr) -> Verb:
        """The verb, whose denial holds for a missing value where absence is lawful."""
        absent = [_may_be_absent(operand, self.facts, self.scope) for operand in operands]
        if not any(absent):
            return verb
        notes = (
            ("(or is missing)", "(or are missing)") if absent == [True, *absent[1:]] else ("(or that is missing)",) * 2
        )
        return Verb(verb.one, verb.many, f"{verb.not_one} {notes[0]}", f"{verb.not_many} {notes[1]}")

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
        tail = self.with_arguments(rest, arguments)[len(rest) :]
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
                step = self.step_of(node)
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
        if isinstance(node, tree.Get) and isinstance(kind, Record):
            return None, "", "", (f"there is a record of {said.text}", f"there is no record of {said.text}")
        are = "are" if said.plural else "is"
        return None, "", "", (f"{said.text} {are} given", f"{said.text} {are} missing")

    def _quantified(self, node: tree.Quantified, *, denied: bool) -> str:
        asked = asked_of(node, denied=denied)
        inner = self.bind(node.variable, node.collection)
        verb = inner.of_member(node.body, node.variable, asked.quantifier, denied=asked.body_denied)
        if verb and not asked.many:
            some = " (if there are any)" if asked.quantifier is Quantifier.EVERY else ""
            text = f"{asked.words} of {self._listed(node.collection)}{some} {verb}"
        else:
            text = f"{self.lead(node, asked)} {inner.line(node.body, denied=asked.body_denied)}"
        return f"it is not true that {text}" if asked.denied else text

    def _listed(self, collection: tree.Expr) -> str:
        """A list of which members are asked for."""
        text = self.noun(collection).text
        return f"({text})" if " for which " in text else text

    def lead(self, node: tree.Quantified, asked: Asked) -> str:
        """The words before what is asked of a member that is named."""
        if asked.quantifier is Quantifier.EVERY:
            return f"for every one of {self._listed(node.collection)} (if there are any),"
        return f"there {'are' if asked.many else 'is'} {asked.words} among {self._listed(node.collection)} for which"

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
        node, denied = self.plain(node, denied=denied)
        match node:
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
        if subject is None or not is_variable(subject, variable):
            return ""
        return f"has {some}" if present else f"has {none}"

    def _test_of(self, test: Test, variable: str, *, denied: bool) -> str:
        root, nodes = self.path(test.subject)
        if not is_variable(root, variable) or any(isinstance(self.facts.types[n], ListOf) for n in nodes):
            return ""
        steps = [self.step_of(node) for node in nodes] + ([test.step] if test.step else [])
        if not steps:
            return test.verb.of(many=False, denied=denied)
        if test.value and not denied and len(steps) == 1 and not is_plural(steps[0]):
            return f"has {with_article(steps[0])} of {test.value}"
        many = is_plural(steps[-1])
        verb = test.verb.of(many=many, denied=denied)
        if len(steps) == 1:
            return f"has {with_article(steps[0])} that {verb}"
        return f"has {with_article(steps[0])} whose {chr(39).join(steps[1:]).replace(chr(39), chr(39) + 's ')} {verb}"


def _may_be_absent(operand: tree.Expr, facts: Facts, scope: Scope) -> bool:
    """Whether the absence of an operand is lawful, so that it is not equal to anything; looks through definitions."""
    ref = facts.refs.get(operand)
    if isinstance(facts.types.get(operand), ListOf):
        return False
    if isinstance(ref, DefinitionRef) and isinstance(operand, tree.Get) and not operand.arguments:
        definition = ref.definition
        body = definition.written.body
        return body is not None and _may_be_absent(body, definition.facts, definition.scope)
    return isinstance(ref, PropertyRef) and ref.property.name in scope.lawful


def asked_of(node: tree.Quantified, *, denied: bool) -> Asked:
    """What a quantifier asks; the opposite of most is another one."""
    quantifier, count = node.quantifier, node.count or 0
    if not denied:
        return Asked(quantifier, count)
    match quantifier:
        case Quantifier.ANY:
            return Asked(Quantifier.NO)
        case Quantifier.NO:
            return Asked(Quantifier.ANY)
        case Quantifier.EVERY:
            return Asked(Quantifier.ANY, body_denied=True)
        case Quantifier.AT_MOST:
            return Asked(Quantifier.AT_LEAST, count + 1)
        case Quantifier.AT_LEAST if count:
            return Asked(Quantifier.AT_MOST, count - 1)
        case _:
            return Asked(quantifier, count, denied=True)


def _one_of_many(step: str) -> str:
    """One of what a plural names: ``enrollments on the count date`` to ``enrollment on the count date``."""
    noun, rest = head(step)
    return f"{singular(noun)}{rest}"
