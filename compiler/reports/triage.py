"""What a guide found about one record: as text, as Markdown for an e-mail or a ticket, and as JSON.

It holds the id, the values that the guide shows, and nothing else of the record.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from compiler.backends.words import subject_noun
from compiler.backends.words_guides import OWNERS
from compiler.engines.pasted import Repair
from compiler.engines.structure import Fault
from compiler.engines.triage import Triage
from compiler.reports.text import plain
from compiler.semantics import ir
from compiler.semantics.calendar import school_year_of
from compiler.semantics.checker.branches import Domain
from compiler.semantics.checker.guides import answers_worded
from compiler.semantics.values import shown
from compiler.semantics.walks import By, Taken, Unjudged
from compiler.web import markdown as md

_BY = {By.DATA: "from the data", By.PERSON: "answered by a person"}
_MOST_LINES, _MOST_FAULTS = 5, 20


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the report: a heading, and its items; ``numbered`` where their order matters.

    An item is a line, with further lines below it.
    """

    heading: str
    items: tuple[tuple[str, ...], ...]
    numbered: bool = False


# -- contents


def parts_of(found: Triage) -> Iterator[Part]:
    """The parts of the report, in the order in which people read them."""
    case, walk = found.case, found.walk
    absent = [name for name in found.guide.asks_for if _singular(found, name) not in case.world.present]
    if absent:
        yield Part("Not read", ((f"{', '.join(absent)}. {found.guide.how}",),))
    mended = [*_repaired(case.repairs), *(_fault(fault) for fault in case.faults)]
    if mended:
        shown = mended[:_MOST_FAULTS]
        shown += [f"and {len(mended) - _MOST_FAULTS:,} more"] if len(mended) > _MOST_FAULTS else []
        yield Part("In the records as they were read", tuple((line,) for line in shown))
    if walk.notices:
        yield Part("Noticed", tuple(_notice(found, notice) for notice in walk.notices))
    asked = [taken for taken in walk.path if taken.question is not walk.open]
    if asked:
        yield Part("Asked and answered", tuple(_taken(found, taken) for taken in asked), numbered=True)
    if walk.end is not None:
        steps = tuple((step,) for step in walk.end.steps)
        yield Part(f"Next steps ({OWNERS[walk.end.owner]})", steps, numbered=True)
        if walk.end.rules:
            yield Part("Rules that speak of it", tuple((_rule(found, name),) for name in walk.end.rules))
    else:
        asked_of = OWNERS[walk.path[-1].question.asked_of]
        yield Part(f"Still open, to be answered by {asked_of}", (_open(found, walk.path[-1]),))
    if walk.unjudged:
        yield Part("Could not be judged", tuple((_unjudged(found, unjudged),) for unjudged in walk.unjudged))


def about(found: Triage) -> str:
    """Whose records were looked at, of which school year, on which day."""
    case, year = found.case, found.case.context.school_year
    who, day = f"{found.guide.id_name} {case.name or 'not known'}", case.context.as_of.isoformat()
    told = f"{who[:1].upper()}{who[1:]}, school year {year} ({year - 1}-{year % 100:02}), on {day}."
    if case.is_known is False:
        told += f" The data hold no {subject_noun(found.guide.resource)} with this {found.guide.id_name}."
    others = ", ".join(map(str, case.of_other_years))
    if case.year_is_read and year != school_year_of(case.context.as_of):
        told += " This is the latest school year of the records, and not that of the day."
    return told + (f" Records of other school years were left aside ({others})." if others else "")


def summary(found: Triage) -> str:
    """How it ended, in one line."""
    walk = found.walk
    if walk.end is not None:
        return f"Next: {OWNERS[walk.end.owner]}."
    return f"Open: a question to {OWNERS[walk.path[-1].question.asked_of]}."


def answer_words(answer: Any) -> str:
    """An answer as people give it."""
    return ("yes" if answer else "no") if isinstance(answer, bool) else shown(answer)


def choices(question: ir.Question) -> str:
    """The answers to a question, in words."""
    return answers_worded(Domain(question.type, question.answers or None, question.least)).replace("`", "")


def value_lines(taken: Taken) -> Iterator[str]:
    """The values that help to answer a question, one kind a line."""
    for told in taken.shown:
        yield f"{told.label}: {', '.join(told.values) or 'none'}"


def _repaired(repairs: Iterable[Repair]) -> Iterator[str]:
    """Each repair once, with its lines."""
    grouped: dict[tuple[str, str], list[int]] = {}
    for repair in repairs:
        grouped.setdefault((repair.code, repair.says), []).append(repair.line)
    for (code, says), lines in grouped.items():
        listed = ", ".join(map(str, lines[:_MOST_LINES])) + (", ..." if len(lines) > _MOST_LINES else "")
        where = f"line{'s' if len(lines) > 1 else ''} {listed}: " if code != "text-around" else ""
        yield f"{where}{says}"


def _fault(fault: Fault) -> str:
    place = f"{fault.file}:{fault.line}: " if fault.file else f"line {fault.line}: "
    return f"{place}{f'{fault.path}: ' if fault.path else ''}{fault.problem}"


