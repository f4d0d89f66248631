"""Write down the policy state of every owner, for gates that have no store."""

from collections.abc import Sequence
from datetime import timedelta

from tesuri.flows.site.survey import Survey, standing_of
from tesuri.model.errors import BadInput
from tesuri.model.identifiers import ServiceId
from tesuri.model.policy_book import PolicyBook

LONGEST_HOURS = 24 * 7
"""A state is only worth something while it is young."""


def write_policy_book(survey: Survey, *, scope: Sequence[str], hours: int) -> PolicyBook:
    """Give the book of a survey for some services (none: all) and some hours.

    It names every declared service, so that a change is never judged by the wrong owner's state.
    **raises** BadInput for a service that is not declared, or for too many hours.
    """
    workspace = survey.workspace
    if missing := sorted(set(scope) - set(workspace.services)):
        raise BadInput(f"There is no service {missing[0]!r}.", where="scope")
    if not 1 <= hours <= LONGEST_HOURS:
        raise BadInput(f"A policy state holds for 1 to {LONGEST_HOURS} hours.", where="hours")
    told = [ServiceId(each) for each in scope] or sorted(workspace.services)
    return PolicyBook(
        issuer=workspace.name,
        issued_at=survey.now,
        expires_at=survey.now + timedelta(hours=hours),
        scope=tuple(told) if scope else (),
        default=standing_of(survey, None),
        standings={service: standing_of(survey, service) for service in told},
        services=tuple(workspace.services[key] for key in sorted(workspace.services)),
        ownership=workspace.ownership,
        waivers=tuple(one for one in workspace.waivers if one.expires_at > survey.now),
    )
