"""Structure findings: records that are not what their schema says, each with its file and line.

Two levels. ``used`` looks at what the chosen rules rest on: lines that are no JSON, natural keys, references the rules
cross, the properties they read, and required properties of the records they read. ``all`` looks at everything the
schemas say. A faulty value counts as missing when rules are evaluated; a record without a readable key is left out;
of records with one key the first counts. What a server adds (``id``, ``_etag``, ``link`` ...) and foreign extensions
are never findings.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from math import isfinite
from typing import Any

from compiler.engines.folder import DataFolder, Entry
from compiler.schema.edfi import Property, Reference, Resource, Schemas, Shape
from compiler.schema.types import BOOLEAN, DATE, DECIMAL, MOMENT, NUMBERS, TEXT, WHOLE, Code, ListOf, Type, describe
from compiler.semantics.checker.paths import key_paths
from compiler.semantics.usage import Usage
from compiler.semantics.values import Key, Path, dig, jsonable, read, reader
from compiler.semantics.world import RawRecord, key_type, read_key

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
    names = resources_read(folder, schemas, used, level)
    keys: dict[str, dict[Key, Entry]] = {}
    for name in names:
        resource = schemas.resource(name)
        assert resource is not None
        keys[name] = checker_of(resource, used, codes, level).read(folder, dataset)
    for name in names:
        resource = schemas.resource(name)
        assert resource is not None
        dataset.faults.extend(_dangling(resource, dataset.records, keys, used, schemas, level))
    dataset.faults.sort(key=fault_order)
    return dataset


def fault_order(fault: Fault) -> tuple[Any, ...]:
    """Faults are told by resource and place."""
    return fault.resource, fault.file, fault.line, fault.path, fault.code


def resources_read(folder: DataFolder, schemas: Schemas, used: Usage, level: str) -> list[str]:
    """The resources of a folder that are read for rules, at level ``all`` all of them."""
    wanted = resources_used(used) | _other_kinds(used, schemas)
    return sorted(name for name in folder.files if level == ALL or name in wanted)


def checker_of(resource: Resource, used: Usage, codes: Mapping[str, frozenset[str]], level: str) -> Checker:
    """What checks the records of a resource."""
    return Checker(resource, _checked_paths(resource, used, level), codes, level)


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


@dataclass(frozen=True, slots=True)
class Part:
    """What is checked of a property: its name in records, how its scalars are read, and the parts of its objects."""

    prop: Property
    dotted: str
    is_list: bool
    is_reported: bool
    """Whether its absence is a fault of its own."""
    read: Callable[[object], Any]
    codes: frozenset[str] | None
    parts: Parts | None


@dataclass(frozen=True, slots=True)
class Parts:
    """What is checked of an object; ``known`` are the names of its properties when others are to be found."""

    checked: tuple[tuple[str, Part], ...]
    dotted: str
    known: frozenset[str] | None


_Readers = list[tuple[Path, Callable[[object], Any]]]
Problem = tuple[str, str, str]
"""The code of a fault, the path of the property, and what is wrong with it."""


class Checker:
    """Checks the records of one resource."""

    def __init__(
        self, resource: Resource, paths: frozenset[Path] | None, codes: Mapping[str, frozenset[str]], level: str
    ) -> None:
        self.resource = resource
        self.paths = paths
        self.prefixes = frozenset(path[: i + 1] for path in paths or () for i in range(len(path)))
        self.codes = codes
        self.level = level
        self.key_readers = [(path, reader(key_type(resource, path))) for path in resource.key]
        self.parts = self._parts(resource, ())

    # -- what is checked, worked out once

    def _parts(self, shape: Shape, above: Path) -> Parts:
        checked = tuple(
            (name, self._part(prop, (*above, name)))
            for name, prop in shape.properties.items()
            if self.paths is None or (*above, name) in self.prefixes
        )
        known = None if self.paths is not None or "_ext" in above else frozenset(shape.properties) | _SERVER
        return Parts(checked, ".".join(above), known)

    def _part(self, prop: Property, path: Path) -> Part:
        kind = prop.type.item if isinstance(prop.type, ListOf) else prop.type
        return Part(
            prop if kind is prop.type else Property(prop.name, kind, False, prop.shape, max_length=prop.max_length),
            ".".join(path),
            kind is not prop.type,
            prop.required and not self._holds_key(path),
            reader(kind),
            self.codes.get(kind.descriptor) if isinstance(kind, Code) else None,
            self._parts(prop.shape, path) if prop.shape is not None else None,
        )

    def _holds_key(self, path: Path) -> bool:
        """Whether a missing property takes parts of the natural key with it (reported as missing-key)."""
        return any(key[: len(path)] == path for key in self.resource.key)

    # -- records

    def read(self, folder: DataFolder, dataset: Dataset) -> dict[Key, Entry]:
        """Read all records; gives the keys seen, with the first entry of each."""
        resource = self.resource
        records = dataset.records.setdefault(resource.name, [])
        seen: dict[Key, Entry] = {}
        for entry in folder.entries(resource.name):
            dataset.read += 1
            if entry.body is None:
                dataset.faults.append(unread(resource, entry))
                continue
            record = RawRecord(entry.body, entry.file, entry.line)
            key = read_key(entry.body, self.key_readers)
            found = self.problems(entry.body, has_key=key is not None)
            if key in seen:
                found.append(repeats(seen[key], entry))
            elif key is not None:
                seen[key] = entry
            if found:
                dataset.faults.extend(faults_of(resource, record, found))
            records.append(record)
        return seen

    def problems(self, body: Mapping[str, Any], *, has_key: bool) -> list[Problem]:
        """What is wrong with a record by itself."""
        found: list[Problem] = []
        self._object(body, self.parts, found)
        if has_key:
            return found
        of_key = self._key_problems(body)
        return [*of_key, *(f for f in found if f[1] not in {path for _, path, _ in of_key})]

    def _key_problems(self, body: Mapping[str, Any]) -> list[Problem]:
        problems = []
        for path, read_part in self.key_readers:
            raw = dig(body, path)
            if read_part(raw) is None:
                prop = self.resource.find(path)
                assert prop is not None
                absent, dotted = raw is None or _is_blank(raw), ".".join(path)
                problems.append(_missing_key(dotted) if absent else _wrong(prop.type, dotted, raw))
        return problems

    # -- values

    def _object(self, body: Mapping[str, Any], parts: Parts, found: list[Problem]) -> None:
        for name, part in parts.checked:
            raw = body.get(name)
            if raw is None or (part.parts is None and _is_blank(raw)):
                if part.is_reported:
                    found.append(("missing-required", part.dotted, "is missing"))
            elif not part.is_list:
                self._value(raw, part, found)
            elif isinstance(raw, list):
                for item in raw:
                    self._value(item, part, found)
            else:
                found.append(("wrong-type", part.dotted, f"should be a list, but is {_named(raw)}"))
        if parts.known is not None:
            above = f"{parts.dotted}." if parts.dotted else ""
            unknown = (name for name in body if name not in parts.known)
            found.extend(("unknown-property", f"{above}{name}", "is no property of the schema") for name in unknown)

    def _value(self, raw: Any, part: Part, found: list[Problem]) -> None:
        if part.parts is None:
            self._scalar(raw, part, found)
        elif isinstance(raw, Mapping):
            self._object(raw, part.parts, found)
        else:
            found.append(("wrong-type", part.dotted, f"should be an object, but is {_named(raw)}"))

    def _scalar(self, raw: Any, part: Part, found: list[Problem]) -> None:
        value = part.read(raw)
        if value is None:
            if not _is_blank(raw):
                found.append(_wrong(part.prop.type, part.dotted, raw))
            return
        if part.codes is not None and value not in part.codes:
            assert isinstance(part.prop.type, Code)
            problem = f"'{value}' is not a code of {part.prop.type.descriptor}"
            found.append(("unknown-code", part.dotted, problem))
        if self.level == ALL:
            found.extend(_limits(raw, part.prop, part.dotted))


def _is_blank(raw: object) -> bool:
    return isinstance(raw, str) and not raw.strip()


def _shown_key(resource: Resource, body: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a record's key that can be read."""
    values = {".".join(path): read(dig(body, path), key_type(resource, path)) for path in resource.key}
    return {dotted: jsonable(value) for dotted, value in values.items() if value is not None}


