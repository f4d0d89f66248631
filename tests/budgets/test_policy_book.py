"""Policy states that travel: what a reader believes of a document that somebody signed."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tesuri.budgets.policy_book import open_state_file, read_policy_book, standing_in, with_book
from tesuri.exports.policy_book import render_policy_book, render_signed
from tesuri.model.errors import BadInput
from tesuri.model.estate import Exposure, Service
from tesuri.model.identifiers import ObjectiveId, ServiceId, TeamId, WaiverId
from tesuri.model.objective import PolicyState
from tesuri.model.ownership import PolicyFigures, PolicyStanding
from tesuri.model.policy_book import BookReading, PolicyBook
from tesuri.model.severity import Severity
from tesuri.model.waiver import Waiver
from tesuri.model.workspace import OwnershipRules, Workspace

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SHOP, LEDGER = ServiceId("shop"), ServiceId("ledger")
FIGURES = PolicyFigures(ObjectiveId("immediate-48h"), "−12%", 700, 600)
SPENT = PolicyStanding(
    PolicyState.SPENT, "immediate-48h of shop: −12% of the allowance is left.", FIGURES
)
WAIVER = Waiver(
    id=WaiverId("WVR-1"),
    scope='finding.address == "a"',
    reason="",
    requester="tanaka",
    approvers=("sato",),
    created_at=NOW,
    approved_at=NOW,
    expires_at=NOW + timedelta(days=3),
    severity=Severity.HIGH,
)
BOOK = PolicyBook(
    issuer="Two services",
    issued_at=NOW,
    expires_at=NOW + timedelta(hours=24),
    scope=(SHOP,),
    default=PolicyStanding(PolicyState.LOW, "nobody owns it"),
    standings={SHOP: SPENT},
    services=(
        Service(id=LEDGER, name="Ledger", exposure=Exposure.SMALL),
        Service(
            id=SHOP, name="Shop", team=TeamId("red"), repositories=("acme/shop",), modules=("shop",)
        ),
    ),
    ownership=OwnershipRules(service_tags=("app",), paths={"infra/": SHOP}, default=LEDGER),
    waivers=(WAIVER,),
)


def sign(message: bytes) -> bytes:
    """Sign as the tests know it: what is signed, after a word."""
    return b"signed " + message


def is_signed(message: bytes, signature: bytes) -> bool:
    return signature == b"signed " + message


KEYS: Mapping[str, Callable[[bytes, bytes], bool]] = {"0123456789abcdef": is_signed}


def sealed(book: PolicyBook = BOOK) -> bytes:
    return render_signed(render_policy_book(book), key_id="0123456789abcdef", sign=sign)


def opened(data: bytes, now: datetime = NOW) -> BookReading:
    return open_state_file(data, KEYS, where="state.json", now=now)


def test_a_book_is_the_same_after_it_was_written_and_read() -> None:
    assert read_policy_book(render_policy_book(BOOK), where="state.json") == BOOK


def test_a_signed_book_tells_its_state_and_where_it_comes_from() -> None:
    standing = standing_in(opened(sealed()), SHOP)

    assert (standing.state, standing.figures) == (PolicyState.SPENT, FIGURES)
    assert standing.reason == (
        "By the state file state.json, key 0123456789ab, issued 2026-06-01 12:00 UTC: "
        "immediate-48h of shop: −12% of the allowance is left."
    )
    assert standing_in(opened(sealed()), None).state is PolicyState.LOW


def altered(**fields: object) -> bytes:
    envelope = json.loads(sealed())
    payload = json.loads(base64.b64decode(envelope["payload"]))
    payload["services"][1]["policy"]["state"] = "ample"
    envelope["payload"] = base64.b64encode(json.dumps(payload).encode()).decode()
    return json.dumps({**envelope, **fields}).encode()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (altered(), "is not signed by a key that was given"),
        (altered(signatures=[]), "is not signed by a key that was given"),
        (altered(payloadType="application/json"), "is not signed by a key that was given"),
        (altered(payload="%%%"), "cannot be read"),
        (sealed()[:200], "cannot be read"),
        (b"", "cannot be read"),
        (b"[]", "cannot be read"),
        (render_policy_book(BOOK), "is not signed by a key that was given"),
        (render_signed(b'{"schema": 2}', key_id="x", sign=sign), "another version"),
        (render_signed(b'{"schema": 1}', key_id="x", sign=sign), "cannot be read"),
    ],
)
def test_what_cannot_be_believed_is_unknown_and_says_why(data: bytes, said: str) -> None:
    reading = opened(data)
    for service in (SHOP, LEDGER, None):
        standing = standing_in(reading, service)
        assert standing.state is PolicyState.UNKNOWN
        assert said in standing.reason


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(hours=24), "expired at 2026-06-02 12:00 UTC"),
        (timedelta(days=400), "expired at"),
        (timedelta(minutes=-6), "is from the future: 2026-06-01 12:00 UTC"),
    ],
)
def test_a_book_is_believed_in_its_time_only(passed: timedelta, said: str) -> None:
    standing = standing_in(opened(sealed(), NOW + passed), SHOP)
    assert standing.state is PolicyState.UNKNOWN
    assert said in standing.reason


def test_clocks_may_be_a_little_apart() -> None:
    for passed in (timedelta(hours=23, minutes=59), timedelta(minutes=-4)):
        assert standing_in(opened(sealed(), NOW + passed), SHOP).state is PolicyState.SPENT


def test_a_service_out_of_scope_is_unknown() -> None:
    standing = standing_in(opened(sealed()), LEDGER)
    assert standing.state is PolicyState.UNKNOWN
    assert standing.reason.endswith(": it does not tell the state of ledger")


def test_a_signature_is_of_the_whole_payload_and_its_type() -> None:
    """Another document that somebody had signed with the same key is no state file."""
    envelope = json.loads(sealed())
    envelope["signatures"][0]["sig"] = base64.b64encode(
        sign(base64.b64decode(envelope["payload"]))
    ).decode()
    assert opened(json.dumps(envelope).encode()).book is None


def test_a_book_declares_services_rules_and_waivers_where_no_workspace_does() -> None:
    known = with_book(Workspace(), opened(sealed()))

    assert known.services[SHOP].team == "red"
    assert known.ownership == BOOK.ownership
    assert [waiver.id for waiver in known.waivers] == ["WVR-1"]


def test_own_rules_stay_and_the_issuers_services_and_waivers_win() -> None:
    rules = OwnershipRules(service_tags=("component",))
    own = replace(WAIVER, expires_at=NOW + timedelta(days=300))
    workspace = Workspace(
        services={SHOP: Service(id=SHOP, name="Ours")}, ownership=rules, waivers=(own,)
    )
    known = with_book(workspace, opened(sealed()))

    assert (known.ownership, known.services[SHOP].name) == (rules, "Shop")
    assert [waiver.expires_at for waiver in known.waivers] == [WAIVER.expires_at]


def test_a_book_that_is_not_believed_declares_nothing() -> None:
    workspace = Workspace()
    assert with_book(workspace, opened(b"")) is workspace


def test_a_book_of_a_wrong_shape_is_refused() -> None:
    document = json.loads(render_policy_book(BOOK))
    wrong: list[dict[str, object]] = [
        {"issued_at": "yesterday?"},
        {"default": {"state": "fine"}},
        {"services": [[]]},
        {"waivers": [{**document["waivers"][0], "severity": "odd"}]},
    ]
    for fields in wrong:
        with pytest.raises(BadInput):
            read_policy_book(json.dumps({**document, **fields}).encode(), where="state.json")
