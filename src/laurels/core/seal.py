"""Secrets at rest: sealed by AES-256-GCM (NIST SP 800-38D), under a key of their own, each tied to the row that it belongs to."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
import binascii
import secrets
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = "v1."
"""Says how a secret was sealed, so that another way can follow."""

_NONCE_BYTES = 12


class SealBroken(Exception):
    """What was sealed doesn't open: the secret key was changed, or the row was tampered with."""


class Seal:
    """Closes and opens secrets. The owner's id is part of the seal: a sealed text moved to another row doesn't open there."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def close(self, owner: UUID, text: str) -> str:
        """A text as it is stored; never twice the same."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return VERSION + urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, text.encode(), owner.bytes)).decode()

    def open(self, owner: UUID, sealed: str) -> str:
        """The text that `close` sealed for this owner.

        Raises:
            SealBroken: it doesn't open.
        """
        if not sealed.startswith(VERSION):
            raise SealBroken(f"{owner}: sealed in an unknown way")
        try:
            raw = urlsafe_b64decode(sealed.removeprefix(VERSION))
            return self._cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], owner.bytes).decode()
        except (InvalidTag, binascii.Error, ValueError):
            raise SealBroken(f"{owner}: the secret key isn't the one it was sealed with") from None
