"""The text of a denial → who, what, on what, and which kind of policy it blames.

The wording differs by service and has grown over the years: some name the policy, some only its kind, some nothing, and
some hide everything in an encoded message that only its account can decode.

**source** https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tesuri.controls.scp.request import identity_keys, role_of_session
from tesuri.model.scp import ScpRequest
from tesuri.untrusted.shape import items, mapping, text

_MAX: Final = 20_000
_WHO: Final = re.compile(
    r"""(?:User|Principal)\s*:?\s*[\["'\\]*(arn:[^\s\],"'\\]+)""", re.IGNORECASE
)
_WHAT: Final = re.compile(
    r"(?:not authorized to perform:?|not allowed to execute|allows the)\s*\[?([\w-]+:[A-Za-z0-9*]+)",
    re.IGNORECASE,
)
# NOTE: S3 puts the resource between quotes, and logs escape these.
_ON: Final = re.compile(
    r"""on (?:the )?resource:?\s*[\["'\\]*(arn:[^\s\],"'\\]+|\*)""", re.IGNORECASE
)
_EXPLICIT: Final = re.compile(
    r"with an explicit deny(?: in (?:an? |the )?([a-z -]{1,60}?polic(?:y|ies)|[a-z -]{1,60}?boundary))?",
    re.IGNORECASE,
)
_IMPLICIT: Final = re.compile(
    r"because no ([a-z -]{1,60}?(?:policy|boundary)) allows", re.IGNORECASE
)
_POLICY: Final = re.compile(r"(arn:[\w-]+:organizations::\d*:policy/\S{0,200}?/?(p-[A-Za-z0-9]+))")
_ENCODED: Final = re.compile(r"encoded authorization failure message:?\s*(\S{40,})", re.IGNORECASE)
_SAID: Final = re.compile(
    r"den(?:y|ied)|not (?:authori[sz]ed|allowed)|unauthori[sz]ed|forbidden|permission|arn:aws|\b40[13]\b"
    # As the console says it in Japanese.
    r"|拒否|権限|許可されて|承認されて",
    re.IGNORECASE,
)
_SCP: Final = re.compile(r"service[ -]control[ -]polic|\bSCP\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Denial:
    """What the text of a denial tells."""

    principal: str = ""
    action: str = ""
    resource: str = ""
    policy_kind: str = ""
    """In lower case, as the text names it; empty when it names none."""
    policy_id: str = ""
    """p-… of the policy."""
    is_explicit: bool = False
    is_implicit: bool = False
    """No policy of the kind allows it."""
    is_encoded: bool = False

    @property
    def blames_another(self) -> bool:
        """Whether it names a kind of policy that is no service control policy."""
        return bool(self.policy_kind) and not _SCP.search(self.policy_kind)


def read_denial(message: str) -> Denial:
    """Read the text of a denial; what it does not tell is empty."""
    # NOTE: terminals and mails wrap the text anywhere between two words.
    words = " ".join(message[:_MAX].split())
    explicit, implicit = _EXPLICIT.search(words), _IMPLICIT.search(words)
    kind = (explicit and explicit[1]) or (implicit and implicit[1]) or ""
    policy = _POLICY.search(words)
    if not kind and (policy or _SCP.search(words)):
        kind = "service control policy"
    return Denial(
        principal=_found(_WHO, words),
        action=_found(_WHAT, words),
        resource=_found(_ON, words).rstrip("."),
        policy_kind=" ".join(kind.lower().split()),
        policy_id=policy[2] if policy else "",
        is_explicit=explicit is not None,
        is_implicit=implicit is not None,
        is_encoded=_ENCODED.search(words) is not None,
    )


def is_denial(message: str) -> bool:
    """Whether a text tells of a denial at all: it names who, what or why, or at least says so."""
    return read_denial(message) != Denial() or _SAID.search(message[:_MAX]) is not None


def request_of_denial(denial: Denial) -> ScpRequest | None:
    """Give the request that a text tells of; None when it names no action or nobody."""
    if not denial.principal or not denial.action:
        return None
    compared = role_of_session(denial.principal)
    account = (compared.split(":") + [""] * 5)[4]
    return ScpRequest(
        denial.principal,
        denial.action,
        denial.resource or None,
        account,
        identity_keys(compared),
        is_complete=False,
    )


def request_of_decoded(document: object) -> tuple[ScpRequest, bool] | None:
    """Give the request of a decoded authorization message and whether it was denied explicitly; None for none."""
    context = mapping(document, "context")
    if not context or not isinstance(document, Mapping) or "allowed" not in document:
        return None
    principal = text(context, "principal", "arn")
    compared = role_of_session(principal)
    keys = {
        text(each, "key").lower(): tuple(
            text(one, "value") for one in items(each, "values", "items")
        )
        for each in items(context, "conditions", "items")
    }
    request = ScpRequest(
        principal,
        text(context, "action"),
        text(context, "resource") or None,
        (compared.split(":") + [""] * 5)[4],
        {**identity_keys(compared), **keys},
        # The message lists the keys of the service and some of the global ones.
        is_complete=False,
    )
    return request, document.get("explicitDeny") is True


def _found(pattern: re.Pattern[str], words: str) -> str:
    match = pattern.search(words)
    return match[1] if match else ""
