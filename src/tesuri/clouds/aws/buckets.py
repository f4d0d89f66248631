"""Buckets of S3, or of what speaks like it: listing and reading, never writing.

Who may read is settled by the usual chain of the SDK (variables, profile, role). Nothing is asked before somebody lists.

**source** https://docs.aws.amazon.com/AmazonS3/latest/API/ (ListObjectsV2, GetObject with If-Match)
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from tesuri.model.errors import BadInput, TesuriError, Unavailable
from tesuri.model.objects import BucketAddress, StoredObject

_CHUNK_BYTES: Final = 1024 * 1024
_CONFIG: Final = Config(
    connect_timeout=10,
    read_timeout=60,
    retries={"mode": "standard", "max_attempts": 4},
    user_agent_appid="tesuri",
)
_MISSING: Final = {"NoSuchBucket": "bucket", "NoSuchKey": "object", "404": "object"}
_REFUSED: Final = frozenset({"AccessDenied", "403", "InvalidAccessKeyId", "SignatureDoesNotMatch"})
_CHANGED: Final = frozenset({"PreconditionFailed", "412"})


class Buckets:
    """S3 at one endpoint; the client is made at the first question."""

    def __init__(self, endpoint_url: str) -> None:
        """Take the endpoint; empty is AWS itself."""
        session = boto3.session.Session()
        self._client = session.client(
            "s3",
            endpoint_url=endpoint_url or None,
            region_name=session.region_name or "us-east-1",
            config=_CONFIG,
        )

    def listed(self, address: BucketAddress) -> Iterator[StoredObject]:
        """Give the objects whose keys begin with the address, by key; markers of folders are left out.

        **raises** BadInput for a bucket that is not there, Unavailable when S3 refuses or does not answer.
        """
        pages = self._client.get_paginator("list_objects_v2")
        with _one_sentence(str(address)):
            for page in pages.paginate(Bucket=address.bucket, Prefix=address.key):
                for entry in page.get("Contents", ()):
                    if not entry["Key"].endswith("/"):
                        yield StoredObject(
                            address.bucket, entry["Key"], entry["ETag"].strip('"'), entry["Size"]
                        )

    def parts(self, stored: StoredObject) -> Iterator[bytes]:
        """Give the bytes of an object as it was listed, in parts.

        **raises** Unavailable when it has changed since, or S3 refuses or does not answer.
        """
        with _one_sentence(stored.address):
            answer = self._client.get_object(
                Bucket=stored.bucket, Key=stored.key, IfMatch=stored.etag
            )
            body = answer["Body"]
            try:
                yield from body.iter_chunks(_CHUNK_BYTES)
            finally:
                body.close()


@contextmanager
def _one_sentence(where: str) -> Iterator[None]:
    """Turn what the SDK raises into our errors; it never repeats a secret."""
    try:
        yield
    except ClientError as error:
        raise _refusal(error, where) from error
    except (BotoCoreError, HTTPClientError) as error:
        raise Unavailable(
            f"S3 does not answer: {str(error).rstrip('.')}.",
            where=where,
            remedy="Check the network, TESURI_S3_ENDPOINT_URL and the credentials of AWS, then try again.",
        ) from error


def _refusal(error: ClientError, where: str) -> TesuriError:
    told = error.response.get("Error", {})
    code = str(told.get("Code", ""))
    if code in _MISSING:
        return BadInput(
            f"There is no such {_MISSING[code]}.", where=where, remedy="Check the address."
        )
    if code in _CHANGED:
        return Unavailable(
            "The object was changed while it was read.", where=where, remedy="Try again."
        )
    if code in _REFUSED:
        return Unavailable(
            f"S3 refuses: {code}.",
            where=where,
            remedy="Allow s3:ListBucket on the bucket and s3:GetObject on its objects.",
        )
    return Unavailable(f"S3 answers with {code or 'an error'}.", where=where, remedy="Try again.")
