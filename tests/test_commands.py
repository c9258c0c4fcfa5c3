"""All commands but ``run``: what they print, where, with which exit code, and what they leave on the disk."""

from __future__ import annotations

import json
import os
import pty
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from compiler import __version__, checking, driver
from compiler.cli.show import STAGES, _lines
from compiler.driver import Project
from tests.running import YEAR, enrollment, put, school, services, student
from tests.support import ROOT, RULE, WRONG_NAME, Execute, Ran, Sample, contents, own_project


def process(place: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "compiler", *arguments],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


# -- the command itself

OUTSIDE = "There is no folder `specs/` here or above. Start one with `rulewright new project DIR`."
USES: dict[str, tuple[str, str]] = {
    "unknown-command": ("chek", "Error: There is no command `chek`. Did you mean `check`?"),
    "unlike-any-command": ("frobnicate", "Error: There is no command `frobnicate`. See `rulewright --help`."),
    "unknown-option": ("check --nots", "Error: No such option '--nots'. Did you mean '--notes'?"),
    "unknown-general-option": ("--colour always check", "Error: No such option '--colour'. Did you mean '--color'?"),
    "missing-option": ("run", "Error: Missing option '--data'."),
    "missing-argument": ("why --data x --student 1", "Error: Missing argument 'RULE'."),
    "unknown-choice": ("show EN-1 --stage sq", "Error: Invalid value for '--stage': 'sq' is not one of "),
    "path-that-is-not-there": ("check nowhere", "nowhere does not exist."),
    "check-outside": ("check", OUTSIDE),
    "build-outside": ("build", OUTSIDE),
    "test-outside": ("test", OUTSIDE),
    "fmt-outside": ("fmt", OUTSIDE),
    "run-outside": ("run --data .", OUTSIDE),
    "why-outside": ("why EN-1 --data . --student 1", OUTSIDE),
    "triage-outside": ("triage SY-MISSING --payload .", OUTSIDE),
    "plan-outside": ("plan SY-SSA --after .", OUTSIDE),
    "extract-outside": ("extract SY-SSA --data . -o x.csv", OUTSIDE),
    "validate-outside": ("validate x.csv --layout SY-SSA", OUTSIDE),
    "plan-resync-without-ods": (
        "plan SY-SSA --after . --resync",
        "--resync compares with the ODS: it needs --ods DIR, and --ods needs --resync.",
    ),
    "plan-limit-without-resync": (
        "plan SY-SSA --after . --max-deletes 3",
        "--max-deletes limits a resync: it needs --resync.",
    ),
    "show-outside": ("show EN-1 --stage ir", OUTSIDE),
    "new-rule-outside": ("new rule EN-2 --title Some", OUTSIDE),
    "new-table-outside": ("new table Codes --title Some", OUTSIDE),
    "explain-a-rule-outside": (
        "explain EN-1",
        "There is nothing called `EN-1`. Name a rule (SE-5), a publication (NE-SSA), an extract (CO-SSA), a guide "
        "(IN-IIEP), a code (E301), a word of the language ('is one of') or a resource (student). There is no "
        "project here, so no spec is known.",
    ),
}


@pytest.mark.parametrize("case", USES)
def test_wrong_use_is_exit_2_with_one_sentence(case: str, execute: Execute, tmp_path: Path) -> None:
    arguments, words = USES[case]
    ran = execute(tmp_path, *arguments.split())
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[-1].startswith(words)


def test_version(execute: Execute, tmp_path: Path) -> None:
    assert execute(tmp_path, "--version") == Ran(0, f"rulewright {__version__}\n", "")


def test_help_names_every_command(execute: Execute, tmp_path: Path) -> None:
    ran = execute(tmp_path, "--help")
    assert (ran.code, ran.err) == (0, "")
    listed = re.findall(r"^│ ([a-z][a-z-]*) ", ran.out, re.MULTILINE)
    assert listed == [
        "check",
        "build",
        "test",
        "run",
        "diff",
        "why",
        "plan",
        "publish",
        "extract",
        "validate",
        "triage",
        "explain",
        "catalogue",
        "show",
        "fmt",
        "transcribe",
        "drift",
        "import-codes",
        "new",
        "schemas",
        "cache",
        "doctor",
    ]
    assert "rulewright run --data DIR --school-year 2024" in ran.out


HEAVY = ("lark", "jsonschema", "duckdb", "sqlglot", "jinja2", "yaml", "msgspec")


