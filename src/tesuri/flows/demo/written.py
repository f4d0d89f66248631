"""How the demo company's documents are written: bytes that are equal whenever their content is."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

Value = str | int | float | bool | None | Mapping[str, "Value"] | Sequence["Value"]
Json = dict[str, Value]


def as_bytes(document: Value, *, indent: int | None = None) -> bytes:
    """Give a document as JSON, on one line unless it is indented."""
    return json.dumps(document, ensure_ascii=False, indent=indent).encode()


def instant_text(at: datetime) -> str:
    """Give an instant as the tools write it: 2026-11-24T00:36:00Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
