"""``rulewright triage``"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import rich_click as click

from compiler.cli.faults import FINE, UNREADABLE, Stop, advised
from compiler.cli.options import YEAR, Day
from compiler.cli.projects import find_guide, must_be_sound, opened
from compiler.cli.terminal import Terminal

CANNOT_TELL = "?"


@click.command("triage")
@click.argument("guide")
@click.option("--data", type=click.Path(path_type=Path), help="A folder with one file a resource.")
@click.option("--student", help="The id, as the STN.")
@click.option(
    "--payload",
    type=click.Path(path_type=Path, allow_dash=True),
    help="A text copied from the API, in place of --data; `-` reads what is piped in.",
)
@click.option("--answer", "answers", multiple=True, metavar="QUESTION=TEXT", help="What a person answers. Repeatable.")
@click.option(
    "--school-year",
    type=YEAR,
    help="By its ending year (default: the latest pasted, else that of the day).",
)
@click.option("--as-of", type=Day(), default=None, help="The day of the run (default: today).")
@click.option("--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text", help="How to print.")
@click.pass_obj
def command(
    terminal: Terminal,
    guide: str,
    data: Path | None,
    student: str | None,
    payload: Path | None,
    answers: tuple[str, ...],
    school_year: int | None,
    as_of: date | None,
    form: str,
) -> int:
    """Find out what is wrong and who mends it, by the questions of a guide.

    GUIDE is the id of a guide or its path. What the data answer is not asked. On a terminal the rest is asked; `?`
    says that you cannot tell. Elsewhere, a question that stays open ends it, with who can answer.

    \b
    rulewright triage IN-IIEP --payload pasted.txt
    rulewright triage IN-IIEP --data data --student 100000001 --answer still-enrolled=yes
    """
    from compiler.engines.triage import triage
    from compiler.reports.triage import as_json, as_markdown, as_text

    if (data is None) == (payload is None):
        raise Stop("Give either --data with --student, or --payload.")
    if data is not None and student is None:
        raise Stop("Say whose records are meant: --student.")
    project = opened(Path(guide) if Path(guide).exists() else None)
    checked = find_guide(project, guide)
    program = project.programs[checked.state]
    must_be_sound(project, program.state, terminal)
    lowered = program.guides[checked.id]
    known = _answers(answers, lowered)
    if payload is not None and lowered.payload is None:
        raise Stop(f"{lowered.id} takes no pasted text; give --data.")
    case = _case(terminal, program, lowered, data, payload, student, school_year, as_of or date.today())
    if not case.name:
        terminal.say(f"The text does not say whose records these are ({lowered.id_name}).")
    alone = not (sys.stdin.isatty() and sys.stderr.isatty()) or str(payload) == "-"
    found = triage(program, lowered, case, known, alone=alone)
    while not alone and found.walk.open is not None and found.walk.open.id not in known and found.walk.open.by_person:
        known[found.walk.open.id] = _asked(terminal, found.walk.path[-1])
        found = triage(program, lowered, case, known, alone=False)
    for name in sorted(set(known) - found.walk.answered):
        if known[name] is not None:
            terminal.say(f"The answer to `{name}` was not needed.")
    if alone and found.walk.open is not None and found.walk.open.id not in known:
        terminal.say(f"Answer with --answer '{found.walk.open.id}=TEXT'.")
    if form == "json":
        terminal.out(as_json(found))
    else:
        terminal.lines(as_markdown(found) if form == "markdown" else as_text(found))
    return FINE


def _case(
    terminal: Terminal,
    program: Any,
    guide: Any,
    data: Path | None,
    payload: Path | None,
    student: str | None,
    year: int | None,
    as_of: date,
) -> Any:
    from compiler.engines.folder import DataError, open_folder
    from compiler.engines.triage import folder_case, pasted_case
    from compiler.semantics.calendar import school_year_of
    from compiler.semantics.outcomes import Context

    try:
        if payload is not None:
            return pasted_case(program, guide, _read(payload), student, year, as_of)
        assert data is not None
        assert student is not None
        with terminal.progress():
            context = Context(year if year is not None else school_year_of(as_of), as_of)
            return folder_case(program, guide, open_folder(data, program.schemas), student, context)
    except DataError as error:
        raise Stop(f"{payload or data}: {error}" if payload else str(error), UNREADABLE) from error


def _read(payload: Path) -> str:
    """A pasted text; no more of it than is read at all."""
    from compiler.engines.pasted import MAX_TEXT

    try:
        if str(payload) == "-":
            content = sys.stdin.buffer.read(4 * MAX_TEXT + 1)
        else:
            with payload.open("rb") as file:
                content = file.read(4 * MAX_TEXT + 1)
    except OSError as error:
        raise Stop(f"{payload} could not be read: {error.strerror or error}", UNREADABLE) from error
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return content.decode(encoding, errors="replace")


def _answers(given: tuple[str, ...], guide: Any) -> dict[str, Any]:
    """The answers of the command line by question."""
    from compiler.suggest import hint

    asked = {question.id: question for question in guide.questions}
    found: dict[str, Any] = {}
    for text in given:
        name, sign, answer = text.partition("=")
        question = asked.get(name.strip())
        if not sign:
            raise Stop(f"Write --answer 'QUESTION=TEXT', not `{text}`.")
        if question is None:
            raise Stop(advised(f"{guide.id} has no question `{name}`.", hint(name, asked)))
        if not question.by_person:
            raise Stop(f"The data alone answer `{question.id}`; nobody is asked.")
        found[question.id] = None if answer.strip() == CANNOT_TELL else _value(question, answer)
    return found


def _value(question: Any, text: str) -> Any:
    """What a text is as an answer; raises :class:`Stop` when it is none."""
    from compiler.reports.triage import choices

    value = _understood(question, text)
    if value is None:
        raise Stop(f"`{text}` is no answer to `{question.id}`. Answers: {choices(question)}.")
    return value


def _understood(question: Any, text: str) -> Any:
    """What somebody means by a text: an answer in any case, or the beginning of one alone; None where it is none."""
    from compiler.schema.types import BOOLEAN
    from compiler.semantics.checker.branches import Domain
    from compiler.semantics.checker.guides import NO, YES, answer_of

    words = " ".join(text.split()).casefold()
    listed = question.answers or ((YES, NO) if question.type is BOOLEAN else ())
    meant = [answer for answer in listed if answer.casefold() == words]
    meant = meant or [answer for answer in listed if words and answer.casefold().startswith(words)]
    domain = Domain(question.type, question.answers or None, question.least)
    return answer_of(meant[0] if len(meant) == 1 else text.strip(), domain)


def _asked(terminal: Terminal, taken: Any) -> Any:
    """What the person at the terminal answers; None when that person cannot tell."""
    for line in _lines(taken):
        terminal.say(line)
    while True:
        text = click.prompt("Answer", prompt_suffix=": ", err=True, default="", show_default=False)
        if text.strip() == CANNOT_TELL:
            return None
        value = _understood(taken.question, text)
        if value is not None:
            return value
        terminal.say(_choices(taken.question))


def _lines(taken: Any) -> Iterator[str]:
    from compiler.reports.text import plain
    from compiler.reports.triage import value_lines

    yield ""
    yield plain(taken.question.ask)
    yield from (f"  {plain(line)}" for line in value_lines(taken))
    yield _choices(taken.question)


def _choices(question: Any) -> str:
    from compiler.backends.words_guides import OWNERS
    from compiler.reports.triage import choices

    return f"  ({choices(question)}; {CANNOT_TELL} if you cannot tell; {OWNERS[question.asked_of]} should know)"
