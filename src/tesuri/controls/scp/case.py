"""A case of a control at its scp point: a request, which the control's own statement must deny (fail) or leave alone (pass)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from tesuri.controls.scp.evaluate import answer_request
from tesuri.controls.scp.generate import generate_policies
from tesuri.controls.scp.policy import FULL_AWS_ACCESS, read_policy
from tesuri.controls.scp.request import request_from
from tesuri.model.control import Control, VerdictKind
from tesuri.model.scp import ScpDecision, ScpTarget, TargetKind

_AT: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""Time of the call, where the request names none."""


def scp_verdict(control: Control, request: Mapping[str, object]) -> VerdictKind:
    """Give what the control's generated policy makes of a request; not-applicable without a statement.

    **raises** BadInput when the request or the control's scp point is declared wrongly.
    """
    generated = generate_policies([control])
    if not generated.policies:
        return VerdictKind.NOT_APPLICABLE
    policy = read_policy(generated.policies[0].text.encode(), where=control.id)
    level = ScpTarget(TargetKind.FILES, "", control.id, (FULL_AWS_ACCESS, policy))
    answer = answer_request((level,), request_from(request, f"{control.id}#/input", _AT))
    return VerdictKind.FAIL if answer.decision is ScpDecision.DENY else VerdictKind.PASS
