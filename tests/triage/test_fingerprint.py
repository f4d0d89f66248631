from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tesuri.model.errors import Defect
from tesuri.model.identifiers import Identity
from tesuri.model.observation import Kind, Observation, Package, Place
from tesuri.model.severity import Severity
from tesuri.triage.component import component_of
from tesuri.triage.fingerprint import Sighting, group_key, identities_of, identity_of
from tesuri.triage.place import normal_path, normal_url

KEY = b"key of this workspace"
WEAKNESS = Observation(
    kind=Kind.WEAKNESS,
    rule="python.sql-injection",
    title="SQL built from input",
    severity=Severity.HIGH,
    pointer="/results/0",
    place=Place(path="src/orders.py", line=40),
    context="  cursor.execute(query % name)\n",
)
SECRET_TEXT = "correct horse"
SECRET = replace(
    WEAKNESS, kind=Kind.SECRET, rule="generic-password", context="", secret=SECRET_TEXT
)
BUCKET = replace(
    WEAKNESS,
    kind=Kind.MISCONFIGURATION,
    rule="s3-public",
    context="",
    place=Place(),
    resource="arn:aws:s3:::orders",
    resource_type="AWS::S3::Bucket",
)
WEB = replace(
    WEAKNESS,
    kind=Kind.WEB,
    rule="40018",
    context="",
    place=Place(method="GET", url="https://shop.example/search?q=1", parameter="q"),
)


def identity(
    observation: Observation, *, advisory: str = "", asset: str = "shop", key: bytes = KEY
) -> Identity:
    return identity_of(observation, asset=asset, canonical_advisory=advisory, secret_key=key)


def vulnerability(rule: str, package: Package) -> Observation:
    return Observation(
        kind=Kind.VULNERABILITY,
        rule=rule,
        title=f"{rule} in {package.name}",
        severity=Severity.HIGH,
        pointer="",
        package=package,
    )


# What Trivy and what Grype say of one package of one image.
PAIRS = [
    (Package("ajv", "6.12.2", "node-pkg", path="app/ajv"), Package("ajv", "6.12.2", "npm")),
    (Package("@babel/core", "7.0", "npm"), Package("core", "7.1", "npm", namespace="@babel")),
    (Package("Django", "3.2.9", "python-pkg"), Package("django", "3.2.9", "python")),
    (Package("ruamel_yaml", "0.1", "pip"), Package("ruamel.yaml", "0.1", "pypi")),
    (Package("libc6", "2.28-10", "debian"), Package("libc6", "2.28-10", "deb", "debian")),
    (Package("musl", "1.1.24-r2", "alpine"), Package("musl", "1.1.24-r2", "apk", "alpine")),
    (Package("bash", "4.2", "centos"), Package("bash", "0:4.2", "rpm", "centos")),
    (
        Package("org.apache.commons:commons-compress", "1.14", "jar"),
        Package("commons-compress", "1.14", "java-archive", namespace="org.apache.commons"),
    ),
    (
        Package("golang.org/x/net", "0.10.0", "gomod"),
        Package("net", "v0.10.0", "go-module", namespace="golang.org/x"),
    ),
    (Package("nokogiri", "1.10", "bundler"), Package("nokogiri", "1.10", "gem")),
    (Package("smallvec", "1.6.0", "crates.io"), Package("smallvec", "1.6.0", "rust-crate")),
    (Package("zypper", "1", "suse linux enterprise server"), Package("zypper", "1", "rpm", "suse")),
]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_two_tools_mean_the_same_vulnerability(one: Package, other: Package) -> None:
    first = identity(vulnerability("CVE-2021-44420", one), advisory="CVE-2021-44420")
    second = identity(vulnerability("GHSA-v6rh-hp5x-86rv", other), advisory="CVE-2021-44420")
    assert first == second
    assert len(first) == 16


def test_packages_of_two_ecosystems_stay_apart() -> None:
    names = {component_of(Package("protobuf", "3", word)) for word in ("npm", "pypi", "gem")}
    assert names == {"npm/protobuf", "pypi/protobuf", "gem/protobuf"}


@pytest.mark.parametrize(
    ("asset", "advisory"), [("mail", "CVE-2021-44420"), ("shop", "CVE-2020-0001")]
)
def test_another_asset_or_advisory_is_another_finding(asset: str, advisory: str) -> None:
    seen = vulnerability("CVE-2021-44420", Package("django", "3.2.9", "pypi"))
    same = identity(seen, advisory="CVE-2021-44420")
    assert identity(seen, asset=asset, advisory=advisory) != same


def test_a_weakness_survives_moved_lines_and_new_indentation() -> None:
    moved = replace(
        WEAKNESS, place=Place("./src/orders.py", 99), context="cursor.execute(query  % name)"
    )
    assert identity(moved) == identity(WEAKNESS)


