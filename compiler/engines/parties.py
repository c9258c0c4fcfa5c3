"""Whose the other records of a finding are: the corporations with which a corporation has to come to terms.

The other record is the subject of a finding of its own as a rule, for a conflict has two sides; else it may be what
makes a student belong to a collection. Where it is neither, nobody knows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from compiler.engines.dispositions import Disposition
from compiler.engines.evaluation import Subject, subject_of
from compiler.schema.edfi import Schemas
from compiler.schema.types import ListOf, Record
from compiler.semantics import ir
from compiler.semantics.findings import Finding


class Parties:
    """Tells the corporations of other records; ``rules`` are those of the findings, by id."""

    def __init__(
        self,
        schemas: Schemas,
        rules: Mapping[str, ir.Rule],
        findings: Iterable[Finding],
        dispositions: Iterable[Disposition],
    ) -> None:
        self._schemas = schemas
        self._rules = rules
        findings = list(findings)
        wanted = {subject for finding in findings for subject in self._others(finding)}
        self._owners: dict[Subject, Any] = {}
        if wanted:
            for finding in findings:
                if finding.key and finding.corporation is not None:
                    self._own(self._subject(finding.resource, finding.key), finding.corporation, wanted)
        if wanted - self._owners.keys():
            for disposition in dispositions:
                for record in disposition.member.records:
                    self._own(self._subject(*json.loads(record)), disposition.member.corporation, wanted)

    def of(self, finding: Finding) -> list[Any]:
        """The corporations of the other records, each once; None for one that nobody knows."""
        return list(dict.fromkeys(self._owners.get(subject) for subject in self._others(finding)))

    def _own(self, subject: Subject, corporation: Any, wanted: set[Subject]) -> None:
        if subject in wanted:
            self._owners.setdefault(subject, corporation)

    def _others(self, finding: Finding) -> list[Subject]:
        resource = _other_resource(self._rules[finding.rule])
        return [self._subject(resource, other) for other in finding.others]

    def _subject(self, name: str, key: Mapping[str, Any]) -> Subject:
        resource = self._schemas.resource(name)
        assert resource is not None
        return subject_of(resource, key)


def _other_resource(rule: ir.Rule) -> str:
    """The resource of the other records that a rule's findings name."""
    kind = rule.conflicts.type if rule.conflicts is not None else None
    other = kind.item if isinstance(kind, ListOf) else None
    return other.resource if isinstance(other, Record) else rule.resource
