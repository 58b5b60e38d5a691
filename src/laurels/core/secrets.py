"""The one secret key, and the keys made from it: one for each purpose, so that none can stand in for another."""

from contextlib import suppress
from hashlib import sha256
import hmac
import os
from pathlib import Path
import secrets

from laurels.core.ids import new_id
from laurels.core.settings import Settings

FILE_NAME = "secret-key"
MIN_LENGTH = 16
"""Characters that a key of one's own must have; 64 random ones are advised."""


class SecretKeyUnusable(ValueError):
    """The secret key can't be used; the message says what to do."""


def secret_key(settings: Settings) -> bytes:
    """The master key: `LAURELS_SECRET_KEY`, or one made once and kept in the home folder, readable by its owner only.

    Processes that start together agree on one key: the file appears whole or
    not at all, and whoever comes second reads what the first wrote.

    Raises:
        SecretKeyUnusable: it is too short.
    """
    given = settings.secret_key.get_secret_value().strip()
    if given:
        return _checked(given, "LAURELS_SECRET_KEY")
    path = settings.home / FILE_NAME
    if not path.exists():
        settings.home.mkdir(parents=True, exist_ok=True)
        _write_once(path, secrets.token_hex(32))
    return _checked(path.read_text("ascii").strip(), str(path))


def derived_key(master: bytes, purpose: str) -> bytes:
    """The 32-byte key for one purpose: HMAC-SHA256 of its name, as in HKDF-Expand (RFC 5869) with one block."""
    return hmac.new(master, f"laurels/{purpose}".encode() + b"\x01", sha256).digest()


def keyed_hash(key: bytes, text: str) -> str:
    """32 hex digits that tell whether two texts are the same, and to nobody without the key what they say."""
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), sha256).hexdigest()[:32]


def _checked(key: str, source: str) -> bytes:
    if len(key) < MIN_LENGTH:
        raise SecretKeyUnusable(
            f"{source} has {len(key)} characters and needs at least {MIN_LENGTH}; "
            'make one with: python3 -c "import secrets; print(secrets.token_hex(32))"'
        )
    return key.encode()


def _write_once(path: Path, key: str) -> None:
    draft = path.with_name(f".{path.name}.{new_id()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(key + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        # A link, not a rename: it fails where another process was first, instead of replacing its key.
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