@pytest.mark.parametrize("arguments", ["--help", "--version", "check --help", "run --help", "why --help"])
def test_help_imports_nothing_heavy(arguments: str, tmp_path: Path) -> None:
    script = (
        "import sys\nfrom compiler.cli import main\n"
        f"try: main({arguments.split()!r})\n"
        f"except SystemExit as stop: print(stop.code, [m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr == "0 []\n"


def test_a_fault_of_ours_is_exit_4_with_a_report_that_holds_no_data(
    sample: Sample, execute: Execute, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_arguments: object) -> None:
        raise ValueError(f"student {10**8 + 1}")

    monkeypatch.setattr(driver, "read_sources", broken)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ran = execute(sample, "test")
    [report] = tmp_path.glob("rulewright-fault-*.txt")
    assert ran == Ran(
        4,
        "",
        "This is a fault of rulewright, not yours (ValueError).\n"
        f"The report lies in {report}; `--debug` shows it here.\n",
    )
    assert "in broken" in report.read_text()
    assert "100000001" not in report.read_text()
    assert report.stat().st_mode & 0o077 == 0
    debugged = execute(sample, "--debug", "test")
    assert (debugged.code, debugged.err.splitlines()[-1]) == (4, "ValueError: student 100000001")


def test_ctrl_c_is_exit_130_without_a_traceback(
    sample: Sample, execute: Execute, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(driver, "read_sources", interrupted)
    ran = execute(sample, "test")
    assert (ran.code, ran.out, ran.err.strip()) == (130, "", "Stopped.")


@pytest.mark.parametrize(
    "arguments", ["show EN-1 --stage python", "explain is", "--help", "run --data data --format jsonl"]
)
def test_nobody_is_told_when_the_reader_goes_away(arguments: str, sample: Sample) -> None:
    """As with ``| head -1``: no traceback, and not the exit code of findings."""
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "compiler", *arguments.split()],
        cwd=sample.root,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(write)
    assert done.returncode == 0
    assert "Error" not in done.stderr
    assert "Traceback" not in done.stderr


# -- colours

ERROR = "error[E301] specs/sample/enrollment/EN-1-exit-after-entry.yaml:14:46: "
COLOURED = "\x1b[31m\x1b[1merror[E301]\x1b[0m specs/sample/"
COLOURS = {
    "no-terminal": ((), {}, False, False),
    "always": (("--color", "always"), {}, False, True),
    "always-though-NO_COLOR": (("--color", "always"), {"NO_COLOR": "1"}, False, True),
    "terminal": ((), {}, True, True),
    "terminal-with-an-empty-NO_COLOR": ((), {"NO_COLOR": ""}, True, True),
    "terminal-with-NO_COLOR": ((), {"NO_COLOR": "1"}, True, False),
    "terminal-that-is-dumb": ((), {"TERM": "dumb"}, True, False),
    "never": (("--color", "never"), {}, True, False),
}


@pytest.mark.parametrize("case", COLOURS)
def test_colours_only_where_they_are_wanted(case: str, sample: Sample) -> None:
    options, environment, on_terminal, coloured = COLOURS[case]
    sample.replace(*WRONG_NAME)
    leader, follower = pty.openpty() if on_terminal else os.pipe()
    done = subprocess.Popen(
        [sys.executable, "-m", "compiler", *options, "check"],
        cwd=sample.root,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", **environment},
        stdout=follower,
        stderr=subprocess.DEVNULL,
    )
    os.close(follower)
    text = b""
    try:
        while part := os.read(leader, 4096):
            text += part
    except OSError:
        pass  # how Linux says that the other side of a terminal is closed
    os.close(leader)
    assert done.wait() == 2
    assert text.decode().startswith(COLOURED if coloured else ERROR)


def test_what_the_terminal_cannot_show_is_written_as_its_number(sample: Sample) -> None:
    sample.replace(
        "message: The exit date is before the entry date.\ndetail", "message: The exit date – is before.\ndetail"
    )
    done = process(sample.root, "explain", "EN-1", PYTHONIOENCODING="latin-1")
    assert (done.returncode, done.stderr) == (0, "")
    assert "The exit date \\u2013 is before." in done.stdout


# -- check


def test_check_says_what_was_looked_at(sample: Sample, execute: Execute) -> None:
    assert execute(sample, "check") == Ran(0, "", "1 rule and 1 table in 6 files: 0 errors, 0 warnings\n")


def test_check_prints_place_line_caret_and_advice(sample: Sample, execute: Execute) -> None:
    ran = execute(sample.replace(*WRONG_NAME), "check")
    assert ran.out == (
        f"{ERROR}studentSchoolAssociation has no `entryDat`\n"
        "  14 | require: e.exitWithdrawDate is on or after e.entryDat\n"
        "     |                                              ^^^^^^^^ did you mean `entryDate`?"
        "  (rulewright explain E301)\n\n"
    )
    assert (ran.code, ran.err) == (2, "1 rule and 1 table in 6 files: 1 error, 0 warnings\n")


def test_check_reports_only_what_lies_below_the_paths(sample: Sample, execute: Execute) -> None:
    sample.replace(*WRONG_NAME).replace("doc: Kindergarten", "dock: Kindergarten", "tables/grade-levels.yaml")
    both = [line for line in execute(sample, "check").out.splitlines() if line.startswith("error")]
    assert [line.split(":")[0].split("/")[-1] for line in both] == ["EN-1-exit-after-entry.yaml", "grade-levels.yaml"]
    for path, expected in (("specs/sample/tables", both[1:]), (f"specs/sample/{RULE}", both[:1]), ("specs", both)):
        ran = execute(sample, "check", path)
        assert ([line for line in ran.out.splitlines() if line.startswith("error")], ran.code) == (expected, 2)
    assert execute(sample, "check", "specs/sample/_sources.yaml").code == 0
    assert execute(sample, "check", sample.root.parent).code == 2


def test_notes_are_shown_on_demand(rules: Sample, execute: Execute) -> None:
    quiet, full = execute(rules, "check"), execute(rules, "check", "--notes")
    note = "note[N901] specs/sample/enrollment/EN-5-of-the-tests.yaml:5:93: there is no table of DisabilityDescriptor"
    assert (note in quiet.out, note in full.out, quiet.code, full.code) == (False, True, 0, 0)
    assert quiet.err == "5 rules and 1 table in 10 files: 0 errors, 5 warnings, 1 note (show with --notes)\n"


def test_check_as_json_has_places_from_1(sample: Sample, execute: Execute) -> None:
    ran = execute(sample.replace(*WRONG_NAME), "check", "--format", "json")
    assert (ran.code, ran.err) == (2, "")
    assert json.loads(ran.out) == [
        {
            "code": "E301",
            "level": "error",
            "file": f"specs/sample/{RULE}",
            "line": 14,
            "column": 46,
            "endLine": 14,
            "endColumn": 54,
            "message": "studentSchoolAssociation has no `entryDat`",
            "hint": "did you mean `entryDate`?",
        }
    ]
    assert json.loads(execute(sample.replace(*WRONG_NAME[::-1]), "check", "--format", "json").out) == []


def test_a_kept_answer_is_the_same_and_holds_while_nothing_changes(
    rules: Sample, execute: Execute, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Sample.copied(rules.root, tmp_path / "project")
    project.replace(*WRONG_NAME)
    fresh, first = execute(project, "check", "--notes", "--no-cache"), execute(project, "check", "--notes")
    with monkeypatch.context() as patch:
        patch.setattr(checking, "open_project", None)
        assert execute(project, "check", "--notes") == first == fresh
    project.replace(*WRONG_NAME[::-1])
    assert execute(project, "check", "--notes").code == 0


CACHES: dict[str, Callable[[Path], object]] = {
    "a-file": lambda place: place.write_text("x"),
    "below-a-file": lambda place: put(place.parent, {place.name: "x"}),
    "somebody-elses": lambda place: put(place, {"mine": "x"}),
    "damaged": lambda place: None,
}


@pytest.mark.parametrize("case", CACHES)
def test_a_cache_that_cannot_be_used_is_harmless(
    case: str, sample: Sample, execute: Execute, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "kept"
    CACHES[case](place)
    monkeypatch.setenv("RULEWRIGHT_CACHE", str(place / "deep" if case == "below-a-file" else place))
    first = execute(sample, "check")
    for path in place.glob("check-*") if place.is_dir() else ():
        path.write_text('{"counts": ')
    assert execute(sample, "check") == first == Ran(0, "", "1 rule and 1 table in 6 files: 0 errors, 0 warnings\n")
    if case == "somebody-elses":
        assert [path.name for path in place.iterdir()] == ["mine"]
        assert execute(sample, "cache", "clear").err == f"0 files removed from {place}.\n"
        assert f"cache       {place} (not used: it holds other files)" in execute(sample, "doctor").out.splitlines()


def test_the_cache_is_closed_to_others_and_can_be_cleared(
    sample: Sample, execute: Execute, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "kept"
    monkeypatch.setenv("RULEWRIGHT_CACHE", str(place))
    assert f"cache       {place} (not made yet)" in execute(sample, "doctor").out.splitlines()
    assert execute(sample, "cache", "clear").err == f"0 files removed from {place}.\n"
    execute(sample, "check")
    kept = [path.name for path in place.iterdir() if path.name != "CACHEDIR.TAG"]
    assert any(re.fullmatch(r"check-[0-9a-f]{64}\.json", name) for name in kept)
    assert place.stat().st_mode & 0o777 == 0o700
    assert execute(sample, "cache", "clear").err.startswith(f"{len(kept)} file")
    assert [path.name for path in place.iterdir()] == ["CACHEDIR.TAG"]


def test_a_run_keeps_its_queries_and_no_copy_when_told_so(
    rules: Sample, execute: Execute, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is kept is closed to others, makes no difference, and goes with `cache clear`."""
    place = tmp_path / "kept"
    monkeypatch.setenv("RULEWRIGHT_CACHE", str(place))
    data = put(tmp_path / "data", {"students": [student()], "schools": [school()], "studentSchoolAssociations": []})
    run = ("run", "--data", data, *YEAR, "--format", "jsonl")
    alone = execute(rules, *run, "--no-cache")
    assert not (place / "records").exists()
    texts = [execute(rules, *run, *more).out for more in ((), (), ("--no-fuse",), ("--engine", "python"))]
    assert texts == [alone.out] * 4
    assert (place / "records").stat().st_mode & 0o777 == 0o700
    assert len(list((place / "records").glob("[0-9a-f]*.json"))) == 2  # rules together, and one by one
    execute(rules, "cache", "clear")
    assert list((place / "records").iterdir()) == []


# -- test


@pytest.mark.parametrize(
    ("arguments", "counted"),
    [
        ((), "5 examples of 2 rules"),
        (("EN-1",), "4 examples of 1 rule"),
        (("en 01",), "4 examples of 1 rule"),
        (("EN-2", "EN-1"), "5 examples of 2 rules"),
        (("specs/sample/enrollment",), "5 examples of 2 rules"),
        ((f"specs/sample/{RULE}", "EN-2"), "5 examples of 2 rules"),
    ],
)
def test_examples_of_the_chosen_rules_are_run(
    arguments: tuple[str, ...], counted: str, sample: Sample, execute: Execute
) -> None:
    execute(sample, "new", "rule", "EN-2", "--title", "Another rule")
    path = next(sample.path("enrollment").glob("EN-2*")).relative_to(sample.path("")).as_posix()
    head, _, examples = sample.read(path).partition("examples:\n")
    sample.write(head + "examples:\n" + "- name" + examples.split("- name")[1], path)
    assert execute(sample, "test", *arguments) == Ran(
        0, "", f"{counted} through interpreter and python: all as expected.\n"
    )


def test_where_no_examples_are_nothing_is_as_expected(sample: Sample, execute: Execute) -> None:
    ran = execute(sample, "test", "specs/sample/tables")
    assert ran == Ran(0, "", "0 examples of no spec: nothing was run.\n")


FAILING = {
    "outcome": (
        "expect: not applicable",
        "expect: pass",
        "expected pass, but the outcome is not applicable",
    ),
    "detail": (
        "detail: 'entry 2024-08-12, exit 2024-08-11'",
        "detail: 'entry 2024-08-12'",
        "expected detail `entry 2024-08-12`, but it is `entry 2024-08-12, exit 2024-08-11`",
    ),
    "severity": (
        "detail: 'entry 2024-08-12, exit 2024-08-11'",
        "severity: Warning",
        "expected severity `Warning`, but it is `Error`",
    ),
    "missing": (
        "given: {studentSchoolAssociations: [{entryDate: 2024-08-12}]}",
        "given: {studentSchoolAssociations: [{exitWithdrawDate: 2024-08-01, entryGradeLevelDescriptor: nothing}]}\n"
        "  invalid: 'true'",
        "expected not applicable, but the outcome is not checked "
        "(missing: studentSchoolAssociation.entryGradeLevelDescriptor)",
    ),
    "no-subject": (
        "given: {studentSchoolAssociations: [{entryDate: 2024-08-12}]}",
        "given: {studentSchoolAssociations: [{schoolYearTypeReference: {schoolYear: 2020}}]}",
        "its first record is not a subject of the rule (school year, `where`, or nothing to join)",
    ),
}


@pytest.mark.parametrize("case", FAILING)
def test_a_failing_example_says_what_was_expected_and_what_is(case: str, sample: Sample, execute: Execute) -> None:
    old, new, problem = FAILING[case]
    sample.replace(old, new)
    name = {"detail": "leaves on the day before", "severity": "leaves on the day before"}.get(case, "has not left")
    line = next(i for i, text in enumerate(sample.read().splitlines(), start=1) if text == f"- name: {name}")
    ran = execute(sample, "test")
    assert ran.out == f"failed specs/sample/{RULE}:{line}:9: EN-1, {name}\n  {problem}\n"
    assert (ran.code, ran.err) == (1, "4 examples of 1 rule through interpreter and python: 1 failure.\n")


def test_an_unknown_rule_is_not_tested(sample: Sample, execute: Execute) -> None:
    ran = execute(sample, "test", "EN-11")
    assert (ran.code, ran.out, ran.err) == (2, "", "There is no rule `EN-11`. Did you mean `EN-1`?\n")


# -- explain and show

SE5 = "# SE-5: Developmental Delay ends at age 9 (primary exceptionality)"


@pytest.mark.parametrize(
    "topic",
    [
        "SE-5",
        "SE-05",
        "se5",
        "SE 5",
        "SpecialEducation-5",
        "Special Education - 5",
        "special education-005",
        "indiana/SE-5",
    ],
)
def test_a_rule_is_explained_by_any_of_its_names(topic: str, execute: Execute) -> None:
    ran = execute(ROOT, "explain", topic)
    assert (ran.code, ran.out.splitlines()[0]) == (0, SE5)
    assert "Report another primary exceptionality, or correct the birth date." in ran.out


def test_an_alias_is_shown_with_the_weight_of_its_rule(execute: Execute) -> None:
    out = execute(ROOT, "explain", "ME-34").out
    assert "| severity | Exclusion |\n| effect on the count | not counted |\n" in out
    assert "| needs the records of | all organizations |\n" in out
    assert "The source repeats [ME-4](ME-4.md) under this id" in out


def test_a_rule_is_shown_with_its_causes_and_what_it_makes_moot(execute: Execute) -> None:
    assert "Can follow from [ME-31](ME-31.md): where" in execute(ROOT, "explain", "ME-28").out
    assert (
        "no mending of [ME-8](ME-8.md), [ME-28](ME-28.md), [ME-31](ME-31.md).\n" in execute(ROOT, "explain", "ME-5").out
    )


TOPICS = {
    "a-code": ("E301", "# E301: An unknown property"),
    "a-code-in-small-letters": ("w901", "# W901: An optional value read without a guard"),
    "a-word": ("is one of", "### is one of"),
    "a-part-of-a-form": ("one of", "### is one of"),
    "in-capitals": ("Otherwise", "### otherwise"),
    "an-everyday-word": ("today", "### \\$asOf"),
    "a-resource": ("studentSchoolAssociation", "# studentSchoolAssociation"),
    "a-resource-in-the-plural": ("students", "# student"),
}


@pytest.mark.parametrize("case", TOPICS)
def test_codes_and_words_are_explained(case: str, execute: Execute) -> None:
    topic, first = TOPICS[case]
    ran = execute(ROOT, "explain", *topic.split())
    assert (ran.code, ran.err, ran.out.splitlines()[0]) == (0, "", first)


UNKNOWN = {
    "like-a-rule": ("SE-555", "There is nothing called `SE-555`. Did you mean `SE-5`?"),
    "like-a-code": ("E3011", "There is nothing called `E3011`. Did you mean `E301`?"),
    "like-a-word": ("is one off", "There is nothing called `is one off`. Did you mean `is one of`?"),
    "like-nothing": (
        "zzzz",
        "There is nothing called `zzzz`. Name a rule (SE-5), a publication (NE-SSA), an extract (CO-SSA), a guide "
        "(IN-IIEP), a code (E301), a word of the language ('is one of') or a resource (student).",
    ),
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_what_cannot_be_explained_gets_a_suggestion(case: str, execute: Execute) -> None:
    topic, words = UNKNOWN[case]
    assert execute(ROOT, "explain", topic) == Ran(2, "", f"{words}\n")


@pytest.fixture(scope="module")
def project() -> Project:
    return own_project()


PRINTED: dict[str, Callable[[Any], list[str]]] = {
    "document": lambda rule: ["id:  @2:1", f"  '{rule.id}'  @2:5", "title:", "for each:"],
    "ast": lambda rule: [
        f"Subject(resource='{rule.subject}'" if hasattr(rule, "subject") else "Subject(resource='",
        "Name(name='",
    ],
    "checked": lambda rule: [") : boolean", ") : Record["],
    "ir": lambda rule: ["in_year:", ") : boolean", "Var(name='"],
    "python": lambda rule: [
        f'"""{rule.id}: ',
        "in_year=definitions.",
        "def require(" if rule.written.require else "def conflicts(",
    ],
    "sql": lambda rule: [f"-- {rule.id}: ", "SELECT", " FROM "],
}


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_of_every_rule_can_be_shown(stage: str, project: Project) -> None:
    program = project.programs["indiana"]
    seen = set()
    for rule in (program.checked[key] for key in program.rules):
        text = "\n".join(_lines(stage, project, program, rule))
        assert [part for part in PRINTED[stage](rule) if part not in text] == [], f"{stage} of {rule.id}"
        seen.add(text)
    assert len(seen) == len(program.rules) > 0


def test_show_of_an_alias_names_its_rule(execute: Execute) -> None:
    assert execute(ROOT, "show", "ME-34", "--stage", "document").out.startswith("id: ")
    ran = execute(ROOT, "show", "ME-34", "--stage", "ir")
    assert ran == Ran(2, "", "ME-34 repeats ME-4: see `rulewright show ME-4 --stage ir`.\n")


def test_show_prints_a_stage(sample: Sample, execute: Execute) -> None:
    ran = execute(sample, "show", "EN-01", "--stage", "ast")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[:2] == [
        "subject:",
        "  Subject(resource='studentSchoolAssociation', variable='e', joins=())",
    ]
    ran = execute(sample, "show", "EN-7", "--stage", "ast")
    assert ran.err == "There is no rule, publication, extract or guide `EN-7`. Did you mean `EN-1`?\n"
    ran = execute(ROOT, "show", "indiana/in-iep", "--stage", "ast")
    assert ran.err == "There is no rule, publication, extract or guide `indiana/in-iep`. Did you mean `IN-IIEP`?\n"


def test_a_rule_with_errors_can_be_shown_up_to_its_types(sample: Sample, execute: Execute) -> None:
    sample.replace(*WRONG_NAME)
    assert execute(sample, "show", "EN-1", "--stage", "checked").code == 0
    ran = execute(sample, "show", "EN-1", "--stage", "ir")
    assert ran == Ran(2, "", "EN-1 has errors, so it has no ir. See `rulewright check`.\n")


# -- why

STUDENTS: dict[str, Any] = {
    "schools": [school(), school(1002)],
    "students": [student(), student("100000002", birthDate="2010-05-06"), student("100000003", birthDate=None)],
    "studentSchoolAssociations": [
        enrollment(),
        enrollment("100000002", exitWithdrawDate="2024-08-02"),
        enrollment("100000002", schoolReference={"schoolId": 1002}, exitWithdrawDate="2024-12-20"),
        enrollment("100000003", exitWithdrawDate="2024-08-05", entryGradeLevelDescriptor=""),
    ],
    "studentSpecialEducationProgramAssociations": [services("100000002")],
}
WHY = {
    "violation-and-pass": ("EN-1", "100000002", ()),
    "not-applicable": ("EN-1", "100000001", ()),
    "not-checked": ("EN-1", "100000003", ()),
    "missing-in-another-record": ("EN-2", "100000003", ()),
    "age": ("EN-2", "100000002", ()),
    "conflict": ("EN-4", "100000002", ()),
    "needs-the-state": ("EN-4", "100000002", ("--scope", "district")),
    "list": ("EN-5", "100000002", ()),
    "all-steps": ("EN-1", "100000002", ("--all",)),
    "all-steps-of-a-conflict": ("EN-4", "100000002", ("--all",)),
    "all-steps-of-a-list": ("EN-5", "100000002", ("--all",)),
    "unknown-student": ("EN-1", "7", ()),
}


@pytest.mark.parametrize("case", WHY)
def test_why(case: str, rules: Sample, execute: Execute, golden: Callable[[str, str], None], tmp_path: Path) -> None:
    rule, number, options = WHY[case]
    put(tmp_path, STUDENTS)
    ran = execute(rules, "why", rule, "--data", tmp_path, "--student", number, *YEAR, *options)
    assert (ran.code, ran.err) == (0, "")
    golden(f"why-{case}.txt", f"$ rulewright why {rule} --student {number} {' '.join(options)}\n{ran.out}")


EIGHT = "d.disabilityDescriptor is '08'"
QUANTIFIED = {  # of the codes 08 and 11: what is asked, its answer, and what is said of each member
    "any": (f"any d in q.disabilities has ({EIGHT})", "yes", ["yes", "no"]),
    "any-that-is-not": ("any d in q.disabilities has (d.disabilityDescriptor is not '08')", "yes", ["no", "yes"]),
    "no": (f"no d in q.disabilities has ({EIGHT})", "no", ["yes", "no"]),
    "every": (f"every d in q.disabilities has ({EIGHT})", "no", ["yes", "no"]),
    "every-that-is-not": ("every d in q.disabilities has (d.disabilityDescriptor is not '09')", "yes", ["yes", "yes"]),
    "exactly-one": (f"exactly one d in q.disabilities has ({EIGHT})", "yes", ["yes", "no"]),
    "at-least": (f"at least 2 d in q.disabilities has ({EIGHT})", "no", ["yes", "no"]),
    "at-most": (f"at most 1 d in q.disabilities has ({EIGHT})", "yes", ["yes", "no"]),
    "not": (f"not (every d in q.disabilities has ({EIGHT}))", "yes", ["yes", "no"]),
}


@pytest.mark.parametrize("case", QUANTIFIED)
def test_why_answers_as_the_rule_is_written(case: str, rules: Sample, execute: Execute, tmp_path: Path) -> None:
    clause, answer, members = QUANTIFIED[case]
    project = Sample.copied(rules.root, tmp_path / "project")
    project.with_keys(f'require: "{clause}"\n', "enrollment/EN-5-of-the-tests.yaml")
    codes = [{"disabilityDescriptor": f"uri://x#{code}"} for code in ("08", "11")]
    put(
        tmp_path,
        {**STUDENTS, "studentSpecialEducationProgramAssociations": [services("100000002", disabilities=codes)]},
    )
    ran = execute(project, "why", "EN-5", "--data", tmp_path, "--student", "100000002", *YEAR, "--all")
    lines = ran.out.splitlines()
    assert lines[3] == f"  {'PASS' if answer == 'yes' else 'VIOLATION (Informational)'}"
    assert lines[4] == f"  must be true  {clause}: {answer}"
    asked = [line.strip() for line in lines if "[d: disabilities" in line]
    assert [text.rsplit(": ", 1)[1] for text in asked] == members


def test_why_shows_some_of_many_members(rules: Sample, execute: Execute, tmp_path: Path) -> None:
    codes = [{"disabilityDescriptor": f"uri://x#{code}", "orderOfDisability": code} for code in range(2, 22)]
    put(
        tmp_path,
        {**STUDENTS, "studentSpecialEducationProgramAssociations": [services("100000002", disabilities=codes)]},
    )
    ran = execute(rules, "why", "EN-5", "--data", tmp_path, "--student", "100000002", *YEAR, "--all")
    assert sum("[d: disabilities" in line for line in ran.out.splitlines()) == 12
    assert ran.out.splitlines()[-1] == "      ... and 8 more"


def test_why_tells_a_definition_once_in_the_words_of_its_user(rules: Sample, execute: Execute, tmp_path: Path) -> None:
    project = Sample.copied(rules.root, tmp_path / "project")
    project.write(
        "definitions:\n"
        "- {of: student as s, name: stays, doc: All., is: all x in s.studentSchoolAssociations where (x.lasts(1))}\n"
        "- of: studentSchoolAssociation as a\n"
        "  name: lasts\n"
        "  doc: Whether it lasts some days.\n"
        "  with: {least: whole}\n"
        "  is: days from a.entryDate to a.exitWithdrawDate is at least least and 'a' is 'a'\n",
        "_definitions.yaml",
    )
    project.with_keys("when: e.lasts(2)\nrequire: no o in e.student.stays has (o.lasts(2) and o is not e)\n", RULE)
    put(tmp_path, STUDENTS)
    ran = execute(project, "why", "EN-1", "--data", tmp_path, "--student", "100000002", *YEAR, "--all")
    second = [line.strip() for line in ran.out.split("\n\n")[2].splitlines()]
    telling = "days from {0}.entryDate to {0}.exitWithdrawDate is at least {1} and 'a' is 'a': {2}"
    assert telling.format("e", 2, "yes") in second
    assert telling.format("x", 1, "no") in second
    assert sum(text.endswith("o.lasts(2) and o is not e: no") or text == "o.lasts(2): yes" for text in second) == 1
    assert telling.format("o", 2, "yes") not in second


def test_why_asks_a_quantifier_again_that_was_told_before(rules: Sample, execute: Execute, tmp_path: Path) -> None:
    project = Sample.copied(rules.root, tmp_path / "project")
    project.write(
        "definitions:\n"
        "- of: student as s\n"
        "  name: cut\n"
        "  doc: Whether an enrollment ends.\n"
        "  is: any x in s.studentSchoolAssociations has (x.exitWithdrawDate is present)\n",
        "_definitions.yaml",
    )
    project.with_keys("when: e.student.cut\nrequire: not (e.student.cut)\n", RULE)
    put(tmp_path, STUDENTS)
    ran = execute(project, "why", "EN-1", "--data", tmp_path, "--student", "100000003", *YEAR, "--all")
    assert [line for line in ran.out.splitlines() if "  must be true" in line or "  applies when" in line] == [
        "  applies when  e.student.cut: yes",
        "  must be true  not e.student.cut: no",
    ]


def test_why_without_the_resource_says_so(rules: Sample, execute: Execute, tmp_path: Path) -> None:
    put(tmp_path, {name: bodies for name, bodies in STUDENTS.items() if name != "students"})
    ran = execute(rules, "why", "EN-2", "--data", tmp_path, "--student", "100000001", *YEAR)
    assert ran.out.splitlines()[1] == "It cannot be checked here: there is no file of student."


WHY_WRONG = {
    "unknown-rule": (("EN-9",), 2, "There is no rule `EN-9`. Did you mean `EN-1`?"),
    "no-data": (("EN-1", "--data", "nowhere"), 3, "nowhere does not exist; data are a folder"),
    "unknown-year": (
        ("EN-1", "--school-year", "1999"),
        2,
        "The collection `enrollment` has no parameters for school year 1999",
    ),
    "unknown-cycle": (
        ("EN-1", "--cycle", "spring"),
        2,
        "The collection `enrollment` has no cycle `spring`; it has fall.",
    ),
}


@pytest.mark.parametrize("case", WHY_WRONG)
def test_why_cannot_answer(case: str, rules: Sample, execute: Execute, tmp_path: Path) -> None:
    arguments, code, words = WHY_WRONG[case]
    put(tmp_path, STUDENTS)
    ran = execute(rules, "why", "--student", "100000001", "--data", tmp_path, *YEAR, *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.splitlines()[-1].startswith(words)


def test_why_shows_text_of_records_as_harmless_text(rules: Sample, execute: Execute, tmp_path: Path) -> None:
    harmful = student("1\x1b[31m", lastSurname="a\u202eb", birthDate="2010-01-01")
    put(tmp_path, {**STUDENTS, "students": [harmful], "studentSchoolAssociations": [enrollment("1\x1b[31m")]})
    ran = execute(rules, "why", "EN-2", "--data", tmp_path, "--student", "1\x1b[31m", *YEAR)
    assert "  found: a?b, born 2010-01-01" in ran.out.splitlines()
    assert [c for c in ran.out if not c.isprintable() and c != "\n"] == []


# -- new


@pytest.mark.parametrize("standard", ["3.3", "4.0", "5.2"])
def test_a_new_project_checks_builds_tests_and_runs(standard: str, execute: Execute, tmp_path: Path) -> None:
    made = execute(tmp_path, "new", "project", "place", "--standard", standard)
    place = tmp_path / "place"
    assert made == Ran(0, "", "A project was written to place. Next: cd place && rulewright check && rulewright test\n")
    assert [path.name for path in (place / "specs" / "schemas").iterdir()] == [f"ed-fi-{standard}"]
    assert execute(place, "check", "--notes") == Ran(0, "", "1 rule and 1 table in 6 files: 0 errors, 0 warnings\n")
    assert execute(place, "test").err == "4 examples of 1 rule through interpreter and python: all as expected.\n"
    assert execute(place, "build").code == execute(place, "build", "--check").code == 0
    assert execute(place, "fmt", "--check").err == "0 files would change.\n"
    ran = execute(place, "run", "--data", "data", *YEAR)
    assert (ran.code, ran.err.splitlines()[-1]) == (
        1,
        "1 rule run, 2 subjects, 1 finding, 0 not checked, 0 structure findings",
    )
    readme = (place / "README.md").read_text()
    assert readme.startswith("# Rules of place\n")
    assert "{{" not in "".join(path.read_text() for path in place.rglob("*.yaml"))


NEW = {
    "rule": ("rule EN-2 --title 'Another \"rule\"'", "enrollment/EN-2-another-rule.yaml", 2, 1),
    "rule-with-a-letter": ("rule EN-12a --title 'Élèves ≥ 5'", "enrollment/EN-12a-eleves-5.yaml", 2, 1),
    "rule-in-another-script": ("rule EN-3 --title 学生の年齢", "enrollment/EN-3.yaml", 2, 1),
    "table": ("table ExitTypes --title 'Exit: types'", "tables/exit-types.yaml", 1, 2),
}


@pytest.mark.parametrize("case", NEW)
def test_what_is_new_checks(case: str, sample: Sample, execute: Execute) -> None:
    arguments, name, rules, tables = NEW[case]
    ran = execute(
        sample, "new", *shlex.split(arguments), "--in", "specs/sample/enrollment" if rules == 2 else "specs/sample"
    )
    path = sample.path(name)
    shown = path.relative_to(sample.root)
    assert ran == Ran(0, "", f"{shown} was written. Next: rulewright check {shown}\n")
    assert [d for d in sample.check() if d.code != "W908"] == []  # nothing uses the new table yet
    counted = f"{rules} rule{'s' * (rules > 1)} and {tables} table{'s' * (tables > 1)} in 7 files"
    assert execute(sample, "check").err.startswith(counted)
    assert execute(sample, "test").code == 0
    modeline = sample.read(name).splitlines()[0].removeprefix("# yaml-language-server: $schema=")
    execute(sample, "build")
    assert (path.parent / modeline).is_file()


def test_a_table_is_for_the_whole_state(sample: Sample, execute: Execute) -> None:
    ran = execute(sample, "new", "table", "RaceCodes", "--title", "Races")
    assert ran.err.startswith("specs/sample/tables/race-codes.yaml was written.")
    assert "descriptor: RaceDescriptor" in sample.read("tables/race-codes.yaml").splitlines()


REFUSED = {
    "project-in-a-full-folder": ("project .", "{root} is already there and not empty."),
    "project-over-a-file": ("project README.md", "README.md is already there and not empty."),
    "project-below-a-file": ("project README.md/deep", "README.md/deep could not be read or written: Not a directory"),
    "rule-with-a-bad-id": (
        "rule en-2 --title Some",
        "`en-2` is not an id; write two to four capitals, a hyphen and a number, as EN-12.",
    ),
    "rule-with-an-id-like-a-path": ("rule ../EN-2 --title Some", "`../EN-2` is not an id;"),
    "rule-with-four-digits": ("rule EN-2000 --title Some", "`EN-2000` is not an id;"),
    "rule-with-a-short-title": ("rule EN-2 --title x", "`x` is too short for a title; say in a line what it is about."),
    "table-with-a-short-title": (
        "table Codes --title x",
        "`x` is too short for a title; say in a line what it is about.",
    ),
    "rule-that-exists": ("rule EN-1 --title Some", "There is a rule EN-1 already; ids are never reused."),
    "rule-without-title": ("rule EN-2", "Error: Missing option '--title'."),
    "rule-in-no-folder-of-rules": (
        "rule EN-2 --title Some --in specs/sample/tables",
        "specs/sample/tables declares nothing;",
    ),
    "rule-outside": ("rule EN-2 --title Some --in /", OUTSIDE),
    "table-with-a-bad-name": (
        "table exitTypes --title Some",
        "`exitTypes` is not the name of a table; write it as `GradeLevels`.",
    ),
    "table-with-a-name-like-a-path": ("table A/B --title Some", "`A/B` is not the name of a table;"),
    "table-that-exists": ("table GradeLevels --title Some", "There is a table GradeLevels already."),
    "nothing": ("rulle EN-2", "Error: No such command 'rulle'."),
}


@pytest.mark.parametrize("case", REFUSED)
def test_nothing_is_overwritten_and_bad_names_are_refused(case: str, sample: Sample, execute: Execute) -> None:
    arguments, words = REFUSED[case]
    before = contents(sample.root)
    ran = execute(sample, "new", *arguments.split())
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[-1].startswith(words.format(root="."))
    assert contents(sample.root) == before


def test_a_rule_file_that_is_in_the_way_is_kept(sample: Sample, execute: Execute) -> None:
    sample.write("# mine\n", "enrollment/EN-2-some.yaml")
    ran = execute(sample, "new", "rule", "EN-2", "--title", "Some")
    assert (ran.code, sample.read("enrollment/EN-2-some.yaml")) == (2, "# mine\n")


# -- doctor


def test_doctor_says_what_was_found(sample: Sample, execute: Execute, tmp_path: Path) -> None:
    found = dict(line.split(None, 1) for line in execute(sample, "doctor").out.splitlines())
    assert found["rulewright"] == f"{__version__} in {ROOT / 'compiler'}"
    assert found["project"] == str(sample.root)
    assert "ed-fi-3.3, ed-fi-4.0, ed-fi-5.2" in found["schemas"]
    assert found["output"].endswith("no terminal")
    assert {"duckdb", "lark", "jsonschema", "sqlglot"} <= set(found)
    assert "lost" not in found
    outside = dict(line.split(None, 1) for line in execute(tmp_path, "doctor").out.splitlines())
    assert outside["project"] == "none here or above (rulewright new project DIR)"


@pytest.mark.parametrize("year", ["0", "1", "10000"])
@pytest.mark.parametrize(
    "command",
    [
        "run --data . --school-year",
        "why EN-1 --data . --student 1 --school-year",
        "extract SY-SSA --data . -o out.csv --school-year",
        "plan SY-SSA --after . --year",
        "triage SY-1 --data . --student 1 --school-year",
    ],
)
def test_a_year_that_no_calendar_has_is_refused(command: str, year: str, execute: Execute, tmp_path: Path) -> None:
    ran = execute(tmp_path, *command.split(), year)
    assert (ran.code, ran.out) == (2, "")
    assert f"{year} is not in the range 2<=x<=9999" in ran.err
