"""Finding the project, its specs by path or id, and saying what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import click

from compiler.cli.faults import Stop, advised
from compiler.cli.terminal import Terminal
from compiler.diagnostics import Diagnostic, Level
from compiler.driver import Project, find_root, open_project
from compiler.suggest import hint

specs_option = click.option(
    "--specs", type=click.Path(path_type=Path), default=None, help="The folder of a state, as specs/indiana."
)


def project_root(start: Path | None = None) -> Path:
    """The root of the project around a path (the working folder, when none is given)."""
    place = start or Path.cwd()
    if not place.exists():
        raise Stop(f"{place} does not exist.")
    root = find_root(place if place.is_dir() else place.parent)
    if root is None:
        raise Stop("There is no folder `specs/` here or above. Start one with `rulewright new project DIR`.")
    return root


def opened(start: Path | None = None) -> Project:
    """The project around a path, read and checked."""
    return open_project(project_root(start))


def within(path: str, folders: Iterable[str]) -> bool:
    """Whether a spec file lies at or below one of some paths (relative to the project)."""
    return any(path == folder or path.startswith(f"{folder.rstrip('/')}/") or folder in ("", ".") for folder in folders)


def relative(paths: Iterable[Path], root: Path) -> list[str]:
    """Paths given on the command line, relative to the project."""
    found = []
    for path in paths:
        if not path.exists():
            raise Stop(f"{path} does not exist.")
        try:
            found.append(path.resolve().relative_to(root).as_posix())
        except ValueError:
            raise Stop(f"{path} lies outside the project {root}.") from None
    return found


def report(found: Iterable[Diagnostic], terminal: Terminal, *, notes: bool = False) -> None:
    """Print diagnostics, errors and warnings always, notes when asked for."""
    from compiler.reports.diagnostics import render

    for diagnostic in found:
        if diagnostic.level is Level.NOTE and not notes:
            continue
        head, *rest = render(diagnostic).split("\n")
        tag, _, words = head.partition("]")
        terminal.out(f"{terminal.styled(tag + ']', diagnostic.level)}{words}")
        terminal.lines(rest)
        terminal.out("")


def must_be_sound(project: Project, state: str | None, terminal: Terminal) -> None:
    """Stop when the specs of a state, or what all states share, have errors."""
    prefix = f"specs/{state}/" if state else ""
    errors = [
        diagnostic
        for diagnostic in project.sink.sorted()
        if diagnostic.level is Level.ERROR and diagnostic.span.source.path.startswith(prefix)
    ]
    if errors:
        report(errors, terminal)
        raise Stop(f"The specs have errors ({len(errors)}); nothing was run. See `rulewright check`.")


def chosen_program(project: Project, specs: Path | None) -> Any:
    """The program of the state that `--specs` names, or the only one."""
    programs = {name: program for name, program in project.programs.items() if program.checked}
    if specs is not None:
        folder = relative([specs], project.root)[0]
        state = folder.split("/")[1] if folder.startswith("specs/") else folder
        if state not in programs:
            raise Stop(advised(f"There are no rules below {specs}.", hint(state, programs)))
        return programs[state]
    if not programs:
        raise Stop("There are no rules below specs/.")
    if len(programs) != 1:
        raise Stop(f"Say which specs to use: --specs specs/{' or specs/'.join(sorted(programs))}.")
    return next(iter(programs.values()))


def folded(identifier: str) -> tuple[str, str]:
    """An id without blanks, hyphens, case and zero padding: `SE-05` and `Se 5` are the same."""
    match = re.fullmatch(r"(.*?)[\s-]*0*(\d+[a-z]?)", identifier.strip(), re.IGNORECASE)
    if match is None:
        return identifier.strip().lower(), ""
    return re.sub(r"[\s-]+", "", match.group(1)).lower(), match.group(2).lower()


_REVISION = re.compile(r"(.*?)[\s-]+r([1-9][0-9]?)", re.IGNORECASE)


def find_rules(project: Project, identifier: str) -> list[Any]:
    """The rules that an id or alias names; `indiana/SE-5` says whose, `ME-3 r2` which revision."""
    state, _, name = identifier.rpartition("/")
    revision = _REVISION.fullmatch(name)
    wanted = folded(revision.group(1) if revision else name)
    return [
        rule
        for program in project.programs.values()
        for rule in program.checked.values()
        if (not state or rule.state == state)
        and (revision is None or rule.revision == int(revision.group(2)))
        and any(folded(text.text) == wanted for text in (rule.written.id, *rule.written.aliases))
    ]


def rules_of(project: Project) -> list[Any]:
    """All rules of a project, in all their revisions."""
    return [rule for program in project.programs.values() for rule in program.checked.values()]


def publications_of(project: Project) -> list[Any]:
    """All publications of a project."""
    return [publication for program in project.programs.values() for publication in program.published.values()]


def extracts_of(project: Project) -> list[Any]:
    """All extracts of a project."""
    return [extract for program in project.programs.values() for extract in program.filed.values()]


def guides_of(project: Project) -> list[Any]:
    """All guides of a project."""
    return [guide for program in project.programs.values() for guide in program.guided.values()]


def examined_of(project: Project) -> list[Any]:
    """All definitions of a project that have examples."""
    return [definition for program in project.programs.values() for definition in program.examined.values()]


def specs_of(project: Project) -> list[Any]:
    """All publications, extracts and guides of a project."""
    return [*publications_of(project), *extracts_of(project), *guides_of(project)]


def named(known: Iterable[Any], identifier: str) -> list[Any]:
    """The publications, extracts or guides that an id names; `sample/ST-SSA` says whose."""
    state, _, name = identifier.rpartition("/")
    return [spec for spec in known if folded(spec.id) == folded(name) and (not state or spec.state == state)]


def find_publication(project: Project, name: str) -> Any:
    """The one publication that an id or a path names; `sample/ST-SSA` says whose."""
    return _find("publication", publications_of(project), project, name)


def find_extract(project: Project, name: str) -> Any:
    """The one extract that an id or a path names; `sample/ST-SSA` says whose."""
    return _find("extract", extracts_of(project), project, name)


def find_guide(project: Project, name: str) -> Any:
    """The one guide that an id or a path names; `sample/ST-MISSING` says whose."""
    return _find("guide", guides_of(project), project, name)


def _find(kind: str, known: list[Any], project: Project, name: str) -> Any:
    """The one spec of a kind that an id or a path names."""
    path = Path(name).resolve()
    found = [spec for spec in known if project.root / spec.written.document.source.path == path] or named(known, name)
    if not found:
        near = hint(name.rpartition("/")[2].upper(), [spec.id for spec in known])
        raise Stop(advised(f"There is no {kind} `{name}`.", near))
    if len(found) > 1:
        raise Stop(f"`{name}` names several {kind}s: {', '.join(f'{spec.state}/{spec.id}' for spec in found)}.")
    return found[0]


def find_revisions(project: Project, identifier: str) -> list[Any]:
    """The one rule that an id or alias names, in all its revisions, the first one first."""
    found = find_rules(project, identifier)
    if not found:
        state, _, name = identifier.rpartition("/")
        ids = [rule.id for rule in rules_of(project)]
        where = f" in {state}" if state else ""
        raise Stop(advised(f"There is no rule `{name}`{where}.", hint(name.strip().upper(), ids)))
    if len({(rule.state, rule.id) for rule in found}) > 1:
        listed = ", ".join(f"{rule.state}/{rule.id}" for rule in found)
        raise Stop(f"`{identifier}` names several rules: {listed}.")
    return sorted(found, key=lambda rule: int(rule.revision))


def find_rule(project: Project, identifier: str, school_year: int | None = None, as_of: date | None = None) -> Any:
    """The one rule that an id or alias names, in the revision of a school year and day, else in the latest."""
    found = find_revisions(project, identifier)
    if school_year is None or as_of is None:
        return found[-1]
    return next((rule for rule in found if rule.validity.holds(school_year, as_of)), found[-1])
