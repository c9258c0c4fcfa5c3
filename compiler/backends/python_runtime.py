"""What generated evaluators run on: records, logic with missing values, arithmetic of days and decimals, findings.

This file is copied beside the generated modules (with ``patterns``, the one module it imports) and needs the standard
library only. A value that is not known is a :class:`Missing`, which carries its causes; most functions hand it on, and
it equals nothing but itself. ``and_``, ``or_``, ``given``, ``first_given`` and ``choose`` say themselves what they make
of it. A list is a :class:`Members`: those that surely belong to it, those that perhaps do, and whether there may be
others. Properties of records are attributes; what was read, found or worked out is kept, for rules ask for the same.

Use one evaluator on a dict of records in the shape of the Ed-Fi API::

    from generated.python.indiana.special_education.se_5 import evaluate
    records = {"students": [...], "studentSpecialEducationProgramAssociations": [...]}
    for finding in evaluate(records, {"schoolYear": 2024, "asOf": "2024-06-01"}):
        print(finding.outcome, finding.key, finding.detail)
"""

from __future__ import annotations

import operator
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import lru_cache, reduce
from itertools import chain
from typing import Any, NamedTuple

from compiler.schema.patterns import matches as _matches

PASS, VIOLATION, NOT_APPLICABLE, NOT_CHECKED = "pass", "violation", "not applicable", "not checked"

_BLANKS = " \t\r\n"
_PLACES = Decimal("1e-12")
_LARGEST = Decimal(10) ** 26
_EXACT = Context(prec=100)
_MOST_KEPT = 100_000
_LONGEST = 1_000
_WHOLE_NUMBER = re.compile(r"-?0*[0-9]{1,19}")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SCOPES = ("district", "state", "history")


# -- values that are not known


class Missing:
    """A value that is not known; ``causes`` say why. Every property of it is itself."""

    __slots__ = ("causes",)
    present = False

    def __init__(self, causes: Iterable[str]) -> None:
        self.causes = frozenset(causes)

    def __bool__(self) -> bool:
        raise TypeError("a missing value is neither true nor false")

    def __getattr__(self, name: str) -> Missing:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def cell(self, _name: str) -> Missing:
        return self

    def items(self, *_path: str) -> Members:
        return Members([], unknown=self)

    def values(self, *_path: str) -> Members:
        return Members([], unknown=self)

    cells = items


@lru_cache(maxsize=_MOST_KEPT)
def lacking(cause: str) -> Missing:
    """The value that is not known for one cause."""
    return Missing([cause])


class Members:
    """A list: ``sure`` members, ``perhaps`` members with the reason of the doubt, and ``unknown`` others."""

    __slots__ = ("perhaps", "sure", "unknown")

    def __init__(
        self, sure: list[Any], perhaps: Sequence[tuple[Any, Missing]] = (), unknown: Missing | None = None
    ) -> None:
        self.sure = sure
        self.perhaps = perhaps
        self.unknown = unknown

    @property
    def doubt(self) -> Missing | None:
        """Why the list is not known for certain; None when it is."""
        if not self.perhaps:
            return self.unknown
        return joined([*(why for _, why in self.perhaps), self.unknown])


_NOBODY = Members([])


def members_of(values: Sequence[Any]) -> Members:
    """The values of a parameter as a list."""
    return Members(list(values))


def joined(values: Iterable[Any]) -> Missing | None:
    """The causes of all missing values together, or None when none is missing."""
    found: Missing | None = None
    for value in values:
        if value.__class__ is Missing:
            found = value if found is None else Missing(found.causes | value.causes)
    return found


# -- records


Key = tuple[tuple[tuple[str, ...], str], ...]
Properties = Mapping[str, Mapping[str, tuple[str, tuple[str, ...]]]]


@dataclass(frozen=True)
class Resource:
    """What the evaluators know of a resource: its plural name and the parts of its key (path, kind of value)."""

    plural: str
    key: Key


class Attribute(NamedTuple):
    """A property: how it is read, where it stands, and its value where it is missing.

    Of ``kind`` record is a record that a reference leads to: ``path`` holds its resource and the attributes of its key.
    """

    kind: str
    path: tuple[str, ...]
    read: Callable[[Any], Any]
    missing: Missing


class _Property:
    """An attribute of the records and objects of a label: read from the body when first asked for, and then kept."""

    def __init__(self, name: str, attribute: Attribute) -> None:
        self.name = name
        self.kind, self.path, self.read, self.missing = attribute
        self.kept = _KEPT[self.kind].__getitem__ if self.kind in _KEPT else self.read
        self.first = self.path[0]
        self.rest = self.path[1:]

    def __get__(self, item: Item, _owner: Any) -> Any:
        raw = item.body.get(self.first)
        for part in self.rest:
            raw = raw.get(part) if raw.__class__ is dict or isinstance(raw, Mapping) else None
        try:
            value = self.kept(raw)
        except TypeError:  # a list or an object
            value = self.read(raw)
        if value is None:
            value = self.missing
        setattr(item, self.name, value)
        return value


class _Own(_Property):
    """A property that stands in the body itself."""

    def __get__(self, item: Item, _owner: Any) -> Any:
        raw = item.body.get(self.first)
        try:
            value = self.kept(raw)
        except TypeError:  # a list or an object
            value = self.read(raw)
        if value is None:
            value = self.missing
        setattr(item, self.name, value)
        return value


class _Object(_Property):
    """A property that is an object."""

    def __get__(self, item: Item, _owner: Any) -> Any:
        found = item._objects(self.path, ((item.position, _dug(item.body, self.path)),))
        value = found[0] if found else self.missing
        setattr(item, self.name, value)
        return value


class _Referred(_Property):
    """The record that a reference leads to; the path holds its resource and the attributes of its key."""

    def __get__(self, item: Item, _owner: Any) -> Any:
        if len(self.rest) == 1:
            part = getattr(item, self.rest[0])
            value = part if part.__class__ is Missing else item._world.find(self.first, (part,))
        else:
            key = tuple([getattr(item, name) for name in self.rest])
            missing = joined(key)
            value = item._world.find(self.first, key) if missing is None else missing
        setattr(item, self.name, value)
        return value


def _descriptor(name: str, attribute: Attribute) -> _Property:
    special = {"object": _Object, "record": _Referred}
    plain = _Own if len(attribute.path) == 1 else _Property
    return special.get(attribute.kind, plain)(name, attribute)


