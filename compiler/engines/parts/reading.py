"""Records as they are read for the generated Python: by key, with what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from compiler.engines.evaluation import Task
from compiler.engines.folder import Entry
from compiler.engines.parts.soundness import leads, sound
from compiler.engines.structure import (
    Checker,
    Fault,
    checker_of,
    dangles,
    dangling_fault,
    faults_of,
    kinds_named,
    readers_of,
    references_checked,
    repeats,
    unread,
)
from compiler.schema.edfi import Resource
from compiler.semantics.values import Key, dig
from compiler.semantics.world import RawRecord, read_key


@dataclass(slots=True)
class Records:
    """Records by resource: all that were read, those that count by their keys, and what is wrong with them."""

    read: dict[str, list[Entry]] = field(default_factory=dict)
    keyed: dict[str, dict[Key, Entry]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    count: int = 0

    def beside(self, common: Records) -> Records:
        """These records together with common ones, whose faults are told elsewhere."""
        return Records({**common.read, **self.read}, {**common.keyed, **self.keyed}, self.faults, self.count)


class Reading:
    """Reads and checks the records of a task, resource by resource."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.checkers = {
            name: checker_of(self._resource(name), task.used, task.codes, task.options.structure)
            for name in task.resources
        }
        self.sound = {name: sound(checker) for name, checker in self.checkers.items()}

    def _resource(self, name: str) -> Resource:
        resource = self.task.program.schemas.resource(name)
        assert resource is not None
        return resource

    def records(self, entries: Mapping[str, Iterable[Entry]]) -> Records:
        """The records of some resources; references are looked at later, when all that they may lead to is read."""
        found = Records()
        for name in sorted(entries):
            self._take(name, entries[name], found)
        return found

    def _take(self, name: str, entries: Iterable[Entry], found: Records) -> None:
        checker, sound_key = self.checkers[name], self.sound[name]
        records = found.read.setdefault(name, [])
        keyed = found.keyed.setdefault(name, {})
        for entry in entries:
            found.count += 1
            body = entry.body
            if body is None:
                found.faults.append(unread(checker.resource, entry))
                continue
            key = sound_key(body)
            if key is not None and key not in keyed:
                keyed[key] = entry
            else:
                found.faults += self._faults(checker, entry, keyed)
            records.append(entry)

    def _faults(self, checker: Checker, entry: Entry, keyed: dict[Key, Entry]) -> Iterable[Fault]:
        """What is wrong with a record, which is taken up when it is the first with its key."""
        record = raw(entry)
        key = read_key(record.body, checker.key_readers)
        problems = checker.problems(record.body, has_key=key is not None)
        if key in keyed:
            problems.append(repeats(keyed[key], entry))
        elif key is not None:
            keyed[key] = entry
        return faults_of(checker.resource, record, problems)

    def dangling(self, name: str, records: Records) -> None:
        """Add the faults of references of a resource's records that lead to nothing."""
        task, resource, schemas = self.task, self._resource(name), self.task.program.schemas
        present = records.keyed.keys()
        for reference, kinds in references_checked(resource, present, task.used, schemas, task.options.structure):
            pointers = kinds_named(reference, kinds, present, schemas)
            if any(dig(entry.body, path) is not None for kind, path in pointers for entry in records.read[kind.name]):
                continue
            by_kind = [(kind, readers_of(reference, kind, schemas)) for kind in kinds]
            leads_somewhere = leads([(records.keyed[kind.name], [path for path, _ in held]) for kind, held in by_kind])
            for entry in records.read[name]:
                if not leads_somewhere(entry.body) and dangles(raw(entry), by_kind, records.keyed):
                    records.faults.append(dangling_fault(resource, raw(entry), reference, kinds, schemas))


def raw(entry: Entry) -> RawRecord:
    """The record of an entry that holds one."""
    assert entry.body is not None
    return RawRecord(entry.body, entry.file, entry.line)
