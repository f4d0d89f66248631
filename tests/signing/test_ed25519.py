"""Key pairs: what signs, what tells whose signature it is, and what is no key."""

import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from tesuri.model.errors import BadInput
from tesuri.signing.ed25519 import new_key, read_private_key, read_public_key


def test_a_signature_is_known_by_its_public_key_only() -> None:
    key, other = new_key(), new_key()
    signature = key.sign(b"spent")

    assert key.public.is_signed(b"spent", signature)
    assert not key.public.is_signed(b"ample", signature)
    assert not other.public.is_signed(b"spent", signature)
    assert not key.public.is_signed(b"spent", b"")


def test_a_key_is_the_same_after_it_was_written_and_read() -> None:
    key = new_key()
    again = read_private_key(key.pem, where="key")
    public = read_public_key(key.public.pem, where="key.pub")

    assert again.public.key_id == public.key_id == key.public.key_id
    assert public.is_signed(b"x", again.sign(b"x"))


def test_keys_of_openssl_are_taken(tmp_path: Path) -> None:
    made = subprocess.run(
        ["openssl", "genpkey", "-algorithm", "ed25519"], capture_output=True, check=True
    )
    assert read_private_key(made.stdout, where="key").sign(b"x")


def test_what_is_no_key_of_this_kind_is_refused() -> None:
    key, other = new_key(), X25519PrivateKey.generate()
    private = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = other.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for pem in (b"", b"nonsense", key.public.pem, private):
        with pytest.raises(BadInput):
            read_private_key(pem, where="key")
    for pem in (b"", b"nonsense", key.pem, public):
        with pytest.raises(BadInput):
            read_public_key(pem, where="key.pub")
