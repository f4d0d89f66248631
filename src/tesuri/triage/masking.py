"""Takes secrets out of every text before it is stored; a short recognisable head and tail stay.

What is masked is listed here and in docs/triage.md. Every pattern is linear: a fixed start, then
one bounded run of a character class, with no nested repetition.
"""

import re
from typing import Final

_MARK: Final = "…"
_TAIL: Final = 4
_TOKEN: Final = r"A-Za-z0-9_\-"

# Each prefix is followed by at least so many characters of the class; the prefix stays readable.
# From: the token formats that each issuer documents.
_PREFIXED = (
    ("(?:AKIA|ASIA|AROA|AIDA|ANPA|AGPA|ABIA|ACCA)", "A-Z0-9", 12),  # AWS key and principal ids
    ("(?:ghp|gho|ghu|ghs|ghr)_", "A-Za-z0-9", 20),  # GitHub
    ("github_pat_", "A-Za-z0-9_", 20),
    ("xox[abeoprs]-", _TOKEN, 10),  # Slack
    ("xapp-", _TOKEN, 10),
    ("AIza", _TOKEN, 30),  # Google API
    (r"ya29\.", _TOKEN, 20),  # Google OAuth
    ("GOCSPX-", _TOKEN, 20),
    ("(?:sk|rk|pk)_(?:live|test)_", "A-Za-z0-9", 10),  # Stripe
    ("whsec_", "A-Za-z0-9+/=", 20),
    ("npm_", "A-Za-z0-9", 30),
    ("pypi-", _TOKEN, 40),
    ("(?:glpat|gldt|glrt|glcbt|glptt|glsoat|glft)-", _TOKEN + ".", 15),  # GitLab
    ("dop_v1_", "a-f0-9", 30),  # DigitalOcean
    (r"SG\.", _TOKEN + ".", 30),  # SendGrid
    ("key-", "a-f0-9", 32),  # Mailgun
    ("sk-(?:proj-|ant-)?", _TOKEN, 20),
    ("hf_", "A-Za-z0-9", 30),
    ("shp(?:at|ca|pa|ss)_", "a-fA-F0-9", 30),  # Shopify
    (r"hv[sb]\.", _TOKEN, 20),  # Vault
    ("dckr_pat_", _TOKEN, 20),
    ("AGE-SECRET-KEY-1", "A-Z0-9", 30),
    ("SK", "a-f0-9", 32),  # Twilio
)
_PRIVATE_KEY = re.compile(
    r"-----BEGIN ([A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?)-----[^-…]+(?:-----END [A-Z0-9 ]{0,60}-----)?"
)
_JWT = re.compile(r"\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]{4,})(?:\.[A-Za-z0-9_-]*)?")
_URL_PASSWORD = re.compile(r"(://[^\s/:@\"'<>]{0,256}:)([^\s/@\"'<>…]{1,512})(?=@)")
_WEBHOOK = re.compile(
    r"(hooks\.slack\.com/(?:services|workflows)/|discord(?:app)?\.com/api/webhooks/)"
    r"([A-Za-z0-9/_-]{12,512})"
)
_HEADER = re.compile(
    r"(\b(?:proxy-)?authorization[\"']?\s{0,4}[:=]\s{0,4}[\"']?(?:basic|bearer|token|digest)\s{1,4})"
    r"([A-Za-z0-9._~+/=-]{6,4096})",
    re.IGNORECASE,
)
_WORDS = (
    "password|passwd|passphrase|pwd|secret|token|api[_-]?key|apikey|access[_-]?key|account[_-]?key|"
    "shared[_-]?access[_-]?key|private[_-]?key|client[_-]?secret|auth[_-]?key|signing[_-]?key|"
    "encryption[_-]?key|sharedaccesssignature|credentials?|パスワード"
)
# A word that is no part of an ARN, an optional closing quote, a sign of assignment, then a value in quotes or one word.
_ASSIGNED = re.compile(
    rf"((?<!:)(?:{_WORDS})(?:[_-]?(?:access[_-]?key|key|id|value|hash|base64|prod|dev))?[\"']?\s{{0,8}}"
    r"(?:=>|:=|==|=|:)\s{0,8})"
    r"(?:\"([^\"\n…]{4,4096})\"|'([^'\n…]{4,4096})'|([^\s\"'`,;&<>(){}\[\]…$]{4,4096}))",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(
    r"([?&](?:sig|signature|X-Amz-Signature|X-Goog-Signature)=)([^&\s\"'<>…]{8,1024})"
)
# 40 characters of an AWS secret access key near its name in other spellings than an assignment.
_AWS_SECRET = re.compile(r"(?<![A-Za-z0-9/+=…])([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])")
_PREFIXES = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    + "|".join(f"(?:{start}[{run}]{{{least},4096}})" for start, run, least in _PREFIXED)
    + r")"
)
_PREFIX_HEAD = re.compile("(?:" + "|".join(start for start, _, _ in _PREFIXED) + ")")


