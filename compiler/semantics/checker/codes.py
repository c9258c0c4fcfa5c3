"""Code literals against the tables of their descriptor."""

from __future__ import annotations

from compiler.diagnostics import Sink
from compiler.schema.types import Code
from compiler.semantics.scope import Scope, Table
from compiler.source import Span
from compiler.suggest import nearest


def check_code(code: str, kind: Code, span: Span, scope: Scope, years: tuple[int, ...], sink: Sink) -> None:
    """Report a code that no table of its descriptor holds, or not in every school year the spec is for.

    A whole URI is looked up by its namespace; a bare code that two namespaces hold must be written as a URI.
    """
    tables = scope.code_tables(kind.descriptor)
    namespace, mark, bare = code.partition("#")
    if mark:
        tables = [table for table in tables if table.namespace == namespace]
        code = bare
    if not tables and scope.lacks("table"):
        return
    if not tables:
        sink.report("N901", span, descriptor=kind.descriptor, code=code)
        return
    holding = [table for table in tables if code in table.codes()]
    if not holding:
        _unknown(code, tables, span, sink)
        return
    namespaces = sorted({table.namespace for table in holding if table.namespace})
    if not mark and len(namespaces) > 1:
        choices = ", ".join(f"'{namespace}#{code}'" for namespace in namespaces)
        sink.report("E411", span, code=code, choices=choices)
    absent = [year for year in years if not any(code in table.codes(year) for table in holding)]
    if absent:
        listed = ", ".join(str(year) for year in absent)
        sink.report("E403", span, table=holding[0].name, code=code, years=f" in school year {listed}", hint="")


def _unknown(code: str, tables: list[Table], span: Span, sink: Sink) -> None:
    known = [c for table in tables for c in table.codes()]
    close = nearest(code, known) or next((c for c in known if c.lstrip("0") == code.lstrip("0")), None)
    listed = ", ".join(f"'{c}'" for c in known[:8]) + (", ..." if len(known) > 8 else "")
    advice = f"did you mean '{close}'?" if close else f"it has {listed}"
    sink.report("E403", span, table=tables[0].name, code=code, years="", hint=advice)
