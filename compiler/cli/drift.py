"""``rulewright drift``"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from compiler.cli.faults import FINE, FOUND, Stop
from compiler.cli.projects import opened, relative, specs_option, within
from compiler.cli.published import column_option, read_content, transcript_of
from compiler.cli.terminal import Terminal
from compiler.driver import Project
from compiler.reports.text import plain, plural

if TYPE_CHECKING:
    from compiler.transcription.drift import Drift, Quoted


@click.command("drift")
@click.option(
    "--source", type=click.Path(path_type=Path), default=None, help="A newer copy of the document that specs quote."
)
@specs_option
@column_option
@click.option("--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text", help="The form.")
@click.pass_obj
def command(terminal: Terminal, source: Path | None, specs: Path | None, columns: tuple[str, ...], form: str) -> int:
    """Say which quoted rows a newer copy of their document has changed, so that their specs can be read again.

    Without a newer copy, say which quoted rows do not give the hash that was recorded with them. White space, quotes,
    dashes and the order of columns do not count. Exit 1 when anything has drifted.

    \b
    rulewright drift --source rules.html --specs specs/ohio
    """
    from compiler.reports.drift import summary
    from compiler.transcription.drift import DRIFTED, broken_seals, compare

    project = opened(specs)
    folders = relative([specs], project.root) if specs is not None else []
    quoted = [one for one in _quoted(project) if not folders or within(one.path, folders)]
    if not quoted:
        raise Stop("No rule there quotes a row.")
    if source is None:
        found = broken_seals(quoted)
        _print(terminal, found, form)
        hidden = sum(one.redacted for one in quoted)
        result = f"{len(found):,} do not give their hash" if found else "all give their hash"
        said = f"; {plural(hidden, 'row')} with a name left out cannot be tested" if hidden else ""
        terminal.say(f"{plural(len(quoted) - hidden, 'quoted row')} tested: {result}{said}.")
        return FOUND if found else FINE
    content = read_content(source)
    transcript = transcript_of(source, content, columns)
    found = compare(transcript.rows, quoted, same_copy=_was_read(project, content))
    if not any(one.spec and one.place for one in found):
        raise Stop(f"No spec quotes any of the {plural(len(transcript.rows), 'row')} in {source}; is --specs right?")
    _print(terminal, found, form)
    for text in transcript.unclear:
        terminal.say(f"Unclear: {plain(text)}")
    terminal.say(summary(found))
    return FOUND if any(one.fate in DRIFTED for one in found) else FINE


def _quoted(project: Project) -> Iterable[Quoted]:
    """The rows that the rules of a project quote, of each rule in its latest revision."""
    from compiler.transcription.drift import Quoted

    latest = {}
    for rule in sorted(project.checked.rules, key=lambda rule: int(rule.revision)):
        latest[rule.state, rule.id] = rule
    for rule in latest.values():
        source = rule.written.source
        yield Quoted(
            rule.id,
            rule.written.document.source.path,
            source.document.text,
            source.row.text,
            {name: cell.text for name, cell in source.cells.items()},
            source.sha256.text if source.sha256 is not None else "",
            source.redacted,
            source.status.text == "reconstructed",
        )


def _was_read(project: Project, content: bytes) -> bool:
    """Whether this very file is recorded in a list of sources."""
    sha256 = hashlib.sha256(content).hexdigest()
    lists = project.checked.trees.sources.values()
    return any(document.text("sha256") == sha256 for listed in lists for document in listed)


def _print(terminal: Terminal, found: list[Drift], form: str) -> None:
    from compiler.reports.drift import json_text, markdown_lines, text_lines

    if form == "json":
        terminal.out(json_text(found))
    else:
        terminal.lines(markdown_lines(found) if form == "markdown" else text_lines(found))
