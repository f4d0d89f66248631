"""Audit logs of a cluster: what somebody changed there, in the words of an admission request."""

import json

import pytest

from tesuri.model.errors import BadInput
from tesuri.subjects.kubernetes.audit import AuditLog, is_audit_log, read_audit_log

POD: dict[str, object] = {
    "kind": "Pod",
    "apiVersion": "v1",
    "metadata": {"name": "web", "namespace": "shop"},
    "spec": {"containers": [{"name": "web", "image": "shop/web:1"}]},
}


def event(verb: str = "create", **parts: object) -> dict[str, object]:
    return {
        "kind": "Event",
        "apiVersion": "audit.k8s.io/v1",
        "level": "RequestResponse",
        "auditID": "0f0f0f0f-0000-4000-8000-000000000001",
        "stage": "ResponseComplete",
        "verb": verb,
        "requestURI": "/api/v1/namespaces/shop/pods",
        "user": {"username": "ana"},
        "objectRef": {
            "resource": "pods",
            "namespace": "shop",
            "name": "web",
            "apiVersion": "v1",
        },
        "responseStatus": {"code": 201},
        "requestObject": POD,
        **parts,
    }


def read(*events: object, wrap: str = "lines") -> AuditLog:
    texts = [json.dumps(one) for one in events]
    data = {
        "lines": "\n".join(texts),
        "list": json.dumps({"kind": "EventList", "items": list(events)}),
        "delivered": json.dumps({
            "logGroup": "/aws/eks/shop/cluster",
            "logEvents": [{"id": "1", "message": text} for text in texts],
        }),
        "printed": json.dumps({"events": [{"timestamp": 1, "message": text} for text in texts]}),
    }[wrap].encode()  # fmt: skip
    assert is_audit_log(data)
    log = read_audit_log(data, where="audit.log")
    assert log.events == log.events, "going over them again gives the same"
    return log


def addresses(log: AuditLog) -> list[str]:
    return [one.address for found in log.events for one in found.request.resources]


@pytest.mark.parametrize("wrap", ["lines", "list", "delivered", "printed"])
def test_each_way_of_keeping_the_log_tells_the_same(wrap: str) -> None:
    log = read(event(), event("get"), wrap=wrap)

    assert addresses(log) == ["shop/Pod/web"]
    assert (log.total, log.passed_over, log.skipped) == (2, 1, ())


def test_the_stored_object_is_what_counts() -> None:
    stored = {**POD, "metadata": {"name": "web-7", "namespace": "shop"}}
    patched = event("patch", requestObject={"spec": {}}, responseObject=stored)

    assert addresses(read(patched)) == ["shop/Pod/web-7"]


@pytest.mark.parametrize(
    "quiet",
    [
        event("delete"),
        event("list"),
        event(stage="RequestReceived"),
        event(requestURI="/api/v1/namespaces/shop/pods?dryRun=All"),
        event("patch", objectRef={"resource": "pods", "name": "web", "subresource": "status"}),
        event(
            requestObject={
                **POD,
                "metadata": {"name": "web-1", "ownerReferences": [{"controller": True}]},
            }
        ),
    ],
)
def test_what_changes_no_object_of_its_own_is_counted(quiet: dict[str, object]) -> None:
    log = read(quiet)

    assert (log.events, log.passed_over, log.without_object) == ((), 1, 0)


def test_a_change_whose_object_is_not_in_the_log_is_counted() -> None:
    bare = event(level="Metadata", requestObject=None)
    difference = event("patch", requestObject={"metadata": {"labels": {}}})

    assert read(bare, difference).without_object == 2


def test_a_call_that_was_refused_says_so() -> None:
    refused = event(responseStatus={"code": 403, "reason": "Forbidden"})
    (found,) = read(refused).events

    assert found.failure == "the call failed: 403 Forbidden"


def test_an_event_says_when_it_was() -> None:
    times = {
        "requestReceivedTimestamp": "2026-03-04T05:06:06.123456Z",
        "stageTimestamp": "2026-03-04T05:06:07.1Z",
    }
    whole, half = read(event(**times), event(requestReceivedTimestamp="soon")).events
    assert whole.seen_at is not None
    assert f"{whole.seen_at:%H:%M:%S}" == "05:06:07"
    assert half.seen_at is None


def test_a_shell_is_told_by_the_address_that_was_called() -> None:
    entered = event(
        requestObject=None,
        requestURI="/api/v1/namespaces/shop/pods/web/exec?command=sh&container=web&stdin=true&tty=true",
        objectRef={
            "resource": "pods",
            "namespace": "shop",
            "name": "web",
            "apiVersion": "v1",
            "subresource": "exec",
        },
        responseStatus={"code": 101},
    )
    (found,) = read(entered).events
    (options,) = found.request.resources

    assert (options.type, options.address) == ("k8s:v1/PodExecOptions", "shop/Pod/web/exec")
    assert (options.properties["command"], options.properties["tty"]) == (["sh"], True)


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b'{"apiVersion":"audit.k8s.io/v1"}', b'"audit.k8s.io/v1"', b'{"items":[1]}'],
)
def test_bytes_without_an_audit_event_are_refused(data: bytes) -> None:
    with pytest.raises(BadInput):
        list(read_audit_log(data, where="audit.log"))


def test_what_is_no_event_is_told_with_its_place() -> None:
    log = read(event(), {"message": "I1122 starting"}, wrap="list")

    assert [one.pointer for one in log.skipped] == ["/items/1"]
