"""What a guide says, part by part: words for people beside terms that tell whether two say the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from compiler.backends.words_guides import OWNERS, GuideSpeech, answer_words
from compiler.changes.canonical import Reader
from compiler.changes.parts import Part, Spoken, Terms, labelled, part_of
from compiler.changes.texts import text
from compiler.semantics import ir
from compiler.semantics.checker.branches import ANSWER, Domain
from compiler.semantics.checker.guides import CheckedGuide
from compiler.semantics.program import Program
from compiler.syntax.document import Scalar
from compiler.syntax.guides import EndTree, NoticeTree, QuestionTree


@dataclass(frozen=True, slots=True)
class Leads:
    """Where the answers to a question lead, as a part, and as what decides it."""

    part: Part
    domain: Domain
    branches: tuple[ir.Branch, ...]
    cannot_tell: ir.Target | None


@dataclass(frozen=True, slots=True)
class Guided(Spoken):
    """A guide of a side; questions, where they lead, ends and notices by id. ``start`` is the first question."""

    checked: CheckedGuide
    start: str
    questions: dict[str, Part]
    leads: dict[str, Leads]
    ends: dict[str, Part]
    notices: dict[str, Part]

    def every(self) -> Iterator[Part]:
        """All that it says."""
        yield from Spoken.every(self)
        yield from (*self.questions.values(), *self.ends.values(), *self.notices.values())
        yield from (leads.part for leads in self.leads.values())


def guided(checked: CheckedGuide, program: Program) -> Guided:
    """What a sound guide says."""
    written, lowered = checked.written, program.guides[checked.id]
    terms, speech = _terms(checked), GuideSpeech(checked, program)
    return Guided(
        tuple(_begun(checked)),
        (),
        checked,
        lowered.questions[0].id,
        {question.id.text: _question(question, terms, speech) for question in written.questions},
        {
            question.id.text: Leads(
                _branches(question, terms), checked.domains[question.id.text], walked.branches, walked.cannot_tell
            )
            for question, walked in zip(written.questions, lowered.questions, strict=True)
        },
        {end.id.text: _end(end, terms) for end in written.ends},
        {notice.id.text: _notice(notice, terms, speech) for notice in written.notices},
    )


def _terms(checked: CheckedGuide) -> Terms:
    """The terms of the expressions of a guide: of a record, or of an answer."""
    subject = checked.written.subject
    assert subject is not None
    return Terms(Reader(checked.scope, checked.facts).binding(subject.variable, "this").binding(ANSWER), ())


def _begun(checked: CheckedGuide) -> Iterator[Part]:
    """What a guide looks into, and what it takes."""
    written, nothing = checked.written, ((), ())
    yield part_of("subject", "for each", (checked.resource,), nothing, checked.resource)
    asks = written.asks_for
    resources, how = sorted(name.text for name in asks.resources), text(asks.how)
    said = (f"id: {asks.id.text}", *(f"resource: {name}" for name in resources), f"how: {how}")
    yield part_of("subject", "asks for", said, nothing, said)
    if written.payload is not None:
        pasted = written.payload.resource.text
        yield part_of("subject", "pasted text", (pasted,), nothing, pasted)


def _question(question: QuestionTree, terms: Terms, speech: GuideSpeech) -> Part:
    """What is asked, what the data answer, and whom else; what is shown and what may be answered have no order."""
    shown = sorted(((text(label), value) for label, value in question.show), key=lambda one: one[0])
    person = (f"a person: {OWNERS[question.asked_of]}",) if question.by_person else ()
    answers = tuple(dict.fromkeys(answer.text for answer in question.answers))
    said = (
        f"asks: {text(question.ask)}",
        *(labelled("the data", question.evidence, speech) if question.evidence is not None else ()),
        *person,
        *((f"answers: {', '.join(answers)}",) if answers else ()),
        *(line for label, value in shown for line in labelled(f"shows {label}", value, speech)),
    )
    return part_of(
        "question", question.id.text, said, terms.pair(question.evidence, *(value for _, value in shown)),
        text(question.ask), question.has_evidence, person, tuple(sorted(answers)), tuple(label for label, _ in shown),
    )  # fmt: skip


def _branches(question: QuestionTree, terms: Terms) -> Part:
    """Where answers lead, in the order of the branches."""
    branches = tuple((branch.takes_all, branch.go.written.text) for branch in question.branches)
    otherwise = question.cannot_tell.written.text if question.cannot_tell is not None else ""
    said = [f"{answer_words(branch)}: {branch.go.written.text}" for branch in question.branches]
    said += [f"cannot tell: {otherwise}"] if otherwise else []
    conditions = terms.pair(*(branch.when for branch in question.branches))
    return part_of("branch", question.id.text, tuple(said), conditions, branches, otherwise)


def _end(end: EndTree, terms: Terms) -> Part:
    steps, rules = tuple(map(text, end.steps)), _rules(end.rules)
    said = (f"owner: {OWNERS[end.owner.text]}", *(f"step: {step}" for step in steps), *rules)
    return part_of("end", end.id.text, said, terms.pair(), end.owner.text, steps, rules)


def _notice(notice: NoticeTree, terms: Terms, speech: GuideSpeech) -> Part:
    rules, owner = _rules(notice.rules), OWNERS[notice.owner.text]
    said = (*labelled("when", notice.when, speech), f"says: {text(notice.says)}", f"owner: {owner}", *rules)
    return part_of("notice", notice.id.text, said, terms.pair(notice.when), text(notice.says), owner, rules)


def _rules(names: Iterable[Scalar]) -> tuple[str, ...]:
    """The rules that speak of a part; their order says nothing."""
    return tuple(f"rule: {name}" for name in sorted({name.text for name in names}))
