"""The laws of plans, on the real planner, with the identity map in SQLite and an API that fails.

Random changes of the source, toggles, lost and foreign records, refused and half-written steps, restarts: whatever has
happened, a resync whose steps come through makes the API hold what is wanted, save what the laws let stand.
"""

from __future__ import annotations

import copy
import json
import random
import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from jsonschema import Draft202012Validator

from compiler.engines.identity import IdentityMap, open_identity
from compiler.engines.publishing import Orders, publish
from compiler.planning.model import Action, Mapped, OdsRecord, Plan, Spot, State, Step
from compiler.planning.planner import Mode, plan_year
from compiler.schema.edfi import stack
from compiler.semantics.program import Program
from compiler.semantics.values import shown
from compiler.semantics.wanted import Payload, Sender, Unsent, Wanted, Why, want
from tests.model_api import CUT_OFF_AFTER, CUT_OFF_BEFORE, REFUSED, CutOffError, ModelApi, near, same
from tests.planned import (
    CONTEXT,
    PROGRAMS,
    SCHOOLS,
    SPA,
    SSA,
    SSB,
    YEAR,
    Body,
    Tables,
    enrollment,
    open_planned,
    participation,
    tables,
    task,
    with_one_object_of_two_sources,
    world_of,
)
from tests.support import ROOT

MEMORY = Path("/dev/shm")
BEFORE = replace(CONTEXT, school_year=YEAR - 1)
PUBLICATIONS = {SCHOOLS: (SSA, SSB), PROGRAMS: (SPA,)}
EARLIER = YEAR - 1


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return open_planned(tmp_path_factory.mktemp("planned"))


def _validators() -> dict[str, Draft202012Validator]:
    folder = ROOT / "specs/schemas/ed-fi-4.0"
    names = {SCHOOLS: "studentSchoolAssociation", PROGRAMS: "studentProgramAssociation"}
    found = {}
    for plural, name in names.items():
        text = (folder / f"{name}.json").read_text(encoding="utf-8")
        found[plural] = Draft202012Validator(stack([{name: json.loads(text)}])[name])
    return found


VALIDATORS = _validators()

# -- what happens

DATES = st.sampled_from(["2024-08-12", "2024-08-19", "2025-01-08"])
NUMBERS = st.integers(1, 4)
ENROLLED = st.fixed_dictionaries(
    {"personID": st.integers(1, 2), "calendarID": st.integers(5, 6), "startDate": DATES},
    optional={
        "serviceType": st.sampled_from(["P", "S"]),
        "noShow": st.booleans(),
        "grade": st.sampled_from(["03", "04", " "]),
        "startStatus": st.sampled_from(["01", "99"]),
        "endDate": st.sampled_from(["2025-03-01", "2025-05-30"]),
        "endAction": st.sampled_from(["P", "R"]),
    },
)
PARTICIPATES = st.fixed_dictionaries(
    {
        "personID": st.integers(1, 2),
        "programID": st.integers(31, 32),
        "schoolID": st.integers(10, 11),
        "startDate": DATES,
    },
    optional={"endDate": st.sampled_from(["2025-03-01", "2025-05-30"]), "default": st.sampled_from([1, 2])},
)
FIELDS = st.sampled_from(["startDate", "noShow", "grade", "startStatus", "calendarID"])
SETTINGS = st.one_of(
    st.tuples(st.just("people"), st.integers(0, 1), st.just("edFiID"), st.sampled_from(["900", "901", "902", ""])),
    st.tuples(st.just("calendars"), st.integers(0, 1), st.just("exclude"), st.booleans()),
    st.tuples(st.just("calendars"), st.integers(0, 1), st.just("naturalKey"), st.sampled_from(["main", "other"])),
    st.tuples(st.just("calendars"), st.integers(0, 1), st.just("summerSchool"), st.sampled_from([False, True, None])),
    st.tuples(st.just("calendars"), st.integers(0, 1), st.just("schoolID"), st.sampled_from([10, 11])),
    st.tuples(st.just("schools"), st.integers(0, 1), st.just("entityID"), st.sampled_from(["10", "11", "12"])),
    st.tuples(st.just("programs"), st.just(0), st.just("name"), st.sampled_from(["Welding", "Baking"])),
    st.tuples(st.just("edfiConfigurations"), st.just(0), st.just("valid"), st.sampled_from([True, True, False])),
)
FAULTS = st.dictionaries(st.integers(0, 5), st.sampled_from([REFUSED, CUT_OFF_BEFORE, CUT_OFF_AFTER]), max_size=2)


