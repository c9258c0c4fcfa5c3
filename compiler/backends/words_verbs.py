"""Verbs of conditions, said and denied, of one and of several; and what quantifiers ask, with their opposites."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.backends.words_names import PREPOSITIONS, base_form
from compiler.syntax import tree
from compiler.syntax.tree import Quantifier

_QUANTITIES = {
    Quantifier.ANY: "at least one",
    Quantifier.EVERY: "every one",
    Quantifier.NO: "none",
    Quantifier.EXACTLY_ONE: "exactly one",
    Quantifier.AT_LEAST: "at least {}",
    Quantifier.AT_MOST: "at most {}",
}


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


def verb_of(words: str) -> Verb:
    """A verb in the third person with all behind it."""
    first, _, rest = words.partition(" ")
    return be(rest) if first == "is" else do(first, rest)


def is_participle(words: str) -> bool:
    return words.split(" ")[0].endswith("ed")


def as_verb(words: str) -> str:
    """The name of a condition as a verb: `active` to `is active`, `passed exams` to `has passed exams`."""
    first, _, rest = words.partition(" ")
    if first in ("is", "has") or (first.endswith("s") and not first.endswith("ss")):
        return words
    has_object = is_participle(words) and rest and rest.split(" ")[0] not in PREPOSITIONS
    return f"has {words}" if has_object else f"is {words}"


def sharing(period: str) -> Verb:
    some, none = f"at least one day in common with {period}", f"no day in common with {period}"
    return Verb(f"has {some}", f"have {some}", f"has {none}", f"have {none}")


def turned(verb: Verb, denied: bool) -> Verb:
    return Verb(verb.not_one, verb.not_many, verb.one, verb.many) if denied else verb


FLAG = Verb("is yes", "are yes", "is no", "are no")


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
