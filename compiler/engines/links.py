"""What the findings of a run have to do with one another: which follow from others, and which need no mending.

``because:`` of a rule names the rules from whose violation one of its own follows; ``suppresses:`` of a rule that
leaves a student out of the count names those that say nothing more about this student. Both speak of one student at
one organization. No finding goes away: it is marked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from compiler.semantics.checker.rules import CheckedRule
from compiler.semantics.findings import Finding, Outcome


@dataclass(frozen=True, slots=True)
class Links:
    """Rule ids by finding key: the causes of a finding that were found too, and what makes it moot."""

    because: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    suppressed_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def links_between(findings: Iterable[Finding], rules: Mapping[str, CheckedRule]) -> Links:
    """The links between the violations of a run; ``rules`` holds those that ran, by id."""
    violations = [finding for finding in findings if finding.outcome is Outcome.VIOLATION]
    violated: dict[tuple[object, object], set[str]] = {}
    for finding in violations:
        violated.setdefault((finding.student, finding.corporation), set()).add(finding.rule)
    names = {alias.text: rule.id for rule in rules.values() for alias in (rule.written.id, *rule.written.aliases)}
    causes = {rule.id: [names.get(cause.text) for cause in rule.written.because] for rule in rules.values()}
    suppressors: dict[str, list[str]] = {}
    for rule in rules.values():
        for moot in rule.written.suppresses:
            suppressors.setdefault(names.get(moot.text, moot.text), []).append(rule.id)
    because: dict[str, tuple[str, ...]] = {}
    suppressed_by: dict[str, tuple[str, ...]] = {}
    for finding in violations:
        if finding.student is None:
            continue
        here = violated[finding.student, finding.corporation]
        found = tuple(cause for cause in causes[finding.rule] if cause in here and cause is not None)
        moot_by = tuple(rule for rule in suppressors.get(finding.rule, ()) if rule in here)
        if found:
            because[finding.finding_key] = found
        if moot_by:
            suppressed_by[finding.finding_key] = moot_by
    return Links(because, suppressed_by)
