"""`rulewright fmt`: the usual form of a file, reached in one step, with its meaning and its comments."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.diagnostics import Sink
from compiler.source import Source
from compiler.syntax import tree
from compiler.syntax.document import Document, Scalar, parse_document, plain_tree
from compiler.syntax.formatting import formatted
from compiler.syntax.parser import parse_expression
from compiler.syntax.project import kind_of_file
from tests.support import ROOT, RULE, STYLES, Sample, command, own_project
from tests.test_syntax import PRINTED

MODELINE = "# yaml-language-server: $schema=../../../generated/editor/rule.schema.json\n"


def read(text: str) -> Document:
    sink = Sink()
    document = parse_document(Source(f"specs/sample/{RULE}", text), sink)
    assert document is not None, list(sink)
    return document


def usual(text: str) -> str:
    return formatted(read(text), "rule", [], {})


def required(text: str) -> tree.Expr:
    node = read(text).root.get("require")
    assert isinstance(node, Scalar)
    expression = parse_expression(node.fragment, Sink())
    assert expression is not None, text
    return expression


FORMS = [  # what is written, and its usual form
    ("when: e.a is not after e.b", "when: e.a is on or before e.b"),
    ("when: e.a is not less  than 1", "when: e.a is at least 1"),
    ("when: e.a is  not   missing", "when: e.a is present"),
    ("when: not (e.a.b is not present)", "when: not (e.a.b is missing)"),
    ("when: 'e.a is not at most 1'", "when: 'e.a is more than 1'"),
    ("when: 'e.a is ''x'' or (e.b) is not before (2 days after e.c)'",
     "when: 'e.a is ''x'' or (e.b) is on or after (2 days after e.c)'"),
    ('when: "e.a is not on or before \\"x\\""', 'when: "e.a is after \\"x\\""'),
    ("when: |\n  e.a is not\n    missing -- why\n  and e.b is 1\nfix: x",
     "when: |\n  e.a is present -- why\n  and e.b is 1\nfix: x"),
    ("when: >-  # why\n  e.a is not missing\n\n# about the fix\n\nfix: x",
     "when: >-  # why\n  e.a is present\n\n# about the fix\n\nfix: x"),
    ("for each: a as b, c in  b.d where (c.e is not missing)", "for each: a as b, c in  b.d where (c.e is present)"),
    ("severity:\n  steps:\n  - until: e is not missing\n    is: Error",
     "severity:\n  steps:\n  - until: e is present\n    is: Error"),
    ("severity: {steps: [{until: e is not missing, is: a}]}", "severity: {steps: [{until: e is present, is: a}]}"),
    ("when: e.a   \nfix: x\t", "when: e.a\nfix: x"),
    ("when: e.a   # why  \n  \nfix: x", "when: e.a   # why\n\nfix: x"),
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
    "when: e.a < 1  # of what kind is not known here",
    'when: e.a is "x" and 1 days after e.b is e.c',
    "when: |\n  e.a -- is not missing\n  is not missing",
    "# before\nwhen: e.a is 1   # beside\n# between\n\n\nfix: x # last",
    "when: e.a is not missing = 1",
    "message: it is not missing\nfix: >-\n  a\n\n  b",
    "message: |\n  kept  \n  blanks",
    'message: "kept  \n  blanks"',
    "title: 'one\u2028 two'\nfix: 'x\x85 y'",
    "title: no-break\u00a0",
    'message: "a\\u2028b"',
]


@pytest.mark.parametrize("text", KEPT)
def test_what_is_kept(text: str) -> None:
    assert usual(f"{text}\n") == f"{MODELINE}{text}\n"


PRINTED_STYLED = [
    pytest.param(written, id=f"{expression}, {style}")
    for expression, _ in PRINTED
    for style, write in STYLES.items()
    if "\n" not in expression and (written := write(expression)) is not None
]


@pytest.mark.parametrize("written", PRINTED_STYLED)
def test_the_meaning_is_kept(written: str) -> None:
    text = f"id: EN-1\n{written}# a comment\nfix: x\n"
    again = usual(text)
    assert tree.same(required(again), required(text))
    assert usual(again) == again
    assert "\n# a comment\n" in again
    rest = {key: value for key, value in plain_tree(read(again).root).items() if key != "require"}
    assert rest == {"id": "EN-1", "fix": "x"}


SIGNS = [  # signs, and the words for them between numbers and between dates
    ("e.fullTimeEquivalency < 1", "e.fullTimeEquivalency is less than 1"),
    ("e.fullTimeEquivalency>=1", "e.fullTimeEquivalency is at least 1"),
    ("(e.fullTimeEquivalency) <=(1)", "(e.fullTimeEquivalency) is at most (1)"),
    ("e.entryDate < e.exitWithdrawDate", "e.entryDate is before e.exitWithdrawDate"),
    ("$asOf >= e.entryDate", "$asOf is on or after e.entryDate"),
    ("age of e.student.birthDate on $asOf > 9", "age of e.student.birthDate on $asOf is more than 9"),
    ("no x in e.educationPlans has ($asOf > e.entryDate)", "no x in e.educationPlans has ($asOf is after e.entryDate)"),
    ("e.unknown < 3", "e.unknown is less than 3"),
    ("e.student < e.student", "e.student < e.student"),
]  # fmt: skip


SIGNS_STYLED = [
    pytest.param(written, words, id=f"{signs}, {style}")
    for signs, words in SIGNS
    for style, write in STYLES.items()
    if (written := write(signs)) is not None
]


@pytest.mark.parametrize(("written", "words"), SIGNS_STYLED)
def test_signs_become_the_words_of_their_kind(
    written: str, words: str, sample: Sample, capsys: pytest.CaptureFixture[str]
) -> None:
    sample.with_keys(written)
    command(capsys, "fmt", sample.root)
    found = read(sample.read()).root.get("require")
    assert isinstance(found, Scalar)
    assert found.text.partition("\n")[2].split() == words.split() or found.text == words


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
    assert sample.read() == wanted
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
    project = own_project()
    unquoted = [diagnostic for diagnostic in project.sink if diagnostic.code == "W906"]
    words = project.checked.sign_words()
    documents: dict[str, Document] = project.checked.trees.documents
    assert sorted(documents) == sorted(
        path.relative_to(ROOT).as_posix() for path in (ROOT / "specs").rglob("*.yaml") if "schemas" not in path.parts
    )
    changed = [
        path
        for path, document in documents.items()
        if formatted(document, kind_of_file(document), unquoted, words) != Path(ROOT / path).read_text(encoding="utf-8")
    ]
    assert changed == []
