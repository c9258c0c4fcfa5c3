"""Names and types: what an expression is over Ed-Fi 4.0 schemas, what is said of wrong ones, every lint both ways."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from compiler.diagnostics import Diagnostic, Sink
from compiler.reports.trees import type_text
from compiler.schema.types import Record
from compiler.semantics.checker.expressions import ExpressionChecker
from compiler.semantics.checker.facts import Facts
from compiler.semantics.checker.project import DefinitionChecker
from compiler.semantics.scope import Scope
from compiler.source import fragment_of
from compiler.syntax.parser import parse_expression
from tests.support import Case, Sample, cases, lines_of, spoiled

DEFINITIONS = """\
definitions:
- {of: studentSchoolAssociation as e, name: isPrimary, is: e.primarySchool otherwise true}
- {of: studentSchoolAssociation as e, name: grade, is: e.entryGradeLevelDescriptor otherwise 'KG'}
- {of: studentSchoolAssociation as e, name: dates, is: period from e.entryDate to e.exitWithdrawDate}
- {of: studentSchoolAssociation as e, name: activeOn, with: {day: date}, is: e.dates contains day}
- {of: studentSchoolAssociation as e, name: inGrade, with: {grade: code of GradeLevelDescriptor}, is: e.grade is grade}
- {of: student as s, name: enrollments, is: all x in s.studentSchoolAssociations where (x.isPrimary)}
- {of: student as s, name: lastEnrollment, is: latest x in s.studentSchoolAssociations by entryDate}
- {of: student as s, name: agency, is: s.lastEnrollment.school.localEducationAgency}
- {name: isTest, with: {place: school}, is: place.nameOfInstitution starts with 'Test'}
- {name: weeksTo, with: {day: date, extra: decimal}, is: (weeks from $asOf to day) + extra}
"""
COLLECTIONS = """\
collections:
  enrollment:
    title: Enrollment
    school years: ['2024', '2025']
    cycles: {fall: {}}
    parameters:
      countDate: {type: date, values: {'2024': 2023-10-01, '2025': 2024-10-01}}
      mostDays: {type: whole, values: {'2024': 180, '2025': 181}}
      share: {type: decimal, values: {'2024': 0.5, '2025': 0.25}}
      strict: {type: boolean, values: {'2024': true, '2025': false}}
      pilots: {type: list of whole, values: {'2024': [1, 2], '2025': []}}
      grades: {type: list of text, values: {'2024': ['01'], '2025': ['02']}}
