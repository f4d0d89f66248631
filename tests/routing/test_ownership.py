import pytest

from tesuri.model.estate import Asset, Exposure, Service, Team
from tesuri.model.identifiers import AssetId, ServiceId, TeamId
from tesuri.model.resource import UNKNOWN, Origin, Resource
from tesuri.model.workspace import OwnershipRules, Workspace
from tesuri.routing.ownership import (
    asset_of,
    owner_of_asset,
    repository_name,
    resource_owner,
    unlabelled,
    unowned,
)

CHECKOUT = Service(
    ServiceId("checkout"),
    "Checkout",
    team=TeamId("payments"),
    tier=0,
    exposure=Exposure.OPEN,
    repositories=("example/checkout",),
    modules=("module.checkout",),
)
PLATFORM = Service(ServiceId("platform"), "Platform", team=TeamId("platform"))
ORPHAN = Service(ServiceId("orphan"), "Orphan", tier=3, exposure=Exposure.SMALL)
SHOP = Asset(
    AssetId("shop"),
    "shop",
    service=ServiceId("checkout"),
    targets=("shop-*",),
    source="assets/inventory.csv",
)
WORKSPACE = Workspace(
    services={service.id: service for service in (CHECKOUT, PLATFORM, ORPHAN)},
    teams={TeamId(name): Team(TeamId(name), name) for name in ("payments", "platform")},
    assets=(SHOP,),
    ownership=OwnershipRules(
        tag_values={"app=shop-*": ServiceId("checkout")},
        namespaces={"pay-*": ServiceId("checkout")},
        paths={"module.checkout.module.dns": ServiceId("platform")},
        repositories={"example/*": ServiceId("platform")},
        default=ServiceId("platform"),
    ),
)


def resource(
    *,
    tags: dict[str, str] | None = None,
    metadata: dict[str, object] | None = None,
    module: str = "",
    file: str = "",
) -> Resource:
    return Resource(
        type="AWS::S3::Bucket",
        address="aws_s3_bucket.a",
        properties={"metadata": metadata} if metadata else {},  # type: ignore[dict-item]  # any JSON
        tags=tags or {},
        module=module,
        origin=Origin(file=file),
    )


@pytest.mark.parametrize(
    ("given", "service", "team", "source"),
    [
        (resource(tags={"Service": "checkout"}), "checkout", "payments", "tag Service=checkout"),
        (resource(tags={"app": "shop-1"}), "checkout", "payments", "tag app=shop-1"),
        (resource(tags={"owner": "payments"}), None, "payments", "tag owner=payments"),
        (
            resource(metadata={"labels": {"service": "checkout"}, "namespace": "x"}),
            "checkout",
            "payments",
            "label service=checkout",
        ),
        (
            resource(metadata={"annotations": {"service": "checkout"}}),
            "checkout",
            "payments",
            "label service=checkout",
        ),
        (
            resource(metadata={"namespace": "pay-prod", "labels": UNKNOWN}),
            "checkout",
            "payments",
            "namespace pay-prod",
        ),
        (resource(module="module.checkout"), "checkout", "payments", "path module.checkout"),
        (
            resource(module="module.checkout.module.dns[0]"),
            "platform",
            "platform",
            "path module.checkout.module.dns",
        ),
        (
            resource(tags={"service": "checkout"}, module="module.checkout.module.dns"),
            "checkout",
            "payments",
            "tag service=checkout",
        ),
        (resource(module="module.checkouts"), "platform", "platform", "default"),
        (
            resource(tags={"service": "chekout"}),
            "platform",
            "platform",
            "default (tag service=chekout: not declared)",
        ),
    ],
)
def test_the_first_rule_that_leads_somewhere_decides_and_is_named(
    given: Resource, service: str | None, team: str, source: str
) -> None:
    owner = resource_owner(given, WORKSPACE)
    assert (owner.service, owner.team, owner.source) == (service, team, source)


def test_the_repository_comes_before_the_default_and_exact_before_glob() -> None:
    clone = "git@git.example.com:Example/checkout.git"
    assert resource_owner(resource(), WORKSPACE, repository=clone).service == "checkout"
    other = resource_owner(resource(), WORKSPACE, repository="https://git.example.com/example/x")
    assert (other.service, other.source) == ("platform", "repository example/*")


def test_nobody_is_said_where_no_rule_fits() -> None:
    owner = resource_owner(resource(), Workspace())
    assert (owner.service, owner.team, owner.source) == (None, None, "nobody")


def test_an_asset_is_owned_by_its_inventory_line() -> None:
    found = asset_of("shop-7", WORKSPACE)
    owner = owner_of_asset(found.id, WORKSPACE)
    assert (owner.team, owner.source) == ("payments", "asset file assets/inventory.csv")


def test_an_undeclared_repository_is_owned_by_its_service() -> None:
    owner = owner_of_asset(asset_of("example/checkout", WORKSPACE).id, WORKSPACE)
    assert (owner.service, owner.source) == ("checkout", "repository example/checkout")


def test_an_asset_without_service_is_owned_by_its_tag() -> None:
    tagged = Asset(AssetId("t"), "t", tags=(("service", "checkout"),))
    workspace = Workspace(services=WORKSPACE.services, assets=(tagged,))
    assert owner_of_asset("t", workspace).source == "tag service=checkout"


def test_each_workspace_answers_from_its_own_inventory() -> None:
    assert asset_of("shop-7", WORKSPACE).is_declared
    assert not asset_of("shop-7", Workspace()).is_declared


def test_what_lacks_owner_or_labels_is_listed() -> None:
    workspace = Workspace(services=WORKSPACE.services)
    lone = Asset(AssetId("lone"), "lone", service=ServiceId("orphan"))
    assert unowned((SHOP, lone), workspace) == (lone,)
    assert unlabelled(WORKSPACE) == (PLATFORM,)


@pytest.mark.parametrize(
    "written",
    [
        "Example/Shop",
        "https://git.example.com/example/shop.git",
        "git@git.example.com:example/shop.git",
        "ssh://git@git.example.com/example/shop/",
    ],
)
def test_a_repository_has_one_name_however_it_is_written(written: str) -> None:
    assert repository_name(written) == "example/shop"
