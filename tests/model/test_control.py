"""Where a control acts: what it declares, and what follows from that."""

import pytest

from tesuri.model.control import Control, Point
from tesuri.model.identifiers import ControlId
from tesuri.model.severity import Severity

POD = "k8s:v1/Pod"
BUCKET = "AWS::S3::Bucket"


def acting(resource: str, **points: object) -> set[str]:
    control = Control(
        id=ControlId("c"),
        version="1",
        title={"en": "C"},
        statement={"en": "C"},
        severity=Severity.HIGH,
        resource=resource,
        require="true",
        message="''",
        points={Point(name): options for name, options in points.items()},  # type: ignore[misc] # mappings, all of them
    )
    return {point.value for point in Point if control.acts_at(point)}


@pytest.mark.parametrize(
    ("resource", "points", "expected"),
    [
        (BUCKET, {"plan": {}}, {"commit", "plan"}),
        (BUCKET, {"live": {}, "plan": {"not": "why"}}, {"live"}),
        (BUCKET, {"admission": {}}, {"commit", "admission"}),
        (POD, {"admission": {}}, {"commit", "plan", "admission", "live", "event"}),
        (POD, {"admission": {}, "live": {"not": "why"}}, {"commit", "plan", "admission", "event"}),
        (POD, {"admission": {"not": "why"}}, set()),
        (POD, {"scp": {}}, {"scp"}),
    ],
)
def test_points_follow_from_what_is_declared(
    resource: str, points: dict[str, object], expected: set[str]
) -> None:
    assert acting(resource, **points) == expected
