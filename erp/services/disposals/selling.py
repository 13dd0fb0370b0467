"""Selling a fixed asset: out of the register, on an invoice, with its tax, in one step."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.gst.taxing import (
    PriceMode,
    Supply,
    SupplyLine,
    TaxedSupply,
    TaxHeads,
    Treatment,
    tax_supply,
)
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.models.disposals import AssetSale
from erp.services import accounting, assets, billing, gst_returns, party, sales
from erp.services.accounting import NewEntry, credit, debit
from erp.services.assets import HeldAsset, Leaving, Left
from erp.services.billing import NewInvoice, NewInvoiceLine
from erp.services.disposals.owing import HEADS, Owed, owed_on_sale
from erp.services.party import SaleParty
from erp.services.platform import Amount, Command, Percent, Result, ShortText, command

SALE: Final = "asset_sale"
SERIES: Final = "SFA"
UNIT: Final = "NOS"
MANAGE: Final = "assets.manage"


class SellAsset(Command):
    """Sell an asset today with its invoice; the buyer owes the money until it is received.

    Attributes:
        price: Without tax. rate: Of GST on the asset, percent. hsn: Of the asset.
    """

    asset_id: UUID
    buyer_id: UUID
    price: Annotated[Amount, Field(gt=0)]
    hsn: Annotated[str, Field(pattern=r"^[0-9]{4,8}$")]
    rate: Percent
    reason: ShortText


class AssetSold(Result):
    """A sold asset with its invoice.

    Attributes:
        credit_left: Of the asset's credit, what is not used up by its quarters.
        excess: Of that, what the tax does not cover; it was reversed.
        gain: Above its worth; below zero a loss, the excess counted.
    """

    id: UUID
    number: str
    asset_id: UUID
    tax: Decimal
    total: Decimal
    quarters: int
    credit_left: Decimal
    excess: Decimal
    gain: Decimal


@command("disposals.sell_asset", permission=MANAGE, rest="POST /assets/{asset_id}/sale")
def sell_asset(session: Session, ctx: RequestContext, cmd: SellAsset) -> AssetSold:
    """Sell an asset: depreciation until today, its invoice with tax, and gain or loss, in one entry.

    Where credit was taken on it and less tax is charged than is left of that credit after five percent for each
    quarter begun, the rest of it is reversed. Locks the register, then the number series.

    Raises:
        UnknownAsset: The company has no such asset. AssetGone: it went already.
        WrongDay: Today lies in a month that was run.
        UnknownParty: The buyer is not known.
        UntaxableSupply: The company may not sell to the buyer's state.
        PeriodClosed: The books are closed for today.

    Emits:
        assets.asset_disposed.v1; billing.document_posted.v1 where the buyer is registered;
        gst_returns.credit_changed.v1 where credit goes back

    Source: CGST Act s.7, s.18(6), Rules r.40(2), r.44(6).
    """
    held = assets.hold_asset(session, ctx, cmd.asset_id)
    acting = assets.at_branch(ctx, held)
    buyer = party.get_party_for_sale(session, acting, cmd.buyer_id)
    party.require_account(session, acting, cmd.buyer_id, "buyer_id")
    seller = sales.get_seller(session, acting)
    place = sales.place_for(seller, buyer)
    taxed = _taxed(seller, buyer, place, cmd)
    owed = owed_on_sale(*_credit(session, acting, cmd.asset_id), acting.today, _tax(taxed))
    leaving = Leaving(acting.today, assets.AssetStatus.SOLD, cmd.price, cmd.buyer_id, cmd.reason)
    held = assets.book_losses(session, acting, held, acting.today)
    left = assets.retire_asset(session, acting, held, leaving)
    accounting.period_id(session, acting, acting.today)
    invoice = _invoice(held, seller, buyer, place, (taxed, cmd))
    number = billing.take_number(session, acting, invoice)
    billing.write_invoice(session, acting, invoice, number)
    _book(session, acting, invoice, number, (held, left))
    return _record(session, acting, (cmd, invoice, number), owed, left)


def _taxed(seller: sales.Seller, buyer: SaleParty, place: str, cmd: SellAsset) -> TaxedSupply:
    treatment = Treatment.TAXABLE if cmd.rate else Treatment.NIL_RATED
    line = SupplyLine("asset", Decimal(1), cmd.price, cmd.rate, treatment)
    return tax_supply(
        Supply(
            seller_state=seller.state,
            place_of_supply=place,
            price_mode=PriceMode.EXCLUSIVE,
            lines=[line],
            is_rounded=True,
            is_sez=buyer.gst_category == party.GstCategory.SEZ,
            is_composition=seller.is_composition,
            is_unregistered=seller.is_unregistered,
        )
    )


def _tax(taxed: TaxedSupply) -> Decimal:
    return taxed.totals.cgst + taxed.totals.sgst + taxed.totals.igst


def _credit(session: Session, ctx: RequestContext, asset_id: UUID) -> tuple[TaxHeads, date]:
    row = db.fetch_one(
        session,
        "select igst, cgst, sgst, bought_on from asset where tenant_id = %s and id = %s",
        (ctx.tenant_id, asset_id),
    )
    assert row is not None  # noqa: S101  it is held
    return TaxHeads(row["cgst"], row["sgst"], row["igst"]), row["bought_on"]


def _invoice(
    held: HeldAsset,
    seller: sales.Seller,
    buyer: SaleParty,
    place: str,
    facts: tuple[TaxedSupply, SellAsset],
) -> NewInvoice:
    taxed, cmd = facts
    title = billing.document_title(
        [line.treatment for line in taxed.lines],
        is_recipient_registered=buyer.gst_category in sales.REGISTERED,
        is_composition=seller.is_composition,
        is_unregistered=seller.is_unregistered,
    )
    invoice_id = new_id()
    return NewInvoice(
        id=invoice_id,
        kind=billing.KIND_OF_TITLE[title],
        series_code=SERIES,
        register_id=None,
        party_id=buyer.id,
        recipient=billing.recipient_of(buyer),
        place_of_supply=place,
        price_mode=taxed.price_mode,
        nature=taxed.nature,
        totals=taxed.totals,
        lines=_lines(held, taxed, cmd.hsn),
        origin_type=SALE,
        origin_id=invoice_id,
    )


def _lines(held: HeldAsset, taxed: TaxedSupply, hsn: str) -> Sequence[NewInvoiceLine]:
    return [
        NewInvoiceLine(
            variant_id=None,
            lot_id=None,
            description=f"{held.name} (fixed asset {held.number})",
            hsn=hsn,
            unit=UNIT,
            lot_number="",
            expires_on=None,
            mrp=None,
            quantity=1,
            unit_price=line.unit_price,
            gross=line.gross,
            line_discount=line.line_discount,
            bill_discount=line.bill_discount_share,
            treatment=line.treatment.lower(),
            rate=line.gst_rate,
            taxable=line.taxable_value,
            cgst=line.cgst,
            sgst=line.sgst,
            igst=line.igst,
            total=line.total,
            cost=ZERO,
        )
        for line in taxed.lines
    ]


def _book(
    session: Session,
    ctx: RequestContext,
    invoice: NewInvoice,
    number: str,
    gone: tuple[HeldAsset, Left],
) -> None:
    held, left = gone
    totals = invoice.totals
    lines = [
        *left.lines,
        debit("debtors", totals.invoice_value, invoice.party_id),
        credit("output_cgst", totals.cgst),
        credit("output_sgst", totals.sgst),
        credit("output_igst", totals.igst),
        credit("round_off", totals.round_off),
    ]
    words = f"Asset {held.number} sold on {number}"
    entry = NewEntry("assets", ctx.today, SALE, invoice.id, "sold", words, lines)
    accounting.post_entry(session, ctx, entry)


def _record(
    session: Session,
    ctx: RequestContext,
    made: tuple[SellAsset, NewInvoice, str],
    owed: Owed,
    left: Left,
) -> AssetSold:
    cmd, invoice, number = made
    tax = sum((getattr(invoice.totals, name) for name in HEADS), ZERO)
    excess = sum(owed.excess.values(), ZERO)
    change_id = None
    if excess:
        kind, why = gst_returns.CreditChangeKind.ASSET_SOLD, f"Asset sold on {number}, s.18(6)"
        change_id = gst_returns.write_change(session, ctx, kind, owed.excess, (ctx.today, why))
    row = {
        "tenant_id": ctx.tenant_id,
        "id": invoice.id,
        "company_id": ctx.company_id,
        "branch_id": ctx.branch_id,
        "asset_id": cmd.asset_id,
        "buyer_id": cmd.buyer_id,
        "sold_on": ctx.today,
        "hsn": cmd.hsn,
        "rate": cmd.rate,
        "price": cmd.price,
        "tax": tax,
        "quarters": owed.quarters,
        "credit_left": owed.left,
        "excess": excess,
        "change_id": change_id,
        "gain": left.gain - excess,
        "reason": cmd.reason,
        "user_id": ctx.user_id,
        "sold_at": ctx.now,
    }
    db.insert_rows(session, AssetSale, [row])
    told = ("id", "asset_id", "tax", "quarters", "credit_left", "excess", "gain")
    return AssetSold(
        number=number, total=invoice.totals.invoice_value, **{name: row[name] for name in told}
    )
