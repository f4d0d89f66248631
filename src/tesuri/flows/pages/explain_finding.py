"""Why a finding has its priority: inputs with source and age, the row, the due date, the budget, the history."""

from collections.abc import Iterator
from fractions import Fraction

from tesuri.flows.budgets.budget_rows import objective_of
from tesuri.flows.findings.finding_history import events_of, history_of
from tesuri.flows.findings.finding_rows import do_of, due_of, finding_rows
from tesuri.flows.pages.show_group import lead_path
from tesuri.flows.pages.work_units import decisions_of
from tesuri.flows.site.survey import Survey, late_seconds
from tesuri.model.finding import Finding, State
from tesuri.model.identifiers import FindingKey
from tesuri.model.signal import FeedName, Signals
from tesuri.model.views_explanation import (
    Burning,
    DueReason,
    ExplainedInput,
    Explanation,
    InputName,
)
from tesuri.ports import Reader
from tesuri.triage.signals import exploit_sources
from tesuri.triage.table import DecisionTable


def explain_finding(
    survey: Survey, reader: Reader, key: FindingKey, *, table: DecisionTable
) -> Explanation | None:
    """Explain one finding, past episodes too; None when there is no such finding."""
    finding = reader.finding(key)
    if finding is None:
        return None
    signals = reader.signals([finding.advisories])[0]
    key = finding.key
    events = events_of(reader, [key])
    return Explanation(
        now=survey.now,
        finding=finding_rows(survey, [finding], {key: signals})[0],
        kind=finding.kind,
        group=finding.group,
        do=do_of(survey, finding.group, finding.title),
        owner_source=finding.owner_source or "nobody",
        inputs=tuple(_inputs(finding, signals)),
        decision=lead_path(finding, decisions_of(reader, [finding]), events, table),
        due=_due(survey, finding),
        burning=_burning(survey, finding),
        history=history_of(survey, [finding], events),
    )


def _inputs(finding: Finding, signals: Signals) -> Iterator[ExplainedInput]:
    """Give what reports and feeds say; a feed that is silent is listed, one that is not loaded is not."""
    report = ", ".join(finding.tools)
    yield ExplainedInput(InputName.SEVERITY, finding.severity.value, report)
    if finding.cvss_score is not None or finding.cvss_vector:
        score = "" if finding.cvss_score is None else str(finding.cvss_score)
        yield ExplainedInput(InputName.CVSS, f"{score} {finding.cvss_vector}".strip(), report)
    kev = signals.kev.date_added.isoformat() if signals.kev else ""
    epss = str(signals.epss.score) if signals.epss else ""
    for header in signals.snapshots:
        label = header.name.label
        if header.name is FeedName.KEV:
            yield ExplainedInput(InputName.KEV, kev, label, header.as_of)
        elif header.name is FeedName.EPSS:
            yield ExplainedInput(InputName.EPSS, epss, label, header.as_of)
        else:
            own = [exploit for exploit in signals.exploits if exploit.source is header.name]
            value = ", ".join(sorted({each.reference or each.cve for each in own}))
            source = exploit_sources(own) or label
            yield ExplainedInput(InputName.EXPLOIT, value, source, header.as_of)


def _due(survey: Survey, finding: Finding) -> DueReason | None:
    objective = objective_of(survey, finding.objective) if finding.objective else None
    if objective is None:
        return None
    clock = survey.clocks.get(finding.key)
    return DueReason(
        objective=objective.id,
        title=objective.title,
        title_ja=objective.title_ja,
        objective_seconds=clock.objective_seconds or objective.objective_seconds
        if clock
        else objective.objective_seconds,
        clock_started_at=(clock.fix_at or clock.started_at) if clock else finding.opened_at,
        due_at=due_of(survey, finding),
        paused_seconds=clock.paused_seconds if clock else 0,
        late_seconds=late_seconds(survey, finding.key) if finding.state is State.OPEN else 0,
        agreed_by=objective.agreed_by,
        agreed_on=objective.agreed_on,
        source=objective.source,
        clock=objective.clock,
        is_waiting_for_fix=clock is not None and clock.is_waiting_for_fix,
    )


def _burning(survey: Survey, finding: Finding) -> Burning | None:
    budget = survey.budgets.get((finding.objective, finding.service)) if finding.objective else None
    if budget is None:
        return None
    used = dict(budget.contributions).get(str(finding.group), 0)
    return Burning(
        objective=budget.objective,
        state=budget.state,
        remaining_seconds=budget.remaining_seconds // 1,
        used_seconds=used,
        share=Fraction(used) / budget.allowance_seconds,
        is_neutral=finding.is_neutral,
    )
