"""The guides of this repository: each part of one is held by an example that fails without it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from compiler.conformance import Examples
from compiler.driver import Project
from compiler.semantics import ir
from compiler.semantics.program import Program
from compiler.syntax.document import Scalar
from tests.support import own_project

NOWHERE = ir.End("nowhere", "whoever asks", ("Nothing.",), ())
TO_NOWHERE = ir.Target("nowhere", is_end=True)

# Statements that nothing in a spec can be taken away for, and why.
NOT_REMOVABLE = {
    "HM-J7": "slips of wording in the article, which change nothing; the notes of the guide name them",
}

# Parts without which no example fails, and why.
NOT_NOTICED = {
    "question open-association: cannot tell": "the associations have been read by then, so the data decide",
}


@pytest.fixture(scope="module")
def project() -> Project:
    return own_project()


def guides(project: Project) -> list[tuple[Program, str]]:
    return [(program, name) for program in project.programs.values() for name in program.guided]


def texts(scalars: Iterable[Scalar]) -> set[str]:
    return {scalar.text for scalar in scalars}


def statements(program: Program, name: str) -> set[str]:
    """All ids of statements that the parts of a guide cover."""
    written = program.guided[name].written
    parts = [written.asks_for, *written.notices, *written.questions, *written.ends]
    parts += [branch for question in written.questions for branch in question.branches]
    parts += [written.payload] if written.payload is not None else []
    return texts(written.covers).union(*(texts(part.covers) for part in parts))


def without_one(guide: ir.Guide, program: Program) -> Iterator[tuple[str, set[str], ir.Guide]]:
    """A guide without one of its parts, with what the part is, and the ids that it covers."""
    written = program.guided[guide.id].written
    yield "how to find the records", texts(written.asks_for.covers), replace(guide, how="")
    if written.payload is not None:
        yield "pasted texts", texts(written.payload.covers), replace(guide, payload_path=("nowhere",))
    for i, notice in enumerate(guide.notices):
        covered = texts(written.notices[i].covers)
        yield f"notice {notice.id}", covered, replace(guide, notices=left_out(guide.notices, i))
        for name, spoiled in spoiled_texts(notice, ("says",), ("rules",)):
            yield f"notice {notice.id}: {name}", set(), replace(guide, notices=exchanged(guide.notices, i, spoiled))
    for i, end in enumerate(guide.ends):
        renamed = replace(guide, ends=exchanged(guide.ends, i, replace(end, id="gone")))
        yield f"end {end.id}", texts(written.ends[i].covers), led_to_nowhere(renamed, ir.Target(end.id, is_end=True))
        for name, spoiled in spoiled_texts(end, ("owner",), ("steps", "rules")):
            yield f"end {end.id}: {name}", set(), replace(guide, ends=exchanged(guide.ends, i, spoiled))
    for i, question in enumerate(guide.questions):
        covered = texts(written.questions[i].covers)
        gone = led_to_nowhere(guide, ir.Target(question.id, is_end=False))
        if i == 0:
            gone = replace(guide, questions=guide.questions[1:])
        yield f"question {question.id}", covered, gone
        for name, changed in spoiled_questions(question):
            questions = exchanged(guide.questions, i, changed)
            yield (
                f"question {question.id}: {name}",
                set(),
                replace(guide, questions=questions, ends=(*guide.ends, NOWHERE)),
            )


def spoiled_questions(question: ir.Question) -> Iterator[tuple[str, ir.Question]]:
    """A question without one of its branches, its evidence, its person, what it shows, or its way out."""
    for i, branch in enumerate(question.branches):
        astray = exchanged(question.branches, i, replace(branch, go=TO_NOWHERE))
        yield f"branch {i + 1}", replace(question, branches=astray)
    if question.evidence is not None:
        yield "evidence", replace(question, evidence=None)
    if question.by_person:
        yield "person", replace(question, by_person=False, cannot_tell=TO_NOWHERE)
    if question.cannot_tell is not None:
        yield "cannot tell", replace(question, cannot_tell=TO_NOWHERE)
    for i, told in enumerate(question.told):
        yield f"show {told.label}", replace(question, told=left_out(question.told, i))


def spoiled_texts(part: Any, words: tuple[str, ...], lists: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """A part without one of its texts, or one item of its lists."""
    for name in words:
        yield (
            name,
            replace(part, **{name: "whoever asks" if name == "owner" and part.owner != "whoever asks" else "school"}),
        )
    for name in lists:
        for i, item in enumerate(getattr(part, name)):
            yield f"{name} `{item}`", replace(part, **{name: left_out(getattr(part, name), i)})


def led_to_nowhere(guide: ir.Guide, target: ir.Target) -> ir.Guide:
    """A guide in which all that led to a target leads nowhere."""

    def led(go: ir.Target) -> ir.Target:
        return TO_NOWHERE if go == target else go

    questions = tuple(
        replace(
            question,
            branches=tuple(replace(branch, go=led(branch.go)) for branch in question.branches),
            cannot_tell=led(question.cannot_tell) if question.cannot_tell is not None else None,
        )
        for question in guide.questions
    )
    return replace(guide, questions=questions, ends=(*guide.ends, NOWHERE))


def left_out(items: tuple[Any, ...], place: int) -> tuple[Any, ...]:
    return (*items[:place], *items[place + 1 :])


def exchanged(items: tuple[Any, ...], place: int, item: Any) -> tuple[Any, ...]:
    return (*items[:place], item, *items[place + 1 :])


def test_examples_cover_what_is_said_and_nothing_else(project: Project) -> None:
    for program, name in guides(project):
        examples = program.guided[name].examples
        covered = set().union(*(texts(example.written.covers) for example in examples))
        assert covered == statements(program, name) - NOT_REMOVABLE.keys(), name


def test_all_examples_are_as_expected(project: Project) -> None:
    for program, name in guides(project):
        assert [result.problems for result in Examples(program).of_guides([name]) if result.problems] == []


def test_an_example_fails_when_what_it_covers_is_taken_away(project: Project) -> None:
    unnoticed = []
    for program, name in guides(project):
        for what, covered, spoiled in without_one(program.guides[name], program):
            changed = replace(program, guides={name: spoiled})
            failing = [result.example.written for result in Examples(changed).of_guides([name]) if result.problems]
            noticed = set().union(*(texts(example.covers) for example in failing))
            if not failing or not covered <= noticed:
                unnoticed.append((name, what, sorted(covered - noticed)))
    assert unnoticed == [("IN-IIEP", what, []) for what in NOT_NOTICED]


def test_every_statement_of_the_article_is_settled(project: Project, shared: Path) -> None:
    listed = (shared / "reference" / "seed-checklist.md").read_text(encoding="utf-8")
    ids = set(re.findall(r"^(HM-[A-Z]+[0-9]+) ", listed, re.MULTILINE))
    assert len(ids) == 18
    assert ids == statements(project.programs["indiana"], "IN-IIEP")