class Item:
    """An object inside a record. The properties that rules read are attributes of the class of its label."""

    present = True
    _lists: dict[tuple[str, ...], Members] | None = None

    def __init__(
        self, label: str, body: Mapping[str, Any], owner: tuple[Any, ...], position: int, world: World
    ) -> None:
        self.label = label
        self.body = body
        self.owner = owner
        self.position = position
        self._world = world

    @property
    def place(self) -> tuple[Any, ...]:
        """What decides between equals in an order: the owner's key and the position."""
        return (*self.owner, self.position)

    def _objects(self, path: tuple[str, ...], bodies: Iterable[tuple[int, Any]]) -> list[Item]:
        """The objects among what stands at a path, each with its position."""
        label, world = ".".join((self.label, *path)), self._world
        made = world.classes[label]
        return [made(label, body, self.owner, i, world) for i, body in bodies if isinstance(body, Mapping)]

    def items(self, *path: str) -> Members:
        """The objects of a list property."""
        if self._lists is None:
            self._lists = {}
        found = self._lists.get(path)
        if found is None:
            raw = _dug(self.body, path)
            found = self._lists[path] = Members(self._objects(path, enumerate(raw) if isinstance(raw, list) else ()))
        return found

    def values(self, kind: str, *path: str) -> Members:
        """The scalars of a list property."""
        raw = _dug(self.body, path)
        label = ".".join((self.label, *path))
        read = READERS[kind]
        found = [read(entry) for entry in raw] if isinstance(raw, list) else []
        return Members([Missing([label]) if value is None else value for value in found])


class Record(Item):
    """A record by its key. A world has one object for each key, so equal records are the same object."""

    def __init__(self, resource: str, key: tuple[Any, ...], body: Mapping[str, Any], world: World) -> None:
        self.label = resource
        self.body = body
        self.key = key
        self.owner = key
        self.position = 0
        self._world = world

    @property
    def place(self) -> tuple[Any, ...]:
        return self.key

    @property
    def key_parts(self) -> Key:
        """Where the parts of the key stand, and how they are read."""
        return self._world.model[self.label].key


class Absent(Record):
    """A record that is not at hand: only its key is known."""

    present = False

    def __init__(self, resource: str, key: tuple[Any, ...], world: World) -> None:
        super().__init__(resource, key, {}, world)
        parts = {path: (kind, value) for (path, kind), value in zip(self.key_parts, key, strict=True)}
        for name, attribute in world.attributes.get(resource, {}).items():
            if attribute.kind != "record":
                kind, part = parts.get(attribute.path, ("", None))
                value = attribute.read(part) if kind == "text" else part
                setattr(self, name, Missing([resource]) if value is None else value)

    def __getattr__(self, name: str) -> Any:
        attribute = self._world.attributes.get(self.label, {}).get(name)
        if attribute is None:
            raise AttributeError(name)
        return _Referred(name, attribute).__get__(self, None)

    def items(self, *_path: str) -> Members:
        return Members([], unknown=Missing([self.label]))

    def values(self, _kind: str, *_path: str) -> Members:
        return Members([], unknown=Missing([self.label]))


def _dug(body: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    found: Any = body
    for name in path:
        if found.__class__ is not dict and not isinstance(found, Mapping):  # the first is quick
            return None
        found = found.get(name)
    return found


class Classes(dict[str, Any]):
    """The classes of records and objects by label, made when first asked for."""

    def __init__(self) -> None:
        self.shaped: set[str] = set()

    def __missing__(self, label: str) -> type[Item]:
        made: type[Item] = type(label, (Item if "." in label else Record,), {})
        self[label] = made
        return made

    def shape(self, label: str, names: Iterable[str]) -> None:
        """Have one object with all attributes before there are many.

        Python lets objects of a class share their names, but only those that it has seen on the first few; objects with
        other names take a dictionary each, three times as large and slower to fill.
        """
        if label not in self.shaped:
            self.shaped.add(label)
            first = self[label].__new__(self[label])
            for name in ("label", "body", "key", "owner", "position", "_world", *names):
                setattr(first, name, None)


class Row:
    """A row of a table."""

    __slots__ = ("contents", "table")

    def __init__(self, table: str, contents: Mapping[str, Any]) -> None:
        self.table = table
        self.contents = contents

    def cell(self, name: str) -> Any:
        value = self.contents.get(name)
        return lacking(f"{self.table}.{name}") if value is None else value

    def cells(self, name: str) -> Members:
        return Members(list(self.contents.get(name, ())))


class World:
    """The records of a run, found by key and by reference.

    ``records``: plural resource name to bodies, or to bodies by key where the keys are known.
    """

    def __init__(
        self,
        model: Mapping[str, Resource],
        attributes: Mapping[str, Mapping[str, Attribute]],
        classes: Classes,
        records: Mapping[str, Iterable[Any]],
    ) -> None:
        self.model = model
        self.attributes = attributes
        self.classes = classes
        self._records: dict[str, dict[tuple[Any, ...], Record]] = {}
        self._referring: dict[tuple[str, tuple[tuple[str, ...], ...]], dict[tuple[Any, ...], Members]] = {}
        self._absent: dict[tuple[str, tuple[Any, ...]], Record] = {}
        self.runs: dict[Any, Run] = {}
        self._sorted: dict[str, list[Record]] = {}
        for label, known in attributes.items():
            classes.shape(label, known)
        for name, resource in model.items():
            bodies = records.get(resource.plural, records.get(name))
            if bodies is not None:
                self._records[name] = self._keyed(name, resource, bodies)

    @property
    def present(self) -> frozenset[str]:
        """The resources of which there are records, or a file without any."""
        return frozenset(self._records)

    def close(self) -> None:
        """Let go of everything: a world, its runs and its records hold one another."""
        for run in self.runs.values():
            vars(run).clear()
        vars(self).clear()

    def records(self, resource: str) -> list[Record]:
        """All records of a resource in the order of their keys."""
        if resource not in self._sorted:
            self._sorted[resource] = sorted(self._records.get(resource, {}).values(), key=_by_key)
        return self._sorted[resource]

    def unordered(self, resource: str) -> Iterable[Record]:
        """All records of a resource."""
        return self._records.get(resource, {}).values()

    def find(self, resource: str, key: tuple[Any, ...]) -> Record:
        """The record with a key; one that is not at hand is not ``present``."""
        found = self._records[resource].get(key) if resource in self._records else None
        if found is None:
            found = self._absent.get((resource, key))
        if found is None:
            found = self._absent[resource, key] = Absent(resource, key, self)
        return found

    def referring(self, resource: str, paths: tuple[tuple[str, ...], ...], base: Record) -> Members:
        """The records of a resource that hold the key of ``base`` at ``paths``, in the order of their keys."""
        index = self._referring.get((resource, paths))
        if index is None:
            index = self._referring[resource, paths] = self._index(resource, paths, base.key_parts)
        return index.get(base.key, _NOBODY)

    def _index(
        self, resource: str, paths: tuple[tuple[str, ...], ...], key_parts: Key
    ) -> dict[tuple[Any, ...], Members]:
        """The records of a resource by what they hold at some paths."""
        parts = [(path, kind) for path, (_, kind) in zip(paths, key_parts, strict=True)]
        pairs: Iterable[tuple[tuple[Any, ...] | None, Record]]
        own = self.model[resource].key
        if len(parts) == 1 and parts[0] in own:
            [place] = [i for i, part in enumerate(own) if part == parts[0]]
            pairs = (((key[place],), record) for key, record in self._records.get(resource, {}).items())
        else:
            read = [(path, READERS[kind]) for path, kind in parts]
            pairs = ((_key(record.body, read), record) for record in self._records.get(resource, {}).values())
        groups: defaultdict[tuple[Any, ...] | None, list[Record]] = defaultdict(list)
        for key, record in pairs:
            groups[key].append(record)
        groups.pop(None, None)
        for records in groups.values():
            if len(records) > 1:
                records.sort(key=_by_key)
        return {key: Members(records) for key, records in groups.items() if key is not None}

    def _keyed(self, name: str, resource: Resource, bodies: Iterable[Any]) -> dict[tuple[Any, ...], Record]:
        made = self.classes[name]
        if isinstance(bodies, Mapping):
            return {key: made(name, key, body, self) for key, body in bodies.items()}
        keyed: dict[tuple[Any, ...], Record] = {}
        parts = [(path, READERS[kind]) for path, kind in resource.key]
        for body in bodies:
            key = _key(body, parts) if isinstance(body, Mapping) else None
            if key is not None and key not in keyed:
                keyed[key] = made(name, key, body, self)
        return keyed


_by_key = operator.attrgetter("key")
_first = operator.itemgetter(0)


def _key(
    body: Mapping[str, Any], parts: Sequence[tuple[tuple[str, ...], Callable[[Any], Any]]]
) -> tuple[Any, ...] | None:
    key = []
    for path, read in parts:
        found: Any = body
        for name in path:
            found = found.get(name) if found.__class__ is dict or isinstance(found, Mapping) else None
        value = read(found)
        if value is None:
            return None
        key.append(value)
    return tuple(key)


# -- reading JSON values


def _text(raw: Any) -> str | None:
    if raw.__class__ is str and raw >= "!":  # the quick way: it begins with what comes after all blanks
        return raw
    return raw if isinstance(raw, str) and raw.strip(_BLANKS) else None


def _code(raw: Any) -> str | None:
    """The code of a descriptor: what follows ``#`` in its URI, or a bare code."""
    if not isinstance(raw, str):
        return None
    namespace, mark, code = raw.partition("#")
    if mark:
        return code if code.strip(_BLANKS) else None
    return namespace if namespace.strip(_BLANKS) and "://" not in namespace else None


def _whole(raw: Any) -> int | None:
    if raw.__class__ is int and -(2**63) <= raw < 2**63:  # the quick way
        return raw
    if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal):
        return None
    if isinstance(raw, float | Decimal):
        if raw != raw or abs(raw) == float("inf") or raw != int(raw):
            return None
        raw = int(raw)
    return raw if -(2**63) <= raw < 2**63 else None


