"""What expressions mean, case by case: true, false or undetermined, the same from every back end."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from compiler.diagnostics import Level
from compiler.reports.diagnostics import render
from compiler.semantics.outcomes import Context
from tests.evaluation import Evaluation, evaluations
from tests.support import Sample

YES, NO, UNKNOWN = "pass", "violation", "not checked"

# `e` is the first enrollment of student 1, with nothing but its key, an exit, a flag and two numbers; the student has
# two enrollments; school 10 is there without a name, school 20 is not there; `e.student.middleName` is blank.
WORLD = {
    "student": [{"studentUniqueId": "1", "firstName": "Sam", "middleName": " ", "birthDate": "2016-02-29"}],
    "school": [
        {
            "schoolId": 10,
            "localEducationAgencyReference": {"localEducationAgencyId": 1},
            "shortNameOfInstitution": "",
            "webSite": 7,
            "gradeLevels": [{"gradeLevelDescriptor": "uri://example.org/GradeLevelDescriptor#03"}, {}],
        }
    ],
    "localEducationAgency": [{"localEducationAgencyId": 1, "nameOfInstitution": "One"}],
    "studentSchoolAssociation": [
        {
            "studentReference": {"studentUniqueId": "1"},
            "schoolReference": {"schoolId": 10},
            "entryDate": "2023-08-07",
            "exitWithdrawDate": "2023-12-20",
            "primarySchool": True,
            "fullTimeEquivalency": 0.1,
            "entryGradeLevelDescriptor": "uri://example.org/GradeLevelDescriptor#03",
            "educationPlans": [],
        },
        {
            "studentReference": {"studentUniqueId": "1"},
            "schoolReference": {"schoolId": 20},
            "entryDate": "2024-01-08",
            "fullTimeEquivalency": 0.2,
            "entryGradeLevelDescriptor": "uri://other.org/GradeLevelDescriptor#03",
        },
    ],
    "studentSchoolAttendanceEvent": [],
    "studentEducationOrganizationAssociation": [],
    "studentAcademicRecord": [],
}

ENROLLMENTS = "e.student.studentSchoolAssociations"
LARGEST = "99999999999999999999999999.5"
MISSING, TRUE, FALSE = "(e.repeatGradeIndicator)", "(e.primarySchool)", "(not e.primarySchool)"

CASES: dict[str, list[tuple[str, str]]] = {
    "kleene and": [
        (f"{TRUE} and {TRUE}", YES),
        (f"{TRUE} and {FALSE}", NO),
        (f"{TRUE} and {MISSING}", UNKNOWN),
        (f"{FALSE} and {MISSING}", NO),
        (f"{MISSING} and {MISSING}", UNKNOWN),
        (f"{MISSING} and {TRUE} and {FALSE}", NO),
    ],
    "kleene or": [
        (f"{TRUE} or {MISSING}", YES),
        (f"{FALSE} or {MISSING}", UNKNOWN),
        (f"{FALSE} or {FALSE}", NO),
        (f"{MISSING} or {FALSE} or {TRUE}", YES),
    ],
    "not, if, otherwise": [
        (f"not {MISSING}", UNKNOWN),
        (f"if {MISSING} then {TRUE} else {TRUE}", UNKNOWN),
        (f"if {TRUE} then {TRUE} else {MISSING}", YES),
        (f"if {TRUE} then {MISSING} else {TRUE}", UNKNOWN),
        (f"{'(if ' * 25}{TRUE}{f' then {TRUE} else {FALSE})' * 25}", YES),
        (f"{MISSING} otherwise {TRUE}", YES),
        (f"{MISSING} otherwise {MISSING}", UNKNOWN),
        (f"{FALSE} otherwise {TRUE}", NO),
        (f"{MISSING} or {FALSE} otherwise {TRUE}", YES),
        ("(nothing otherwise e.fullTimeEquivalency) is 0.1", YES),
        ("(lookup(school, 20) otherwise e.school) is e.school", YES),
        ("(lookup(school, 20) otherwise e.school).schoolId is 20", NO),
        ("(lookup(school, 20) otherwise lookup(school, 30)) is e.school", UNKNOWN),
        (f"{MISSING} is present and {MISSING}", NO),
        (f"{MISSING} is missing or {MISSING}", YES),
        ("(e.repeatGradeIndicator is present and e.repeatGradeIndicator) or e.primarySchool", YES),
        ("e.entryDate is present and e.entryDate is between 2023-08-01 and 2023-08-31", YES),
        ("e.termCompletionIndicator is present and e.termCompletionIndicator is not true", NO),
    ],
    "presence": [
        ("e.exitWithdrawDate is present", YES),
        ("e.exitWithdrawTypeDescriptor is missing", YES),
        ("e.student.middleName is missing", YES),
        ("e.school.shortNameOfInstitution is missing", YES),
        ("e.school.webSite is missing", YES),
        ("e.school is present", YES),
        (f"any x in {ENROLLMENTS} has (x.school is missing)", YES),
        (f"{ENROLLMENTS} is present", YES),
        ("e.educationPlans is missing", YES),
        ("e.alternativeGraduationPlans is missing", YES),
        (f"any x in {ENROLLMENTS} has (x.school.gradeLevels is missing)", UNKNOWN),
        (f"any x in {ENROLLMENTS} has (x.schoolReference.schoolId is 20)", YES),
        (f"any x in {ENROLLMENTS} has (x.school.schoolId is 20)", YES),
    ],
    "comparing with what is missing": [
        ("e.school.nameOfInstitution is 'North'", UNKNOWN),
        ("e.school.nameOfInstitution is not 'North'", UNKNOWN),
        ("e.school.nameOfInstitution is one of ['North', 'South']", UNKNOWN),
        ("e.school.nameOfInstitution matches 'N[a-z]{1,9}'", UNKNOWN),
        ("e.school.nameOfInstitution starts with 'N'", UNKNOWN),
        ("e.exitWithdrawTypeDescriptor is 'moved'", NO),
        ("e.exitWithdrawTypeDescriptor is not 'moved'", YES),
        ("e.exitWithdrawTypeDescriptor is one of ['moved', 'left']", NO),
        ("e.exitWithdrawTypeDescriptor is not one of ['moved', 'left']", YES),
    ],
    "codes": [
        ("e.entryGradeLevelDescriptor is '03'", YES),
        ("e.entryGradeLevelDescriptor is one of codes Elementary", YES),
        ("e.entryGradeLevelDescriptor is 'uri://example.org/GradeLevelDescriptor#03'", YES),
        (f"every x in {ENROLLMENTS} has (x.entryGradeLevelDescriptor is '03')", YES),
        (f"every x in {ENROLLMENTS} has (x.entryGradeLevelDescriptor is e.entryGradeLevelDescriptor)", YES),
        (
            f"every x in {ENROLLMENTS} has (x.entryGradeLevelDescriptor is 'uri://other.org/GradeLevelDescriptor#03')",
            NO,
        ),
        ("e.school.gradeLevels.gradeLevelDescriptor contains '03'", YES),
        ("e.school.gradeLevels.gradeLevelDescriptor contains '02'", UNKNOWN),
    ],
    "texts": [
        ("e.student.firstName is 'sam'", NO),
        ("lower(e.student.firstName) is 'sam'", YES),
        ("length('\U0001f600') is 1", YES),
        ("trim(' a ') is 'a'", YES),
        ("'a ' is 'a'", NO),
        ("e.student.firstName starts with ''", YES),
        ("'it\\'s' is \"it's\"", YES),
        (r"'a\\b' matches 'a\\\\b'", YES),
    ],
    "texts put together": [
        ("joined('a', 'b') is 'ab'", YES),
        ("joined('a', e.student.firstName, 'b', ' ') is 'aSamb '", YES),
        ("joined('', '') is ''", YES),
        ("joined('a', e.student.middleName) is missing", YES),
        ("joined('a', nothing) is missing", YES),
        ("joined('a', e.student.middleName otherwise '-') is 'a-'", YES),
        ("joined(e.entryGradeLevelDescriptor, '!') is '03!'", YES),
        ("length(joined('\U0001f600', 'e\u0301')) is 3", YES),
    ],
    "texts filled": [
        ("zeroFilled('7', 3) is '007'", YES),
        ("zeroFilled('1234', 3) is '1234'", YES),
        ("zeroFilled('', 2) is '00'", YES),
        ("zeroFilled('-5', 3) is '0-5'", YES),
        ("zeroFilled('7', 0) is '7'", YES),
        ("zeroFilled('7', 0 - 1) is missing", YES),
        ("length(zeroFilled('7', 1000)) is 1000", YES),
        ("zeroFilled('7', 1001) is missing", YES),
        ("zeroFilled('7', 9223372036854775807) is missing", YES),
        ("zeroFilled(e.student.middleName, 3) is missing", YES),
        ("zeroFilled('7', nothing) is missing", YES),
        ("blankFilled('ab', 4) is 'ab  '", YES),
        ("blankFilled('abcde', 4) is 'abcde'", YES),
        ("blankFilled('', 1) is ' '", YES),
        ("blankFilled('\U0001f600', 2) is '\U0001f600 '", YES),
        ("blankFilled('e\u0301', 3) is 'e\u0301 '", YES),
        ("blankFilled(nothing, 3) is missing", YES),
        ("blankFilled('a', 0 - 9223372036854775807) is missing", YES),
    ],
    "texts cut": [
        ("slice('abc', 1, 1) is 'a'", YES),
        ("slice('abc', 2, 2) is 'bc'", YES),
        ("slice('abc', 1, 3) is 'abc'", YES),
        ("slice('abc', 1, 4) is missing", YES),
        ("slice('abc', 4, 1) is missing", YES),
        ("slice('abc', 0, 1) is missing", YES),
        ("slice('abc', 0 - 1, 1) is missing", YES),
        ("slice('abc', 1, 0) is missing", YES),
        ("slice('abc', 2, 0 - 1) is missing", YES),
        ("slice('abc', 9223372036854775807, 9223372036854775807) is missing", YES),
        ("slice('abc', 0 - 9223372036854775807, 0 - 9223372036854775807) is missing", YES),
        ("slice('', 1, 1) is missing", YES),
        ("slice('a  b', 2, 2) is '  '", YES),
        ("slice('a\U0001f600e\u0301', 2, 2) is '\U0001f600e'", YES),
        ("slice(e.student.middleName, 1, 1) is missing", YES),
        ("slice('abc', nothing, 1) is missing", YES),
    ],
    "texts in pictures": [
        ("picture('280001', 'XX-XXXX') is '28-0001'", YES),
        ("picture('28000', 'XX-XXXX') is missing", YES),
        ("picture('2800011', 'XX-XXXX') is missing", YES),
        ("picture('', 'X') is missing", YES),
        ("picture('ab', '(X) [X]x') is '(a) [b]x'", YES),
        ("picture('XY', 'X.X') is 'X.Y'", YES),
        ("picture('\U0001f600a', 'X-X') is '\U0001f600-a'", YES),
        ("picture('e\u0301', 'X|X') is 'e|\u0301'", YES),
        ("picture('ab', '\U0001f600X\U0001f600X') is '\U0001f600a\U0001f600b'", YES),
        ("picture('Sam', joined('X-', 'XX')) is 'S-am'", YES),
        ("picture('Sam', e.student.firstName) is missing", YES),
        ("picture('Sam', e.student.middleName) is missing", YES),
        ("picture(e.student.middleName, 'X') is missing", YES),
    ],
    "ranks": [
        ("rank('P', 'P', 'S', 'N') is 1", YES),
        ("rank('N', 'P', 'S', 'N') is 3", YES),
        ("rank('p', 'P', 'S', 'N') is 4", YES),
        ("rank('', 'P') is 2", YES),
        ("rank('S', 'S', 'S') is 1", YES),
        ("rank(e.student.middleName, 'P', 'S') is missing", YES),
        ("rank(nothing, 'P') is missing", YES),
        ("rank(e.entryGradeLevelDescriptor, '01', '03') is 2", YES),
        ("rank(e.entryGradeLevelDescriptor, 'uri://other.org/GradeLevelDescriptor#03') is 2", YES),
        ("rank(e.entryGradeLevelDescriptor, 'uri://example.org/GradeLevelDescriptor#03') is 1", YES),
        ("rank('\u00e9', 'e\u0301', '\u00e9') is 2", YES),
    ],
    "values as texts": [
        ("text(0) is '0'", YES),
        ("text(0 - 5) is '-5'", YES),
        ("text(9223372036854775807) is '9223372036854775807'", YES),
        ("text(0.0) is '0'", YES),
        ("text(0.0 * (0 - 1)) is '0'", YES),
        ("text((0 - 0.000000000001) * 0.1) is '0'", YES),
        ("text(0.000000000001) is '0.000000000001'", YES),
        ("text(100.0) is '100'", YES),
        ("text(0 - 1.50) is '-1.5'", YES),
        ("text(99999999999999999999999999.5) is '99999999999999999999999999.5'", YES),
        ("text(if e.primarySchool then 1 else 0.5) is '1'", YES),
        ("text(e.fullTimeEquivalency) is '0.1'", YES),
        ("text(e.schoolReference.schoolId) is '10'", YES),
        ("text(2024-02-09) is '2024-02-09'", YES),
        ("text(0001-01-01) is '0001-01-01'", YES),
        ("text(1 / 0) is missing", YES),
        ("text(nothing) is missing", YES),
        ("text(number(' -0.10 ')) is '-0.1'", YES),
        ("text(number('-0.0')) is '0'", YES),
    ],
    "texts as numbers": [
        ("wholeNumber('08') is 8", YES),
        ("wholeNumber(' -08 ') is 0 - 8", YES),
        ("wholeNumber('-0') is 0", YES),
        ("wholeNumber('8.0') is missing", YES),
        ("wholeNumber('1,000') is missing", YES),
        ("wholeNumber('+8') is missing", YES),
        ("wholeNumber('1e3') is missing", YES),
        ("wholeNumber('1_000') is missing", YES),
        ("wholeNumber('0x10') is missing", YES),
        ("wholeNumber('- 8') is missing", YES),
        ("wholeNumber('') is missing", YES),
        ("wholeNumber(' ') is missing", YES),
        ("wholeNumber('\uff18') is missing", YES),
        ("wholeNumber('\u0668') is missing", YES),
        ("wholeNumber('9223372036854775807') is 9223372036854775807", YES),
        ("wholeNumber('9223372036854775808') is missing", YES),
        ("wholeNumber('-9223372036854775808') is 0 - 9223372036854775807 - 1", YES),
        ("wholeNumber('-9223372036854775809') is missing", YES),
        (f"wholeNumber('{'0' * 60}8') is 8", YES),
        (f"wholeNumber('{'9' * 400}') is missing", YES),
        ("wholeNumber(e.student.middleName) is missing", YES),
        ("number('08') is 8", YES),
        ("number('0.5') is 0.5", YES),
        ("number('-1.50') is 0 - 1.5", YES),
        ("number('.5') is missing", YES),
        ("number('5.') is missing", YES),
        ("number('1e3') is missing", YES),
        ("number('NaN') is missing", YES),
        ("number('inf') is missing", YES),
        ("number('1,5') is missing", YES),
        ("number('1 000') is missing", YES),
        ("number('\uff11') is missing", YES),
        ("number('') is missing", YES),
        ("number('0.0000000000005') is 0.000000000001", YES),
        ("number('-0.0000000000005') is 0 - 0.000000000001", YES),
        ("number('0.00000000000049') is 0", YES),
        (f"number('0.{'4' * 400}') is 0.444444444444", YES),
        (f"number('{'9' * 26}.9999999999994') is {'9' * 26}.999999999999", YES),
        (f"number('{'9' * 26}.9999999999995') is missing", YES),
        (f"number('1{'0' * 26}') is missing", YES),
        ("number(nothing) is missing", YES),
    ],
    "days as texts": [
        ("dateText(2024-02-09, 'MMDDYYYY') is '02092024'", YES),
        ("dateText(2024-02-09, 'MM/DD/YY') is '02/09/24'", YES),
        ("dateText(2024-02-09, 'YYYY.MM.DD - YY') is '2024.02.09 - 24'", YES),
        ("dateText(0001-02-03, 'YYYYYYMMDD') is '0001010203'", YES),
        ("dateText(9999-12-31, 'DDMMYYYY') is '31129999'", YES),
        ("dateText(2024-02-09, 'MMMM') is '0202'", YES),
        ("dateText(e.exitWithdrawDate, 'MMDDYYYY') is '12202023'", YES),
        ("dateText(e.student.dateEnteredUS, 'MMDDYYYY') is missing", YES),
        ("dateText(nothing, 'YYYY') is missing", YES),
    ],
    "rounding": [
        ("round(1 / 3 * 3 / 2, 0) is 1", YES),
        ("round((1 / 3 + 1 / 3 + 1 / 3) * 1.5, 0) is 2", YES),
        ("round(0 - (1 / 3 + 1 / 3 + 1 / 3) * 1.5, 0) is 0 - 2", YES),
        ("round(0.4999999995, 0) is 1", YES),
        ("round(0.499999999499, 0) is 0", YES),
        ("round(0 - 0.4999999995, 0) is 0 - 1", YES),
        ("round(0.4999999995, 9) is 0.5", YES),
        ("round(0.4999999995, 10) is 0.4999999995", YES),
        ("round(0.12345678949, 8) is 0.12345679", YES),
        ("round(0.123456785, 8) is 0.12345679", YES),
        ("round(0.5, 13) is missing", YES),
        ("round(0.5, 0 - 1) is missing", YES),
        ("round(nothing, 0) is missing", YES),
        ("round(99999999999999999999999999.5, 0) is missing", YES),
        ("round(99999999999999999999999999.4, 0) is 99999999999999999999999999.0", YES),
    ],
    "numbers": [
        ("0.1 + 0.2 is 0.3", YES),
        (f"sum of x.fullTimeEquivalency for x in {ENROLLMENTS} is 0.3", YES),
        ("1 / 3 is 0.333333333333", YES),
        ("2 / 3 is 0.666666666667", YES),
        ("(0 - 2) / 3 is 0 - 0.666666666667", YES),
        ("0.000000000001 / 2 is 0.000000000001", YES),
        ("12345678901234567890123456.123456789012 - 12345678901234567890123456.0 is 0.123456789012", YES),
        ("(if e.primarySchool then 9223372036854775807 else 0.5) + 1 is 9223372036854775808.0", YES),
        (f"sum of (if x is e then 9223372036854775807 else 1.0) for x in {ENROLLMENTS} is 9223372036854775808.0", YES),
        ("(9223372036854775807 + 1) is missing", YES),
        ("round(99999999999999.5 / 0.000000000001, 12) is 99999999999999500000000000.0", YES),
        ("round(0 - 0.5, 0) is 0 - 1", YES),
        ("(99999999999999.5 * 99999999999999.5 + e.fullTimeEquivalency) is missing", YES),
        ("1 / 0 is 1", UNKNOWN),
        ("1 / (1 - 1) is missing", YES),
        ("9223372036854775807 + 0 is 9223372036854775807", YES),
        ("9223372036854775807 + 1 is missing", YES),
        ("9223372036854775807 * 2 is missing", YES),
        ("9223372036854775807 * 1.5 is 13835058055282163710.5", YES),
        ("9223372036854775807 / 0.5 is 18446744073709551614.0", YES),
        ("9223372036854775807 * 9223372036854775807.0 is missing", YES),
        ("round(0.5, 0) is 1", YES),
        ("round(0 - 0.5, 0) is 0 - 1", YES),
        ("round(2.345, 2) is 2.35", YES),
        ("isWhole(2.0)", YES),
        ("isWhole(2.5)", NO),
        ("2 is 2.0", YES),
        ("2 is between 2 and 3", YES),
        ("4 is not between 2 and 3", YES),
    ],
    "days": [
        ("December 1 of the school year is 2023-12-01", YES),
        ("June 30 of the school year is 2024-06-30", YES),
        ("July 1 of the school year is 2023-07-01", YES),
        ("the school year is 2024", YES),
        ("$asOf is 2024-06-01", YES),
        ("$schoolYearStart is 2023-07-01 and $schoolYearEnd is 2024-06-30", YES),
        ("age of e.student.birthDate on 2024-02-28 is 7", YES),
        ("age of e.student.birthDate on 2024-02-29 is 8", YES),
        ("age of e.student.birthDate on 2023-02-28 is 6", YES),
        ("age of e.student.birthDate on 2023-03-01 is 7", YES),
        ("age of e.student.dateEnteredUS on 2024-01-01 is 7", UNKNOWN),
        ("1 year after 2024-02-29 is 2025-03-01", YES),
        ("1 month before 2024-03-31 is 2024-03-01", YES),
        ("1 day after 9999-12-31 is missing", YES),
        ("days from 2024-01-01 to 2024-03-01 is 60", YES),
        ("days from 2024-03-01 to 2024-01-01 is 0 - 60", YES),
        ("weeks from 2024-01-01 to 2024-01-14 is 1", YES),
        ("weeks from 2024-01-02 to 2024-01-01 is 0 - 1", YES),
        ("months from 2024-01-31 to 2024-02-29 is 0", YES),
        ("years from 2020-02-29 to 2024-02-28 is 3", YES),
        ("earlierOf(e.entryDate, e.exitWithdrawDate) is e.entryDate", YES),
        ("laterOf(e.entryDate, e.student.dateEnteredUS) is e.entryDate", UNKNOWN),
    ],
    "periods": [
        ("(period from e.entryDate to e.exitWithdrawDate) contains 2023-08-07", YES),
        ("(period from e.entryDate to e.exitWithdrawDate) contains 2023-12-20", YES),
        ("(period from e.entryDate to e.exitWithdrawDate) contains 2023-12-21", NO),
        ("(period from e.entryDate to e.exitWithdrawDate) contains 2023-08-06", NO),
        (f"any x in {ENROLLMENTS} has ((period from x.entryDate to x.exitWithdrawDate) contains 9999-12-31)", YES),
        ("(period from e.entryDate to nothing) contains 9999-12-31", YES),
        ("(period from e.student.dateEnteredUS to nothing) contains 2024-01-01", UNKNOWN),
        ("(period from 2024-02-01 to 2024-01-01) contains 2024-01-15", NO),
        ("period from 2024-02-01 to 2024-01-01 overlaps period from 2023-01-01 to nothing", NO),
        ("period from 2024-01-01 to 2024-01-31 overlaps period from 2024-01-31 to nothing", YES),
        ("period from 2024-01-01 to 2024-01-30 overlaps period from 2024-01-31 to nothing", NO),
    ],
    "quantifiers": [
        (f"any x in {ENROLLMENTS} has (x.exitWithdrawDate is before 2024-01-01)", YES),
        (f"any x in {ENROLLMENTS} has (x.exitWithdrawDate is after 2024-01-01)", UNKNOWN),
        (f"every x in {ENROLLMENTS} has (x.exitWithdrawDate is before 2024-01-01)", UNKNOWN),
        (f"every x in {ENROLLMENTS} has (x.exitWithdrawDate is after 2024-01-01)", NO),
        (f"no x in {ENROLLMENTS} has (x.exitWithdrawDate is before 2024-01-01)", NO),
        (f"no x in {ENROLLMENTS} has (x.exitWithdrawDate is after 2024-01-01)", UNKNOWN),
        (f"exactly one x in {ENROLLMENTS} has (x.primarySchool)", UNKNOWN),
        (f"exactly one x in {ENROLLMENTS} has (x.exitWithdrawDate is present)", YES),
        (f"at least 2 x in {ENROLLMENTS} has (x.primarySchool)", UNKNOWN),
        (f"at least 3 x in {ENROLLMENTS} has (x.primarySchool)", NO),
        (f"at least 0 x in {ENROLLMENTS} has (x.primarySchool)", YES),
        (f"at most 1 x in {ENROLLMENTS} has (x.primarySchool)", UNKNOWN),
        (f"at most 2 x in {ENROLLMENTS} has (x.primarySchool)", YES),
        ("any x in e.student.studentSchoolAttendanceEvents has (x.eventDate is present)", NO),
        (f"any x in {ENROLLMENTS} has ((30000 months before x.entryDate) is one of [2024-01-01, 2024-01-02])", UNKNOWN),
        ("every x in e.student.studentSchoolAttendanceEvents has (x.eventDate is missing)", YES),
    ],
    "counts and sums": [
        ("number of x in e.student.studentSchoolAttendanceEvents is 0", YES),
        ("sum of x.eventDuration for x in e.student.studentSchoolAttendanceEvents is 0", YES),
        ("earliest of x.eventDate for x in e.student.studentSchoolAttendanceEvents is missing", YES),
        (f"number of x in {ENROLLMENTS} where (x.primarySchool) is 1", UNKNOWN),
        (f"number of x in {ENROLLMENTS} where (x.primarySchool otherwise false) is 1", YES),
        (f"number of different x.entryGradeLevelDescriptor for x in {ENROLLMENTS} is 1", YES),
        (f"number of different x.school for x in {ENROLLMENTS} is 2", YES),
        (f"number of different x.exitWithdrawDate for x in {ENROLLMENTS} is missing", YES),
        (f"latest of x.exitWithdrawDate for x in {ENROLLMENTS} is missing", YES),
        (f"highest of x.fullTimeEquivalency for x in {ENROLLMENTS} is 0.2", YES),
        (f"highest monthly sum of x.fullTimeEquivalency for x in {ENROLLMENTS} by x.entryDate is 0.2", YES),
        (f"lowest monthly sum of x.fullTimeEquivalency for x in {ENROLLMENTS} by x.entryDate is 0.1", YES),
        (f"highest monthly sum of x.fullTimeEquivalency for x in {ENROLLMENTS} by (e.entryDate) is 0.3", YES),
        (f"highest monthly sum of (if x is e then 1 else 2) for x in {ENROLLMENTS} by (e.entryDate) is 3", YES),
        (f"lowest monthly sum of (0 - x.fullTimeEquivalency) for x in {ENROLLMENTS} by x.entryDate is 0 - 0.2", YES),
        (
            f"lowest monthly sum of (1) for x in {ENROLLMENTS} by (if x is e then 2023-12-01 else 2024-12-31) is 1",
            YES,
        ),
        (f"highest monthly sum of (1) for x in {ENROLLMENTS} by x.exitWithdrawDate is missing", YES),
        (f"highest monthly sum of x.school.schoolId for x in {ENROLLMENTS} by x.entryDate is 20", YES),
        (f"lowest monthly sum of (1 / (x.school.schoolId - 20)) for x in {ENROLLMENTS} by x.entryDate is missing", YES),
        (f"highest monthly sum of (1) for x in {ENROLLMENTS} where (x.primarySchool) by x.entryDate is missing", YES),
        (f"highest monthly sum of (1) for x in {ENROLLMENTS} where (x is e) by x.exitWithdrawDate is 1", YES),
        (f"highest monthly sum of (1) for x in {ENROLLMENTS} where (false) by x.entryDate is missing", YES),
        ("highest monthly sum of (1) for x in e.student.studentSchoolAttendanceEvents by x.eventDate is missing", YES),
        (
            f"lowest monthly sum of (9223372036854775807) for x in {ENROLLMENTS} by x.entryDate is 9223372036854775807",
            YES,
        ),
        (f"highest monthly sum of (9223372036854775807) for x in {ENROLLMENTS} by (e.entryDate) is missing", YES),
        (f"lowest monthly sum of (0 - 9223372036854775807) for x in {ENROLLMENTS} by (e.entryDate) is missing", YES),
        (f"highest monthly sum of ({LARGEST}) for x in {ENROLLMENTS} by (e.entryDate) is missing", YES),
        (f"lowest monthly sum of ({LARGEST}) for x in {ENROLLMENTS} by x.entryDate is {LARGEST}", YES),
    ],
    "picking": [
        (f"(latest x in {ENROLLMENTS} by entryDate) is e", NO),
        (f"(earliest x in {ENROLLMENTS} by entryDate) is e", YES),
        (f"(latest x in {ENROLLMENTS} by exitWithdrawDate) is missing", YES),
        (f"(latest x in {ENROLLMENTS} by entryDate where (x.exitWithdrawDate is present)) is e", YES),
        (f"(previous x in {ENROLLMENTS} by entryDate to e) is missing", YES),
        (f"(next x in {ENROLLMENTS} by entryDate to e).schoolReference.schoolId is 20", YES),
        (f"(the x in {ENROLLMENTS}) is missing", YES),
        (f"(the x in {ENROLLMENTS} where (x.exitWithdrawDate is present)) is e", YES),
        (f"(the x in {ENROLLMENTS} where (x.primarySchool)) is missing", YES),
        ("(latest x in e.student.studentSchoolAttendanceEvents by eventDate) is missing", YES),
    ],
    "looking up": [
        ("lookup(GradeLevels, '03').label is 'Grade 3'", YES),
        ("lookup(GradeLevels, e.entryGradeLevelDescriptor).label is 'Grade 3'", YES),
        ("lookup(GradeLevels, 'XX') is missing", YES),
        ("lookup(GradeLevels, 'XX').label is 'Grade 3'", UNKNOWN),
        ("lookup(localEducationAgencies, 1).nameOfInstitution is 'One'", YES),
        ("lookup(localEducationAgencies, 2) is missing", YES),
        ("lookup(localEducationAgencies, 2).localEducationAgencyId is 2", YES),
    ],
    "rows for other keys": [
        ("lookup(Shares, 'A', 1).share is 0.5", YES),
        ("lookup(Shares, 'A', 2).share is 0.25", YES),
        ("lookup(Shares, 'B', 1).since is 2024-02-29", YES),
        ("lookup(Shares, 'B', 1).code is 'B'", YES),
        ("lookup(Shares, 'B', 7).year is 7", YES),
        ("lookup(Shares, 'B', 1).open", NO),
        ("lookup(Shares, 'B', 1).settings contains 'y'", YES),
        ("lookup(Shares, 'A', 1).settings contains 'y'", NO),
        ("lookup(Shares, 'B', 1) is present", YES),
        ("lookup(Shares, e.student.middleName, 1) is missing", YES),
        ("lookup(Shares, e.student.middleName, 1).share is missing", YES),
        ("lookup(Shares, 'A', nothing).settings contains 'y'", UNKNOWN),
        ("(lookup(Shares, e.student.middleName, 1) otherwise lookup(Shares, 'A', 1)).share is 0.5", YES),
        ("(lookup(Shares, 'B', 1) otherwise lookup(Shares, 'A', 1)).share is 0.25", YES),
        ("lookup(Fees, 'A').fee is 2", YES),
        ("lookup(Fees, 'B').fee is 9", YES),
        ("lookup(Fees, 'B').fee is 9 and lookup(Fees, 'B').last is missing", YES),
        ("lookup(Residency, true, false, 5).status is 'other school'", YES),
        ("lookup(Residency, false, true, 5).status is 'outside'", YES),
        ("lookup(Residency, false, false, 5).status is 'outside'", YES),
        ("lookup(Residency, true, true, 4).status is 'young'", YES),
        ("lookup(Residency, true, true, 5).status is 'home'", YES),
        ("lookup(Residency, e.primarySchool, e.primarySchool, 9).status is 'home'", YES),
        ("lookup(Residency, false, e.repeatGradeIndicator, 9) is missing", YES),
        ("lookup(Residency, e.repeatGradeIndicator, false, 9).status is 'outside'", UNKNOWN),
        ("lookup(Residency, true, true, nothing).status is missing", YES),
        ("lookup(Bands, 0.5, e.entryDate, 'A').band is 1", YES),
        ("lookup(Bands, 0.500000000001, e.entryDate, 'B').band is 2", YES),
        ("lookup(Bands, 0.5, e.entryDate, 'C').band is 3", YES),
        ("lookup(Bands, 0.5, 2023-08-06, 'A').band is 9", YES),
        (f"every x in {ENROLLMENTS} has (lookup(Bands, x.fullTimeEquivalency, x.entryDate, 'A').band is 1)", YES),
        (f"every x in {ENROLLMENTS} has (lookup(Shares, text(x.school.schoolId), 1).share is 0.25)", YES),
    ],
}

TABLES = {
    "shares": """\
