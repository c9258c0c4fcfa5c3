"""``rulewright doctor``"""

from __future__ import annotations

import importlib.metadata
import platform
import sys
from collections.abc import Iterator
from pathlib import Path

import rich_click as click

from compiler import __version__, cache
from compiler.cli.terminal import Terminal
from compiler.diagnostics import Sink
from compiler.driver import bundled_schemas, find_root, read_sources

_LIBRARIES = ("click", "duckdb", "jinja2", "jsonschema", "lark", "msgspec", "pyyaml", "rich", "rich-click", "sqlglot")


@click.command("doctor")
@click.pass_obj
def command(terminal: Terminal) -> None:
    """Say what was found where."""
    root = find_root(Path.cwd())
    rows = [
        ("rulewright", f"{__version__} in {Path(__file__).parent.parent}"),
        ("python", f"{platform.python_version()} in {sys.executable}"),
        ("project", str(root) if root else "none here or above (rulewright new project DIR)"),
        ("schemas", f"{', '.join(sorted(p.name for p in bundled_schemas().iterdir() if p.is_dir()))}"),
        ("cache", f"{cache.folder()}{_state_of_cache()}"),
        ("output", f"{sys.stdout.encoding}, {'a terminal' if sys.stdout.isatty() else 'no terminal'}"),
        ("yaml", _yaml()),
    ]
    rows += [("lost", lost)] if root and (lost := ", ".join(_lost_tables(root))) else []
    rows += [(name, _version(name)) for name in _LIBRARIES]
    width = max(len(name) for name, _ in rows)
    terminal.lines(f"{name.ljust(width)}  {found}" for name, found in rows)


def _lost_tables(root: Path) -> Iterator[str]:
    """The tables that a source has lost, by state and name, as far as the specs can be read."""
    from compiler.syntax.project import TABLE_FOLDER, parse_project

    sources = [source for source in read_sources(root, Sink()) if f"/{TABLE_FOLDER}/" in source.path]
    for folder, tables in parse_project(sources, Sink()).tables.items():
        for table in tables:
            if table.is_lost:
                yield f"{folder.removeprefix('specs/')}/{table.name.text} (status: unknown)"


def _state_of_cache() -> str:
    if cache.is_somebody_elses():
        return " (not used: it holds other files)"
    return "" if cache.folder().is_dir() else " (not made yet)"


def _yaml() -> str:
    import yaml

    fast = "the fast reader" if hasattr(yaml, "CSafeLoader") else "the slow reader (libyaml is not there)"
    return f"PyYAML with {fast}"


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return f"not installed; run: pip install {name}"