def test_a_weakness_changes_with_its_code() -> None:
    assert identity(replace(WEAKNESS, context="cursor.execute(q)")) != identity(WEAKNESS)


def test_the_fingerprint_of_the_tool_goes_before_the_code() -> None:
    marked = replace(WEAKNESS, fingerprints=(("primaryLocationLineHash", "39fa2ee980eb94b0:1"),))
    assert identity(replace(marked, context="something else")) == identity(marked)


def test_a_placeholder_for_a_fingerprint_is_not_trusted() -> None:
    marked = replace(WEAKNESS, fingerprints=(("matchBasedId/v1", "requires login"),))
    assert identity(marked) == identity(WEAKNESS)


def test_one_secret_found_by_two_tools_is_one_finding() -> None:
    other = replace(SECRET, rule="password", title="Password", place=Place("src/orders.py", 7))
    assert identity(other) == identity(SECRET)


def test_the_hash_of_a_secret_depends_on_the_key() -> None:
    assert identity(SECRET, key=b"another") != identity(SECRET)


def test_a_secret_is_never_hashed_without_a_key() -> None:
    with pytest.raises(Defect):
        identity(SECRET, key=b"")


def test_a_file_takes_part_where_the_resource_is_named_in_it_only() -> None:
    one = replace(BUCKET, resource="aws_s3_bucket.this", place=Place("a/main.tf", 1))
    other = replace(one, place=Place("b/main.tf", 1))
    assert identity(one) != identity(other)
    assert identity(replace(BUCKET, place=Place("a.json"))) == identity(BUCKET)


@pytest.mark.parametrize(
    "url",
    [
        "https://SHOP.example:443/search/?q=2",
        "https://shop.example/a/../search?q=%27#top",
        "https://user@shop.example/search;jsessionid=1?q=",
    ],
)
def test_a_web_address_is_the_same_in_every_spelling(url: str) -> None:
    seen = replace(WEB, place=Place(method="get", url=url, parameter="q"))
    assert identity(seen) == identity(WEB)


@pytest.mark.parametrize(
    "url", ["https://shop.example:8443/search?q=1", "http://shop.example/search?q=1"]
)
def test_another_port_or_scheme_is_another_place(url: str) -> None:
    seen = replace(WEB, place=Place(method="GET", url=url, parameter="q"))
    assert identity(seen) != identity(WEB)


def test_equal_weaknesses_of_a_file_are_counted() -> None:
    seen = [
        Sighting(replace(WEAKNESS, place=Place("src/orders.py", line)), "shop")
        for line in (40, 90, 40)
    ]
    first, second, again = identities_of(seen, secret_key=KEY)
    assert first != second
    assert first == again == identity(WEAKNESS)


@given(st.permutations([3, 14, 15, 92]))
def test_the_order_of_a_report_changes_no_identity(lines: list[int]) -> None:
    seen = [
        Sighting(replace(WEAKNESS, place=Place("src/orders.py", line)), "shop") for line in lines
    ]
    found = dict(zip(lines, identities_of(seen, secret_key=KEY), strict=True))
    ordered = sorted(seen, key=lambda sighting: sighting.observation.place.line)
    assert [found[line] for line in sorted(lines)] == [*identities_of(ordered, secret_key=KEY)]


@given(st.sampled_from([WEAKNESS, SECRET, BUCKET, WEB]), st.text(), st.integers(0, 10**6))
def test_description_pointer_and_line_take_no_part(
    observation: Observation, text: str, line: int
) -> None:
    changed = replace(
        observation,
        description=text,
        remedy=text,
        pointer=text,
        severity=Severity.LOW,
        place=replace(observation.place, line=line),
    )
    assert identity(changed) == identity(observation)


@given(st.text(), st.text())
def test_any_path_and_address_are_normal_after_once(path: str, url: str) -> None:
    assert normal_path(normal_path(path)) == normal_path(path)
    normal_url(url)


def test_a_group_is_one_fix_for_many_resources() -> None:
    one = vulnerability("CVE-1", Package("openssl", "3.0.1", "deb"))
    other = vulnerability("DSA-1", Package("openssl", "3.0.2", "debian"))
    keys = {group_key(seen, canonical_advisory="CVE-1", secret_key=KEY) for seen in (one, other)}
    assert keys == {"vulnerability|CVE-1|deb/openssl"}


def test_one_secret_in_two_files_is_one_group() -> None:
    other = replace(SECRET, place=Place("config.py", 1))
    keys = {group_key(seen, canonical_advisory="", secret_key=KEY) for seen in (SECRET, other)}
    assert len(keys) == 1
    assert SECRET_TEXT not in keys.pop()
