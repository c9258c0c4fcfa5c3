"""``rulewright test``"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import rich_click as click

from compiler.cli.faults import FINE, FOUND
from compiler.cli.projects import find_revisions, must_be_sound, opened, publications_of, relative, within
from compiler.cli.terminal import Terminal
from compiler.reports.text import plain, plural


@click.command("test")
@click.argument("names", nargs=-1)
@click.pass_obj
def command(terminal: Terminal, names: tuple[str, ...]) -> int:
    """Run the examples of specs through every back end.

    NAMES are ids of rules or publications, or paths of specs; without any, everything is run.
    """
    from compiler.conformance import BACK_ENDS, run_examples, run_sent_examples

    paths = [Path(name) for name in names if Path(name).exists()]
    project = opened(paths[0] if paths else None)
    must_be_sound(project, None, terminal)
    folders = relative(paths, project.root)
    publications = {publication.id for publication in publications_of(project)}
    ids = [name for name in names if not Path(name).exists()]
    wanted = [rule for name in ids if name not in publications for rule in find_revisions(project, name)]
    results: list[Any] = []
    rules = sent = 0
    for program in project.programs.values():
        chosen = [
            rule
            for rule in program.checked.values()
            if not names or rule in wanted or within(rule.written.document.source.path, folders)
        ]
        published = [
            publication.id
            for publication in program.published.values()
            if not names or publication.id in ids or within(publication.written.document.source.path, folders)
        ]
        rules += len(chosen)
        sent += len(published)
        results.extend(run_examples(program, [rule.key for rule in chosen]))
        results.extend(run_sent_examples(program, published))
    failed = [result for result in results if result.problems]
    for result in failed:
        place = result.example.written.name.span
        terminal.out(f"{terminal.styled('failed', 'error')} {place}: {result.spec}, {plain(result.example.name)}")
        terminal.lines(f"  {plain(problem)}" for problem in result.problems)
    done = f"{plural(len(results), 'example')} of {plural(rules, 'rule')}"
    done += f" and {plural(sent, 'publication')}" if sent else ""
    done += f" through {' and '.join(BACK_ENDS)}"
    terminal.say(f"{done}: {plural(len(failed), 'failure')}." if failed else f"{done}: all as expected.")
    return FOUND if failed else FINE
