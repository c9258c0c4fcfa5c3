"""The rows of the compiler: a module imports from rows below its own, never from one above or beside it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import ROOT

# Top row first. A name is a package or module below `compiler`.
ROWS = (
    ("__main__",),
    ("cli",),
    ("driver", "checking", "conformance"),
    ("cache", "catalogue", "reports"),
    ("changes",),
    ("engines",),
    ("planning",),
    ("backends", "filing", "transcription"),
    ("semantics",),
    ("syntax", "schema"),
    ("diagnostics", "templates", "web"),
    ("garbage", "source", "suggest"),
    ("__init__",),
)
RANK = {name: len(ROWS) - number for number, row in enumerate(ROWS) for name in row}
WITHIN_A_ROW = {("checking", "driver"), ("semantics", "semantics")}
HEAVY = {"lark", "jsonschema", "duckdb", "sqlglot", "jinja2", "yaml", "msgspec", "rich", "xlsxwriter", "openpyxl"}
FILES = sorted((ROOT / "compiler").rglob("*.py"))


def part_of(module: str) -> str:
    """`compiler.semantics.ir` is in `semantics`; `compiler` itself in `__init__`."""
    return module.split(".")[1] if "." in module else "__init__"


def imports(path: Path, *, top_only: bool = False) -> Iterator[str]:
    """The modules that a file imports; with ``top_only`` those it imports when it is itself imported."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    hidden: set[ast.AST] = set()
    for node in ast.walk(tree):
        for_types_only = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        if for_types_only or (top_only and isinstance(node, ast.FunctionDef)):
            hidden.update(ast.walk(node))
    for node in ast.walk(tree):
        if node in hidden:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 or "python_runtime" in path.name, f"{path}: relative import"
            base = node.module or ""
            yield from (f"{base}.{alias.name}" if base == "compiler" else base for alias in node.names)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_point_down(path: Path) -> None:
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    own = part_of(module.removesuffix(".__init__"))
    for name in imports(path):
        if name.split(".")[0] == "compiler":
            other = part_of(name) if part_of(name) in RANK else "__init__"
            allowed = RANK[other] < RANK[own] or other == own or (own, other) in WITHIN_A_ROW
            assert allowed, f"{module} ({own}) imports {name} ({other})"


def test_every_part_has_a_row() -> None:
    parts = {path.name for path in (ROOT / "compiler").iterdir() if path.name != "__pycache__"}
    assert {part.removesuffix(".py") for part in parts} - {"py"} - {"py.typed"} == set(RANK)


def test_compiler_knows_no_state() -> None:
    """No rule, state name or code table in the compiler: these are data below specs/."""
    names = {path.name for path in (ROOT / "specs").iterdir() if path.is_dir()} - {"schemas"}
    for path in FILES:
        text = path.read_text(encoding="utf-8").lower()
        found = [name for name in names if f'"{name}"' in text or f"'{name}'" in text]
        assert not found, f"{path}: {found}"


def test_commands_import_heavy_libraries_late() -> None:
    """What `rulewright --help` imports on its way is light."""
    for path in (ROOT / "compiler" / "cli").glob("*.py"):
        heavy = {name.split(".")[0] for name in imports(path, top_only=True)} & HEAVY
        assert not heavy, f"{path}: {heavy}"


def test_runtime_needs_the_standard_library_only() -> None:
    for path in (ROOT / "compiler/backends/python_runtime.py", ROOT / "compiler/schema/patterns.py"):
        roots = {name.split(".")[0] for name in imports(path)}
        assert roots - {"compiler"} <= set(sys.stdlib_module_names), path