kind: table
name: Shares
title: Shares of a day
key: {code: text, year: whole}
columns: {share: decimal, settings: list of text, open: boolean, since: date}
absent key:
  default: {share: 0.25, settings: [x, y], open: false, since: 2024-02-29}
rows:
- {code: A, year: 1, share: 0.5, settings: [x], open: true, since: 2024-01-01}
""",
    "residency": """\
kind: table
name: Residency
title: Where a student lives
key: {ours: boolean, serving: boolean, age: whole}
columns: {status: text}
hit: exactly one
rows:
- {ours: true, serving: true, age: at least 5, status: home}
- {ours: true, serving: true, age: at most 4, status: young}
- {ours: true, serving: false, age: any, status: other school}
- {ours: false, serving: any, age: any, status: outside}
""",
    "bands": """\
kind: table
name: Bands
title: Bands of shares
key: {share: decimal, since: date, code: text}
columns: {band: whole}
hit: first
absent key: {default: {band: 9}}
rows:
- {share: at most 0.5, since: at least 2023-08-07, code: [A, B], band: 1}
- {share: any, since: at least 2023-08-07, code: [A, B], band: 2}
- {share: any, since: 2023-08-07, code: any, band: 3}
""",
    "fees": """\
kind: table
name: Fees
title: Fees by school year
key: {code: text}
columns: {fee: whole, first: year, last: year}
valid: {from: first, to: last}
absent key: {default: {fee: 9}}
rows:
- {code: A, fee: 1, first: 2020, last: 2023}
- {code: A, fee: 2, first: 2024}
- {code: B, fee: 3, first: 2025}
""",
}
RULE = """\
id: MX-{number}
title: Case
source: {{document: own-rules, row: x, status: reconstructed, redacted: true, text: {{message: x}}}}
for each: studentSchoolAssociation as e where (e.exitWithdrawDate is present)
all years: true
require: |
  {require}
