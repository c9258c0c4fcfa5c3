"""The wheel, made from an unpacked source distribution, is all that a project of one's own needs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from compiler import __version__
from tests.support import ROOT

SOURCES = ("compiler", "specs", "tests")
FILES = ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE", "NOTICE")
BACKEND = "import sys; from setuptools import build_meta; getattr(build_meta, sys.argv[1])(sys.argv[2])"


def built(what: str, source: Path, folder: Path) -> Path:
    """What the build backend makes of a source folder; it leaves things lying there."""
    command = [sys.executable, "-c", BACKEND, f"build_{what}", str(folder)]
    subprocess.run(command, cwd=source, capture_output=True, check=True)
    (made,) = folder.glob("*.whl" if what == "wheel" else "*.tar.gz")
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    for name in SOURCES:
        shutil.copytree(ROOT / name, folder / "clone" / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copyfile(ROOT / name, folder / "clone" / name)
    shutil.unpack_archive(built("sdist", folder / "clone", folder), folder / "unpacked")
    (source,) = (folder / "unpacked").iterdir()
    return built("wheel", source, folder)


def test_the_wheel_holds_what_it_needs_and_no_more(wheel: Path) -> None:
    about = f"rulewright-{__version__}.dist-info"
    names = set(zipfile.ZipFile(wheel).namelist())
    code = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "compiler").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    schemas = {
        f"compiler/templates/schemas/{path.parent.name}/{path.name}"
        for path in (ROOT / "specs" / "schemas").glob("ed-fi-*/*.json")
    }
    assert {path for path in names if path.startswith("compiler/")} == code | schemas
    assert {name.split("/")[0] for name in names} == {"compiler", about}
    assert {f"{about}/licenses/LICENSE", f"{about}/licenses/NOTICE", f"{about}/entry_points.txt"} <= names


def test_a_project_of_ones_own_works_with_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    """Of this environment only the libraries are used; the compiler is that of the wheel."""
    installed, home = tmp_path / "installed", tmp_path / "home"
    home.mkdir()
    zipfile.ZipFile(wheel).extractall(installed)
    libraries = os.pathsep.join([str(installed), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
    environment = {**os.environ, "PYTHONPATH": libraries}

    def run(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """With ``-S``: no path files of editable installs."""
        command = [sys.executable, "-S", *arguments]
        return subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)

    def rulewright(*arguments: str, code: int = 0) -> str:
        ran = run(project if project.is_dir() else home, "-m", "compiler", *arguments)
        assert ran.returncode == code, ran.stdout + ran.stderr
        return ran.stdout + ran.stderr

    project = home / "place"
    found = run(home, "-c", "import compiler; print(compiler.__file__)").stdout.strip()
    assert Path(found) == installed / "compiler" / "__init__.py"
    rulewright("new", "project", "place")
    assert f"{__version__} in {installed / 'compiler'}\n" in rulewright("doctor")
    assert rulewright("check") == "1 rule and 1 table in 6 files: 0 errors, 0 warnings\n"
    assert rulewright("test").endswith("all as expected.\n")
    rulewright("build")
    assert rulewright("build", "--check").endswith("up to date.\n")
    rulewright("new", "rule", "EN-2", "--title", "One more")
    shutil.rmtree(project / "specs" / "schemas")
    assert rulewright("check") == "2 rules and 1 table in 7 files: 0 errors, 0 warnings\n"
    assert rulewright("explain", "E301").startswith("# E301: ")
    year = ("--school-year", "2025", "--as-of", "2025-06-01")
    told = rulewright("run", "--data", "data", "--rule", "EN-1", *year, code=1)
    assert told.endswith("1 rule run, 2 subjects, 1 finding, 0 not checked, 0 structure findings\n")
    assert "VIOLATION (Error)" in rulewright("why", "EN-1", "--data", "data", "--student", "100000002", *year)
