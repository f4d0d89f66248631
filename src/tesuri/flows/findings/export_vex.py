"""What we state about vulnerabilities: the states of findings as statements that other tools read.

Open is under investigation until somebody takes it up, then affected; waived and mitigated are affected too, with what
was decided. What left the inventory is not stated about, and counted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tesuri.flows.findings.find_query import read_query, vocabulary_words
from tesuri.flows.findings.query_fields import Vocabulary
from tesuri.flows.findings.show_findings import columns_of, findings_matching
from tesuri.flows.site.scope import scope_of
from tesuri.flows.site.survey import Survey
from tesuri.model.errors import BadInput
from tesuri.model.event import Event, EventKind
from tesuri.model.finding import Finding, State, Work
from tesuri.model.identifiers import FindingKey, TeamId
from tesuri.model.observation import Kind, Package
from tesuri.model.vex import VexStatement, VexStatus
from tesuri.ports import Reader
from tesuri.triage.aliases import is_cve, normal_id
from tesuri.untrusted.fix import update_sentence

_STATUSES = {
    State.OPEN: VexStatus.AFFECTED,
    State.WAIVED: VexStatus.AFFECTED,
    State.MITIGATED: VexStatus.AFFECTED,
    State.NOT_AFFECTED: VexStatus.NOT_AFFECTED,
    State.FALSE_POSITIVE: VexStatus.NOT_AFFECTED,
    State.FIXED: VexStatus.FIXED,
}
_KINDS = (EventKind.CLOSED, EventKind.WAIVED)


@dataclass(frozen=True, slots=True)
class VexExport:
    """Statements by finding, and what nothing is stated about."""

    statements: tuple[VexStatement, ...]
    other_kinds: int
    """Findings that are no vulnerability."""
    gone: int
    """Vulnerabilities whose asset left the inventory."""


def export_vex(survey: Survey, reader: Reader, *, team: TeamId | None, query: str) -> VexExport:
    """Give a statement for each vulnerability that matches the query, in any state unless it names one.

    **raises** BadInput for a query that nobody can follow: a document must not say less than was asked for.
    """
    scope = scope_of(survey, team)
    words = vocabulary_words(query, columns_of(scope))
    asked = read_query(query, Vocabulary(survey.now, survey.workspace, words))
    for error in asked.errors:
        raise BadInput(error.what, where=error.text, remedy=error.remedy)
    found = findings_matching(scope, reader, asked)
    flaws = [each for each in found if each.kind is Kind.VULNERABILITY and not each.is_neutral]
    stated = [each for each in flaws if each.state in _STATUSES]
    past = _last_words(stated, reader)
    # A survey has no remedies, which are stated of what is affected.
    affected = [each.key for each in stated if each.state is State.OPEN]
    remedies = {each.key: each.remedy for each in reader.findings_by_key(affected)}
    return VexExport(
        statements=tuple(
            _statement(replace(each, remedy=remedies.get(each.key, "")), past.get(each.key))
            for each in stated
        ),
        other_kinds=len(found) - len(flaws),
        gone=len(flaws) - len(stated),
    )


def _last_words(findings: Sequence[Finding], reader: Reader) -> Mapping[FindingKey, Event]:
    """Give the event that closed or waived each finding; those that are open need none."""
    keys = [each.key for each in findings if each.state not in (State.OPEN, State.FIXED)]
    events = reader.events(findings=keys, kinds=_KINDS) if keys else ()
    return {event.finding: event for event in events if event.finding is not None}


def _statement(finding: Finding, event: Event | None) -> VexStatement:
    told = event.payload.get("vex") if event else None
    known = told if isinstance(told, Mapping) else {}
    status = _status(finding)
    if known.get("status") == VexStatus.FIXED.value and status is VexStatus.NOT_AFFECTED:
        status = VexStatus.FIXED
    return VexStatement(
        vulnerability=_name(finding),
        status=status,
        advisories=tuple(sorted({_name(finding), *map(normal_id, finding.advisories)})),
        product=finding.asset,
        package=_package(finding),
        justification=str(known.get("justification", "")),
        text=str(known["text"]) if "text" in known else _text(finding, status, event),
        stated_at=event.happened_at if event else finding.closed_at or finding.opened_at,
    )


def _status(finding: Finding) -> VexStatus:
    if finding.state is State.OPEN and finding.work is Work.NEW:
        return VexStatus.UNDER_INVESTIGATION
    return _STATUSES[finding.state]


def _text(finding: Finding, status: VexStatus, event: Event | None) -> str:
    if event is not None:
        return event.reason
    if status is VexStatus.AFFECTED:
        return finding.remedy or update_sentence(finding.package, finding.fixed_versions)
    return ""


def _name(finding: Finding) -> str:
    """Give the CVE where there is one, as the scanner's rule or among the other names."""
    names = [normal_id(name) for name in (finding.rule, *finding.advisories)]
    return next((name for name in names if is_cve(name)), names[0])


def _package(finding: Finding) -> Package | None:
    if not finding.package:
        return None
    return Package(
        finding.package,
        finding.installed_version,
        finding.package_ecosystem,
        finding.package_namespace,
    )
