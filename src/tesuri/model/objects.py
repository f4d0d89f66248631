"""Objects of a bucket, as a listing gives them."""

import re
from dataclasses import dataclass

from tesuri.model.errors import BadInput

_ADDRESS = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*))?", re.DOTALL)
SCHEME = "s3://"


@dataclass(frozen=True, slots=True)
class BucketAddress:
    """A bucket with a key, or with the beginning of keys."""

    bucket: str
    key: str

    @property
    def is_folder(self) -> bool:
        """Whether it means everything below, as its closing slash says."""
        return not self.key or self.key.endswith("/")

    def __str__(self) -> str:
        """Give it as people write it."""
        return f"{SCHEME}{self.bucket}/{self.key}"


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object: what tells that it may have changed is its ETag."""

    bucket: str
    key: str
    etag: str
    size: int

    @property
    def address(self) -> str:
        """Give it as people write it."""
        return str(BucketAddress(self.bucket, self.key))


def bucket_address(text: str) -> BucketAddress:
    """Give the address that `s3://bucket/key` means. **raises** BadInput for another form."""
    found = _ADDRESS.fullmatch(text)
    if found is None:
        raise BadInput(
            f"{text!r} is no address of S3.", where=text, remedy="Write it as s3://bucket/prefix/."
        )
    return BucketAddress(found[1], found[2] or "")
