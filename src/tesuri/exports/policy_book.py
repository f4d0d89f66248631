"""Policy states as JSON, and the envelope that carries them signed.

**source** https://github.com/secure-systems-lab/dsse (envelope and what is signed of it)
"""

import base64
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

import orjson

from tesuri.model.estate import Service
from tesuri.model.identifiers import ServiceId
from tesuri.model.ownership import PolicyStanding
from tesuri.model.policy_book import PolicyBook
from tesuri.model.waiver import Waiver
from tesuri.model.workspace import OwnershipRules

BOOK_SCHEMA: Final = 1
"""Raised when a key of the document changes its meaning or goes."""

PAYLOAD_TYPE: Final = "application/vnd.tesuri.policy-states+json"


def render_policy_book(book: PolicyBook) -> bytes:
    """Give the book as one JSON document. Of waivers only what gates decide by: no reasons, no names but of people."""
    document = {
        "schema": BOOK_SCHEMA,
        "issuer": book.issuer,
        "issued_at": _written(book.issued_at),
        "expires_at": _written(book.expires_at),
        "scope": [*book.scope] if book.scope else ["*"],
        "default": _standing(book.default),
        "services": [_service(one, book.standings.get(one.id)) for one in book.services],
        "ownership": _ownership(book.ownership),
        "waivers": [_waiver(one) for one in book.waivers],
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def render_signed(payload: bytes, *, key_id: str, sign: Callable[[bytes], bytes]) -> bytes:
    """Give the payload in a signed envelope."""
    signature = sign(signed_bytes(PAYLOAD_TYPE, payload))
    envelope = {
        "payloadType": PAYLOAD_TYPE,
        "payload": base64.b64encode(payload).decode(),
        "signatures": [{"keyid": key_id, "sig": base64.b64encode(signature).decode()}],
    }
    return orjson.dumps(envelope, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def signed_bytes(payload_type: str, payload: bytes) -> bytes:
    """Give what a signature is made of: type and payload with their lengths, so that neither runs into the other."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _standing(standing: PolicyStanding) -> Mapping[str, object]:
    figures = standing.figures
    return {
        "state": standing.state.value,
        "reason": standing.reason,
        "budget": {
            "objective": figures.objective,
            "remaining": figures.remaining,
            "consumed_seconds": figures.consumed_seconds,
            "allowance_seconds": figures.allowance_seconds,
        }
        if figures
        else None,
    }


def _service(service: Service, standing: PolicyStanding | None) -> Mapping[str, object]:
    return {
        "id": service.id,
        "name": service.name,
        "team": service.team,
        "exposure": service.exposure.value if service.exposure else None,
        "repositories": list(service.repositories),
        "modules": list(service.modules),
        "policy": _standing(standing) if standing else None,
    }


def _ownership(rules: OwnershipRules) -> Mapping[str, object]:
    maps: Mapping[str, Mapping[str, ServiceId]] = {
        "tag_values": rules.tag_values,
        "namespaces": rules.namespaces,
        "paths": rules.paths,
        "repositories": rules.repositories,
    }
    return {
        "service_tags": list(rules.service_tags),
        "team_tags": list(rules.team_tags),
        **{name: dict(found) for name, found in maps.items()},
        "default": rules.default,
    }


def _waiver(waiver: Waiver) -> Mapping[str, object]:
    return {
        "id": waiver.id,
        "scope": waiver.scope,
        "requester": waiver.requester,
        "approvers": list(waiver.approvers),
        "created_at": _written(waiver.created_at),
        "approved_at": _written(waiver.approved_at),
        "expires_at": _written(waiver.expires_at),
        "severity": waiver.severity.value if waiver.severity else None,
        "exposure": waiver.exposure.value if waiver.exposure else None,
        "violations": [
            {
                "control": each.control,
                "service": each.service,
                "address": each.address,
                "parts": list(each.parts),
            }
            for each in waiver.violations
        ],
    }