class Publishing(RuleBasedStateMachine):
    """A source, an API, and the identity map between them, which holds another school year too."""

    program: Program

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
        self.stack = ExitStack()
        self.identity: IdentityMap
        self.api = ModelApi()
        self.apis = {YEAR: self.api, EARLIER: ModelApi()}
        self.source = tables()
        self.earlier = tables_of_the_earlier_year()
        self.before = copy.deepcopy(self.source)
        self.undisturbed = True
        self.unfinished: set[Spot] = set()
        self.plans = 0
        self.open()

    def open(self) -> None:
        """Start again: what is known comes from the file alone."""
        self.stack.close()
        self.stack = ExitStack()
        self.identity = self.stack.enter_context(open_identity(self.folder / "sent.sqlite", "planned", create=True))

    def teardown(self) -> None:
        self.stack.close()
        shutil.rmtree(self.folder)

    # -- the source

    @initialize(rows=st.lists(ENROLLED, max_size=3), others=st.lists(PARTICIPATES, max_size=2))
    def some_records(self, rows: list[Body], others: list[Body]) -> None:
        for number, row in enumerate(rows, 1):
            self._put("enrollments", enrollment(number, **row))
        for number, row in enumerate(others, 1):
            self._put("programParticipations", participation(number, **row))

    @rule(number=NUMBERS, row=ENROLLED)
    def an_enrollment(self, number: int, row: Body) -> None:
        self._put("enrollments", enrollment(number, **row))

    @rule(number=NUMBERS, row=PARTICIPATES)
    def a_participation(self, number: int, row: Body) -> None:
        self._put("programParticipations", participation(number, **row))

    @rule(number=NUMBERS, row=ENROLLED)
    def two_of_one_key(self, number: int, row: Body) -> None:
        """An enrollment, and an interim program of the same number, student, school and day."""
        self._put("enrollments", enrollment(number, **row))
        school = {5: 10, 6: 11}[row["calendarID"]]
        shared = {name: row[name] for name in ("personID", "startDate")}
        self._put("programParticipations", participation(number, programID=32, schoolID=school, **shared))

    def _put(self, table: str, row: Body) -> None:
        key = next(iter(row))
        self.source[table] = [r for r in self.source[table] if r[key] != row[key]] + [row]

    @rule(number=NUMBERS, table=st.sampled_from(["enrollments", "programParticipations"]))
    def one_is_deleted(self, number: int, table: str) -> None:
        self.source[table] = [row for row in self.source[table] if next(iter(row.values())) != number]

    @rule(
        number=NUMBERS,
        row=ENROLLED,
        name=st.sampled_from(["startDate", "noShow", "grade", "startStatus", "calendarID"]),
    )
    def one_field_is_changed(self, number: int, row: Body, name: str) -> None:
        for known in self.source["enrollments"]:
            if known["enrollmentID"] == number and name in row:
                known[name] = row[name]

    @rule(change=SETTINGS)
    def a_setting_is_changed(self, change: tuple[str, int, str, Any]) -> None:
        table, place, name, value = change
        self.source[table][place][name] = value

    @rule(resource=st.sampled_from([SCHOOLS, PROGRAMS]), on=st.booleans())
    def a_resource_is_turned(self, resource: str, on: bool) -> None:
        rows = [row for row in self.source["resourceToggles"] if row["resource"] != resource]
        self.source["resourceToggles"] = [*rows, {"configID": 1, "resource": resource, "on": on}]

    @rule(number=NUMBERS, row=ENROLLED)
    def an_earlier_enrollment(self, number: int, row: Body) -> None:
        """Of the other year, with numbers and dates of this one: their records have the same keys."""
        rows = [other for other in self.earlier["enrollments"] if other["enrollmentID"] != number]
        self.earlier["enrollments"] = [*rows, enrollment(number, **row)]

    # -- the API, behind our back

    @rule(pick=st.integers(0, 20))
    def a_record_is_lost(self, pick: int) -> None:
        known = [spot for spot in sorted(self.api.records, key=str) if spot[0] != "grades"]
        if known:
            del self.api.records[known[pick % len(known)]]
            self.undisturbed = False

    @rule(date=DATES, school=st.sampled_from([10, 11, 77]), student=st.sampled_from(["900", "901", "999"]))
    def somebody_else_sends(self, date: str, school: int, student: str) -> None:
        key = (date, school, student)
        if (SCHOOLS, key) not in self.api.records:
            body = {
                "entryDate": date,
                "schoolReference": {"schoolId": school},
                "studentReference": {"studentUniqueId": student},
            }
            self.api.add(SCHOOLS, key, body)
            self.undisturbed = False

    @rule(number=NUMBERS)
    def a_grade_is_sent(self, number: int) -> None:
        """By another plan, for a student who has an association: of a resource that no publication here sends."""
        rows = [row for row in self.mapped() if row.resource == SCHOOLS and row.state is State.SENT]
        there = [row for row in rows if row.spot in self.api.records]
        key = (number,)
        if there and ("grades", key) not in self.api.records:
            student, school = near(SCHOOLS, there[0].body)
            held = self.api.add("grades", key, {"number": number, "student": student, "school": school})
            row = Mapped("grades", ("number",), key, Sender("", "", student), school, held.body, ods_id=held.ods_id)
            with self.identity._change():
                self.identity._put(YEAR, row)

    # -- plans

    def mapped(self) -> tuple[Mapped, ...]:
        return self.identity.rows(YEAR)

    def plan(self, before: Tables | None = None, mode: Mode | None = None, after: Tables | None = None) -> Plan:
        names = [*self.program.publications]
        made = task(
            self.program,
            after or self.source,
            before,
            mapped=self.mapped(),
            publications=names,
            mode=mode,
            most_deletes=10_000,
        )
        ods = tuple(self.api.records.values()) if mode is Mode.RESYNC else ()
        return plan_year(replace(made, due=self.identity.due(YEAR), ods=ods))

    def publish(self, plan: Plan, faults: dict[int, str]) -> bool:
        """Whether all of a plan has come through; the plan is taken up again after each time that it is cut off."""
        self.plans += 1
        orders = Orders(str(self.plans), tuple(plan.steps), tuple((plan.year, booking) for booking in plan.bookings))
        api, [other] = self.apis[plan.year], {*self.apis} - {plan.year}
        api.faults, api.requests, api.broken = faults, 0, []
        if plan.year == YEAR:
            self.unfinished |= {step.spot for step in plan.steps}
        untouched = self.year_of(other)
        while True:
            try:
                result = publish(orders, self.identity, self.apis)
            except CutOffError:
                self.open()
                if faults.get(api.requests) == REFUSED:
                    return False  # nobody takes it up again: the next plan must
            else:
                assert api.broken == [] or not self.undisturbed, api.broken[:1]  # L4
                assert self.year_of(other) == untouched, f"a plan of {plan.year} touches {other}"
                if not result.refused and plan.year == YEAR:
                    self.unfinished -= {step.spot for step in plan.steps}
                return not result.refused

    def year_of(self, year: int) -> tuple[object, ...]:
        """What is known of a year, and what its API holds."""
        return self.identity.rows(year), self.identity.due(year), dict(self.apis[year].records)

    @rule(faults=FAULTS)
    def the_earlier_year_is_sent(self, faults: dict[int, str]) -> None:
        def planned() -> Plan:
            known = self.identity.rows(EARLIER)
            made = task(self.program, self.earlier, mapped=known, publications=(SSA,), year=EARLIER)
            return plan_year(replace(made, due=self.identity.due(EARLIER)))

        if self.publish(planned(), faults):
            again = planned()
            assert _is_empty(again), _told(again)
            wanted = want(self.program, self.program.publications[SSA], world_of(self.program, self.earlier), BEFORE)
            held = self.apis[EARLIER].records
            assert all(same(held[SCHOOLS, key].body, one.body) for key, one in wanted.records.items())

    @rule(faults=FAULTS)
    def changes_are_sent(self, faults: dict[int, str]) -> None:
        plan = self.plan(self.before)
        self.obeys(plan)
        self.order_does_not_matter(plan)
        assert not self.unfinished & {entry.spot for entry in plan.stale}  # what was begun is not forgotten
        taken = self.publish(plan, faults)
        if taken:
            again = self.plan(self.source)  # L1
            assert _is_empty(again), _told(again)
            repeated = [step for step in self.plan(self.before).steps if not self._is_posted_anew(step.spot)]
            assert repeated == [] or not self.undisturbed, repeated[:1]
        self.before = copy.deepcopy(self.source)

    def _is_posted_anew(self, spot: Spot) -> bool:
        """The one kind of step that a repeated event repeats."""
        return spot[0] == PROGRAMS

    @rule(faults=FAULTS)
    def all_is_looked_at(self, faults: dict[int, str]) -> None:
        plan = self.plan(None, Mode.ALL)
        self.obeys(plan)
        if self.publish(plan, faults):
            again = self.plan(None, Mode.ALL)
            assert _is_empty(again), _told(again)
            self.all_is_sent({entry.spot for entry in plan.standing})
        self.before = copy.deepcopy(self.source)

    def all_is_sent(self, standing: set[Spot]) -> None:
        """After all has been looked at, the identity map has what is wanted, save for what the plan tells."""
        mapped = {row.spot: row for row in self.mapped()}
        for resource, names in PUBLICATIONS.items():
            for key, payload in self.wanted(names)[0].items() if self.is_live(resource) else ():
                if (resource, key) not in standing:
                    row = mapped[resource, key]
                    assert (row.sender, row.state) == (payload.sender, State.SENT)
                    assert same(row.body, payload.body)

    @rule(faults=FAULTS)
    def a_resync_fails(self, faults: dict[int, str]) -> None:
        plan = self.plan(None, Mode.RESYNC)
        self.obeys(plan)
        self.publish(plan, faults)

    @rule()
    def a_resync(self) -> None:
        held = dict(self.api.records)
        plan = self.plan(None, Mode.RESYNC)
        self.obeys(plan)
        assert self.publish(plan, {}), self.api.broken[:1]
        assert self.api.broken == [], self.api.broken[:1]  # L4: a resync knows what the API holds
        self.undisturbed |= self.is_live(SCHOOLS) and self.is_live(PROGRAMS)
        again = self.plan(None, Mode.RESYNC)
        assert _is_empty(again), _told(again)  # L1
        self.before = copy.deepcopy(self.source)
        self.converged(held, plan, again)

    # -- laws

    def obeys(self, plan: Plan) -> None:
        """L3, L4 and L5 of the steps of a plan."""
        for step in plan.steps:
            if step.body is not None:
                problems = [error.message for error in VALIDATORS[step.resource].iter_errors(step.body)]
                assert problems == [], problems[:1]  # L3
        order = [(step.verb == "DELETE", step.resource) for step in plan.steps]
        for student in {step.sender.student for step in plan.steps}:
            mine = [entry for entry, step in zip(order, plan.steps, strict=True) if step.sender.student == student]
            depth = {"grades": 0, PROGRAMS: 1, SCHOOLS: 2}
            ranks = [(0, depth[name]) if deletes else (1, -depth[name]) for deletes, name in mine]
            assert ranks == sorted(ranks), ranks  # L4
        self.keeps(plan)
        for step in plan.steps:
            live = step.resource == "grades" or self.is_live(step.resource)
            even_so = step.verb == "PUT" and self.is_valid() and "the calendar has another key" in _words(step)
            along = step.verb == "DELETE" and step.with_parent is not None and self.is_live(step.with_parent[0])
            assert live or even_so or along, (step.verb, step.resource)  # L5

    def keeps(self, plan: Plan) -> None:
        """Nothing is deleted that is excluded for the time being, held back or undecided; nothing of others."""
        mapped = {row.spot: row for row in self.mapped()}
        own = {shown(int(school["entityID"])) for school in self.source["schools"]}
        for step in plan.steps:
            if step.verb != "DELETE" or step.with_parent is not None or step.resource == "grades":
                continue
            wanted, unsent = self.wanted(PUBLICATIONS[step.resource])
            row = mapped.get(step.spot)
            mine = [u for u in unsent if u.key == step.key and row is not None and u.sender == row.sender]
            assert not any(map(_lets_stand, mine)), step.spot
            assert row is not None or step.organization in own, step.spot
            new = [key for key, payload in wanted.items() if row is not None and payload.sender == row.sender]
            left = step.resource == SCHOOLS and [(key[0], key[2]) for key in new] == [(step.key[0], step.key[2])]
            assert not left or step.organization in own or plan_knows(step), step.spot

    def is_valid(self) -> bool:
        return any(row["valid"] for row in self.source["edfiConfigurations"])

    def is_live(self, resource: str) -> bool:
        off = any(row["resource"] == resource and not row["on"] for row in self.source["resourceToggles"])
        return self.is_valid() and not off

    def converged(self, held: dict[Spot, OdsRecord], plan: Plan, again: Plan) -> None:
        """L2: the API holds what is wanted, save what the law lets stand, each of which the plan tells."""
        told = {entry.spot for entry in (*plan.standing, *again.standing)}
        mapped = {row.spot: row for row in self.mapped()}
        own = {shown(int(school["entityID"])) for school in self.source["schools"]}
        gone = {step.spot for step in plan.steps if step.with_parent is not None}
        for resource, names in PUBLICATIONS.items():
            wanted, unsent = self.wanted(names)
            if not self.is_live(resource):  # (c) and (e)
                for spot, record in held.items():
                    if spot[0] == resource and spot not in gone:
                        assert same(self.api.records[spot].body, record.body)
                assert {spot for spot in self.api.records if spot[0] == resource} <= {*held}
                continue
            for key, payload in wanted.items():
                spot = (resource, key)
                there = self.api.records.get(spot)
                if there is None or not same(there.body, payload.body):
                    waits = resource == PROGRAMS and self.api.schools(near(resource, payload.body)) == 0
                    assert waits, f"{spot} is not as it is wanted"  # (g)
                    assert spot in told
                else:
                    assert mapped[spot].sender == payload.sender
                    assert mapped[spot].ods_id == there.ods_id
                    assert mapped[spot].state is State.SENT
            for spot, record in self.api.records.items():
                if spot[0] != resource or spot[1] in wanted:
                    continue
                row = mapped.get(spot)
                if row is None and near(resource, record.body)[1] not in own:
                    continue  # another organization's
                abandoned = row is not None and row.state is State.ABANDONED  # (d)
                kept = [u for u in unsent if u.key == spot[1] or (row is not None and u.sender == row.sender)]
                assert abandoned or any(map(_lets_stand, kept)), f"{spot} is not wanted"  # (a), (b)
                assert row is None or spot in told
        for spot in mapped:
            assert spot in self.api.records or not self.is_live(spot[0] if spot[0] != "grades" else SCHOOLS), spot

    def wanted(self, names: tuple[str, ...]) -> tuple[dict[Any, Payload], list[Unsent]]:
        """What publications of one resource want together: of two, the first holds a key, be it blocked."""
        found: dict[Any, Payload] = {}
        taken: set[Any] = set()
        unsent: list[Unsent] = []
        for name in (name for name in names if name in self.program.publications):
            wanted = want(self.program, self.program.publications[name], world_of(self.program, self.source), CONTEXT)
            found.update({key: p for key, p in wanted.records.items() if key not in taken})
            taken |= {*wanted.records, *(u.key for u in wanted.unsent if u.why is Why.BLOCKED)}
            unsent += wanted.unsent
        return found, unsent

    def order_does_not_matter(self, mine: Plan) -> None:
        """L6: another order of rows, in the source and in the identity map, makes the same plan."""
        shuffled = copy.deepcopy(self.source)
        for rows in shuffled.values():
            random.Random(1).shuffle(rows)
        names = [*self.program.publications]
        made = task(self.program, shuffled, self.before, mapped=self.mapped()[::-1], publications=names)
        other = plan_year(replace(made, due=self.identity.due(YEAR)))
        sides = zip_longest(*([*p.steps, *p.standing, *p.stale, *p.bookings] for p in (mine, other)))
        differing = [f"{one} is not {two}"[:2000] for one, two in sides if one != two]
        assert differing == [], differing[:1]


