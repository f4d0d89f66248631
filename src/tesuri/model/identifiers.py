"""Names and keys that must not be mixed up, each a type of its own."""

from typing import NewType

ServiceId = NewType("ServiceId", str)
TeamId = NewType("TeamId", str)
JourneyId = NewType("JourneyId", str)
AssetId = NewType("AssetId", str)
ObjectiveId = NewType("ObjectiveId", str)
ControlId = NewType("ControlId", str)
WaiverId = NewType("WaiverId", str)

FindingKey = NewType("FindingKey", int)
"""Row number of a finding; shown as FND-<number>."""

GroupKey = NewType("GroupKey", int)
"""Row number of a group; shown as GRP-<number>."""

Identity = NewType("Identity", bytes)
"""16 bytes that stay equal as long as the finding is the same (version in `triage.fingerprint`)."""


def finding_name(key: FindingKey) -> str:
    """Give the name that people read and type: FND-12."""
    return f"FND-{key}"


def group_name(key: GroupKey) -> str:
    """Give the name of a group: GRP-12."""
    return f"GRP-{key}"
