"""Options and fixtures of all tests: golden files, a cache of their own, small projects, the data beside the clone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from compiler.diagnostics import Level
from compiler.semantics.program import Program
from tests.running import with_rules
from tests.support import SHARED, Execute, Ran, Sample, command, make_project, own_project

GOLDEN = Path(__file__).parent / "golden"
collect_ignore = [] if find_spec("playwright") else ["browser"]  # it comes with the extra `browser`


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite expected texts; review them with git diff")


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture
def golden(update_golden: bool) -> Callable[[str, str], None]:
    """Compares a text with a file below tests/golden, or rewrites the file with --update-golden."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if update_golden:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        assert text == path.read_bytes().decode()

    return compare


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Caches of the user are neither read nor written."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RULEWRIGHT_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.delenv("NO_COLOR", raising=False)
        yield


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `rulewright new project` writes."""
    return make_project(tmp_path_factory.mktemp("template") / "project")


@pytest.fixture
def sample(template: Path, tmp_path: Path) -> Sample:
    """A copy of the sample project that a test may spoil."""
    return Sample.copied(template, tmp_path / "sample")


@pytest.fixture
def execute(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Execute:
    """Runs a command inside a folder."""

    def run(place: Path | Sample, *arguments: object) -> Ran:
        monkeypatch.chdir(place.root if isinstance(place, Sample) else place)
        return command(capsys, *arguments)

    return run


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data and of the synthetic state, where it lies beside the clone."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is absent: real data and the synthetic state are not part of the project")
    return SHARED


@pytest.fixture(scope="session")
def rules(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The sample project with a rule of each severity; not to be changed."""
    return with_rules(Sample.copied(template, tmp_path_factory.mktemp("rules") / "project"))


@pytest.fixture(scope="session")
def program(rules: Sample) -> Program:
    """The program of these rules."""
    project = rules.open()
    assert [d for d in project.sink if d.level is Level.ERROR] == []
    return project.programs["sample"]


@pytest.fixture(scope="session")
def indiana() -> Program:
    """The program of the project's own rules."""
    return own_project().programs["indiana"]


@pytest.fixture(scope="session")
def colorado() -> Program:
    """The program of the project's own extract."""
    return own_project().programs["colorado"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """A run says by name which suites it leaves out."""
    if config.getoption("markexpr") == "not browser":
        terminalreporter.write_line("Left out: the suite `browser`, pages in a real browser (make test-all).")