def _words(step: Any) -> str:
    return "; ".join(reason.words for reason in step.reasons)


def _told(plan: Plan) -> str:
    """A plan that should be empty, in a line."""
    first = next(iter(plan.steps), None)
    what = f"{first.verb} {first.spot} {_words(first)}" if first is not None else str(plan.bookings[:1])[:300]
    return f"{len(plan.steps)} steps, {len(plan.bookings)} bookings: {what}"


def plan_knows(step: Step) -> bool:
    """Whether a plan after events may know more of the cause of a change of the key than its parts tell."""
    return bool(step.ids) or "extended trigger" in _words(step)


def _is_empty(plan: Plan) -> bool:
    """Whether a plan asks for nothing: that a record need not be tried again is no change."""
    return not plan.steps and all(booking.action is Action.SETTLE for booking in plan.bookings)


def _lets_stand(unsent: Unsent) -> bool:
    if unsent.why is Why.EXCLUDED:
        return unsent.after_sending == "keep"
    return unsent.why in (Why.BLOCKED, Why.UNDECIDED)


def tables_of_the_earlier_year() -> Tables:
    found = tables()
    for name in ("calendars", "schoolYears", "edfiConfigurations"):
        found[name] = [{**row, "endYear": EARLIER} for row in found[name]]
    return found