"""
PLACEMENTS = """\
kind: table
name: Placements
title: Placements
key: {code: text, year: whole}
columns: {hours: decimal, settings: list of text, open: boolean, since: date, grade: code of GradeLevelDescriptor}
absent key: error
rows:
- {code: A, year: 1, hours: 0.5, settings: [x], open: true, since: 2024-01-01, grade: KG}
"""
EXITS = """\
kind: table
name: {name}
title: Exit types
descriptor: ExitWithdrawTypeDescriptor
namespace: uri://{name}/ExitWithdrawTypeDescriptor
key: {{code: text}}
columns: {{first: year, last: year}}
valid: {{from: first, to: last}}
rows:
- {{code: both}}
- {{code: {name}, last: 2024}}
"""

VARIABLES = {
    "e": Record("studentSchoolAssociation"),
    "s": Record("student"),
    "g": Record("studentAcademicRecord"),
    "q": Record("studentSpecialEducationProgramAssociation"),
    "r": Record("studentEducationOrganizationResponsibilityAssociation"),
    "a": Record("studentSchoolAttendanceEvent"),
    "this": Record("studentSchoolAssociation"),
}


@pytest.fixture(scope="module")
def scope(template: str, tmp_path_factory: pytest.TempPathFactory) -> Scope:
    """What the sample rule can name, with definitions, parameters and tables of every kind."""
    sample = Sample.copied(template, tmp_path_factory.mktemp("checker") / "sample")
    sample.write(DEFINITIONS, "_definitions.yaml").write(COLLECTIONS, "_collections.yaml")
    sample.write(PLACEMENTS, "tables/placements.yaml")
    for name in ("inside", "outside"):
        sample.write(EXITS.format(name=name).replace("name: ", "name: X", 1), f"tables/{name}.yaml")
    project = sample.open()
    assert [diagnostic for diagnostic in project.sink if diagnostic.code.startswith("E")] == []
    found: Scope = project.checked.scopes["specs/sample/enrollment"]
    return found


def checked(text: str, scope: Scope) -> tuple[str, list[Diagnostic]]:
    """The type of an expression of a rule (empty when it has none), and what is said of it."""
    sink = Sink()
    node = parse_expression(fragment_of(text), sink)
    assert node is not None, list(sink)
    checker = ExpressionChecker(
        scope,
        sink,
        Facts(),
        parameters=scope.collections["enrollment"].parameter_types,
        parameters_of="the collection `enrollment`",
        years=(2024, 2025),
        definition_type=DefinitionChecker(sink).type_of,
    )
    kind = checker.value(node, VARIABLES)
    return "" if kind is None else type_text(kind), sink.sorted()


TYPES = [
    # properties
    ("e.entryDate", "date"),
    ("e.primarySchool", "boolean"),
    ("e.fullTimeEquivalency", "decimal"),
    ("e.entryGradeLevelDescriptor", "Code[GradeLevelDescriptor]"),
    ("s.firstName", "text"),
    ("a.schoolAttendanceDuration", "whole"),
    ("a.arrivalTime", "moment"),
    ("g.classRanking", "Item[studentAcademicRecord.classRanking]"),
    ("g.classRanking.classRank", "whole"),
    # references
    ("e.student", "Record[student]"),
    ("e.student.birthDate", "date"),
    ("e.studentReference", "Item[studentSchoolAssociation.studentReference]"),
    ("e.studentReference.studentUniqueId", "text"),
    ("e.schoolReference.schoolId", "whole"),
    ("e.school.localEducationAgency.nameOfInstitution", "text"),
    ("e.calendar.gradeLevels.gradeLevelDescriptor", "ListOf[Code[GradeLevelDescriptor]]"),
    ("e.classOfSchoolYearType", "Record[schoolYearType]"),
    ("e.graduationPlanReference.graduationPlanTypeDescriptor", "Code[GraduationPlanTypeDescriptor]"),
    # references to several kinds of record
    ("r.educationOrganization", "Abstract[educationOrganization]"),
    ("r.educationOrganization.school", "Record[school]"),
    ("r.educationOrganization.localEducationAgency.nameOfInstitution", "text"),
    ("r.educationOrganizationReference.educationOrganizationId", "whole"),
    # lists
    ("s.otherNames", "ListOf[Item[student.otherNames]]"),
    ("s.otherNames.firstName", "ListOf[text]"),
    ("q.disabilities.orderOfDisability", "ListOf[whole]"),
    ("q.disabilities.designations.disabilityDesignationDescriptor", "ListOf[Code[DisabilityDesignationDescriptor]]"),
    ("e.alternativeGraduationPlans.alternativeGraduationPlan", "ListOf[Record[graduationPlan]]"),
    # the way back
    ("s.studentSchoolAssociations", "ListOf[Record[studentSchoolAssociation]]"),
    ("s.studentSchoolAssociations.entryDate", "ListOf[date]"),
    ("e.student.studentSchoolAssociations.school", "ListOf[Record[school]]"),
    ("e.school.studentSchoolAssociations.student.otherNames", "ListOf[Item[student.otherNames]]"),
    ("e.school.studentEducationOrganizationAssociations", "ListOf[Record[studentEducationOrganizationAssociation]]"),
    ("this.student.studentSchoolAttendanceEvents.eventDuration", "ListOf[decimal]"),
    # definitions
    ("e.isPrimary", "boolean"),
    ("e.dates", "period"),
    ("e.grade", "Code[GradeLevelDescriptor]"),
    ("e.activeOn($countDate)", "boolean"),
    ("e.activeOn(2024-10-01)", "boolean"),
    ("e.inGrade('03')", "boolean"),
    ("s.enrollments", "ListOf[Record[studentSchoolAssociation]]"),
    ("s.enrollments.isPrimary", "ListOf[boolean]"),
    ("e.student.enrollments.activeOn($asOf)", "ListOf[boolean]"),
    ("s.lastEnrollment", "Record[studentSchoolAssociation]"),
    ("s.lastEnrollment.school.schoolId", "whole"),
    ("s.agency.nameOfInstitution", "text"),
    ("isTest(e.school)", "boolean"),
    ("weeksTo(e.entryDate, 1)", "decimal"),
    # look-ups
    ("lookup(GradeLevels, '03')", "Row[GradeLevels]"),
    ("lookup(GradeLevels, e.entryGradeLevelDescriptor).label", "text"),
    ("lookup(GradeLevels, '03').code", "text"),
    ("lookup(Placements, 'A', 1).hours", "decimal"),
    ("lookup(Placements, 'A', the school year).settings", "ListOf[text]"),
    ("lookup(Placements, 'A', 1).since", "date"),
    ("lookup(Placements, 'A', 1).grade", "Code[GradeLevelDescriptor]"),
    ("lookup(schools, 1001)", "Record[school]"),
    ("lookup(students, '1').studentSchoolAssociations", "ListOf[Record[studentSchoolAssociation]]"),
    # literals and parameters
    ("'08'", "text"),
    ("8", "whole"),
    ("0.5", "decimal"),
    ("2024-06-01", "date"),
    ("true", "boolean"),
    ("nothing", "nothing"),
    ("30 days", "Duration[day]"),
    ("2 weeks", "Duration[day]"),
    ("3 years", "Duration[month]"),
    ("the school year", "whole"),
    ("December 1 of the school year", "date"),
    ("$asOf", "date"),
    ("$schoolYearStart", "date"),
    ("$countDate", "date"),
    ("$mostDays", "whole"),
    ("$share", "decimal"),
    ("$strict", "boolean"),
    ("$pilots", "ListOf[whole]"),
    # comparing
    ("e.entryDate is $countDate", "boolean"),
    ("e.school is s.lastEnrollment.school", "boolean"),
    ("e.schoolReference.schoolId is 1.5", "boolean"),
    ("e.entryGradeLevelDescriptor is 'KG'", "boolean"),
    ("'KG' is e.entryGradeLevelDescriptor", "boolean"),
    ("e.entryGradeLevelDescriptor is s.firstName", "boolean"),
    ("e.entryGradeLevelDescriptor is 'uri://example.org/GradeLevelDescriptor#03'", "boolean"),
    ("e.exitWithdrawTypeDescriptor is 'uri://inside/ExitWithdrawTypeDescriptor#both'", "boolean"),
    ("e.entryDate is before $countDate", "boolean"),
    ("e.entryDate < $countDate", "boolean"),
    ("e.fullTimeEquivalency > 1", "boolean"),
    ("$mostDays is at least $share", "boolean"),
    ("e.entryDate is between 2024-07-01 and $countDate", "boolean"),
    ("e.fullTimeEquivalency is not between 0 and 0.5", "boolean"),
    ("e.entryGradeLevelDescriptor is one of ['KG', '01']", "boolean"),
    ("e.entryGradeLevelDescriptor is one of codes Elementary", "boolean"),
    ("e.entryGradeLevelDescriptor is not one of $grades", "boolean"),
    ("s.firstName is one of codes GradeLevels", "boolean"),
    ("e.schoolReference.schoolId is one of $pilots", "boolean"),
    ("e.schoolReference.schoolId is one of [1001, 1002]", "boolean"),
    ("e.entryDate is one of [2024-07-01, $countDate]", "boolean"),
    ("e.exitWithdrawDate is present", "boolean"),
    ("s.otherNames is missing", "boolean"),
    ("e.school is missing", "boolean"),
    ("a.arrivalTime is present", "boolean"),
    (r"s.studentUniqueId matches '\d{9}'", "boolean"),
    ("e.entryGradeLevelDescriptor starts with '0'", "boolean"),
    ("s.otherNames.firstName contains 'Ann'", "boolean"),
    ("$pilots contains e.schoolReference.schoolId", "boolean"),
    ("e.dates contains $countDate", "boolean"),
    ("e.dates does not overlap s.lastEnrollment.dates", "boolean"),
    # logic
    ("e.isPrimary and not e.primarySchool", "boolean"),
    ("e.primarySchool or $strict", "boolean"),
    ("if $strict then 1 else 0.5", "decimal"),
    ("if $strict then e.entryGradeLevelDescriptor else 'x'", "text"),
    ("if $strict then nothing else e.entryDate", "date"),
    ("if $strict then e.student else s", "Record[student]"),
    ("e.exitWithdrawDate otherwise $asOf", "date"),
    ("e.entryGradeLevelDescriptor otherwise 'none'", "Code[GradeLevelDescriptor]"),
    ("$mostDays otherwise 0.5", "decimal"),
    ("(nothing otherwise s.firstName)", "text"),
    # lists
    ("any x in s.enrollments has (x.isPrimary)", "boolean"),
    ("every x in q.disabilities has (x.orderOfDisability is 1)", "boolean"),
    ("exactly one x in s.otherNames.firstName has (x is 'Ann')", "boolean"),
    ("at most 2 x in ($pilots) has (x is 3)", "boolean"),
    ("number of x in s.enrollments where (x.isPrimary)", "whole"),
    ("number of different x.school for x in s.enrollments", "whole"),
    ("sum of a.eventDuration for x in s.enrollments", "decimal"),
    ("sum of x.orderOfDisability for x in q.disabilities", "whole"),
    ("lowest of x.fullTimeEquivalency for x in s.enrollments", "decimal"),
    ("latest of x.entryDate for x in s.enrollments", "date"),
    ("all x in g.diplomas where (x.cteCompleter)", "ListOf[Item[studentAcademicRecord.diplomas]]"),
    ("the x in s.enrollments where (x.isPrimary)", "Record[studentSchoolAssociation]"),
    ("(latest x in s.enrollments by entryDate then by schoolReference.schoolId).school", "Record[school]"),
    ("earliest x in g.diplomas by diplomaAwardDate", "Item[studentAcademicRecord.diplomas]"),
    ("previous x in s.enrollments by entryDate to e", "Record[studentSchoolAssociation]"),
    # dates and numbers
    ("age of s.birthDate on $countDate", "whole"),
    ("months from s.birthDate to $asOf", "whole"),
    ("period from e.entryDate to nothing", "period"),
    ("30 days before $countDate", "date"),
    ("e.entryDate + 3 years", "date"),
    ("e.entryDate - 1 week", "date"),
    ("1 + 2", "whole"),
    ("1 / 2", "decimal"),
    ("$mostDays * $share - 1", "decimal"),
    # functions
    ("length(s.firstName)", "whole"),
    ("lower(trim(s.firstName))", "text"),
    ("round(1 / 3, 2)", "decimal"),
    ("isWhole($share)", "boolean"),
    ("earlierOf(e.entryDate, laterOf($asOf, $countDate))", "date"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), TYPES, ids=[text for text, _ in TYPES])
def test_an_expression_has_a_type(text: str, kind: str, scope: Scope) -> None:
    found, said = checked(text, scope)
    assert said == []
    assert found == kind


WRONG = r"""
-- names
E301 e.«entryDat»
     studentSchoolAssociation has no `entryDat` did you mean `entryDate`?
