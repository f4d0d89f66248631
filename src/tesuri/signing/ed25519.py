"""Ed25519 key pairs: make, read, sign, verify. Needs the extra `signed`.

**source** RFC 8032; keys as PEM of PKCS #8 and SubjectPublicKeyInfo (RFC 8410), as OpenSSL reads them.
"""

import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from tesuri.model.errors import BadInput


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that tells whose signature it is."""

    key_id: str
    """First 32 hex digits of the SHA-256 of its DER form."""
    pem: bytes
    _key: Ed25519PublicKey

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        """Whether the private half of this key signed the message."""
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A key that signs."""

    public: PublicKey
    pem: bytes
    _key: Ed25519PrivateKey

    def sign(self, message: bytes) -> bytes:
        """Give the signature of a message."""
        return self._key.sign(message)


def new_key() -> PrivateKey:
    """Make a key pair; its PEM form is not encrypted."""
    return _private(Ed25519PrivateKey.generate())


def read_private_key(pem: bytes, *, where: str) -> PrivateKey:
    """Read a private key. **raises** BadInput for anything else."""
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadInput("This is no private key.", where=where, remedy=_REMEDY) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BadInput("This private key is not of the kind Ed25519.", where=where, remedy=_REMEDY)
    return _private(key)


def read_public_key(pem: bytes, *, where: str) -> PublicKey:
    """Read a public key. **raises** BadInput for anything else."""
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadInput("This is no public key.", where=where, remedy=_REMEDY) from error
    if not isinstance(key, Ed25519PublicKey):
        raise BadInput("This public key is not of the kind Ed25519.", where=where, remedy=_REMEDY)
    return _public(key)


_REMEDY = "Make a key pair with: tesuri state key FILE."


def _private(key: Ed25519PrivateKey) -> PrivateKey:
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return PrivateKey(_public(key.public_key()), pem, key)


def _public(key: Ed25519PublicKey) -> PublicKey:
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return PublicKey(hashlib.sha256(der).hexdigest()[:32], pem, key)
