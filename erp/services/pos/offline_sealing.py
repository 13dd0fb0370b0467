"""Seals: what a device shows to prove that the server told its lease so."""

import hmac
from uuid import UUID

from erp.core.settings import get_settings


def seal_of_prices(
    lease_id: UUID, variant_id: UUID, lot_id: UUID, prices: str, ceiling: str
) -> str:
    """Return what proves that the server gave a lease these prices of a lot, and its discounts' ceiling."""
    told = f"{prices}|{ceiling}" if ceiling else prices
    return _sealed(f"{lease_id}|{variant_id}|{lot_id}|{told}")


def seal_of_discount(lease_id: UUID, limit: str) -> str:
    """Return what proves that the server lent a lease's cashier this limit for discounts."""
    return _sealed(f"{lease_id}|discount|{limit}")


def _sealed(text: str) -> str:
    key = bytes.fromhex(get_settings().derived_secret("prices-of-offline-tills"))
    return hmac.digest(key, text.encode(), "sha256")[:16].hex()
