"""Everyone the business deals with."""

from erp.models.party.party import Party, PartyKind, PartyRole, PartyRoleName

__all__ = ["Party", "PartyKind", "PartyRole", "PartyRoleName"]