def unread(resource: Resource, entry: Entry) -> Fault:
    """The fault of an entry that holds no record."""
    return Fault("not-json", resource.name, {}, "", entry.problem, entry.file, entry.line)


def faults_of(resource: Resource, record: RawRecord, problems: Iterable[Problem]) -> Iterator[Fault]:
    """The faults of a record."""
    shown: dict[str, Any] | None = None
    for code, path, problem in problems:
        shown = _shown_key(resource, record.body) if shown is None else shown
        yield Fault(code, resource.name, shown, path, problem, record.file, record.line, record)


def repeats(first: Entry, entry: Entry) -> Problem:
    """What is wrong with a record that has the key of another one."""
    file = "" if first.file == entry.file else f"{first.file} "
    return "duplicate-key", "", f"repeats the key of {file}line {first.line}; only the first counts"


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
    for reference, kinds in references_checked(resource, keys, used, schemas, level):
        pointers = kinds_named(reference, kinds, records, schemas)
        if any(dig(record.body, path) is not None for kind, path in pointers for record in records[kind.name]):
            continue
        by_kind = [(kind, readers_of(reference, kind, schemas)) for kind in kinds]
        for record in records[resource.name]:
            if dangles(record, by_kind, keys):
                yield dangling_fault(resource, record, reference, kinds, schemas)