E301 g.classRanking.«rank»
     studentAcademicRecord.classRanking has no `rank`
E301 r.educationOrganization.«nameOfInstitution»
     educationOrganization has no `nameOfInstitution`
E301 e.student.«otherName».firstName
     did you mean `otherNames`?
E301 s.«studentSchoolAssociation»
     did you mean `studentSchoolAssociations`?
E301 s.otherNames.firstName.«length»
     a text has no `length`
E301 e.«isprimary»
     did you mean `isPrimary`?
E301 lookup(Placements, 'A', 1).«hour»
     Placements has no `hour` did you mean `hours`?
E302 «x».entryDate
     `x` is not a name known here
E302 «entryDate»
     `e.entryDate`
E302 «isTest»
     `isTest` is a function: write `isTest(...)`
E301 e.«birthDate»
     did you mean `student.birthDate`?
E301 e.«gradeLevel» is '01'
     did you mean `grade`?
E301 e.«schoolYear» is 2024
     did you mean `schoolYearType.schoolYear`?
E301 s.«age» is less than 9
     write `age of birthDate on date`: completed years
E301 s.«attendance»
     did you mean `studentSchoolAttendanceEvents`, `studentProgramAttendanceEvents` or `studentSectionAttendanceEvents`?
E301 s.«friends»
     names with `rulewright explain student`
