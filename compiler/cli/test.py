"""``rulewright test``"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import rich_click as click

from compiler.cli.faults import FINE, FOUND
from compiler.cli.projects import (
    extracts_of,
    find_revisions,
    must_be_sound,
    opened,
    publications_of,
    relative,
    within,
)
from compiler.cli.terminal import Terminal
from compiler.reports.text import listed, plain, plural


@click.command("test")
@click.argument("names", nargs=-1)
@click.pass_obj
def command(terminal: Terminal, names: tuple[str, ...]) -> int:
    """Run the examples of specs through every back end.

    NAMES are ids of rules, publications or extracts, or paths of specs; without any, everything is run.
    """
    from compiler.conformance import (
        BACK_ENDS,
        BACK_ENDS_OF_EXTRACTS,
        run_examples,
        run_row_examples,
        run_sent_examples,
    )

    paths = [Path(name) for name in names if Path(name).exists()]
    project = opened(paths[0] if paths else None)
    must_be_sound(project, None, terminal)
    folders = relative(paths, project.root)
    others = {spec.id for spec in (*publications_of(project), *extracts_of(project))}
    ids = [name for name in names if not Path(name).exists()]
    wanted = [rule for name in ids if name not in others for rule in find_revisions(project, name)]
    results: list[Any] = []
    rules = sent = files = 0
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
        filed = [
            extract.id
            for extract in program.filed.values()
            if not names or extract.id in ids or within(extract.written.document.source.path, folders)
        ]
        rules += len(chosen)
        sent += len(published)
        files += len(filed)
        results.extend(run_examples(program, [rule.key for rule in chosen]))
        results.extend(run_sent_examples(program, published))
        results.extend(run_row_examples(program, filed))
    failed = [result for result in results if result.problems]
    for result in failed:
        place = result.example.written.name.span
        terminal.out(f"{terminal.styled('failed', 'error')} {place}: {result.spec}, {plain(result.example.name)}")
        terminal.lines(f"  {plain(problem)}" for problem in result.problems)
    others_run = ((sent, "publication"), (files, "extract"))
    specs = [plural(rules, "rule"), *(plural(count, kind) for count, kind in others_run if count)]
    back_ends = BACK_ENDS_OF_EXTRACTS if files else BACK_ENDS
    done = f"{plural(len(results), 'example')} of {listed(specs)} through {listed(back_ends)}"
    terminal.say(f"{done}: {plural(len(failed), 'failure')}." if failed else f"{done}: all as expected.")
    return FOUND if failed else FINE
