from dataclasses import replace

import pytest

from tesuri.model.observation import Kind, Observation, Package, Place
from tesuri.model.severity import Severity
from tesuri.triage.work_title import nearest_fix, work_title

SEEN = Observation(
    kind=Kind.VULNERABILITY,
    rule="CVE-2024-1",
    title="Overflow in openssl",
    severity=Severity.HIGH,
    pointer="",
    package=Package("openssl", "3.0.11", "deb", "debian", ("1.1.2", "3.0.16", "3.1.4")),
)


def test_a_vulnerability_says_which_version_to_take() -> None:
    assert work_title(SEEN, language="en") == "Upgrade openssl to 3.0.16"
    assert work_title(SEEN, language="ja") == "openssl を 3.0.16 に更新"


def test_a_vulnerability_without_a_fix_does_not_promise_one() -> None:
    without = replace(SEEN, package=Package("core", "7", "npm", "@babel"))
    assert work_title(without, language="en") == (
        "Work around CVE-2024-1 in @babel/core (no fix published)"
    )


def test_a_secret_is_revoked_and_replaced() -> None:
    secret = replace(SEEN, kind=Kind.SECRET, package=None, place=Place("a.env"))
    assert work_title(secret, language="en") == "Revoke and replace the secret in a.env"


def test_anything_else_keeps_its_own_title() -> None:
    other = replace(SEEN, kind=Kind.MISCONFIGURATION, package=None)
    assert work_title(other, language="ja") == "Overflow in openssl"


@pytest.mark.parametrize(
    ("installed", "fixes", "nearest"),
    [
        ("2.14.0", ("2.3.1", "2.12.2", "2.15.0"), "2.15.0"),
        ("1:1.0.2k-16.el7", ("1:1.0.2k-19.el7",), "1:1.0.2k-19.el7"),
        ("9.0", ("1.0", "2.0"), "1.0"),
        ("", ("4.1",), "4.1"),
        ("1", (), ""),
    ],
)
def test_the_fix_of_the_installed_branch_is_nearest(
    installed: str, fixes: tuple[str, ...], nearest: str
) -> None:
    assert nearest_fix(Package("x", installed, fixed_versions=fixes)) == nearest