E302 «birthDate» is before $asOf
     write `s.birthDate`
E302 «studentSchoolAssociation».entryDate
     the studentSchoolAssociation is called `e` here
E302 «enrollment».entryDate
     the studentSchoolAssociation is called `e` here
E302 e.entryDate is before «today»
     write `$asOf`: the day of the run
E302 e.entryDate is «null»
     write `a is present`, `a is missing` or `nothing`
E302 e.primarySchool is «TRUE»
     write `true`
E302 e.entryGradeLevelDescriptor is «KG»
     a code stands in quotes: write `'KG'`
E302 e.entryDate is before «dateOfCount»
     did you mean `$countDate`?
E302 e.entryDate is before «tuesday»
     a code or text stands in quotes; names known here:
E304 «count»(s.enrollments) is 1
     write `number of x in list where (condition)`: how many members there are
E304 «dateDiff»(e.entryDate, $asOf) is 1
     write `days from a to b`
E304 «lenght»(s.firstName)
     did you mean `length`?
E304 «istest»(e.school)
     did you mean `isTest`?
E305 e.entryGradeLevelDescriptor is one of codes «Elementery»
     no code set `Elementery` in this folder or above it did you mean `Elementary`?
E305 lookup(«Placement», 'A', 1)
     no table `Placement` in this folder or above it did you mean `Placements`?
E305 lookup(«'Placements'», 'A', 1)
     no table
E306 «$countdate»
     `$countdate` is not a parameter of the collection `enrollment` did you mean `$countDate`?
E306 «$today»
     write `$asOf`: the day of the run
E309 any «e» in s.enrollments has (true)
     `e` cannot be used as a name here
E311 «r.educationOrganization» is missing
     choose the kind, for example `r.educationOrganization.school`
E311 «r.educationOrganization» is e.school
     `r.educationOrganization.school`
E313 «e.schoolReference» is 1001
     write `e.school` for the record it points to, or `e.schoolReference.schoolId`
E313 age of «e.studentReference» on $asOf
     `e.student`
E313 isTest(«e.schoolReference»)
     `e.school`
