"""Chance that always falls the same way: a number out of the names that it is about."""

import hashlib


def chance(*names: object) -> float:
    """Give a number from 0 up to, not including, 1; equal names give equal numbers."""
    digest = hashlib.blake2b("|".join(map(str, names)).encode(), digest_size=6).digest()
    return int.from_bytes(digest, "big") / 2**48


def between(low: int, high: int, *names: object) -> int:
    """Give a whole number from `low` to `high`, both included."""
    return low + int(chance(*names) * (high - low + 1))
