"""Time zones by the names that people write."""

from zoneinfo import ZoneInfo


def named_zone(name: str) -> ZoneInfo | None:
    """Give the zone of an IANA name, such as Asia/Tokyo; None where none has the name.

    A part of names (Asia) is a folder of the zones' own files, which reading refuses as the system does.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None
