"""Random well-typed expressions, and random records to evaluate them over, both made from the Ed-Fi schemas.

Nothing here knows what an expression means. A :class:`Writer` writes text that the checker must accept; the records
leave out, blank and spoil what they can.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from compiler.schema.edfi import Resource, Schemas, Shape
from compiler.schema.types import (
    BOOLEAN,
    DATE,
    DECIMAL,
    MOMENT,
    TEXT,
    WHOLE,
    Abstract,
    Code,
    Item,
    ListOf,
    Record,
    Type,
)
from compiler.semantics.checker.paths import names_behind, resolve
from compiler.semantics.scope import Scope

RESOURCES = (
    "student",
    "school",
    "localEducationAgency",
    "studentSchoolAssociation",
    "studentEducationOrganizationAssociation",
    "studentSpecialEducationProgramAssociation",
    "studentAcademicRecord",
    "studentSchoolAttendanceEvent",
)
"""The resources that records are made of; paths to others end there."""

SCALARS: tuple[Type, ...] = (BOOLEAN, WHOLE, DECIMAL, DATE, TEXT)
DAYS = ("2023-07-01", "2023-12-31", "2024-02-28", "2024-02-29", "2024-03-01", "2024-06-30", "2016-02-29", "2015-05-31")
CODES = ("KG", "01", "02", "03")
PARAMETERS = {"countDate": DATE, "limit": WHOLE, "share": DECIMAL, "asOf": DATE}
COLLECTIONS = """\
collections:
  enrollment:
    title: Enrollment
    school years: ['2024']
    cycles: {fall: {title: Fall count}}
    parameters:
      countDate: {type: date, doc: A day., values: {'2024': 2024-02-29}}
      limit: {type: whole, doc: A limit., values: {'2024': '2'}}
      share: {type: decimal, doc: A share., values: {'2024': '0.5'}}
      days: {type: list of date, doc: Some days., values: {'2024': [2024-02-29, 2023-12-31]}}
      names: {type: list of text, doc: Some names., values: {'2024': [Sam, '01']}}
