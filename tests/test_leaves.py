"""The quick readings of values agree with those of the interpreter, on plain values and on odd ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.backends.duckdb import prelude
from compiler.schema.types import BOOLEAN, DATE, DECIMAL, TEXT, WHOLE, Code, Type
from compiler.semantics.values import read

READERS: dict[str, Type] = {
    "json_text": TEXT, "json_code": Code("X"), "json_date": DATE, "json_whole": WHOLE, "json_decimal": DECIMAL,
    "json_flag": BOOLEAN,
}  # fmt: skip
ODD = [
    "", " ", "\t", "\n", "x", " x", "x ", "é", "a#b", "#", "# ", "#b", "a#", "a#b#c", "a# b", "a#\tb", "a#b\nc", "\n#x",
    "uri://x", "uri://x#08", "uri://x# ", "uri:/x", "08", "a\\b", 'a"b', 'a#"', 'a#b"c', "\\#b", '"', "\\", "\u0000",
    "a\u0000#b", "2024-02-29", "2023-02-29", "2024-2-9", "0000-01-01", "0001-01-01", "9999-12-31", "2024-02-29 ",
    "20240229", 0, 1, -1, 10**17, 10**18, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 10**30, 1.0, 1.5, -0.0, 1e5, 1e-9,
    8, 1e-13, 1e25, 1e26, 1e300, 0.1, 123456789.123456789, True, False, None, [], {}, [1], ["x"], {"a": 1},
]  # fmt: skip


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        made.execute(prelude())
        made.execute(files("compiler.engines.duckdb").joinpath("leaves.sql").read_text(encoding="utf-8"))
        yield made


def values(connection: duckdb.DuckDBPyConnection, raw: Any) -> dict[str, Any]:
    """What each macro reads from a value that is written as JSON; null is no value to DuckDB."""
    columns = ", ".join(f"{macro}(written)" for macro in READERS)
    written = None if raw is None else json.dumps(raw, ensure_ascii=False)
    row = connection.execute(f"SELECT {columns} FROM (SELECT CAST(? AS JSON) AS written)", [written]).fetchone()
    assert row is not None
    return dict(zip(READERS, row, strict=True))


@pytest.mark.parametrize("raw", ODD, ids=[f"{type(raw).__name__}-{i}" for i, raw in enumerate(ODD)])
def test_odd_values(connection: duckdb.DuckDBPyConnection, raw: Any) -> None:
    assert values(connection, raw) == {macro: read(raw, kind) for macro, kind in READERS.items()}


@given(
    st.one_of(
        st.text(alphabet='a#:/ \\"\t\néb0', max_size=8),
        st.text(max_size=12),
        st.dates(date(1, 1, 1)).map(str),
        st.integers(-(2**70), 2**70),
        st.floats(allow_nan=False, allow_infinity=False),
        st.decimals(-(10**6), 10**6, places=3).map(float),
    )
)
def test_any_value(connection: duckdb.DuckDBPyConnection, raw: Any) -> None:
    assert values(connection, raw) == {macro: read(raw, kind) for macro, kind in READERS.items()}
