"""Mistakes people make in specs: each gives just the diagnostics it deserves, with the caret under what is wrong.

What is wrong stands between « and » in the text of a case; the signs are taken out before a file is written, so they
say where a caret must be without asking the compiler. An expression is tried in every way YAML can write it.
"""

from __future__ import annotations

import re

import pytest

from compiler.diagnostics import Diagnostic
from compiler.reports.diagnostics import render
from tests.support import RULE, STYLES, Case, Place, Sample, cases, lines_of, spoiled


def assert_carets(found: list[Diagnostic], places: list[Place]) -> None:
    """Every diagnostic shows the line with what is wrong, and carets under all of it that stands on that line."""
    for diagnostic, place in zip(found, places, strict=True):
        assert "``" not in diagnostic.message + diagnostic.hint
        _, shown, carets, *_ = render(diagnostic).split("\n")
        margin = f"  {place.line} | "
        assert shown.startswith(margin)
        run = re.match(r" *\| ( *)(\^+)", carets)
        assert run is not None
        assert len(run.group(1)) == place.column - 1
        assert len(run.group(2)) == max(1, len(place.text.split("\n")[0].rstrip())), carets
        assert shown[len(margin) + place.column - 1 :].startswith(place.text.split("\n")[0].rstrip())


# -- expressions, in every way to write them


