"""A checked guide to its page: a chart of its questions, the same in words, its ends, and what is told on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from compiler.backends.words_guides import OWNERS, GuideSpeech, answer_words
from compiler.catalogue import flowchart
from compiler.catalogue.excerpts import (
    decisions,
    definitions_in,
    named,
    text_of,
    uses_of,
)
from compiler.catalogue.model import (
    GuideBranch,
    GuideEnd,
    GuideNotice,
    GuidePage,
    GuideQuestion,
    Link,
    page_name,
)
from compiler.catalogue.parts import examples, held, ids_in, quoted, source_text
from compiler.semantics import ir
from compiler.semantics.checker.guides import CheckedGuide
from compiler.semantics.program import Program
from compiler.semantics.usage import Usage, usage
from compiler.syntax.document import Scalar, one_line
from compiler.syntax.guides import EndTree, NoticeTree, QuestionTree, TargetTree


def guide_page(guide: CheckedGuide, program: Program, texts: Mapping[str, str]) -> GuidePage:
    """The page of a guide; ``texts`` holds the spec files by path."""
    written = guide.written
    path = written.document.source.path
    speech = GuideSpeech(guide, program) if guide.id in program.guides else None
    order = _order(written.questions)
    return GuidePage(
        id=guide.id,
        title=one_line(written.title.text),
        symptom=one_line(written.symptom.text),
        facts=tuple(_facts(guide)),
        how=one_line(written.asks_for.how.text),
        ids=tuple(ids_in(written.document.root)),
        notes=text_of(written.notes),
        chart=flowchart.drawn(
            [_node(q, f"{n}. ") for n, q in enumerate(order, start=1)], [_end_node(end) for end in written.ends]
        ),
        questions=tuple(_question(question, speech) for question in order),
        ends=tuple(_end(end, program) for end in written.ends),
        notices=tuple(_notice(notice, program, speech) for notice in written.notices),
        uses=uses_of(usage_of(guide, program), program),
        definitions=tuple(named(definition, program) for definition in definitions_in(guide.facts)),
        decisions=decisions(written.decisions),
        examples=tuple(examples(written.document.root)),
        source=quoted(guide.scope, written.source, written.document),
        changed=source_text(guide.scope, written.source, "read on"),
        path=path,
        yaml=texts.get(path, ""),
    )


def usage_of(guide: CheckedGuide, program: Program) -> Usage:
    """What a guide reads; nothing for one that has errors."""
    lowered = program.guides.get(guide.id)
    return usage(ir.asked_by(lowered), program.definitions, program.schemas) if lowered is not None else Usage()


def link_to(guide: CheckedGuide) -> Link:
    """The page of a guide."""
    return Link("guide", guide.id, guide.id)


def _facts(guide: CheckedGuide) -> Iterator[tuple[str, str]]:
    written = guide.written
    yield "When", one_line(written.symptom.text)
    yield "Asks for", f"the {written.asks_for.id.text}, and {', '.join(r.text for r in written.asks_for.resources)}"
    if written.payload is not None:
        yield "Takes pasted", written.payload.resource.text


# -- questions and ends


def _order(questions: tuple[QuestionTree, ...]) -> list[QuestionTree]:
    """Questions in the order of the chart."""
    by_name = {_anchor(question.id, is_end=False): question for question in questions}
    return [by_name[node.name] for node in flowchart.ordered([_node(question) for question in questions])]


def _node(question: QuestionTree, number: str = "") -> flowchart.Node:
    branches = tuple((branch.answer, branch.anchor, branch.is_doubtful) for branch in _branches(question))
    return flowchart.Node(
        _anchor(question.id, is_end=False), f"{number}{one_line(question.ask.text)}", is_end=False, branches=branches
    )


def _end_node(end: EndTree) -> flowchart.Node:
    owner = OWNERS.get(end.owner.text, end.owner.text)
    return flowchart.Node(
        _anchor(end.id, is_end=True), f"{owner[:1].upper()}{owner[1:]}: {one_line(end.steps[0].text)}", is_end=True
    )


def _anchor(name: Scalar, *, is_end: bool) -> str:
    return f"end-{name.text}" if is_end else f"question-{name.text}"


def _branches(question: QuestionTree) -> Iterator[GuideBranch]:
    for branch in question.branches:
        yield _branch(answer_words(branch), branch.go)
    if question.cannot_tell is not None:
        yield _branch("cannot tell", question.cannot_tell, is_doubtful=True)


def _branch(answer: str, go: TargetTree, *, is_doubtful: bool = False) -> GuideBranch:
    return GuideBranch(answer, f"{'end' if go.is_end else 'question'}-{go.name}", go.name, go.is_end, is_doubtful)


def _question(question: QuestionTree, speech: GuideSpeech | None) -> GuideQuestion:
    person = f"a person: {OWNERS.get(question.asked_of, question.asked_of)}"
    by = (["the data"] if question.has_evidence else []) + ([person] if question.by_person else [])
    return GuideQuestion(
        name=question.id.text,
        ask=one_line(question.ask.text),
        by=", else ".join(by),
        evidence=held("", question.evidence, speech) if question.evidence is not None else None,
        shown=tuple(label.text for label, _ in question.show),
        branches=tuple(_branches(question)),
        notes=text_of(question.notes),
        ids=tuple(covered.text for covered in question.covers),
    )


def _end(end: EndTree, program: Program) -> GuideEnd:
    return GuideEnd(
        name=end.id.text,
        owner=OWNERS.get(end.owner.text, end.owner.text),
        steps=tuple(one_line(step.text) for step in end.steps),
        rules=tuple(_rule(name, program) for name in end.rules),
        notes=text_of(end.notes),
        ids=tuple(covered.text for covered in end.covers),
    )


def _notice(notice: NoticeTree, program: Program, speech: GuideSpeech | None) -> GuideNotice:
    return GuideNotice(
        says=one_line(notice.says.text),
        owner=OWNERS.get(notice.owner.text, notice.owner.text),
        when=held("", notice.when, speech) if notice.when is not None else None,
        rules=tuple(_rule(name, program) for name in notice.rules),
        ids=tuple(covered.text for covered in notice.covers),
    )


def _rule(name: Scalar, program: Program) -> Link:
    found = program.checked.get(name.text)
    return Link("rule", page_name(found.key if found is not None else name.text), name.text)
