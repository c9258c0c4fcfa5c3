"""Outcomes and findings: what is said about a record."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

SEVERITIES = ("Error", "Conflict", "Exclusion", "Warning", "Informational")
"""Severities in the order of their weight."""


class Outcome(StrEnum):
    """What a rule says about a subject."""

    PASS = "pass"
    VIOLATION = "violation"
    NOT_APPLICABLE = "not applicable"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class Finding:
    """A violation, or a rule that could not be checked.

    ``key`` is the natural key of the subject (paths to values), empty where a rule could not be checked at all;
    ``values`` are the paths the rule reads, with what was found; ``others`` the keys of the other records concerned.
    """

    rule: str
    outcome: Outcome
    severity: str
    effect: str
    student: Any
    corporation: Any
    school: Any
    resource: str
    key: dict[str, Any]
    others: tuple[dict[str, Any], ...]
    message: str
    detail: str
    values: dict[str, Any]
    missing: tuple[str, ...]

    @property
    def finding_key(self) -> str:
        """A stable hash of rule and natural key, the same from run to run."""
        text = json.dumps([self.rule, self.resource, self.key], sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:20]


def grouped(findings: Iterable[Finding], once_per: tuple[str, ...]) -> list[Finding]:
    """One finding for all subjects of a rule that agree in ``once_per`` and in their outcome.

    The first by key stays; the keys of the others join its ``others``. A subject that lacks one of the parts is
    never grouped.
    """
    if not once_per:
        return list(findings)
    groups: dict[tuple[Any, ...], list[Finding]] = {}
    for i, finding in enumerate(findings):
        parts = tuple(getattr(finding, name) for name in once_per)
        alone = (i,) if None in parts else ()
        groups.setdefault((finding.outcome, finding.missing, *parts, *alone), []).append(finding)
    return [
        replace(group[0], others=(*group[0].others, *(other.key for other in group[1:]))) for group in groups.values()
    ]
