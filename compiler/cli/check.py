"""``rulewright check``"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import rich_click as click

from compiler.cli.faults import FINE, WRONG
from compiler.cli.projects import project_root, relative, report, within
from compiler.cli.terminal import Terminal
from compiler.diagnostics import Diagnostic, Level


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--notes", is_flag=True, help="Show notes too, such as codes that no table could confirm.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print.")
@click.option("--no-cache", is_flag=True, help="Check afresh, though nothing has changed.")
@click.pass_obj
def command(terminal: Terminal, paths: tuple[Path, ...], notes: bool, form: str, no_cache: bool) -> int:
    """Check specs: parse, type-check, lint. Nothing is written.

    Everything below specs/ is read; PATHS limit what is reported.
    """
    from compiler.checking import check

    root = project_root(paths[0] if paths else None)
    outcome = check(root, use_cache=not no_cache)
    folders = relative(paths, root)
    found = [d for d in outcome.diagnostics if not folders or within(d.span.source.path, folders)]
    if form == "json":
        terminal.out(json.dumps([_as_json(diagnostic) for diagnostic in found], indent=1, ensure_ascii=False))
    else:
        from compiler.reports.diagnostics import summary

        report(found, terminal, notes=notes)
        terminal.say(summary(found, outcome.counts))
    return WRONG if any(diagnostic.level is Level.ERROR for diagnostic in found) else FINE


def _as_json(diagnostic: Diagnostic) -> dict[str, Any]:
    span = diagnostic.span
    end_line, end_column = span.source.position(span.end)
    return {
        "code": diagnostic.code,
        "level": diagnostic.level.value,
        "file": span.source.path,
        "line": span.line,
        "column": span.column,
        "endLine": end_line,
        "endColumn": end_column,
        "message": diagnostic.message,
        "hint": diagnostic.hint,
    }
