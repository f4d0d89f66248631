"""The wordings of denials."""

import pytest

from tesuri.controls.scp.denial import read_denial, request_of_decoded, request_of_denial

WHO = "arn:aws:sts::111122223333:assumed-role/Developer/alice"
USER = f"User: {WHO} is not authorized to perform: sqs:receivemessage"
QUEUE = "arn:aws:sqs:us-east-2:444455556666:queue"
POLICY = "arn:aws:organizations::777788889999:policy/o-example/service_control_policy/p-example1"

FORMS = [
    (
        f"{USER} on resource: {QUEUE} with an explicit deny in a service control policy: {POLICY}",
        (WHO, "sqs:receivemessage", QUEUE, "service control policy", "p-example1"),
    ),
    (
        f"{USER} on resource: {QUEUE} with an explicit deny in a service control policy",
        (WHO, "sqs:receivemessage", QUEUE, "service control policy", ""),
    ),
    (
        f"{USER} with an explicit deny in a service control policy",
        (WHO, "sqs:receivemessage", "", "service control policy", ""),
    ),
    (
        f"{USER} because no service control policy allows the sqs:receivemessage action",
        (WHO, "sqs:receivemessage", "", "service control policy", ""),
    ),
    (
        f"{USER} on resource: {QUEUE} with an explicit deny in an identity-based policy",
        (WHO, "sqs:receivemessage", QUEUE, "identity-based policy", ""),
    ),
    (
        f"{USER} because no permissions boundary allows the sqs:receivemessage action",
        (WHO, "sqs:receivemessage", "", "permissions boundary", ""),
    ),
    (
        (
            f"An error occurred (AccessDenied) when calling the operation: {USER} on resource: {QUEUE} "
            "because no identity-based policy allows the sqs:ReceiveMessage action"
        ),
        (WHO, "sqs:receivemessage", QUEUE, "identity-based policy", ""),
    ),
    (
        f"Principal [{WHO}] is not allowed to execute [glue:GetTable] on the resource",
        (WHO, "glue:GetTable", "", "", ""),
    ),
    (
        f'{USER} on resource: "{QUEUE}" with an explicit deny in a resource control policy',
        (WHO, "sqs:receivemessage", QUEUE, "resource control policy", ""),
    ),
    (
        f'{{"Message": "{USER} on resource: \\"{QUEUE}\\" with an explicit deny in a service control policy"}}',
        (WHO, "sqs:receivemessage", QUEUE, "service control policy", ""),
    ),
    (
        f"{USER} on resource:\n  {QUEUE} with an explicit deny in a service\n  control policy: {POLICY}. Encoded",
        (WHO, "sqs:receivemessage", QUEUE, "service control policy", "p-example1"),
    ),
    ("You are not authorized to perform this operation.", ("", "", "", "", "")),
    ("Access Denied", ("", "", "", "", "")),
]


@pytest.mark.parametrize(("message", "told"), FORMS)
def test_a_wording_tells_what_it_holds_and_no_more(
    message: str, told: tuple[str, str, str, str, str]
) -> None:
    found = read_denial(message)
    assert told == (
        found.principal,
        found.action,
        found.resource,
        found.policy_kind,
        found.policy_id,
    )


def test_explicit_and_missing_permission_are_told_apart() -> None:
    assert read_denial(FORMS[0][0]).is_explicit
    assert read_denial(FORMS[3][0]).is_implicit
    assert read_denial(FORMS[4][0]).blames_another
    assert not read_denial(FORMS[1][0]).blames_another


def test_an_encoded_message_is_known_as_one() -> None:
    encoded = (
        "You are not authorized to perform this operation. Encoded authorization failure message: "
    )
    assert read_denial(encoded + "x" * 200).is_encoded
    assert not read_denial("Access Denied").is_encoded


def test_a_long_text_without_meaning_is_read_quickly() -> None:
    assert read_denial("because no " + "a " * 200_000).action == ""


def test_the_request_of_a_text_is_incomplete() -> None:
    request = request_of_denial(read_denial(FORMS[2][0]))
    assert request is not None
    assert (request.resource, request.account, request.is_complete) == (None, "111122223333", False)
    assert request.context["aws:principalarn"] == ("arn:aws:iam::111122223333:role/Developer",)
    assert request_of_denial(read_denial("Access Denied")) is None


def test_a_decoded_message_tells_the_keys_of_the_request() -> None:
    value = {"items": [{"value": "m5.large"}]}
    document = {
        "allowed": False,
        "explicitDeny": True,
        "context": {
            "principal": {"id": "AROA:alice", "arn": WHO},
            "action": "ec2:RunInstances",
            "resource": "arn:aws:ec2:eu-west-1:111122223333:instance/*",
            "conditions": {"items": [{"key": "ec2:InstanceType", "values": value}]},
        },
    }
    found = request_of_decoded(document)
    assert found is not None
    assert found[0].context["ec2:instancetype"] == ("m5.large",)
    assert found[1] is True
    assert request_of_decoded({"context": {}}) is None
