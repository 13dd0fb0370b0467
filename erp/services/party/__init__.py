"""Parties: everyone the business deals with."""

from erp.models.party import LicenceForm, PartyKind, PartyRoleName
from erp.models.party.party import GstCategory
from erp.services.party import referees
from erp.services.party.details import Email, Phone, Pin
from erp.services.party.errors import (
    GstinMissing,
    GstinStateDiffers,
    GstinUnexpected,
    InactiveParty,
    UnknownParty,
    WalkInProtected,
)
from erp.services.party.gstin import LIVE_STATES, Gstin, InvalidGstin, is_gstin, read_gstin
from erp.services.party.printing import (
    PrintedParty,
    printed_branch,
    printed_contact,
    printed_party,
)
from erp.services.party.queries import (
    FindParties,
    FoundParties,
    FoundParty,
    GetParty,
    ListParties,
    PartyDetail,
    PartyPage,
    PartyRow,
    find_parties,
    get_party,
    list_parties,
)
from erp.services.party.registering import (
    CreateParty,
    PartyRegistered,
    SetPartyStatus,
    UpdateParty,
    create_party,
    set_party_status,
    update_party,
)
from erp.services.party.selling import (
    WALK_IN_CODE,
    SaleParty,
    check_known,
    ensure_walk_in,
    get_party_for_sale,
    hold_buyer,
    require_account,
)
from erp.services.party.states import STATES, state_name

__all__ = [
    "LIVE_STATES",
    "STATES",
    "WALK_IN_CODE",
    "CreateParty",
    "Email",
    "FindParties",
    "FoundParties",
    "FoundParty",
    "GetParty",
    "GstCategory",
    "Gstin",
    "GstinMissing",
    "GstinStateDiffers",
    "GstinUnexpected",
    "InactiveParty",
    "InvalidGstin",
    "LicenceForm",
    "ListParties",
    "PartyDetail",
    "PartyKind",
    "PartyPage",
    "PartyRegistered",
    "PartyRoleName",
    "PartyRow",
    "Phone",
    "Pin",
    "PrintedParty",
    "SaleParty",
    "SetPartyStatus",
    "UnknownParty",
    "UpdateParty",
    "WalkInProtected",
    "check_known",
    "create_party",
    "ensure_walk_in",
    "find_parties",
    "get_party",
    "get_party_for_sale",
    "hold_buyer",
    "is_gstin",
    "list_parties",
    "printed_branch",
    "printed_contact",
    "printed_party",
    "read_gstin",
    "referees",
    "require_account",
    "set_party_status",
    "state_name",
    "update_party",
]