-- kinds of value
E401 e.entryDate is «'2024-06-01'»
     a date cannot be compared with a text write the date without quotes: 2024-06-01
E401 s.firstName is «5»
     a text cannot be compared with a whole number write '5'
E401 e.fullTimeEquivalency is «'1'»
     a number cannot be compared with a text write the number without quotes
E401 e.school is «e.student»
     a school record cannot be compared with a student record
E401 e.entryGradeLevelDescriptor is «e.entryTypeDescriptor»
     codes of different descriptors are never the same
E401 e.entryTypeDescriptor is one of «codes Elementary»
     a code of EntryTypeDescriptor cannot be compared with the codes Elementary of GradeLevelDescriptor
E401 e.schoolReference.schoolId is one of «codes Elementary»
     a whole number cannot be compared with the codes Elementary
E401 e.entryDate is one of «$pilots»
     a date cannot be compared with a whole number
E401 s.otherNames.firstName contains «5»
     a text cannot be compared with a whole number
E401 e.entryDate is one of [2024-01-01, «'x'»]
     a date cannot be compared with a text
E402 «s.firstName is less than 'B'»
     needs numbers or dates, but this is a text and a text
E402 age of «s.firstName» on $asOf
     `age of` needs a date, but this is a text
E402 age of s.birthDate on «the school year»
     `on` needs a date, but this is a whole number
E402 sum of «x.entryDate» for x in s.enrollments
     `sum of` needs a number, but this is a date
E402 latest of «x.fullTimeEquivalency» for x in s.enrollments
     `latest of` needs a date, but this is a number
E402 latest x in s.enrollments by «studentReference»
     `by` needs a date, a number or a text
E301 latest x in s.enrollments by entryDate then by «entryDay»
     has no `entryDay` did you mean `entryDate`?
E402 previous x in s.enrollments by entryDate to «s»
     needs a studentSchoolAssociation record, but this is a student record
E402 «s.firstName» contains 'a'
     `contains` needs a period or a list, but this is a text write `matches` or `starts with`
E402 e.dates contains «5»
     `contains` of a period needs a date
E402 e.dates overlaps «e.entryDate»
     `overlaps` needs a period, but this is a date
E402 «e.entryDate - $asOf»
     `-` needs numbers, but this is one date less another write `days from $asOf to e.entryDate`
E402 «s.firstName» + 1
     `+` needs a number, but this is a text
E402 1 * «true»
     `*` needs a number, but this is a condition
E402 «5» starts with 'x'
     `starts with` needs a text
E402 «e.fullTimeEquivalency» matches '1'
     `matches` needs a text, but this is a number
E402 weeksTo(«'today'», 1)
     `day` of `weeksTo` needs a date, but this is a text
E402 round(«s.firstName», 2)
     `number` of `round` needs a number
E402 round(1.5, «0.5»)
     `places` of `round` needs a whole number, but this is a number
E402 lookup(Placements, «1», 1)
     `code` of `Placements` needs a text, but this is a whole number
E402 isTest(«s»)
     `place` of `isTest` needs a school record, but this is a student record
E402 e.entryDate is between 2024-01-01 and «5»
     `is between` needs a date, but this is a whole number
E402 «s.firstName» is between 'a' and 'b'
     `is between` needs a number or a date, but this is a text
E402 30 days before «5»
     `before` or `after` needs a date
-- codes
E403 e.entryGradeLevelDescriptor is «'3'»
     GradeLevels has no code '3' did you mean '03'?
E403 e.entryGradeLevelDescriptor is one of ['KG', «'K'»]
     GradeLevels has no code 'K'
E403 e.inGrade(«'99'»)
     GradeLevels has no code '99' it has 'KG', '01', '02', '03'
E403 e.entryGradeLevelDescriptor is «'uri://example.org/GradeLevelDescriptor#3'»
     GradeLevels has no code '3'
E403 e.exitWithdrawTypeDescriptor is «'inside'»
     no code 'inside' in school year 2025
E411 e.exitWithdrawTypeDescriptor is «'both'»
     'uri://inside/ExitWithdrawTypeDescriptor#both'|'uri://outside/ExitWithdrawTypeDescriptor#both'
E412 e.entryGradeLevelDescriptor is «3»
     compared with the number 3, but codes are text write '03'
E412 «1» is e.entryGradeLevelDescriptor
     write '01'
E412 e.entryGradeLevelDescriptor is one of ['KG', «2»]
     write '02'
E414 e.grade is «'uri://example.org/GradeLevelDescriptor#03'»
     compare the property itself
-- one and many
E404 «s.otherNames.firstName» is 'Ann'
     leads to many values, but `is` needs one
E404 length(«s.otherNames.firstName»)
     `length` needs one
E404 age of «s.enrollments.entryDate» on $asOf
     `age of` needs one
