"""``rulewright fmt``"""

from __future__ import annotations

import difflib
from pathlib import Path

import rich_click as click

from compiler.cli.faults import FINE, FOUND
from compiler.cli.projects import opened, relative, within
from compiler.cli.terminal import Terminal
from compiler.reports.text import plural


@click.command("fmt")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--check", "check_only", is_flag=True, help="Write nothing; fail with a diff when a file would change.")
@click.pass_obj
def command(terminal: Terminal, paths: tuple[Path, ...], check_only: bool) -> int:
    """Bring specs into their usual form. Comments and layout stay as they are."""
    from compiler.syntax.formatting import formatted
    from compiler.syntax.project import kind_of_file

    project = opened(paths[0] if paths else None)
    folders = relative(paths, project.root)
    unquoted = [diagnostic for diagnostic in project.sink if diagnostic.code == "W906"]
    words = project.checked.sign_words()
    changed = []
    for path, document in sorted(project.checked.trees.documents.items()):
        if folders and not within(path, folders):
            continue
        wanted = formatted(document, kind_of_file(document), unquoted, words)
        present = document.source.text
        if wanted == present:
            continue
        changed.append(path)
        if check_only:
            lines = difflib.unified_diff(
                present.splitlines(), wanted.splitlines(), path, f"{path} (formatted)", lineterm=""
            )
            terminal.lines(lines)
        else:
            (project.root / path).write_bytes(wanted.encode())
    verb = "would change" if check_only else "changed"
    terminal.say(f"{plural(len(changed), 'file')} {verb}.")
    return FOUND if check_only and changed else FINE
