"""Codes at rest: sealed by AES-256-GCM (NIST SP 800-38D), under a key of their own, each tied to its order."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
import binascii
import secrets
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = "v1."
"""Says how a code was sealed, so that another way can follow."""

_NONCE_BYTES = 12


class CodeUnreadable(Exception):
    """A sealed code doesn't open: the secret key was changed, or the row was tampered with."""


class Seal:
    """Closes and opens codes. The order's id is part of the seal: a sealed code moved to another row doesn't open there."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def close(self, order: UUID, code: str) -> str:
        """A code as it is stored; never twice the same."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return VERSION + urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, code.encode(), order.bytes)).decode()

    def open(self, order: UUID, sealed: str) -> str:
        """The code that `close` sealed for this order.

        Raises:
            CodeUnreadable: it doesn't open.
        """
        if not sealed.startswith(VERSION):
            raise CodeUnreadable(f"order {order}: sealed in an unknown way")
        try:
            raw = urlsafe_b64decode(sealed.removeprefix(VERSION))
            return self._cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], order.bytes).decode()
        except (InvalidTag, binascii.Error, ValueError):
            raise CodeUnreadable(f"order {order}: the secret key isn't the one it was sealed with") from None
