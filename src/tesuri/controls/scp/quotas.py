"""What Amazon Organizations takes at most.

**source** https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html; the first two were
doubled on 2026-05-15 in all Regions (decision 0015).
"""

from typing import Final

MAX_CHARACTERS: Final = 10_240
"""Of one policy document, white space included when it is saved through the API."""

MAX_POLICIES: Final = 10
"""Attached to one root, unit or account, FullAWSAccess counted."""

MAX_DEPTH: Final = 5
"""Units below the root."""

OLD_CHARACTERS: Final = 5_120
OLD_POLICIES: Final = 5
"""Until May 2026; tools that still check them refuse more."""
