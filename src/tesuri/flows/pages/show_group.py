"""The page of one group: one fix, why now, where, by when, what lateness costs, and what happened so far."""

from collections.abc import Mapping, Sequence

from tesuri.flows.budgets.budget_rows import DAY_SECONDS, objective_of
from tesuri.flows.findings.find_query import Query
from tesuri.flows.findings.finding_history import decided_at, events_of, history_of
from tesuri.flows.findings.finding_rows import do_of, due_of, finding_rows, in_order, signals_by_key
from tesuri.flows.findings.show_findings import hidden_among
from tesuri.flows.pages.decision_path import path_of
from tesuri.flows.pages.week_reasons import epss_share, exploited_since
from tesuri.flows.pages.work_units import decisions_of, is_open_to_internet
from tesuri.flows.site.scope import findings_by_service, owner_titles
from tesuri.flows.site.survey import Survey, findings_by_group, late_seconds
from tesuri.model.decision import Decision
from tesuri.model.event import Event
from tesuri.model.finding import Finding, State, Work
from tesuri.model.identifiers import FindingKey, GroupKey, group_name
from tesuri.model.views_findings import DecisionPath, GroupView, LateEffect, Remedy
from tesuri.ports import Reader
from tesuri.triage.table import DecisionTable


def show_group(
    survey: Survey, reader: Reader, key: GroupKey, *, table: DecisionTable
) -> GroupView | None:
    """Give the page of a group; None when there is no such group.

    The most urgent open finding speaks for the group: its decision, its owner, its objective. A group of
    which nothing is open shows its findings as they were closed, none of them hidden.
    """
    members = _members(survey, key)
    if not members:
        return None
    is_open = any(each.state is State.OPEN for each in members)
    rows = [each for each in members if each.state is State.OPEN] if is_open else members
    lead = rows[0]
    signals = signals_by_key(reader, members)
    decisions = decisions_of(reader, members)
    events = events_of(reader, [each.key for each in members])
    owner, owner_ja = owner_titles(survey.workspace, lead.service)
    do = do_of(survey, key, lead.title)
    worst_score = max(members, key=lambda each: each.cvss_score or 0.0)
    dues = [due for each in rows if (due := due_of(survey, each)) is not None]
    closings = [each.closed_at for each in members if each.closed_at is not None]
    return GroupView(
        key=key,
        do=do,
        title=lead.title,
        severity=min((each.severity for each in rows), key=lambda each: each.rank),
        work=min((each.work for each in rows), key=list(Work).index),
        state=lead.state,
        rows=finding_rows(survey, rows, signals),
        total=len(rows),
        first_seen_at=min(each.opened_at for each in members),
        owner=owner,
        owner_ja=owner_ja,
        owner_source=lead.owner_source,
        outcome=lead.outcome,
        due_at=min(dues, default=None),
        late_seconds=max(late_seconds(survey, each.key) for each in rows) if is_open else 0,
        closed_at=None if is_open else max(closings, default=None),
        advisories=tuple(sorted({name for each in members for name in each.advisories})),
        services=tuple(sorted({each.service for each in rows if each.service is not None})),
        open_to_internet=_open_to_internet(rows, decisions),
        tools=tuple(sorted({tool for each in members for tool in each.tools})),
        cvss_score=worst_score.cvss_score,
        cvss_vector=worst_score.cvss_vector,
        epss=epss_share(list(signals.values())),
        exploited_since=exploited_since(list(signals.values())),
        decision=lead_path(lead, decisions, events, table),
        hidden=hidden_among(members, Query(f"group:{group_name(key)}")) if is_open else (),
        effect=late_effect(survey, lead, rows) if is_open else None,
        remedy=remedy_of(_whole(reader, rows)),
        history=history_of(survey, members, events),
    )


def lead_path(
    lead: Finding,
    decisions: Mapping[FindingKey, Decision],
    events: Sequence[Event],
    table: DecisionTable,
) -> DecisionPath | None:
    """Give the path of a finding's decision; None when it is not triaged yet."""
    decision = decisions.get(lead.key)
    if decision is None:
        return None
    return path_of(decision, table, decided_at=decided_at(events, lead.key))


def late_effect(survey: Survey, lead: Finding, members: Sequence[Finding]) -> LateEffect | None:
    """Give what a late day costs: 24 h in each budget that has a member, however many members it has."""
    objective = objective_of(survey, lead.objective) if lead.objective else None
    budget = survey.budgets.get((objective.id, lead.service)) if objective else None
    if objective is None or budget is None or lead.is_neutral:
        return None
    budgets = {
        (each.objective, each.service)
        for each in members
        if each.objective is not None and not each.is_neutral
    }
    return LateEffect(
        objective=objective.id,
        title=objective.title,
        title_ja=objective.title_ja,
        objective_seconds=objective.objective_seconds,
        cost_seconds_a_day=len(budgets) * DAY_SECONDS,
        state=budget.state,
        remaining_seconds=budget.remaining_seconds // 1,
        late_others=_late_others(survey, lead),
        service=lead.service,
    )


def _late_others(survey: Survey, lead: Finding) -> int:
    """Count what is late under the same budget, other groups' findings."""
    return sum(
        each.objective == lead.objective
        and each.is_current
        and each.state is State.OPEN
        and each.group != lead.group
        and late_seconds(survey, each.key) > 0
        for each in findings_by_service(survey).get(lead.service, ())
    )


def remedy_of(findings: Sequence[Finding]) -> Remedy:
    """Give what the sources say of the fix; the words of the most urgent finding that has some."""
    texts = [each.remedy for each in findings if each.remedy]
    links = dict.fromkeys(
        link
        for each in findings
        for link in each.links
        if link.lower().startswith(("https://", "http://"))
    )
    return Remedy(
        package=next((each.package for each in findings if each.package), ""),
        installed_versions=tuple(
            sorted({each.installed_version for each in findings if each.installed_version})
        ),
        fixed_versions=tuple(
            dict.fromkeys(version for each in findings for version in each.fixed_versions)
        ),
        text=texts[0] if texts else "",
        links=tuple(links),
    )


def _members(survey: Survey, key: GroupKey) -> list[Finding]:
    """Give the current findings of a group, most urgent first; past episodes when it has no others."""
    found = findings_by_group(survey).get(key, ())
    current = [each for each in found if each.is_current]
    return in_order(survey, current or found)


def _whole(reader: Reader, rows: Sequence[Finding]) -> Sequence[Finding]:
    """Give the findings in the same order with the texts that a survey leaves out; those that are gone by now without."""
    found = {each.key: each for each in reader.findings_by_key([each.key for each in rows])}
    return [found.get(each.key, each) for each in rows]


def _open_to_internet(rows: Sequence[Finding], decisions: Mapping[FindingKey, Decision]) -> int:
    return sum(is_open_to_internet(decisions[each.key]) for each in rows if each.key in decisions)
