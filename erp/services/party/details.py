"""A party's details as they are typed: checked at the field, with registrations that agree."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from erp.core.context import RequestContext
from erp.core.errors import PermissionDenied
from erp.models.party import Party, PartyKind
from erp.models.party.party import GstCategory
from erp.services.party.errors import GstinMissing, GstinStateDiffers, GstinUnexpected
from erp.services.party.gstin import Gstin, read_gstin

Pan = Annotated[str, Field(pattern=r"^([A-Z]{5}[0-9]{4}[A-Z])?$")]
Pin = Annotated[str, Field(pattern=r"^([1-9][0-9]{5})?$")]
Phone = Annotated[str, Field(pattern=r"^(\+?[0-9][0-9 -]{5,18})?$")]
Email = Annotated[str, Field(max_length=254, pattern=r"^([^@\s]+@[^@\s]+\.[^@\s]+)?$")]
PartyCode = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,19}$")]
CreditDays = Annotated[int, Field(ge=0, le=365)]

MAY_GIVE_CREDIT = "party.credit"
TERMS = ("credit_limit", "credit_days", "price_list")
"""What decides how much a customer may owe, how long, and at which prices."""

DEFAULT_PRICE_LIST = "RETAIL_MRP"
_PRICE_LISTS = {
    PartyKind.DOCTOR: "DOCTOR",
    PartyKind.CLINIC: "DOCTOR",
    PartyKind.RETAILER: "RETAILER_PTR",
    PartyKind.DISTRIBUTOR: "STOCKIST_PTS",
    PartyKind.SEZ_UNIT: "STOCKIST_PTS",
    PartyKind.HOSPITAL: "INSTITUTION",
    PartyKind.INSTITUTION: "INSTITUTION",
}


def price_list_for(kind: PartyKind) -> str:
    """Return the price list a kind of customer buys from by default."""
    return _PRICE_LISTS.get(kind, DEFAULT_PRICE_LIST)


def require_right_to_terms(ctx: RequestContext, changed: Iterable[str]) -> None:
    """Let only those who answer for credit set limit, days and price list.

    Raises:
        PermissionDenied: The actor lacks `party.credit`; names the fields.
    """
    fields = list(changed)
    if fields and not ctx.may(MAY_GIVE_CREDIT):
        message = "Only who may give credit changes this. Leave it as it is, or ask a manager."
        raise PermissionDenied(
            message,
            fields=dict.fromkeys(fields, message),
            details={"permission": MAY_GIVE_CREDIT},
        )


def set_registration(ctx: RequestContext, party: Party) -> None:
    """Check a party's GSTIN against its category, PAN and state, and take the PAN from it.

    Raises:
        InvalidGstin: The number is no GSTIN, or not of this party's PAN.
        GstinMissing: A registered party has none.
        GstinUnexpected: An unregistered party has one.
        GstinStateDiffers: It is of another state than the address; may be confirmed, as a
            branch may be registered elsewhere.

    Source: domain rules 1.13, order of the checks.
    """
    if party.gst_category == GstCategory.UNREGISTERED:
        if party.gstin:
            read_gstin(party.gstin)  # a number that is wrong needs mending before its category
            message = "An unregistered party has no GSTIN. Choose how it is registered."
            raise GstinUnexpected(message, fields={"gst_category": message})
        party.gstin = None
        return
    if not party.gstin:
        message = "A party registered for GST has a GSTIN of 15 characters."
        raise GstinMissing(message, fields={"gstin": message})
    gstin = read_gstin(party.gstin, pan=party.pan or None, address_state=party.state_code)
    _check_state(ctx, gstin)
    party.gstin, party.pan = gstin.value, gstin.pan


def _check_state(ctx: RequestContext, gstin: Gstin) -> None:
    if gstin.warnings and GstinStateDiffers.code not in ctx.confirmed:
        message = f"{gstin.warnings[0]} Confirm if both are right."
        raise GstinStateDiffers(message, fields={"state_code": message})
