"""What a change of specs means, as a release note in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from compiler.changes.entries import Change, Entry
from compiler.changes.impact import Impact
from compiler.reports.changes import (
    Told,
    count_lines,
    example_text,
    groups,
    head_of,
    is_short,
    movement,
    name_of,
    reached,
    run_of,
)
from compiler.web import markdown


def as_markdown(told: Told) -> str:
    """A release note."""
    return "\n".join(_markdown(told)).rstrip("\n") + "\n"


def _markdown(told: Told) -> Iterator[str]:
    for state in told.states:
        yield f"# {markdown.text(state.found.title or state.found.state)}: changes of the specs"
        yield ""
        yield f"From {markdown.code(told.old)} to {markdown.code(told.new)}."
        entries = told.entries(state)
        if not entries:
            yield ""
            yield "No spec means anything else."
        for title, group in groups(entries, state.found.collections):
            yield ""
            yield f"## {markdown.text(title)}"
            for entry in group:
                yield ""
                yield f"### {markdown.text(name_of(entry))}{f': {markdown.text(entry.title)}' if entry.title else ''}"
                yield ""
                for change in entry.changes:
                    yield from _bullets(change, entry)
                if entry.reaches:
                    yield f"- What means something else by it: {markdown.text(reached(entry))}"
        if state.impact is not None:
            yield ""
            yield from _impact_section(state.impact, state.found.collections)
        yield ""


def _bullets(change: Change, entry: Entry) -> Iterator[str]:
    head = f"**{markdown.text(_capital(head_of(change, entry)))}**"
    if not change.before and not change.after:
        yield f"- {head}"
    elif is_short(change):
        was, now = " ".join(change.before) or "(none)", " ".join(change.after) or "(none)"
        yield f"- {head}: {markdown.text(was)} → {markdown.text(now)}"
    else:
        yield f"- {head}"
        for label, lines in (("Before", change.before), ("After", change.after)):
            if lines:
                yield f"  - {label}: {markdown.text(lines[0])}"
            for line in lines[1:]:
                depth, text = _depth(line)
                yield f"{'  ' * (depth + 2)}- {markdown.text(text)}"


def _depth(line: str) -> tuple[int, str]:
    """How deep a bullet lies, and its text."""
    bare = line.lstrip(" ")
    return ((len(line) - len(bare)) // 2 + 1, bare[2:]) if bare.startswith("- ") else (0, line)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _impact_section(found: Impact, titles: Mapping[str, str]) -> Iterator[str]:
    yield "## What becomes of the findings"
    yield ""
    yield f"Both versions were run over {markdown.text(run_of(found))}."
    yield ""
    if found.moved:
        rows = [
            [m.rule, str(m.corporation if m.corporation is not None else ""), movement(m), example_text(m.example)]
            for m in found.moved
        ]
        head = ["Rule", "Corporation", "Findings", "For example"]
        yield markdown.table(head, [[markdown.text(cell) for cell in row] for row in rows])
    for rule, was, now in found.unchecked:
        yield f"- {rule}: {was:,} not checked before, {now:,} after"
    for line in count_lines(found, titles):
        yield f"- {markdown.text(line)}"
    if not found.is_any:
        yield "No finding changes."
