"""What was run, and how its report is to be read: the same words for every edition."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from compiler import __version__
from compiler.engines.run import RunResult
from compiler.reports.suppression import OTHER

BANNER = (
    "Education records of students: these are protected by law (FERPA). Give them only to those who need them for "
    "their work, keep them in a closed place, and delete them when they have served."
)
MASKED_BANNER = (
    "Students' ids are replaced by aliases, which hold within this report only. Other details can still tell who a "
    "student is: treat it as education records, which are protected by law (FERPA)."
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What was run. ``cycles`` has collection, its title and its cycle; ``specs`` is a hash of what rules were made of.

    ``rules`` has the collection of each rule that was run (empty for none), by id.
    """

    title: str
    school_year: int
    as_of: date
    scope: str
    cycles: tuple[tuple[str, str, str], ...]
    rules: dict[str, str]
    records_read: int
    structure: str
    specs: str
    masked: bool
    least: int

    @property
    def banner(self) -> str:
        """What stands on top of every file."""
        return MASKED_BANNER if self.masked else BANNER

    @property
    def year(self) -> str:
        """The school year in words."""
        return f"{self.school_year} ({self.school_year - 1}-{self.school_year % 100:02})"

    @property
    def collections(self) -> str:
        """The collections with their cycles, in words."""
        return ", ".join(f"{title} ({cycle})" for _, title, cycle in self.cycles)

    @property
    def suppression(self) -> str:
        """What is hidden in tables of counts, in words; empty when nothing is."""
        if not self.least:
            return ""
        return (
            f"In tables of counts, <{self.least} is a number from 1 to {self.least - 1}, and {OTHER} one that is left "
            "out so that nobody can work out a small one. Lists of findings and of students are complete."
        )

    def lines(self) -> list[tuple[str, str]]:
        """What was run, as pairs of a name and a value."""
        return [
            ("Rules of", self.title),
            ("School year", self.year),
            ("Collections", self.collections),
            ("As of", self.as_of.isoformat()),
            ("Data of", {"district": "one district", "state": "all organizations"}.get(self.scope, "all years")),
            ("Records read", f"{self.records_read:,}"),
            ("Rules run", f"{len(self.rules):,}"),
            ("Specs", self.specs[:16]),
        ]

    def told(self) -> dict[str, Any]:
        """What a later run must know to be compared with this one, as JSON values."""
        return {
            "version": 1,
            "schoolYear": self.school_year,
            "asOf": self.as_of.isoformat(),
            "scope": self.scope,
            "cycles": {collection: cycle for collection, _, cycle in self.cycles},
            "rules": self.rules,
            "structure": self.structure,
            "specs": self.specs,
            "masked": self.masked,
        }


def hash_of(texts: Mapping[str, str]) -> str:
    """A hash of specs, given as texts by path, and of the release of the compiler: the same on every machine."""
    digest = hashlib.sha256(__version__.encode())
    for path, text in sorted(texts.items()):
        digest.update(f"\0{path}\0{text}".encode(errors="surrogatepass"))
    return digest.hexdigest()


def facts_of(result: RunResult, *, title: str, specs: str, masked: bool, least: int) -> Facts:
    """What was run; ``specs`` is a hash of specs and compiler."""
    options, collections = result.options, result.program.collections
    names = options.collections or sorted(collections)
    return Facts(
        title=title,
        school_year=options.school_year,
        as_of=options.as_of,
        scope=options.scope,
        cycles=tuple((n, collections[n].title, options.cycle or collections[n].default_cycle) for n in names),
        rules={name: found.rule.collection for name, found in result.results.items()},
        records_read=result.records_read,
        structure=options.structure,
        specs=specs,
        masked=masked,
        least=least,
    )
