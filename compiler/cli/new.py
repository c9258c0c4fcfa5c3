"""``rulewright new``"""

from __future__ import annotations

import re
import shutil
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import rich_click as click

from compiler.cli.faults import Stop
from compiler.cli.projects import opened
from compiler.cli.terminal import Terminal
from compiler.driver import SCHEMAS, SPECS, bundled_schemas

STANDARDS = ("3.3", "4.0", "5.2")
SHORTEST_TITLE = 3


@click.group("new")
def command() -> None:
    """Start a rule, a table or a project."""


@command.command("project")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--standard", type=click.Choice(STANDARDS), default="4.0", help="The Ed-Fi Data Standard.")
@click.pass_obj
def project(terminal: Terminal, folder: Path, standard: str) -> None:
    """Write a project that checks, tests, builds and runs."""
    from compiler.semantics.rows import row_hash

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Stop(f"{folder} is already there and not empty.")
    schemas = f"ed-fi-{standard}"
    cells = {"type": "Error", "message": "The exit date is before the entry date."}
    words = {"title": folder.resolve().name, "standard": schemas, "sha256": row_hash("EN-1", cells)}
    with as_file(files("compiler.templates") / "project") as template:
        for path in sorted(p for p in template.rglob("*") if p.is_file()):
            _write(folder / path.relative_to(template), path.read_text(encoding="utf-8"), words)
    shutil.copytree(bundled_schemas() / schemas, folder / SPECS / SCHEMAS / schemas)
    terminal.say(f"A project was written to {folder}. Next: cd {folder} && rulewright check && rulewright test")


@command.command("rule")
@click.argument("identifier")
@click.option("--title", required=True, help="What the rule is about, in one line.")
@click.option(
    "--in", "folder", type=click.Path(path_type=Path), default=None, help="The folder of the state or collection."
)
@click.pass_obj
def rule(terminal: Terminal, identifier: str, title: str, folder: Path | None) -> None:
    """Write a rule that checks, to be changed into the one you want."""
    from compiler.semantics.checker.rules import file_name
    from compiler.semantics.rows import row_hash

    if not re.fullmatch(r"[A-Z]{2,4}-[0-9]{1,3}[a-z]?", identifier):
        raise Stop(f"`{identifier}` is not an id; write two to four capitals, a hyphen and a number, as EN-12.")
    found = opened(folder)
    place, scope = _scope(found, folder)
    if any(rule.id == identifier for rule in found.checked.rules):
        raise Stop(f"There is a rule {identifier} already; ids are never reused.")
    collection = scope.collections.get(scope.collection or "")
    year = max(collection.years) if collection else 2024
    message = f"Say here what the district reads about {identifier}."
    words = {
        "id": identifier,
        "title": _title(title),
        "document": next(iter(scope.sources), "own-rules"),
        "message": message,
        "sha256": row_hash(identifier, {"message": message}),
        "schema": _schema(place, "rule"),
        "entry": f"{year - 1}-09-01",
        "exit": f"{year}-05-31",
    }
    _write_new(terminal, found.root / place / file_name(identifier, title), "rule.yaml", words)


@command.command("table")
@click.argument("name")
@click.option("--title", required=True, help="What the table holds, in one line.")
@click.option("--in", "folder", type=click.Path(path_type=Path), default=None, help="The folder of the state.")
@click.pass_obj
def table(terminal: Terminal, name: str, title: str, folder: Path | None) -> None:
    """Write a table that checks, to be changed into the one you want."""
    from compiler.suggest import nearest

    if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", name):
        raise Stop(f"`{name}` is not the name of a table; write it as `GradeLevels`.")
    found = opened(folder)
    place, scope = _state_scope(found, folder)
    if name in scope.tables:
        raise Stop(f"There is a table {name} already.")
    file = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()
    close = nearest(f"{name.removesuffix('s')}Descriptor", scope.schemas.descriptors)
    words = {
        "name": name,
        "title": _title(title),
        "schema": _schema(f"{place}/tables", "table"),
        "descriptor": f"descriptor: {close}" if close else "# descriptor: GradeLevelDescriptor",
    }
    _write_new(terminal, found.root / place / "tables" / f"{file}.yaml", "table.yaml", words)


def _scope(found: Any, folder: Path | None) -> tuple[str, Any]:
    """The folder to write to and its scope: the one that is named, else the only one with a collection."""
    scopes = found.checked.scopes
    if folder is not None:
        place = folder.resolve().relative_to(found.root).as_posix()
        if place not in scopes:
            raise Stop(f"{folder} declares nothing; name a folder of a state, as specs/indiana/membership.")
        return place, scopes[place]
    places = [path for path, scope in scopes.items() if scope.collection is not None]
    deepest = [path for path in places if not any(other.startswith(f"{path}/") for other in places)]
    place = _only(deepest or sorted(scopes))
    return place, scopes[place]


def _state_scope(found: Any, folder: Path | None) -> tuple[str, Any]:
    """The folder that is named, else that of the only state: what a table holds is for all of its collections."""
    if folder is not None:
        return _scope(found, folder)
    scopes = found.checked.scopes
    place = _only(sorted(path for path in scopes if path.count("/") == 1))
    return place, scopes[place]


def _only(places: list[str]) -> str:
    if len(places) != 1:
        raise Stop(f"Say where: --in {' or --in '.join(places)}.")
    return places[0]


def _schema(place: str, kind: str) -> str:
    return f"{'../' * (place.count('/') + 1)}generated/editor/{kind}.schema.json"


def _title(text: str) -> str:
    """A title as YAML; it is one line of some length, as in every spec."""
    line = " ".join(text.split())
    if len(line) < SHORTEST_TITLE:
        raise Stop(f"`{line}` is too short for a title; say in a line what it is about.")
    return '"' + line.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _write_new(terminal: Terminal, path: Path, template: str, words: dict[str, str]) -> None:
    if path.exists():
        raise Stop(f"{path} is already there.")
    _write(path, (files("compiler.templates") / template).read_text(encoding="utf-8"), words)
    shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    terminal.say(f"{shown} was written. Next: rulewright check {shown}")


def _write(path: Path, text: str, words: dict[str, str]) -> None:
    """Write a template with its gaps ``{{ name }}`` filled."""
    filled = re.sub(r"\{\{ (\w+) \}\}", lambda match: words[match.group(1)], text)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(filled, encoding="utf-8")
