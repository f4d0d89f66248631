import pytest
from hypothesis import given
from hypothesis import strategies as st

from tesuri.triage.masking import mask

# Put together here, so that no line of this file is a secret to a scanner.
TAIL = "Q7HD"
LETTERS = "aB3dE5gH" * 8
SECRETS = [
    ("AKIA" + "IOSFODNN7EXA" + TAIL, "AKIA…Q7HD"),
    ("ASIA" + "IOSFODNN7EXA" + TAIL, "ASIA…Q7HD"),
    ("ghp_" + LETTERS[:32] + TAIL, "ghp_…Q7HD"),
    ("github_pat_" + LETTERS[:60] + TAIL, "github_pat_…Q7HD"),
    ("xoxb-" + "123456789012-" + LETTERS[:16] + TAIL, "xoxb-…Q7HD"),
    ("AIza" + LETTERS[:31] + TAIL, "AIza…Q7HD"),
    ("sk_live_" + LETTERS[:20] + TAIL, "sk_live_…Q7HD"),
    ("npm_" + LETTERS[:32] + TAIL, "npm_…Q7HD"),
    ("glpat-" + LETTERS[:16] + TAIL, "glpat-…Q7HD"),
    ("hvs." + LETTERS[:30] + TAIL, "hvs.…Q7HD"),
    ("SG." + LETTERS[:22] + "." + LETTERS[:39] + TAIL, "SG.…Q7HD"),
    ("eyJ" + LETTERS[:20] + "." + LETTERS[:30] + "." + LETTERS[:30] + TAIL, "eyJ…Q7HD"),
]
SENTENCES = [
    ("aws_secret_access_key = " + LETTERS[:40], "aws_secret_access_key = …"),
    ('password = "' + "hunter22" + '"', 'password = "…"'),
    ("DB_PASSWORD='" + "hunter 22" + "'", "DB_PASSWORD='…'"),
    ('{"token": "' + LETTERS[:12] + '"}', '{"token": "…"}'),
    ("client_secret: " + LETTERS[:12] + "\nnext", "client_secret: …\nnext"),
    ("postgres://app:" + "p4ss" + "@db:5432/x", "postgres://app:…@db:5432/x"),
    (
        "AccountName=x;AccountKey=" + LETTERS + "==;Endpoint=y",
        "AccountName=x;AccountKey=…;Endpoint=y",
    ),
    ("Authorization: Bearer " + LETTERS[:30], "Authorization: Bearer …"),
    (
        "https://hooks.slack.com/services/T0/B0/" + LETTERS[:20],
        "https://hooks.slack.com/services/…",
    ),
    ("https://x.example/?sig=" + LETTERS[:20] + "&v=1", "https://x.example/?sig=…&v=1"),
    (
        "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----\nafter",
        "-----BEGIN RSA PRIVATE KEY-----…\nafter",
    ),
    ("-----BEGIN " + "PRIVATE KEY-----\nMIIE cut off", "-----BEGIN PRIVATE KEY-----…"),
]
HARMLESS = [
    "Hard-coded password found in the configuration",
    "The token: expired tokens are not rejected",
    "password = var.db_password",
    "password: ${DB_PASSWORD}",
    "token: true",
    "commit 2aae6c35c94fcfb415dbe95f408b9ce91ee846ed",
    "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/orders-AbCdEf",
    "Use of hard-coded password: CWE-259",
    "risk-assessment of the sk-module",
]


@pytest.mark.parametrize(("secret", "masked"), SECRETS)
def test_a_known_secret_keeps_its_head_and_four_characters(secret: str, masked: str) -> None:
    assert mask(f"found {secret} in app.py") == f"found {masked} in app.py"


@pytest.mark.parametrize(("text", "masked"), SENTENCES)
def test_a_secret_is_recognised_by_what_stands_around_it(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize("text", HARMLESS)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize("text", [text for text, _ in SECRETS + SENTENCES])
def test_masking_twice_changes_nothing_more(text: str) -> None:
    assert mask(mask(text)) == mask(text)


@given(st.text(alphabet='ab01 :=/@."AKIA-_…\n', max_size=200))
def test_masking_any_text_twice_changes_nothing_more(text: str) -> None:
    assert mask(mask(text)) == mask(text)


@pytest.mark.parametrize(
    "part",
    ["password=", "-----BEGIN PRIVATE KEY-----", "eyJaaaaaaaaa.", "://a:", "token  ", "AKIA"],
)
def test_a_hostile_text_of_many_starts_is_masked_at_all(part: str) -> None:
    assert len(mask(part * 20_000)) <= len(part) * 20_000


@pytest.mark.parametrize("word", [
    "password", "passwd", "passphrase", "pwd", "secret", "token", "api_key", "api-key", "apikey", "access_key",
    "access-key", "account_key", "SharedAccessKey", "private_key", "client_secret", "auth_key", "signing_key",
    "encryption_key", "SharedAccessSignature", "credential", "credentials", "パスワード", "PASSWORD", "ſecret",
    "apıkey", "to\u212aen",
])  # fmt: skip
@pytest.mark.parametrize(
    "sign", ["=", " = ", ": ", "_id=", "-access-key:=", '" => ', "_base64        ==        "]
)
def test_every_word_for_a_secret_is_known_with_every_sign_of_assignment(
    word: str, sign: str
) -> None:
    assert mask(f"A sentence first. {word}{sign}hunter22x") == f"A sentence first. {word}{sign}…"
