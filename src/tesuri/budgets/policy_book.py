"""Policy states that somebody else wrote down: read, checked, and asked. What cannot be believed is *unknown*."""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from tesuri.exports.policy_book import BOOK_SCHEMA, PAYLOAD_TYPE, signed_bytes
from tesuri.model.errors import BadInput
from tesuri.model.estate import Exposure, Service
from tesuri.model.identifiers import ObjectiveId, ServiceId, TeamId, WaiverId
from tesuri.model.objective import PolicyState
from tesuri.model.ownership import PolicyFigures, PolicyStanding
from tesuri.model.policy_book import BookReading, PolicyBook
from tesuri.model.severity import Severity
from tesuri.model.violation import Violation
from tesuri.model.waiver import Waiver
from tesuri.model.workspace import OwnershipRules, Workspace
from tesuri.untrusted.instant import instant
from tesuri.untrusted.json_document import read_json
from tesuri.untrusted.shape import items, mapping, need_mapping, need_text, text, texts, whole

CLOCKS_APART: Final = timedelta(minutes=5)
"""How far the clocks of issuer and reader may be apart before a book comes from the future."""

_SHOWN_KEY: Final = 12

Verify = Callable[[bytes, bytes], bool]
"""Whether a signature (second) over a message (first) was made by a key."""


def open_state_file(
    data: bytes, keys: Mapping[str, Verify], *, where: str, now: datetime
) -> BookReading:
    """Open a signed state file with public keys by their ids; whatever is wrong with it is its problem."""
    source = f"the state file {where}"
    try:
        envelope = need_mapping(read_json(data, where=where), where=where)
        payload = _decoded(text(envelope, "payload"))
        signer = _signer(envelope, payload, keys)
        if not signer:
            problem = f"The state file {where} is not signed by a key that was given."
            return BookReading(source, None, problem)
        source = f"{source}, key {signer[:_SHOWN_KEY]}"
        book = read_policy_book(payload, where=where)
    except BadInput as error:
        return BookReading(source, None, f"The state file {where} cannot be read: {error.what}")
    return believed(book, source, now)


def believed(book: PolicyBook, source: str, now: datetime) -> BookReading:
    """Give a book that holds now, or the reason why it does not."""
    name = source[:1].upper() + source[1:]
    if now >= book.expires_at:
        return BookReading(source, None, f"{name} expired at {_shown(book.expires_at)}.")
    if book.issued_at > now + CLOCKS_APART or book.expires_at <= book.issued_at:
        return BookReading(source, None, f"{name} is from the future: {_shown(book.issued_at)}.")
    return BookReading(f"{source}, issued {_shown(book.issued_at)}", book)


def standing_in(reading: BookReading, service: ServiceId | None) -> PolicyStanding:
    """Give the policy state that a reading tells of an owner: unknown where it does not tell."""
    book = reading.book
    if book is None:
        return PolicyStanding(PolicyState.UNKNOWN, reading.problem)
    if service is None:
        found: PolicyStanding | None = book.default
    else:
        found = book.standings.get(service)
    if found is None:
        reason = f"By {reading.source}: it does not tell the state of {service}"
        return PolicyStanding(PolicyState.UNKNOWN, reason)
    return replace(found, reason=f"By {reading.source}: {found.reason}")


def with_book(workspace: Workspace, reading: BookReading | None) -> Workspace:
    """Give the workspace with what the book declares: its services, its waivers, and its rules where we have none."""
    book = reading.book if reading else None
    if book is None:
        return workspace
    own = workspace.ownership
    known = {waiver.id for waiver in book.waivers}
    return replace(
        workspace,
        services={**workspace.services, **{service.id: service for service in book.services}},
        ownership=book.ownership if own == OwnershipRules() else own,
        waivers=(*book.waivers, *(one for one in workspace.waivers if one.id not in known)),
    )


def read_policy_book(data: bytes, *, where: str) -> PolicyBook:
    """Read the document of `exports.policy_book`. **raises** BadInput when it is none, or of another version."""
    document = need_mapping(read_json(data, where=where), where=where)
    if whole(document, "schema") != BOOK_SCHEMA:
        raise BadInput("It is of another version of Tesuri.", where=where)
    listed = [need_mapping(one, where=where) for one in items(document, "services")]
    scope = texts(document, "scope")
    return PolicyBook(
        issuer=text(document, "issuer"),
        issued_at=_need_instant(document, "issued_at", where),
        expires_at=_need_instant(document, "expires_at", where),
        scope=() if scope == ("*",) else tuple(ServiceId(each) for each in scope),
        default=_standing(mapping(document, "default"), where),
        standings={
            ServiceId(need_text(one, "id", where=where)): _standing(mapping(one, "policy"), where)
            for one in listed
            if one.get("policy") is not None
        },
        services=tuple(_service(one, where) for one in listed),
        ownership=_ownership(mapping(document, "ownership")),
        waivers=tuple(_waiver(one, where) for one in items(document, "waivers")),
    )


