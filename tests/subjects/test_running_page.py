"""docs/subjects-running.md lists every type that recordings and events give, and every call that they come from."""

from collections.abc import Callable, Iterator
from pathlib import Path

from tesuri.model.resource_shape import resource_shape
from tesuri.subjects.aws.recorded.things import ACCOUNT_WIDE, DETAILS, LISTINGS
from tesuri.subjects.cloudtrail.calls import CALLS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "subjects-running.md"
_MARK = "## Types\n"


def listed() -> str:
    recorded: dict[str, list[str]] = {}
    for one in (*LISTINGS, *ACCOUNT_WIDE, *DETAILS):
        recorded.setdefault(one.kind, []).append(one.operation)
    changed: dict[str, list[str]] = {}
    for name, some in CALLS.items():
        for call in some:
            changed.setdefault(call.kind, []).append(name)
    rows = list(_rows(recorded, changed))
    head = "| type | recorded calls | events |\n|---|---|---|\n"
    return head + "".join(rows)


def _rows(recorded: dict[str, list[str]], changed: dict[str, list[str]]) -> Iterator[str]:
    for kind in sorted({*recorded, *changed}):
        calls = ", ".join(dict.fromkeys(recorded.get(kind, [])))
        events = ", ".join(dict.fromkeys(changed.get(kind, [])))
        yield f"| `{kind}` | {calls or '–'} | {events or '–'} |\n"


def test_the_page_lists_every_type(golden: Callable[[Path, str], None]) -> None:
    text = PAGE.read_text(encoding="utf-8").partition(_MARK)[0]
    sentence = (
        "\nAWS Config items give every published type. Which properties a type has, is in the published schema;"
        "\nwhich of them a call tells, is what the provider's API answers under these names.\n\n"
    )
    golden(PAGE, f"{text}{_MARK}{sentence}{listed()}")


def test_every_property_that_a_call_fills_is_a_property_of_its_type() -> None:
    unknown = [
        f"{one.kind}.{name}"
        for one in DETAILS
        for name in one.fills
        if name not in (resource_shape(one.kind) or {})
    ]
    renamed = [
        f"{one.kind}.{name}"
        for one in (*LISTINGS, *ACCOUNT_WIDE)
        for name in one.renames
        if name not in (resource_shape(one.kind) or {})
    ]
    assert (unknown, renamed) == ([], [])


def test_every_type_is_known() -> None:
    kinds = {one.kind for one in (*LISTINGS, *ACCOUNT_WIDE)} | {
        call.kind for some in CALLS.values() for call in some
    }
    assert [kind for kind in sorted(kinds) if resource_shape(kind) is None] == []


def test_what_an_event_tells_are_properties_of_its_type() -> None:
    """Each call is tried with nothing and with a request that has a little of everything."""
    words = (
        "bucketPolicy",
        "policyDocument",
        "policy",
        "policyText",
        "attributes",
        "x-amz-acl",
        "VersioningConfiguration",
    )
    request = dict.fromkeys(words, "private") | {
        "attributeName": "restore",
        "launchPermission": {"add": {}},
    }
    wrong = {
        f"{call.kind}.{name}"
        for some in CALLS.values()
        for call in some
        for told in (call.told({}, {}), call.told(request, {}))
        for name in told
        if name not in (resource_shape(call.kind) or {})
    }
    assert wrong == set()
