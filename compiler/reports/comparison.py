"""A run compared with an earlier one, finding by finding.

Findings are the same when their keys are (rule and natural key of the subject). What both runs found is *open*, what
only this one found *new*. What only the earlier run found is *fixed* when this run has judged its subject by the same
rule, for the same school year and cycle, and found nothing; in every other case nobody can tell, and it is said why.

An earlier run is what ``run`` wrote: rows as JSON Lines or CSV, the document of the format json, or the folder of an
edition, which also says in ``run.json`` which rules were run. Where that is not said, all rules of the collections
that the rows name count as run.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from compiler.engines.presence import Wanted, wanted_record
from compiler.engines.run import RunResult
from compiler.reports.findings import FIELDS, STRUCTURE, Row
from compiler.reports.masking import Aliases, students_named
from compiler.reports.text import table
from compiler.semantics.findings import Outcome
from compiler.semantics.program import natural

NEW, OPEN, FIXED, UNSURE = "new", "open", "fixed", "cannot tell"
STATES = (NEW, OPEN, FIXED, UNSURE)

_NEEDED = ("rule", "outcome", "severity", "student", "corporation", "resource", "key", "findingKey")
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


class UnusableRunError(Exception):
    """An earlier run that nothing can be compared with; the message is for the user."""


@dataclass(frozen=True, slots=True, repr=False)
class EarlierRun:
    """What an earlier run found: its violations by key, and what it says of itself (nothing, where rows stand alone).

    ``told`` has the keys of ``run.json``: ``rules``, ``schoolYear``, ``cycles`` by collection, ``asOf``, ``scope``,
    ``structure``, ``specs``.
    """

    name: str
    violations: Mapping[str, Row]
    told: Mapping[str, Any] = field(default_factory=dict)


def earlier_run(name: str, suffix: str, lines: Iterable[str], told: Mapping[str, Any] | None = None) -> EarlierRun:
    """Read an earlier run from the text of a file with this suffix; raises :class:`UnusableRunError`."""
    said = dict(told or {})
    try:
        if suffix == ".json":
            document = json.loads("".join(lines))
            said = {**_told_by(document), **said}
            rows: Iterator[Row] = iter(document["findings"])
        else:
            rows = _from_csv(lines) if suffix == ".csv" else (json.loads(line) for line in lines if line.strip())
        violations: dict[str, Row] = {}
        seen: dict[str, dict[Any, None]] = {"schoolYear": {}, "cycles": {}}
        for row in rows:
            missing = [name for name in _NEEDED if name not in row]
            if missing:
                raise UnusableRunError(
                    f"{name} holds no findings as `run` writes them: a row lacks {', '.join(missing)}."
                )
            if not row["findingKey"] or said.get("masked"):
                raise UnusableRunError(
                    f"{name} holds masked findings, which have no keys that could be compared: "
                    "give a run without --mask-students."
                )
            seen["schoolYear"][row.get("schoolYear")] = None
            seen["cycles"][row.get("collection"), row.get("cycle")] = None
            if row["outcome"] == Outcome.VIOLATION.value:
                violations[row["findingKey"]] = {**dict.fromkeys(FIELDS), **row}
    except (ValueError, TypeError, KeyError, csv.Error) as error:
        raise UnusableRunError(f"{name} holds no findings as `run` writes them.") from error
    years = [year for year in seen["schoolYear"] if year]
    cycles = {collection: cycle for collection, cycle in seen["cycles"] if collection}
    by_rows = {**({"schoolYear": years[0]} if years else {}), **({"cycles": cycles} if cycles else {})}
    return EarlierRun(name, violations, {**by_rows, **said})


def _told_by(document: Mapping[str, Any]) -> dict[str, Any]:
    """What a document of the format json says of its run."""
    said = {name: document[name] for name in ("schoolYear", "asOf", "scope") if name in document}
    return {**said, "rules": [rule["rule"] for rule in document["rules"]]}


def _from_csv(lines: Iterable[str]) -> Iterator[Row]:
    before = csv.field_size_limit(2**31 - 1)  # of the process: others read with the usual one
    try:
        for cells in csv.DictReader(lines):
            row: Row = {name: _uncelled(cell) for name, cell in cells.items() if name is not None}
            yield {**row, "key": json.loads(row["key"]) if row.get("key") else {}}
    finally:
        csv.field_size_limit(before)


def _uncelled(cell: Any) -> Any:
    """A cell without the mark that keeps a spreadsheet from taking it for a formula; an empty one is None."""
    if not isinstance(cell, str) or not cell:
        return None
    return cell[1:] if cell[0] == "'" and cell[1:].startswith(_STARTS) else cell


# -- comparing


@dataclass(frozen=True, slots=True, repr=False)
class Comparison:
    """What has become of findings since an earlier run.

    ``notes`` say in what the runs differ. ``fixed`` and ``unsure`` are rows of the earlier run, each with ``since``
    (one of ``STATES``) and, where nobody can tell, ``why``. ``counts`` has the number of findings of each state by rule
    and corporation. ``known`` are the keys of what both runs found, ``comparable`` the rules of which the rest is new.
    """

    earlier: str
    as_of: str
    notes: tuple[str, ...]
    fixed: tuple[Row, ...]
    unsure: tuple[Row, ...]
    counts: Mapping[tuple[str, Any], Mapping[str, int]]
    known: frozenset[str]
    comparable: frozenset[str]

    def state(self, row: Row) -> str | None:
        """Whether a finding of this run is new or open; None for one that the earlier run could not have found."""
        if row["outcome"] != Outcome.VIOLATION.value:
            return None
        if row["findingKey"] in self.known:
            return OPEN
        return NEW if row["rule"] in self.comparable else None

    def masked(self, aliases: Aliases) -> Comparison:
        """The same with the students of the earlier run's rows replaced."""
        fixed, unsure = (
            tuple(aliases.masked(row, students_named(row)) for row in rows) for rows in (self.fixed, self.unsure)
        )
        return replace(self, fixed=fixed, unsure=unsure)

    def total(self, state: str) -> int:
        """How many findings have a state."""
        return sum(counts.get(state, 0) for counts in self.counts.values())


