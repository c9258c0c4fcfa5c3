"""A guide as a page of Markdown: the same sections as on the site, its chart as the list of its questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from compiler.backends.words import Clause
from compiler.catalogue.model import PUBLICATION_STATUSES, GuidePage, GuideQuestion, Held, Link
from compiler.web import markdown as md

Linker = Callable[[Link], str]


def guide_page(page: GuidePage, linked: Linker) -> Iterator[str]:
    """The parts of a page, each ending in a line end; ``linked`` makes a link."""
    status = f"{page.source.status}: {PUBLICATION_STATUSES[page.source.status]}"
    yield f"# {page.id}: {md.text(page.title)}\n"
    yield md.table(["", ""], [*([words, md.text(text)] for words, text in page.facts), ["Source", status]])
    yield f"{md.text(page.how)}\n"
    yield f"{md.text(page.notes)}\n" if page.notes else ""
    yield "## Questions\n"
    for number, question in enumerate(page.questions, start=1):
        yield "\n".join(_question(number, question, page)) + "\n"
    yield "## Who acts, and what is to be done\n"
    for end in page.ends:
        yield f"### {_named(end.name)}: {md.text(end.owner)}{_ids(end.ids)}\n"
        yield "\n".join(f"{n}. {md.text(step)}" for n, step in enumerate(end.steps, start=1)) + "\n"
        yield f"Rules that speak of it: {', '.join(map(linked, end.rules))}.\n" if end.rules else ""
        yield f"{md.text(end.notes)}\n" if end.notes else ""
    if page.notices:
        yield "## Told whatever the answers are\n"
        rows = [
            [md.text(n.says), _held(n.when), md.text(n.owner), ", ".join(map(linked, n.rules)), ", ".join(n.ids)]
            for n in page.notices
        ]
        yield md.table(["what is told", "when", "who acts", "rules", "ids"], rows)
    if page.uses:
        yield "## What it reads\n"
        rows = [[linked(use.resource), md.code(use.path), use.type] for use in page.uses]
        yield md.table(["resource", "property", "holds"], rows)
    if page.definitions:
        yield "## Definitions\n"
        rows = [[linked(d.link), md.text(d.meaning), md.code(d.code) if d.code else ""] for d in page.definitions]
        yield md.table(["name", "meaning", "text"], rows)


def examples(page: GuidePage) -> Iterator[str]:
    """The examples of a page, whole."""
    if page.examples:
        yield "## Examples\n"
    for example in page.examples:
        yield f"### {md.text(example.name)}{_ids(example.ids)}\n"
        yield f"With {md.text(', '.join(example.circumstances))}.\n" if example.circumstances else ""
        for title, text in example.parts:
            yield f"{title.capitalize()}:\n"
            yield md.block(text, "yaml" if title != "payload" else "")


def _question(number: int, question: GuideQuestion, page: GuidePage) -> Iterator[str]:
    yield f"{number}. **{md.text(question.ask)}**{_ids(question.ids)}"
    shown = f" Shown beside it: {md.text(', '.join(question.shown))}." if question.shown else ""
    yield f"   Answered by {md.text(question.by)}.{shown}"
    if question.evidence is not None:
        yield f"   The data answer: {_held(question.evidence)}"
    if question.notes:
        yield f"   {md.text(question.notes)}"
    yield ""
    for branch in question.branches:
        target = md.text(_named(branch.name)) if branch.is_end else f"question {page.number(branch.name)}"
        yield f"   - {md.text(branch.answer)}: {target}"


def _named(name: str) -> str:
    return name.replace("-", " ").capitalize()


def _held(held: Held | None) -> str:
    if held is None:
        return ""
    return _said(held.words) if held.words is not None else md.code(held.code)


def _said(clause: Clause) -> str:
    """A clause on one line, as in a cell."""
    return " ".join([md.text(clause.text), "; ".join(map(_said, clause.parts))]).rstrip()


def _ids(ids: Iterable[str]) -> str:
    listed = ", ".join(ids)
    return f" ({listed})" if listed else ""
