"""Passwords, PINs and tokens: hashed, compared in constant time, never stored in clear."""

import hashlib
import secrets
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from erp.services.identity.errors import WeakSecret

MIN_PASSWORD_LENGTH = 10
TOKEN_PREFIX = "vt"  # noqa: S105  a prefix, not a secret
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NOBODY = _hasher.hash(secrets.token_hex(16))


def hash_secret(secret: str) -> str:
    """Return the Argon2id hash of a password or PIN. Source: OWASP password storage."""
    return _hasher.hash(secret)


def secret_matches(stored: str | None, secret: str) -> bool:
    """Compare a secret with a stored hash, taking as long for a missing one."""
    try:
        return _hasher.verify(stored or _NOBODY, secret) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def check_password(password: str, login: str) -> None:
    """Refuse a password that is too easy to guess.

    Raises:
        WeakSecret: It is short, or holds the user name.
    """
    if len(password) < MIN_PASSWORD_LENGTH:
        raise WeakSecret(
            f"Use at least {MIN_PASSWORD_LENGTH} characters.",
            fields={"password": f"use at least {MIN_PASSWORD_LENGTH} characters"},
        )
    if login.partition("@")[0].lower() in password.lower():
        raise WeakSecret(
            "The password must not hold the user name.",
            fields={"password": "must not hold the user name"},
        )


def check_pin(pin: str) -> None:
    """Refuse a PIN that is not four to eight digits, or all the same digit.

    Raises:
        WeakSecret: It is too easy to guess.
    """
    if not (pin.isascii() and pin.isdigit() and 4 <= len(pin) <= 8 and len(set(pin)) > 1):  # noqa: PLR2004
        raise WeakSecret(
            "A PIN has four to eight digits that are not all the same.",
            fields={"pin": "four to eight digits, not all the same"},
        )


def new_session_token() -> str:
    """Return a fresh 256-bit session reference."""
    return secrets.token_urlsafe(32)


def new_api_token(tenant_id: UUID) -> str:
    """Return a fresh bearer token; its tenant is readable so that look-up stays inside it."""
    return f"{TOKEN_PREFIX}_{tenant_id.hex}_{secrets.token_urlsafe(32)}"


def tenant_of_token(token: str) -> UUID | None:
    """Return the tenant a bearer token claims, or nothing if it is not of our shape."""
    prefix, _, rest = token.partition("_")
    tenant, _, secret = rest.partition("_")
    if prefix != TOKEN_PREFIX or not secret:
        return None
    try:
        return UUID(hex=tenant)
    except ValueError:
        return None


def token_hash(token: str) -> str:
    """Return what is stored of a high-entropy token."""
    return hashlib.sha256(token.encode()).hexdigest()
