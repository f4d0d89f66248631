"""Takes secrets out of every text before it is stored; a short recognisable head and tail stay.

What is masked is listed here and in docs/triage.md. Every pattern is linear: a fixed start, then
one bounded run of a character class, with no nested repetition.
"""

import re
from functools import lru_cache
from typing import Final

_MARK: Final = "…"
_TAIL: Final = 4
_TOKEN: Final = r"A-Za-z0-9_\-"

# Heads, each followed by at least so many characters of the class; the head stays readable.
# From: the token formats that each issuer documents.
_PREFIXED = (
    ("AKIA ASIA AROA AIDA ANPA AGPA ABIA ACCA", "A-Z0-9", 12),  # AWS key and principal ids
    ("ghp_ gho_ ghu_ ghs_ ghr_", "A-Za-z0-9", 20),  # GitHub
    ("github_pat_", "A-Za-z0-9_", 20),
    ("xoxa- xoxb- xoxe- xoxo- xoxp- xoxr- xoxs-", _TOKEN, 10),  # Slack
    ("xapp-", _TOKEN, 10),
    ("AIza", _TOKEN, 30),  # Google API
    ("ya29.", _TOKEN, 20),  # Google OAuth
    ("GOCSPX-", _TOKEN, 20),
    ("sk_live_ sk_test_ rk_live_ rk_test_ pk_live_ pk_test_", "A-Za-z0-9", 10),  # Stripe
    ("whsec_", "A-Za-z0-9+/=", 20),
    ("npm_", "A-Za-z0-9", 30),
    ("pypi-", _TOKEN, 40),
    ("glpat- gldt- glrt- glcbt- glptt- glsoat- glft-", _TOKEN + ".", 15),  # GitLab
    ("dop_v1_", "a-f0-9", 30),  # DigitalOcean
    ("SG.", _TOKEN + ".", 30),  # SendGrid
    ("key-", "a-f0-9", 32),  # Mailgun
    ("sk-proj- sk-ant- sk-", _TOKEN, 20),
    ("hf_", "A-Za-z0-9", 30),
    ("shpat_ shpca_ shppa_ shpss_", "a-fA-F0-9", 30),  # Shopify
    ("hvs. hvb.", _TOKEN, 20),  # Vault
    ("dckr_pat_", _TOKEN, 20),
    ("AGE-SECRET-KEY-1", "A-Z0-9", 30),
    ("SK", "a-f0-9", 32),  # Twilio
)
_SHORTEST_TEXT = 6
_SHORTEST_TOKEN = 15
"""Characters of the shortest secret that a head announces: a Slack token."""
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


def _any_of(heads: str) -> str:
    return f"(?:{'|'.join(map(re.escape, heads.split()))})"


_PREFIXES = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    + "|".join(f"(?:{_any_of(heads)}[{run}]{{{least},4096}})" for heads, run, least in _PREFIXED)
    + r")"
)
_PREFIX_HEAD = re.compile("(?:" + "|".join(_any_of(heads) for heads, _, _ in _PREFIXED) + ")")

# What a text must contain before a pattern can match; nearly every text contains none of it.
_WORD_SIGNS = (
    *("passw", "passphrase", "pwd", "secret", "token", "key"),
    *("accesssignature", "credential", "パスワード"),
)
_WORD_BEFORE = re.compile(rf"(?:{'|'.join(_WORD_SIGNS)})[a-z0-9_-]{{0,40}}[\"']?\s{{0,8}}\Z")
_NEAR = 80
"""Characters before a sign in which its word stands: the longest word, what may follow it, a quote and spaces."""


def _runs_of(characters: str) -> bytes:
    """Give a table that makes these and all ASCII letters and digits an x, and anything else a space."""
    kept = characters.encode() + bytes(
        byte for byte in range(128) if chr(byte).isascii() and chr(byte).isalnum()
    )
    return bytes(ord("x") if byte in kept else ord(" ") for byte in range(256))


_WORD_RUNS = _runs_of("_-.")
"""Every secret that its head announces is one such run; only a webhook's (`whsec_`) may hold other signs."""
_AWS_RUNS = _runs_of("/+")
_TOKEN_RUN = b"x" * _SHORTEST_TOKEN
_AWS_RUN = b"x" * 40


