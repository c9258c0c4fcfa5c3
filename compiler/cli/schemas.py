"""``rulewright schemas``"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import rich_click as click

from compiler.cli.faults import FINE, FOUND, UNREADABLE, Stop, advised
from compiler.cli.terminal import Terminal
from compiler.driver import (
    IMPORTED,
    find_root,
    open_project,
    read_schema_folder,
    schema_folders,
    standard,
    write_schemas,
)
from compiler.suggest import hint

FORMATS = ("text", "json", "markdown")


@click.group("schemas")
def command() -> None:
    """Import the schemas of an API; compare two folders of schemas."""


# -- import


@command.command("import")
@click.argument("sources", metavar="FILE|URL...", nargs=-1, required=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The folder to write.")
@click.option("--base", default=None, help="A folder of schemas to take from what the documents do not say.")
@click.pass_obj
def import_(terminal: Terminal, sources: tuple[str, ...], output: Path, base: str | None) -> int:
    """Make a folder of schemas from what an Ed-Fi API says of itself: Swagger 2.0 or OpenAPI 3, as JSON or YAML.

    An API has one document of its resources and one of its descriptors; name both. What they do not say is derived, or
    taken from --base; what that was is told, and kept in _source.json.

    \b
    rulewright schemas import resources.json descriptors.json -o specs/schemas/our-api --base ed-fi-5.2
    """
    from compiler.cli.documents import parsed, read_document
    from compiler.reports.schemas import remarks_as_lines
    from compiler.reports.text import plural
    from compiler.schema.importing import import_documents
    from compiler.schema.openapi import OpenApiError, document_of

    _must_be_ours(output)
    taken = _as_read(standard, _folder(base)) if base is not None else None
    documents, about = [], []
    for source in sources:
        content = read_document(source)
        try:
            document = document_of(parsed(source, content))
        except OpenApiError as error:
            raise Stop(f"{source} could not be imported: {error}.", UNREADABLE) from error
        documents.append(document)
        sha256 = hashlib.sha256(content).hexdigest()
        about.append({"title": document.title, "version": document.version, "sha256": sha256})
    try:
        imported = import_documents(documents, output.resolve().name, taken)
    except OpenApiError as error:
        raise Stop(f"{' and '.join(sources)} could not be imported: {error}.", UNREADABLE) from error
    remarks = [{"how": r.how, "what": r.what, "places": list(r.places)} for r in imported.remarks]
    write_schemas(output, imported, {"documents": about, "base": base, "remarks": remarks})
    for line in remarks_as_lines(imported.remarks):
        terminal.say(line)
    made = f"{plural(imported.resources, 'resource')} and {plural(imported.descriptors, 'descriptor')}"
    terminal.say(f"{made} written to {output}; {output / IMPORTED} lists every place.")
    return FINE


def _must_be_ours(folder: Path) -> None:
    """Refuse a folder that holds anything but an earlier import."""
    if folder.exists() and not folder.is_dir():
        raise Stop(f"{folder} is no folder.")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / IMPORTED).is_file():
        raise Stop(f"{folder} holds something else (it has no {IMPORTED}); name another folder.")


# -- diff


@command.command("diff")
@click.argument("old")
@click.argument("new")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="How to print.")
@click.pass_obj
def diff(terminal: Terminal, old: str, new: str, form: str) -> int:
    """Say what differs between two folders of schemas, and which specs of this project read it.

    OLD and NEW are names of folders below specs/schemas, of standards that come with rulewright, or paths. The exit
    code is 1 when they differ.

    \b
    rulewright schemas diff ed-fi-4.0 ed-fi-5.2
    """
    from compiler.reports.schemas import FORMATS as PRINTERS
    from compiler.reports.schemas import Comparison
    from compiler.schema.differences import differences

    folders = [_folder(name) for name in (old, new)]
    changes = differences(*(_as_read(_stacked, folder) for folder in folders))
    comparison = Comparison(folders[0].name, folders[1].name, changes, _readers(folders[0]))
    terminal.out(PRINTERS[form](comparison))
    return FOUND if changes else FINE


def _stacked(folder: Path) -> Any:
    from compiler.schema.edfi import Schemas, stack

    read = read_schema_folder(folder)
    return Schemas(stack([dict(read.documents)]), read.kinds)


def _readers(folder: Path) -> list[Any]:
    """The specs of this project that use a folder of schemas; none outside of a project."""
    root = find_root(Path.cwd())
    known = schema_folders(root).get(folder.name)
    if root is None or known is None or known.resolve() != folder.resolve():
        return []
    from compiler.semantics.touched import readers

    project = open_project(root)
    return readers(project.checked, project.programs, folder.name)


def _folder(name: str) -> Path:
    """A folder of schemas by its name, else by its path."""
    known = schema_folders(find_root(Path.cwd()))
    if name in known:
        return known[name]
    if Path(name).is_dir():
        return Path(name).resolve()
    raise Stop(advised(f"There is no folder of schemas `{name}`.", hint(name, known)))


def _as_read(read: Callable[[Path], Any], folder: Path) -> Any:
    """What a function reads of a folder of schemas; a folder of something else ends the command."""
    try:
        return read(folder)
    except (ValueError, AttributeError, LookupError, TypeError) as error:
        raise Stop(f"{folder} is no folder of schemas: {error}.", UNREADABLE) from error
