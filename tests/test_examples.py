"""Every README tells the truth: its commands are run, as they stand, and print what it shows.

A block fenced as ``console`` holds commands after ``$ `` and below each what it prints, messages included. In what is
shown, ``...`` within a line stands for any text, and on a line of its own for any lines, or none. A command in MANUAL
is not run: setting up is the matter of other tests. A block with ``file=PATH`` after its language is what a reader does
in an editor: the whole new text of the file, or, as ``diff``, lines to take out and to put in.

All of it happens in a copy of the project under version control. The blocks of a story below ``examples/`` follow one
another, each in the folder where the last one ended; those of the README of the project each start at its root. After
an intended change, ``--update-golden`` puts in what is printed now, without elisions; read the diff.
"""

from __future__ import annotations

import os
import re
import runpy
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support import ROOT

PROJECT_README = "README.md"
READMES = [PROJECT_README, *sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("examples/*/README.md"))]
MANUAL = ("make ", "uv ", "pipx ", "git clone ")
MARK = "--------8<-------- "
_FENCE = re.compile(r"^```(?P<language>\w+)(?: file=(?P<file>\S+))?\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block, and where its body stands in the text."""

    language: str
    file: str | None
    body: str
    start: int


def blocks(text: str) -> list[Block]:
    return [Block(m["language"], m["file"], m["body"], m.start("body")) for m in _FENCE.finditer(text)]


@dataclass(frozen=True)
class Command:
    """A command of a README, what it is said to print, and where that stands in the text."""

    line: str
    shown: str
    start: int

    @property
    def manual(self) -> bool:
        return self.line.startswith(MANUAL)

    def prints(self, printed: str) -> bool:
        """Whether the output is as shown."""
        pattern = "".join(
            r"(?:.*\n)*?" if line == "..." else r".*".join(map(re.escape, line.split("..."))) + r"\n"
            for line in self.shown.splitlines()
        )
        return re.fullmatch(pattern, printed) is not None


def commands(block: Block) -> list[Command]:
    found = re.finditer(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", block.body, re.MULTILINE)
    return [Command(m[1], m[2], block.start + m.start(2)) for m in found]


def edit(block: Block, path: Path) -> None:
    """Do to a file what a block says."""
    if block.language != "diff":
        assert path.parent.is_dir()
        path.write_text(block.body, encoding="utf-8")
        return
    text = path.read_text(encoding="utf-8")
    for hunk in re.split(r"^\.\.\.\n", block.body, flags=re.MULTILINE):
        lines = hunk.splitlines(keepends=True)
        old, new = ("".join(line[1:] for line in lines if line[0] != sign) for sign in "+-")
        assert text.count(old) == 1, f"stands {text.count(old)} times in {path.name}:\n{old}"
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


class Shell:
    """Runs commands as a reader does who has installed the compiler; it remembers the folder."""

    def __init__(self, clone: Path, tools: Path) -> None:
        self.folder = clone
        tools.mkdir()
        for name, arguments in (("rulewright", "-m compiler"), ("python", "")):
            (tools / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {arguments} "$@"\n')
            (tools / name).chmod(0o755)
        identity = {f"GIT_{who}_{what}": "x" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        self._environment = {
            **os.environ,
            **identity,
            "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
        }

    def run(self, lines: list[str]) -> list[str]:
        """What each command prints, in the order in which it is written."""
        script = "".join(f"{line}\nstatus=$?; echo '{MARK}'; (exit $status)\n" for line in lines) + "pwd\n"
        ran = subprocess.run(
            ["sh", "-c", script],
            cwd=self.folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        *printed, folder = ran.stdout.split(f"{MARK}\n")
        self.folder = Path(folder.strip())
        return printed


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A copy of what the examples are about, committed."""
    place = tmp_path / "clone"
    for folder in ("specs", "generated", "examples"):
        shutil.copytree(ROOT / folder, place / folder, ignore=shutil.ignore_patterns("__pycache__", "my-rules"))
    shutil.copyfile(ROOT / ".gitignore", place / ".gitignore")
    return place


@pytest.mark.parametrize("name", READMES)
def test_a_readme_shows_what_its_commands_print(name: str, clone: Path, tmp_path: Path, update_golden: bool) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    found = blocks(text)
    assert any(block.language == "console" for block in found) or name == PROJECT_README
    if shutil.which("git") is None and "\n$ git " in text:
        pytest.skip("git is not installed")
    shell = Shell(clone, tmp_path / "tools")
    shell.run(["git init --quiet", "git add .", "git commit --quiet --message Start"])
    wrong: list[tuple[Command, str]] = []
    for block in found:
        if name == PROJECT_README:
            shell.folder = clone
        if block.file is not None:
            edit(block, shell.folder / block.file)
        elif block.language == "console":
            listed = [command for command in commands(block) if not command.manual]
            printed = shell.run([command.line for command in listed])
            wrong += [pair for pair in zip(listed, printed, strict=True) if not pair[0].prints(pair[1])]
    if update_golden:
        for command, printed in reversed(wrong):
            text = text[: command.start] + printed + text[command.start + len(command.shown) :]
        (ROOT / name).write_text(text, encoding="utf-8")
        return
    assert "".join(f"$ {c.line}\n{printed}" for c, printed in wrong) == "".join(
        f"$ {c.line}\n{c.shown}" for c, _ in wrong
    )


def test_every_command_of_a_block_is_found() -> None:
    text = "```console\n$ one\na\n\n$ two\n$ make three\n```\n```python\n$ no\n```\n```yaml file=a/b.yaml\nx: y\n```\n"
    console, python, yaml = blocks(text)
    assert [(c.line, c.shown, c.manual) for c in commands(console)] == [
        ("one", "a\n\n", False),
        ("two", "", False),
        ("make three", "", True),
    ]
    assert (python.language, python.file, yaml.file, yaml.body) == ("python", None, "a/b.yaml", "x: y\n")
    assert all(text[c.start :].startswith(c.shown) for c in commands(console))


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("a\n", "a\n", True),
        ("a\n", "a\nb\n", False),
        ("", "a\n", False),
        ("a ... d\n", "a b c d\n", True),
        ("a ... d\n", "a b\nc d\n", False),
        ("...\nb\n", "b\n", True),
        ("a\n...\nd\n", "a\nb\nc\nd\n", True),
        ("a\n...\n", "b\n", False),
        ("a.c\n", "abc\n", False),
    ],
)
def test_elisions(shown: str, printed: str, same: bool) -> None:
    assert Command("x", shown, 0).prints(printed) is same


def test_the_made_up_district_can_be_written_again(tmp_path: Path) -> None:
    folder = ROOT / "examples" / "indiana-district"
    write = runpy.run_path(str(folder / "generate.py"))["write"]
    for _ in range(2):
        write(tmp_path / "data")
        made, kept = (
            {p.relative_to(place): p.read_bytes() for p in place.rglob("*") if p.is_file()}
            for place in (tmp_path / "data", folder / "data")
        )
        assert made == kept
