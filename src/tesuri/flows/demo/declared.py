"""The demo's declared files: the shipped ones with their days counted from the present."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from tesuri.flows.demo.plans import plan_files

_MARK: Final = re.compile(rb"<(now|day)([+-][0-9]{1,4})d>")


def declared_files(shipped: Mapping[str, bytes], now: datetime) -> Mapping[str, bytes]:
    """Give the workspace's files by path: `<now-60d>` becomes an instant, `<day-60d>` a day.

    The plans to try the gate with stand beside them under plans/.
    """
    files = {path: _dated(content, now) for path, content in shipped.items()}
    return {**files, **{f"plans/{name}": content for name, content in plan_files().items()}}


def _dated(content: bytes, now: datetime) -> bytes:
    def said(found: re.Match[bytes]) -> bytes:
        at = now.astimezone(UTC) + timedelta(days=int(found[2]))
        form = "%Y-%m-%dT%H:%M:%S+00:00" if found[1] == b"now" else "%Y-%m-%d"
        return at.strftime(form).encode()

    return _MARK.sub(said, content)