def references_checked(
    resource: Resource, present: Container[str], used: Usage, schemas: Schemas, level: str
) -> Iterator[tuple[Reference, list[Resource]]]:
    """The references of a resource that must lead to a record, with the kinds of record that are at hand for them."""
    for reference in references_crossed(resource, used, level):
        kinds = [kind for kind in kinds_of(reference, schemas) if kind.name in present]
        if kinds:
            yield reference, kinds


def references_crossed(resource: Resource, used: Usage, level: str) -> Iterator[Reference]:
    """The references of a resource that are looked at: those that rules cross, at level ``all`` all of them."""
    crossed = {frozenset(paths) for name, paths, _ in used.crossings if name == resource.name}
    return (r for r in resource.references if level == ALL or frozenset(r.paths) in crossed)


def readers_of(reference: Reference, kind: Resource, schemas: Schemas) -> _Readers:
    """How the key of a kind of record is read where a reference holds it."""
    paths = key_paths(schemas, reference, kind.name)
    return [(path, reader(key_type(kind, own))) for path, own in zip(paths, kind.key, strict=True)]


def kinds_named(
    reference: Reference, kinds: Iterable[Resource], present: Container[str], schemas: Schemas
) -> list[tuple[Resource, Path]]:
    """Where records of the kinds at hand could name a further kind of which the data hold no file.

    ``schools`` that name their district, without a file of districts: what a reference to "a school or a district"
    leads to cannot be told.
    """
    absent = {kind.name for kind in kinds_of(reference, schemas) if kind.name not in present}
    return [
        (kind, path) for kind in kinds for named in kind.references if named.target in absent for path in named.paths
    ]


def kinds_of(reference: Reference, schemas: Schemas) -> list[Resource]:
    """The kinds of record that a reference may lead to."""
    names = [reference.target] if schemas.resource(reference.target) else schemas.kinds.get(reference.target, {})
    found = (schemas.resource(name) for name in names)
    return [kind for kind in found if kind is not None]


def dangles(
    record: RawRecord, by_kind: Iterable[tuple[Resource, _Readers]], keys: Mapping[str, Mapping[Key, Entry]]
) -> bool:
    """Whether a record refers to something that is of none of the kinds at hand."""
    for kind, readers in by_kind:
        key = read_key(record.body, readers)
        if key is None or key in keys[kind.name]:
            return False
    return True


def dangling_fault(
    resource: Resource, record: RawRecord, reference: Reference, kinds: list[Resource], schemas: Schemas
) -> Fault:
    """The fault of a record whose reference leads to none of the kinds at hand."""
    key = read_key(record.body, readers_of(reference, kinds[-1], schemas))
    listed = ", ".join(str(jsonable(part)) for part in key or ())
    problem = f"there is no {' or '.join(kind.name for kind in kinds)} {listed}"
    return Fault(
        "dangling-reference", resource.name, _shown_key(resource, record.body), ".".join(reference.place), problem,
        record.file, record.line, record,
    )  # fmt: skip
