"""What tests share: a small project to spoil, the command line in-process, expectations kept in files."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from compiler.cli import rulewright
from compiler.cli.faults import guarded
from compiler.diagnostics import Diagnostic
from compiler.driver import Project, open_project

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
RULE = "enrollment/EN-1-exit-after-entry.yaml"
WRONG_NAME = (
    "require: e.exitWithdrawDate is on or after e.entryDate",
    "require: e.exitWithdrawDate is on or after e.entryDat",
)


@cache
def own_project() -> Project:
    """The project's own specs; not to be changed."""
    return open_project(ROOT)


def make_project(folder: Path) -> Path:
    """A new project as the command writes it, without its copy of the schemas (those of the compiler serve)."""
    result = CliRunner().invoke(rulewright, ["new", "project", str(folder)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    shutil.rmtree(folder / "specs" / "schemas")
    return folder


@dataclass(frozen=True)
class Sample:
    """A project of one rule and one table; paths are relative to ``specs/sample``."""

    root: Path

    @classmethod
    def copied(cls, template: Path, folder: Path) -> Sample:
        shutil.copytree(template, folder)
        return cls(folder)

    def path(self, name: str) -> Path:
        return self.root / "specs" / "sample" / name

    def read(self, name: str = RULE) -> str:
        return self.path(name).read_text(encoding="utf-8")

    def write(self, text: str, name: str = RULE) -> Sample:
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        self.path(name).write_text(text, encoding="utf-8")
        return self

    def replace(self, old: str, new: str, name: str = RULE) -> Sample:
        """Exchange a text that stands exactly once in a file."""
        text = self.read(name)
        assert text.count(old) == 1, (old, text.count(old))
        return self.write(text.replace(old, new), name)

    def with_keys(self, lines: str, name: str = RULE) -> Sample:
        """Put top-level keys in the place of those of the same name; new ones go before ``examples``."""
        return self.write(with_keys(self.read(name), lines), name)

    def open(self) -> Project:
        return open_project(self.root)

    def check(self) -> list[Diagnostic]:
        """What the compiler has to say, in reading order."""
        return self.open().sink.sorted()


def with_keys(text: str, lines: str) -> str:
    """A YAML text with some of its top-level keys (and all below them) exchanged or added."""
    blocks, new = _blocks(text), _blocks(lines)
    for key, block in new.items():
        if key not in blocks:
            last = blocks.pop("examples", None)
            blocks[key] = block
            if last is not None:
                blocks["examples"] = last
        blocks[key] = block
    return "".join(blocks.values())


def _blocks(text: str) -> dict[str, str]:
    """The top-level keys of a YAML text, each with its lines; comments go with what follows them."""
    parts = re.split(r"^(?=[^\s#\-}\]][^\n]*?:(?:\s|$))", text, flags=re.MULTILINE)
    found: dict[str, str] = {}
    for part in parts:
        key = re.match(r"""["']?([^:"']*)""", part)
        assert key is not None
        found[key.group(1)] = found.get(key.group(1), "") + part
    return found


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str


def command(capsys: pytest.CaptureFixture[str], *arguments: object) -> Ran:
    """Run ``rulewright`` with arguments in this process, as its entry point does."""
    capsys.readouterr()
    code = guarded(rulewright, [str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return Ran(code, out, err)


Execute = Callable[..., Ran]  # a command in a folder, or in that of a sample


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path there."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def lines_of(found: list[Diagnostic]) -> list[str]:
    """Diagnostics as ``code line:column`` (with the file, where it is not the sample rule)."""
    result = []
    for diagnostic in found:
        span = diagnostic.span
        name = span.source.path.removeprefix("specs/sample/")
        place = f"{span.line}:{span.column}"
        result.append(f"{diagnostic.code} {place}" if name == RULE else f"{diagnostic.code} {name}:{place}")
    return result


# -- mistakes: «...» stands around what a diagnostic must point at, and is taken out before a text is used


@dataclass(frozen=True)
class Place:
    """What a pair of marks encloses: the file, line and column of its begin, and its text."""

    name: str
    line: int
    column: int
    text: str

    def shown(self, code: str) -> str:
        """As ``lines_of`` shows a diagnostic."""
        file = "" if self.name == RULE else f"{self.name}:"
        return f"{code} {file}{self.line}:{self.column}"


@dataclass(frozen=True)
class Case:
    """A change of the sample project, and the codes of all diagnostics it brings, in the order of its marks."""

    name: str
    codes: tuple[str, ...]
    change: str

    def __str__(self) -> str:
        return self.name


def cases(text: str) -> list[Case]:
    """The cases of a table: ``== codes: name`` and a change below it, as :func:`spoiled` reads it."""
    text = re.sub(r"^-- .*\n", "", text, flags=re.MULTILINE)
    parts = re.split(r"^== ([A-Z0-9 ]*): (.+)\n", text, flags=re.MULTILINE)[1:]
    groups = zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    return [Case(name, tuple(codes.split()), change) for codes, name, change in groups]


def unmarked(marked: str, name: str) -> tuple[str, list[Place]]:
    """A text without its marks, and where they stood."""
    pieces = re.split("«([^»]*)»", marked)
    text, places = "", []
    for i, piece in enumerate(pieces):
        if i % 2:
            places.append(Place(name, text.count("\n") + 1, len(text) - text.rfind("\n"), piece))
        text += piece
    assert not set(text) & set("«»"), marked
    return text, places


def spoiled(sample: Sample, change: str) -> list[Place]:
    """Change keys of the rule or, after ``# file: name``, of another file; the places marked, in reading order.

    ``~ key`` takes a key away, ``@ text`` marks a text where it stands, and ``+ word ...`` stands for what
    ``SHORT`` says.
    """
    change = re.sub(r"^\+ (\w+) ?(.*)\n", lambda short: SHORT[short[1]].replace("...", short[2]), change, flags=re.M)
    first, *rest = re.split(r"^# file: (\S+)\n", f"{change}\n", flags=re.MULTILINE)
    places: list[Place] = []
    for name, lines in [(RULE, first), *zip(rest[::2], rest[1::2], strict=True)]:
        text = sample.read(name) if sample.path(name).exists() else ""
        for dropped in re.findall(r"^~ (.+)$|^«([^»]+)»:", lines, re.MULTILINE):
            text = re.sub(rf"^{re.escape(''.join(dropped))}:.*\n(?:[ -].*\n)*", "", text, count=1, flags=re.MULTILINE)
        keys = re.sub(r"^[~@] .+\n", "", lines, flags=re.MULTILINE).strip("\n")
        text = with_keys(text, f"{keys}\n") if keys else text
        for marked in re.findall(r"^@ (.+)$", lines, re.MULTILINE):
            assert text.count(marked) == 1, (marked, text)
            text = text.replace(marked, f"«{marked}»")
        text, found = unmarked(text, name)
        sample.write(text, name)
        places += found
    return sorted(places, key=lambda place: (place.name, place.line, place.column))


_PASS = """\
examples:
- name: leaves in winter
  given: {studentSchoolAssociations: [{exitWithdrawDate: 2024-12-20}]}
  expect: pass
"""
_OTHERS = """\
- name: leaves before
  given: {studentSchoolAssociations: [{exitWithdrawDate: 2024-08-11}]}
  expect: violation
- name: has not left
  given: {studentSchoolAssociations: [{entryDate: 2024-08-12}]}
  expect: not applicable
"""
_EXIT = "exitWithdrawDate: 2024-12-20"
_ONE_MORE = "- name: one more\n  given: "

SHORT = {
    # an example of every outcome of the sample rule, with a key of the first, or with one more example
    "examples": f"{_PASS}{_OTHERS}",
    "first": f"{_PASS}  ...\n{_OTHERS}",
    "given": f"{_PASS}{_OTHERS}{_ONE_MORE}...\n  expect: pass\n",
    "expect": f"{_PASS}{_OTHERS}{_ONE_MORE}{{studentSchoolAssociations: [{{{_EXIT}}}]}}\n  expect: ...\n",
    "unchecked": f"{_PASS}{_OTHERS}{_ONE_MORE}{{studentSchoolAssociations: [{{}}]}}\n  expect: not checked\n",
    # one more table, but for its name
    "table": """\
# file: tables/extra.yaml
kind: table
title: One more
key: {code: text}
columns: {label: text}
rows: [{code: '1', label: One}]
name: ...
""",
    # a parameter ``$day`` that the rule uses, of a collection of two years and two cycles
    "parameter": """\
require: e.entryDate is before $day
# file: _collections.yaml
collections:
  enrollment:
    title: Enrollment
    school years: ['2024', '2025']
    cycles: {fall: {default: true}, spring: {}}
    parameters:
      ...
""",
}


# -- an expression in every way to write it, under the key `require`


def plain(expression: str) -> str | None:
    bare = re.sub("[«»]", "", expression)
    if bare[0] in "'\"[{>|*&!%@`#-?" or ": " in bare or " #" in bare:
        return None
    return f"require: {expression}\n"


def single_quoted(expression: str) -> str:
    """An escaped quote and a blank line come before the expression."""
    return "require: '-- what isn''t ''so''\n\n  " + expression.replace("'", "''") + "'\n"


def double_quoted(expression: str) -> str:
    """Escaped quotes and an escaped line break come before the expression, on its line."""
    escaped = expression.replace("\\", "\\\\").replace('"', '\\"')
    return f'require: "-- what is \\"so\\" \\u00e9\\x41\\n{escaped}"\n'


def literal(expression: str) -> str:
    return "require: |\n  -- word by word\n" + by_words(expression)


def folded(expression: str) -> str:
    return "require: >-\n  -- word by word\n\n" + by_words(expression)


def by_words(expression: str) -> str:
    """An expression with each word on a line of its own; texts in quotes stay whole."""
    words = re.findall(r"""(?:'[^']*'|"[^"]*"|[^ ])+""", expression)
    return "".join(f"  {word}\n" for word in words)


STYLES: dict[str, Callable[[str], str | None]] = {
    "plain": plain,
    "single": single_quoted,
    "double": double_quoted,
    "literal": literal,
    "folded": folded,
}
