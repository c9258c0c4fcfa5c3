"""`rulewright fmt`: the usual form of a file, reached in one step, with its meaning and its comments."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.diagnostics import Sink
from compiler.driver import open_project
from compiler.source import Source
from compiler.syntax import tree
from compiler.syntax.document import Document, Scalar, parse_document, plain_tree
from compiler.syntax.formatting import formatted
from compiler.syntax.parser import parse_expression
from compiler.syntax.project import kind_of_file
from tests.support import ROOT, RULE, STYLES, Sample, command
from tests.test_syntax import PRINTED

MODELINE = "# yaml-language-server: $schema=../../../generated/editor/rule.schema.json\n"


def read(text: str) -> Document:
    sink = Sink()
    document = parse_document(Source(f"specs/sample/{RULE}", text), sink)
    assert document is not None, list(sink)
    return document


def usual(text: str) -> str:
    return formatted(read(text), "rule", [])


def required(text: str) -> tree.Expr:
    node = read(text).root.get("require")
    assert isinstance(node, Scalar)
    expression = parse_expression(node.fragment, Sink())
    assert expression is not None, text
    return expression


FORMS = [  # what is written, and its usual form
    ("when: e.a < 1", "when: e.a is less than 1"),
    ("when: e.a is not after e.b", "when: e.a is on or before e.b"),
    ("when: e.a is  not   missing", "when: e.a is present"),
    ("when: 'e.a >= 1'", 'when: "e.a is at least 1"'),
    ("when: 'e.a is ''x'' or e.b > 2'", "when: \"e.a is 'x' or e.b is more than 2\""),
    ('when: "e.a is \\"x\\""', "when: \"e.a is 'x'\""),
    ("when: e.a is \"it's\"", "when: e.a is 'it\\'s'"),
    ("when: \"'x' < e.a\"", "when: \"'x' is less than e.a\""),
    ("when: |\n  e.a < 1\nfix: x", "when: |-\n  e.a is less than 1\nfix: x"),
    ("when: >-\n    e.a\n    < 1\nfix: x", "when: >-\n    e.a is less than 1\nfix: x"),
    ("for each: a as b, c in  b.d where (c.e<1)", "for each: a as b, c in b.d where (c.e is less than 1)"),
    ("severity:\n  steps:\n  - until: 1 days after $d\n    is: Error", "severity:\n  steps:\n  - until: 1 day after $d\n    is: Error"),
    ("severity: {steps: [{until: 1 days after $d, is: Error}]}", "severity: {steps: [{until: 1 day after $d, is: Error}]}"),
    ("when: e.a   \nfix: x\t", "when: e.a\nfix: x"),
    ("when: e.a\n\n\n", "when: e.a"),
    ("# yaml-language-server: $schema=old.json\nwhen: e.a", "when: e.a"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "wanted"), FORMS, ids=[written for written, _ in FORMS])
def test_the_usual_form(written: str, wanted: str) -> None:
    assert usual(written) == f"{MODELINE}{wanted}\n"
    assert usual(usual(written)) == usual(written)


KEPT = [  # what stays as it is
    "when: (e.a is 1) and (e.b is 2)  # needless, but clear",
    "when: >-\n  e.a is 1\n  and e.b is 2",
    "when: |\n  e.a < 1  -- said of it\n  and e.b is 2",
    "# before\nwhen: e.a is 1   # beside\n# between\n\n\nfix: x # last",
    "when: e.a is = 1",
    "message: a < b\nfix: >-\n  a\n\n  b",
    "message: |\n  kept  \n  blanks",
    "title: one\u2028two\nfix: x\x85y",
    "title: no-break\u00a0",
    'message: "a\\u2028b"',
]


@pytest.mark.parametrize("text", KEPT)
def test_what_is_kept(text: str) -> None:
    assert usual(f"{text}\n") == f"{MODELINE}{text}\n"


COMMENTED = [
    ("when: e.a < 1 # why", "when: e.a is less than 1 # why"),
    ("when: | # why\n  e.a < 1\nfix: x", "when: | # why\n  e.a is less than 1\nfix: x"),
    ("when: |\n  e.a < 1\n# about the fix\nfix: x", "when: |-\n  e.a is less than 1\n# about the fix\nfix: x"),
    ("when: |\n  e.a < 1\n\n# about the fix\n\nfix: x", "when: |-\n  e.a is less than 1\n\n# about the fix\n\nfix: x"),
]


@pytest.mark.parametrize(("written", "wanted"), COMMENTED, ids=[written for written, _ in COMMENTED])
def test_comments_beside_a_changed_expression_stay(written: str, wanted: str) -> None:
    assert usual(written) == f"{MODELINE}{wanted}\n"


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("expression", [text for text, _ in PRINTED])
def test_the_meaning_is_kept(expression: str, style: str) -> None:
    written = STYLES[style](expression)
    if written is None or "\n" in expression or "--" in expression:
        pytest.skip("not an expression of one line")
    text = f"id: EN-1\n{written}# a comment\nfix: x\n"
    again = usual(text)
    assert tree.same(required(again), required(text))
    assert usual(again) == again
    assert "\n# a comment\n" in again
    rest = {key: value for key, value in plain_tree(read(again).root).items() if key != "require"}
    assert rest == {"id": "EN-1", "fix": "x"}


def test_codes_are_quoted(sample: Sample, capsys: pytest.CaptureFixture[str]) -> None:
    name = "tables/grade-levels.yaml"
    sample.replace("{code: '01', label: Grade 1}", "{code: 01, label: Grade 1}  # one", name)
    sample.replace("codes: [KG, '01', '02', '03']", "codes: [KG, 01, '02', 03]", name)
    assert command(capsys, "fmt", sample.root).code == 0
    assert "- {code: '01', label: Grade 1}  # one\n" in sample.read(name)
    assert "codes: [KG, '01', '02', '03']\n" in sample.read(name)
    assert sample.check() == []


def test_check_tells_and_writes_nothing(sample: Sample, capsys: pytest.CaptureFixture[str]) -> None:
    text = sample.replace("is on or after", ">=").read()
    told = command(capsys, "fmt", "--check", sample.root)
    assert told.code == 1
    assert told.out.splitlines()[:2] == [f"--- specs/sample/{RULE}", f"+++ specs/sample/{RULE} (formatted)"]
    assert "-require: e.exitWithdrawDate >= e.entryDate\n" in told.out
    assert "+require: e.exitWithdrawDate is on or after e.entryDate\n" in told.out
    assert told.err == "1 file would change.\n"
    assert sample.read() == text


def test_a_file_is_brought_into_its_usual_form_once(sample: Sample, capsys: pytest.CaptureFixture[str]) -> None:
    wanted = sample.read()
    sample.replace("is on or after", ">=")
    assert command(capsys, "fmt", sample.root).err == "1 file changed.\n"
    assert sample.read() == wanted.replace("is on or after", "is at least")
    assert command(capsys, "fmt", sample.root).err == "0 files changed.\n"
    assert command(capsys, "fmt", "--check", sample.root).code == 0


def test_only_the_files_asked_for_are_changed(sample: Sample, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = sample.replace("is on or after", ">=").read()
    assert command(capsys, "fmt", sample.path("tables")).err == "0 files changed.\n"
    assert sample.read() == wrong
    assert command(capsys, "fmt", sample.path(RULE)).err == "1 file changed.\n"


def test_a_file_that_cannot_be_read_is_left_alone(sample: Sample, capsys: pytest.CaptureFixture[str]) -> None:
    broken = sample.replace("title: A student", "title: A: student").read()
    command(capsys, "fmt", sample.root)
    assert sample.read() == broken


def test_every_spec_of_the_project_has_its_usual_form() -> None:
    project = open_project(ROOT)
    unquoted = [diagnostic for diagnostic in project.sink if diagnostic.code == "W906"]
    documents: dict[str, Document] = project.checked.trees.documents
    assert sorted(documents) == sorted(
        path.relative_to(ROOT).as_posix() for path in (ROOT / "specs").rglob("*.yaml") if "schemas" not in path.parts
    )
    changed = [
        path
        for path, document in documents.items()
        if formatted(document, kind_of_file(document), unquoted) != Path(ROOT / path).read_text(encoding="utf-8")
    ]
    assert changed == []
