"""Everyone the business deals with."""

from erp.models.party.party import LicenceForm, Party, PartyKind, PartyRole, PartyRoleName

__all__ = ["LicenceForm", "Party", "PartyKind", "PartyRole", "PartyRoleName"]
