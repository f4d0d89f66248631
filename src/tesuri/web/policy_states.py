"""The machine's question for policy states: a bearer token in, one JSON document out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from tesuri.flows.gates.access_tokens import token_of
from tesuri.model.access_token import AccessToken
from tesuri.web.desk import Asked
from tesuri.web.errors import Problem, problem_response

PATH: Final = "/api/v1/policy-states"
HOURS: Final = 1
"""How long an answer is believed by whoever keeps it."""


@dataclass(frozen=True, slots=True)
class PolicyStates:
    """What the handler asks: the tokens as they are kept now, and the states of some services (none: all)."""

    tokens: Callable[[], Sequence[AccessToken]]
    states: Callable[[Sequence[str], int], bytes]
    clock: Callable[[], datetime]


def policy_states_route(asked: PolicyStates) -> HTTPRouteHandler:
    """Give the route. Without a token that holds it says 401 and nothing else."""

    @get(PATH, sync_to_thread=True)
    def policy_states(request: Asked) -> Response[bytes]:
        header = request.headers.get("authorization", "")
        token = token_of(header, asked.tokens(), asked.clock())
        if token is None:
            refused = problem_response(
                Problem(401, "A token is needed", "", "Make one with: tesuri token create NAME.")
            )
            refused.headers["WWW-Authenticate"] = "Bearer"
            return refused
        return Response(
            asked.states(token.services, HOURS),
            media_type="application/json",
            headers={"Cache-Control": "no-store"},
        )

    return policy_states
