"""Every diagnostic has a page whose mistake gives just what the page prints, and whose remedy gives nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import pytest

from compiler.diagnostics.codes import CODES
from compiler.diagnostics.pages import page
from compiler.reports.diagnostics import render
from tests.support import Sample

PAGES = Path(str(files("compiler.diagnostics"))) / "pages"


@dataclass(frozen=True)
class Example:
    """The blocks of a page: what is wrong, what is printed, what is right."""

    wrong: str
    printed: str
    right: str


def example(code: str) -> Example:
    blocks = re.findall(r"^```(\w+)(?: (\w+))?\n(.*?)^```$", page(code), re.DOTALL | re.MULTILINE)
    found = {" ".join(filter(None, (language, kind))): body for language, kind, body in blocks}
    return Example(found["yaml wrong"], found["text"], found["yaml right"])


def put(sample: Sample, block: str) -> None:
    """Change the sample project: lines are keys of its rule; after ``# file: name`` they are a whole file."""
    lines, *parts = re.split(r"^# file: (\S+)\n", block, flags=re.MULTILINE)
    if lines.strip():
        sample.with_keys(lines)
    for name, text in zip(parts[::2], parts[1::2], strict=True):
        sample.write(text, name)


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    assert sorted(path.stem for path in PAGES.glob("*.md")) == sorted(CODES)


@pytest.mark.parametrize("code", sorted(CODES))
def test_page(code: str, sample: Sample, template: Path, tmp_path: Path, update_golden: bool) -> None:
    shown = example(code)
    put(sample, shown.wrong)
    found = sample.check()
    printed = "".join(f"{render(diagnostic)}\n" for diagnostic in found)
    assert {diagnostic.code for diagnostic in found} == {code}, printed
    if update_golden:
        path = PAGES / f"{code}.md"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(f"```text\n{shown.printed}```", f"```text\n{printed}```"), encoding="utf-8")
    else:
        assert printed == shown.printed
    mended = Sample.copied(template, tmp_path / "mended")
    put(mended, shown.right)
    assert [render(diagnostic) for diagnostic in mended.check()] == []
