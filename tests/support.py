"""What tests share: a small project to spoil, the command line in-process, expectations kept in files."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
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


def lines_of(found: list[Diagnostic]) -> list[str]:
    """Diagnostics as ``code line:column`` (with the file, where it is not the sample rule)."""
    result = []
    for diagnostic in found:
        span = diagnostic.span
        name = span.source.path.removeprefix("specs/sample/")
        place = f"{span.line}:{span.column}"
        result.append(f"{diagnostic.code} {place}" if name == RULE else f"{diagnostic.code} {name}:{place}")
    return result
