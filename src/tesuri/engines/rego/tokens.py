"""Functions of Rego that look at signed tokens: `io.jwt.decode`, `io.jwt.verify_…`, `io.jwt.decode_verify`.

A key is a PEM certificate, a PEM public key, or a JSON Web Key (Set); for HMAC a shared secret. What cannot be judged is
undefined, as in the reference implementation: an empty list here. The time comes as an argument. Runs in the child process only.

**source** RFC 7515, RFC 7517, RFC 7518, RFC 7519; Open Policy Agent, built-in functions, token verification.
"""

import base64
import binascii
import hmac
import json
from collections.abc import Iterator, Mapping
from typing import Final

from tesuri.untrusted.shape import items, mapping, number, text, texts

_SECONDS: Final = 1_000_000_000
_SIZES: Final = {"256": 32, "384": 48, "512": 66}
"""Bytes of half a signature on the curve of a digest."""
_CONSTRAINTS: Final = frozenset(("cert", "secret", "alg", "iss", "time", "aud"))
ALGORITHMS: Final = (
    *(f"{kind}{size}" for kind in ("HS", "RS", "PS", "ES") for size in _SIZES),
    "EdDSA",
)


def decoded_token(token: str) -> list[object]:
    """Give `io.jwt.decode`: header, payload, and the signature in hex; nothing of it is verified."""
    header, payload, signature = token.split(".")
    return [
        json.loads(_unpadded(header)),
        json.loads(_unpadded(payload)),
        binascii.hexlify(_unpadded(signature)).decode(),
    ]


def verified_token(algorithm: str, token: str, key: str) -> list[bool]:
    """Give `io.jwt.verify_…`: whether the signature is that of one of the keys."""
    try:
        decoded_token(token)
        return [_is_signed(algorithm, token, key)]
    except ValueError:
        return []


def verified_claims(token: str, wanted: Mapping[str, object], now: float) -> list[list[object]]:
    """Give `io.jwt.decode_verify`: whether signature and claims hold, then header and claims where they do."""
    try:
        header, claims, _ = decoded_token(token)
        is_secret = "secret" in wanted
        if is_secret == ("cert" in wanted) or set(wanted) - _CONSTRAINTS:
            return []
        algorithm = text(header, "alg")
        is_of_kind = algorithm in ALGORITHMS and algorithm.startswith("HS") == is_secret
        is_valid = (
            is_of_kind
            and wanted.get("alg", algorithm) == algorithm
            and _is_signed(algorithm, token, text(wanted, "secret" if is_secret else "cert"))
            and _is_meant(claims, wanted)
            and _is_of_time(claims, number(wanted, "time") or now)
        )
    except ValueError:
        return []
    return [[True, header, claims] if is_valid else [False, {}, {}]]


def _is_meant(claims: object, wanted: Mapping[str, object]) -> bool:
    """Whether issuer and audience are those that are wanted; an audience that nobody wanted is another's token."""
    if "iss" in wanted and text(claims, "iss") != wanted["iss"]:
        return False
    audience = texts(claims, "aud") or tuple(filter(None, [text(claims, "aud")]))
    return wanted["aud"] in audience if "aud" in wanted else not audience


def _is_of_time(claims: object, now: float) -> bool:
    ends, begins = number(claims, "exp"), number(claims, "nbf")
    return (ends is None or now < ends * _SECONDS) and (begins is None or now >= begins * _SECONDS)


def _is_signed(algorithm: str, token: str, key: str) -> bool:
    told, _, written = token.rpartition(".")
    signature = _unpadded(written)
    if algorithm.startswith("HS"):
        digest = hmac.new(key.encode(), told.encode(), f"sha{algorithm[2:]}").digest()
        return hmac.compare_digest(digest, signature)
    return any(_is_signed_by(one, algorithm, told.encode(), signature) for one in _keys(key))


def _is_signed_by(key: object, algorithm: str, told: bytes, signature: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - most policies read no token
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils  # noqa: PLC0415 - as above

    kind, size = algorithm[:2], algorithm[2:]
    digests: Mapping[str, hashes.HashAlgorithm] = {
        "256": hashes.SHA256(),
        "384": hashes.SHA384(),
        "512": hashes.SHA512(),
    }
    try:
        if kind == "Ed" and isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, told)
        elif kind == "ES" and isinstance(key, ec.EllipticCurvePublicKey):
            half = _SIZES[size]
            if len(signature) != 2 * half or key.key_size != {66: 521}.get(half, half * 8):
                return False
            parts = (int.from_bytes(part) for part in (signature[:half], signature[half:]))
            key.verify(utils.encode_dss_signature(*parts), told, ec.ECDSA(digests[size]))
        elif kind == "RS" and isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, told, padding.PKCS1v15(), digests[size])
        elif kind == "PS" and isinstance(key, rsa.RSAPublicKey):
            salted = padding.PSS(padding.MGF1(digests[size]), padding.PSS.AUTO)
            key.verify(signature, told, salted, digests[size])
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _keys(written: str) -> Iterator[object]:
    """Give the public keys of a PEM text or of JSON Web Keys. **raises** ValueError for what is neither."""
    if written.lstrip().startswith("{"):
        found: object = json.loads(written)
        yield from (_web_key(one) for one in items(found, "keys") or [found])
        return
    from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415 - as above
    from cryptography.x509 import load_pem_x509_certificate  # noqa: PLC0415 - as above

    data = written.encode()
    if b"BEGIN CERTIFICATE" in data:
        yield load_pem_x509_certificate(data).public_key()
    else:
        yield load_pem_public_key(data)


def _web_key(found: object) -> object:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa  # noqa: PLC0415 - as above

    curves: Mapping[str, ec.EllipticCurve] = {
        "P-256": ec.SECP256R1(),
        "P-384": ec.SECP384R1(),
        "P-521": ec.SECP521R1(),
    }
    kind, curve = text(found, "kty"), text(found, "crv")
    parts = {name: _unpadded(str(each)) for name, each in mapping(found).items() if name in "nexy"}
    if kind == "RSA" and {"n", "e"} <= parts.keys():
        numbers = rsa.RSAPublicNumbers(int.from_bytes(parts["e"]), int.from_bytes(parts["n"]))
        return numbers.public_key()
    if kind == "EC" and curve in curves and {"x", "y"} <= parts.keys():
        x, y = (int.from_bytes(parts[name]) for name in "xy")
        return ec.EllipticCurvePublicNumbers(x, y, curves[curve]).public_key()
    if kind == "OKP" and curve == "Ed25519" and "x" in parts:
        return ed25519.Ed25519PublicKey.from_public_bytes(parts["x"])
    return None


def _unpadded(written: str) -> bytes:
    return base64.b64decode(written + "=" * (-len(written) % 4), altchars=b"-_", validate=True)
