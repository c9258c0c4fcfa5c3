"""``rulewright build``"""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from compiler.cli.faults import FINE, FOUND
from compiler.cli.projects import must_be_sound, opened, relative, within
from compiler.cli.terminal import Terminal
from compiler.driver import GENERATED, Changes, artifacts_of, compare, difference, write
from compiler.reports.text import plural

MAX_DIFF_LINES = 60


@click.command("build")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=None, help="Where to write (default: generated/)."
)
@click.option(
    "--check", "check_only", is_flag=True, help="Write nothing; fail with a diff when something is out of date."
)
@click.pass_obj
def command(terminal: Terminal, paths: tuple[Path, ...], output: Path | None, check_only: bool) -> int:
    """Write validators, SQL, catalogue and reference to generated/.

    With PATHS, only what is made from these specs (and the index and manifest) is written.
    """
    project = opened(paths[0] if paths else None)
    must_be_sound(project, None, terminal)
    artifacts = artifacts_of(project)
    folder = output or project.root / GENERATED
    changes = compare(folder, artifacts)
    folders = relative(paths, project.root)
    if folders:
        wanted = {p for p, a in artifacts.items() if not a.sources or any(within(s, folders) for s in a.sources)}
        changes = Changes([p for p in changes.added if p in wanted], [p for p in changes.changed if p in wanted])
    if not check_only:
        write(folder, artifacts, changes)
        written = len(changes.added) + len(changes.changed)
        same = len(artifacts) - written
        removed = f", {plural(len(changes.orphaned), 'file')} removed" if changes.orphaned else ""
        terminal.say(f"{plural(written, 'file')} written{removed}, {same:,} unchanged in {folder}.")
        return FINE
    if not changes:
        terminal.say(f"{plural(len(artifacts), 'file')} in {folder} are up to date.")
        return FINE
    lines: list[str] = []
    for path in changes.changed:
        lines += difference(folder, path, artifacts[path].text)
    terminal.lines(lines[:MAX_DIFF_LINES])
    if len(lines) > MAX_DIFF_LINES:
        terminal.out(f"... {len(lines) - MAX_DIFF_LINES:,} more lines of differences")
    for word, found in (("missing", changes.added), ("out of date", changes.changed), ("orphaned", changes.orphaned)):
        for path in found:
            terminal.say(f"{word}: {path}")
    terminal.say("Run `rulewright build` and commit the result.")
    return FOUND