def comparison(
    earlier: EarlierRun,
    result: RunResult,
    rows: Iterable[Row],
    about: Mapping[str, Any],
    present: Callable[[Iterable[Wanted]], set[Wanted]],
    files: Collection[str],
) -> Comparison:
    """Compare a run with an earlier one.

    ``rows`` are all rows of the run, subjects that were not checked included, ``about`` what it says of itself (see
    ``Facts.told``); ``present`` tells which of some records are among the data, ``files`` are the names of its files.
    """
    notes, reasons = _differences(earlier.told, about)
    comparable = frozenset(name for name in (*result.results, STRUCTURE) if name not in reasons)
    counts: dict[tuple[str, Any], Counter[str]] = {}
    known: set[str] = set()
    unchecked = {finding.rule for finding in result.findings if not finding.key}
    corporations = {str(d.member.corporation): d.member.corporation for d in result.dispositions}

    def count(row: Row, state: str) -> None:
        counts.setdefault((row["rule"], row["corporation"]), Counter())[state] += 1

    for row in rows:
        key, corporation = row["findingKey"], row["corporation"]
        corporations[str(corporation)] = corporation
        if row["outcome"] != Outcome.VIOLATION.value:
            unchecked.add(key)
        elif key in earlier.violations:
            known.add(key)
            count(row, OPEN)
        elif row["rule"] in comparable:
            count(row, NEW)
    gone = [row for key, row in earlier.violations.items() if key not in known]
    records = [wanted_record(result.program, row["resource"], row["key"]) for row in gone]
    there = present(record for record in records if record is not None)
    fixed: list[Row] = []
    unsure: list[Row] = []
    for row, record in zip(gone, records, strict=True):
        why = _why_unsure(row, unchecked, result, reasons)
        if not why and (record not in there if record is not None else row["file"] not in files):
            why = f"its {'record' if record is not None else 'file'} is no longer in the data"
        corporation = corporations.get(str(row["corporation"]), row["corporation"])
        told = {**row, "corporation": corporation, "since": UNSURE if why else FIXED, "why": why}
        count(told, told["since"])
        (unsure if why else fixed).append(told)
    as_of = str(earlier.told.get("asOf", ""))
    return Comparison(earlier.name, as_of, notes, tuple(fixed), tuple(unsure), counts, frozenset(known), comparable)