EXPRESSIONS = [  # what is wrong, its codes, and the expression
    ("a typo in a property", "E301", "e.«entryDat» is present"),
    ("a typo behind a reference", "E301", "e.exitWithdrawDate is present and e.student.«birthdate» is before $asOf"),
    ("a property of a value", "E301", "e.entryDate is present and e.entryDate.«year» is 2024"),
    ("the singular of a way back", "E301", "any x in e.student.«studentSchoolAssociation» has (x.entryDate is $asOf)"),
    ("an order by what is not there", "E301", "(latest x in e.student.studentSchoolAssociations by «entryDte») is e"),
    ("two typos", "E301 E301", "e.«foo» is present and (e.entryDate is $asOf or e.«bar» is present)"),
    ("a property without its record", "E302", "e.exitWithdrawDate is present and «entryDate» is present"),
    ("an unknown variable", "E302", "e.entryDate is present and «x».entryDate is present"),
    ("a value without quotes", "E302", "e.student.lastSurname is «Smith»"),
    ("null", "E302", "e.entryDate is not «null»"),
    ("a Python truth value", "E302", "e.primarySchool is «True»"),
    ("today", "E302", "e.entryDate is before «today»"),
    ("an unknown function", "E304", "e.entryDate is present and «len»(e.student.lastSurname) is 5"),
    ("an unknown table", "E305", "lookup(«GradeLevel», e.entryGradeLevelDescriptor).label is 'x'"),
    ("an unknown column", "E301", "lookup(GradeLevels, e.entryGradeLevelDescriptor).«lable» is 'x'"),
    ("an unknown code set", "E305", "e.entryGradeLevelDescriptor is one of codes «Elementry»"),
    ("an unknown parameter", "E306", "e.entryDate is on or before «$countDate»"),
    ("a name taken twice", "E309", "any «e» in e.alternativeGraduationPlans has (true)"),
    ("a reference as a value", "E313", "e.entryDate is present and «e.studentReference» is '1'"),
    ("a date and a text", "E401", "e.entryDate is before «'2024-09-01'»"),
    ("a record and a text", "E401", "e.student is «'100000001'»"),
    ("a code and a code of another kind", "E401", "e.entryGradeLevelDescriptor is «e.exitWithdrawTypeDescriptor»"),
    ("an order of codes", "E402", "e.entryDate is present and «e.entryGradeLevelDescriptor is less than '03'»"),
    ("a difference of dates", "E402", "e.exitWithdrawDate is present and «e.exitWithdrawDate - e.entryDate» is 5"),
    ("an age of a record", "E402", "age of «e.student» on $asOf is less than 9"),
    ("a sum of dates", "E402", "sum of «x.entryDate» for x in e.student.studentSchoolAssociations is 5"),
    ("a period of numbers", "E402", "period from e.entryDate to «5» contains $asOf"),
    ("a period and a date", "E402", "period from e.entryDate to $asOf overlaps «e.entryDate»"),
    ("contains in a text", "E402", "e.entryDate is present and «e.student.lastSurname» contains 'x'"),
    ("an argument of another type", "E402", "length(«e.entryDate») is 5"),
    ("an unknown code", "E403", "e.entryGradeLevelDescriptor is one of ['03', «'3'»]"),
    ("an unknown code alone", "E403", "e.entryGradeLevelDescriptor is not «'99'»"),
    ("many for one", "E404", "«e.student.studentSchoolAssociations.entryDate» is before $asOf"),
    ("many as an argument", "E404", "e.entryDate is laterOf(«e.student.studentSchoolAssociations.entryDate», $asOf)"),
    ("one for many", "E405", "any x in «e.entryDate» has (x is $asOf)"),
    ("one for many in a count", "E405", "number of x in «e.student» is 1"),
    ("not a condition", "E406", "e.entryDate is present and «e.exitWithdrawDate»"),
    ("a record for a condition", "E406", "any x in e.student.studentSchoolAssociations has («x»)"),
    ("a number for a condition", "E406", "if «e.fullTimeEquivalency» then true else false"),
    ("too many arguments", "E407", "e.entryDate is present and «length»(e.student.lastSurname, 3) is 5"),
    ("no text", "E407", "«joined»(e.student.lastSurname) is 'x'"),
    ("no picture", "E415", "e.entryDate is present and dateText(e.entryDate, «'mmddyyyy'») is '08072023'"),
    ("a picture without a place", "E415", "picture(e.student.lastSurname, «'--'») is 'x'"),
    ("a picture that is worked out", "E402", "dateText(e.entryDate, «e.student.lastSurname») is 'x'"),
    ("a list that is worked out", "E402", "rank('x', 'y', «e.student.lastSurname») is 1"),
    ("no key", "E407", "lookup(«GradeLevels»).label is 'x'"),
    ("a word for numbers", "E409", "e.exitWithdrawDate is present and e.entryDate «is less than» e.exitWithdrawDate"),
    ("a word for dates", "E409", "e.entryDate is present and e.fullTimeEquivalency «is before» 5"),
    ("an unbounded pattern", "E410", r"e.student.studentUniqueId matches '\d«+»'"),
    ("an anchored pattern", "E410", r"e.student.studentUniqueId matches '«^»\d{9}'"),
    ("an open class", "E410", "e.entryDate is present and e.student.lastSurname matches '[A-Z]«[»a-'"),
    ("a code as a number", "E412", "e.entryGradeLevelDescriptor is «3»"),
    ("branches of two kinds", "E413", "(if e.entryDate is present then 1 else «'x'») is 1"),
    ("a text in place of a date", "E413", "(e.exitWithdrawDate otherwise «'2024-01-01'») is after e.entryDate"),
    ("compared with nothing", "E414", "e.exitWithdrawDate is «nothing»"),
    (
        "different periods",
        "E414",
        "number of different («period from x.entryDate to e.exitWithdrawDate») "
        "for x in e.student.studentSchoolAssociations is 1",
    ),
    ("an end too soon", "E201", "e.entryDate is present and«»"),
    ("a parenthesis that stays open", "E201", "(e.entryDate is present and e.exitWithdrawDate is missing«»"),
    ("a parenthesis too many", "E201", "e.entryDate is present«)» and e.exitWithdrawDate is missing"),
    ("a word left out", "E201", "e.entryDate «present»"),
    ("a doubled point", "E201", "e.entryDate is e.«.»exitWithdrawDate"),
    ("an or inside a between", "E201", "e.primarySchool and e.entryDate is between 2024-01-01 «or» 2024-02-01"),
    ("a double equals sign", "E202", "e.entryDate «==» $asOf"),
    ("an equals sign", "E202", "e.student.lastSurname «=» 'Sample'"),
    ("not equal, as in Python", "E202", "e.student.lastSurname «!=» 'Sample'"),
    ("not equal, as in SQL", "E202", "e.student.lastSurname «<>» 'Sample'"),
    ("and, as in C", "E202", "e.entryDate is present «&&» e.exitWithdrawDate is present"),
    ("a semicolon", "E202", "e.entryDate is present«;» e.exitWithdrawDate is present"),
    ("and mixed with or", "E203", "e.entryDate is present and e.exitWithdrawDate is present «or» e.primarySchool"),
    ("or mixed with and", "E203", "e.entryDate is present or e.exitWithdrawDate is present «and» e.primarySchool"),
    ("no parentheses behind has", "E204", "any x in e.student.studentSchoolAssociations has «x».entryDate is $asOf"),
    ("no parentheses behind where", "E204", "number of x in e.alternativeGraduationPlans where «x» is 1"),
    ("a chain of comparisons", "E205", "e.entryDate is e.exitWithdrawDate «is» $asOf"),
    ("a chain of signs", "E205", "2024-01-01 < e.entryDate «<» 2025-01-01"),
    ("values joined by or", "E206", "e.entryGradeLevelDescriptor is '01' or «'02'»"),
    ("values in parentheses", "E206", "e.entryGradeLevelDescriptor is one of «(»'01', '02')"),
    ("values without brackets", "E206", "e.entryGradeLevelDescriptor is one of «'01'», '02'"),
    ("an empty list", "E206", "e.entryGradeLevelDescriptor is one of [«]»"),
    ("an age without its day", "E207", "«age of e.student.birthDate» is less than 9"),
    ("an age behind a condition", "E207", "e.entryDate is present and «age of e.student.birthDate» is less than 9"),
    ("a day without its year", "E207", "e.entryDate is before «December 1»"),
    ("a text that does not end", "E209", "e.student.lastSurname is «'Sample»"),
    ("a text that does not end on its line", "E209", "e.student.lastSurname is «'Sample and e.entryDate is present»"),
    ("a day that is none", "E210", "e.entryDate is after «2024-02-30»"),
    ("a day that no year has", "E210", "e.entryDate is after «February 30 of the school year»"),
    ("a word in capitals", "E212", "e.entryDate is present «AND» e.exitWithdrawDate is present"),
    ("equals", "E212", "e.student.lastSurname «equals» 'Sample'"),
    ("greater than", "E212", "e.fullTimeEquivalency «is greater than» 1"),
    ("in", "E212", "e.entryGradeLevelDescriptor «in» ['01', '02']"),
    ("exists", "E212", "e.exitWithdrawDate «exists»"),
    ("an if without else", "E213", "if e.entryDate is present then e.exitWithdrawDate is present«»"),
    ("a code without quotes", "E214", "e.entryGradeLevelDescriptor is «03»"),
    ("a curly quote", "E115", "e.student.lastSurname is «‘»Sample’"),
    ("a no-break space", "E115", "e.entryDate is«\u00a0»present"),
]  # fmt: skip


