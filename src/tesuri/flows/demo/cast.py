"""Names of the demo company: people, things that are scanned, and where they are found. All invented."""

from collections.abc import Mapping
from typing import Final

MISAKI: Final = "Misaki Sato"
KEN: Final = "Ken Tanaka"
PRIYA: Final = "Priya Raman"
YUTO: Final = "Yuto Nakamura"
SAKURA: Final = "Sakura Kobayashi"
AMARA: Final = "Amara Okafor"
LUCAS: Final = "Lucas Ferreira"
MINH: Final = "Minh Tran"
INGRID: Final = "Ingrid Solberg"
HARUKA: Final = "Haruka Mori"

IMAGES: Final[Mapping[str, str]] = {
    "payments-api": "1.8.2",
    "payments-worker": "1.8.2",
    "payouts": "3.11.0",
    "payouts-worker": "3.11.0",
    "payouts-export": "2.4.1",
    "ledger": "7.3.5",
    "ledger-reports": "7.1.0",
    "checkout-api": "4.18.2",
    "merchant-portal": "9.0.1",
    "search-indexer": "5.5.1",
    "shop-reviews": "3.2.7",
    "mobile-gateway": "2.40.0",
    "notify": "0.92.4",
    "batch-runner": "1.3.0",
    "sign-in": "6.1.4",
    "accounts": "5.0.9",
    "legacy-export": "0.7.3",
}
"""Image → its tag."""

FORGOTTEN: Final = "legacy-export"
"""The image that nobody owns."""

REPOSITORIES: Final = (
    "payments-api",
    "payouts",
    "ledger",
    "checkout-api",
    "merchant-portal",
    "search-indexer",
    "shop-reviews",
    "mobile-gateway",
    "sign-in",
    "accounts",
)
CODEQL_REPOSITORIES: Final = ("merchant-portal", "sign-in")
SECRET_REPOSITORIES: Final = ("payments-api", "batch-runner")
GRYPE_IMAGES: Final = ("payments-api", "payouts-export", "checkout-api", "merchant-portal")
PAYMENTS_ACCOUNT: Final = "410000000017"
PLATFORM_ACCOUNT: Final = "410000000025"
BANK_GATEWAY: Final = "https://bank-gw.hamabe.example"
SHOP: Final = "https://shop.hamabe.example"
REGION: Final = "ap-northeast-1"

_KEY_PARTS: Final = ("AKIA", "Z4TESURIDEMO", "Q7HD")
LEAKED_KEY: Final = "".join(_KEY_PARTS)
"""Of nobody, and in parts, so that no file of ours looks as if it held a key."""


def image(name: str) -> str:
    """Give an image as a scanner names it."""
    return f"images.hamabe.example/{name}:{IMAGES[name]}"


def repository(name: str) -> str:
    """Give a repository as a scanner names it."""
    return f"https://git.hamabe.example/hamabe/{name}"
