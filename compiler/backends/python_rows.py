"""What generated extracts run on: what is chosen, candidates, and the values that each row is printed from.

This file is copied beside the generated modules, as ``runtime`` is, and needs the standard library only. What it gives
is what ``rulewright`` itself prints a file from: values, not yet texts of a width.

Use one extract on a dict of records in the shape of the tables of the source::

    from generated.python.colorado.extracts.co_ssa import rows
    records = {"enrollments": [...], "people": [...], "calendars": [...]}
    made = rows(records, {"schoolYear": 2025, "asOf": "2025-06-01"}, {"calendars": [5, 6]})
    for row in made.rows:
        print(row.sender, row.values)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from compiler.backends.python_population import Population, Sender, places_of
from compiler.backends.python_runtime import (
    Members,
    Missing,
    Properties,
    Run,
    State,
    shown,
)

NO_OPTIONS: Mapping[str, Any] = {}


class ChoiceError(ValueError):
    """What was chosen cannot be; the message says why."""


@dataclass(frozen=True)
class Option:
    """What can be chosen: ``many`` values or one, all of them of ``one_of`` where it lists some.

    ``default`` and ``check`` are functions of a run that knows what is chosen; ``says`` is said where a check fails.
    """

    name: str
    label: str
    many: bool = False
    decimal: bool = False
    required: bool = False
    one_of: tuple[Any, ...] = ()
    default: Callable[[Run], Any] | None = None
    check: Callable[[Run], Any] | None = None
    says: str = ""

    def value(self, given: Mapping[str, Any], run: Run) -> Any:
        """The value that expressions read: what was given, else the default; missing, or no member, for none."""
        if self.name in given:
            value = given[self.name]
        else:
            value = self.default(run) if self.default is not None else None
        if self.many:
            members = value.sure if isinstance(value, Members) else () if value is None else value
            members = (members,) if value.__class__ is Missing or isinstance(members, str) else members
            return tuple([self._number(one) for one in members if one.__class__ is not Missing])
        return Missing([f"${self.name}"]) if value is None else self._number(value)

    def _number(self, value: Any) -> Any:
        return Decimal(value) if self.decimal and value.__class__ is int else value

    def faults(self, value: Any) -> Iterator[str]:
        """What is wrong with a value."""
        values = value if self.many else () if value.__class__ is Missing else (value,)
        if self.required and not values:
            yield f"`{self.name}` must be given: {self.label}"
        for chosen in values:
            if self.one_of and chosen not in self.one_of:
                yield f"`{self.name}` cannot be {shown(chosen)}: it is one of {', '.join(map(shown, self.one_of))}"


# -- what comes of it


@dataclass(slots=True)
class Row:
    """What a row is printed from: the values of the fields and of the audit, None for what is missing.

    ``zeros`` are the fields, by number, that are filled with zeros. ``lacking`` are the fields that cannot do without
    the value that they lack, each with what was missing: the row is withheld. ``places`` are the keys of what its
    variables stand for.
    """

    sender: Sender
    places: tuple[tuple[Any, ...], ...]
    values: tuple[Any, ...]
    audit: tuple[Any, ...]
    warnings: tuple[str, ...]
    zeros: frozenset[int]
    ordering: tuple[Any, ...]
    lacking: tuple[tuple[int, tuple[str, ...]], ...]


@dataclass(slots=True)
class LeftOut:
    """A candidate without a row, and why; ``missing`` is what was not there, where that is why."""

    sender: Sender
    places: tuple[tuple[Any, ...], ...]
    why: str
    reason: str
    missing: tuple[str, ...] = ()


@dataclass(slots=True)
class Rows:
    """The rows of an extract and the candidates without one, each in the order of the keys of their records."""

    rows: list[Row]
    left_out: list[LeftOut]


# -- extracts


@dataclass(frozen=True)
class Extract(Population):
    """An extract, and its parts as functions of (variables of the subject..., run).

    ``subjects`` gives the variables of each subject that begins with a record. ``filled`` are the numbers of the fields
    that each condition of ``zero_fill`` fills with zeros, ``required`` those of the fields that a row cannot be
    without; ``complete`` has the fields with the tables that must have a row for every key that they look up.
    """

    id: str
    title: str
    resource: str
    options: tuple[Option, ...]
    subjects: Callable[[Any, Run], Iterator[tuple[Any, ...]]]
    fields: Callable[..., tuple[Any, ...]]
    required: tuple[int, ...]
    zero_fill: Callable[..., tuple[Any, ...]]
    filled: tuple[tuple[int, ...], ...]
    audit: Callable[..., tuple[Any, ...]]
    warnings: Callable[..., tuple[Any, ...]]
    says: tuple[str, ...]
    ordering: Callable[..., tuple[Any, ...]]
    leap_birthday: str
    properties: Properties = field(repr=False)
    state: State = field(repr=False)
    complete: tuple[tuple[int, tuple[str, ...]], ...] = ()

    def __post_init__(self) -> None:
        self.state.add(self.properties)

    def rows(self, world: Any, context: Mapping[str, Any], options: Mapping[str, Any] = NO_OPTIONS) -> Rows:
        """The rows of a world. ``context`` has schoolYear and asOf; ``options`` what is chosen, None for nothing.

        Raises :class:`ChoiceError` when an option has a value that cannot be chosen.
        """
        shared = self.state.world(world)
        values = self._chosen(options, context)
        run = self.state.run_of((self.id, *_told(values)), values, self.leap_birthday, shared, context)
        made = Rows([], [])
        for record in run.world.records(self.resource):
            for variables in self.subjects(record, run):
                self._judge((*variables, run), made)
        return made

    def _chosen(self, given: Mapping[str, Any], context: Mapping[str, Any]) -> dict[str, Any]:
        """The values of all options."""
        names = [option.name for option in self.options]
        faults = [f"there is no option `{name}`" for name in given if name not in names]
        run = self.state.run_of((self.id,), {}, self.leap_birthday, {}, context)
        for option in self.options:
            value = option.value(given, run)
            faults += option.faults(value)
            run.parameters[option.name] = value
        if not faults:
            faults += [o.says for o in self.options if o.check is not None and o.check(run) is False]
        if faults:
            raise ChoiceError("; ".join(faults))
        return {name: run.parameters[name] for name in names}

    def _judge(self, subject: tuple[Any, ...], made: Rows) -> None:
        """Put a candidate among the rows, or among those without one."""
        sender, places, bars = self.sender(subject), places_of(subject), self.bars(subject)
        if bars is not None:
            made.left_out.append(LeftOut(sender, places, bars.why, bars.reason, bars.missing))
        else:
            made.rows.append(self._row(subject, sender, places))

    def _row(self, subject: tuple[Any, ...], sender: Sender, places: tuple[tuple[Any, ...], ...]) -> Row:
        values = self.fields(*subject)
        filling = zip(self.zero_fill(*subject), self.filled, strict=True)
        zeros = frozenset([number for holds, numbers in filling if holds is True for number in numbers])
        said = zip(self.warnings(*subject), self.says, strict=True)
        return Row(
            sender,
            places,
            _known(values),
            _known(self.audit(*subject)),
            tuple([says for holds, says in said if holds is True]),
            zeros,
            _known(self.ordering(*subject)),
            tuple(
                [
                    (number, tuple(sorted(value.causes)))
                    for number, value in enumerate(values, 1)
                    if value.__class__ is Missing and number not in zeros and self._is_lacking(number, value)
                ]
            ),
        )

    def _is_lacking(self, number: int, value: Missing) -> bool:
        """Whether a field without a value withholds the row."""
        tables = [name for field, names in self.complete if field == number for name in names]
        return number in self.required or not value.causes.isdisjoint(tables)


def _known(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple([None if value.__class__ is Missing else value for value in values])


def _told(values: Mapping[str, Any]) -> Iterator[Any]:
    """What tells the values of one run from those of another; of what is missing, its name does."""
    for name, value in values.items():
        yield name, value.__class__, None if value.__class__ is Missing else value
