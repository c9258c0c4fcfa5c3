"""``rulewright transcribe``"""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from compiler.cli.faults import FINE, Stop
from compiler.cli.published import column_option, pairs, read_content, transcript_of
from compiler.cli.terminal import Terminal
from compiler.driver import SPECS, find_root, put
from compiler.reports.text import plain, plural

if TYPE_CHECKING:
    from compiler.transcription.rows import Transcript

_SOURCES, _RULESET = "_sources.yaml", "_ruleset.yaml"


@click.command("transcribe")
@click.argument("source", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The folder of the state.")
@click.option("--document", default=None, help="The name of the document in `_sources.yaml` (default: the file's).")
@click.option("--publisher", default="", help="Who publishes the document.")
@click.option(
    "--prefix",
    "prefixes",
    multiple=True,
    metavar="NAME=AB",
    help='The letters of ids, as "Membership Enrollment=ME" (default: the initials).',
)
@column_option
@click.pass_obj
def command(
    terminal: Terminal,
    source: Path,
    output: Path,
    document: str | None,
    publisher: str,
    prefixes: tuple[str, ...],
    columns: tuple[str, ...],
) -> int:
    """Make drafts of rules from a published table: HTML, CSV, XLSX or copied text.

    A draft quotes its row and leaves marked blanks (`TODO`) for what a person has to write; `rulewright check` lists
    them. No file that exists is changed, and no second draft is made of an id that has a file.

    \b
    rulewright transcribe rules.html -o specs/ohio
    rulewright transcribe rules.xlsx -o specs/ohio --column logic="Rule text"
    """
    from compiler.transcription.drafts import drafts_of, slug, sources_entry
    from compiler.transcription.rows import UnreadableError

    content = read_content(source)
    found = transcript_of(source, content, columns)
    name = document or slug(source.stem)
    place = _below_specs(output)
    try:
        drafts = drafts_of(found.rows, name, pairs("--prefix", prefixes), place)
    except UnreadableError as refusal:
        raise Stop(str(refusal)) from refusal
    present = _present(output)
    new = [draft for draft in drafts if draft.id not in present]
    for draft in new:
        put(output / draft.path, draft.text.encode())
    for domain in dict.fromkeys(row.domain for row in found.rows):
        _begin_ruleset(output / slug(domain), domain)
    _say_rows(terminal, found)
    for draft in drafts:
        if draft.id in present:
            terminal.say(f"{draft.id} was left alone: {present[draft.id]} is already there.")
    entry = sources_entry(name, source.stem, publisher, date.today().isoformat(), hashlib.sha256(content).hexdigest())
    _add_source(terminal, output, name, entry)
    terminal.say(f"{plural(len(new), 'draft')} written to {output}. Next: rulewright check {output}")
    return FINE


def _below_specs(output: Path) -> str | None:
    """Where a folder lies in its project, when it lies below the specs of one."""
    place = output.resolve()
    root = find_root(place)
    if root is None or not place.is_relative_to(root / SPECS):
        return None
    return place.relative_to(root).as_posix()


def _present(output: Path) -> dict[str, Path]:
    """The files of rules below a folder by the id with which their names begin."""
    found: dict[str, Path] = {}
    for path in sorted(output.rglob("*.yaml")):
        found.setdefault("-".join(path.stem.split("-")[:2]), path)
    return found


def _begin_ruleset(folder: Path, domain: str) -> None:
    """Write what the rules of a domain share, with a blank for their collection, unless a ruleset names one."""
    from compiler.syntax.document import BLANK
    from compiler.transcription.yaml_text import yaml_text

    above = (place / _RULESET for place in (folder, *folder.resolve().parents))
    named = (path for path in above if path.is_file() and "\ncollection:" in f"\n{path.read_text(encoding='utf-8')}")
    if folder.is_dir() and next(named, None) is None and not (folder / _RULESET).exists():
        put(folder / _RULESET, f"title: {yaml_text(domain)}\ncollection: {BLANK}\n".encode())


def _say_rows(terminal: Terminal, found: Transcript) -> None:
    """How much was found where, and what was not clear."""
    domains = Counter(row.domain for row in found.rows)
    doubtful = Counter(row.domain for row in found.rows if row.notes)
    for domain, count in domains.items():
        noted = f", {doubtful[domain]} with a note on what was damaged or inferred" if doubtful[domain] else ""
        terminal.say(f"{plain(domain)}: {plural(count, 'row')}{noted}")
    for text in found.unclear:
        terminal.say(f"Unclear: {plain(text)}")
    for prefix, numbers in found.gaps().items():
        if numbers:
            terminal.say(f"Missing from the numbering of {plain(prefix)}: {', '.join(map(str, numbers))}")


def _add_source(terminal: Terminal, output: Path, name: str, entry: str) -> None:
    """Add the document to the nearest list of sources that there is, unless it stands there; else begin one."""
    from compiler.diagnostics import Sink
    from compiler.source import Source
    from compiler.syntax.document import Mapping, parse_document

    nearest = next((f / _SOURCES for f in (output, *output.resolve().parents) if (f / _SOURCES).is_file()), None)
    if nearest is None:
        put(output / _SOURCES, f"sources:\n{entry}".encode())
        return
    text = nearest.read_text(encoding="utf-8")
    listed = parse_document(Source(nearest.name, text), Sink())
    sources = listed.root.get("sources") if listed is not None else None
    if isinstance(sources, Mapping) and name in sources:
        return
    longer = f"{text.rstrip()}\n{entry}"
    again = parse_document(Source(nearest.name, longer), Sink())
    entries = again.root.get("sources") if again is not None else None
    if isinstance(entries, Mapping) and name in entries:
        put(nearest, longer.encode())
        terminal.say(f"{nearest} lists the document as `{name}` now.")
    else:
        terminal.say(f"Add the document to {nearest}:\n{entry}")
