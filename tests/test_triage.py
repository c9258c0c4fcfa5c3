"""The command `triage`: what it prints, what it asks and whom, and with which exit code."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from datetime import date

import pytest

from compiler.engines.folder import open_folder
from compiler.engines.triage import Case, folder_case
from compiler.engines.triage import triage as triage_of
from compiler.semantics.outcomes import Context
from tests.guides import RECORD, SPEC, guide_program, put_records, with_guide
from tests.support import ROOT, Execute, Ran, Sample

Golden = Callable[[str, str], None]
DAY = ("--as-of", "2025-06-01")
CUT = RECORD | {"exitWithdrawTypeDescriptor": "uri://", "entryDate": "2024-08-13"}
PASTED = f"It says:\n[{json.dumps(RECORD)},\n{json.dumps(CUT)},]\n"


@pytest.fixture
def guided(sample: Sample) -> Sample:
    (with_guide(sample).root / "pasted.txt").write_text(PASTED, encoding="utf-8")
    return sample


def triage(guided: Sample, execute: Execute, *arguments: object) -> Ran:
    return execute(guided, "triage", "ST-MISSING", *arguments)


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_a_walk_to_an_end(form: str, guided: Sample, execute: Execute, golden: Golden) -> None:
    answers = ("--answer", "primary=yes", "--answer", "share=0.5", "--answer", "right=not")
    ran = triage(guided, execute, "--payload", "pasted.txt", *DAY, "--format", form, *answers)
    assert (ran.code, ran.err) == (0, "")
    golden(f"triage-end.{form}", ran.out)


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_an_open_question_ends_it_off_a_terminal(form: str, guided: Sample, execute: Execute, golden: Golden) -> None:
    ran = triage(guided, execute, "--payload", "pasted.txt", *DAY, "--format", form)
    assert (ran.code, ran.err) == (0, "Answer with --answer 'primary=TEXT'.\n")
    golden(f"triage-open.{form}", ran.out)


def test_a_folder_is_read(guided: Sample, execute: Execute, golden: Golden) -> None:
    other = {**RECORD, "studentReference": {"studentUniqueId": "200000002"}, "primarySchool": "of course"}
    wrong = {**RECORD, "primarySchool": "of course", "fullTimeEquivalency": 1}
    put_records(guided.root / "data", studentSchoolAssociations=[other, wrong])
    ran = triage(guided, execute, "--data", "data", "--student", "100000001", *DAY, "--answer", "primary=YES")
    assert (ran.code, ran.err) == (0, "")
    golden("triage-folder.txt", ran.out)


def test_of_a_folder_only_the_records_of_the_student_are_kept(guided: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    program = guide_program(guided)
    guide = program.guides["ST-MISSING"]
    students = [str(100000001 + n) for n in range(5)]
    records = [
        {**RECORD, "studentReference": {"studentUniqueId": name}, "entryDate": f"2024-09-0{day}"}
        for n, name in enumerate(students)
        for day in range(1, n + 1)
    ]
    folder = put_records(
        guided.root / "data",
        studentSchoolAssociations=records,
        students=[{"studentUniqueId": name} for name in students],
    )

    def case(name: str) -> Case:
        return folder_case(program, guide, open_folder(folder, program.schemas), name, Context(2025, date(2025, 6, 1)))

    kept = {name: case(name) for name in students}
    assert [len(kept[name].world.records("studentSchoolAssociation")) for name in students] == [0, 1, 2, 3, 4]
    monkeypatch.setattr("compiler.engines.triage.apart_for", lambda *_: {})
    for name in students:
        whole = case(name)
        assert len(whole.world.records("studentSchoolAssociation")) == len(records)
        both = (triage_of(program, guide, found, {}, alone=True).walk for found in (kept[name], whole))
        assert next(both) == next(both)


def test_a_guide_that_asks_for_others_reads_them_too(guided: Sample) -> None:
    own = "any e in s.studentSchoolAssociations has (e.primarySchool is true)"
    wider = own.replace("e.primarySchool is true", "any o in e.school.studentSchoolAssociations has (o.primarySchool)")
    with_guide(guided, SPEC.replace(own, wider))
    program = guide_program(guided)
    guide = program.guides["ST-MISSING"]
    other = {**RECORD, "studentReference": {"studentUniqueId": "200000002"}, "primarySchool": True}
    folder = open_folder(put_records(guided.root / "data", studentSchoolAssociations=[RECORD, other]), program.schemas)
    case = folder_case(program, guide, folder, "100000001", Context(2025, date(2025, 6, 1)))
    found = triage_of(program, guide, case, {}, alone=True).walk
    assert [(taken.question.id, taken.answer) for taken in found.path[:2]] == [("sent", 1), ("primary", True)]


def test_a_student_without_records_is_walked_too(guided: Sample, execute: Execute) -> None:
    put_records(guided.root / "data", studentSchoolAssociations=[RECORD])
    ran = triage(guided, execute, "--data", "data", "--student", "300000003", *DAY)
    assert "Next: the school." in ran.out.splitlines()
    put_records(guided.root / "others", students=[])
    ran = triage(guided, execute, "--data", "others", "--student", "300000003", *DAY)
    assert "Next: whoever asks." in ran.out.splitlines()
    assert "- studentSchoolAssociations. Ask the school for its records." in ran.out.splitlines()


def test_an_id_that_the_data_do_not_hold_is_told(guided: Sample, execute: Execute) -> None:
    put_records(guided.root / "data", studentSchoolAssociations=[RECORD], students=[{"studentUniqueId": "100000001"}])
    told = {
        name: triage(guided, execute, "--data", "data", "--student", name, *DAY).out.splitlines()[1]
        for name in ("100000001", "300000003")
    }
    assert told == {
        "100000001": "Student id 100000001, school year 2025 (2024-25), on 2025-06-01.",
        "300000003": "Student id 300000003, school year 2025 (2024-25), on 2025-06-01. "
        "The data hold no student with this student id.",
    }
    ran = triage(guided, execute, "--data", "data", "--student", "300000003", *DAY, "--format", "json")
    assert json.loads(ran.out)["isInData"] is False


def test_a_guide_that_gives_no_answer_says_no_more(guided: Sample, execute: Execute) -> None:
    evidence = "any e in s.studentSchoolAssociations has (e.primarySchool is true)"
    with_guide(guided, SPEC.replace(evidence, f"if {evidence} then true else nothing", 1).partition("examples:")[0])
    (guided.root / "one.txt").write_text(json.dumps(RECORD | {"primarySchool": False}), encoding="utf-8")
    ran = triage(guided, execute, "--payload", "one.txt", *DAY)
    assert "- Is one of them the primary school?\n     The data do not say.\n     Answers: yes, no\n" in ran.out


def test_an_empty_list_was_read(guided: Sample, execute: Execute) -> None:
    (guided.root / "empty.txt").write_text("[]", encoding="utf-8")
    ran = triage(guided, execute, "--payload", "empty.txt", *DAY)
    assert ran.err == "The text does not say whose records these are (student id).\n"
    assert ran.out.splitlines()[1:3] == [
        "Student id not known, school year 2025 (2024-25), on 2025-06-01.",
        "Next: the school.",
    ]


def test_an_answer_that_the_data_give_is_not_needed(guided: Sample, execute: Execute) -> None:
    (guided.root / "one.txt").write_text(json.dumps(RECORD | {"primarySchool": True}), encoding="utf-8")
    ran = triage(guided, execute, "--payload", "one.txt", *DAY, "--answer", "primary=no", "--answer", "share=?")
    assert ran.err.splitlines()[0] == "The answer to `primary` was not needed."
    assert "3. How much of the time is the student there? Nobody could tell." in ran.out.splitlines()


def test_a_guide_is_named_by_its_path_or_its_state(guided: Sample, execute: Execute) -> None:
    here = execute(
        guided, "triage", "specs/sample/guides/ST-MISSING-student-is-missing.yaml", "--payload", "pasted.txt", *DAY
    )
    there = execute(guided, "triage", "sample/st-missing", "--payload", "pasted.txt", *DAY)
    assert here == there == triage(guided, execute, "--payload", "pasted.txt", *DAY)


def test_output_holds_no_more_of_a_student_than_is_shown(guided: Sample, execute: Execute) -> None:
    secret = RECORD | {"_ext": {"birthDate": "2011-01-01"}, "residencyStatusDescriptor": "uri://example.org/X#secret"}
    (guided.root / "one.txt").write_text(json.dumps(secret | {"lastSurname": "Sample"}), encoding="utf-8")
    for form in ("text", "markdown", "json"):
        ran = triage(guided, execute, "--payload", "one.txt", *DAY, "--format", form)
        assert not any(word in ran.out for word in ("secret", "2011-01-01", '"Sample"', "Sample "))


def test_text_of_a_payload_is_no_markup(guided: Sample, execute: Execute) -> None:
    odd = json.dumps(RECORD | {"exitWithdrawDate": "\x1b[31m**bold**<b>|\u202e"})
    (guided.root / "odd.txt").write_text(odd, encoding="utf-8")
    ran = triage(guided, execute, "--payload", "odd.txt", *DAY)
    assert "\x1b" not in ran.out
    assert "\u202e" not in ran.out
    ran = triage(guided, execute, "--payload", "odd.txt", *DAY, "--format", "markdown")
    assert "\\*\\*bold\\*\\*\\<b\\>" in ran.out


# -- wrong use

USES: dict[str, tuple[tuple[str, ...], int, str]] = {
    "neither-data-nor-text": ((), 2, "Give either --data with --student, or --payload."),
    "both": (("--data", ".", "--payload", "pasted.txt"), 2, "Give either --data with --student, or --payload."),
    "nobody": (("--data", "."), 2, "Say whose records are meant: --student."),
    "unknown-question": (("--payload", "pasted.txt", "--answer", "rihgt=yes"), 2,
        "ST-MISSING has no question `rihgt`. Did you mean `right`?"),
    "unknown-text": (("--payload", "pasted.txt", "--answer", "right=maybe"), 2,
        "`maybe` is no answer to `right`. Answers: yes, no, not all of them."),
    "beginning-of-two": (("--payload", "pasted.txt", "--answer", "right="), 2,
        "`` is no answer to `right`. Answers: yes, no, not all of them."),
    "not-a-number": (("--payload", "pasted.txt", "--answer", "share=much"), 2,
        "`much` is no answer to `share`. Answers: a number, as 0.5."),
    "not-a-condition": (("--payload", "pasted.txt", "--answer", "primary=perhaps"), 2,
        "`perhaps` is no answer to `primary`. Answers: yes, no."),
    "for-the-data": (("--payload", "pasted.txt", "--answer", "sent=1"), 2,
        "The data alone answer `sent`; nobody is asked."),
    "no-answer": (("--payload", "pasted.txt", "--answer", "right"), 2, "Write --answer 'QUESTION=TEXT', not `right`."),
    "no-such-file": (("--payload", "nowhere.txt"), 3, "nowhere.txt could not be read: No such file or directory"),
    "no-such-folder": (("--data", "nowhere", "--student", "1"), 3, "nowhere does not exist; data are a folder"),
    "no-records": (("--payload", "specs/sample/_ruleset.yaml"), 3,
        "specs/sample/_ruleset.yaml: the text holds no record of studentSchoolAssociations, and no empty list `[]`"),
}  # fmt: skip


@pytest.mark.parametrize("case", USES)
def test_wrong_use_is_told_in_one_sentence(case: str, guided: Sample, execute: Execute) -> None:
    arguments, code, words = USES[case]
    ran = triage(guided, execute, *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.splitlines()[-1].startswith(words)


def test_an_unknown_guide_is_told(guided: Sample, execute: Execute) -> None:
    ran = execute(guided, "triage", "ST-MISING", "--payload", "pasted.txt")
    assert ran == Ran(2, "", "There is no guide `ST-MISING`. Did you mean `ST-MISSING`?\n")


def test_specs_with_errors_are_not_walked(guided: Sample, execute: Execute) -> None:
    with_guide(guided, SPEC.replace("go: share", "go: sent"))
    ran = triage(guided, execute, "--payload", "pasted.txt")
    assert (ran.code, ran.err) == (2, "The specs have errors (1); nothing was run. See `rulewright check`.\n")


def test_a_guide_without_payload_takes_no_text(guided: Sample, execute: Execute) -> None:
    with_guide(guided, SPEC.replace("payload: {resource: studentSchoolAssociations}\n", ""))
    ran = triage(guided, execute, "--payload", "pasted.txt")
    assert ran == Ran(2, "", "ST-MISSING takes no pasted text; give --data.\n")


# -- at a terminal


def conversation(guided: Sample, *answers: str, arguments: tuple[str, ...] = ()) -> tuple[int, str, str]:
    """What is printed and what is said to somebody who answers at a terminal, and the exit code."""
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "compiler", "triage", "ST-MISSING", "--payload", "pasted.txt", *DAY, *arguments]
    process = subprocess.Popen(
        command,
        cwd=guided.root,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "dumb"},
        stdin=follower,
        stderr=follower,
        stdout=subprocess.PIPE,
    )
    os.close(follower)
    os.write(leader, "".join(f"{answer}\n" for answer in answers).encode())
    printed, said = b"", b""
    assert process.stdout is not None
    try:
        while part := os.read(leader, 4096):
            said += part
    except OSError:
        pass  # how Linux says that the other side of a terminal is closed
    printed = process.stdout.read()
    os.close(leader)
    return process.wait(), printed.decode(), said.decode().replace("\r", "")


def test_a_terminal_is_asked_only_what_the_data_cannot_answer(guided: Sample) -> None:
    code, printed, said = conversation(guided, "Yes", "much", "0.5", "n", "NO")
    assert code == 0
    assert "How many enrollments are there?" not in said
    assert said.count("Answer: ") == 5
    assert "(yes, no; ? if you cannot tell; the school should know)" in said
    assert "Next: the school." in printed.splitlines()
    assert "Answer:" not in printed


def test_a_terminal_may_say_that_it_cannot_tell(guided: Sample) -> None:
    code, printed, _ = conversation(guided, "y", "?", "?")
    assert (code, printed.splitlines()[2]) == (0, "Open: a question to the school.")


def test_a_terminal_is_not_asked_what_was_answered_before(guided: Sample) -> None:
    code, printed, said = conversation(
        guided, "yes", arguments=("--answer", "primary=yes", "--answer", "share=0.1", "--format", "json")
    )
    assert (code, said.count("Answer: ")) == (0, 1)
    assert json.loads(printed)["end"]["id"] == "ask"


def test_a_text_may_be_piped_in(guided: Sample) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "compiler", "triage", "ST-MISSING", "--payload", "-", *DAY],
        cwd=guided.root,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        input=PASTED,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.splitlines()[2]) == (0, "Open: a question to the school.")


def test_a_text_of_another_encoding_is_read(guided: Sample, execute: Execute) -> None:
    (guided.root / "utf16.txt").write_bytes(PASTED.encode("utf-16"))
    (guided.root / "latin.txt").write_bytes(PASTED.replace("It says", "\u00e9").encode("latin-1"))
    for name in ("utf16.txt", "latin.txt"):
        assert (
            triage(guided, execute, "--payload", name, *DAY).out
            == triage(guided, execute, "--payload", "pasted.txt", *DAY).out
        )