def _signer(envelope: Mapping[str, object], payload: bytes, keys: Mapping[str, Verify]) -> str:
    """Give the id of a known key that signed it; empty where there is none."""
    if text(envelope, "payloadType") != PAYLOAD_TYPE:
        return ""
    message = signed_bytes(PAYLOAD_TYPE, payload)
    for signature in items(envelope, "signatures"):
        made = _decoded(text(signature, "sig"))
        # The id is a hint: every key that was given may have signed it.
        for key_id, verify in keys.items():
            if verify(message, made):
                return key_id
    return ""


def _decoded(word: str) -> bytes:
    try:
        return base64.b64decode(word, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadInput("A part of it is no Base64.") from error


def _need_instant(document: Mapping[str, object], key: str, where: str) -> datetime:
    found = instant(need_text(document, key, where=where))
    if found is None:
        raise BadInput(f"Its {key} is no time.", where=where)
    return found


def _standing(document: Mapping[str, object], where: str) -> PolicyStanding:
    try:
        state = PolicyState(need_text(document, "state", where=where))
    except ValueError as error:
        raise BadInput("It names a policy state that nobody knows.", where=where) from error
    budget = mapping(document, "budget")
    figures = PolicyFigures(
        objective=ObjectiveId(text(budget, "objective")),
        remaining=text(budget, "remaining"),
        consumed_seconds=whole(budget, "consumed_seconds"),
        allowance_seconds=whole(budget, "allowance_seconds"),
    )
    return PolicyStanding(state, text(document, "reason"), figures if budget else None)


def _service(document: Mapping[str, object], where: str) -> Service:
    team, exposure = text(document, "team"), text(document, "exposure")
    return Service(
        id=ServiceId(need_text(document, "id", where=where)),
        name=text(document, "name"),
        team=TeamId(team) if team else None,
        # A word of a later version is taken for the worst: waivers then cover less, never more.
        exposure=(Exposure(exposure) if exposure in set(Exposure) else Exposure.OPEN)
        if exposure
        else None,
        repositories=texts(document, "repositories"),
        modules=texts(document, "modules"),
    )


def _ownership(document: Mapping[str, object]) -> OwnershipRules:
    default = text(document, "default")
    return OwnershipRules(
        service_tags=texts(document, "service_tags"),
        team_tags=texts(document, "team_tags"),
        tag_values=_services(document, "tag_values"),
        namespaces=_services(document, "namespaces"),
        paths=_services(document, "paths"),
        repositories=_services(document, "repositories"),
        default=ServiceId(default) if default else None,
    )


def _services(document: Mapping[str, object], key: str) -> Mapping[str, ServiceId]:
    return {name: ServiceId(text(value)) for name, value in mapping(document, key).items()}


def _waiver(document: object, where: str) -> Waiver:
    fields = need_mapping(document, where=where)
    severity = text(fields, "severity")
    try:
        worst = Severity(severity) if severity else None
    except ValueError as error:
        raise BadInput("It names a severity that nobody knows.", where=where) from error
    violations = tuple(_violation(each) for each in items(fields, "violations"))
    exposure = text(fields, "exposure")
    return Waiver(
        id=WaiverId(need_text(fields, "id", where=where)),
        scope="" if violations else need_text(fields, "scope", where=where),
        reason="",
        requester=text(fields, "requester"),
        approvers=texts(fields, "approvers"),
        created_at=_need_instant(fields, "created_at", where),
        approved_at=_need_instant(fields, "approved_at", where),
        expires_at=_need_instant(fields, "expires_at", where),
        severity=worst,
        violations=violations,
        # A word of a later version is taken for the least: the waiver then covers less, never more.
        exposure=(Exposure(exposure) if exposure in set(Exposure) else Exposure.SMALL)
        if exposure
        else None,
    )


def _violation(document: object) -> Violation:
    return Violation(
        control=text(document, "control"),
        address=text(document, "address"),
        parts=texts(document, "parts"),
        service=text(document, "service"),
    )


def _shown(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
