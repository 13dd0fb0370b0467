"""Which charges of gateways and banks wait for their tax invoice, and which invoices there are."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core.clock import month_end
from erp.core.context import RequestContext
from erp.core.formatting import money_text
from erp.core.money import ZERO
from erp.services.gst_returns.charges import Charge, ChargeInvoice
from erp.services.gst_returns.claiming import waiting_ids
from erp.services.gst_returns.heads import NOTHING, Heads
from erp.services.gst_returns.ordering import open_since
from erp.services.gst_returns.paging import page_of
from erp.services.gst_returns.reading_charges import read_charges
from erp.services.gst_returns.registrations import GstinText, registration_of
from erp.services.gst_returns.tax_period import TaxPeriod
from erp.services.platform import Page, Result, Rows, query


class ListTaxedCharges(Page):
    """Charges by provider and month, the newest first.

    Attributes:
        gstin: The company's first registration where none is named.
        state: Only what waits for an invoice, or what has it.
    """

    gstin: GstinText | None = None
    state: Literal["", "waits", "covered"] = ""


class OwnInvoice(Result):
    """A tax invoice of a month's charges; `tax` is all heads together."""

    id: UUID
    number: str
    dated_on: date
    tax: Decimal


class TaxedChargesRow(Result):
    """What a provider kept in a month.

    Attributes:
        source: `gateway` or `bank`, with its account; of several accounts at a bank the first.
        charge, tax: Kept, without tax and the tax. invoiced: tax of the invoices. waiting: tax that no invoice covers.
        numbers: Of the invoices. page: where the entries are seen.
        words: What is to be done.
    """

    source: Literal["gateway", "bank"]
    account_id: UUID
    supplier: str
    month: date
    charge: Decimal
    tax: Decimal
    invoiced: Decimal
    waiting: Decimal
    invoices: list[OwnInvoice]
    numbers: str
    page: str
    words: str


class TaxedCharges(Rows):
    """A page of months with the tax that waits in all of them."""

    rows: list[TaxedChargesRow]
    gstin: str
    waiting: Decimal


@query("gst_returns.list_taxed_charges", permission="gst_returns.view", rest="GET /taxed-charges")
def list_taxed_charges(
    session: Session, ctx: RequestContext, wanted: ListTaxedCharges
) -> TaxedCharges:
    """List what gateways and banks kept, month by month, beside the tax invoices of it.

    Raises:
        UnknownRegistration: No branch of the company has this GSTIN.
    """
    registration = registration_of(session, ctx, wanted.gstin)
    period = TaxPeriod(open_since(session, ctx, registration), month_end(ctx.today))
    held = waiting_ids(session, ctx, registration, period)
    charges = read_charges(session, ctx, registration, period, held)
    standing = charges.standing(period.ends_on)
    waits = charges.waiting(period.ends_on, {one.id: one.heads for one in charges.invoices})
    places = sorted({one.place for one in standing}, key=lambda one: (one[2], one[:2]))
    found = [
        _row(
            [one for one in standing if one.place == place],
            [one for one in charges.invoices if one.place == place],
            waits,
            ctx.today,
        )
        for place in reversed(places)
    ]
    words = wanted.search.lower()
    shown = [
        row
        for row in found
        if wanted.state in {"", "waits" if row.waiting else "covered"}
        and words in f"{row.supplier} {' '.join(one.number for one in row.invoices)}".lower()
    ]
    page, following = page_of(shown, wanted, _key)
    return TaxedCharges(
        rows=page,
        next_cursor=following,
        gstin=registration.gstin,
        waiting=sum((row.waiting for row in found), ZERO),
    )


def _key(row: TaxedChargesRow) -> str:
    return f"{row.source} {row.account_id} {row.month}"


def _row(
    own: Sequence[Charge],
    invoices: Sequence[ChargeInvoice],
    waits: Mapping[UUID, Heads],
    today: date,
) -> TaxedChargesRow:
    kept = sum((one.heads for one in own), NOTHING)
    billed = sum((one.heads for one in invoices), NOTHING)
    waiting = sum((waits.get(one.id, NOTHING) for one in own), NOTHING).tax
    source, _, first = own[0].place
    is_bank = source == "bank"
    return TaxedChargesRow(
        source="bank" if is_bank else "gateway",
        account_id=own[0].account_id,
        supplier=", ".join(dict.fromkeys(one.supplier for one in own)),
        month=first,
        charge=kept.taxable,
        tax=kept.tax,
        invoiced=billed.tax,
        waiting=waiting,
        invoices=[_invoice(one) for one in invoices],
        numbers=", ".join(one.number for one in invoices),
        page=f"/bank/{own[0].account_id}" if is_bank else "/gateways/invoices",
        words=_words(
            waiting,
            (kept.tax_only() - billed).not_negative().tax - waiting,
            is_billed=bool(invoices),
            is_over=month_end(first) < today,
        ),
    )


def _invoice(one: ChargeInvoice) -> OwnInvoice:
    return OwnInvoice(id=one.id, number=one.number, dated_on=one.dated_on, tax=one.heads.tax)


def _words(waiting: Decimal, claimed: Decimal, *, is_billed: bool, is_over: bool) -> str:
    """Say what is to be done; `claimed`: tax that a filed return claimed and no invoice covers."""
    if claimed > 0:
        return f"A filed return claimed {money_text(claimed)} without an invoice: record it"
    if not waiting:
        return "The invoice covers it"
    if is_billed:
        return "The invoice bears less: ask the provider"
    return "Ask the provider for its invoice" if is_over else "The month is not over"
