"""``rulewright catalogue``"""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from compiler.cli.faults import FINE, Stop
from compiler.cli.projects import must_be_sound, opened
from compiler.cli.terminal import Terminal
from compiler.driver import CATALOGUE, Project, books_of, made_by, publish, put
from compiler.reports.text import plural

FORMATS = {"html": "site", "markdown": "catalogue", "xlsx": "catalogue.xlsx"}
"""The editions, with where each is written unless ``-o`` says otherwise."""


@click.command("catalogue")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=None,
    help="Where to write (default: site/, catalogue/ or catalogue.xlsx).",
)
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="html", help="The edition.")
@click.pass_obj
def command(terminal: Terminal, output: Path | None, form: str) -> int:
    """Write the catalogue: a page for every spec, to publish or to keep on a shared drive.

    \b
    rulewright catalogue -o site                          a site; open site/index.html
    rulewright catalogue --format xlsx -o rules.xlsx      a workbook
    """
    target = output or Path(FORMATS[form])
    _must_be_free(target, form)
    project = opened()
    must_be_sound(project, None, terminal)
    terminal.say(_written(project, target, form))
    return FINE


def _must_be_free(target: Path, form: str) -> None:
    """Stop where something else lies: a catalogue is written to a folder of its own."""
    if form == "xlsx":
        if target.is_dir():
            raise Stop(f"{target} is a folder; name a file, as {target / FORMATS[form]}.")
        return
    if target.exists() and not target.is_dir():
        raise Stop(f"{target} is a file; `-o` takes a folder here.")
    maker = made_by(target)
    if maker != CATALOGUE and target.is_dir() and any(target.iterdir()):
        what = f"what `{maker}` wrote" if maker else "files that are not of a catalogue"
        raise Stop(f"{target} holds {what}; name a folder that is empty or not there yet.")


def _written(project: Project, target: Path, form: str) -> str:
    """Write an edition; what was written, for the user."""
    books = books_of(project, with_code=form == "html")
    if not books:
        raise Stop("There is nothing below specs/ that the catalogue shows: rules, publications or tables.")
    if form == "xlsx":
        from compiler.catalogue.workbook import workbook

        put(target, workbook(books))
        return f"The catalogue is in {target}."
    if form == "markdown":
        from compiler.catalogue.markdown import index, pages

        artifacts = [index(books), *(page for book in books for page in pages(book))]
        files: dict[str, str | bytes] = {artifact.path.partition("/")[2]: artifact.text for artifact in artifacts}
        first = "index.md"
    else:
        from compiler.catalogue.site import WORKBOOK, site
        from compiler.catalogue.workbook import workbook
        from compiler.web import HOME

        files, first = site(books) | {WORKBOOK: workbook(books)}, HOME
    publish(target, files)
    return f"{plural(len(files), 'file')} written to {target}. Open {target / first}."
