"""Structure findings: records that are not what their schema says, each with its file and line.

Two levels. ``used`` looks at what the chosen rules rest on: lines that are no JSON, natural keys, references the rules
cross, the properties they read, and required properties of the records they read. ``all`` looks at everything the
schemas say. A faulty value counts as missing when rules are evaluated; a record without a readable key is left out;
of records with one key the first counts. What a server adds (``id``, ``_etag``, ``link`` ...) and foreign extensions
are never findings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from math import isfinite
from typing import Any

from compiler.engines.folder import DataFolder, Entry
from compiler.schema.edfi import Property, Reference, Resource, Schemas, Shape
from compiler.schema.types import BOOLEAN, DATE, DECIMAL, MOMENT, NUMBERS, TEXT, WHOLE, Code, ListOf, Type, describe
from compiler.semantics.checker.paths import key_paths
from compiler.semantics.usage import Usage
from compiler.semantics.values import Key, Path, code_value, dig, jsonable, read
from compiler.semantics.world import RawRecord, key_type

USED, ALL = "used", "all"
_SERVER = frozenset({"id", "link", "_etag", "_lastModifiedDate", "_ext"})


@dataclass(frozen=True, slots=True)
class Fault:
    """A structure finding before its student is known. ``path`` is empty when it is about the whole record."""

    code: str
    resource: str
    key: dict[str, Any]
    path: str
    problem: str
    file: str
    line: int
    record: RawRecord | None = None


@dataclass(slots=True)
class Dataset:
    """The records of a folder by resource (singular), and what is wrong with them."""

    records: dict[str, list[RawRecord]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    read: int = 0


def read_dataset(
    folder: DataFolder, schemas: Schemas, used: Usage, codes: Mapping[str, frozenset[str]], level: str
) -> Dataset:
    """Read the resources that rules use (all of the folder at level ``all``) and check their structure.

    ``codes`` holds the known codes of each descriptor that has a table.
    """
    dataset = Dataset()
    wanted = resources_used(used) | _other_kinds(used, schemas)
    names = [name for name in folder.files if level == ALL or name in wanted]
    keys: dict[str, dict[Key, Entry]] = {}
    for name in sorted(names):
        resource = schemas.resource(name)
        assert resource is not None
        checker = _Checker(resource, _checked_paths(resource, used, level), codes, level)
        keys[name] = checker.read(folder, dataset)
    for name in sorted(names):
        resource = schemas.resource(name)
        assert resource is not None
        dataset.faults.extend(_dangling(resource, dataset.records, keys, used, schemas, level))
    dataset.faults.sort(key=lambda fault: (fault.resource, fault.file, fault.line, fault.path, fault.code))
    return dataset


def resources_used(used: Usage) -> set[str]:
    """The resources whose records rules look at."""
    return {name for name, _ in used.reads} | used.needs | {target for _, _, target in used.crossings}


def _other_kinds(used: Usage, schemas: Schemas) -> set[str]:
    """Where a reference to several kinds is crossed to one of them: the others, which may hold the record instead."""
    found: set[str] = set()
    for name, paths, target in used.crossings:
        resource = schemas.resource(name)
        for reference in resource.references if resource is not None else ():
            kinds = schemas.kinds.get(reference.target, {})
            if target in kinds and set(paths) == set(reference.paths):
                found.update(kinds)
    return found


def _checked_paths(resource: Resource, used: Usage, level: str) -> frozenset[Path] | None:
    """The paths to check; None is all of them."""
    if level == ALL:
        return None
    read_paths = {path for name, path in used.reads if name == resource.name}
    required = {(name,) for name, prop in resource.properties.items() if prop.required}
    return frozenset({*read_paths, *required, *resource.key})


class _Checker:
    """Checks the records of one resource."""

    def __init__(
        self, resource: Resource, paths: frozenset[Path] | None, codes: Mapping[str, frozenset[str]], level: str
    ) -> None:
        self.resource = resource
        self.paths = paths
        self.prefixes = frozenset(path[: i + 1] for path in paths or () for i in range(len(path)))
        self.codes = codes
        self.level = level

    def read(self, folder: DataFolder, dataset: Dataset) -> dict[Key, Entry]:
        """Read all records; gives the keys seen, with the first entry of each."""
        resource = self.resource
        records = dataset.records.setdefault(resource.name, [])
        seen: dict[Key, Entry] = {}
        for entry in folder.entries(resource.name):
            dataset.read += 1
            if entry.body is None:
                fault = Fault("not-json", resource.name, {}, "", entry.problem, entry.file, entry.line)
                dataset.faults.append(fault)
                continue
            record = RawRecord(entry.body, entry.file, entry.line)
            key, shown, problems = self._key(entry.body)
            found = list(self._object(entry.body, resource, ()))
            if key is None:
                found = [*problems, *(f for f in found if f[1] not in {p for _, p, _ in problems})]
            elif key in seen:
                found.append(("duplicate-key", "", _repeats(seen[key], entry)))
            else:
                seen[key] = entry
            dataset.faults.extend(
                Fault(code, resource.name, shown, path, problem, entry.file, entry.line, record)
                for code, path, problem in found
            )
            records.append(record)
        return seen

    def _key(self, body: Mapping[str, Any]) -> tuple[Key | None, dict[str, Any], list[tuple[str, str, str]]]:
        parts: list[Any] = []
        shown: dict[str, Any] = {}
        problems = []
        for path in self.resource.key:
            raw = dig(body, path)
            value = read(raw, key_type(self.resource, path))
            dotted = ".".join(path)
            if value is None:
                absent = raw is None or (isinstance(raw, str) and not raw.strip())
                prop = self.resource.find(path)
                assert prop is not None
                problems.append(_missing_key(dotted) if absent else (*_wrong(prop.type, dotted, raw),))
            else:
                shown[dotted] = jsonable(value)
                parts.append(value)
        return (None if problems else tuple(parts)), shown, problems

    # -- values

    def _object(self, body: Mapping[str, Any], shape: Shape, above: Path) -> Iterator[tuple[str, str, str]]:
        for name, prop in shape.properties.items():
            path = (*above, name)
            if self.paths is not None and path not in self.prefixes:
                continue
            raw = body.get(name)
            if raw is None or (isinstance(raw, str) and not raw.strip() and prop.shape is None):
                if prop.required and path not in self.resource.key and not self._holds_key(path):
                    yield "missing-required", ".".join(path), "is missing"
            else:
                yield from self._value(raw, prop, path)
        if self.paths is None:
            yield from self._unknown(body, shape, above)

    def _holds_key(self, path: Path) -> bool:
        """Whether a missing object takes parts of the natural key with it (reported as missing-key)."""
        return any(key[: len(path)] == path for key in self.resource.key)

    def _value(self, raw: Any, prop: Property, path: Path) -> Iterator[tuple[str, str, str]]:
        dotted = ".".join(path)
        if isinstance(prop.type, ListOf):
            if not isinstance(raw, list):
                yield "wrong-type", dotted, f"should be a list, but is {_named(raw)}"
                return
            for item in raw:
                inner = Property(prop.name, prop.type.item, False, shape=prop.shape, max_length=prop.max_length)
                yield from self._value(item, inner, path)
        elif prop.shape is not None:
            if isinstance(raw, Mapping):
                yield from self._object(raw, prop.shape, path)
            else:
                yield "wrong-type", dotted, f"should be an object, but is {_named(raw)}"
        else:
            yield from self._scalar(raw, prop, dotted)

    def _scalar(self, raw: Any, prop: Property, dotted: str) -> Iterator[tuple[str, str, str]]:
        if read(raw, prop.type) is None:
            if not (isinstance(raw, str) and not raw.strip()):
                yield _wrong(prop.type, dotted, raw)
            return
        if isinstance(prop.type, Code):
            known = self.codes.get(prop.type.descriptor)
            code = code_value(raw)
            if known is not None and code not in known:
                yield "unknown-code", dotted, f"'{code}' is not a code of {prop.type.descriptor}"
        if self.level == ALL:
            yield from _limits(raw, prop, dotted)

    def _unknown(self, body: Mapping[str, Any], shape: Shape, above: Path) -> Iterator[tuple[str, str, str]]:
        for name in body:
            if name not in shape.properties and name not in _SERVER and "_ext" not in above:
                yield "unknown-property", ".".join((*above, name)), "is no property of the schema"


def _repeats(first: Entry, entry: Entry) -> str:
    file = "" if first.file == entry.file else f"{first.file} "
    return f"repeats the key of {file}line {first.line}; only the first counts"


def _missing_key(dotted: str) -> tuple[str, str, str]:
    return "missing-key", dotted, "a part of the natural key is missing, so the record is left out"


_WANTED: dict[Type, str] = {
    TEXT: "text", MOMENT: "text", WHOLE: "a whole number", DECIMAL: "a number", BOOLEAN: "true or false",
}  # fmt: skip


def _wrong(kind: Type, dotted: str, raw: Any) -> tuple[str, str, str]:
    if kind is DATE and isinstance(raw, str):
        return "bad-date", dotted, f"{_named(raw)} is not a date"
    if kind in NUMBERS and _is_number(raw) and (kind is DECIMAL or raw == int(raw)):
        return "wrong-type", dotted, f"{_named(raw)} is out of range"
    wanted = "a date" if kind is DATE else "the URI of a code" if isinstance(kind, Code) else _WANTED.get(kind)
    return "wrong-type", dotted, f"should be {wanted or describe(kind)}, but is {_named(raw)}"


def _is_number(raw: object) -> bool:
    """Whether a value is a number; what is not finite is none."""
    if isinstance(raw, float):
        return isfinite(raw)
    return isinstance(raw, int | Decimal) and not isinstance(raw, bool)


def _named(raw: Any) -> str:
    """A faulty value in words; long ones are cut."""
    if isinstance(raw, Mapping | list):
        return "a list" if isinstance(raw, list) else "an object"
    if isinstance(raw, bool):
        return str(raw).lower()
    text = str(raw)
    text = text if len(text) <= 40 else f"{text[:37]}..."
    return f"'{text}'" if isinstance(raw, str) else text


def _limits(raw: Any, prop: Property, dotted: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(raw, str) and prop.max_length is not None and len(raw) > prop.max_length:
        yield "wrong-type", dotted, f"has {len(raw)} characters, more than {prop.max_length}"
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        if prop.maximum is not None and raw > prop.maximum:
            yield "wrong-type", dotted, f"is {raw}, more than {prop.maximum:g}"
        if prop.minimum is not None and raw < prop.minimum:
            yield "wrong-type", dotted, f"is {raw}, less than {prop.minimum:g}"


# -- references


def _dangling(
    resource: Resource,
    records: Mapping[str, list[RawRecord]],
    keys: Mapping[str, Mapping[Key, Entry]],
    used: Usage,
    schemas: Schemas,
    level: str,
) -> Iterator[Fault]:
    """References of a resource's records to records that are not there.

    A reference to several kinds must lead to one of them; while the data lack a kind that could hold it, nobody knows.
    """
    crossed = {frozenset(paths) for name, paths, _ in used.crossings if name == resource.name}
    for reference in resource.references:
        kinds = [kind for kind in _kinds(reference, schemas) if kind.name in keys]
        if level != ALL and frozenset(reference.paths) not in crossed:
            continue
        if not kinds or _lacks_a_kind(reference, kinds, records, schemas):
            continue
        by_kind = [(kind, key_paths(schemas, reference, kind.name)) for kind in kinds]
        for record in records[resource.name]:
            yield from _dangling_record(resource, record, reference, by_kind, keys)


def _lacks_a_kind(
    reference: Reference, kinds: Iterable[Resource], records: Mapping[str, list[RawRecord]], schemas: Schemas
) -> bool:
    """Whether records of the kinds at hand name a further kind of which the data hold no file.

    ``schools`` that name their district, without a file of districts: what a reference to "a school or a district"
    leads to cannot be told.
    """
    absent = {kind.name for kind in _kinds(reference, schemas)} - records.keys()
    return any(
        dig(record.body, path) is not None
        for kind in kinds
        for named in kind.references
        if named.target in absent
        for record in records[kind.name]
        for path in named.paths
    )


def _kinds(reference: Reference, schemas: Schemas) -> list[Resource]:
    names = [reference.target] if schemas.resource(reference.target) else schemas.kinds.get(reference.target, {})
    found = (schemas.resource(name) for name in names)
    return [kind for kind in found if kind is not None]


def _dangling_record(
    resource: Resource,
    record: RawRecord,
    reference: Reference,
    by_kind: list[tuple[Resource, tuple[Path, ...]]],
    keys: Mapping[str, Mapping[Key, Entry]],
) -> Iterator[Fault]:
    missing: dict[str, Any] = {}
    for kind, paths in by_kind:
        parts = [read(dig(record.body, path), key_type(kind, own)) for path, own in zip(paths, kind.key, strict=True)]
        if any(part is None for part in parts) or tuple(parts) in keys[kind.name]:
            return
        missing = {".".join(path): jsonable(part) for path, part in zip(paths, parts, strict=True)}
    shown = {}
    for path in resource.key:
        value = read(dig(record.body, path), key_type(resource, path))
        if value is not None:
            shown[".".join(path)] = jsonable(value)
    listed = ", ".join(str(part) for part in missing.values())
    names = " or ".join(kind.name for kind, _ in by_kind)
    yield Fault(
        "dangling-reference", resource.name, shown, ".".join(reference.place), f"there is no {names} {listed}",
        record.file, record.line, record,
    )  # fmt: skip
