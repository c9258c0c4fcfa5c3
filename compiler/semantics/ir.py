"""The intermediate representation: a small core of typed nodes in which every behaviour is explicit.

Sugar is gone: ``every`` is ``not any not``, ``is not`` is ``not is``, ``between`` is two comparisons, a path is a chain
of :class:`Read`, :class:`Find` and :class:`Referring`. So is the behaviour of missing values: what a look-up of a
property means when its record is absent, which comparisons take an absence as lawful (an :class:`If` over
:class:`Given`), when a missing end makes a period open. ``interpreter`` defines what each node means; the back ends
translate node by node, and no node means something in one target only.

A value is determined or not. An undetermined value carries its *causes*: the properties that were missing
(``student.birthDate``), the records that were not there (``student``), or what else went wrong (``a division by
zero``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

from compiler.schema.types import BOOLEAN, DATE, PERIOD, WHOLE, Type
from compiler.source import Span

Path = tuple[str, ...]
Constant = str | int | bool | Decimal | tuple[int, int, int]  # a date is (year, month, day)


@dataclass(frozen=True, slots=True)
class Expr:
    """Any node. ``type`` is the type of its value, ``span`` what the author wrote for it (None: nothing)."""

    type: Type = field(kw_only=True)
    span: Span | None = field(default=None, kw_only=True, compare=False, repr=False)


# -- leaves


@dataclass(frozen=True, slots=True)
class Const(Expr):
    """A constant; dates as (year, month, day)."""

    value: Constant


@dataclass(frozen=True, slots=True)
class Nothing(Expr):
    """No value: always undetermined."""


@dataclass(frozen=True, slots=True)
class Var(Expr):
    """A bound variable: the subject, a member of a list, a parameter of a definition."""

    name: str


@dataclass(frozen=True, slots=True)
class Parameter(Expr):
    """A value of the run: a parameter of the collection, ``asOf``, ``schoolYearStart``, ``schoolYearEnd``."""

    name: str


@dataclass(frozen=True, slots=True)
class SchoolYear(Expr):
    """The school year of the run, by its ending year."""

    type: Type = field(default=WHOLE, kw_only=True)


@dataclass(frozen=True, slots=True)
class YearDay(Expr):
    """A month and day of the school year of the run (July to June)."""

    month: int
    day: int
    type: Type = field(default=DATE, kw_only=True)


# -- navigation


@dataclass(frozen=True, slots=True)
class Read(Expr):
    """A scalar property, or one that is an object, of a record, item or row.

    Undetermined when the property is missing, blank or of the wrong type (cause: its label), or when the record is
    not there (cause: the record's). A part of a record's natural key is known from the key even then. ``uri`` reads a
    descriptor whole, with its namespace, and not only its code; ``optional`` says that the schema lets it be absent.
    """

    base: Expr
    path: Path
    label: str
    uri: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Find(Expr):
    """The record of a resource, or the row of a table, that has this natural key.

    Undetermined when a part of the key is. A record that is not there still has its key: it can be compared and
    navigated back from, but it is not *given* and its other properties are undetermined (cause: ``source``).
    ``looked_up`` says that the author looked the key up; otherwise it was taken from a reference, which promises
    that the record exists.
    """

    source: str
    keys: tuple[Expr, ...]
    looked_up: bool = False


@dataclass(frozen=True, slots=True)
class Items(Expr):
    """A list property of a record, item or row: its objects or scalars, in order; absent is empty."""

    base: Expr
    path: Path
    label: str


@dataclass(frozen=True, slots=True)
class Referring(Expr):
    """The records of ``resource`` whose reference (at ``paths``) holds the key of ``base``, in order of their keys."""

    base: Expr
    resource: str
    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Apply(Expr):
    """A definition applied to its arguments."""

    name: str
    arguments: tuple[Expr, ...]


# -- choices


@dataclass(frozen=True, slots=True)
class If(Expr):
    """Undetermined when the condition is, whatever the branches."""

    condition: Expr
    consequence: Expr
    alternative: Expr


@dataclass(frozen=True, slots=True)
class First(Expr):
    """The first given operand; undetermined, with the causes of all, when none is."""

    operands: tuple[Expr, ...]


# -- conditions (strong Kleene logic)


@dataclass(frozen=True, slots=True)
class Not(Expr):
    operand: Expr
    type: Type = field(default=BOOLEAN, kw_only=True)


@dataclass(frozen=True, slots=True)
class And(Expr):
    """False when an operand is; else undetermined when one is; else true."""

    operands: tuple[Expr, ...]
    type: Type = field(default=BOOLEAN, kw_only=True)


@dataclass(frozen=True, slots=True)
class Or(Expr):
    """True when an operand is; else undetermined when one is; else false."""

    operands: tuple[Expr, ...]
    type: Type = field(default=BOOLEAN, kw_only=True)


@dataclass(frozen=True, slots=True)
class Given(Expr):
    """Whether a value is determined and, for a record, whether the record is there. Never undetermined."""

    operand: Expr
    type: Type = field(default=BOOLEAN, kw_only=True)


@dataclass(frozen=True, slots=True)
class Empty(Expr):
    """Whether a list has no members."""

    operand: Expr
    type: Type = field(default=BOOLEAN, kw_only=True)


@dataclass(frozen=True, slots=True)
class Compare(Expr):
    """``operator`` is eq, lt, le, gt or ge; records are equal when resource and natural key are."""

    operator: str
    left: Expr
    right: Expr
    type: Type = field(default=BOOLEAN, kw_only=True)


@dataclass(frozen=True, slots=True)
class Member(Expr):
    """Whether a value is one of the constants; ``name`` is the set's, when it has one."""

    operand: Expr
    members: tuple[Constant, ...]
    name: str = ""
    type: Type = field(default=BOOLEAN, kw_only=True)


@dataclass(frozen=True, slots=True)
class ParameterMember(Expr):
    """Whether a value is in the list that a parameter holds."""

    operand: Expr
    parameter: str
    type: Type = field(default=BOOLEAN, kw_only=True)


@dataclass(frozen=True, slots=True)
class Match(Expr):
    """Whether a text matches a pattern of our pattern language as a whole."""

    operand: Expr
    pattern: str
    type: Type = field(default=BOOLEAN, kw_only=True)


@dataclass(frozen=True, slots=True)
class Prefix(Expr):
    """Whether a text begins with another."""

    operand: Expr
    prefix: Expr
    type: Type = field(default=BOOLEAN, kw_only=True)


@dataclass(frozen=True, slots=True)
class Has(Expr):
    """Whether a list of scalars holds a value (Kleene: an undetermined member may be it)."""

    operand: Expr
    value: Expr
    type: Type = field(default=BOOLEAN, kw_only=True)


@dataclass(frozen=True, slots=True)
class Covers(Expr):
    """Whether a date lies in a period, ends included; a reversed period covers nothing."""

    period: Expr
    date: Expr
    type: Type = field(default=BOOLEAN, kw_only=True)


@dataclass(frozen=True, slots=True)
class Overlap(Expr):
    """Whether two periods share a day."""

    left: Expr
    right: Expr
    type: Type = field(default=BOOLEAN, kw_only=True)


@dataclass(frozen=True, slots=True)
class AtLeast(Expr):
    """Whether at least ``count`` members satisfy the body.

    True when enough surely do; false when even those that perhaps do would not be enough; else undetermined.
    """

    count: int
    variable: str
    items: Expr
    body: Expr
    type: Type = field(default=BOOLEAN, kw_only=True)


# -- lists


@dataclass(frozen=True, slots=True)
class Filter(Expr):
    """The members that satisfy the condition; where it is undetermined the member is *perhaps* one."""

    variable: str
    items: Expr
    condition: Expr


@dataclass(frozen=True, slots=True)
class Each(Expr):
    """The value of the body for each member, in order; lists are joined into one."""

    variable: str
    items: Expr
    body: Expr


# -- aggregates: undetermined when a member is only perhaps one, or when a value they need is undetermined


@dataclass(frozen=True, slots=True)
class Count(Expr):
    items: Expr
    type: Type = field(default=WHOLE, kw_only=True)


@dataclass(frozen=True, slots=True)
class CountDifferent(Expr):
    """How many different values the body takes."""

    variable: str
    items: Expr
    body: Expr
    type: Type = field(default=WHOLE, kw_only=True)


@dataclass(frozen=True, slots=True)
class Total(Expr):
    """The sum of the body over the members; of none, zero."""

    variable: str
    items: Expr
    body: Expr


@dataclass(frozen=True, slots=True)
class Extreme(Expr):
    """The highest (latest) or lowest (earliest) value of the body; of none, undetermined."""

    highest: bool
    variable: str
    items: Expr
    body: Expr


@dataclass(frozen=True, slots=True)
class MonthlyExtreme(Expr):
    """The highest or lowest of the sums of the body, one of each calendar month of ``day``; of none, undetermined."""

    highest: bool
    variable: str
    items: Expr
    body: Expr
    day: Expr


@dataclass(frozen=True, slots=True)
class Order:
    """One key of an ordering: a property of the members and its type."""

    path: Path
    type: Type
    label: str


@dataclass(frozen=True, slots=True)
class Pick(Expr):
    """The last or first member in an order; ties go to the lowest natural key; of none, undetermined."""

    last: bool
    items: Expr
    order: tuple[Order, ...]


@dataclass(frozen=True, slots=True)
class Neighbour(Expr):
    """The member nearest before (or after) ``of`` in an order, strictly; of none, undetermined."""

    previous: bool
    items: Expr
    order: tuple[Order, ...]
    of: Expr


@dataclass(frozen=True, slots=True)
class Only(Expr):
    """The only member; of none or of several, undetermined."""

    items: Expr


# -- numbers and dates


@dataclass(frozen=True, slots=True)
class Arithmetic(Expr):
    """``operator`` is + - * /. Whole results have 64 bits, decimal ones 38 digits, 12 of them behind the point."""

    operator: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Shift(Expr):
    """A date moved by ``count`` days or months (negative: back); a day its month lacks goes by the leap rule."""

    date: Expr
    count: int
    unit: str
    type: Type = field(default=DATE, kw_only=True)


@dataclass(frozen=True, slots=True)
class Elapsed(Expr):
    """Completed days, weeks, months or years from one date to another; an age is ``year``."""

    unit: str
    start: Expr
    end: Expr
    type: Type = field(default=WHOLE, kw_only=True)


@dataclass(frozen=True, slots=True)
class MakePeriod(Expr):
    """A closed period. A missing end is open when ``open_end`` is true, and makes the period undetermined otherwise."""

    start: Expr
    end: Expr
    open_end: Expr
    type: Type = field(default=PERIOD, kw_only=True)


@dataclass(frozen=True, slots=True)
class Call(Expr):
    """A function of the language (see ``operators``), strict in its arguments."""

    function: str
    arguments: tuple[Expr, ...]


# -- programs


@dataclass(frozen=True, slots=True)
class Definition:
    """A named expression: parameters (name, type) and body. The first parameter is the record it belongs to."""

    name: str
    parameters: tuple[tuple[str, Type], ...]
    body: Expr
    text: str


@dataclass(frozen=True, slots=True)
class Join:
    """A further variable of a subject, over a list of the records before it."""

    variable: str
    items: Expr


@dataclass(frozen=True, slots=True)
class Shown:
    """A value that a finding shows: the path as the author wrote it, and where to find it."""

    label: str
    value: Expr


@dataclass(frozen=True, slots=True)
class Step:
    """A severity and the first day on which it no longer holds (None: from then on)."""

    until: Expr | None
    severity: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule ready to be evaluated. Texts (``*_text``) are the author's, for comments and traces.

    ``key`` is the id with the number of the revision, which a state has once; ``id`` is what findings say.
    """

    key: str
    id: str
    title: str
    collection: str
    resource: str
    variable: str
    joins: tuple[Join, ...]
    condition: Expr | None
    in_year: Expr | None
    student: Expr | None
    school: Expr | None
    corporation: Expr | None
    when: Expr | None
    require: Expr | None
    conflicts: Expr | None
    scope: str
    once_per: tuple[str, ...]
    if_missing: tuple[tuple[frozenset[str], str], ...]
    steps: tuple[Step, ...]
    effect: str
    message: str
    detail: tuple[str | Expr, ...]
    shown: tuple[Shown, ...]
    needs: frozenset[str]
    leap_birthday: str
    subject_text: str
    when_text: str
    require_text: str


@dataclass(frozen=True, slots=True)
class Population:
    """The records of which every student of a collection has one; each of these students gets a disposition."""

    collection: str
    resource: str
    variable: str
    joins: tuple[Join, ...]
    condition: Expr | None
    in_year: Expr | None
    student: Expr | None
    school: Expr | None
    corporation: Expr | None
    grade: Expr | None
    needs: frozenset[str]
    leap_birthday: str


@dataclass(frozen=True, slots=True)
class Clause:
    """A condition of a publication's population, with what a record is told that is not sent for it.

    ``after_sending`` is ``keep`` or ``delete`` for one that excludes, empty for one that includes.
    """

    when: Expr
    reason: str
    after_sending: str = ""


@dataclass(frozen=True, slots=True)
class Preference:
    """What candidates of one key are compared by: the values ``listed``, in order, else the highest or lowest first.

    Values that are not listed, or not given, come last, or first.
    """

    value: Expr
    listed: tuple[Constant, ...]
    highest_first: bool
    others_first: bool


@dataclass(frozen=True, slots=True)
class Mapping:
    """A value of the source and the code that is sent for it; ``code`` is undetermined where there is none.

    ``label`` is what people call the value. ``blocks`` holds back a record whose value is given and has no code.
    """

    name: str
    label: str
    value: Expr
    code: Expr
    blocks: bool


@dataclass(frozen=True, slots=True)
class Limits:
    """What a property can hold beyond its type: characters of a text, the ends of a whole number (both inclusive)."""

    max_length: int | None = None
    lowest: int | None = None
    highest: int | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """A value at a path: of a record, or of an object in a list of one."""

    path: Path
    value: Expr
    limits: Limits | None = None


@dataclass(frozen=True, slots=True)
class Caution:
    """What is said of a record that is sent although a condition holds."""

    when: Expr
    says: str


@dataclass(frozen=True, slots=True)
class Element:
    """An element of a record: contents that are all given or all left out, or (``items``) a list of objects of them.

    ``path`` is where the list stands, or what messages call the element. ``blocks`` holds back a record without it.
    ``sent_unfit`` sends a value beyond its limits, with a word about it; else such a value holds the record back. Of
    items that agree in ``item_key`` the first is kept. ``shown`` is the form of the value that people are shown.
    """

    name: str
    path: Path
    contents: tuple[Content, ...]
    items: tuple[tuple[Content, ...], ...]
    blocks: bool
    sent_unfit: bool = False
    item_key: tuple[Path, ...] = ()
    shown: Expr | None = None
    cautions: tuple[Caution, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Candidates of one kind: whose they are, who of them is sent and what each holds.

    ``in_year`` compares ``year`` with the year of the run. Names that the publication gives to values (mappings, the
    definitions of a source) are written out in all expressions.
    """

    resource: str
    variable: str
    joins: tuple[Join, ...]
    condition: Expr | None
    year: Expr
    in_year: Expr | None
    student: Expr | None
    object_type: str
    object_key: Expr
    include: tuple[Clause, ...]
    exclude: tuple[Clause, ...]
    prefer: tuple[Preference, ...]
    mappings: tuple[Mapping, ...]
    elements: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class EvenWhenOff:
    """A change that is sent although the resource is off: the last payload with these elements (by path) replaced."""

    table: str
    fields: tuple[str, ...]
    elements: tuple[Path, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Configuration:
    """Conditions without a subject, of the school year of a run: whether it is configured, whether the resource is on.

    None is true. Undetermined is false: nothing is sent on a guess.
    """

    valid: Expr | None = None
    on: Expr | None = None
    even_when_off: tuple[EvenWhenOff, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """A change of a row that makes records be looked at again: its table, its fields (none: all), and the verbs
    (POST, PUT, DELETE) of the steps that it may lead to.
    """

    table: str
    fields: tuple[str, ...]
    verbs: frozenset[str]


@dataclass(frozen=True, slots=True)
class LeftToResync:
    """A table, and its fields (none: all that no event names), whose changes wait for the next look or resync."""

    table: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trigger:
    """A change that the source names as the reason of a step; it decides nothing, unless it ``adds`` a step.

    ``verb`` is POST, PUT, DELETE, or ``DELETE and POST`` (a change of the key); ``changes`` holds ``inserted``,
    ``changed``, ``deleted``. ``fields`` (none: any) are those of which one has changed; ``to`` the values that fields
    have after the change.
    """

    ids: tuple[str, ...]
    verb: str
    changes: frozenset[str]
    table: str
    fields: tuple[str, ...]
    to: tuple[tuple[str, Constant], ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Unlisted:
    """What becomes of a step for which no trigger gives a reason: sent with a label, or (``held``) left to a resync."""

    label: str
    held: bool


@dataclass(frozen=True, slots=True)
class KeyChange:
    """What becomes of a record when a part of its key changes by a cause (table and field).

    ``part`` is a path of the key, or None where the cause is no part of it: the record is deleted and posted again as
    it is. ``leaves`` keeps what was sent under the old key; else it is deleted, and the record is posted.
    """

    part: Path | None
    causes: tuple[tuple[str, str], ...]
    leaves: bool
    remedy: str


@dataclass(frozen=True, slots=True)
class Dependent:
    """Records of another resource that cannot be without the record: of the student in the same school, or anywhere.

    ``reach`` is ``school`` or ``person``; ``none`` says that the source lists the resource and that it is shared.
    """

    resource: str
    reach: str


@dataclass(frozen=True, slots=True)
class ResyncRow:
    """A row of the table by which a resync decides: conditions (None: either), and what is done.

    ``action`` is POST, PUT, DELETE, ``nothing``, or, after which the table is asked again, ``forget`` (the row of the
    identity map) or ``adopt`` (the record of the ODS into the identity map).
    """

    action: str
    wanted: bool | None = None
    held: bool | None = None
    mapped: bool | None = None
    in_ods: bool | None = None
    differs: bool | None = None
    ids: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Own:
    """The organizations of the source whose records in an ODS are its own: a value for each record of a table."""

    resource: str
    variable: str
    value: Expr


@dataclass(frozen=True, slots=True)
class Publication:
    """A publication ready to be evaluated. ``target`` is the singular name of the resource, ``key`` the paths of its
    natural key; ``student_path`` and ``organization_path`` are those parts of it that name student and organization.

    ``declared`` are the paths of all that is ever sent, in which alone two bodies are compared. ``parents`` are the
    resources that a record refers to, each with (path here, path in the key there). ``shared_with`` names the other
    publications of the resource; a key that several want is sent by the first of them.
    """

    id: str
    title: str
    target: str
    target_plural: str
    key: tuple[Path, ...]
    student_path: Path | None
    organization_path: Path | None
    own: Own | None
    shared_with: tuple[str, ...]
    parameters: tuple[tuple[str, Constant | None], ...]
    sources: tuple[Source, ...]
    behind: str
    declared: tuple[Path, ...]
    parents: tuple[tuple[str, tuple[tuple[Path, Path], ...]], ...]
    configuration: Configuration
    events: tuple[Event, ...]
    left: tuple[LeftToResync, ...]
    triggers: tuple[Trigger, ...]
    unlisted: Unlisted
    key_changes: tuple[KeyChange, ...]
    dependents: tuple[Dependent, ...]
    resync: tuple[ResyncRow, ...]
    not_in_schema: tuple[str, ...]
    leap_birthday: str


@dataclass(frozen=True, slots=True)
class Option:
    """What the person who makes a file chooses: its type as written, its values (none: any), and its default.

    ``default`` may read options before it and the built-in parameters; None, and not ``required``, means nothing.
    ``check`` must hold of the values chosen, else ``says`` is said. ``many`` holds a list of values.
    """

    name: str
    type: str
    many: bool
    one_of: tuple[Constant, ...]
    default: Expr | None
    required: bool
    label: str
    check: Expr | None = None
    says: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a row: ``width`` characters of a type (``numeric``, ``alphanumeric``, ``date``).

    ``picture`` is the form of a date (MMDDYYYY) or of a number (999.9, with ``implied`` without its point); ``missing``
    is printed for no value, ``zero`` for a value that is filled with zeros, both as wide as the field. Texts that are
    too long are cut (``cuts``) or withhold the row; so does a missing value of one that is ``required``, and one that
    is missing since a table of ``complete`` has no row for a key, though it is said to have all.
    """

    number: int
    name: str
    type: str
    width: int
    value: Expr
    picture: str
    implied: bool
    pad: str
    align_left: bool
    missing: str
    zero: str
    cuts: bool
    allowed: tuple[str, ...]
    required: bool
    complete: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ZeroFill:
    """Fields (by number) that are printed as zeros when a condition holds, after all values."""

    when: Expr
    fields: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """A form of the file, by name, of some school years: the fields, by number, in order.

    ``forms`` are those that are printed in another form than elsewhere, as they are here.
    """

    name: str
    years: tuple[int, ...]
    fields: tuple[int, ...]
    forms: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """A condition over the printed texts of a row, which are variables F01, F02 ... in it."""

    name: str
    when: Expr


def printed_name(number: int) -> str:
    """The name of the variable that holds the printed text of a field."""
    return f"F{number:02}"


@dataclass(frozen=True, slots=True)
class Extract:
    """An extract ready to be evaluated: a row for each candidate that its population lets in, in a total order.

    The subject is as of a rule; ``object_type`` and ``object_key`` name it for the audit. ``row_order`` holds numbers
    of fields (their printed texts) and expressions. ``audit`` are values beside the file.
    """

    id: str
    title: str
    resource: str
    variable: str
    joins: tuple[Join, ...]
    condition: Expr | None
    in_year: Expr | None
    student: Expr | None
    object_type: str
    object_key: Expr
    options: tuple[Option, ...]
    include: tuple[Clause, ...]
    exclude: tuple[Clause, ...]
    row_order: tuple[int | Expr, ...]
    fields: tuple[Field, ...]
    zero_fill: tuple[ZeroFill, ...]
    layouts: tuple[Layout, ...]
    audit: tuple[tuple[str, Expr], ...]
    warnings: tuple[Caution, ...]
    checks: tuple[Check, ...]
    leap_birthday: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What a guide tells whenever a condition holds. ``needs`` are the resources without which it is not judged."""

    id: str
    when: Expr
    says: str
    owner: str
    rules: tuple[str, ...]
    needs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Target:
    """Where a branch of a guide leads: a question, or an end."""

    name: str
    is_end: bool


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch of a question; ``when`` is a condition over the variable ``answer``, None takes all that is left."""

    when: Expr | None
    go: Target


@dataclass(frozen=True, slots=True)
class Told:
    """A value that helps to answer a question, under the words by which people are told it."""

    label: str
    value: Expr


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a guide: what the data answer (``evidence``), whether a person is asked, and where answers lead.

    ``type`` is that of the answer, ``answers`` the texts of which a person chooses one (empty: any value of the type),
    ``least`` the number below which no answer lies. ``needs`` are the resources without which the data do not answer.
    """

    id: str
    ask: str
    evidence: Expr | None
    by_person: bool
    asked_of: str
    told: tuple[Told, ...]
    type: Type
    answers: tuple[str, ...]
    least: int | None
    branches: tuple[Branch, ...]
    cannot_tell: Target | None
    needs: frozenset[str]


@dataclass(frozen=True, slots=True)
class End:
    """Where a walk ends: who acts, what is to be done, and the rules that speak of it."""

    id: str
    owner: str
    steps: tuple[str, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guide:
    """A guide ready to be walked. ``resource`` is the singular name of what is looked into, ``variable`` its name.

    ``payload`` is the resource that a pasted text holds records of (None: none is taken), ``payload_path`` where those
    hold the id, ``payload_year`` their school year, over the variable ``record``. The first question begins every walk,
    and none comes twice to a question.
    """

    id: str
    title: str
    symptom: str
    resource: str
    variable: str
    id_name: str
    asks_for: tuple[str, ...]
    how: str
    payload: str | None
    payload_path: Path
    payload_year: Expr | None
    notices: tuple[Notice, ...]
    questions: tuple[Question, ...]
    ends: tuple[End, ...]
    leap_birthday: str

    def question(self, name: str) -> Question:
        """The question with an id."""
        return next(question for question in self.questions if question.id == name)

    def end(self, name: str) -> End:
        """The end with an id."""
        return next(end for end in self.ends if end.id == name)


Subjects = Rule | Population | Source | Extract
"""What names records of a resource one by one, with further variables and a condition."""


@cache
def _nodes_of(kind: type[Any]) -> tuple[tuple[str, bool], ...]:
    """The fields that hold nodes, and whether they hold several."""
    return tuple((part.name, part.type != "Expr") for part in fields(kind) if part.type in ("Expr", "tuple[Expr, ...]"))


def children(node: Expr) -> Iterator[Expr]:
    """The nodes directly under a node."""
    kind: Any = type(node)
    for name, are_many in _nodes_of(kind):
        value = getattr(node, name)
        if are_many:
            yield from value
        else:
            yield value


def walk(node: Expr) -> Iterator[Expr]:
    """The node and all under it, parents first."""
    yield node
    for child in children(node):
        yield from walk(child)


def deciding(rule: Rule | Population) -> Iterator[Expr]:
    """What decides whether a record is a subject, and its outcome; without these a rule cannot be checked."""
    yield from (join.items for join in rule.joins)
    tests = (rule.when, rule.require, rule.conflicts) if isinstance(rule, Rule) else ()
    yield from (part for part in (rule.condition, rule.in_year, *tests) if part is not None)


def told_of(publication: Publication) -> Iterator[Expr]:
    """The top expressions of a publication."""
    for source in publication.sources:
        yield from candidates_of(source)
    configuration = publication.configuration
    yield from (part for part in (configuration.valid, configuration.on) if part is not None)
    if publication.own is not None:
        yield publication.own.value


def asked_by(guide: Guide) -> Iterator[Expr]:
    """The top expressions of a guide; its branches ask nothing of the data."""
    yield from (notice.when for notice in guide.notices)
    for question in guide.questions:
        yield from (question.evidence,) if question.evidence is not None else ()
        yield from (told.value for told in question.told)


def candidates_of(source: Source) -> Iterator[Expr]:
    """The top expressions of one kind of candidates."""
    yield from (join.items for join in source.joins)
    yield from (e for e in (source.condition, source.student) if e is not None)
    yield from (source.year, source.object_key)
    yield from (clause.when for clause in (*source.include, *source.exclude))
    yield from (preference.value for preference in source.prefer)
    for mapping in source.mappings:
        yield from (mapping.value, mapping.code)
    for element in source.elements:
        yield from (content.value for part in (element.contents, *element.items) for content in part)
        yield from (part for part in (element.shown,) if part is not None)
        yield from (caution.when for caution in element.cautions)


_Candidates = TypeVar("_Candidates", Source, Extract)


def enumerated(source: _Candidates) -> _Candidates:
    """Candidates with their year tested as soon as can be: one that later variables tell is part of the condition."""
    later = {join.variable for join in source.joins}
    in_year = source.in_year
    if in_year is None or not any(isinstance(node, Var) and node.name in later for node in walk(in_year)):
        return source
    condition = in_year if source.condition is None else And((in_year, source.condition), type=BOOLEAN)
    return replace(source, in_year=None, condition=condition)


def taking(extract: Extract) -> Iterator[Expr]:
    """What decides whether a record is a candidate of an extract, and whether it gets a row."""
    yield from (join.items for join in extract.joins)
    yield from (part for part in (extract.condition, extract.in_year) if part is not None)
    yield from (clause.when for clause in (*extract.include, *extract.exclude))


def chosen_by(extract: Extract) -> Iterator[Expr]:
    """The top expressions of the options of an extract, which read no record."""
    for option in extract.options:
        yield from (part for part in (option.default, option.check) if part is not None)


def written_by(extract: Extract) -> Iterator[Expr]:
    """The top expressions of an extract over records: what takes candidates, whose they are, and what rows hold."""
    yield from taking(extract)
    yield extract.object_key
    yield from (part for part in (extract.student,) if part is not None)
    yield from (field.value for field in extract.fields)
    yield from (fill.when for fill in extract.zero_fill)
    yield from (value for _, value in extract.audit)
    yield from (caution.when for caution in extract.warnings)
    yield from (part for part in extract.row_order if isinstance(part, Expr))


def expressions(rule: Rule | Population) -> Iterator[Expr]:
    """The top expressions of a rule or population: what decides, and then what a finding tells."""
    yield from deciding(rule)
    told: tuple[Expr | None, ...] = (rule.student, rule.school, rule.corporation)
    if isinstance(rule, Population):
        told = (*told, rule.grade)
    else:
        told = (*told, *(step.until for step in rule.steps))
        told = (*told, *(part for part in rule.detail if isinstance(part, Expr)), *(item.value for item in rule.shown))
    yield from (part for part in told if part is not None)
