"""When and why records are sent, and what becomes of them: every table, field, part of a key and resource by its name.

Tables and fields are those of the source; parts of the key and dependents are of the target.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

from compiler.diagnostics import Sink
from compiler.schema.edfi import Resource, Schemas
from compiler.schema.types import TEXT, WHOLE
from compiler.semantics.checker.expressions import ExpressionChecker
from compiler.semantics.checker.subjects import check_subject
from compiler.semantics.checker.typed import typed
from compiler.semantics.scope import Scope
from compiler.suggest import hint
from compiler.syntax.document import Scalar
from compiler.syntax.publications import PublicationTree
from compiler.syntax.publishing import (
    RESYNC_CONDITIONS,
    CascadeTree,
    ConfigurationTree,
    KeyChangeTree,
    RecordTree,
    ResyncRowTree,
    TriggerTree,
)


class PublishingChecker:
    """Checks what one publication says of changes; ``target`` is the resource that it writes."""

    def __init__(self, target: Resource, schemas: Schemas, checker: ExpressionChecker) -> None:
        self.target = target
        self.target_schemas = schemas
        self.checker = checker
        self.scope: Scope = checker.scope
        self.sink: Sink = checker.sink

    def check(self, publication: PublicationTree) -> None:
        """Report what is wrong with a publication, blocks of another one included."""
        for event in publication.events:
            self._fields(event.table, event.fields)
        for left in publication.left:
            self._fields(left.table, left.fields)
        for trigger in publication.triggers:
            self._trigger(trigger)
        for change in publication.key_changes:
            self._key_change(change)
        if publication.record is not None:
            self._record(publication.record)
        if publication.configuration is not None:
            sent = (element for element in publication.elements if element.in_schema and element.value is not None)
            self._configuration(publication.configuration, frozenset(element.name.text for element in sent))
        if publication.cascade is not None:
            self._cascade(publication.cascade)
        check_resync(publication.resync, self.sink)

    # -- tables and fields of the source

    def _table(self, name: Scalar) -> Resource | None:
        """The table of a singular name."""
        if name.text in self.scope.schemas.documents:
            return self.scope.schemas.resource(name.text)
        if not self.scope.lacks("schemas", "ruleset"):
            self.sink.report("E303", name.span, name=name.text, hint=self._meant(name.text))
        return None

    def _meant(self, name: str) -> str:
        singular = self.scope.schemas.plurals.get(name)
        if singular is not None:
            return f"write `{singular}`, the singular"
        return hint(name, self.scope.schemas.names())

    def _fields(self, table: Scalar, fields: Iterable[Scalar]) -> Resource | None:
        found = self._table(table)
        for name in fields if found is not None else ():
            self._field(found, name, name.text)
        return found

    def _field(self, table: Resource | None, place: Scalar, name: str) -> bool:
        if table is None or self.scope.lacks("schemas", "ruleset"):
            return False
        if name not in table.properties:
            self.sink.report("E301", place.span, owner=table.name, name=name, hint=hint(name, table.properties))
            return False
        return True

    def _trigger(self, trigger: TriggerTree) -> None:
        table = self._fields(trigger.table, trigger.fields)
        for name, value in trigger.to:
            if table is not None and self._field(table, name, name.text):
                typed(value, table.properties[name.text].type, f"`{table.name}.{name.text}`", "E120", self.sink)

    # -- the key of the target

    def _part(self, path: Scalar) -> None:
        known = [".".join(part) for part in self.target.key]
        if path.text not in known:
            fix = hint(path.text, known) or "its parts are " + ", ".join(f"`{part}`" for part in known)
            self.sink.report("E607", path.span, name=path.text, resource=self.target.name, fix=fix)

    def _key_change(self, change: KeyChangeTree) -> None:
        if not change.of_no_part:
            self._part(change.part)
        for cause in change.causes:
            table_name, _, field_name = cause.text.partition(".")
            table = self.scope.schemas.resource(table_name) if table_name in self.scope.schemas.documents else None
            if table is None and not self.scope.lacks("schemas", "ruleset"):
                self.sink.report("E303", cause.span, name=table_name, hint=self._meant(table_name))
            self._field(table, cause, field_name)

    def _record(self, record: RecordTree) -> None:
        for path in (record.student, record.organization):
            if path is not None:
                self._part(path)
        if record.ours is None:
            return
        resource, env = check_subject(record.ours, self.checker, owned=False)
        if record.ours.joins or record.ours.condition is not None:
            fix = "leave out the further variables and the condition"
            self.sink.report("E506", record.ours.span, what="`ours` names all records of one table", fix=fix)
        if resource and record.ours_value is not None:
            self.checker.scalar(record.ours_value, env, "`ours`", (TEXT, WHOLE), "a number or a text")

    def _configuration(self, configuration: ConfigurationTree, elements: frozenset[str]) -> None:
        for name, condition in (("valid", configuration.valid), ("on", configuration.on)):
            if condition is not None and condition.when is not None:
                self.checker.condition(condition.when, {}, f"`{name}`")
        for change in configuration.even_when_off:
            self._fields(change.table, change.fields)
            for element in change.elements:
                if element.text not in elements:
                    self.sink.report("E302", element.span, name=element.text, hint=hint(element.text, elements))

    # -- other resources of the target

    def _cascade(self, cascade: CascadeTree) -> None:
        seen: set[str] = set()
        for dependent in cascade.dependents:
            name = dependent.resource
            if name.text not in self.target_schemas.plurals:
                what = f"the schemas under `target` have no resource `{name.text}`"
                fix = hint(name.text, self.target_schemas.plurals) or "use the plural API name of a resource"
                self.sink.report("E310", name.span, what=what, fix=fix)
            if name.text in seen:
                self.sink.report("E119", name.span, what="the dependent", name=name.text)
            seen.add(name.text)


# -- the table of a resync

_WORDS = {
    "wanted": ("wanted", "not wanted"),
    "held": ("held", "not held"),
    "mapped": ("mapped", "not mapped"),
    "in ods": ("in the ODS", "not in the ODS"),
    "differs": ("different there", "the same there"),
}
_FLIPS = {"forget": False, "adopt": True}


def check_resync(rows: tuple[ResyncRowTree, ...], sink: Sink) -> None:
    """Report cases of a resync that no row decides or that never end, and rows that decide nothing."""
    deciding: set[ResyncRowTree] = set()
    for case in _cases():
        row = _first(rows, case)
        if row is None and rows:
            what = f"no row decides what becomes of a record that is {_told(case)}"
            sink.report("E611", rows[-1].span, what=what, fix="end with `do: nothing`, or add a row")
            return
        if row is not None:
            deciding.add(row)
        _ends(rows, case, sink)
    for row in rows:
        if row not in deciding:
            fix = "move it up, or remove it"
            sink.report("E611", row.span, what="the rows before this one decide all that it fits", fix=fix)


def _cases() -> Iterator[dict[str, bool]]:
    """All that a table may be asked: a wanted record is not held, and only one that the ODS has can differ there."""
    for values in product((True, False), repeat=len(RESYNC_CONDITIONS)):
        case = dict(zip(RESYNC_CONDITIONS, values, strict=True))
        comparable = case["wanted"] and case["in ods"]
        if not (case["wanted"] and case["held"]) and (comparable or not case["differs"]):
            yield case


def _first(rows: tuple[ResyncRowTree, ...], case: dict[str, bool]) -> ResyncRowTree | None:
    return next((row for row in rows if all(case[name] == value for name, value in row.conditions.items())), None)


def _ends(rows: tuple[ResyncRowTree, ...], case: dict[str, bool], sink: Sink) -> None:
    """Report a row after which the table is asked again and comes to a row of this kind again."""
    row = _first(rows, case)
    if row is None or row.action not in _FLIPS:
        return
    mapped = _FLIPS[row.action]
    if case["mapped"] is mapped:
        what = f"`{row.action}` stands in a row that also fits a record that is {'mapped' if mapped else 'not mapped'}"
        sink.report("E611", row.span, what=what, fix=f"add `mapped: {'no' if mapped else 'yes'}`")
        return
    after = _first(rows, {**case, "mapped": mapped})
    if after is not None and after.action in _FLIPS:
        what = f"after `{row.action}` the table comes to `{after.action}`, and so on for ever"
        sink.report("E611", after.span, what=what, fix="let one of the two rows ask for more")


def _told(case: dict[str, bool]) -> str:
    idle = {"held"} if case["wanted"] else {"differs"}  # what a record of this kind is not asked
    idle |= set() if case["in ods"] else {"differs"}
    *words, last = [yes if case[name] else no for name, (yes, no) in _WORDS.items() if name not in idle]
    return f"{', '.join(words)} and {last}"