E404 not «s.enrollments.isPrimary»
     `not` needs one
E404 «$pilots» is 3
     `is` needs one
E404 e.entryDate is «s.enrollments.entryDate»
     `is` needs one
E405 any x in «e.entryDate» has (true)
     `any ... in` needs a list, but this is a date
E405 number of x in «e.student»
     `number of` needs a list, but this is a student record
E405 latest x in «s» by birthDate
     `latest ... in` needs a list
E405 e.schoolReference.schoolId is one of «$mostDays»
     `is one of` needs a list, but this is a whole number
-- conditions
E406 not «e.entryDate»
     `not` needs a condition (yes or no), but this is a date
E406 e.primarySchool and «e.student»
     `and` needs a condition
E406 if «$mostDays» then 1 else 2
     `if` needs a condition (yes or no), but this is a whole number
E406 any x in s.enrollments has («x.entryDate»)
     `has (...)` needs a condition
E406 number of x in s.enrollments where («x»)
     `where (...)` needs a condition
E206 e.entryGradeLevelDescriptor is '01' or «'02'»
     write `is one of ['03', '10']`
-- arguments
E407 e.«activeOn»
     `activeOn` takes 1 (day), but 0 are given
E407 e.«activeOn»($asOf, 2)
     but 2 are given
E407 «isTest»(e.school, 1)
     `isTest` takes 1 (place), but 2 are given
E407 «e.entryDate(1)»
     `entryDate` takes no arguments, but some are given
E407 e.«isPrimary»(1)
     `isPrimary` takes no arguments, but 1 is given
E407 lookup(«Placements», 'A')
     `Placements` takes 2 (code, year), but 1 is given
E407 «round»(1.5)
     `round` takes 2 (number, places), but 1 is given
E407 «joined»('a')
     `joined` takes 2 (text, text) or more, but 1 is given
E407 «rank»(s.firstName)
     `rank` takes 2 (text, value) or more, but 1 is given
E402 joined('a', 'b', «3»)
     `text` of `joined` needs a text, but this is a whole number
E402 text(«s.firstName»)
     `value` of `text` needs a whole number or a number or a date, but this is a text
E402 rank(s.firstName, 'Sam', «s.lastSurname»)
     `value` of `rank` needs a text in quotes, but this is s.lastSurname write it out
E402 dateText(e.entryDate, «joined('MM', 'DD')»)
     `picture` of `dateText` needs a text in quotes
E403 rank(e.entryGradeLevelDescriptor, '01', «'1'»)
     has no code '1'
E415 dateText(e.entryDate, «'MMDDYYY'»)
     `picture` of `dateText` is not made of YYYY, YY, MM, DD
E415 dateText(e.entryDate, «''»)
     `picture` of `dateText` is not made of
E415 picture(s.firstName, «'--'»)
     `picture` of `picture` has no X, which takes a character
E402 highest monthly sum of «x.entryDate» for x in s.enrollments by x.entryDate
     `highest monthly sum of` needs a number, but this is a date
E402 lowest monthly sum of (1) for x in s.enrollments by «x.primarySchool»
     `by` of `lowest monthly sum of` needs a date, but this is a condition
-- words
E409 e.entryDate «is less than» $asOf
     `is less than` is not for dates write `is before`
E409 e.entryDate «is at most» $asOf
     write `is on or before`
E409 $mostDays «is after» 3
     `is after` is not for numbers write `is more than`
E410 s.firstName matches '«.»{3}'
     the pattern holds `.`
E410 s.firstName matches '\d«*»'
     repeats without bound (`*`) say how often: `{1,20}`
E413 if $strict then 1 else «'x'»
     one branch gives a whole number, the other a text
E413 e.exitWithdrawDate otherwise «'none'»
     one branch gives a date, the other a text
E414 e.exitWithdrawDate is «nothing»
     `nothing` cannot be compared write `is missing` or `is present`
E414 «e.dates» is e.dates
     a period cannot be compared
E414 «g.classRanking» is g.classRanking
     an item of studentAcademicRecord.classRanking cannot be compared
E414 «30 days» is 30 days
     cannot be compared
E414 «a.arrivalTime» is a.departureTime
     a time cannot be compared
E414 «lookup(Placements, 'A', 1) is present»
     the table says that every key has a row (`absent key: error`)
E414 lookup(«programs», 1, 'x', 'y')
     a key of program
E414 number of different «x.studentReference» for x in s.enrollments
     count the records, or one of their properties