@pytest.mark.parametrize("senders", ["of their own", "of two sources"])
def test_the_laws_of_plans(senders: str, program: Program) -> None:
    """Also where an object is a candidate of two sources, of which one may hold back the key of the other."""
    Publishing.program = with_one_object_of_two_sources(program) if senders == "of two sources" else program
    chosen = settings(
        max_examples=40,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Publishing, settings=chosen)


# -- what is wanted, person by person

WORLDS = st.tuples(st.lists(ENROLLED, max_size=5), st.lists(PARTICIPATES, max_size=4))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=WORLDS)
def test_what_is_wanted_of_some_students_is_that_part_of_what_is_wanted_of_all(
    program: Program, rows: tuple[list[Body], list[Body]]
) -> None:
    """L7."""
    records = [enrollment(number, **row) for number, row in enumerate(rows[0], 1)]
    records += [participation(number, **row) for number, row in enumerate(rows[1], 1)]
    for name in (SSA, SSB, SPA):
        whole = _wanted(program, name, records)
        for person, student in ((1, "900"), (2, "901")):
            part = _wanted(program, name, [row for row in records if row["personID"] == person])
            assert part.records == {k: p for k, p in whole.records.items() if p.sender.student == student}
            assert part.unsent == [unsent for unsent in whole.unsent if unsent.sender.student == student]


def _wanted(program: Program, name: str, rows: list[Body]) -> Wanted:
    return want(program, program.publications[name], world_of(program, tables(*rows)), CONTEXT)
