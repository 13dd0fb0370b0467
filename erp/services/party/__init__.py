"""Parties: everyone the business deals with."""

from erp.services.party.gstin import Gstin, InvalidGstin, is_gstin, read_gstin
from erp.services.party.selling import (
    WALK_IN_CODE,
    SaleParty,
    check_known,
    ensure_walk_in,
    get_party_for_sale,
)

__all__ = [
    "WALK_IN_CODE",
    "Gstin",
    "InvalidGstin",
    "SaleParty",
    "check_known",
    "ensure_walk_in",
    "get_party_for_sale",
    "is_gstin",
    "read_gstin",
]
