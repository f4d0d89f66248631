"""Recorded answers of the AWS API → canonical resources, joined: what an account looks like now.

Start here for live evaluation: the same resources come out of a folder of recordings and of a collection. What the
account is (its root user, its password policy, its blocks) is a resource, too, and so is a watch that nobody set up.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from tesuri.model.resource import UNKNOWN, Resource, Unread
from tesuri.subjects.aws.joins import joined
from tesuri.subjects.aws.recorded.account import add_account
from tesuri.subjects.aws.recorded.defaults import complete
from tesuri.subjects.aws.recorded.families import JOINED_BY
from tesuri.subjects.aws.recorded.joins import add_support, join_origins
from tesuri.subjects.aws.recorded.replies import Recording, Reply
from tesuri.subjects.aws.recorded.reply_files import RecordedFile
from tesuri.subjects.aws.recorded.reply_index import ReplyIndex
from tesuri.subjects.aws.recorded.services import CLUSTER, RECORDER
from tesuri.subjects.aws.recorded.shape import Properties
from tesuri.subjects.aws.recorded.things import Thing, Things, things_of
from tesuri.subjects.drafts import Draft, finished
from tesuri.subjects.planned import Planned
from tesuri.untrusted.shape import at, items, text

_LISTED_WITH_OWNER: Final = ("AWS::IAM::AccessKey", "AWS::IAM::Policy")
"""Types that the calls about their owner list, too: joining them again would double them."""
_NAMES: Final = ("UserName", "RoleName", "GroupName")
_OWNERS: Final = (
    ("Users", "AWS::IAM::User"),
    ("Roles", "AWS::IAM::Role"),
    ("Groups", "AWS::IAM::Group"),
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a folder of recordings tells, all at once."""

    resources: tuple[Resource, ...]
    unread: tuple[Unread, ...]
    replies: int = 0
    passed_over: int = 0
    changing: int = 0
    unmapped: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Address and property → why nobody could tell it."""


@dataclass(frozen=True, slots=True)
class Told:
    """What replies that are joined tell; the resources are made as somebody goes over them."""

    resources: Iterator[Resource]
    reasons: Mapping[tuple[str, str], str]
    """Address and property → why nobody could tell it."""
    unread: Sequence[Unread]
    passed_over: int
    """Entries that are no resources of the customer: keys and policies of AWS, terminated machines."""


def told_by(index: ReplyIndex) -> Iterator[Told]:
    """Give what the replies of a folder tell, those of one account that are joined after the others."""
    for recording in index.recordings():
        things = things_of(_resolved(recording))
        add_account(things)
        add_support(things)
        reasons = {
            (_address(thing, recording), name): why
            for thing in things.found.values()
            for name, why in thing.why.items()
        }
        yield Told(_resources(things), reasons, things.unread, things.passed_over)


def read_snapshot(files: Iterable[tuple[str, bytes]]) -> Snapshot:
    """Read a folder of recordings at once, given as paths and bytes."""
    index = ReplyIndex()
    for name, data in sorted(files):
        index.add(RecordedFile.held(name, data), data)
    resources: list[Resource] = []
    problems: list[Unread] = []
    reasons: dict[tuple[str, str], str] = {}
    passed_over = 0
    for told in told_by(index):
        resources.extend(told.resources)
        problems.extend(told.unread)
        reasons |= told.reasons
        passed_over += told.passed_over
    return Snapshot(
        tuple(resources),
        (*index.unread, *problems),
        replies=index.replies,
        passed_over=passed_over,
        changing=index.changing,
        unmapped=index.unmapped,
        reasons=reasons,
    )


def _resolved(recording: Recording) -> Recording:
    """Give the replies their service: two services are named elb."""
    return replace(recording, replies=tuple(_with_service(one) for one in recording.replies))


def _with_service(reply: Reply) -> Reply:
    service, _, name = reply.operation.partition(".")
    if service == "elb" and _is_new_balancer(reply):
        return _renamed(reply, f"elbv2.{name}")
    return reply


def _is_new_balancer(reply: Reply) -> bool:
    name = reply.operation.partition(".")[2]
    return (
        name in ("DescribeListeners", "DescribeTargetGroups", "DescribeRules")
        or "LoadBalancers" in reply.data
        or bool(text(reply.parameters, "LoadBalancerArn"))
        or isinstance(at(reply.data, "Attributes"), list)
    )


def _renamed(reply: Reply, operation: str) -> Reply:
    return replace(reply, operation=operation)


def _resources(things: Things) -> Iterator[Resource]:
    index: dict[str, dict[str, str]] = {}
    for thing in things.found.values():
        for name in thing.names:
            index.setdefault(thing.kind, {})[name] = _address(thing, things.recording)
    drafts = [_draft(thing, things.recording, index) for thing in things.found.values()]
    # NOTE: the policies of a user are listed by the user, here: none of them stands alone.
    whole = [one for one in joined(drafts) if not (one.is_partial and one.type == "AWS::IAM::User")]
    _join_regional(whole)
    _join_inline(whole)
    _join_addons(whole)
    join_origins(whole, things)
    arns = {
        (thing.kind, _address(thing, things.recording)): min(
            (name for name in thing.names if name.startswith("arn:")), default=""
        )
        for thing in things.found.values()
    }
    account, recorded_at = things.recording.account, things.recording.recorded_at
    # What was made of a draft is given up with it: whoever judges resources keeps none of them.
    for draft in _taken(whole):
        _settle(draft, things)
        if draft.type == "AWS::S3::Bucket":
            draft.properties["AccountId"] = account or UNKNOWN
        arn = arns.get((draft.type, draft.address), "")
        yield finished(draft, account=account, arn=arn, seen_at=recorded_at)


def _taken(drafts: list[Draft]) -> Iterator[Draft]:
    """Give each draft, in order, and let go of it."""
    drafts.reverse()
    while drafts:
        yield drafts.pop()


def _address(thing: Thing, recording: Recording) -> str:
    if thing.id.startswith("arn:"):
        return thing.id
    return "/".join(part for part in (recording.account, recording.region, thing.id) if part)


def _draft(thing: Thing, recording: Recording, index: Mapping[str, Mapping[str, str]]) -> Draft:
    def link(name: str, kind: str) -> tuple[str, ...]:
        if thing.kind in _LISTED_WITH_OWNER:
            return ()
        value = thing.properties.get(name)
        known = index.get(kind, {})
        said = value if isinstance(value, list) else [value]
        keys = [text(one).removesuffix(":*").rpartition(":log-group:")[2] for one in said]
        return tuple(known[key] for key in keys if key in known)

    return Draft(
        type=thing.kind,
        address=_address(thing, recording),
        properties=dict(thing.properties),  # type: ignore[arg-type]  # plain values are planned values, too
        origin=thing.origin,
        locate=lambda _: thing.origin,
        link=link,
        is_set=lambda _: True,
        provider_type=thing.kind,
        tags=_tags(thing.properties),
        is_secret=False,
    )


def _tags(properties: Properties) -> dict[str, str]:
    return {
        text(pair, "Key"): text(pair, "Value")
        for pair in items(properties, "Tags")
        if text(pair, "Key")
    }


def _settle(draft: Draft, things: Things) -> None:
    """Say what nobody could tell, and fill what an answer leaves out."""
    for kind, name, operations in JOINED_BY:
        if draft.type != kind:
            continue
        if not things.answered(*operations):
            draft.properties[name] = UNKNOWN
        elif name not in draft.properties:
            draft.properties[name] = []
    draft.defaults |= complete(draft.type, draft.properties)


def _join_regional(drafts: list[Draft]) -> None:
    """Join what belongs together by standing in one region: channels to recorders, route tables to subnets."""
    channels = [one.properties for one in drafts if one.type == "AWS::Config::DeliveryChannel"]
    tables = [one for one in drafts if one.type == "AWS::EC2::RouteTable"]
    for draft in drafts:
        if draft.type == RECORDER and channels:
            draft.properties["DeliveryChannels"] = [dict(each) for each in channels]
        if draft.type == "AWS::EC2::Subnet" and tables:
            draft.properties["Routes"] = _routes(draft, tables)


def _routes(subnet: Draft, tables: list[Draft]) -> Planned:
    """Give the routes of a subnet: of its own table, else of the main table of its network."""
    identity, network = subnet.properties.get("SubnetId"), subnet.properties.get("VpcId")
    for table in tables:
        if identity in (table.properties.get("SubnetIds") or []):  # type: ignore[operator]  # a list of names
            return table.properties.get("Routes", UNKNOWN)
    for table in tables:
        if table.properties.get("VpcId") == network and table.properties.get("IsDefault") is True:
            return table.properties.get("Routes", UNKNOWN)
    return UNKNOWN


def _join_addons(drafts: list[Draft]) -> None:
    """Keep of each add-on what its own call tells; the list of a cluster tells only names."""
    for draft in drafts:
        told = draft.properties.get("Addons") if draft.type == CLUSTER else None
        if isinstance(told, list):
            described = {
                text(one, "AddonName")
                for one in told
                if at(one, "ConfigurationValues") is not UNKNOWN
            }
            draft.properties["Addons"] = [
                one
                for one in told
                if at(one, "ConfigurationValues") is not UNKNOWN
                or text(one, "AddonName") not in described
            ]


def _join_inline(drafts: list[Draft]) -> None:
    """Give the inline policies that an owner only names their documents."""
    documents = {
        (kind, text(owner), text(one.properties.get("PolicyName"))): one.properties.get(
            "PolicyDocument"
        )
        for one in drafts
        if one.type == "AWS::IAM::Policy"
        for holder, kind in _OWNERS
        for owner in items(one.properties, holder)
    }
    for draft in drafts if documents else ():
        name = next(
            (text(draft.properties.get(key)) for key in _NAMES if key in draft.properties), ""
        )
        policies = draft.properties.get("Policies")
        for policy in policies if isinstance(policies, list) else ():
            if isinstance(policy, dict):
                key = (draft.type, name, text(policy.get("PolicyName")))
                policy["PolicyDocument"] = documents.get(key, policy.get("PolicyDocument"))
