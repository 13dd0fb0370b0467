"""What a till without its server prints, lent with its lease."""

import barcode
from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.gst.taxing import SupplyNature, Treatment, state_tax_head
from erp.services import billing, party
from erp.services.platform import Result
from erp.services.pos.printing import upi_payee
from erp.services.pos.shifts import OpenShift


class PrintedSeller(Result):
    """The seller as the receipts of the lease name it."""

    name: str
    lines: list[str]
    gstin: str
    drug_licence: str
    place_of_supply: str
    state_tax_head: str
    is_composition: bool


def printed_seller(session: Session, ctx: RequestContext, shift: OpenShift) -> PrintedSeller:
    """Return what a receipt says of the seller from now on, until the device hears otherwise."""
    seller = party.printed_branch(session, ctx, shift.branch_id, ctx.now)
    phone = [f"Phone {seller.phone}"] if seller.phone else []
    return PrintedSeller(
        name=seller.name,
        lines=[*seller.address, *phone],
        gstin=seller.gstin,
        drug_licence=seller.drug_licence,
        place_of_supply=f"{party.state_name(shift.seller_state)} ({shift.seller_state})",
        state_tax_head=state_tax_head(SupplyNature.INTRA, shift.seller_state) or "",
        is_composition=shift.is_composition,
    )


def printed_upi(session: Session, ctx: RequestContext) -> str:
    """Return the code that a customer pays the branch by, as a drawing; none without an address."""
    payee = upi_payee(session, ctx)
    return billing.qr_svg(billing.upi_link(payee)) if payee else ""


def printed_titles(shift: OpenShift) -> list[str]:
    """Return the titles of bills with tax, without, and with both."""
    kinds = ([Treatment.TAXABLE], [Treatment.EXEMPT], [Treatment.TAXABLE, Treatment.EXEMPT])
    return [
        billing.document_title(
            kind,
            is_recipient_registered=False,
            is_composition=shift.is_composition,
            is_unregistered=shift.is_unregistered,
        ).value
        for kind in kinds
    ]


def printed_bars(number: str) -> str:
    """Return the bars of a number: how many, and which are dark."""
    bits = barcode.get("code128", number).build()[0]
    return f"{len(bits)}:{int(bits, 2):x}"
