"""A guide as a page of Markdown: the same sections as on the site, its chart as the list of its questions."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.catalogue.markdown_parts import Linker, definitions, facts_of, heading, held_text, ids_text, reads
from compiler.catalogue.model import GuidePage, GuideQuestion
from compiler.web import markdown as md


def guide_page(page: GuidePage, linked: Linker) -> Iterator[str]:
    """The parts of a page, each ending in a line end; ``linked`` makes a link."""
    yield heading(page)
    yield facts_of(page)
    yield f"{md.text(page.how)}\n"
    yield f"{md.text(page.notes)}\n" if page.notes else ""
    yield "## Questions\n"
    for number, question in enumerate(page.questions, start=1):
        yield "\n".join(_question(number, question, page)) + "\n"
    yield "## Who acts, and what is to be done\n"
    for end in page.ends:
        yield f"### {_named(end.name)}: {md.text(end.owner)}{ids_text(end.ids)}\n"
        yield "\n".join(f"{n}. {md.text(step)}" for n, step in enumerate(end.steps, start=1)) + "\n"
        yield f"Rules that speak of it: {', '.join(map(linked, end.rules))}.\n" if end.rules else ""
        yield f"{md.text(end.notes)}\n" if end.notes else ""
    if page.notices:
        yield "## Told whatever the answers are\n"
        rows = [
            [
                md.text(n.says),
                held_text(n.when) if n.when is not None else "",
                md.text(n.owner),
                ", ".join(map(linked, n.rules)),
                ", ".join(n.ids),
            ]
            for n in page.notices
        ]
        yield md.table(["what is told", "when", "who acts", "rules", "ids"], rows)
    yield from reads(page, linked, "resource", "property")
    yield from definitions(page, linked)


def _question(number: int, question: GuideQuestion, page: GuidePage) -> Iterator[str]:
    yield f"{number}. **{md.text(question.ask)}**{ids_text(question.ids)}"
    shown = f" Shown beside it: {md.text(', '.join(question.shown))}." if question.shown else ""
    yield f"   Answered by {md.text(question.by)}.{shown}"
    if question.evidence is not None:
        yield f"   The data answer: {held_text(question.evidence)}"
    if question.notes:
        yield f"   {md.text(question.notes)}"
    yield ""
    for branch in question.branches:
        target = md.text(_named(branch.name)) if branch.is_end else f"question {page.number(branch.name)}"
        yield f"   - {md.text(branch.answer)}: {target}"


def _named(name: str) -> str:
    return name.replace("-", " ").capitalize()
