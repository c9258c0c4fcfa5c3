"""``rulewright import-codes``"""

from __future__ import annotations

import re
from pathlib import Path
from posixpath import relpath

import rich_click as click

from compiler.cli.faults import FINE, Stop
from compiler.cli.published import grids_of, read_content
from compiler.cli.terminal import Terminal
from compiler.driver import find_root, put
from compiler.reports.text import plain, plural


@click.command("import-codes")
@click.argument("source", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The table spec to write.")
@click.option("--name", default=None, help="The name by which expressions cite it (default: the file's).")
@click.option("--title", default=None, help="What the table holds, in one line (default: its name).")
@click.option("--descriptor", default="", help="The descriptor whose codes these are, as GradeLevelDescriptor.")
@click.option("--key", default="", help="The heading of the column of codes, if it is not recognized.")
@click.pass_obj
def command(
    terminal: Terminal, source: Path, output: Path, name: str | None, title: str | None, descriptor: str, key: str
) -> int:
    """Make a table spec from a list of codes in CSV, XLSX or HTML.

    Codes stay as they are written, with their leading zeros. What a spreadsheet may have done to them is said.

    \b
    rulewright import-codes grades.csv -o specs/ohio/tables/grade-levels.yaml --descriptor GradeLevelDescriptor
    """
    from compiler.syntax.shapes import shape
    from compiler.transcription.codes import table_of
    from compiler.transcription.rows import UnreadableError

    known = shape("table")["properties"]
    chosen = name or "".join(word.capitalize() for word in re.findall("[A-Za-z0-9]+", output.stem))
    for what, text in (("name", chosen), ("descriptor", descriptor)):
        if text and not re.search(known[what]["pattern"], text):
            raise Stop(f"`{text}` is not the {what} of a table; write it as GradeLevel{'s' * (what == 'name')}"
                       f"{'Descriptor' * (what == 'descriptor')}.")  # fmt: skip
    if output.exists():
        raise Stop(f"{output} is already there.")
    root = find_root(output.resolve().parent)
    modeline = ""
    if root is not None:
        schema = relpath((root / "generated/editor/table.schema.json").as_posix(), output.resolve().parent.as_posix())
        modeline = f"# yaml-language-server: $schema={schema}\n"
    grids = grids_of(source, read_content(source))
    try:
        made = table_of(grids, name=chosen, title=title or chosen, descriptor=descriptor, key=key, modeline=modeline)
    except UnreadableError as refusal:
        raise Stop(f"{source}: {refusal}") from refusal
    for doubt in made.doubts:
        terminal.say(f"Doubtful: {plain(doubt)}")
    if made.faults:
        for fault in made.faults:
            terminal.say(plain(fault))
        raise Stop(f"{plural(len(made.faults), 'fault')} in {source}; nothing was written.")
    put(output, made.text.encode())
    terminal.say(f"{plural(made.count, 'code')} written to {output}. Next: rulewright check {output}")
    return FINE
