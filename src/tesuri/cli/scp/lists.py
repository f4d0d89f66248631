"""Lists of `tesuri scp`: what lint found, and what a replay would have denied."""

from collections.abc import Iterator, Mapping

from tesuri.cli.lists.listing import Column, Line, Listing
from tesuri.cli.scp.values import remark_values
from tesuri.flows.organization.lint_policies import LintReport
from tesuri.flows.organization.replay_calls import Replay, ReplayRow, replay_totals
from tesuri.model.scp import LintLevel, LintRemark, ScpDecision
from tesuri.wording.phrases import Phrases, msg

_LEVELS: Mapping[LintLevel, str] = {
    LintLevel.ERROR: msg("error"),
    LintLevel.WARNING: msg("warning"),
}
_ANSWERS: Mapping[ScpDecision, str] = {
    ScpDecision.DENY: msg("denied"),
    ScpDecision.UNKNOWN: msg("nobody can tell"),
}


def lint_listing(phrases: Phrases, report: LintReport) -> Listing:
    """Give the remarks, errors of each file first."""
    columns = [
        Column("level", ""),
        Column("rule", phrases.gettext("Rule")),
        Column("where", phrases.gettext("Where"), is_cut=True, is_cut_left=True),
        Column("message", phrases.gettext("Remark"), is_wrapped=True),
    ]
    figures = {
        "policies": report.policies,
        "errors": report.count(LintLevel.ERROR),
        "warnings": report.count(LintLevel.WARNING),
        "refused": len(report.refused),
    }
    note = phrases.gettext(
        "Policies checked: {policies}; errors: {errors}; warnings: {warnings}; not read: {refused}",
        **{key: str(value) for key, value in figures.items()},
    )
    lines = [_remark(phrases, each) for each in report.remarks]
    facts = {"summary": figures, "refused": list(report.refused)}
    return Listing("remarks", columns, lines, notes=[note], facts=facts)


def _remark(phrases: Phrases, remark: LintRemark) -> Line:
    sentence = phrases.said(remark.message)
    if remark.remedy:
        sentence = f"{sentence}{phrases.gap}{phrases.said(remark.remedy)}"
    cells = [
        phrases.gettext(_LEVELS[remark.level]),
        remark.rule,
        f"{remark.file}#{remark.pointer}",
        sentence,
    ]
    style = "red" if remark.level is LintLevel.ERROR else "yellow"
    return Line(remark_values(remark), cells, style)


def replay_listing(phrases: Phrases, found: Replay) -> Listing:
    """Give the denied and undecided calls, most frequent first, with every count around them."""
    columns = [
        Column("decision", phrases.gettext("Answer")),
        Column("calls", phrases.gettext("Calls"), is_number=True),
        Column("action", phrases.gettext("Action")),
        Column("account", phrases.gettext("Account")),
        Column("principal", phrases.gettext("Principal"), is_cut=True, is_cut_left=True),
        Column("statement", phrases.gettext("Statement"), is_cut=True, is_cut_left=True),
        Column("why", phrases.gettext("Because of"), is_cut=True),
    ]
    order = sorted(
        found.rows,
        key=lambda row: (row.decision is not ScpDecision.DENY, -found.rows[row], row.action),
    )
    lines = [_row(phrases, found, row) for row in order]
    return Listing(
        "calls",
        columns,
        lines,
        notes=list(_notes(phrases, found)),
        facts={"summary": _figures(found)},
    )


def _row(phrases: Phrases, found: Replay, row: ReplayRow) -> Line:
    at, event = found.examples[row]
    count = found.rows[row]
    statement = "" if row.statement_index is None else f"{row.policy}#{row.statement_index}"
    values = {
        "decision": row.decision.value,
        "calls": count,
        "action": row.action,
        "account": row.account,
        "principal": row.principal,
        "policy": row.policy or None,
        "statement_index": row.statement_index,
        "sid": row.sid or None,
        "why": row.why,
        "was_refused": row.was_refused,
        "first_at": at,
        "first_event": event,
    }
    answer = phrases.gettext(_ANSWERS[row.decision])
    if row.was_refused:
        answer = phrases.gettext("{answer}, as it was", answer=answer)
    is_new = row.decision is ScpDecision.DENY and not row.was_refused
    cells = [answer, str(count), row.action, row.account, row.principal, statement, row.why]
    return Line(values, cells, "red" if is_new else "dim" if row.was_refused else "yellow")


def _figures(found: Replay) -> dict[str, object]:
    return {
        "records": found.records,
        "denied": found.counts[ScpDecision.DENY],
        "newly_denied": found.newly_denied,
        "not_denied": found.counts[ScpDecision.NOT_DENIED],
        "unknown": found.counts[ScpDecision.UNKNOWN],
        "out_of_reach": dict(found.out_of_reach.most_common()),
        "unread": [{"where": where, "reason": reason} for where, reason in found.unread],
        "unknown_because_of": dict(found.unknown_keys.most_common()),
        **{
            f"by_{by}": {
                key: {
                    "denied": counts.get(ScpDecision.DENY, 0),
                    "unknown": counts.get(ScpDecision.UNKNOWN, 0),
                }
                for key, counts in replay_totals(found, by).items()
            }
            for by in ("principal", "action", "account")
        },
    }


def _notes(phrases: Phrases, found: Replay) -> Iterator[str]:
    yield phrases.gettext(
        "Records: {records}; would be denied: {denied} (went through at the time: {new}); would not: {kept}; "
        "nobody can tell: {unknown}; no policy governs: {outside}; not read: {unread}",
        records=str(found.records),
        denied=str(found.counts[ScpDecision.DENY]),
        new=str(found.newly_denied),
        kept=str(found.counts[ScpDecision.NOT_DENIED]),
        unknown=str(found.counts[ScpDecision.UNKNOWN]),
        outside=str(found.out_of_reach.total()),
        unread=str(len(found.unread)),
    )
    if found.unknown_keys:
        keys = ", ".join(f"{key} ({count})" for key, count in found.unknown_keys.most_common(5))
        yield phrases.gettext("What the records do not show: {keys}", keys=keys)
    for reason, count in found.out_of_reach.most_common():
        yield phrases.gettext("{count} × {reason}", count=str(count), reason=phrases.said(reason))
