"""A publication in plain words: whose records are sent, why others are not, and what each element holds.

The words are made from the checked tree, as those of rules are::

    value: e.serviceType is 'P' otherwise false

    True when the enrollment's service type is "P", else false.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from compiler.backends.words import Clause, after, clause_of, sentence, subject_noun
from compiler.backends.words_conditions import Phrases
from compiler.backends.words_names import is_compound, one_line, words_of
from compiler.schema.types import BOOLEAN
from compiler.semantics.checker.facts import FunctionRef
from compiler.semantics.checker.publications import CheckedPublication
from compiler.semantics.program import Program
from compiler.syntax import tree

_SHORT = 90  # characters of two alternatives that stay on one line


@dataclass(frozen=True, slots=True)
class Speech:
    """Speaks of a publication; ``who`` says, for each kind of its candidates, which records they are."""

    speaker: Phrases
    who: tuple[Clause, ...]

    def condition(self, node: tree.Expr) -> Clause:
        """A condition as a sentence, with bullets where one line would be hard to read."""
        return sentence("", clause_of(node, self.speaker))

    def line(self, node: tree.Expr) -> str:
        """A condition in the middle of a sentence."""
        return self.speaker.line(node)

    def noun(self, node: tree.Expr) -> str:
        """A value in the middle of a sentence."""
        return self.speaker.noun(node).text

    def value(self, node: tree.Expr) -> Clause:
        """What an element holds, as a sentence."""
        if isinstance(node, tree.Text | tree.Whole | tree.DecimalNumber | tree.Date):
            return sentence("", Clause(f"always {self.noun(node)}"))
        return sentence("", self._value(node))

    def _value(self, node: tree.Expr) -> Clause:
        if self.speaker.facts.types.get(node) is BOOLEAN:
            return self._flag(node)
        match node:
            case tree.If():
                return Clause("one of these", tuple(self._branches(node)))
            case tree.Otherwise():
                parts = tuple(self._value(operand) for operand in node.operands)
                line = ", else ".join(part.text for part in parts)
                short = len(line) <= _SHORT and not any(part.parts or is_compound(part.text) for part in parts)
                return Clause(line) if short else Clause("the first of these that is given", parts)
            case tree.Call(arguments=(inner,)) if self._function(node) == "wholeNumber":
                said = self._value(inner)
                return said if said.parts else Clause(f"{said.text}, as a whole number")
            case _:
                return Clause(self.noun(node))

    def _branches(self, node: tree.If) -> Iterator[Clause]:
        """The cases of a choice, those of a choice in its last case included."""
        yield after(f"if {self.speaker.line(node.condition)}:", self._value(node.consequence))
        if isinstance(node.alternative, tree.If):
            yield from self._branches(node.alternative)
        else:
            yield after("otherwise:", self._value(node.alternative))

    def _function(self, node: tree.Expr) -> str:
        ref = self.speaker.facts.refs.get(node)
        return ref.name if isinstance(ref, FunctionRef) else ""

    def _flag(self, node: tree.Expr) -> Clause:
        """A true or false."""
        match node:
            case tree.Boolean():
                return Clause(f"always {'true' if node.value else 'false'}")
            case tree.Otherwise(operands=(first, tree.Boolean(value=value))):
                said = clause_of(first, self.speaker)
                ends = ", and when that cannot be told; else false" if value else ", else false"
                return after("true when", Clause(said.text if said.parts else f"{said.text}{ends}", said.parts))
            case tree.Get():
                return Clause(self.speaker.path_words(node).text)
            case _:
                return after("true when", clause_of(node, self.speaker))


def speech_of(publication: CheckedPublication, program: Program) -> Speech:
    """The speech of a publication whose expressions have types.

    Of several kinds of candidates all variables are known at once: what the kinds share says the same of each.
    """
    written = publication.whole
    speaker = Phrases(publication.scope, publication.facts, program.tables, ())
    for mapping in written.mappings:
        speaker.called[mapping.name.text] = f'the code that the mapping "{one_line(mapping.label.text)}" gives'
    for candidates in written.candidates:
        speaker.called.update({name.text: f"the {words_of(name.text)}" for name, _ in candidates.define})
    if written.record is not None and written.record.ours is not None:
        speaker.called[written.record.ours.variable] = f"the {subject_noun(written.record.ours.resource)}"
    who = [_who(candidates.subject, speaker) for candidates in written.candidates if candidates.subject is not None]
    return Speech(speaker, tuple(who))


def _who(subject: tree.Subject, speaker: Phrases) -> Clause:
    """Which records are candidates; the speaker knows their variables from then on."""
    noun = subject_noun(subject.resource)
    speaker.called.update({subject.variable: f"the {noun}", "this": f"the {noun}"})
    speaker.nouns[subject.variable] = noun if noun != "record" else ""
    known = f' ("the {noun}" below)' if noun == "record" else ""
    text = f"Each {words_of(subject.resource)}{known}"
    for join in subject.joins:
        name, member = _joined(join, speaker)
        text += f", with each of {speaker.noun(join.collection).text} in turn"
        speaker.called[join.variable], speaker.nouns[join.variable] = name, member
        text += f' ("{name}")'
    if subject.condition is None:
        return Clause(f"{text}.")
    return sentence(f"{text}, where", clause_of(subject.condition, speaker))


def _joined(join: tree.Join, speaker: Phrases) -> tuple[str, str]:
    """How what is joined is called: as before, where another kind of candidate joins it by the same name."""
    if join.variable in speaker.called:
        return speaker.called[join.variable], speaker.nouns[join.variable]
    return speaker.fresh(join.collection, "the")
