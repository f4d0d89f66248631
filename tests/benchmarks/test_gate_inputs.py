"""The inputs of the gates' benchmarks are what they say: real in shape, of any size, and judged by our readers."""

import orjson
import pytest

from benchmarks.estate_plan import estate_plan
from benchmarks.event_log import event_log
from tesuri.subjects.cloudtrail.events import read_events
from tesuri.subjects.terraform.plan import read_terraform_plan


@pytest.mark.parametrize("count", [1, 100])
def test_an_estate_has_at_least_so_many_resources_that_are_all_read(count: int) -> None:
    data = estate_plan(count)
    assert data == estate_plan(count)
    assert count <= len(orjson.loads(data)["resource_changes"]) < count + 40
    plan = read_terraform_plan(data, where="plan")
    assert not plan.unread
    assert len({one.address for one in plan.resources}) == len(plan.resources)


def test_a_log_has_the_share_of_changes_that_was_asked_for() -> None:
    watched = frozenset({"AuthorizeSecurityGroupIngress"})
    found = read_events(event_log(1_000, 0.1), where="log", wanted=watched)
    assert 60 < len(list(found)) < 140
    assert found.total == 1_000
    assert not found.skipped
