"""``rulewright test``"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import rich_click as click

from compiler.cli.faults import FINE, FOUND
from compiler.cli.projects import find_revisions, guides_of, must_be_sound, opened, publications_of, relative, within
from compiler.cli.terminal import Terminal
from compiler.reports.text import plain, plural


@click.command("test")
@click.argument("names", nargs=-1)
@click.pass_obj
def command(terminal: Terminal, names: tuple[str, ...]) -> int:
    """Run the examples of specs through every back end.

    NAMES are ids of rules, publications or guides, or paths of specs; without any, everything is run.
    """
    from compiler.conformance import BACK_ENDS, run_examples, run_sent_examples, run_walk_examples

    paths = [Path(name) for name in names if Path(name).exists()]
    project = opened(paths[0] if paths else None)
    must_be_sound(project, None, terminal)
    folders = relative(paths, project.root)
    others = {spec.id for spec in (*publications_of(project), *guides_of(project))}
    ids = [name for name in names if not Path(name).exists()]
    wanted = [rule for name in ids if name not in others for rule in find_revisions(project, name)]
    results: list[Any] = []
    rules = sent = walked = 0
    for program in project.programs.values():
        chosen = [
            rule for rule in program.checked.values() if not names or rule in wanted or within(_path(rule), folders)
        ]
        published, guided = (
            [spec.id for spec in specs if not names or spec.id in ids or within(_path(spec), folders)]
            for specs in (program.published.values(), program.guided.values())
        )
        rules += len(chosen)
        sent += len(published)
        walked += len(guided)
        results.extend(run_examples(program, [rule.key for rule in chosen]))
        results.extend(run_sent_examples(program, published))
        results.extend(run_walk_examples(program, guided))
    failed = [result for result in results if result.problems]
    for result in failed:
        place = result.example.written.name.span
        terminal.out(f"{terminal.styled('failed', 'error')} {place}: {result.spec}, {plain(result.example.name)}")
        terminal.lines(f"  {plain(problem)}" for problem in result.problems)
    through = [plural(rules, "rule")] if rules or not (sent or walked) else []
    through += [plural(sent, "publication")] if sent else []
    of = [f"{' and '.join(through)} through {' and '.join(BACK_ENDS)}"] if through else []
    of += [plural(walked, "guide")] if walked else []
    done = f"{plural(len(results), 'example')} of {', and of '.join(of)}"
    terminal.say(f"{done}: {plural(len(failed), 'failure')}." if failed else f"{done}: all as expected.")
    return FOUND if failed else FINE


def _path(spec: Any) -> str:
    path: str = spec.written.document.source.path
    return path