"""
TABLE = """\
kind: table
name: Shares
title: Shares of a day
key: {code: text, year: whole}
columns: {share: decimal, day: date, next: text}
absent key: {default: {share: 0.25, day: 2024-02-29, next: Sam}}
rows:
- {code: Sam, year: '1', share: 0.5, day: 2023-12-31, next: '01'}
- {code: '01', year: '2', share: 1.5, day: 2024-06-30, next: School}
"""
DEFINITIONS = """\
definitions:
- {of: student as s, name: enrollments, doc: List of records., is: all x in s.studentSchoolAssociations where (x.primarySchool otherwise true)}
- {of: student as s, name: newest, doc: A record., is: latest x in s.studentSchoolAssociations by entryDate}
- {of: student as s, name: only, doc: A record or none., is: the x in s.studentSchoolAssociations where (x.exitWithdrawDate is missing)}
- {of: studentSchoolAssociation as e, name: dates, doc: A period., is: period from e.entryDate to e.exitWithdrawDate}
- {of: studentSchoolAssociation as e, name: activeOn, with: {day: date}, doc: A condition., is: e.dates contains day}
- {of: studentSchoolAssociation as e, name: corporation, doc: A record., is: e.school.localEducationAgency}
- {of: studentSchoolAssociation as e, name: weight, doc: A number., is: e.fullTimeEquivalency otherwise 1}
"""


@dataclass
class Writer:
    """Writes expressions of a wanted type over variables in scope."""

    scope: Scope
    random: Random
    variables: list[tuple[str, Type]]
    _count: int = 0
    _known: dict[Type, list[tuple[str, Type]]] = field(default_factory=dict)

    # -- paths

    def names(self, base: Type) -> list[tuple[str, Type]]:
        """What may stand behind a value of a type, with the types."""
        if base not in self._known:
            self._known[base] = list(self._names(base))
        return self._known[base]

    def _names(self, base: Type) -> Iterator[tuple[str, Type]]:
        for name in sorted(set(names_behind(self.scope, base))):
            found = resolve(self.scope, base, name, None)
            if found is None:
                continue
            kind = found[1]
            if isinstance(kind, Abstract):
                yield from ((f"{name}.{one}", Record(one)) for one in ("school", "localEducationAgency"))
            elif kind is None:
                assert isinstance(base, Record)
                definition = self.scope.definition(base.resource, name)
                assert definition is not None
                assert definition.type is not None
                if len(definition.parameters) == 1:
                    yield name, definition.type
            elif not name.endswith("Reference") and _is_made(kind):
                yield name, kind

    def paths(self, wanted: Callable[[Type], bool], steps: int = 2) -> list[str]:
        """Paths from the variables, through single values, whose type is wanted."""
        found: list[str] = []
        front = list(self.variables)
        for _ in range(steps):
            following = []
            for text, kind in front:
                for name, inner in self.names(kind):
                    if wanted(inner):
                        found.append(f"{text}.{name}")
                    if isinstance(inner, Record | Item):
                        following.append((f"{text}.{name}", inner))
            front = following
        return found

    def list_paths(self, wanted: Callable[[Type], bool]) -> list[tuple[str, Type]]:
        """Paths to lists, with the type of their members."""
        found: list[tuple[str, Type]] = []
        for text, kind in [*self.variables, *self._records()]:
            found += [(f"{text}.{n}", k.item) for n, k in self.names(kind) if isinstance(k, ListOf) and wanted(k.item)]
        return found

    def _records(self) -> list[tuple[str, Type]]:
        return [
            (f"{text}.{name}", inner)
            for text, kind in self.variables
            for name, inner in self.names(kind)
            if isinstance(inner, Record | Item)
        ]

    # -- expressions

    def pick(self, *makers: Callable[[], str]) -> str:
        return self.random.choice(makers)()

    def path(self, kind: Type) -> str:
        return self.random.choice(self.paths(lambda k: k == kind) or [self.literal(kind)])

    def literal(self, kind: Type) -> str:
        if kind is BOOLEAN:
            return self.random.choice(("true", "false"))
        if kind is WHOLE:
            return self.random.choice(("0", "1", "2", "3", "2024", "9223372036854775807", "$limit", "the school year"))
        if kind is DECIMAL:
            return self.random.choice(("0.0", "0.5", "1.25", "0.000000000001", "99999999999999.5", "$share"))
        if kind is DATE:
            anchored = ("February 28 of the school year", "July 1 of the school year", "June 30 of the school year")
            return self.random.choice((*DAYS, *anchored, "$countDate", "$asOf", "0001-01-01", "9999-12-31"))
        if kind is TEXT:
            return self.random.choice(("'Sam'", "'01'", "'School'", "'s'", '"it\'s"', "'a\\\\b'"))
        return f"'{self.random.choice(CODES)}'"

    def scalar(self, kind: Type, depth: int) -> str:
        if depth <= 0:
            return self.pick(lambda: self.path(kind), lambda: self.path(kind), lambda: self.literal(kind))
        common = [
            lambda: self.path(kind),
            lambda: self.choice(lambda d: self.scalar(kind, d), depth),
            lambda: f"({self.path(kind)} otherwise {self.scalar(kind, depth - 1)})",
            lambda: self.through_pick(kind, depth),
            lambda: self.neighbour(kind, depth),
        ]
        cell = {DECIMAL: "share", DATE: "day", TEXT: "next"}.get(kind)
        if cell is not None:
            common.append(lambda: f"lookup(Shares, {self.scalar(TEXT, depth - 1)}, {self.scalar(WHOLE, 0)}).{cell}")
        special: dict[Type, list[Callable[[], str]]] = {
            BOOLEAN: [lambda: f"({self.condition(depth - 1)})"],
            WHOLE: [
                lambda: self.arithmetic(WHOLE, "+-*", depth),
                lambda: f"age of {self.path(DATE)} on {self.scalar(DATE, 0)}",
                lambda: f"({self.elapsed(depth)})",
                lambda: f"({self.count(depth)})",
                lambda: self.aggregate(("sum", "highest", "lowest"), WHOLE, depth),
                lambda: self.monthly(WHOLE, depth),
                lambda: f"length({self.scalar(TEXT, depth - 1)})",
                lambda: f"wholeNumber({self.digits(depth)})",
                lambda: f"rank({self.scalar(TEXT, depth - 1)}, {self.literal(TEXT)}, 'Sam', '01')",
                lambda: f"rank({self.path(Code('GradeLevelDescriptor'))}, '01', '03')",
                lambda: f"(if isWhole({self.scalar(DECIMAL, depth - 1)}) then 1 else 0)",
            ],
            DECIMAL: [
                lambda: self.arithmetic(DECIMAL, "+-*/", depth),
                lambda: f"({self.scalar(WHOLE, depth - 1)} / {self.scalar(WHOLE, depth - 1)})",
                lambda: self.aggregate(("sum", "highest", "lowest"), DECIMAL, depth),
                lambda: self.monthly(DECIMAL, depth),
                lambda: f"round({self.scalar(DECIMAL, depth - 1)}, {self.random.choice((0, 1, 2, 8, 9, 12))})",
                lambda: f"number({self.digits(depth)})",
            ],
            DATE: [
                lambda: f"({self.duration()} {self.random.choice(('before', 'after'))} {self.scalar(DATE, 0)})",
                lambda: self.aggregate(("earliest", "latest"), DATE, depth),
                lambda: (
                    f"{self.random.choice(('earlierOf', 'laterOf'))}({self.scalar(DATE, 0)}, {self.scalar(DATE, 0)})"
                ),
            ],
            TEXT: [
                lambda: f"{self.random.choice(('lower', 'trim'))}({self.scalar(TEXT, depth - 1)})",
                lambda: self.text_made(depth),
                lambda: self.text_made(depth),
            ],
        }
        return self.pick(*common, *special.get(kind, []) * 2)

    def text_made(self, depth: int) -> str:
        """A text made of other texts or values."""
        text = self.scalar(TEXT, depth - 1)
        form = self.random.choice(("'XXX'", "'X-X X'", "'<X>'"))
        of_day = self.random.choice(("'MMDDYYYY'", "'YY/MM'", "'YYYY-DD.'"))
        few = self.random.choice((self.scalar(WHOLE, 0), *map(str, range(5))))
        return self.random.choice(
            (
                f"joined({text}, {self.scalar(TEXT, 0)})",
                f"joined({text}, '-', {self.literal(TEXT)} otherwise {text})",
                f"zeroFilled({text}, {few})",
                f"blankFilled({text}, {few})",
                f"slice({text}, {self.random.choice((1, 1, 2, few))}, {few})",
                f"picture({text}, {form})",
                f"dateText({self.scalar(DATE, depth - 1)}, {of_day})",
                f"text({self.scalar(self.random.choice((WHOLE, DECIMAL, DATE)), depth - 1)})",
            )
        )

    def digits(self, depth: int) -> str:
        """A text that may be a number."""
        number = f"text({self.scalar(self.random.choice((WHOLE, DECIMAL)), depth - 1)})"
        text = self.random.choice((number, number, self.scalar(TEXT, depth - 1), "' -007.50 '", "'1e3'", "'12'"))
        return f"zeroFilled({text}, 12)" if self.random.random() < 0.2 else text

    def arithmetic(self, kind: Type, operators: str, depth: int) -> str:
        left, right = self.scalar(kind, depth - 1), self.scalar(kind, depth - 1)
        return f"({left} {self.random.choice(operators)} {right})"

    def choice(self, branch: Callable[[int], str], depth: int) -> str:
        return f"(if {self.test(depth - 1)} then {branch(depth - 1)} else {branch(depth - 1)})"

    def duration(self) -> str:
        unit = self.random.choice(("day", "days", "weeks", "months", "month", "years"))
        return f"{self.random.choice((0, 1, 2, 11, 30, 400))} {unit}"

    def elapsed(self, depth: int) -> str:
        unit = self.random.choice(("days", "weeks", "months", "years"))
        return f"{unit} from {self.scalar(DATE, depth - 1)} to {self.scalar(DATE, 0)}"

    # -- lists

    def listed(self, depth: int, wanted: Callable[[Type], bool]) -> tuple[str, Type]:
        """A list and the type of its members."""
        found = self.list_paths(wanted)
        if not found:
            found = [("e.student.studentSchoolAssociations", Record("studentSchoolAssociation"))]
        text, kind = self.random.choice(found)
        form = self.random.randrange(8) if depth > 0 else 0
        if form == 1:
            inner = self.inside(kind)
            return f"(all {inner.variables[-1][0]} in {text} where ({inner.condition(depth - 1)}))", kind
        if form == 2 and isinstance(kind, Record | Item):
            return f"(if {self.test(depth - 1)} then {text} else {text})", kind
        return text, kind

    def inside(self, kind: Type) -> Writer:
        """A writer with one more variable, the member of a list."""
        self._count += 1
        name = f"v{len(self.variables)}{'abcdefghijklmnopqrstuvwxyz'[self._count % 26]}"
        return Writer(self.scope, self.random, [*self.variables, (name, kind)], self._count, self._known)

    def binder(self, depth: int) -> tuple[Writer, str]:
        text, kind = self.listed(depth - 1, lambda k: isinstance(k, Record | Item))
        inner = self.inside(kind)
        where = f" where ({inner.condition(depth - 2)})" if self.random.random() < 0.4 else ""
        return inner, f"{inner.variables[-1][0]} in {text}{where}"

    def count(self, depth: int) -> str:
        inner, binder = self.binder(depth)
        if self.random.random() < 0.5:
            return f"number of {binder}"
        return f"number of different {self.of_member(inner)} for {binder}"

    def of_member(self, inner: Writer) -> str:
        kind = self.random.choice(SCALARS)
        found = [f"{inner.variables[-1][0]}.{n}" for n, k in inner.names(inner.variables[-1][1]) if k == kind]
        return self.random.choice(found) if found else f"({inner.scalar(kind, 0)})"

    def aggregate(self, words: tuple[str, ...], kind: Type, depth: int) -> str:
        inner, binder = self.binder(depth)
        return f"({self.random.choice(words)} of ({inner.scalar(kind, depth - 2)}) for {binder})"

    def monthly(self, kind: Type, depth: int) -> str:
        inner, binder = self.binder(depth)
        value, day = inner.scalar(kind, depth - 2), inner.scalar(DATE, 0)
        return f"({self.random.choice(('highest', 'lowest'))} monthly sum of ({value}) for {binder} by ({day}))"

    def through_pick(self, kind: Type, depth: int) -> str:
        """A property of a member that is picked out of a list."""
        text, member = self.listed(0, lambda k: isinstance(k, Record | Item))
        inner = self.inside(member)
        variable = inner.variables[-1][0]
        wanted = [name for name, k in inner.names(member) if k == kind]
        keys = [name for name, k in inner.names(member) if k in (DATE, WHOLE, DECIMAL) and self._is_field(member, name)]
        if not wanted:
            return self.path(kind)
        where = f" where ({inner.condition(depth - 2)})" if self.random.random() < 0.4 else ""
        if keys and self.random.random() < 0.6:
            order = " then by ".join(self.random.sample(keys, min(len(keys), self.random.choice((1, 2)))))
            word = self.random.choice(("latest", "earliest", "highest", "lowest"))
            picked = f"({word} {variable} in {text} by {order}{where})"
        else:
            picked = f"(the {variable} in {text}{where})"
        objects = [name for name, k in inner.names(member) if isinstance(k, Item)]
        if objects and kind is BOOLEAN:
            return f"({picked}.{self.random.choice(objects)} is present)"
        return f"{picked}.{self.random.choice(wanted)}"

    def neighbour(self, kind: Type, depth: int) -> str:
        """A property of the enrollment before or after the one at hand."""
        inner = self.inside(Record("studentSchoolAssociation"))
        variable = inner.variables[-1][0]
        wanted = [name for name, k in inner.names(Record("studentSchoolAssociation")) if k == kind]
        if not wanted:
            return self.path(kind)
        where = f" where ({inner.condition(depth - 2)})" if self.random.random() < 0.3 else ""
        order = self.random.choice(("entryDate", "exitWithdrawDate then by entryDate", "fullTimeEquivalency"))
        word, items = self.random.choice(("previous", "next")), "e.student.studentSchoolAssociations"
        return f"({word} {variable} in {items} by {order} to e{where}).{self.random.choice(wanted)}"

    def _is_field(self, member: Type, name: str) -> bool:
        shape = self.scope.schemas.shape_of(member)
        return shape is not None and name in shape.properties

    # -- subjects

    def subject(self) -> tuple[Writer, str]:
        """What stands behind `for each`, and a writer with the variables of it."""
        writer, text = self, "studentSchoolAssociation as e"
        for _ in range(self.random.choice((0, 0, 0, 1, 1, 2))):
            items, kind = writer.listed(1, lambda k: isinstance(k, Record | Item))
            writer = writer.inside(kind)
            text += f", {writer.variables[-1][0]} in {items}"
        return writer, f"{text} where ({writer.condition(1)})" if self.random.random() < 0.2 else text

    def rivals(self, depth: int) -> str:
        """A list of records for `conflicts with`."""
        return self.listed(depth, lambda k: isinstance(k, Record))[0]

    # -- conditions

    def test(self, depth: int) -> str:
        """A condition that may stand after `if` or `not`."""
        return f"({self.condition(depth)})"

    def condition(self, depth: int) -> str:
        forms: list[Callable[[], str]] = [
            *[lambda: self.comparison(depth)] * 6,
            lambda: self.presence(depth),
            lambda: self.membership(depth),
            lambda: self.texts(depth),
            lambda: self.periods(depth),
        ]
        if depth > 0:
            forms += [
                lambda: f"{self.test(depth - 1)} and {self.test(depth - 1)}",
                lambda: f"{self.test(depth - 1)} or {self.test(depth - 1)} or {self.test(depth - 1)}",
                lambda: f"not {self.test(depth - 1)}",
                lambda: f"if {self.test(depth - 1)} then {self.test(depth - 1)} else {self.test(depth - 1)}",
                lambda: f"{self.test(depth - 1)} otherwise {self.test(depth - 1)}",
                lambda: self.quantified(depth),
                lambda: self.quantified(depth),
                lambda: self.contains(depth),
                lambda: self.scalar(BOOLEAN, depth - 1),
            ]
        return self.pick(*forms)

    def comparison(self, depth: int) -> str:
        numbers_and_days = (WHOLE, DECIMAL, DATE) * 3
        kind = self.random.choice((*numbers_and_days, TEXT, BOOLEAN, Code("GradeLevelDescriptor"), "record"))
        if kind == "record":
            records = self.paths(lambda k: k == Record("school")) or ["e.school"]
            return f"{self.random.choice(records)} {self.random.choice(('is', 'is not'))} {self.random.choice(records)}"
        words = {
            DATE: ("is before", "is after", "is on or before", "is on or after", "is not before", "<"),
            WHOLE: ("is less than", "is more than", "is at least", "is at most", "is not at least", ">="),
        }
        numbers = words[WHOLE] if kind is DECIMAL else words.get(kind, ())
        left, right = self.operand(kind, depth), self.operand(kind, depth)
        if numbers and self.random.random() < 0.2:
            return f"{left} is between {right} and {self.operand(kind, 0)}"
        return f"{left} {self.random.choice(('is', 'is not', *numbers))} {right}"

    def operand(self, kind: Type, depth: int) -> str:
        """A scalar that may stand beside a comparison."""
        text = self.scalar(kind, depth - 1)
        return f"({text})" if text.startswith(("age of", "number of")) else text

    def presence(self, depth: int) -> str:
        words = self.random.choice(("is present", "is missing"))
        if self.random.random() < 0.3:
            return f"{self.listed(depth - 1, lambda _: True)[0]} {words}"
        return f"{self.random.choice(self.paths(lambda k: not isinstance(k, ListOf)))} {words}"

    def membership(self, depth: int) -> str:
        words = self.random.choice(("is one of", "is not one of"))
        kind = self.random.choice((WHOLE, DATE, TEXT, Code("GradeLevelDescriptor")))
        if isinstance(kind, Code) and self.random.random() < 0.4:
            return f"{self.path(kind)} {words} codes Elementary"
        if kind in (DATE, TEXT) and self.random.random() < 0.3:
            return f"{self.scalar(kind, depth - 1)} {words} {'$days' if kind is DATE else '$names'}"
        constants = {WHOLE: ("0", "1", "2024"), DATE: DAYS}
        members = self.random.sample(constants.get(kind) or [f"'{c}'" for c in CODES], 2)
        return f"{self.scalar(kind, depth - 1)} {words} [{', '.join(members)}]"

    def texts(self, depth: int) -> str:
        value = self.scalar(TEXT, depth - 1)
        patterns = (r"'\d{1,3}'", "'[A-Z][a-z]{1,9}'", "'(Sam|0?1)'", "'S[a-z\u00e4]m'", "'[^0-9]{0,9}'")
        form = self.random.choice(("matches", "does not match", "starts with", "does not start with"))
        return f"{value} {form} {self.random.choice(patterns) if 'match' in form else self.scalar(TEXT, 0)}"

    def period(self, depth: int) -> str:
        if self.random.random() < 0.3:
            return self.random.choice(self.paths(lambda k: getattr(k, "name", "") == "period") or ["e.dates"])
        ends = [*self.paths(lambda k: k is DATE), "nothing"]
        return f"(period from {self.scalar(DATE, depth - 1)} to {self.random.choice(ends)})"

    def periods(self, depth: int) -> str:
        if self.random.random() < 0.5:
            word = self.random.choice(("contains", "does not contain"))
            return f"{self.period(depth)} {word} {self.scalar(DATE, depth - 1)}"
        return f"{self.period(depth)} {self.random.choice(('overlaps', 'does not overlap'))} {self.period(0)}"

    def quantified(self, depth: int) -> str:
        inner, binder = self.binder(depth)
        word = self.random.choice(("any", "every", "no", "exactly one", "at least 2", "at most 1"))
        variable, _, rest = binder.partition(" in ")
        items, _, where = rest.partition(" where ")
        source = f"(all {variable} in {items} where {where})" if where else items
        return f"{word} {variable} in {source} has ({inner.condition(depth - 1)})"

    def contains(self, depth: int) -> str:
        kind = self.random.choice((WHOLE, DATE, TEXT, Code("GradeLevelDescriptor")))
        text, member = self.listed(0, lambda k: isinstance(k, Record | Item))
        names = [name for name, k in self.names(member) if k == kind]
        if not names:
            return self.comparison(depth)
        return f"{text}.{self.random.choice(names)} contains {self.scalar(kind, 0)}"


def _is_made(kind: Type) -> bool:
    """Whether records hold values of a type, so that reading them is of interest."""
    inner = kind.item if isinstance(kind, ListOf) else kind
    return inner.resource in RESOURCES if isinstance(inner, Record) else inner is not MOMENT


# -- records


def random_world(schemas: Schemas, random: Random) -> dict[str, list[dict[str, Any]]]:
    """Records of RESOURCES by singular name: few keys, so that references meet; some values missing or spoiled."""
    world: dict[str, list[dict[str, Any]]] = {}
    for name in RESOURCES:
        resource = schemas.resource(name)
        assert resource is not None
        world[name] = [_record(resource, random) for _ in range(random.choice((3, 6, 9)))]
    return world


def _record(resource: Resource, random: Random) -> dict[str, Any]:
    solid = frozenset(path[0] for path in resource.key)
    return _object(resource, random, lambda name: name in solid or name.endswith("Reference"))


def _object(shape: Shape, random: Random, solid: Callable[[str], bool]) -> dict[str, Any]:
    """The properties of a shape; those that are ``solid`` are nearly always there and sound."""
    made = {}
    for name, prop in shape.properties.items():
        if random.random() > (0.97 if solid(name) else 0.7):
            continue
        inner: Callable[[str], bool] = (lambda _: True) if solid(name) else (lambda _: False)
        if prop.shape is None:
            made[name] = _spoiled(made_scalar(name, prop.type, random), random, 0.01 if solid(name) else 0.06)
        elif not isinstance(prop.type, ListOf):
            made[name] = _object(prop.shape, random, inner)
        elif random.random() > 0.03:
            made[name] = [_object(prop.shape, random, inner) for _ in range(random.choice((0, 1, 2, 3)))]
        else:
            made[name] = random.choice(([None], ["text"], "text", None, [{}]))
    return made


def made_scalar(name: str, kind: Type, random: Random) -> Any:
    if name.endswith("Id") and kind is not TEXT:
        return random.choice((1, 2, 3))
    if name == "studentUniqueId":
        return random.choice(("1", "2", "3"))
    if isinstance(kind, ListOf):
        return [made_scalar(name, kind.item, random) for _ in range(random.choice((0, 1, 2)))]
    if isinstance(kind, Code):
        space = random.choice(("uri://example.org/", "uri://ed-fi.org/"))
        return f"{space}{kind.descriptor}#{random.choice(CODES)}"
    choices: dict[Type, tuple[Any, ...]] = {
        BOOLEAN: (True, False),
        WHOLE: (0, 1, 2, 3, -1, 2023, 2024, 2024, 2024, 2**63 - 1, 5.0),
        DECIMAL: (0, 0.5, 1, 1.25, -2.5, 1e-12, 123456789.5),
        DATE: (*DAYS, "0001-01-01", "9999-12-31"),
        TEXT: ("Sam", "01", "School", "sam", " Sam ", "it's", "S\u00e4m", "\U0001f600", "a\\b"),
    }
    return random.choice(choices.get(kind, ("2024-01-01T00:00:00Z",)))


def _spoiled(value: Any, random: Random, chance: float) -> Any:
    """The value, or now and then something that cannot be read as its type."""
    if random.random() > chance:
        return value
    return random.choice((None, "", "  ", 7, "uri://x/Y", "2023-02-30", "2024-2-29", True, [], {}, 1e300, "#", 2**70))
