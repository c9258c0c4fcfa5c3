"""Conditions of checked specs as English clauses on one line.

A condition on one value is a subject and a verb (:class:`Test`), said or denied. The hard part is conditions about one
member of a list. ``any d in list has (d.order is 1)`` becomes a verb of the member, *at least one of the list has an
order of 1*; only where a condition cannot be said in this way is the member named, *there is at least one among the
list for which ...*. A negation is put where English has it: *none of*, *has no*, *is not*.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeGuard

from compiler.backends.words_names import (
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
from compiler.backends.words_verbs import (
    FLAG,
    Asked,
    Test,
    Verb,
    as_verb,
    asked_of,
    be,
    do,
    is_participle,
    sharing,
    turned,
    verb_of,
)
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
_FUNCTIONS = {"isWhole": be("a whole number")}
_VALUES_OF_ONE = (Comparison.IS, Comparison.IS_NOT)


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
        rest = ", else ".join(map(self._counts, others))
        return f"{self._joined(first)} (when that cannot be told: {rest})"

    def _counts(self, node: tree.Expr) -> str:
        if isinstance(node, tree.Boolean):
            return "counts as true" if node.value else "counts as not true"
        return self.line(node)

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
                return Test(node.operand, turned(be(f"between {low} and {high} (both included)"), node.negated))
            case tree.OneOf():
                return self._one_of(node)
            case tree.Matches():
                form = f"the form {pattern_words(node.pattern.value)}"
                return Test(node.operand, turned(do("has", form), node.negated))
            case tree.StartsWith():
                return Test(node.operand, turned(do("starts", f"with {self.noun(node.prefix).text}"), node.negated))
            case tree.Contains():
                return Test(node.whole, turned(do("includes", self.noun(node.part).text), node.negated))
            case tree.Overlaps():
                return Test(node.left, turned(sharing(self.noun(node.right).text), node.negated))
            case tree.Get() | tree.Call():
                ref = self.facts.refs[node]
                if isinstance(ref, DefinitionRef):
                    return self._asked(ref.definition, node)
                if isinstance(ref, FunctionRef) and isinstance(node, tree.Call):
                    return Test(node.arguments[0], _FUNCTIONS[ref.name])
                return Test(node, FLAG, value="yes")
            case tree.Name():
                return Test(node, FLAG, value="yes")
            case _:
                return Test(node, FLAG)

    def _compare(self, node: tree.Compare) -> Test:
        right = self.noun(node.right).text
        if node.operator in _VALUES_OF_ONE:
            literal = isinstance(node.right, tree.Text | tree.Whole | tree.DecimalNumber | tree.Date)
            verb = self._lawfully(be(right), node.left, node.right)
            denied = node.operator is Comparison.IS_NOT
            return Test(node.left, turned(verb, denied), value=right if literal and not denied else "")
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
        return Test(node.operand, turned(self._lawfully(be(rest), node.operand), node.negated))

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
        one, many = ("is missing", "are missing") if absent[0] else ("that is missing", "that is missing")
        return Verb(verb.one, verb.many, f"{verb.not_one} (or {one})", f"{verb.not_many} (or {many})")

    def _asked(self, definition: Definition, node: tree.Get | tree.Call) -> Test:
        """What a definition asks: in the words of its doc where they fit, else in those of its name."""
        doc = first_sentence(definition.written.doc.text) if definition.written.doc is not None else ""
        asked = inside(doc.removeprefix("Whether ")) if doc.startswith("Whether ") else ""
        arguments = node.arguments or ()
        subject = node.base if isinstance(node, tree.Get) else node
        owner = words_of(definition.owner or "")
        for start in ("it ", f"the {owner} ") if not arguments and isinstance(node, tree.Get) else ():
            if asked.startswith(start) and not is_compound(asked.split(";")[0]):
                return Test(subject, verb_of(asked.removeprefix(start).split(";")[0]))
        if isinstance(node, tree.Call) and arguments:
            subject, arguments = arguments[0], arguments[1:]
        step, rest = _stated(words_of(definition.name))
        tail = self.with_arguments(rest, arguments)[len(rest) :]
        quoted = f" (which asks whether {asked})" if asked and node in self.explained else ""
        return Test(subject, verb_of(f"{rest if step else as_verb(rest)}{tail}{quoted}"), step)

    def _presence(self, node: tree.Presence, *, present: bool) -> str:
        operand = node.operand
        if self._is_had(operand):
            owner = self.before(operand)
            return f"{owner.text} {'have' if owner.plural else 'has'} {self._had(operand, present=present)}"
        kind, said = self.facts.types.get(operand), self.noun(operand)
        is_record = isinstance(operand, tree.Get) and isinstance(kind, Record)
        if kind is BOOLEAN:
            return f"it is {'known' if present else 'not known'} whether {self.line(operand)}"
        if isinstance(kind, ListOf):
            return f"there is {'at least one' if present else 'none'} among {said.text}"
        if is_record or isinstance(self.facts.refs.get(operand), LookupRef):
            thing = f"record of {said.text}" if is_record else said.text.removeprefix("the ")
            return f"there is {with_article(thing)}" if present else f"there is no {thing}"
        return f"{said.text} {'are' if said.plural else 'is'} {'given' if present else 'missing'}"

    def _is_had(self, node: tree.Expr) -> TypeGuard[tree.Get]:
        """Whether the presence of a value is that its owner has it."""
        if not isinstance(node, tree.Get) or isinstance(self.facts.refs[node], KindRef | CrossRef):
            return False
        root, steps = self.path(node)
        owner = self.facts.types.get(steps[-2] if len(steps) > 1 else root)
        return not isinstance(owner, ListOf) and self.facts.types[node] is not BOOLEAN

    def _had(self, node: tree.Get, *, present: bool) -> str:
        """What an owner has, or has not."""
        step = self.step_of(node)
        if not present:
            return f"no {step}"
        is_list = isinstance(self.facts.types[node], ListOf)
        return f"at least one {_one_of_many(step)}" if is_list else with_article(step)

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
            case tree.And() | tree.Or() | tree.If() | tree.Otherwise() | tree.Quantified():
                return ""
            case tree.Boolean() | tree.Nothing():
                return ""
            case _:
                return self._test_of(self.test(node), variable, denied=denied)

    def _presence_of(self, node: tree.Presence, variable: str, *, present: bool) -> str:
        operand = node.operand
        if not self._is_had(operand):
            return ""
        root, steps = self.path(operand)
        return f"has {self._had(operand, present=present)}" if len(steps) == 1 and is_variable(root, variable) else ""

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
        whose = "'s ".join(steps[1:])
        return f"has {with_article(steps[0])} whose {whose} {verb}"


def _may_be_absent(operand: tree.Expr, facts: Facts, scope: Scope) -> bool:
    """Whether the absence of an operand is lawful, so that it equals nothing; looks through plain definitions."""
    ref = facts.refs.get(operand)
    if isinstance(facts.types.get(operand), ListOf):
        return False
    if isinstance(ref, DefinitionRef) and isinstance(operand, tree.Get) and not operand.arguments:
        inner, body = ref.definition, ref.definition.written.body
        return body is not None and _is_at_hand(body, inner.facts) and _may_be_absent(body, inner.facts, inner.scope)
    return isinstance(ref, PropertyRef) and ref.property.name in scope.lawful


def _is_at_hand(node: tree.Expr, facts: Facts) -> bool:
    """Whether a path stays in the record it starts from."""
    if isinstance(node, tree.Get) and isinstance(facts.refs.get(node), DefinitionRef):
        return isinstance(node.base, tree.Name)
    while isinstance(node, tree.Get) and isinstance(facts.refs.get(node), PropertyRef):
        node = node.base
    return isinstance(node, tree.Name)


def _stated(words: str) -> tuple[str, str]:
    """The step that the name of a condition speaks of, if it does: `setting is allowed`, `choice approved`."""
    step, found, rest = words.partition(" is ")
    if found:
        return step, f"is {rest}"
    first, _, last = words.rpartition(" ")
    return (first, f"is {last}") if first and last.endswith("ed") and not is_participle(first) else ("", words)


def _one_of_many(step: str) -> str:
    """One of what a plural names: ``enrollments on the count date`` to ``enrollment on the count date``."""
    noun, rest = head(step)
    return f"{singular(noun)}{rest}"