def _notice(found: Triage, notice: ir.Notice) -> tuple[str, ...]:
    rules = [f"Rule {_rule(found, name)}" for name in notice.rules]
    return (f"For {OWNERS[notice.owner]}: {notice.says}", *rules)


def _taken(found: Triage, taken: Taken) -> tuple[str, ...]:
    words = "nobody could tell" if taken.by is By.NOBODY else f"{answer_words(taken.answer)} ({_BY[taken.by]})"
    return (f"{taken.question.ask} {words[:1].upper()}{words[1:]}.", *value_lines(taken), *_why(found, taken))


def _open(found: Triage, taken: Taken) -> tuple[str, ...]:
    question = taken.question
    lines = [question.ask, *value_lines(taken), *_why(found, taken)]
    return (*lines, f"Answers: {choices(question)}") if question.by_person else tuple(lines)


def _why(found: Triage, taken: Taken) -> Iterator[str]:
    """Why the data do not answer a question that they might."""
    if taken.missing:
        why = causes(found, taken.missing)
        yield f"The data do not say: {why}." if why else "The data do not say."


def causes(found: Triage, missing: Iterable[str]) -> str:
    """What was missing, in words; empty where a guide itself says that nothing follows (`nothing`)."""
    words = []
    for cause in (cause for cause in missing if cause != "nothing"):
        kind, _, name = cause.partition(": ")
        resource = found.program.schemas.resource(name) if kind == "resource" else None
        if resource is not None:
            words.append(f"{resource.plural} have not been read")
        else:
            words.append(f"{cause} is missing" if "." in cause else f"there is no {cause}")
    return "; ".join(words)


def _unjudged(found: Triage, unjudged: Unjudged) -> str:
    why = causes(found, unjudged.missing)
    return f"{unjudged.notice.says} ({why})" if why else unjudged.notice.says


def _rule(found: Triage, name: str) -> str:
    checked = found.program.checked.get(name)
    return f"{name}: {' '.join(checked.written.title.text.split())}" if checked is not None else name


def _singular(found: Triage, plural_name: str) -> str:
    return found.program.schemas.plurals.get(plural_name, plural_name)


# -- text


def as_text(found: Triage) -> Iterator[str]:
    """The report for a terminal or an e-mail: plain lines."""
    yield f"{found.guide.id}: {plain(found.guide.title)}"
    yield plain(about(found))
    yield summary(found)
    for part in parts_of(found):
        yield ""
        yield f"{part.heading}:"
        for number, (first, *below) in enumerate(part.items, 1):
            yield f"{f'{number}.' if part.numbered else '-'} {plain(first)}"
            yield from (f"     {plain(line)}" for line in below)


# -- Markdown


def as_markdown(found: Triage) -> Iterator[str]:
    """The report for a ticket."""
    yield f"## {_escaped(found.guide.title)} ({found.guide.id})"
    yield ""
    yield f"{_escaped(about(found))} **{_escaped(summary(found))}**"
    for part in parts_of(found):
        yield ""
        yield f"### {_escaped(part.heading)}"
        yield ""
        for number, (first, *below) in enumerate(part.items, 1):
            sign = f"{number}." if part.numbered else "-"
            yield f"{sign} {_escaped(first)}"
            yield from (f"{' ' * len(sign)} - {_escaped(line)}" for line in below)


def _escaped(text: str) -> str:
    return md.text(plain(text))


# -- JSON


def as_json(found: Triage) -> str:
    """The report for programs."""
    case, walk = found.case, found.walk
    return json.dumps(
        {
            "guide": found.guide.id,
            "title": found.guide.title,
            "id": case.name or None,
            "isInData": case.is_known,
            "schoolYear": case.context.school_year,
            "asOf": case.context.as_of.isoformat(),
            "otherYears": list(case.of_other_years),
            "repairs": [{"code": r.code, "line": r.line, "of": r.of or None, "says": r.says} for r in case.repairs],
            "faults": [
                {"code": f.code, "file": f.file or None, "line": f.line, "path": f.path or None, "problem": f.problem}
                for f in case.faults
            ],
            "notices": [{"id": n.id, "says": n.says, "owner": n.owner, "rules": list(n.rules)} for n in walk.notices],
            "notJudged": [{"id": u.notice.id, "missing": list(u.missing)} for u in walk.unjudged],
            "path": [_step(taken) for taken in walk.path],
            "end": _end(walk.end),
            "open": _open_question(walk.open),
        },
        indent=1,
        ensure_ascii=False,
    )


def _step(taken: Taken) -> dict[str, Any]:
    answer = None if taken.by is By.NOBODY else answer_words(taken.answer)
    return {
        "question": taken.question.id,
        "ask": taken.question.ask,
        "answer": answer,
        "by": taken.by.name.lower(),
        "values": {told.label: list(told.values) for told in taken.shown},
        "missing": list(taken.missing),
    }


def _end(end: ir.End | None) -> dict[str, Any] | None:
    if end is None:
        return None
    return {"id": end.id, "owner": end.owner, "steps": list(end.steps), "rules": list(end.rules)}


def _open_question(question: ir.Question | None) -> dict[str, Any] | None:
    if question is None:
        return None
    return {
        "question": question.id,
        "ask": question.ask,
        "askedOf": question.asked_of,
        "answers": list(question.answers) or choices(question),
    }
