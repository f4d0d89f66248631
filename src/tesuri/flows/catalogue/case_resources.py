"""What a case's input becomes at its point: the same readers as the gates use, so that a case proves the gate."""

import json

from tesuri.controls.cases import Case
from tesuri.model.control import Point
from tesuri.model.errors import Unsupported
from tesuri.model.resource import Resource, Unread
from tesuri.subjects.aws.recorded.snapshot import read_snapshot
from tesuri.subjects.cloudformation.template import read_cloudformation
from tesuri.subjects.cloudtrail.events import read_events
from tesuri.subjects.cloudtrail.resources import resources_of_event
from tesuri.subjects.kubernetes.admission_review import read_admission
from tesuri.subjects.kubernetes.audit import is_audit_log, read_audit_log
from tesuri.subjects.kubernetes.cluster import cluster_documents, read_cluster
from tesuri.subjects.terraform.plan import read_terraform_plan


def resources_of_case(case: Case) -> tuple[tuple[Resource, ...], tuple[Unread, ...]]:
    """Give the resources of a case's input, and what could not be read of it.

    **raises** BadInput when the input is not of its point, Unsupported for points that no case can speak for.
    """
    data = json.dumps(case.input).encode()
    if case.point is Point.PLAN:
        plan = read_terraform_plan(data, where="case")
        return plan.resources, plan.unread
    if case.point is Point.TEMPLATE:
        template = read_cloudformation(data, where="case")
        return template.resources, template.unread
    if case.point is Point.ADMISSION:
        requests = read_admission(data, where="case")
        return (
            tuple(one for request in requests for one in request.resources),
            tuple(one for request in requests for one in request.unread),
        )
    if case.point is Point.LIVE:
        if documents := cluster_documents(data, where="case"):
            cluster = read_cluster(documents)
            return cluster.resources, cluster.unread
        snapshot = read_snapshot([("case.json", data)])
        return snapshot.resources, snapshot.unread
    if case.point is Point.EVENT:
        return _of_event(data), ()
    raise Unsupported(f"No case can be read at the point {case.point.value} yet.")


def _of_event(data: bytes) -> tuple[Resource, ...]:
    if is_audit_log(data):
        log = read_audit_log(data, where="case")
        return tuple(one for event in log.events for one in event.request.resources)
    events = read_events(data, where="case").events
    return tuple(one for event in events for one in resources_of_event(event, where="case"))