"""  # code, expression with what is wrong between marks; below it words of what is said, apart by |


WRONG_CASES = re.findall(r"^([A-Z]\d{3}) (.+)\n     (.+)$", WRONG, re.MULTILINE)


@pytest.mark.parametrize(
    ("code", "marked", "words"), WRONG_CASES, ids=[re.sub("[«»]", "", marked) for _, marked, _ in WRONG_CASES]
)
def test_a_wrong_expression_is_told_once(code: str, marked: str, words: str, scope: Scope) -> None:
    before, at, _ = re.split("[«»]", marked)
    _, said = checked(re.sub("[«»]", "", marked), scope)
    assert [(d.code, d.span.start, d.span.text) for d in said] == [(code, len(before), at)]
    for part in words.split("|"):
        assert part in f"{said[0].message} {said[0].hint}"


def test_a_code_without_a_table_is_noted(scope: Scope) -> None:
    kind, said = checked("e.entryTypeDescriptor is '1'", scope)
    assert kind == "boolean"
    assert [(d.code, d.span.text) for d in said] == [("N901", "'1'")]
    assert said[0].message == "there is no table of EntryTypeDescriptor, so '1' was not checked"


# -- lints, each with what brings it about and what does not

LINTS = """
-- W901: an optional value read without a guard

== W901: an optional value
require: «e.fullTimeEquivalency» is at least 0.5

== W901: an optional value of a definition
require: «e.half»
# file: _definitions.yaml
definitions:
- {of: studentSchoolAssociation as e, name: half, is: e.fullTimeEquivalency is at least 0.5}

== W901: an optional value read twice is told once
+ unchecked
require: «e.fullTimeEquivalency» is 1 or e.fullTimeEquivalency is 0.5

== W901 W901: two optional values
+ unchecked
require: «e.fullTimeEquivalency» is 1 and «e.primarySchool»

== W901: a value guarded too late
+ unchecked
require: «e.fullTimeEquivalency» is 1 or e.primarySchool is missing

== W901: a value guarded where it is false
+ unchecked
require: e.fullTimeEquivalency is present or «e.fullTimeEquivalency» is 1

== : a value guarded in when
+ unchecked
when: e.fullTimeEquivalency is present and e.exitWithdrawDate is present
require: e.fullTimeEquivalency is at least 0.5

== : a value guarded by and
require: e.fullTimeEquivalency is present and e.fullTimeEquivalency is at least 0.5

== : a value guarded by or
require: e.fullTimeEquivalency is missing or e.fullTimeEquivalency is at least 0.5

== : a value guarded by not
require: not (e.fullTimeEquivalency is present and not e.fullTimeEquivalency is at least 0.5)

== : a value guarded by if
require: if e.fullTimeEquivalency is present then e.fullTimeEquivalency is at least 0.5 else true

== : a value with another in its place
require: (e.fullTimeEquivalency otherwise 1) is at least 0.5

== : a value decided under if missing
require: e.fullTimeEquivalency is at least 0.5
if missing: {e.fullTimeEquivalency: pass}

== : a value that is said to be not checked
+ unchecked
require: e.fullTimeEquivalency is at least 0.5
if missing: {e.fullTimeEquivalency: not checked}

== : a value decided for the folder
require: e.fullTimeEquivalency is at least 0.5
# file: _ruleset.yaml
if missing: {studentSchoolAssociation.fullTimeEquivalency: pass}

== : a value whose absence is lawful
require: e.residencyStatusDescriptor is not 'x'
# file: _ruleset.yaml
absence is lawful: [residencyStatusDescriptor]
# file: tables/r.yaml
kind: table
name: R
title: Residency
descriptor: ResidencyStatusDescriptor
key: {code: text}
rows: [{code: x}]

== : an end that is open when missing
when: period from e.entryDate to e.exitWithdrawDate contains 2024-10-01
require: e.exitWithdrawDate is missing or e.exitWithdrawDate is after 2024-12-01

-- W902: a definition that nothing uses

== W902: a definition not used
# file: _definitions.yaml
definitions:
- {of: studentSchoolAssociation as e, name: «unused», is: true}

== W902 W902: a definition used by none that is used
# file: _definitions.yaml
definitions:
- {of: studentSchoolAssociation as e, name: «unused», is: true}
- {of: studentSchoolAssociation as e, name: «also», is: e.unused}

== : a definition used
when: e.exitWithdrawDate is present and e.used
# file: _definitions.yaml
definitions:
- {of: studentSchoolAssociation as e, name: used, is: true}

== : a definition used by one that is used
when: e.exitWithdrawDate is present and e.used
# file: _definitions.yaml
definitions:
- {of: studentSchoolAssociation as e, name: low, is: true}
- {of: studentSchoolAssociation as e, name: used, is: e.low}

-- W903: a parameter that nothing uses; E408: one without a value

== W903: a parameter not used
+ parameter day: {type: date, values: {'2024': 2024-01-01, '2025': 2025-01-01}}
      «night»: {type: date, values: {'2024': 2024-01-01, '2025': 2025-01-01}}

