"""Layouts of extracts, as they are named on the command line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from compiler.cli.faults import Stop, sentence
from compiler.cli.projects import find_extract, must_be_sound, opened
from compiler.cli.terminal import Terminal
from compiler.suggest import hint

_NAMED = re.compile(r"(?:[a-z0-9_-]+/)?[A-Z]{2,4}(?:-[A-Z0-9]+)+@[^{].*|.+\.yaml@.+")


def is_layout(name: str) -> bool:
    """Whether a layout is named (SPEC@LAYOUT), and not a folder or a git revision."""
    return _NAMED.fullmatch(name) is not None and not Path(name).exists()


def named_layout(name: str, terminal: Terminal) -> tuple[str, Any]:
    """A layout with its positions, and what it is called; without a name after the extract, its latest one."""
    from compiler.filing.columns import shape_of

    _, extract, layout = layout_named(name, terminal)
    return f"{extract.id}@{layout.name}", shape_of(extract, layout)


def layout_named(name: str, terminal: Terminal) -> tuple[Any, Any, Any]:
    """The program, the extract and the layout that ``SPEC[@LAYOUT]`` names."""
    spec, at, layout = name.rpartition("@") if not Path(name).exists() else (name, "", "")
    spec, layout = (spec, layout) if at else (name, "")
    project = opened(Path(spec) if Path(spec).exists() else None)
    checked = find_extract(project, spec)
    program = project.programs[checked.state]
    must_be_sound(project, program.state, terminal)
    extract = program.extracts[checked.id]
    return program, extract, layout_of(extract, layout or None, None)


def layout_of(extract: Any, name: str | None, school_year: int | None) -> Any:
    """The layout of a name, which may be a school year; else of a school year, else the latest."""
    if name is not None:
        named = {str(year): layout for layout in extract.layouts for year in layout.years}
        layouts = {layout.name: layout for layout in extract.layouts}
        if name not in {**named, **layouts}:
            known = hint(name, layouts) or f"the layouts are {', '.join(layouts)}"
            raise Stop(f"{extract.id} has no layout `{name}`. {sentence(known)}")
        return {**named, **layouts}[name]
    if school_year is None:
        return max(extract.layouts, key=lambda layout: max(layout.years))
    of_year = next((layout for layout in extract.layouts if school_year in layout.years), None)
    if of_year is None:
        raise Stop(f"{extract.id} has no layout of the school year {school_year}; say which with --layout.")
    return of_year
