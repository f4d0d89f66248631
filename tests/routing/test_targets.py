import pytest
from hypothesis import given
from hypothesis import strategies as st

from tesuri.model.estate import Asset
from tesuri.model.identifiers import AssetId
from tesuri.routing.targets import asset_of_target, index_targets, ties

DIGEST = "@sha256:" + "0a" * 32


def asset(name: str, *targets: str) -> Asset:
    return Asset(id=AssetId(name), name=f"{name} name", targets=targets)


INVENTORY = (
    asset("any-image", "registry.example.com/*"),
    asset("shop", "registry.example.com/pay/shop"),
    asset("shop-old", "registry.example.com/pay/shop:1.*"),
    asset("account", "123456789012"),
    asset("web", "https://shop.example.com*"),
    asset("nginx", "nginx"),
)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("registry.example.com/pay/shop", "shop"),
        ("registry.example.com/pay/shop:2.0", "shop"),
        (f"registry.example.com/pay/shop{DIGEST}", "shop"),
        (f"registry.example.com/pay/shop:2.0{DIGEST}", "shop"),
        ("registry.example.com/pay/ledger:1", "any-image"),
        ("123456789012", "account"),
        ("account", "account"),
        ("account name", "account"),
        ("https://shop.example.com:8443/login", "web"),
        ("docker.io/library/nginx:1.25", "nginx"),
        ("nginx@sha256:short", "nginx@sha256:short"),
    ],
)
def test_a_target_means_the_most_specific_asset(target: str, expected: str) -> None:
    assert asset_of_target(target, index_targets(INVENTORY)).id == expected


def test_a_tag_counts_where_the_pattern_has_one() -> None:
    assets = (asset("old", "shop:1"), asset("new", "shop:2"))
    index = index_targets(assets)
    assert asset_of_target(f"shop:1{DIGEST}", index).id == "old"
    assert asset_of_target("shop:2", index).id == "new"
    assert not asset_of_target("shop:3", index).is_declared


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("ghcr.example/acme/shop:abc", "ghcr.example/acme/shop"),
        ("shop:1.2.3-alpine", "shop"),
        ("shop:latest", "shop"),
        (f"shop{DIGEST}", "shop"),
        ("aws:123456789012", "aws:123456789012"),
        ("db.internal:5432", "db.internal:5432"),
        ("arn:aws:s3:::bucket/a:1.2", "arn:aws:s3:::bucket/a:1.2"),
        ("https://a.example:8443", "https://a.example:8443"),
        ("/srv/app:1.2", "/srv/app:1.2"),
    ],
)
def test_an_undeclared_target_keeps_what_tells_it_from_others(target: str, expected: str) -> None:
    found = asset_of_target(target, index_targets(()))
    assert (found.id, found.is_declared) == (expected, False)


def test_a_declared_target_wins_over_the_id_of_another_asset() -> None:
    assets = (asset("a"), asset("b", "a"))
    assert asset_of_target("a", index_targets(assets)).id == "b"


@given(st.permutations(INVENTORY), st.sampled_from(["registry.example.com/pay/shop:1.5", "nginx"]))
def test_the_order_of_the_inventory_changes_nothing(order: list[Asset], target: str) -> None:
    expected = asset_of_target(target, index_targets(INVENTORY))
    assert asset_of_target(target, index_targets(order)) == expected


def test_only_equal_rights_to_one_target_are_a_tie() -> None:
    assert not list(ties(INVENTORY))
    assert len(list(ties((asset("a", "x-*"), asset("b", "x-*"))))) == 1
    assert len(list(ties((asset("a", "ab*"), asset("b", "*ab"))))) == 1
    assert not list(ties((asset("a", "ab*"), asset("b", "cd*"))))
    assert not list(ties((asset("a", "ab*", "ab*"),)))
    assert not list(ties((asset("a", "abc*"), asset("b", "ab*"))))