== : a parameter used
+ parameter day: {type: date, values: {'2024': 2024-01-01, '2025': 2025-01-01}}

== E408: a parameter without a value for a year
+ parameter «day»: {type: date, values: {'2025': 2025-01-01}}

== E408: a parameter without a value for a cycle
+ parameter «day»: {type: date, values: {'2024': 2024-01-01}, by cycle: {fall: {'2025': 2025-01-01}}}

== : a parameter with a value for each cycle
+ parameter day:
        type: date
        values: {'2024': 2024-01-01}
        by cycle: {fall: {'2025': 2025-01-01}, spring: {'2025': 2025-01-02}}

-- W904: an outcome without an example

== W904: no example of a violation
id: «EN-1»
when: e.exitWithdrawDate is present
examples:
- {name: a, given: {studentSchoolAssociations: [{exitWithdrawDate: 2024-12-20}]}, expect: pass}
- {name: b, given: {studentSchoolAssociations: [{}]}, expect: not applicable}

== : no not applicable without when
~ when
require: e.entryDate is before 2025-01-01
examples:
- {name: a, given: {studentSchoolAssociations: [{}]}, expect: pass}
- {name: b, given: {studentSchoolAssociations: [{entryDate: 2025-01-02}]}, expect: violation}

== W904: a rule for a whole state is not checked in a district
id: «EN-1»
scope: state

== : a rule for a whole state with its example
scope: state
+ unchecked
  scope: district

-- W905: an answer that depends on the scope of the data

== W905: records of other districts
require: no x in «e.student.studentSchoolAssociations» has (x.entryDate is after $asOf)

== W905: records of other districts in a count
require: (number of x in «e.student.studentSchoolAssociations») is at most 9

== : records of the same school
require: no x in e.student.studentSchoolAssociations has (x.school is e.school and x.entryDate is after $asOf)

== : records narrowed by where
require: (number of x in e.student.studentSchoolAssociations where (x.school is e.school)) is at most 9

== : records of a whole state
require: no x in e.student.studentSchoolAssociations has (x.entryDate is after $asOf)
scope: state
+ unchecked
  scope: district

-- W906: an unquoted code

== W906: a code like an octal number
# file: tables/grade-levels.yaml
sets: {Elementary: {codes: [KG, «01»]}}

== : a code in quotes
# file: tables/grade-levels.yaml
sets: {Elementary: {codes: [KG, '01']}}

-- W907: a copied set

== W907: the codes of a set
when: e.exitWithdrawDate is present and e.entryGradeLevelDescriptor is one of «['01', 'KG']»
# file: tables/grade-levels.yaml
sets: {Elementary: {codes: [KG, '01']}}

== : other codes than those of a set
when: e.exitWithdrawDate is present and e.entryGradeLevelDescriptor is one of ['01', '02']
# file: tables/grade-levels.yaml
sets: {Elementary: {codes: [KG, '01']}}

-- W908: a table that nothing uses

== W908: a table not used
+ table «Extra»

== : a table looked up
when: e.exitWithdrawDate is present and (lookup(Extra, '1') is present or e.primarySchool is present)
+ table Extra

== : a table of a descriptor
+ table Extra
descriptor: EntryTypeDescriptor

-- N901: a code that could not be checked

== N901: a code without a table
require: e.entryTypeDescriptor is missing or e.entryTypeDescriptor is «'1'»

== : a code with a table
require: e.entryTypeDescriptor is missing or e.entryTypeDescriptor is '1'
+ table Extra
descriptor: EntryTypeDescriptor
"""


@pytest.mark.parametrize("lint", cases(LINTS), ids=str)
def test_a_lint(lint: Case, sample: Sample) -> None:
    places = spoiled(sample, lint.change)
    assert lines_of(sample.check()) == [place.shown(code) for code, place in zip(lint.codes, places, strict=True)]


@pytest.mark.parametrize(("count", "place"), [(9, None), (40, "_definitions.yaml")])
def test_definitions_that_double_with_each_step_are_refused(sample: Sample, count: int, place: str | None) -> None:
    """Forty lines could otherwise keep every pass busy for good."""
    names = [f"step{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(count)]
    twice = "e.{0} and (e.{0} or e.entryDate is present)"
    bodies = ["e.entryDate is present", *(twice.format(before) for before, _ in pairwise(names))]
    lines = (
        f"- {{of: studentSchoolAssociation as e, name: {n}, is: {b}}}\n" for n, b in zip(names, bodies, strict=True)
    )
    sample.write("definitions:\n" + "".join(lines), "_definitions.yaml").with_keys(f"when: e.{names[-1]}\n")
    found = [(d.code, d.span.source.path.rpartition("/")[2]) for d in sample.check() if d.code.startswith("E")]
    assert found == ([("E208", place)] if place is not None else [])
