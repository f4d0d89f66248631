"""Buckets of S3, asked over the network interface of this machine of a server that speaks S3."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from tests.flows.reports import A, B, day, trivy
from tesuri.clouds.aws.buckets import Buckets
from tesuri.model.errors import BadInput, Unavailable
from tesuri.model.objects import BucketAddress, StoredObject, bucket_address

BUCKET = "reports"
ACCOUNT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    started = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    started.start()
    host, port = started.get_host_and_port()
    yield f"http://{host}:{port}"
    started.stop()


class Bucket:
    """A bucket that the tests write to."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
        self._client.create_bucket(Bucket=BUCKET)

    def put(self, key: str, data: bytes) -> None:
        self._client.put_object(Bucket=BUCKET, Key=key, Body=data)

    def keys(self) -> list[str]:
        return [each.key for each in Buckets(self.endpoint).listed(BucketAddress(BUCKET, ""))]

    def empty(self) -> None:
        for key in self.keys():
            self._client.delete_object(Bucket=BUCKET, Key=key)
        self._client.close()


@pytest.fixture
def bucket(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    for name, value in ACCOUNT.items():
        monkeypatch.setenv(name, value)
    made = Bucket(server)
    yield made
    made.empty()


def listed(bucket: Bucket, prefix: str = "") -> list[StoredObject]:
    return list(Buckets(bucket.endpoint).listed(BucketAddress(BUCKET, prefix)))


def test_objects_under_a_prefix_are_listed_with_their_etags(bucket: Bucket) -> None:
    for key in ("a/", "a/1.json", "a/2.json", "b/3.json"):
        bucket.put(key, key.encode())
    found = listed(bucket, "a/")
    assert [(each.key, each.size) for each in found] == [("a/1.json", 8), ("a/2.json", 8)]
    assert len({each.etag for each in found}) == 2
    assert found[0].address == "s3://reports/a/1.json"


def test_an_object_is_read_in_parts(bucket: Bucket) -> None:
    content = bytes(range(256)) * 12_000
    bucket.put("large", content)
    parts = list(Buckets(bucket.endpoint).parts(listed(bucket)[0]))
    assert b"".join(parts) == content
    assert len(parts) == 3


def test_an_object_that_changed_since_it_was_listed_is_not_read(bucket: Bucket) -> None:
    bucket.put("a", b"one")
    (before,) = listed(bucket)
    bucket.put("a", b"two")
    with pytest.raises(Unavailable, match="changed while it was read"):
        list(Buckets(bucket.endpoint).parts(before))


def test_what_is_not_there_is_one_sentence(bucket: Bucket) -> None:
    with pytest.raises(BadInput, match="There is no such bucket"):
        list(Buckets(bucket.endpoint).listed(BucketAddress("nowhere", "")))
    bucket.put("a", b"one")
    (there,) = listed(bucket)
    with pytest.raises(BadInput, match="There is no such object"):
        list(Buckets(bucket.endpoint).parts(replace(there, key="b")))


def test_a_server_that_does_not_answer_is_one_sentence(bucket: Bucket) -> None:
    with pytest.raises(Unavailable, match="S3 does not answer") as refused:
        list(Buckets("http://127.0.0.1:9").listed(BucketAddress(BUCKET, "")))
    assert "TESURI_S3_ENDPOINT_URL" in str(refused.value)


@pytest.mark.parametrize(
    "text", ["s3://", "s3://x", "s3:/reports/a", "s3://Reports/a", "reports/a"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="no address of S3"):
        bucket_address(text)


def test_an_address_means_all_below_only_with_its_slash() -> None:
    assert [bucket_address(f"s3://abc{rest}").is_folder for rest in ("", "/", "/a/", "/a")] == [
        True,
        True,
        True,
        False,
    ]


class Program:
    """The command line as a shell runs it, with a store of its own."""

    def __init__(self, folder: Path, endpoint: str) -> None:
        self._folder = folder
        own = {name: value for name, value in os.environ.items() if not name.startswith("TESURI_")}
        self._variables = {**own, **ACCOUNT, "TESURI_S3_ENDPOINT_URL": endpoint}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "tesuri", *arguments],
            cwd=self._folder,
            env=self._variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


@pytest.fixture
def program(bucket: Bucket, tmp_path: Path) -> Program:
    return Program(tmp_path, bucket.endpoint)


def test_objects_are_taken_in_once_and_again_when_they_change(
    bucket: Bucket, program: Program
) -> None:
    bucket.put("ci/a.json", trivy(A, at=day(0), image="shop/a"))
    bucket.put("ci/b.json", trivy(B, at=day(0), image="shop/b"))
    bucket.put("ci/.hidden", b"no report")
    first = program.run("ingest", "s3://reports/ci/", "--format", "csv")
    assert (first.returncode, first.stderr) == (0, "")
    assert "s3://reports/ci/a.json,trivy,trivy,shop/a" in first.stdout
    again = program.run("ingest", "s3://reports/ci/")
    assert again.returncode == 0
    assert "2 objects are as they were when they were taken in" in again.stdout
    assert "shop/a" not in again.stdout
    bucket.put("ci/b.json", trivy(A, B, at=day(1), image="shop/b"))
    changed = program.run("ingest", "s3://reports/ci/", "--format", "csv")
    assert "shop/b" in changed.stdout
    assert "shop/a" not in changed.stdout
    assert bucket.keys() == ["ci/.hidden", "ci/a.json", "ci/b.json"]


def test_a_watch_remembers_what_it_took_in_beyond_its_own_run(
    bucket: Bucket, program: Program
) -> None:
    bucket.put("ci/a.json", trivy(A, at=day(0)))
    bucket.put("ci-old.json", b"{}")
    bucket.put("ci/bad.json", b'{"no": "report"}')
    first = program.run("watch", "s3://reports/ci/", "--once")
    assert first.returncode == 2
    assert first.stdout == (
        "s3://reports/ci/a.json: 1 new, 0 known, 0 came back, 0 missed once, 0 closed, 0 skipped\n"
    )
    assert first.stderr.count("\n") == 1
    assert "s3://reports/ci/bad.json" in first.stderr
    bucket.put("ci/bad.json", trivy(A, B, at=day(1)))
    second = program.run("watch", "s3://reports/ci/", "--once", "--format", "jsonl")
    assert (second.returncode, second.stdout.count("\n")) == (0, 1)
    assert '"s3://reports/ci/bad.json"' in second.stdout


def test_one_object_and_what_is_not_there(bucket: Bucket, program: Program) -> None:
    bucket.put("a.json", trivy(A, at=day(0)))
    bucket.put("a.json.bak", trivy(B, at=day(0)))
    assert "1 new" not in program.run("ingest", "s3://reports/a").stdout
    missing = program.run("ingest", "s3://reports/a", "s3://nowhere/", "s3://reports/a.json")
    assert missing.returncode == 2
    assert missing.stderr.splitlines() == [
        "tesuri: s3://reports/a: There is no such object.",
        "tesuri: s3://nowhere/: There is no such bucket. Check the address.",
    ]
    assert "a.json" in missing.stdout
    assert "a.json.bak" not in missing.stdout