STYLED = [
    pytest.param(codes, written, id=f"{name}, {style}")
    for name, codes, expression in EXPRESSIONS
    for style, write in STYLES.items()
    if (written := write(expression)) is not None
]


@pytest.mark.parametrize(("codes", "written"), STYLED)
def test_a_mistake_in_an_expression(codes: str, written: str, sample: Sample) -> None:
    places = spoiled(sample, written)
    found = sample.check()
    assert lines_of(found) == [place.shown(code) for code, place in zip(codes.split(), places, strict=True)]
    assert_carets(found, places)


# -- the rest of a rule, and the files around it


MISTAKES = """
-- keys of a rule

== E111: a typo in a key
~ fix
«fixx»: Correct the dates.

== E111: a typo in a required key
~ title
«titel»: A student does not leave before arriving

== E111: a typo in a key that a rule needs
~ require
«requires»: e.exitWithdrawDate is after e.entryDate

== E111: a key of another kind of file
«rows»: [{code: '01'}]

== E111: an unknown key in an object
source: {document: own-rules, row: EN-1, status: faithful, redacted: true, «url»: x, text: {}}

== E112: a missing key
~ title
@ id: EN-1

== E112: a rule without its condition
~ require
id: «EN-1»

== E112: a rule without its subject
~ for each
id: «EN-1»

== E112 E112 E112: a rule without severity, message and fix
~ severity
~ message
~ fix
id: «EN-1»

== E112: a source without its document
«source»: {row: EN-1, status: faithful, redacted: true, text: {}}

== E112: an example without its outcome
examples:
- «name: one»
  given: {studentSchoolAssociations: [{entryDate: 2024-08-12}]}

== E113: a list in place of a text
title: «[a, b]»

== E113: a text in place of a list
aliases: «EN-2»

== E113: a text in place of keys
source: «own-rules»

== E113: a text in place of examples
examples: «none»

== E113: keys in place of an expression
when: «{any: e}»

== E113: an empty list
once per: «[]»

== E114: a severity of two words
severity: «Very bad»

== E114: a typo in a severity
severity: «Eror»

== E114: an unknown effect
effect: «uncounted»

== E114: yes for true
all years: «yes»

== E114: an unknown subject of once per
once per: [«pupil»]

== E117: an id of another form
id: «EN1»

== E117: a hash that is none
source: {document: own-rules, row: EN-1, status: faithful, sha256: «1c1fff», text: {}}

== E118: an id that does not fit the file
id: «EN-2»

== E504: a row whose words were changed
source:
  document: own-rules
  row: EN-1
  status: faithful
  sha256: «0000000000000000000000000000000000000000000000000000000000000000»
  text: {}

== E504: a row without its hash
source: {document: own-rules, row: «EN-1», status: faithful, text: {}}

== E314: an unknown document
source: {document: «our-rules», row: EN-1, status: faithful, redacted: true, text: {}}

== E307: an unknown collection
collection: «enrolment»

== E312: an unknown related rule
related: [«EN-9»]

== E506: require and conflicts with
«conflicts with»: all a in e.student.studentSchoolAssociations where (a.school is e.school)

-- the subject of a rule

== E303: an unknown resource
for each: «studentSchoolAssociations_» as e

== E201: a subject without a name
for each: studentSchoolAssociation«»

== E201: a subject with a number for a name
for each: studentSchoolAssociation as «1»

== E122: a subject that nobody owns
for each: «student» as e
when: e.birthDate is present
require: e.birthDate is before $asOf
detail: none

== E405: a join over one value
for each: studentSchoolAssociation as e, x in «e.entryDate»

== E309: a join under a taken name
for each: studentSchoolAssociation as e, «e» in e.alternativeGraduationPlans

== E406: a subject where no condition stands
for each: studentSchoolAssociation as e where («e.entryDate»)

-- what else holds expressions

== E405: conflicts that are one record
~ require
conflicts with: «e.student»

== E402: conflicts that are values
~ require
conflicts with: «e.student.studentSchoolAssociations.entryDate»

== E402: if missing of a value
if missing: {«$asOf»: pass}

== E301: if missing of an unknown property
if missing: {e.«entryDat»: pass}

== E114: an unknown outcome of if missing
if missing: {e.entryDate: «passes»}

== E505: the last step with an end
severity: {steps: [{until: May 1 of the school year, is: Warning}, {until: «June 1 of the school year», is: Error}]}

== E505: a step without an end
severity: {steps: [{is: «Warning»}, {is: Error}]}

== E505: steps in the wrong order
severity:
  steps:
  - {until: May 1 of the school year, is: Warning}
  - {until: «December 1 of the school year», is: Conflict}
  - {is: Error}

== E113: a single step
severity: {steps: «[{is: Error}]»}

== E402: a step until a number
severity: {steps: [{until: «5», is: Warning}, {is: Error}]}

== E207: a step until an unfinished day
severity: {steps: [{until: «May 1», is: Warning}, {is: Error}]}

== E114: a step of unknown severity
severity: {steps: [{until: May 1 of the school year, is: «Warn»}, {is: Error}]}

== E215: a placeholder that does not close
detail: 'entry «{»e.entryDate, exit'

== E215: a brace too many
detail: 'entry {e.entryDate}«}», exit'

== E301: a typo in a placeholder
detail: 'isn''t {e.entryDate} or {e.«exitDate»}'

== E402: a record in a placeholder
detail: 'student {«e.student»}'

== E201: too much in a placeholder
detail: 'entry {e.entryDate «2024»}'

== E208: nothing in a placeholder
detail: 'isn''t «{}»'

-- examples

== E501: an unknown resource in an example
+ given {«studentSchoolAssociaton»: [{entryDate: 2024-08-12}]}

== E501: an unknown property in an example
+ given {studentSchoolAssociations: [{«exitDate»: 2024-08-12, exitWithdrawDate: 2024-12-20}]}

== E501: an impossible day in an example
+ given {studentSchoolAssociations: [{exitWithdrawDate: «2024-02-30»}]}

== E501: an impossible day of a required property
+ given {studentSchoolAssociations: [{entryDate: «2024-02-30», exitWithdrawDate: 2024-12-20}]}

== E501: a text for a number in an example
+ given {studentSchoolAssociations: [{fullTimeEquivalency: «half», exitWithdrawDate: 2024-12-20}]}

== E501: a truth value as yes
+ given {studentSchoolAssociations: [{primarySchool: «yes», exitWithdrawDate: 2024-12-20}]}

== E113: a text for a list in an example
+ given {studentSchoolAssociations: [{alternativeGraduationPlans: «none», exitWithdrawDate: 2024-12-20}]}

== E113: a record for a list of records
+ given {studentSchoolAssociations: «{exitWithdrawDate: 2024-12-20}»}

== E113: a text for a reference
+ given {studentSchoolAssociations: [{studentReference: «100000001», exitWithdrawDate: 2024-12-20}]}

== E501: an example without its subject
+ given «{studentSchoolAssociations: []}»

== E501: a required property taken away
+ examples
- name: «one more»
  given: {studentSchoolAssociations: [{entryDate: nothing, exitWithdrawDate: 2024-12-20}]}
  expect: pass

== E114: an unknown outcome
+ expect «passed»

== E114: an unknown outcome with more
+ expect {outcome: «passed»}

== E113: an outcome of another kind
+ expect «[pass]»

== E114: an unknown severity in an example
+ expect {outcome: violation, severity: «Fatal»}

== E119: two examples of one name
+ examples
- name: «leaves in winter»
  given: {studentSchoolAssociations: [{entryDate: 2024-08-12}]}
  expect: not applicable

== E114: an example of another year
+ first school year: «'2019'»

== E117: a year that is none
+ first school year: «2024-25»

== E120: an example on no day
+ first as of: «tomorrow»

== E114: an example of an unknown cycle
+ first cycle: «winter»

== E114: an example of an unknown scope
+ first scope: «country»

== E501: an unknown absent resource
+ first absent: [«pupils»]

== W906: a code that other tools read as a number
+ given {studentSchoolAssociations: [{entryGradeLevelDescriptor: «03», exitWithdrawDate: 2024-12-20}]}

-- definitions

== E303: a definition of an unknown resource
# file: _definitions.yaml
definitions:
- {of: «pupil» as s, name: old, is: true}

== E309: a definition called by a word of the language
# file: _definitions.yaml
definitions:
- {of: student as s, name: «otherwise», is: true}

== E309: a definition called like a property
# file: _definitions.yaml
definitions:
- {of: student as s, name: «birthDate», is: true}

== E309: a definition called like a path
# file: _definitions.yaml
definitions:
- {of: studentSchoolAssociation as e, name: «student», is: true}

== E309: a definition called like a function
# file: _definitions.yaml
definitions:
- {name: «length», is: true}

== E119: two definitions of one name
when: e.exitWithdrawDate is present and e.old
# file: _definitions.yaml
definitions:
- {of: studentSchoolAssociation as e, name: old, is: true}
- {of: studentSchoolAssociation as e, name: «old», is: false}

== E308: a definition that needs itself
when: e.exitWithdrawDate is present and e.old
# file: _definitions.yaml
definitions:
- {of: studentSchoolAssociation as e, name: «old», is: not e.old}

== E308: definitions in a circle
when: e.exitWithdrawDate is present and e.old
# file: _definitions.yaml
definitions:
- {of: studentSchoolAssociation as e, name: «old», is: not e.young}
- {of: studentSchoolAssociation as e, name: young, is: not e.old}

== E301: a fault in a definition is told once
when: e.exitWithdrawDate is present and e.old and e.old
# file: _definitions.yaml
definitions:
- {of: studentSchoolAssociation as e, name: old, is: e.«entryDat» is $asOf}

== E202: a definition that cannot be read
when: e.exitWithdrawDate is present and e.old
# file: _definitions.yaml
definitions:
- {of: studentSchoolAssociation as e, name: old, is: e.entryDate «=» $asOf}

== E303: a parameter of an unknown type
when: e.exitWithdrawDate is present and e.old(e)
# file: _definitions.yaml
definitions:
- {of: studentSchoolAssociation as e, name: old, with: {x: «pupil»}, is: true}

== E306: a definition that reads a parameter of another collection
when: e.exitWithdrawDate is present and «e.counted»
# file: _definitions.yaml
definitions:
- {of: studentSchoolAssociation as e, name: counted, doc: Whether it is., is: e.entryDate is $day}
# file: _collections.yaml
collections:
  enrollment: {title: Enrollment, school years: ['2025'], cycles: {fall: {}}}
  other:
    title: Other
    school years: ['2025']
    cycles: {fall: {}}
    parameters:
      day: {type: date, values: {'2025': 2024-10-01}}

== E407: an argument left out
when: e.exitWithdrawDate is present and e.«old»
# file: _definitions.yaml
definitions:
- {of: studentSchoolAssociation as e, name: old, with: {day: date}, is: e.entryDate is day}

== E402: an argument of the wrong type
when: e.exitWithdrawDate is present and e.old(«'today'»)
# file: _definitions.yaml
definitions:
- {of: studentSchoolAssociation as e, name: old, with: {day: date}, is: e.entryDate is day}

== E302: a function without its parentheses
when: e.exitWithdrawDate is present and «old»
# file: _definitions.yaml
definitions:
- {name: old, with: {day: date}, is: day is before $asOf}

== W902: a definition that nothing uses
# file: _definitions.yaml
definitions:
- {of: studentSchoolAssociation as e, name: «old», is: e.entryDate is before $asOf}

-- tables

== E503: a row twice
# file: tables/grade-levels.yaml
rows:
- {code: KG, label: Kindergarten}
- {code: '01', label: Grade 1}
- {code: '02', label: Grade 2}
- {code: '03', label: Grade 3}
- «{code: '03', label: Third}»

== E503: a row without a cell
# file: tables/grade-levels.yaml
rows:
- «{code: KG}»
- {code: '01', label: Grade 1}
- {code: '02', label: Grade 2}
- {code: '03', label: Grade 3}

== E503: a row without its key
# file: tables/grade-levels.yaml
rows:
- {code: KG, label: Kindergarten}
- {code: '01', label: Grade 1}
- {code: '02', label: Grade 2}
- {code: '03', label: Grade 3}
- «{label: Grade 4}»

== E503: a cell of no column
# file: tables/grade-levels.yaml
rows:
- {code: KG, label: Kindergarten, «old»: x}
- {code: '01', label: Grade 1}
- {code: '02', label: Grade 2}
- {code: '03', label: Grade 3}

== E301: a descriptor that no property has
when: e.exitWithdrawDate is present
# file: tables/grade-levels.yaml
descriptor: «GradeDescriptor»

== E503: a cell of another type
# file: tables/grade-levels.yaml
columns: {label: whole}
rows: [{code: KG, label: «none»}, {code: '01', label: 1}]
sets: {Elementary: {codes: [KG]}}

== E503: rows that were lost
# file: tables/grade-levels.yaml
count: «5»

== E503: a default row without a cell
# file: tables/grade-levels.yaml
absent key: {default: «{}»}

== E503: a default row with a key
# file: tables/grade-levels.yaml
absent key: {default: {label: x, «code»: x}}

== E117: an absent key that gives something else
# file: tables/grade-levels.yaml
absent key: «default»

== E111: an absent key with another word
# file: tables/grade-levels.yaml
absent key: {default: {label: x}, «other»: x}

== E503: a descriptor with two keys
# file: tables/grade-levels.yaml
descriptor: «GradeLevelDescriptor»
key: {code: text, year: text}
rows: [{code: KG, year: '1', label: x}]
sets: {Elementary: {codes: [KG]}}

== E503: validity by no column
# file: tables/grade-levels.yaml
valid: {from: «first», to: last}
columns: {label: text, last: year}

== E503: rows of a key whose years overlap
# file: tables/grade-levels.yaml
valid: {from: first, to: last}
columns: {label: text, first: year, last: year}
rows:
- {code: KG, label: K, last: 2024}
- {code: '01', label: One}
- «{code: KG, label: K, first: 2024}»
sets: {Elementary: {codes: [KG]}}

== E403: a set with an unknown code
# file: tables/grade-levels.yaml
sets: {Elementary: {codes: [KG, «'3'»]}}

== E105: a set twice in a file
# file: tables/grade-levels.yaml
sets:
  Elementary: {codes: [KG]}
  «Elementary»: {codes: ['01']}

== E119: a set called like its table
# file: tables/grade-levels.yaml
sets: {«GradeLevels»: {codes: [KG]}, Elementary: {codes: [KG]}}

== E117: a table name of another form
when: e.exitWithdrawDate is present
# file: tables/grade-levels.yaml
name: «grades»

== E117: a type that is none
# file: tables/grade-levels.yaml
columns: {label: «string»}

== E503: a column of two words
# file: tables/grade-levels.yaml
columns: {«long label»: text}
rows: [{code: KG, long label: x}]
sets: {Elementary: {codes: [KG]}}

== E314: an unknown document of a table
# file: tables/grade-levels.yaml
source: {document: «our-rules», status: faithful}

== E113: a row that is a text
# file: tables/grade-levels.yaml
rows: [«KG»]
sets: {}

== W906 W906: codes that other tools read as numbers
# file: tables/grade-levels.yaml
sets: {Elementary: {codes: [«01», «02»]}}

-- collections

== E408: a parameter without a value for a year
+ parameter «day»: {type: date, values: {'2024': 2023-10-01}}

== E408 E408: a parameter without a value for a cycle
+ parameter «day»: {type: date, by cycle: {fall: {'2024': 2023-10-01, '2025': 2024-10-01}}}

== E120: a value of another type
+ parameter day: {type: date, values: {'2024': 2023-10-01, '2025': «October»}}

== E114: a value for a year that is not collected
+ parameter day: {type: date, values: {«'2023'»: 2022-10-01, '2024': 2023-10-01, '2025': 2024-10-01}}

== E114: a value for an unknown cycle
+ parameter day:
        type: date
        values: {'2024': 2023-10-01, '2025': 2024-10-01}
        by cycle: {«summer»: {'2024': 2023-10-01}}

== E117: a parameter of an unknown type
+ parameter day: {type: «day», values: {'2024': 2023-10-01, '2025': 2024-10-01}}

== W903: a parameter that nothing uses
# file: _collections.yaml
collections:
  enrollment:
    title: Enrollment
    school years: ['2024', '2025']
    cycles: {fall: {}}
    parameters:
      «day»: {type: date, values: {'2024': 2023-10-01, '2025': 2024-10-01}}

== E506: no default among the cycles
# file: _collections.yaml
collections:
  «enrollment»:
    title: Enrollment
    school years: ['2024', '2025']
    cycles: {fall: {}, spring: {}}

== E506: two default cycles
# file: _collections.yaml
collections:
  «enrollment»:
    title: Enrollment
    school years: ['2024', '2025']
    cycles: {fall: {default: true}, spring: {default: true}}

== E113: no cycles
# file: _collections.yaml
collections:
  enrollment:
    title: Enrollment
    school years: ['2024', '2025']
    cycles: «{}»

== E117: a school year of two years
# file: _collections.yaml
collections:
  enrollment: {title: Enrollment, school years: ['2025', «2024-25»], cycles: {fall: {}}}

-- rulesets

== E310: unknown schemas
# file: _ruleset.yaml
schemas: [«ed-fi-9.9»]

== E307: an unknown collection of a folder
# file: _ruleset.yaml
collection: «enrolment»

== E301: an unknown lawful absence
# file: _ruleset.yaml
absence is lawful: [exitWithdrawTypeDescriptor, «exitDate»]

== E114: an unknown leap birthday
# file: _ruleset.yaml
leap birthday: «March 2»

== E303: a subject of an unknown resource
# file: _ruleset.yaml
subjects:
  studentSchoolAssociation as e: {student: e.studentReference.studentUniqueId}
  «pupil» as p: {student: p.id}

== E301: a typo in a subject
# file: _ruleset.yaml
subjects:
  studentSchoolAssociation as e: {student: e.studentReference.«studentUniqueID»}

== E402: a subject that is no id
# file: _ruleset.yaml
subjects:
  studentSchoolAssociation as e: {student: «e.entryDate»}

== E111: a subject of unknown kind
# file: _ruleset.yaml
subjects:
  studentSchoolAssociation as e: {«pupil»: e.studentReference.studentUniqueId}
"""