def _decimal(raw: Any) -> Decimal | None:
    if raw.__class__ is int:  # the quick way
        return Decimal(raw) if -_LARGEST < raw < _LARGEST else None
    if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal):
        return None
    try:
        return _settled(Decimal(repr(raw)) if isinstance(raw, float) else Decimal(raw))
    except InvalidOperation:
        return None


def _date(raw: Any) -> date | None:
    return _day(raw) if isinstance(raw, str) else None


@lru_cache(maxsize=_MOST_KEPT)
def _day(raw: str) -> date | None:
    if not _ISO_DATE.fullmatch(raw):
        return None
    try:
        return date.fromisoformat(raw)
    except ValueError:
        return None


def _flag(raw: Any) -> bool | None:
    return raw if isinstance(raw, bool) else None


def _mapping(raw: Any) -> Mapping[str, Any] | None:
    return raw if isinstance(raw, Mapping) else None


class _Kept(dict[Any, Any]):
    """What a reader made of values that recur; all but texts are nothing to it."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        self.read = read

    def __missing__(self, raw: Any) -> Any:
        value = self.read(raw)
        if len(self) < _MOST_KEPT:
            self[raw] = value
        return value


_KEPT = {"date": _Kept(_date), "code": _Kept(_code)}

READERS: dict[str, Callable[[Any], Any]] = {
    "text": _text,
    "code": _code,
    "whole": _whole,
    "decimal": _decimal,
    "date": _date,
    "flag": _flag,
    "object": _mapping,
    "record": _mapping,
}


# -- conditions


def not_(test: Any) -> Any:
    return test if test.__class__ is Missing else not test


def and_(test: Any, *others: Callable[[], Any]) -> Any:
    """False when a test is false, else missing when one is missing, else true; those after a false one are not made."""
    if test is False:
        return False
    for other in others:
        result = other()
        if result is False:
            return False
        if result is not True:
            test = result if test is True else joined((test, result))
    return test


def or_(test: Any, *others: Callable[[], Any]) -> Any:
    """True when a test is true, else missing when one is missing, else false; those after a true one are not made."""
    if test is True:
        return True
    for other in others:
        result = other()
        if result is True:
            return True
        if result is not False:
            test = result if test is False else joined((test, result))
    return test


def given(value: Any) -> bool:
    """Whether a value is known; of a record, ``present`` tells whether it is at hand."""
    return value.__class__ is not Missing


def empty(members: Members) -> Any:
    if members.sure:
        return False
    doubt = members.doubt
    return True if doubt is None else doubt


def equal(left: Any, right: Any) -> Any:
    if left.__class__ is Missing or right.__class__ is Missing:
        return joined((left, right))
    return left == right


def less(left: Any, right: Any) -> Any:
    if left.__class__ is Missing or right.__class__ is Missing:
        return joined((left, right))
    return left < right


def at_most(left: Any, right: Any) -> Any:
    if left.__class__ is Missing or right.__class__ is Missing:
        return joined((left, right))
    return left <= right


def more(left: Any, right: Any) -> Any:
    if left.__class__ is Missing or right.__class__ is Missing:
        return joined((left, right))
    return left > right


def at_least(left: Any, right: Any) -> Any:
    if left.__class__ is Missing or right.__class__ is Missing:
        return joined((left, right))
    return left >= right


def starts_with(text: Any, prefix: Any) -> Any:
    if text.__class__ is Missing or prefix.__class__ is Missing:
        return joined((text, prefix))
    return text.startswith(prefix)


def covers(period: Any, day: Any) -> Any:
    if period.__class__ is Missing or day.__class__ is Missing:
        return joined((period, day))
    return period.covers(day)


def overlap(left: Any, right: Any) -> Any:
    if left.__class__ is Missing or right.__class__ is Missing:
        return joined((left, right))
    return left.overlaps(right)


def between(value: Any, low: Any, high: Any) -> Any:
    """Whether a value lies between two that are never missing, ends included."""
    return value if value.__class__ is Missing else low <= value <= high


def one_of(value: Any, members: Any) -> Any:
    return value if value.__class__ is Missing else value in members


def matches(value: Any, pattern: str) -> Any:
    return value if value.__class__ is Missing else _matches(pattern, value)


def has(members: Members, wanted: Any) -> Any:
    """Whether a list of scalars holds a value."""
    return any_of(members, lambda member: equal(member, wanted))


def any_of(members: Members, test: Callable[[Any], Any]) -> Any:
    if not members.perhaps and members.unknown is None:
        unsure = None
        for member in members.sure:
            result = test(member)
            if result is True:
                return True
            if result is not False:
                unsure = result if unsure is None else joined((unsure, result))
        return False if unsure is None else unsure
    return count_at_least(1, members, test)


def no(members: Members, test: Callable[[Any], Any]) -> Any:
    return not_(count_at_least(1, members, test))


def every(members: Members, test: Callable[[Any], Any]) -> Any:
    return not_(count_at_least(1, members, test, passing=False))


def count_at_least(count: int, members: Members, test: Callable[[Any], Any], *, passing: bool = True) -> Any:
    """Whether at least ``count`` members pass (or fail) the test: surely, surely not, or not known."""
    surely, unsure = 0, []
    for member in members.sure:
        result = test(member)
        if result is passing:
            surely += 1
            if surely >= count:
                return True
        elif result.__class__ is Missing:
            unsure.append(result)
    if not unsure and not members.perhaps and members.unknown is None:
        return False
    for member, why in members.perhaps:
        result = test(member)
        if result is passing:
            unsure.append(why)
        elif result.__class__ is Missing:
            unsure.append(Missing(why.causes | result.causes))
    if surely + len(unsure) < count and members.unknown is None:
        return False
    return joined([*unsure, members.unknown])


# -- choices


def choose(condition: Any, consequence: Callable[[], Any], alternative: Callable[[], Any]) -> Any:
    if condition.__class__ is Missing:
        return condition
    return consequence() if condition else alternative()


def choose_list(condition: Any, consequence: Callable[[], Members], alternative: Callable[[], Members]) -> Members:
    if condition.__class__ is Missing:
        return Members([], unknown=condition)
    return consequence() if condition else alternative()


def first_given(*values: Any) -> Any:
    """The first value that is given (a record: that is at hand); missing, for all their causes, when none is."""
    for value in values:
        if value.__class__ is not Missing and value.__class__ is not Absent:
            return value
    return joined(Missing([value.label]) if value.__class__ is Absent else value for value in values)


def first_made(value: Any, *others: Callable[[], Any]) -> Any:
    """As ``first_given``; what comes after one that is given is not made."""
    if value.__class__ is not Missing and value.__class__ is not Absent:
        return value
    values = [value]
    for other in others:
        value = other()
        if value.__class__ is not Missing and value.__class__ is not Absent:
            return value
        values.append(value)
    return first_given(*values)


# -- lists


def where(members: Members, test: Callable[[Any], Any]) -> Members:
    """The members that pass; where the test is missing, a member is perhaps one."""
    if not members.sure and not members.perhaps:
        return members
    sure, perhaps = [], []
    for member in members.sure:
        result = test(member)
        if result is True:
            sure.append(member)
        elif result is not False:
            perhaps.append((member, result))
    for member, why in members.perhaps:
        result = test(member)
        if result is not False:
            perhaps.append((member, why if result is True else joined((why, result))))
    return Members(sure, perhaps, members.unknown)


def each(members: Members, make: Callable[[Any], Any]) -> Members:
    """What is made of each member; lists are joined into one."""
    sure: list[Any] = []
    perhaps: list[tuple[Any, Missing]] = []
    unknown = members.unknown
    for member in members.sure:
        made = make(member)
        if made.__class__ is not Members:
            sure.append(made)
            continue
        sure.extend(made.sure)
        perhaps.extend(made.perhaps)
        unknown = unknown if made.unknown is None else joined((unknown, made.unknown))
    for member, doubt in members.perhaps:
        made = make(member)
        inner = made if made.__class__ is Members else Members([made])
        perhaps.extend((value, doubt) for value in inner.sure)
        perhaps.extend((value, Missing(doubt.causes | why.causes)) for value, why in inner.perhaps)
        unknown = unknown if inner.unknown is None else joined((unknown, inner.unknown))
    return Members(sure, perhaps, unknown)


def _known(members: Members, make: Callable[[Any], Any]) -> list[Any] | Missing:
    """What is made of each member, when the list and all of it is known."""
    values = [make(member) for member in members.sure]
    values_of_doubtful = [make(member) for member, _ in members.perhaps]
    missing = joined([members.doubt, *values, *values_of_doubtful])
    return values if missing is None else missing


def count(members: Members) -> Any:
    doubt = members.doubt
    return len(members.sure) if doubt is None else doubt


def count_different(members: Members, make: Callable[[Any], Any]) -> Any:
    values = _known(members, make)
    return values if isinstance(values, Missing) else len(set(values))


def total(members: Members, make: Callable[[Any], Any]) -> Any:
    """The sum of whole numbers."""
    values = _known(members, make)
    return values if isinstance(values, Missing) else _whole_result(sum(values))


def total_of_decimals(members: Members, make: Callable[[Any], Any]) -> Any:
    """The sum of numbers of which some may be whole."""
    values = _known(members, make)
    return values if isinstance(values, Missing) else _decimal_result(reduce(_EXACT.add, values, Decimal(0)))


def highest(members: Members, make: Callable[[Any], Any], label: str) -> Any:
    return _extreme(members, make, label, max)


def lowest(members: Members, make: Callable[[Any], Any], label: str) -> Any:
    return _extreme(members, make, label, min)


def _extreme(members: Members, make: Callable[[Any], Any], label: str, choice: Callable[..., Any]) -> Any:
    values = _known(members, make)
    if isinstance(values, Missing):
        return values
    return choice(values) if values else Missing([label])


def _by_month(
    choice: Callable[..., Any], add: Callable[[Any, Any], Any], result: Callable[[Any], Any]
) -> Callable[..., Any]:
    """What chooses among the sums of the calendar months that the members lie in."""

    def choose_month(members: Members, make: Callable[[Any], Any], day_of: Callable[[Any], Any], label: str) -> Any:
        values, days = _known(members, make), _known(members, day_of)
        if isinstance(values, Missing) or isinstance(days, Missing):
            return joined((values, days))
        months: dict[tuple[int, int], Any] = defaultdict(int)
        for value, day in zip(values, days, strict=True):
            months[day.year, day.month] = add(months[day.year, day.month], value)
        sums = [result(number) for number in months.values()]
        missing = joined(sums)
        if missing is not None:
            return missing
        return choice(sums) if sums else Missing([label])

    return choose_month


def last(members: Members, order: Callable[[Any], tuple[Any, ...]], label: str) -> Any:
    """The member that comes last in an order; of equals the one with the lowest key."""
    return _picked(_ranked(members, order), label, max)


def first(members: Members, order: Callable[[Any], tuple[Any, ...]], label: str) -> Any:
    return _picked(_ranked(members, order), label, min)


def previous(members: Members, order: Callable[[Any], tuple[Any, ...]], of: Any, label: str) -> Any:
    """The member nearest before another in an order."""
    ranked = _ranked(members, order, of)
    if not isinstance(ranked, Missing):
        pivot = order(of)
        ranked = [(rank, member) for rank, member in ranked if rank < pivot]
    return _picked(ranked, label, max)


def following(members: Members, order: Callable[[Any], tuple[Any, ...]], of: Any, label: str) -> Any:
    """The member nearest after another in an order."""
    ranked = _ranked(members, order, of)
    if not isinstance(ranked, Missing):
        pivot = order(of)
        ranked = [(rank, member) for rank, member in ranked if rank > pivot]
    return _picked(ranked, label, min)


def _ranked(
    members: Members, order: Callable[[Any], tuple[Any, ...]], *others: Any
) -> list[tuple[tuple[Any, ...], Any]] | Missing:
    ranked = [(order(member), member) for member in members.sure]
    if not ranked and not others and members.doubt is None:
        return ranked
    if others or members.perhaps or members.unknown is not None or Missing in map(type, chain(*map(_first, ranked))):
        ranks = [rank for rank, _ in ranked]
        ranks += [order(member) for member in (*others, *(member for member, _ in members.perhaps))]
        missing = joined([members.doubt, *(part for rank in ranks for part in rank)])
        return ranked if missing is None else missing
    return ranked


def _picked(ranked: list[tuple[tuple[Any, ...], Any]] | Missing, label: str, choice: Callable[..., Any]) -> Any:
    if isinstance(ranked, Missing):
        return ranked
    if len(ranked) < 2:
        return ranked[0][1] if ranked else lacking(label)
    wanted = choice(rank for rank, _ in ranked)
    return min((member for rank, member in ranked if rank == wanted), key=lambda member: member.place)


def only(members: Members, label: str) -> Any:
    """The only member; missing when there is none or several."""
    doubt = members.doubt
    if doubt is not None:
        return doubt
    if len(members.sure) == 1:
        return members.sure[0]
    return Missing([f"several {label}" if members.sure else label])


# -- numbers


def _settled(number: Decimal) -> Decimal | None:
    if not number.is_finite() or number.copy_abs() >= _LARGEST:
        return None
    settled = number.quantize(_PLACES, rounding=ROUND_HALF_UP, context=_EXACT)
    return settled if settled.copy_abs() < _LARGEST else None


def _whole_result(number: int) -> Any:
    return number if -(2**63) <= number < 2**63 else Missing(["a number too large"])


def _decimal_result(number: Decimal) -> Any:
    settled = _settled(number)
    return Missing(["a number too large"]) if settled is None else settled


def _calculated(compute: Callable[[Any, Any], Any], result: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    def calculate(left: Any, right: Any) -> Any:
        if left.__class__ is Missing or right.__class__ is Missing:
            return joined((left, right))
        return result(compute(left, right))

    return calculate


add = _calculated(operator.add, _whole_result)
subtract = _calculated(operator.sub, _whole_result)
multiply = _calculated(operator.mul, _whole_result)
add_decimals = _calculated(_EXACT.add, _decimal_result)
subtract_decimals = _calculated(_EXACT.subtract, _decimal_result)
multiply_decimals = _calculated(_EXACT.multiply, _decimal_result)


def divide(left: Any, right: Any) -> Any:
    """The quotient with 12 places, rounded half away from zero."""
    if left.__class__ is Missing or right.__class__ is Missing:
        return joined((left, right))
    return _quotient(left, right)


@lru_cache(maxsize=_MOST_KEPT)
def _quotient(left: Any, right: Any) -> Any:
    if right == 0:
        return Missing(["a division by zero"])
    (top, top_scale), (bottom, bottom_scale) = Decimal(left).as_integer_ratio(), Decimal(right).as_integer_ratio()
    numerator, denominator = top * bottom_scale * 10**12, top_scale * bottom
    negative = (numerator < 0) != (denominator < 0)
    rounded = (2 * abs(numerator) + abs(denominator)) // (2 * abs(denominator))
    return _decimal_result(Decimal(-rounded if negative else rounded).scaleb(-12, _EXACT))


highest_monthly_total = _by_month(max, operator.add, _whole_result)
lowest_monthly_total = _by_month(min, operator.add, _whole_result)
highest_monthly_decimal = _by_month(max, _EXACT.add, _decimal_result)
lowest_monthly_decimal = _by_month(min, _EXACT.add, _decimal_result)


# -- dates


class Period:
    """Days from ``start`` to ``end``, both included; an ``end`` of None is open."""

    __slots__ = ("end", "start")

    def __init__(self, start: date, end: date | None) -> None:
        self.start = start
        self.end = end

    def covers(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)

    def overlaps(self, other: Period) -> bool:
        for period in (self, other):
            if period.end is not None and period.end < period.start:
                return False
        return (other.end is None or self.start <= other.end) and (self.end is None or other.start <= self.end)


def period(start: Any, end: Any, open_end: Any) -> Any:
    if end.__class__ is Missing and open_end is True:
        end = None
    if start.__class__ is Missing or end.__class__ is Missing:
        return joined((start, end))
    return Period(start, end)


def _days_in(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def elapsed(unit: str, start: Any, end: Any, leap_birthday: str) -> Any:
    """Completed days, weeks, months or years between two dates."""
    if start.__class__ is Missing or end.__class__ is Missing:
        return joined((start, end))
    days = (end - start).days
    if unit in ("day", "week"):
        return days if unit == "day" else days // 7
    day = start.day
    if leap_birthday == "February 28":
        day = min(day, _days_in(end.year, end.month))
    months = (end.year - start.year) * 12 + end.month - start.month - (1 if end.day < day else 0)
    return months if unit == "month" else months // 12


def shift(day: Any, number: int, unit: str, leap_birthday: str) -> Any:
    """A date moved by days, weeks, months or years."""
    if day.__class__ is Missing:
        return day
    try:
        if unit in ("day", "week"):
            return day + timedelta(days=number * (1 if unit == "day" else 7))
        year, month = divmod(day.year * 12 + day.month - 1 + number * (1 if unit == "month" else 12), 12)
        length = _days_in(year, month + 1)
        if day.day <= length:
            return date(year, month + 1, day.day)
        return date(year, month + 1, length) + timedelta(days=0 if leap_birthday == "February 28" else 1)
    except (ValueError, OverflowError):
        return Missing(["a day before the year 1 or after 9999"])


# -- functions


def _function(name: str, apply: Callable[..., Any]) -> Callable[..., Any]:
    nothing = Missing([f"{name}()"])

    def call(*arguments: Any) -> Any:
        for argument in arguments:
            if argument.__class__ is Missing:
                return joined(arguments)
        result = apply(*arguments)
        return nothing if result is None else result

    return call


def _filled(text: str, size: int, before: str = "", after: str = "") -> str | None:
    if not 0 <= size <= _LONGEST:
        return None
    return before * (size - len(text)) + text + after * (size - len(text))


def _part(text: str, start: int, number: int) -> str | None:
    if start < 1 or number < 1 or start + number - 1 > len(text):
        return None
    return text[start - 1 : start - 1 + number]


@lru_cache(maxsize=_MOST_KEPT)
def _pictured(text: str, picture: str) -> str | None:
    if picture.count("X") != len(text):
        return None
    characters = iter(text)
    return "".join(next(characters) if sign == "X" else sign for sign in picture)


def _rank(value: str, *listed: str) -> int:
    return listed.index(value) + 1 if value in listed else len(listed) + 1


def _written(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return f"{value.normalize(_EXACT):f}" if isinstance(value, Decimal) and value else str(int(value))


@lru_cache(maxsize=_MOST_KEPT)
def _whole_number(text: str) -> int | None:
    written = text.strip(_BLANKS)
    number = int(written) if _WHOLE_NUMBER.fullmatch(written) else None
    return number if number is not None and -(2**63) <= number < 2**63 else None


def _number(text: str) -> Decimal | None:
    written = text.strip(_BLANKS)
    return _settled(Decimal(written)) if _NUMBER.fullmatch(written) else None


def _date_text(day: date, picture: str) -> str:
    year, month, of_month = day.isoformat().split("-")
    return picture.replace("YYYY", year).replace("YY", year[2:]).replace("MM", month).replace("DD", of_month)


def _rounded(number: Any, places: int) -> Decimal | None:
    if not 0 <= places <= 12:
        return None
    exact = Decimal(number)
    if places < 9:  # what stands behind the ninth place is a remainder of earlier rounding
        exact = exact.quantize(Decimal("1e-9"), rounding=ROUND_HALF_UP, context=_EXACT)
    return _settled(exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP, context=_EXACT))


length = _function("length", len)
lower = _function("lower", lambda text: "".join(c.lower() if "A" <= c <= "Z" else c for c in text))
trim = _function("trim", lambda text: text.strip(_BLANKS) or None)
joined_texts = _function("joined", lambda *texts: "".join(texts))
part_of = _function("slice", _part)
zero_filled = _function("zeroFilled", lambda text, size: _filled(text, size, before="0"))
blank_filled = _function("blankFilled", lambda text, size: _filled(text, size, after=" "))
pictured = _function("picture", _pictured)
rank = _function("rank", _rank)
text_of = _function("text", _written)
whole_number = _function("wholeNumber", _whole_number)
number_in = _function("number", _number)
date_text = _function("dateText", _date_text)
rounded = _function("round", _rounded)
is_whole = _function("isWhole", lambda number: Decimal(number) % 1 == 0)
earlier_of = _function("earlierOf", min)
later_of = _function("laterOf", max)


# -- runs


class Parameters(dict[str, Any]):
    """The parameters of a run by name."""

    def __missing__(self, name: str) -> Any:
        raise LookupError(f"${name} has no value for school year {self['schoolYearEnd'].year}")


@dataclass
class Run:
    """A world and what the run was told; what rules share is worked out once."""

    world: World
    school_year: int
    parameters: Parameters
    tables: Mapping[str, Mapping[tuple[Any, ...], Mapping[str, Any]]]
    leap_birthday: str = "March 1"
    known: dict[Any, dict[Any, Any]] = field(default_factory=lambda: defaultdict(dict), repr=False)
    _subjects: dict[Any, list[tuple[Record, Run]]] = field(default_factory=dict, repr=False)

    def day(self, month: int, day: int) -> date:
        """A day of the school year, which begins in July."""
        return date(self.school_year - 1 if month >= 7 else self.school_year, month, day)

    def find(self, resource: str, *key: Any) -> Any:
        for part in key:
            if part.__class__ is Missing:
                return part if len(key) == 1 else joined(key)
        return self.world.find(resource, key)

    def row(self, table: str, *key: Any) -> Any:
        for part in key:
            if part.__class__ is Missing:
                return part if len(key) == 1 else joined(key)
        contents = self.tables[table].get(key)
        return lacking(table) if contents is None else Row(table, contents)

    def referring(self, resource: str, base: Any, *paths: tuple[str, ...]) -> Members:
        """The records of a resource that refer to ``base``, whether or not that record is at hand."""
        if base.__class__ is Missing:
            return Members([], unknown=base)
        return self.world.referring(resource, paths, base)

    def subjects(self, resource: str, in_year: Callable[[Any, Run], Any] | None) -> list[tuple[Record, Run]]:
        """The records of a resource that are of the school year, in any order, each with this run; rules share them."""
        if (resource, in_year) not in self._subjects:
            records = self.world.unordered(resource)
            found = [(record, self) for record in records if in_year is None or in_year(record, self) is not False]
            self._subjects[resource, in_year] = found
        return self._subjects[resource, in_year]


def once(definition: Callable[[Any, Run], Any]) -> Callable[[Any, Run], Any]:
    """A definition of one record or object, worked out once for each of them in a run."""

    def known(this: Any, run: Run) -> Any:
        values = run.known[known]
        found = values.get(this)
        if found is None:
            found = values[this] = definition(this, run)
        return found

    return known


def once_for(reference: str) -> Callable[[Callable[[Any, Run], Any]], Callable[[Any, Run], Any]]:
    """A definition about nothing but the record that a reference leads to, worked out once for each of these."""
    led_to = operator.attrgetter(reference)

    def kept(definition: Callable[[Any, Run], Any]) -> Callable[[Any, Run], Any]:
        def known(this: Any, run: Run) -> Any:
            values = run.known[known]
            record = led_to(this)
            found = values.get(record)
            if found is None:
                found = values[record] = definition(this, run)
            return found

        return known

    return kept


@dataclass(frozen=True)
class Finding:
    """A violation, or a rule that could not be checked; the fields are those of the findings of ``rulewright run``."""

    rule: str
    outcome: str
    severity: str
    effect: str
    student: Any
    corporation: Any
    school: Any
    resource: str
    key: dict[str, Any]
    others: tuple[dict[str, Any], ...]
    message: str
    detail: str
    values: dict[str, Any]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Results:
    """What a rule said over a world: its findings, and how many subjects had each outcome."""

    findings: list[Finding]
    counts: dict[str, int]


@dataclass(frozen=True)
class Rule:
    """A rule: what is said about it, and its parts as functions of (subject variables..., run)."""

    id: str
    title: str
    collection: str
    resource: str
    scope: str
    effect: str
    message: str
    needs: frozenset[str]
    severity: tuple[tuple[Callable[[Run], Any] | None, str], ...]
    subjects: Callable[[Any, Run], Iterator[tuple[Any, ...]]] | None
    in_year: Callable[[Any, Run], Any] | None
    student: Callable[[Any, Run], Any] | None
    school: Callable[[Any, Run], Any] | None
    corporation: Callable[[Any, Run], Any] | None
    when: Callable[..., Any] | None
    require: Callable[..., Any] | None
    conflicts: Callable[..., Members] | None
    detail: Callable[..., Sequence[Any]]
    values: Callable[..., Mapping[str, Any]]
    joins: tuple[str, ...] = ()
    once_per: tuple[str, ...] = ()
    if_missing: tuple[tuple[frozenset[str], str], ...] = ()
    leap_birthday: str = "March 1"
    properties: Properties = field(default_factory=dict, repr=False)
    state: State | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.state is not None:
            self.state.add(self.properties)

    def evaluate(self, world: Any, context: Mapping[str, Any]) -> list[Finding]:
        """The findings of this rule. ``context`` has schoolYear, asOf, and may have scope and cycle."""
        return self.results(world, context).findings

    def results(self, world: Any, context: Mapping[str, Any], records: Iterable[Any] | None = None) -> Results:
        """The findings in the order of their subjects' keys, and how many subjects had each outcome.

        ``records`` are judged in the place of all records of the world.
        """
        assert self.state is not None
        run = self.state.run(self, world, context)
        severity = self._severity_on(run)
        at_hand = _SCOPES.index(str(context.get("scope", "district")))
        reasons = [f"scope: {self.scope}"] if _SCOPES.index(self.scope) > at_hand else []
        reasons += [f"resource: {name}" for name in sorted(self.needs - run.world.present)]
        counts = dict.fromkeys((PASS, VIOLATION, NOT_APPLICABLE, NOT_CHECKED), 0)
        if reasons:
            counts[NOT_CHECKED] = sum(1 for _ in self.subjects_in(run, records))
            return Results([self._finding(NOT_CHECKED, severity, tuple(reasons), None, (), run)], counts)
        found: list[tuple[tuple[Any, ...], Finding]] = []
        when, conflicts = self.when, self.conflicts
        require: Any = self.require
        others: tuple[Any, ...] = ()
        applies: Any = True
        passed = unconcerned = 0
        for subject in self.subjects_in(run, records):
            if when is not None:
                applies = when(*subject)
                if applies is False:
                    unconcerned += 1
                    continue
            if conflicts is None:
                holds = require(*subject)
            else:
                members = conflicts(*subject)
                holds = empty(members)
                others = tuple(member for member in members.sure if member.__class__ is not Missing)
            if holds is True:
                passed += 1
                continue
            outcome, missing = self._outcome(joined((applies, holds)))
            counts[outcome] += 1
            if outcome in (VIOLATION, NOT_CHECKED):
                finding = self._finding(outcome, severity, missing, subject[:-1], others, run)
                found.append((subject[0].key, finding))
        counts[PASS] += passed
        counts[NOT_APPLICABLE] += unconcerned
        found.sort(key=operator.itemgetter(0))
        return Results(_grouped([finding for _, finding in found], self.once_per), counts)

    def subjects_in(self, run: Run, records: Iterable[Any] | None = None) -> Iterable[tuple[Any, ...]]:
        """The records of the school year (of those given, else of all) with their joined items, and the run."""
        in_year, subjects = self.in_year, self.subjects
        if records is None:
            found: Iterable[tuple[Any, ...]] = run.subjects(self.resource, in_year)
        else:
            found = ((record, run) for record in records if in_year is None or in_year(record, run) is not False)
        if subjects is None:
            return found
        return ((*joined_subject, run) for (record, _) in found for joined_subject in subjects(record, run))

    def _outcome(self, missing: Missing | None) -> tuple[str, tuple[str, ...]]:
        """The outcome of a subject that does not pass, and what was missing when it could not be checked."""
        if missing is None:
            return VIOLATION, ()
        outcome = self._if_missing(missing.causes)
        return outcome, tuple(sorted(missing.causes)) if outcome == NOT_CHECKED else ()

    def _if_missing(self, causes: frozenset[str]) -> str:
        if causes <= frozenset().union(*(labels for labels, _ in self.if_missing)):
            for labels, outcome in self.if_missing:
                if labels & causes:
                    return outcome
        return NOT_CHECKED

    def _severity_on(self, run: Run) -> str:
        today = run.parameters["asOf"]
        for until, severity in self.severity:
            end = until(run) if until is not None else None
            if end is None or (end.__class__ is not Missing and today < end):
                return severity
        return self.severity[-1][1]

    def _finding(
        self,
        outcome: str,
        severity: str,
        missing: tuple[str, ...],
        subject: tuple[Any, ...] | None,
        others: tuple[Any, ...],
        run: Run,
    ) -> Finding:
        student, corporation, school = (
            plain(of(subject[0], run)) if of is not None and subject is not None else None
            for of in (self.student, self.corporation, self.school)
        )
        detail = self.detail(*subject, run) if subject is not None else ()
        values = self.values(*subject, run) if subject is not None else {}
        return Finding(
            rule=self.id,
            outcome=outcome,
            severity=severity,
            effect=self.effect,
            student=student,
            corporation=corporation,
            school=school,
            resource=self.resource,
            key=self.key_of(subject) if subject is not None else {},
            others=tuple(_key_of(other) for other in others),
            message=self.message,
            detail="".join(part if isinstance(part, str) else _printed(part[0]) for part in detail),
            values={label: plain(value) for label, value in values.items()},
            missing=missing,
        )

    def key_of(self, subject: tuple[Any, ...]) -> dict[str, Any]:
        """The natural key of a subject, with the places of joined items."""
        key = _key_of(subject[0])
        for name, value in zip(self.joins, subject[1:], strict=True):
            if isinstance(value, Record):
                key[name] = _key_of(value)
            elif isinstance(value, Item):
                key[name] = value.position
        return key


@dataclass(frozen=True)
class State:
    """What the rules of a state share: the model of its data, parameters, default cycles, tables with their years."""

    model: Mapping[str, Resource]
    parameters: Mapping[tuple[str, str, int], Mapping[str, Any]]
    default_cycles: Mapping[str, str]
    tables: Callable[[int], Mapping[str, Mapping[tuple[Any, ...], Mapping[str, Any]]]]
    properties: Properties
    attributes: dict[str, dict[str, Attribute]] = field(default_factory=dict, repr=False)
    classes: Classes = field(default_factory=Classes, repr=False)

    def __post_init__(self) -> None:
        self.add(self.properties)

    def add(self, properties: Properties) -> None:
        """Add properties that rules read to the attributes of records."""
        for label, table in properties.items():
            attributes = self.attributes.setdefault(label, {})
            for name, (kind, path) in table.items():
                missing = Missing([".".join((label, *path))])
                attributes[name] = attribute = Attribute(kind, path, READERS[kind], missing)
                setattr(self.classes[label], name, _descriptor(name, attribute))

    def world(self, records: Any) -> World:
        """A world to be used for several rules; evaluators also take the records themselves."""
        return records if isinstance(records, World) else World(self.model, self.attributes, self.classes, records)

    def run(self, rule: Rule, world: Any, context: Mapping[str, Any]) -> Run:
        """The run that a rule shares with others of its collection over the same world."""
        cycle = context.get("cycle") or self.default_cycles.get(rule.collection, "")
        parameters = self.parameters.get((rule.collection, cycle, int(context["schoolYear"])), {})
        return self.run_of((rule.collection, cycle), parameters, rule.leap_birthday, world, context)

    def run_of(
        self,
        told: tuple[Any, ...],
        parameters: Mapping[str, Any],
        leap_birthday: str,
        world: Any,
        context: Mapping[str, Any],
    ) -> Run:
        """The run over a world with some parameters; ``told`` stands for these, for all that share the run."""
        year, as_of = int(context["schoolYear"]), context["asOf"]
        as_of = as_of if isinstance(as_of, date) else date.fromisoformat(as_of)
        shared: World = self.world(world)
        told = (*told, year, as_of, leap_birthday)
        if told not in shared.runs:
            built_in = {"asOf": as_of, "schoolYearStart": date(year - 1, 7, 1), "schoolYearEnd": date(year, 6, 30)}
            values = Parameters({**parameters, **built_in})
            shared.runs[told] = Run(shared, year, values, self.tables(year), leap_birthday)
        return shared.runs[told]


class RowsAndDefault:
    """The rows of a table that has one for every other key too: its cells, but for those of the key."""

    def __init__(
        self, rows: Mapping[tuple[Any, ...], Mapping[str, Any]], key: tuple[str, ...], cells: Mapping[str, Any]
    ) -> None:
        self.rows = rows
        self.key = key
        self.cells = cells

    def get(self, key: tuple[Any, ...]) -> Mapping[str, Any]:
        found = self.rows.get(key)
        return {**dict(zip(self.key, key, strict=True)), **self.cells} if found is None else found


def rows_in(
    school_year: int, rows: Iterable[tuple[int | None, int | None, tuple[Any, ...], Mapping[str, Any]]]
) -> dict[tuple[Any, ...], Mapping[str, Any]]:
    """The rows of a dated table (first year, last year, key, cells) that hold in a school year."""
    return {
        key: cells
        for first_year, last_year, key, cells in rows
        if (first_year is None or first_year <= school_year) and (last_year is None or school_year <= last_year)
    }


def joined_items(members: Members) -> list[Any]:
    """The members of a joined list by their keys or places, so that none is passed over: those that perhaps belong to

    it too, and a missing value for those that nobody knows.
    """
    found = sorted([*members.sure, *(member for member, _ in members.perhaps)], key=_place)
    return found if members.unknown is None else [*found, members.unknown]


def _place(member: Any) -> tuple[Any, ...]:
    return (1,) if member.__class__ is Missing else (0, *member.place)


def _grouped(findings: list[Finding], once_per: tuple[str, ...]) -> list[Finding]:
    if not once_per:
        return findings
    groups: dict[tuple[Any, ...], list[Finding]] = {}
    for i, finding in enumerate(findings):
        parts = tuple(getattr(finding, name) for name in once_per)
        alone_ = (i,) if None in parts else ()
        groups.setdefault((finding.outcome, finding.missing, *parts, *alone_), []).append(finding)
    return [
        replace(group[0], others=(*group[0].others, *(other.key for other in group[1:]))) for group in groups.values()
    ]


def _key_of(record: Record) -> dict[str, Any]:
    parts = zip(record.key_parts, record.key, strict=True)
    return {".".join(path): _jsonable(part) for (path, _), part in parts}


def plain(value: Any) -> Any:
    """A value as a finding holds it; what is missing is None, a record is its key."""
    if value.__class__ is Missing:
        return None
    if isinstance(value, Record):
        parts = [_jsonable(part) for part in value.key]
        return parts[0] if len(parts) == 1 else parts
    return _jsonable(value)


def _jsonable(value: Any) -> Any:
    if isinstance(value, Decimal):
        number: Any = int(value) if value == value.to_integral_value() else float(value)
        return number if isinstance(number, int) or Decimal(repr(number)) == value else shown(value)
    return value.isoformat() if isinstance(value, date) else value


def shown(value: Any) -> str:
    """A scalar as people read it: ISO dates, numbers without idle zeros, yes and no as true and false."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value.normalize(_EXACT):f}"
    return value.isoformat() if isinstance(value, date) else str(value)


def _printed(value: Any) -> str:
    if isinstance(value, Members):
        return ", ".join(_printed(member) for member in value.sure) or "(blank)"
    return "(blank)" if value.__class__ is Missing else shown(value)
