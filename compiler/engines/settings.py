"""Rows of configuration tables from a file of their own, which take the place of those of a folder."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from compiler.engines.folder import DataError
from compiler.schema.edfi import Resource, Schemas
from compiler.schema.types import describe
from compiler.semantics.checker.typed import scalar_value
from compiler.semantics.values import jsonable
from compiler.suggest import nearest

_NOTHING = ("", "~", "null")


def read_settings(path: Path, schemas: Schemas) -> dict[str, list[dict[str, Any]]]:
    """The rows of a YAML or JSON file, ``{plural table: [rows]}``, by the singular name of their table.

    Scalars are read as texts and typed by the schema of the table, so that `07` stays a code.
    """
    import yaml

    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    except OSError as error:
        raise DataError(f"{path} could not be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise DataError(f"{path} is neither YAML nor JSON") from error
    if not isinstance(content, dict):
        raise DataError(f"{path} holds no tables; write `resourceToggles:` and its rows below it")
    found: dict[str, list[dict[str, Any]]] = {}
    for name, rows in content.items():
        resource = schemas.resource(name) if name in schemas.plurals else None
        if resource is None:
            raise DataError(f"{path}: there is no table `{name}`{_advice(name, schemas.plurals)}")
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise DataError(f"{path}: `{name}` holds no list of rows")
        found[resource.name] = [_row(path, resource, row) for row in rows]
    return found


def _row(path: Path, resource: Resource, written: dict[str, Any]) -> dict[str, Any]:
    row = {}
    for name, text in written.items():
        prop = resource.properties.get(name)
        if prop is None:
            raise DataError(f"{path}: {resource.plural} have no `{name}`{_advice(name, resource.properties)}")
        if text in _NOTHING:
            continue
        value = scalar_value(text, prop.type) if isinstance(text, str) else None
        if value is None:
            raise DataError(f"{path}: `{name}` of {resource.plural} is not {describe(prop.type)}")
        row[name] = jsonable(value)
    return row


def _advice(name: str, known: Iterable[str]) -> str:
    close = nearest(name, known)
    return f"; did you mean `{close}`?" if close else ""