@pytest.mark.parametrize("case", cases(MISTAKES), ids=str)
def test_a_mistake_in_a_file(case: Case, sample: Sample) -> None:
    places = spoiled(sample, case.change)
    found = sample.check()
    places = places * len(case.codes) if len(places) == 1 else places
    assert lines_of(found) == [place.shown(code) for code, place in zip(case.codes, places, strict=True)]
    assert_carets(found, places)


# -- a file that cannot be read

WHOLE = """
when: e.exitWithdrawDate is present and e.used and (isOld(e.entryDate) or lookup(Extra, '1') is present)
related: [EN-2]
+ parameter day: {type: date, values: {'2024': 2024-01-01, '2025': 2024-12-20}}
# file: _definitions.yaml
definitions:
- {of: studentSchoolAssociation as e, name: used, is: e.entryGradeLevelDescriptor is one of codes Elementary}
- {name: isOld, with: {day: date}, is: day is before $day}
+ table Extra
source: {document: own-rules, status: faithful}
"""
SHARED = [
    "_ruleset.yaml",
    "_definitions.yaml",
    "_collections.yaml",
    "_sources.yaml",
    "_examples.yaml",
    "tables/extra.yaml",
    "enrollment/EN-2-second.yaml",
    RULE,
]
UNREADABLE = {  # a text in the place of a file, or none, and what is said
    "not YAML": (b"title: one: two\n", "E103", "1:11"),
    "not text": (b"title: \xff\n", "E101", "1:8"),
    "a list": (b"- a\n", "E113", "1:1"),
}


@pytest.mark.parametrize("fault", UNREADABLE)
@pytest.mark.parametrize("name", SHARED)
def test_what_an_unreadable_file_declares_is_not_missed(name: str, fault: str, sample: Sample) -> None:
    """A project in which everything is used: only the fault of the file is told, not what others lack by it."""
    sample.write(sample.read().replace("id: EN-1", "id: EN-2"), "enrollment/EN-2-second.yaml")
    spoiled(sample, WHOLE)
    assert lines_of(sample.check()) == []
    content, code, place = UNREADABLE[fault]
    sample.path(name).write_bytes(content)
    assert lines_of(sample.check()) == [f"{code} {place}" if name == RULE else f"{code} {name}:{place}"]
