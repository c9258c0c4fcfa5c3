"""``rulewright test``"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import rich_click as click

from compiler.cli.faults import FINE, FOUND
from compiler.cli.projects import examined_of, find_revisions, must_be_sound, opened, relative, specs_of, within
from compiler.cli.terminal import Terminal
from compiler.reports.text import listed, plain, plural


@click.command("test")
@click.argument("names", nargs=-1)
@click.pass_obj
def command(terminal: Terminal, names: tuple[str, ...]) -> int:
    """Run the examples of specs through every back end.

    NAMES are ids of rules, publications, extracts or guides, definitions (`school.isAdult`), or paths of specs; without
    any, everything is run.
    """
    from compiler.conformance import BACK_ENDS, Examples

    paths = [Path(name) for name in names if Path(name).exists()]
    project = opened(paths[0] if paths else None)
    must_be_sound(project, None, terminal)
    folders = relative(paths, project.root)
    others = {spec.id for spec in (*specs_of(project), *examined_of(project))}
    ids = [name for name in names if not Path(name).exists()]
    wanted = [rule for name in ids if name not in others for rule in find_revisions(project, name)]
    results: list[Any] = []
    counts: Counter[str] = Counter()
    for program in project.programs.values():
        chosen = [
            rule for rule in program.checked.values() if not names or rule in wanted or within(_path(rule), folders)
        ]
        examined, published, filed, guided = (
            [spec.id for spec in specs if not names or spec.id in ids or within(_path(spec), folders)]
            for specs in map(dict.values, (program.examined, program.published, program.filed, program.guided))
        )
        counts.update(dict(zip(BACK_ENDS, map(len, (chosen, examined, published, filed, guided)), strict=True)))
        examples = Examples(program)
        results.extend(examples.of_rules(rule.key for rule in chosen))
        results.extend(examples.of_definitions(examined))
        results.extend(examples.of_publications(published))
        results.extend(examples.of_extracts(filed))
        results.extend(examples.of_guides(guided))
    failed = [result for result in results if result.problems]
    for result in failed:
        place = result.example.written.name.span
        terminal.out(f"{terminal.styled('failed', 'error')} {place}: {result.spec}, {plain(result.example.name)}")
        terminal.lines(f"  {plain(problem)}" for problem in result.problems)
    terminal.lines(f"alone: {told}" for told in _alone(results))
    done = f"{plural(len(results), 'example')} of {_of(counts, BACK_ENDS)}"
    outcome = plural(len(failed), "failure") if failed else "all as expected" if results else "nothing was run"
    terminal.say(f"{done}: {outcome}.")
    return FOUND if failed else FINE


def _of(counts: Counter[str], back_ends: Mapping[str, tuple[str, ...]]) -> str:
    """What was run, each kind with the back ends that its examples went through."""
    run: dict[tuple[str, ...], list[str]] = {}
    for kind, through in back_ends.items():
        if counts[kind]:
            run.setdefault(through, []).append(plural(counts[kind], kind))
    told = [f"{listed(of)} through {listed(through)}" if through else listed(of) for through, of in run.items()]
    return ", and of ".join(told) or "no spec"


def _alone(results: list[Any]) -> Iterator[str]:
    """The examples of extracts that did not go through all back ends, by why."""
    found = Counter((result.spec, result.alone) for result in results if result.alone)
    for (spec, why), count in found.items():
        yield f"{plural(count, 'example')} of {spec} without duckdb: {plain(why)}"


def _path(spec: Any) -> str:
    path: str = spec.written.document.source.path
    return path
