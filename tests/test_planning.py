"""Plans: which steps follow from what is wanted, the identity map and what has changed, and why."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from compiler.engines.identity import open_identity
from compiler.engines.publishing import Orders, publish
from compiler.planning.model import Action, Cause, Plan, State
from compiler.planning.planner import Mode, plan_year
from compiler.semantics.program import Program
from compiler.semantics.wanted import Sender
from tests.model_api import CUT_OFF_AFTER, CutOffError, ModelApi
from tests.planned import (
    TABLES,
    YEAR,
    Body,
    Tables,
    brief,
    enrollment,
    mapped_of,
    ods_of,
    open_planned,
    participation,
    planned,
    tables,
    task,
    with_one_object_of_two_sources,
)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return open_planned(tmp_path_factory.mktemp("planned"))


def after_events(program: Program, before: Tables, after: Tables, **more: Any) -> Plan:
    """The plan after all that was wanted before has been sent."""
    sent = mapped_of(planned(program, before))
    return planned(program, after, before, mapped=sent, **more)


A, B = enrollment(1), enrollment(2, startDate="2025-01-08")

EVENTS: dict[str, tuple[list[Body], list[Body], list[str]]] = {
    "nothing": ([A], [A], []),
    "a new enrollment": ([A], [A, B], ["POST school 2025-01-08 10 900 Enrollment 2 because PL-T1"]),
    "one that is gone": ([A, B], [A], ["DELETE school 2025-01-08 10 900 Enrollment 2 because PL-T20"]),
    "a start status": (
        [A],
        [{**A, "startStatus": "99"}],
        ["PUT school 2024-08-12 10 900 Enrollment 1 because PL-T12"],
    ),
    "an end date, which no trigger names": (
        [A],
        [{**A, "endDate": "2025-03-01"}],
        ["PUT school 2024-08-12 10 900 Enrollment 1"],
    ),
    "a field that nothing reads": ([A], [{**A, "modifiedBy": "somebody"}], []),
    "what an earlier enrollment says": (
        [A, B],
        [{**A, "endAction": "R"}, B],
        ["PUT school 2025-01-08 10 900 Enrollment 2 because PL-T15"],
    ),
    "No Show": (
        [A],
        [{**A, "noShow": True}],
        ["DELETE school 2024-08-12 10 900 Enrollment 1 because PL-T23"],
    ),
    "a start date": (
        [A],
        [{**A, "startDate": "2024-08-19"}],
        [
            "DELETE school 2024-08-12 10 900 Enrollment 1 because PL-T8",
            "POST school 2024-08-19 10 900 Enrollment 1 because PL-T8",
        ],
    ),
    "a successor": (
        [{**A, "serviceType": "P"}, enrollment(2, serviceType="S")],
        [enrollment(2, serviceType="S")],
        ["POST school 2024-08-12 10 900 Enrollment 2 because PL-T3"],
    ),
    "a lower one that is gone": (
        [{**A, "serviceType": "P"}, enrollment(2, serviceType="S")],
        [{**A, "serviceType": "P"}],
        [],
    ),
    "a deletion takes its dependents along, and they are posted again where they still can be": (
        [A, participation(1)],
        [{**A, "startDate": "2024-08-19"}, participation(1)],
        [
            "DELETE program 2024-09-01 10 900 Participation 1",
            "DELETE school 2024-08-12 10 900 Enrollment 1 because PL-T8",
            "POST school 2024-08-19 10 900 Enrollment 1 because PL-T8",
            "POST program 2024-09-01 10 900 Participation 1",
        ],
    ),
    "a dependent without its parent waits": (
        [A, participation(1)],
        [participation(1)],
        [
            "DELETE program 2024-09-01 10 900 Participation 1",
            "DELETE school 2024-08-12 10 900 Enrollment 1 because PL-T20",
        ],
    ),
}


@pytest.mark.parametrize("name", EVENTS)
def test_steps_after_events(program: Program, name: str) -> None:
    before, after, expected = EVENTS[name]
    assert brief(after_events(program, tables(*before), tables(*after))) == expected


def excluded(**calendar: Any) -> list[Body]:
    return [{**TABLES["calendars"][0], **calendar}, TABLES["calendars"][1]]


def test_what_is_excluded_for_the_time_being_stays(program: Program) -> None:
    """Whichever way it is looked at, and the plan says so."""
    sent = mapped_of(planned(program, tables(A)))
    after = tables(A, calendars=excluded(exclude=True))
    for more in ({"mode": Mode.ALL}, {"mode": Mode.RESYNC, "ods": ods_of(sent)}):
        plan = planned(program, after, mapped=sent, **more)
        assert (plan.steps, plan.bookings) == ([], [])
        assert [(entry.cause, entry.reason) for entry in plan.standing] == [(Cause.HELD, "the calendar is left out")]


def test_what_is_left_to_a_resync_is_counted(program: Program) -> None:
    before = tables(A, calendars=excluded(exclude=True))
    plan = planned(program, tables(A), before)
    assert (plan.steps, len(plan.stale)) == ([], 1)


def test_a_resync_corrects_the_identity_map_without_a_request(program: Program) -> None:
    (row,) = mapped_of(planned(program, tables(A)))
    (there,) = ods_of([row])
    for known in ((), (replace(row, ods_id="old"),), (replace(row, sender=Sender("Enrollment", "7")),)):
        plan = planned(program, tables(A), mapped=known, mode=Mode.RESYNC, ods=(there,))
        assert plan.steps == []
        assert [(b.action, b.row.ods_id, str(b.row.sender)) for b in plan.bookings] == [
            (Action.ADOPT, there.ods_id, "Enrollment 1")
        ]


OFF = [{"configID": 1, "resource": "studentSchoolAssociations", "on": False}]


def test_what_is_sent_although_a_resource_is_off_is_the_last_payload_with_that_element(program: Program) -> None:
    before = tables(A)
    after = tables(
        {**A, "startStatus": "99"},
        enrollment(2, personID=2),
        calendars=excluded(naturalKey="other"),
        resourceToggles=OFF,
    )
    plan = after_events(program, before, after)
    assert brief(plan) == ["PUT school 2024-08-12 10 900 Enrollment 1 because PL-T19"]
    (body,) = [step.body or {} for step in plan.steps]
    assert (body["calendarReference"]["calendarCode"], "entryTypeDescriptor" in body) == ("other", False)
    assert {entry.cause for entry in plan.standing} == {Cause.OFF}


def test_a_year_without_configuration_sends_nothing(program: Program) -> None:
    plan = planned(program, tables(A, edfiConfigurations=[]))
    assert (plan.steps, [entry.cause for entry in plan.standing]) == ([], [Cause.INVALID_YEAR])


def test_a_number_of_a_school_that_changes_leaves_what_was_sent(program: Program) -> None:
    before, schools = tables(A), copy.deepcopy(TABLES["schools"])
    schools[0]["entityID"] = "12"
    after = tables(A, schools=schools)
    assert after_events(program, before, after).steps == []
    sent = mapped_of(planned(program, before))
    plan = planned(program, after, mapped=sent, mode=Mode.RESYNC, ods=ods_of(sent))
    assert brief(plan) == ["POST school 2024-08-12 12 900 Enrollment 1 because PL-R6"]
    assert [(b.action, b.row.key[1], b.row.state) for b in plan.bookings] == [(Action.LEAVE, 10, State.ABANDONED)]
    later = mapped_of(plan, sent)
    again = planned(program, after, mapped=later, mode=Mode.RESYNC, ods=ods_of(later))
    assert (again.steps, again.bookings) == ([], [])


def test_one_publication_of_a_resource_stands_behind_another(program: Program) -> None:
    interim = participation(1, programID=32, startDate="2024-08-12")
    plan = planned(program, tables(A, interim))
    assert brief(plan) == ["POST school 2024-08-12 10 900 Enrollment 1"]
    assert [(entry.cause, str(entry.sender)) for entry in plan.standing] == [(Cause.SHARED, "Interim 1")]
    assert brief(after_events(program, tables(A, interim), tables(interim))) == [
        "POST school 2024-08-12 10 900 Interim 1"
    ]


def test_a_record_is_posted_anew_for_a_cause_that_is_no_part_of_it(program: Program) -> None:
    before, after = (tables(A, participation(1, default=number)) for number in (1, 2))
    assert brief(after_events(program, before, after)) == [
        "DELETE program 2024-09-01 10 900 Participation 1 because PL-K3",
        "POST program 2024-09-01 10 900 Participation 1 because PL-K3",
    ]


def test_steps_that_were_not_taken_are_in_the_next_plan(program: Program, tmp_path: Path) -> None:
    """The first of three requests is cut off after the API has done it; nobody takes the plan up again."""
    source, api = tables(A, B, participation(1)), ModelApi()
    plan = planned(program, source)
    with open_identity(tmp_path / "sent.sqlite", "planned", create=True) as identity:
        api.faults = {0: CUT_OFF_AFTER}
        with pytest.raises(CutOffError):
            publish(Orders("first", tuple(plan.steps), ()), identity, {YEAR: api})
    with open_identity(tmp_path / "sent.sqlite", "planned") as identity:
        made = task(program, source, source, mapped=identity.rows(YEAR))
        plan = plan_year(replace(made, due=identity.due(YEAR)))
        assert [step.verb for step in plan.steps] == ["POST"] * 3
        result = publish(Orders("second", tuple(plan.steps), ()), identity, {YEAR: api})
        assert (result.known, result.accepted, result.refused, api.broken) == (1, 2, [], [])
        assert (identity.due(YEAR), len(identity.rows(YEAR))) == (frozenset(), 3)


@pytest.mark.parametrize("mode", [Mode.EVENT, Mode.ALL, Mode.RESYNC])
def test_an_object_of_two_sources_keeps_the_record_that_one_holds_back(program: Program, mode: Mode) -> None:
    """What is behind is the same object by the other source: it neither steps in nor lets the record be deleted."""
    both = with_one_object_of_two_sources(program)
    second = participation(1, programID=32, startDate="2024-08-12")
    before = tables({**A, "serviceType": "P"}, second)
    after = tables({**A, "serviceType": "P", "grade": " "}, second)
    sent = mapped_of(planned(both, before, publications=both.publications))
    assert [row.body["entryGradeLevelDescriptor"] for row in sent] == ["03"]
    old = before if mode is Mode.EVENT else None
    more = {"ods": ods_of(sent)} if mode is Mode.RESYNC else {}
    plan = planned(both, after, old, mapped=sent, publications=both.publications, mode=mode, **more)
    assert (plan.steps, plan.bookings) == ([], [])
    [held] = [entry for entry in plan.standing if entry.cause is Cause.HELD]
    assert (held.spot, held.sender) == (sent[0].spot, sent[0].sender)
