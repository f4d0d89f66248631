"""Signed tokens and URIs in Rego, as Open Policy Agent answers them."""

import base64
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Final

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

from tesuri.engines.rego.engine import RegorusEngine
from tesuri.model.rego import RegoAnswer, RegoModule, RegoQuestion, RegoUnit

Ask = Callable[..., RegoAnswer]
RSA: Final = rsa.generate_private_key(65537, 2048)
CURVE: Final = ec.derive_private_key(7, ec.SECP256R1())
EDWARDS: Final = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.fixture
def ask() -> Iterator[Ask]:
    """Give what one expression over an input is."""
    opened: list[RegorusEngine] = []

    def answer(expression: str, given: object = None) -> RegoAnswer:
        words = f"package main\nimport rego.v1\ndeny contains x if {{ x := {expression} }}"
        engine = RegorusEngine("policies", [RegoUnit((RegoModule("main.rego", words),))])
        opened.append(engine)
        (rule,) = engine.open().units[0].rules
        return engine.ask([RegoQuestion(0, rule)], given)[0]

    yield answer
    for engine in opened:
        engine.close()


def written(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def token(algorithm: str, claims: Mapping[str, object]) -> str:
    told = (
        f"{written(json.dumps({'alg': algorithm}).encode())}.{written(json.dumps(claims).encode())}"
    )
    return f"{told}.{written(signature(algorithm, told.encode()))}"


def signature(algorithm: str, told: bytes) -> bytes:
    if algorithm == "HS256":
        return hmac.new(b"secret", told, "sha256").digest()
    if algorithm == "RS256":
        return RSA.sign(told, padding.PKCS1v15(), hashes.SHA256())
    if algorithm == "PS512":
        salted = padding.PSS(padding.MGF1(hashes.SHA512()), padding.PSS.DIGEST_LENGTH)
        return RSA.sign(told, salted, hashes.SHA512())
    if algorithm == "ES256":
        parts = utils.decode_dss_signature(CURVE.sign(told, ec.ECDSA(hashes.SHA256())))
        return b"".join(part.to_bytes(32) for part in parts)
    return EDWARDS.sign(told)


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def web_key() -> str:
    numbers = CURVE.public_key().public_numbers()
    parts = {"x": written(numbers.x.to_bytes(32)), "y": written(numbers.y.to_bytes(32))}
    return json.dumps({"keys": [{"kty": "EC", "crv": "P-256", **parts}]})


@pytest.mark.parametrize(
    ("algorithm", "key", "other"),
    [
        ("HS256", "secret", "another"),
        ("RS256", pem(RSA), pem(CURVE)),
        ("PS512", pem(RSA), pem(EDWARDS)),
        ("ES256", pem(CURVE), pem(RSA)),
        ("ES256", web_key(), pem(RSA)),
        ("EdDSA", pem(EDWARDS), pem(CURVE)),
    ],
)
def test_a_signature_holds_under_its_own_key_only(
    ask: Ask, algorithm: str, key: str, other: str
) -> None:
    call = f"io.jwt.verify_{algorithm.lower()}(input.token, input.key)"
    signed = token(algorithm, {"sub": "ana"})
    assert ask(call, {"token": signed, "key": key}) == RegoAnswer((True,))
    assert ask(call, {"token": signed, "key": other}) == RegoAnswer((False,))
    head, _, tail = signed.split(".")
    forged = f"{head}.{written(b'{}')}.{tail}"
    assert ask(call, {"token": forged, "key": key}) == RegoAnswer((False,))


@pytest.mark.parametrize(
    ("claims", "wanted", "is_valid"),
    [
        ({"iss": "a"}, {}, True),
        ({"iss": "a"}, {"iss": "b"}, False),
        ({"aud": ["x", "y"]}, {"aud": "y"}, True),
        ({"aud": "x"}, {}, False),
        ({}, {"aud": "x"}, False),
        ({"exp": 100}, {"time": 99 * 10**9}, True),
        ({"exp": 100}, {}, False),
        ({"nbf": 100}, {"time": 99 * 10**9}, False),
        ({}, {"alg": "HS384"}, False),
    ],
)
def test_claims_are_given_only_where_all_constraints_hold(
    ask: Ask, claims: Mapping[str, object], wanted: Mapping[str, object], *, is_valid: bool
) -> None:
    given = {"token": token("HS256", claims), "wanted": {"secret": "secret", **wanted}}
    (found,) = ask("io.jwt.decode_verify(input.token, input.wanted)", given).values
    assert found == ([True, {"alg": "HS256"}, claims] if is_valid else [False, {}, {}])


@pytest.mark.parametrize(
    "call",
    [
        'io.jwt.verify_hs256("a.b", "s")',
        "io.jwt.verify_hs256(input, input)",
        'io.jwt.verify_rs256("e30.e30.eA", "no key")',
        'io.jwt.decode_verify("e30.e30.eA", {})',
        'io.jwt.decode_verify("e30.e30.eA", {"secret": "s", "other": 1})',
        'uri.parse("http://a:x/")',
        "uri.parse(input)",
    ],
)
def test_what_is_no_token_no_key_or_no_uri_is_undefined(ask: Ask, call: str) -> None:
    assert ask(call, 7) == RegoAnswer()


def test_a_uri_has_the_parts_that_are_there(ask: Ask) -> None:
    assert ask('uri.parse("https://u:p@h:80/p%20a?q=1#f")').values == (
        {
            "scheme": "https",
            "hostname": "h",
            "port": "80",
            "path": "/p a",
            "raw_path": "/p a",
            "raw_query": "q=1",
            "fragment": "f",
        },
    )
    assert ask(
        '[uri.is_valid("https://a/b"), uri.is_valid("http://a b"), uri.is_valid("")]'
    ).values == ([True, False, False],)
