"""Names by which a declared resource and one that runs are certain to be one."""

import pytest

from tesuri.model.resource import UNKNOWN, Change, Origin, Resource
from tesuri.subjects.certain_names import certain_names

GROUP = "AWS::EC2::SecurityGroup"
DECLARED = Resource(GROUP, "aws_security_group.web", {}, change=Change.CREATE)
LIVE = Resource(GROUP, "111122223333/eu-west-1/sg-1", {})


def live(**tags: str) -> Resource:
    named = {name.replace("__", ":").replace("_", "-"): value for name, value in tags.items()}
    return Resource(GROUP, LIVE.address, {}, tags=named)


def common(declared: Resource, running: Resource) -> set[str]:
    both = certain_names(declared, is_live=False), certain_names(running, is_live=True)
    return set(both[0]) & set(both[1])


def test_arn_is_made_of_account_region_and_id() -> None:
    arn = "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1"
    assert certain_names(LIVE, is_live=True) == (arn,)
    known = Resource(GROUP, "aws_security_group.web", {}, change=Change.UPDATE, arn=arn)
    assert common(known, LIVE) == {arn}


def test_a_tag_may_tell_the_address() -> None:
    assert common(DECLARED, live(tesuri__address="aws_security_group.web"))
    assert not common(DECLARED, live(tesuri__address="aws_security_group.other"))
    assert not common(DECLARED, LIVE)


def test_a_stack_is_certain_only_where_it_is_called_like_its_template() -> None:
    template = Resource(GROUP, "Web", {}, origin=Origin("stacks/shop.yaml"))
    ours = live(aws__cloudformation__stack_name="shop", aws__cloudformation__logical_id="Web")
    other = live(aws__cloudformation__stack_name="desk", aws__cloudformation__logical_id="Web")
    assert common(template, ours)
    assert not common(template, other)


@pytest.mark.parametrize("name", [UNKNOWN, None, ""])
def test_a_name_that_nobody_knows_is_none(name: object) -> None:
    bucket = "AWS::S3::Bucket"
    declared = Resource(bucket, "aws_s3_bucket.logs", {"BucketName": name})  # type: ignore[dict-item]  # what a plan may say
    running = Resource(bucket, "111122223333/eu-west-1/logs", {"BucketName": name})  # type: ignore[dict-item]  # as above
    assert not common(declared, running)


def test_a_name_that_is_allowed_once_tells_the_type_too() -> None:
    role, user = (f"AWS::IAM::{kind}" for kind in ("Role", "User"))
    declared = Resource(role, "aws_iam_role.app", {"RoleName": "app"}, change=Change.CREATE)
    assert common(declared, Resource(role, "111122223333/app", {"RoleName": "app"}))
    assert not common(declared, Resource(user, "111122223333/app", {"UserName": "app"}))