def _why_unsure(row: Row, unchecked: set[str], result: RunResult, reasons: Mapping[str, str]) -> str:
    """Why nobody can tell whether an earlier finding is fixed; empty when it can be told."""
    rule = row["rule"]
    if rule != STRUCTURE and rule not in result.results:
        return "its rule was not run"
    if rule in reasons:
        return reasons[rule]
    return "it could not be checked" if rule in unchecked or row["findingKey"] in unchecked else ""


def _differences(told: Mapping[str, Any], about: Mapping[str, Any]) -> tuple[tuple[str, ...], dict[str, str]]:
    """In what two runs differ, in sentences; and the rules that cannot be compared for it, each with why."""
    notes: list[str] = []
    reasons: dict[str, str] = {}
    ours = {STRUCTURE: "", **about["rules"]}  # the collection of each rule
    year, cycles, rules = told.get("schoolYear"), told.get("cycles"), told.get("rules")
    if year is not None and str(year) != str(about["schoolYear"]):
        notes.append(f"The earlier run was of school year {year}, this one is of {about['schoolYear']}.")
        reasons |= dict.fromkeys(about["rules"], "the runs are of different school years")
    for collection, cycle in sorted((cycles or {}).items()):
        own = about["cycles"].get(collection)
        if own is not None and own != cycle:
            notes.append(f"The earlier run was of the cycle {cycle} of {collection}, this one is of {own}.")
            reasons |= {rule: "the runs are of different cycles" for rule, of in ours.items() if of == collection}
    if rules is None and cycles:
        other = [collection for collection in about["cycles"] if collection not in cycles]
        rules = [rule for rule, of in ours.items() if of not in other]
    if rules is not None:
        added = [rule for rule in about["rules"] if rule not in rules]
        left_out = [rule for rule in rules if rule not in ours]
        if added:
            notes.append(f"Only this run had {_listed(added)}.")
            reasons |= dict.fromkeys(added, "its rule was not run before")
        if left_out:
            notes.append(f"Only the earlier run had {_listed(left_out)}.")
        if added or left_out:
            reasons[STRUCTURE] = "the runs looked at different properties"
    for name, words in (("scope", "over other data (scope {})"), ("structure", "with another check of structure ({})")):
        if told.get(name) not in (None, about[name]):
            notes.append(f"The earlier run was {words.format(told[name])}.")
            if name == "structure":
                reasons[STRUCTURE] = "the runs looked at different properties"
    if told.get("specs") not in (None, about["specs"]):
        notes.append("The rules have changed since: the earlier run was by other specs.")
    return tuple(notes), reasons


def _listed(rules: list[str], most: int = 8) -> str:
    more = f" and {len(rules) - most} more rules" if len(rules) > most else ""
    return f"{', '.join(rules[:most])}{more}"


# -- text


def headline(found: Comparison) -> str:
    """What has become of the findings of the earlier run, in a sentence."""
    listed = ", ".join(f"{found.total(state):,} {words}" for state, words in _WORDS.items())
    return f"Compared with {found.earlier}{f' (as of {found.as_of})' if found.as_of else ''}: {listed}."


_WORDS = {NEW: "new", OPEN: "still open", FIXED: "fixed", UNSURE: "of which nobody can tell"}


def lines(found: Comparison) -> Iterator[str]:
    """The comparison for a terminal: in all, by rule, and what the runs do not have in common."""
    yield headline(found)
    yield from found.notes
    by_rule: dict[str, Counter[str]] = {}
    for (rule, _), counts in found.counts.items():
        by_rule.setdefault(rule, Counter()).update(counts)
    if by_rule:
        order = sorted(by_rule, key=lambda rule: (rule == STRUCTURE, natural(rule)))
        body = [[f"  {rule}", *(f"{by_rule[rule][state]:,}" for state in STATES)] for rule in order]
        yield from table([["  rule", *STATES], *body], frozenset(range(1, 5)))
    for why, count in sorted(Counter(row["why"] for row in found.unsure).items()):
        yield f"  cannot tell of {count:,}: {why}"


def as_document(found: Comparison) -> dict[str, Any]:
    """The comparison as JSON values."""
    return {
        "earlier": found.earlier,
        "asOf": found.as_of,
        "notes": list(found.notes),
        **{state: found.total(state) for state in (NEW, OPEN)},
        "fixed": list(found.fixed),
        "cannotTell": list(found.unsure),
    }
