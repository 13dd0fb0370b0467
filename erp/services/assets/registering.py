"""An asset comes into the books: number, cost, credit and what stands against it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.bill_numbers import bill_key
from erp.core.clock import fiscal_year
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.formatting import date_text, money_text
from erp.core.gst.crediting import credit_until
from erp.core.gst.taxing import PriceMode, SupplyNature, TaxHeads, tax_on
from erp.core.ids import new_id
from erp.core.money import ZERO, round_money
from erp.models.assets import Asset, AssetStatus, BoughtFrom
from erp.services import accounting, party, seen_bills
from erp.services.accounting import NewEntry, NewLine
from erp.services.assets.errors import BilledBefore, UnknownCategory, WrongDay
from erp.services.assets.events import AssetRegistered
from erp.services.assets.holding import LOST, MANAGE, ORIGIN, last_run, lock_register, run_words
from erp.services.platform import (
    Amount,
    Command,
    Day,
    Percent,
    Result,
    Series,
    ShortText,
    Text,
    command,
    emit,
    next_number,
)

HUNDRED: Final = Decimal(100)
AGAINST: Final = {BoughtFrom.BANK: "bank", BoughtFrom.OPENING: "opening_difference"}
"""Account that stands against the asset, where no supplier is owed."""
Short = Annotated[Text, Field(max_length=120)]


class RegisterAsset(Command):
    """Bring an asset into the books.

    Attributes:
        price: Without its tax; for an asset of the books of before, what it cost.
        gst_rate: As the bill shows it. takes_credit: its tax becomes a credit (CGST Act s.16); else it
            is part of the cost, as for what s.17(5) blocks.
        bought_on: Day of the bill. booked_on: day in these books, today where none is said.
        used_from: First day of use; the day of the bill where none is said.
        opening_depreciation: What it had lost in the books of before.
        bill_tax: GST on the whole bill, where other assets or claims book a part of it.
    """

    category_id: UUID
    name: ShortText
    bought_from: BoughtFrom
    price: Annotated[Amount, Field(gt=0)]
    gst_rate: Annotated[Percent, Field(le=40)] = ZERO
    takes_credit: bool = True
    bought_on: Day
    booked_on: Day | None = None
    used_from: Day | None = None
    due_on: Day | None = None
    opening_depreciation: Amount = ZERO
    supplier_id: UUID | None = None
    bill_number: Annotated[Text, Field(max_length=40)] = ""
    bill_tax: Amount | None = None
    serial: Short = ""
    place: Short = ""
    custodian: Short = ""
    note: Text = ""


class RegisteredAsset(Result):
    """An asset in the books; `cost` holds the tax that is no credit."""

    id: UUID
    number: str
    cost: Decimal
    credit: Decimal


@dataclass(frozen=True, slots=True)
class _Worked:
    category: db.Row
    cost: Decimal
    residual: Decimal
    total: Decimal
    credit: TaxHeads


@command("assets.register_asset", permission=MANAGE, rest="POST /assets")
def register_asset(session: Session, ctx: RequestContext, cmd: RegisterAsset) -> RegisteredAsset:
    """Bring an asset into the books of the acting branch and book what it cost.

    Locks the company's register, then the number series.

    Raises:
        UnknownCategory: The kind of asset is not in use. UnknownParty: the supplier is not known.
        InvalidInput: A supplier's asset names no supplier or bill, tax is no credit here, or more than is left of
            the whole bill's, or the asset lost more than it may.
        WrongDay: The days do not follow each other, or lie in a month that was run.
        BilledBefore: The supplier's bill brought an asset already; may be confirmed.
        BillTaxDiffers: The GST on the whole bill was given otherwise before; may be confirmed.
        BillSeen: A purchase bill, a claim or a provider's invoice is this bill; may be confirmed, its tax is part
            of the cost then where its credit is taken there.
        PeriodClosed: The books are closed for the day.

    Emits:
        assets.asset_registered.v1
    """
    lock_register(session, ctx)
    seen = _check_source(session, ctx, cmd)
    booked_on = cmd.booked_on or ctx.today
    _check_days(session, ctx, cmd)
    worked = _work_out(session, ctx, cmd, seen)
    asset_id = new_id()
    accounting.period_id(session, ctx, booked_on)
    series = Series(ctx.branch_id, "asset", fiscal_year(booked_on), "FA")
    number = next_number(session, ctx, series)
    db.insert_rows(session, Asset, [_row(ctx, cmd, worked, asset_id) | {"number": number}])
    _book(session, ctx, cmd, worked, (asset_id, number))
    _note(session, ctx, cmd, worked, seen, (asset_id, number))
    emit(session, ctx, asset_id, AssetRegistered(asset_id=asset_id, cost=worked.cost))
    return RegisteredAsset(id=asset_id, number=number, cost=worked.cost, credit=worked.credit.total)


def _check_source(session: Session, ctx: RequestContext, cmd: RegisterAsset) -> seen_bills.Seen:
    """Return the bill it came by, and refuse what does not fit where the asset comes from."""
    if cmd.bought_from is BoughtFrom.OPENING and cmd.gst_rate:
        message = (
            "What came over from the books of before has its tax behind it. Leave the rate empty."
        )
        raise InvalidInput(message, fields={"gst_rate": message})
    if cmd.opening_depreciation and cmd.bought_from is not BoughtFrom.OPENING:
        message = "Only what came over from the books of before has lost something already."
        raise InvalidInput(message, fields={"opening_depreciation": message})
    if cmd.bought_from is BoughtFrom.SUPPLIER:
        for field, words in (("supplier_id", "supplier"), ("bill_number", "bill's number")):
            if not getattr(cmd, field):
                message = f"Name the {words}."
                raise InvalidInput(message, fields={field: message})
    if cmd.supplier_id is None:
        return seen_bills.Seen("", "", cmd.bill_number, cmd.bought_on)
    party.require_account(session, ctx, cmd.supplier_id, "supplier_id")
    row = db.fetch_one(
        session,
        "select coalesce(gstin, '') as gstin, name from party where tenant_id = %s and id = %s",
        (ctx.tenant_id, cmd.supplier_id),
    )
    assert row is not None  # noqa: S101  the supplier has an account
    seen = seen_bills.Seen(row["gstin"], row["name"], cmd.bill_number, cmd.bought_on)
    if cmd.bought_from is not BoughtFrom.OPENING:
        _ask_about_bill(session, ctx, seen)
        seen_bills.ask_about_tax(session, ctx, [("bill_tax", seen, cmd.bill_tax)])
    return seen


def _ask_about_bill(session: Session, ctx: RequestContext, seen: seen_bills.Seen) -> None:
    seen_bills.look_for(session, ctx, [("bill_number", seen)], seen_bills.BillSource.ASSET)
    if BilledBefore.code in ctx.confirmed:
        return
    found = seen_bills.seen_elsewhere(session, ctx, seen)
    known = next((one.number for one in found if one.source is seen_bills.BillSource.ASSET), "")
    if known:
        message = f"{known} came by this bill. Confirm if the bill has several assets."
        raise BilledBefore(message, fields={"bill_number": message})


def _note(
    session: Session,
    ctx: RequestContext,
    cmd: RegisterAsset,
    worked: _Worked,
    seen: seen_bills.Seen,
    known: tuple[UUID, str],
) -> None:
    asset_id, number = known
    if cmd.bought_from is BoughtFrom.OPENING:
        return
    use = seen_bills.BillUse(
        seen_bills.BillSource.ASSET,
        asset_id,
        number,
        ctx.branch_id,
        cmd.price,
        worked.credit,
        is_credit=worked.credit.total > 0,
        taken_on=cmd.booked_on or ctx.today,
        bill_tax=cmd.bill_tax,
    )
    seen_bills.note_use(session, ctx, seen, use)


def _check_days(session: Session, ctx: RequestContext, cmd: RegisterAsset) -> None:
    booked_on = cmd.booked_on or ctx.today
    if cmd.bought_on > booked_on:
        raise _wrong_day("bought_on", "The bill is not younger than the entry.")
    if booked_on > ctx.today:
        raise _wrong_day("booked_on", "This day has not come.")
    if (cmd.used_from or cmd.bought_on) < cmd.bought_on:
        raise _wrong_day("used_from", "An asset is used from the day it was bought, or later.")
    until = last_run(session, ctx)
    if until is not None and booked_on <= until:
        message = f"{run_words(until)} Book the asset on a later day; it makes up for what it lost."
        raise _wrong_day("booked_on", message)


def _wrong_day(field: str, message: str) -> WrongDay:
    return WrongDay(message, fields={field: message})


def _work_out(
    session: Session, ctx: RequestContext, cmd: RegisterAsset, seen: seen_bills.Seen
) -> _Worked:
    category = db.fetch_one(
        session,
        "select c.id, c.account_id, c.method, c.life_months, c.rate, c.residual_percent, k.key"
        " from asset_category c join account k on (k.tenant_id, k.id) = (c.tenant_id, c.account_id)"
        " where c.tenant_id = %s and c.company_id = %s and c.id = %s and c.is_active",
        (ctx.tenant_id, ctx.company_id, cmd.category_id),
    )
    if category is None:
        message = "Choose a kind of asset that is in use."
        raise UnknownCategory(message, fields={"category_id": message})
    tax = _tax(session, ctx, cmd, seen.supplier_gstin)
    takes = cmd.takes_credit and tax.total > 0 and _has_room(session, ctx, cmd, seen, tax.total)
    cost = cmd.price if takes else cmd.price + tax.total
    residual = round_money(cost * category["residual_percent"] / HUNDRED)
    if cmd.opening_depreciation > cost - residual:
        message = "It cannot have lost more than its cost less what is left at the end."
        raise InvalidInput(message, fields={"opening_depreciation": message})
    credit = tax if takes else TaxHeads(ZERO, ZERO, ZERO)
    return _Worked(category, cost, residual, cmd.price + tax.total, credit)


def _has_room(
    session: Session, ctx: RequestContext, cmd: RegisterAsset, seen: seen_bills.Seen, tax: Decimal
) -> bool:
    """Tell whether the tax is a credit; refuse more than is left of the whole bill's.

    Where a document of another kind has the credit the actor confirmed that the tax is a cost.
    """
    source = seen_bills.BillSource.ASSET
    room = seen_bills.credit_room(session, ctx, seen, source, cmd.bill_tax)
    if room.holds(tax):
        return True
    is_shared_with_assets = all(one.source is source for one in room.takers)
    if room.is_whole or (room.is_unknown and not is_shared_with_assets):
        return False
    message = (
        f"{room.words} took {money_text(room.taken)} of this bill's GST. Give the GST on the whole bill, or make the"
        " tax part of the cost."
    )
    if not room.is_unknown:
        taken = f" after {room.words} took {money_text(room.taken)}" if room.takers else ""
        message = (
            f"{money_text(room.left or ZERO)} of the whole bill's GST is left{taken}, and this asset's is"
            f" {money_text(tax)}. Check the price, the rate and the GST on the whole bill, or make the tax part of the"
            " cost."
        )
    raise InvalidInput(message, fields={"bill_tax": message})


def _tax(
    session: Session, ctx: RequestContext, cmd: RegisterAsset, supplier_gstin: str
) -> TaxHeads:
    """Return the tax on the bill; refuse a credit that the law gives nobody here."""
    branch = db.fetch_one(
        session,
        "select b.state_code, b.gstin is not null and sec.gst_scheme(c.tenant_id, c.id, %s) = 'regular' as may_claim"
        " from branch b join company c on (c.tenant_id, c.id) = (b.tenant_id, b.company_id)"
        " where b.tenant_id = %s and b.id = %s",
        (cmd.booked_on or ctx.today, ctx.tenant_id, ctx.branch_id),
    )
    assert branch is not None  # noqa: S101  the actor is in a branch
    if cmd.gst_rate and cmd.takes_credit:
        message = ""
        if not branch["may_claim"]:
            message = "This branch claims no GST. Make the tax part of the cost."
        elif not supplier_gstin or not bill_key(cmd.bill_number):
            message = "A credit needs the supplier's GSTIN and bill number. Make the tax part of the cost."
        elif (cmd.booked_on or ctx.today) > (last := credit_until(cmd.bought_on)):
            message = f"The credit of this bill lapsed after {date_text(last)}. Make the tax part of the cost."
        if message:
            raise InvalidInput(message, fields={"takes_credit": message})
    is_own_state = supplier_gstin[:2] in ("", branch["state_code"])
    nature = SupplyNature.INTRA if is_own_state else SupplyNature.INTER
    return tax_on(cmd.price, cmd.gst_rate, nature, PriceMode.EXCLUSIVE)


def _row(
    ctx: RequestContext, cmd: RegisterAsset, worked: _Worked, asset_id: UUID
) -> dict[str, object]:
    typed = ("name", "bought_from", "bought_on", "supplier_id", "bill_number", "serial", "place")
    return {
        "tenant_id": ctx.tenant_id,
        "id": asset_id,
        "company_id": ctx.company_id,
        "branch_id": ctx.branch_id,
        "category_id": cmd.category_id,
        "account_id": worked.category["account_id"],
        "status": AssetStatus.IN_USE,
        **{name: worked.category[name] for name in ("method", "life_months", "rate")},
        **{name: getattr(cmd, name) for name in (*typed, "custodian", "note")},
        "cost": worked.cost,
        "residual": worked.residual,
        "igst": worked.credit.igst,
        "cgst": worked.credit.cgst,
        "sgst": worked.credit.sgst,
        "opening_depreciation": cmd.opening_depreciation,
        "booked_on": cmd.booked_on or ctx.today,
        "used_from": cmd.used_from or cmd.bought_on,
        "disposal_reason": "",
        "registered_by": ctx.user_id,
        "registered_at": ctx.now,
    }


def _book(
    session: Session,
    ctx: RequestContext,
    cmd: RegisterAsset,
    worked: _Worked,
    known: tuple[UUID, str],
) -> None:
    asset_id, number = known
    owed = worked.total - cmd.opening_depreciation
    if cmd.bought_from is BoughtFrom.SUPPLIER:
        against = NewLine("creditors", credit=owed, party_id=cmd.supplier_id, due_on=cmd.due_on)
    else:
        against = accounting.credit(AGAINST[cmd.bought_from], owed)
    lines = [
        accounting.debit(worked.category["key"], worked.cost),
        accounting.debit("input_cgst", worked.credit.cgst),
        accounting.debit("input_sgst", worked.credit.sgst),
        accounting.debit("input_igst", worked.credit.igst),
        accounting.credit(LOST, cmd.opening_depreciation),
        against,
    ]
    day = cmd.booked_on or ctx.today
    bill = f", bill {cmd.bill_number}" if cmd.bill_number else ""
    narration = f"Asset {number}: {cmd.name}{bill}"
    entry = NewEntry("assets", day, ORIGIN, asset_id, "registered", narration, lines)
    accounting.post_entry(session, ctx, entry)