def mask(text: str) -> str:
    """Give the text with every known kind of secret shortened, as `AKIA…Q7HD`.

    Masking twice changes nothing more. Hashes in lower-case hex and ids are left alone.

    **cost** a fixed number of linear passes.
    """
    return text if len(text) < _SHORTEST_TEXT or shows_nothing(text) else _masked(text)


def shows_nothing(text: str) -> bool:
    """Whether nothing in it can be a secret: so `mask` leaves it alone, and each line that it is joined of.

    Nearly every text is such a one, and many short ones are asked about at once by joining them with line ends.
    """
    encoded = text.encode("utf-8", "surrogatepass")
    words = encoded.translate(_WORD_RUNS)
    if _TOKEN_RUN in words and _has_token(encoded, words):
        return False
    if _AWS_RUN in encoded.translate(_AWS_RUNS) and _AWS_SECRET.sub(_aws_secret, text) != text:
        return False
    return not (_has_other_sign(text) or _assigns(text))


def _has_other_sign(text: str) -> bool:
    is_address = "@" in text and "://" in text
    is_webhook = "hooks" in text and ("slack.com/" in text or "discord" in text)
    is_key = "-----" in text and "-----BEGIN " in text
    return is_address or is_webhook or is_key or "whsec_" in text


def _assigns(text: str) -> bool:
    """Whether what its words call a secret may follow them."""
    if "=" not in text and text.count(":") == text.count("https://") + text.count("http://"):
        # The colon of an address ends no word for a secret, since `http` stands before it.
        return False
    folded = _folded(text).replace("https://", "").replace("http://", "")
    is_signed = "=" in folded and ("sig=" in folded or "ignature=" in folded)
    return is_signed or "authorization" in folded or _names_secret(folded)


def _has_token(encoded: bytes, words: bytes) -> bool:
    start = words.find(_TOKEN_RUN)
    while start >= 0:
        end = words.find(b" ", start)
        if _is_token(encoded[start:end] if end >= 0 else encoded[start:]):
            return True
        start = words.find(_TOKEN_RUN, end) if end >= 0 else -1
    return False


@lru_cache(maxsize=16_384)  # Names and addresses come again and again in a report.
def _is_token(word: bytes) -> bool:
    plain = word.decode()
    return "eyJ" in plain or _PREFIXES.search(plain) is not None


def _masked(text: str) -> str:
    masked = text
    if "-----BEGIN " in text:
        masked = _PRIVATE_KEY.sub(lambda found: f"-----BEGIN {found.group(1)}-----{_MARK}", masked)
    masked = _without_tokens(masked)
    masked = _without_named(text, masked)
    return _AWS_SECRET.sub(_aws_secret, masked)


def _without_tokens(text: str) -> str:
    """Mask what its own head gives away."""
    masked = _PREFIXES.sub(lambda found: _short(found.group(), _head(found.group())), text)
    return _JWT.sub(lambda found: _short(found.group(), "eyJ"), masked)


def _without_named(text: str, masked: str) -> str:
    """Mask what the words before it call a secret."""
    folded = _folded(text)
    if "hooks.slack.com/" in text or "discord" in text:
        masked = _WEBHOOK.sub(_keep_first, masked)
    if "authorization" in folded:
        masked = _HEADER.sub(_keep_first, masked)
    if "@" in text and "://" in text:
        masked = _URL_PASSWORD.sub(_keep_first, masked)
    if "sig=" in text or "ignature=" in text:
        masked = _SIGNATURE.sub(_keep_first, masked)
    return _ASSIGNED.sub(_assigned, masked) if _names_secret(folded) else masked


def _folded(text: str) -> str:
    """Give the text as `re.IGNORECASE` compares it; there the dotless and the dotted i are an i too."""
    if text.isascii():
        return text.lower()
    return text.casefold().replace("i\u0307", "i").replace("ı", "i")


def _names_secret(folded: str) -> bool:
    """Whether a word for a secret stands before a sign of assignment."""
    for before in folded.replace("=", ":").split(":")[:-1]:
        near = before[-_NEAR:]
        for word in _WORD_SIGNS:
            if word in near and _WORD_BEFORE.search(near):
                return True
    return False


def _keep_first(found: re.Match[str]) -> str:
    return f"{found.group(1)}{_MARK}"


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
