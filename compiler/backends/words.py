"""A rule in plain words, for readers who do not program.

The words are made from the checked tree, from which the rule is evaluated too, so they cannot drift from what it
does. What is short is a sentence; conditions of several parts become a sentence with bullets below it::

    when: m.adm is '6' and no e in m.counted has (e.isPrimary)

    The rule applies when the record's ADM type is 6 (Dual Enrollment) and none of the record's counted enrollments
    is primary.

The text is plain: whoever shows it escapes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from compiler.backends.words_conditions import Phrases
from compiler.backends.words_names import is_compound, with_article, words_of
from compiler.backends.words_verbs import asked_of
from compiler.schema.types import BOOLEAN, Record
from compiler.semantics.checker.facts import DefinitionRef, Facts
from compiler.semantics.checker.rules import CheckedRule
from compiler.semantics.program import Program
from compiler.semantics.scope import Definition
from compiler.syntax import tree

_LINE = 140  # characters of a condition of two parts that stays on one line
_LONG = 200  # characters of a condition on a member that becomes bullets


_CHOICE = "this is true"
_SEVERAL = {
    (tree.And, False): "all of these are true",
    (tree.Or, False): "at least one of these is true",
    (tree.And, True): "not all of these are true",
    (tree.Or, True): "none of these is true",
}
_MUST = {
    "all of these are true": "All of these must be true",
    "at least one of these is true": "At least one of these must be true",
    "not all of these are true": "At least one of these must not be true",
    "none of these is true": "None of these may be true",
    _CHOICE: "This must be true",
}
"""What a clause with bullets says of them, and how a rule asks for it."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A sentence or condition in words; ``parts`` are bullets below it, in order (empty for a leaf)."""

    text: str
    parts: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """A rule in words: whom it judges, when it applies, what must be true, what happens when data are missing."""

    who: Clause
    when: Clause | None
    require: Clause | None
    if_missing: tuple[str, ...]


def plain_words(rule: CheckedRule, program: Program) -> Words | None:
    """A rule in words; None for one without clauses of its own (an alias) or with a mistake in them."""
    written = rule.written
    subject = written.subject
    if subject is None or not rule.sound:
        return None
    clauses: list[tree.Node] = [
        subject,
        *(c for c in (written.when, written.require, written.conflicts) if c is not None),
    ]
    years = rule.collection.years if rule.collection else ()
    speaker = Phrases(rule.scope, rule.facts, program.tables, years, _first_uses(clauses, rule.facts))
    speaker, who = _who(rule, subject, speaker)
    when = sentence("The rule applies when", clause_of(written.when, speaker)) if written.when is not None else None
    return Words(who, when, _required(rule, speaker), tuple(_missing(rule, speaker)))


def plain_definition(definition: Definition, program: Program) -> Clause | None:
    """What a definition of ``_definitions.yaml`` stands for; None when it has a mistake."""
    body = definition.written.body
    if body is None or definition.type is None:
        return None
    scope = definition.scope
    years = tuple(sorted({year for collection in scope.collections.values() for year in collection.years}))
    speaker = Phrases(scope, definition.facts, program.tables, years, _first_uses([body], definition.facts))
    for name, kind in definition.parameters:
        is_owner = definition.owner is not None and name == definition.variable
        noun = (subject_noun(kind.resource) if isinstance(kind, Record) else "") if is_owner else words_of(name)
        speaker.called[name] = f"the {noun}"
        speaker.nouns[name] = noun
        if is_owner:
            speaker.called["this"], speaker.nouns["this"] = f"the {noun}", noun
    if definition.type is BOOLEAN:
        return sentence("This is true when", clause_of(body, speaker))
    if isinstance(body, tree.If):
        then, other = speaker.noun(body.consequence).text, speaker.noun(body.alternative).text
        parts = (Clause(f"if {speaker.line(body.condition)}: {then}"), Clause(f"otherwise: {other}"))
        return sentence("This is", Clause("one of two", parts))
    if isinstance(body, tree.All) and body.binder.condition is not None:
        return sentence("This is", _chosen(body.binder, "each of", speaker))
    return Clause(_capital(f"{speaker.noun(body).text}."))


def _first_uses(clauses: Iterable[tree.Node], facts: Facts) -> frozenset[tree.Node]:
    """The first use of each definition, in reading order."""
    found: dict[str, tree.Node] = {}
    for clause in clauses:
        for node in tree.walk(clause):
            ref = facts.refs.get(node)
            if isinstance(ref, DefinitionRef):
                found.setdefault(ref.definition.id, node)
    return frozenset(found.values())


# -- the parts of a rule


class Speaking(Protocol):
    """Whatever says what the values of a spec are."""

    def value(self, node: tree.Expr) -> Clause:
        """A value as a sentence."""


def subject_noun(resource: str) -> str:
    """What a subject is called: its name if that is one word, else the record."""
    words = words_of(resource)
    return words if " " not in words else "record"