severity: Error
message: x
fix: x
examples: []
"""
NUMBERED = [(group, text, outcome) for group, cases in CASES.items() for text, outcome in cases]


@pytest.fixture(scope="module")
def found(template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Evaluation]:
    """Every case as a rule over the one enrollment that has ended."""
    sample = Sample.copied(template, tmp_path_factory.mktemp("meaning") / "project")
    sample.with_keys("absence is lawful: [exitWithdrawTypeDescriptor]\n", "_ruleset.yaml")
    sample.replace("['2025']", "['2024', '2025']", "_collections.yaml")
    for name, text in TABLES.items():
        sample.write(text, f"tables/{name}.yaml")
    for number, (_, text, _) in enumerate(NUMBERED):
        sample.write(RULE.format(number=number, require=text), f"enrollment/MX-{number}-case.yaml")
    project = sample.open()
    errors = [render(found) for found in project.sink.sorted() if found.level is Level.ERROR]
    assert not errors, "\n".join(errors)
    program = project.programs["sample"]
    chosen = [name for name in program.rules if name.startswith("MX-")]
    return evaluations(program, chosen, WORLD, Context(2024, date(2024, 6, 1), "state"))


@pytest.mark.parametrize("number", range(len(NUMBERED)), ids=[f"{group}: {text}" for group, text, _ in NUMBERED])
def test_case(number: int, found: dict[str, Evaluation]) -> None:
    assert found[f"MX-{number}"].outcomes == {NUMBERED[number][2]}
