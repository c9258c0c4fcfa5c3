"""A guide in plain words: what the data answer to its questions, and when its notices are told."""

from __future__ import annotations

import re

from compiler.backends.words import Clause, clause_of, sentence, subject_noun
from compiler.backends.words_conditions import Phrases
from compiler.schema.types import BOOLEAN
from compiler.semantics.checker.branches import ANSWER
from compiler.semantics.checker.guides import CheckedGuide
from compiler.semantics.program import Program
from compiler.syntax import tree
from compiler.syntax.guides import BranchTree
from compiler.syntax.unparser import unparse

OWNERS = {
    "school": "the school",
    "other corporation": "the other corporation",
    "state support": "the state's support desk",
    "whoever asks": "whoever asks",
}
"""Who acts, in words."""

_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'")


class GuideSpeech:
    """Speaks of the expressions of one guide, which have types."""

    def __init__(self, guide: CheckedGuide, program: Program) -> None:
        self.speaker = Phrases(guide.scope, guide.facts, program.tables, ())
        subject = guide.written.subject
        if subject is not None:
            noun = subject_noun(subject.resource)
            self.speaker.called.update({subject.variable: f"the {noun}", "this": f"the {noun}"})
            self.speaker.nouns[subject.variable] = noun

    def value(self, node: tree.Expr) -> Clause:
        """A condition or a value as a sentence."""
        if self.speaker.facts.types.get(node) is BOOLEAN:
            return sentence("", clause_of(node, self.speaker))
        return sentence("", Clause(self.speaker.noun(node).text))


def answer_words(branch: BranchTree) -> str:
    """The answers that take a branch, as short as a chart needs them: `yes`, `at least 2`, `otherwise`."""
    if branch.when is None:
        return branch.condition.text
    match branch.when:
        case tree.Name(name=name) if name == ANSWER:
            return "yes"
        case tree.Not(operand=tree.Name(name=name)) if name == ANSWER:
            return "no"
        case tree.Compare(right=tree.Boolean(value=value)) if unparse(branch.when).startswith(f"{ANSWER} is "):
            is_not = unparse(branch.when).startswith(f"{ANSWER} is not ")
            return "yes" if value != is_not else "no"
    return _QUOTED.sub(r"\1", unparse(branch.when).replace(f"{ANSWER} is ", "").replace(f"{ANSWER} ", ""))