def mask(text: str) -> str:
    """Give the text with every known kind of secret shortened, as `AKIA…Q7HD`.

    Masking twice changes nothing more. Hashes in lower-case hex and ids are left alone.

    **cost** a fixed number of linear passes.
    """
    if len(text) < 6:
        return text
    masked = _PRIVATE_KEY.sub(lambda found: f"-----BEGIN {found.group(1)}-----{_MARK}", text)
    masked = _PREFIXES.sub(lambda found: _short(found.group(), _head(found.group())), masked)
    masked = _JWT.sub(lambda found: _short(found.group(), "eyJ"), masked)
    for pattern in (_WEBHOOK, _HEADER, _URL_PASSWORD, _SIGNATURE):
        masked = pattern.sub(lambda found: found.group(1) + _MARK, masked)
    masked = _ASSIGNED.sub(_assigned, masked)
    return _AWS_SECRET.sub(_aws_secret, masked)


def _short(secret: str, head: str) -> str:
    """Keep the issuer's prefix and at most four characters, so that people recognise which it is."""
    return f"{head}{_MARK}{secret[-_TAIL:]}"


def _head(secret: str) -> str:
    found = _PREFIX_HEAD.match(secret)
    return found.group() if found else ""


def _assigned(found: re.Match[str]) -> str:
    """Mask the value, keep its quotes; a value that only refers to a secret stays."""
    name, double, single, bare = found.groups()
    value = double or single or bare or ""
    if _is_reference(value) or (bare and _is_prose(found)):
        return found.group()
    quote = '"' if double is not None else "'" if single is not None else ""
    return f"{name}{quote}{_MARK}{quote}"


_REFERENCE = re.compile(
    r"(?:\$\{|\$\(|\{\{|<|%\(|var\.|local\.|data\.|module\.|aws_|os\.|env\.|process\.env|arn:|ref:|"
    r"valueFrom|secretKeyRef|true$|false$|null$|none$|undefined$|\*{3}|CWE-|CVE-|GHSA-)",
    re.IGNORECASE,
)


def _is_prose(found: re.Match[str]) -> bool:
    """Whether "token: expired tokens are …" is a sentence, and no assignment."""
    follows = found.string[found.end() : found.end() + 2]
    is_word = found.group(4).isalpha() and found.group(1).endswith(" ")
    return is_word and len(follows) == 2 and follows[0] == " " and follows[1].isalpha()


def _is_reference(value: str) -> bool:
    return _MARK in value or _REFERENCE.match(value) is not None


def _aws_secret(found: re.Match[str]) -> str:
    """A 40-character run is a secret only when it mixes cases and digits, unlike a hash or a path."""
    text = found.group(1)
    is_mixed = all(len(re.findall(kind, text)) >= 3 for kind in ("[a-z]", "[A-Z]", "[0-9]"))
    is_path = text.count("/") > 3
    return _MARK + text[-_TAIL:] if is_mixed and not is_path else text
