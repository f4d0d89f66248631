"""What time it is: the only place that asks, for sites to hand on."""

from datetime import UTC, datetime


def present() -> datetime:
    """Give this instant, aware UTC and whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)
