"""What goes wrong at the demo company beside the everyday: each fault is here because a page shows it."""

from collections.abc import Sequence
from typing import Final

from tesuri.flows.demo.cast import BANK_GATEWAY, PLATFORM_ACCOUNT, SHOP, image, repository
from tesuri.flows.demo.faults import Fault, Spans
from tesuri.flows.demo.story_code import (
    COUPON,
    LEAK,
    OPEN_SSH,
    ORDER,
    SEARCH,
    SESSION,
    SIGN_IN,
    STORED_SCRIPT,
    tls_survey,
)
from tesuri.flows.demo.story_packages import CACHE, CODEC, EXPORT, OPENSSL, PARSER, QUEUE, TEMPLATE

EXPLOITED_DAYS: Final = 82 / 24
"""Age at which the KEV list names two of these: 34 hours more than the 48 that *immediate* gives."""

_BASE_IMAGES: Final = (
    ("payments-api", 4.9),
    ("payments-worker", 4.9),
    ("payouts", 4.9),
    ("payouts-worker", 4.9),
    ("ledger", 4.9),
    ("ledger-reports", 4.9),
    ("checkout-api", 4.9),
    ("notify", 3.9),
    ("batch-runner", 3.9),
)


def story() -> tuple[Fault, ...]:
    """Give every fault that the demo tells of."""
    return (*_dependencies(), *_code(), *_sites(), Fault(PLATFORM_ACCOUNT, OPEN_SSH, ((8.6, 0),)))


def _dependencies() -> Sequence[Fault]:
    return (
        *(Fault(image(name), OPENSSL, ((since, 0),)) for name, since in _BASE_IMAGES),
        # Rebuilt this morning: the next scan has to confirm it.
        Fault(image("mobile-gateway"), OPENSSL, ((4.9, 0.9),)),
        Fault(image("payouts-export"), EXPORT, ((6.9, 0),)),
        # Seen at the first weekly scan after 14 days, fixed a day after its seven days were over.
        Fault(image("merchant-portal"), TEMPLATE, ((13.9, 5.9),)),
        # A day late as well: the urgent budget of the service has a quarter left.
        Fault(image("payments-api"), PARSER, ((13.9, 5.9),)),
        # Five, one and two days after their thirty.
        Fault(image("sign-in"), CACHE, ((41.9, 6.9),)),
        Fault(image("checkout-api"), CACHE, ((34.9, 3.9),)),
        Fault(image("accounts"), CACHE, ((34.9, 2.9),)),
        # Fixed a month ago, and back with an old branch.
        Fault(image("checkout-api"), QUEUE, ((55, 37), (2.9, 0))),
        # Away for three days, hence the same episode.
        Fault(image("mobile-gateway"), QUEUE, ((6.9, 5.9), (2.9, 0))),
        # Waived in time, and fixed before the waiver ended.
        Fault(image("accounts"), CODEC, ((80, 50),)),
    )


def _code() -> Sequence[Fault]:
    return (
        Fault(repository("merchant-portal"), SESSION, ((5.9, 0),), tools=("codeql",)),
        Fault(repository("shop-reviews"), STORED_SCRIPT, ((63, 44), (6.9, 0)), tools=("semgrep",)),
        Fault(repository("sign-in"), SIGN_IN, ((5.9, 0),), tools=("codeql",)),
        Fault(repository("payments-api"), LEAK, ((2.9, 0),)),
    )


def _sites() -> Sequence[Fault]:
    bank: Spans = ((76, 0),)
    return (
        *(Fault(BANK_GATEWAY, noted, bank) for noted in tls_survey()),
        Fault(SHOP, ORDER, ((3.9, 0),)),
        Fault(SHOP, SEARCH, ((20.5, 0),)),
        Fault(SHOP, COUPON, ((69.5, 41.5),)),
    )
