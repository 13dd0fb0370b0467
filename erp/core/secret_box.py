"""Secrets that others gave us, kept so that the database alone does not tell them.

AES-256-GCM under a key derived from `SECRET_KEY`. What is sealed for one place opens at no other: a row
copied to another tenant's account, or to another column, opens nothing.
"""

import base64
import binascii
import os
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from erp.core.errors import Unavailable
from erp.core.settings import get_settings

PREFIX: Final = "v1:"
NONCE_BYTES: Final = 12


class SecretUnreadable(Unavailable):
    """A kept secret does not open: `SECRET_KEY` is another one, or somebody changed what is kept."""

    code = "secret_unreadable"
    status = 409


def seal_secret(secret: str, place: str) -> str:
    """Return a secret as it may be stored at a place, such as `gateway/<tenant>/<id>/key`."""
    nonce = os.urandom(NONCE_BYTES)
    sealed = nonce + _cipher().encrypt(nonce, secret.encode(), place.encode())
    return PREFIX + base64.b64encode(sealed).decode()


def open_secret(sealed: str, place: str) -> str:
    """Return the secret that was sealed for a place.

    Raises:
        SecretUnreadable: It was sealed for another place or under another key, or was changed.
    """
    try:
        raw = base64.b64decode(sealed.removeprefix(PREFIX), validate=True)
        return _cipher().decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode()).decode()
    except (InvalidTag, ValueError, binascii.Error) as wrong:
        raise SecretUnreadable(
            "A stored secret cannot be read. Type it in again; if none can be read, the operator looks at SECRET_KEY."
        ) from wrong


@lru_cache
def _cipher() -> AESGCM:
    return AESGCM(bytes.fromhex(get_settings().derived_secret("stored-secrets"))[:32])