def _who(rule: CheckedRule, subject: tree.Subject, speaker: Phrases) -> tuple[Phrases, Clause]:
    """Whom a rule judges, and a speaker that knows the variables of its subject."""
    noun = subject_noun(rule.resource)
    speaker.called.update({subject.variable: f"the {noun}", "this": f"the {noun}"})
    speaker.nouns[subject.variable] = noun if noun != "record" else ""
    words = words_of(rule.resource)
    known = f' ("the {noun}" below)' if noun == "record" else ""
    text = f"Each {words}{_of_the_year(rule)}{known}"
    for join in subject.joins:
        name, member = speaker.fresh(join.collection, "the")
        text += f", with each of {speaker.noun(join.collection).text} in turn"
        speaker.called[join.variable], speaker.nouns[join.variable] = name, member
        text += f' ("{name}")'
    if subject.condition is None:
        return speaker, Clause(f"{text}.")
    return speaker, sentence(f"{text}, where", clause_of(subject.condition, speaker))


def _of_the_year(rule: CheckedRule) -> str:
    """Which of all records are judged in a run for one school year."""
    parts = rule.scope.subjects.get(rule.resource, {})
    if rule.written.all_years:
        return " of any school year"
    if "school year" in parts:
        return " of the school year"
    return " whose dates touch the school year" if "dates" in parts else ""


def _required(rule: CheckedRule, speaker: Phrases) -> Clause | None:
    written = rule.written
    if written.conflicts is not None:
        if isinstance(written.conflicts, tree.All):
            chosen = _chosen(written.conflicts.binder, "every one of", speaker)
        else:
            chosen = Clause(f"every one of {speaker.noun(written.conflicts).text}")
        return sentence(f"{_capital(speaker.called['this'])} is in conflict with", chosen)
    if written.require is None:
        return None
    clause = clause_of(written.require, speaker)
    must = _MUST.get(clause.text) if clause.parts else None
    if must is not None:
        return sentence("", Clause(must, clause.parts))
    return sentence("It must be true that", clause)


def _chosen(binder: tree.Binder, quantity: str, speaker: Phrases) -> Clause:
    """The members of a list that satisfy a condition."""
    members = f"{quantity} {speaker.noun(binder.collection).text}"
    if binder.condition is None:
        return Clause(members)
    return after(f"{members} for which", clause_of(binder.condition, speaker.bind(binder.variable, binder.collection)))


def _missing(rule: CheckedRule, speaker: Phrases) -> Iterator[str]:
    """What happens when only certain values are missing; those that only the ruleset lists come last."""
    subject = speaker.called["this"]
    bare = replace(speaker, called={name: "" if text == subject else text for name, text in speaker.called.items()})
    for _, path, outcome in rule.written.if_missing:
        if path is not None:
            said = bare.noun(path)
            yield f"When only {said.text} {'are' if said.plural else 'is'} missing: {outcome}."
    for label, outcome in rule.scope.if_missing:
        if outcome != "not checked":
            owner, *names = label.split(".")
            named = f"{words_of(names[-1])} of {with_article(words_of(owner))}" if names else words_of(owner)
            yield f"When only the {named} is missing: {outcome}."


# -- conditions with bullets


def clause_of(node: tree.Expr, speaker: Phrases, *, denied: bool = False) -> Clause:
    """A condition, with bullets where one line would be hard to read; with ``denied`` its opposite."""
    node, denied = speaker.plain(node, denied=denied)
    match node:
        case tree.And() | tree.Or():
            return _several(node, speaker, denied=denied)
        case tree.If():
            return _choice(node, speaker, denied=denied)
        case tree.Quantified():
            return _quantified(node, speaker, denied=denied)
        case _:
            return Clause(speaker.line(node, denied=denied))


def _several(node: tree.And | tree.Or, speaker: Phrases, *, denied: bool) -> Clause:
    parts = tuple(clause_of(operand, speaker) for operand in node.operands)
    line = speaker.line(node)
    short = all(not part.parts and not is_compound(part.text) for part in parts)
    if len(parts) == 2 and short and len(line) <= _LINE and not denied:
        return Clause(line)
    return Clause(_SEVERAL[type(node), denied], parts)


def _choice(node: tree.If, speaker: Phrases, *, denied: bool) -> Clause:
    condition = speaker.line(node.condition)
    then, other = (clause_of(part, speaker, denied=denied) for part in (node.consequence, node.alternative))
    return Clause(_CHOICE, (after(f"if {condition}:", then), after("otherwise:", other)))


def _quantified(node: tree.Quantified, speaker: Phrases, *, denied: bool) -> Clause:
    line = speaker.line(node, denied=denied)
    asked = asked_of(node, denied=denied)
    body = clause_of(node.body, speaker.bind(node.variable, node.collection), denied=asked.body_denied)
    few = len(getattr(node.body, "operands", ())) <= 2
    if not body.parts or asked.denied or (few and len(line) <= _LONG):
        return Clause(line)
    return after(speaker.lead(node, asked), body)


# -- sentences


def after(lead: str, clause: Clause) -> Clause:
    return Clause(f"{lead} {clause.text}", clause.parts)


def sentence(lead: str, clause: Clause) -> Clause:
    """A whole sentence; it ends in a colon before bullets."""
    return Clause(
        _capital(f"{lead} {clause.text}{':' if clause.parts else '.'}".strip()), tuple(map(_bullet, clause.parts))
    )


def _bullet(clause: Clause) -> Clause:
    return Clause(f"{clause.text}:" if clause.parts else clause.text, tuple(map(_bullet, clause.parts)))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
