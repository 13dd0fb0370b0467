"""A provider's monthly tax invoice beside the charges that its settlements booked."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, LiteralString
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.bill_numbers import bill_key
from erp.core.clock import fiscal_year, month_end
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.gst.taxing import TaxHeads
from erp.core.ids import new_id
from erp.core.money import ZERO, allocate
from erp.models.gateways import GatewayInvoice
from erp.services import seen_bills
from erp.services.gateways.accounts import VIEW, unknown_gateway
from erp.services.gateways.errors import InvoiceElsewhere
from erp.services.gateways.events import ChargesInvoiced
from erp.services.gateways.known_suppliers import provider_gstin
from erp.services.gateways.raising import SETTLE
from erp.services.platform import (
    Amount,
    Command,
    Day,
    Identified,
    Page,
    Result,
    Rows,
    ShortText,
    command,
    decode_cursor,
    emit,
    encode_cursor,
    query,
)

SOURCE: Final = seen_bills.BillSource.GATEWAY


class RecordCharges(Command):
    """A provider's tax invoice for what it kept in a month.

    Attributes:
        month: Its first day. supplier_gstin: of the provider, as printed.
        tax: GST on the charges, all heads together.
    """

    account_id: UUID
    month: Day
    number: Annotated[ShortText, Field(max_length=40)]
    dated_on: Day
    supplier_gstin: Annotated[str, Field(min_length=1, max_length=20)]
    taxable: Annotated[Amount, Field(gt=0)]
    tax: Amount


class ListCharges(Page):
    """Months with charges, the newest first."""

    account_id: UUID | None = None


class ChargesRow(Result):
    """A month of an account.

    Attributes:
        fee, tax: Kept of its settlements. billed_fee, billed_tax: by the provider's invoices.
        difference: What the settlements kept beyond the invoices, tax included; below zero the other way.
        words: What of it is to be looked at.
    """

    account_id: UUID
    account: str
    month: date
    settlements: int
    fee: Decimal
    tax: Decimal
    invoices: str
    billed_fee: Decimal
    billed_tax: Decimal
    difference: Decimal
    words: str


class ChargesPage(Rows):
    """A page of months."""

    rows: list[ChargesRow]


_CHARGES: LiteralString = """
    with kept as (
        select account_id, date_trunc('month', settled_on)::date as month, count(*) as settlements, sum(fee) as fee,
               sum(tax) as tax
          from gateway_settlement where tenant_id = %(tenant)s and company_id = %(company)s group by 1, 2),
    billed as (
        select account_id, month, string_agg(number, ', ' order by dated_on, number) as invoices,
               sum(taxable) as fee, sum(igst + cgst + sgst) as tax
          from gateway_invoice where tenant_id = %(tenant)s and company_id = %(company)s and taken_back_on is null
         group by 1, 2)
    select a.id as account_id, a.name as account, month, coalesce(k.settlements, 0) as settlements,
           coalesce(k.fee, 0.00) as fee, coalesce(k.tax, 0.00) as tax, coalesce(i.invoices, '') as invoices,
           coalesce(i.fee, 0.00) as billed_fee, coalesce(i.tax, 0.00) as billed_tax
      from kept k full join billed i using (account_id, month)
      join gateway_account a on a.tenant_id = %(tenant)s and a.id = account_id
     where (%(account)s::uuid is null or a.id = %(account)s)
       and (%(search)s = '' or strpos(lower(concat_ws(' ', a.name, i.invoices)), lower(%(search)s)) > 0)
       and (month, a.id) < (%(before)s::date, %(after)s::uuid)
     order by month desc, a.id desc limit %(most)s
"""


@command("gateways.record_charges", permission=SETTLE, rest="POST /gateway-invoices")
def record_charges(session: Session, ctx: RequestContext, cmd: RecordCharges) -> Identified:
    """Record a provider's tax invoice; nothing is booked, for its settlements booked the charges and their credit.

    With it the register of bills knows the invoice, so that nobody books it again; the account keeps the
    provider's GSTIN where it has none. Locks the bill, then the account.

    Raises:
        UnknownGateway: There is no such account.
        InvalidInput: The month or day does not fit, or the tax is not of the kind that the settlements book.
        InvalidGstin: The GSTIN has a typing error.
        InvoiceRecorded: It is recorded already.
        InvoiceElsewhere: It is recorded for another account, of this or another GSTIN of ours; may be confirmed.
        BillSeen: A bill, claim or asset has it, without its credit; may be confirmed.
        CreditTaken: A bill, claim or asset took its credit, as the settlements did.

    Emits:
        gateways.charges_invoiced.v1
    """
    account = _account(session, ctx, cmd.account_id, cmd.month)
    _check_days(ctx, cmd)
    gstin = _gstin_of(cmd, account)
    seen = seen_bills.Seen(gstin, account["name"], cmd.number, cmd.dated_on)
    if not bill_key(cmd.number):
        message = "Give the number as it is printed on the invoice."
        raise InvalidInput(message, fields={"number": message})
    is_free = _require_free(session, ctx, seen, account["id"])
    seen_bills.look_for(session, ctx, [("number", seen)], SOURCE)
    invoice_id, heads = new_id(), _heads(cmd.tax, is_inter=account["is_interstate"])
    row = {
        "tenant_id": ctx.tenant_id,
        "id": invoice_id,
        "company_id": ctx.company_id,
        "account_id": account["id"],
        "month": cmd.month,
        "number": cmd.number,
        "key": bill_key(cmd.number),
        "fiscal_year": fiscal_year(cmd.dated_on),
        "dated_on": cmd.dated_on,
        "supplier": account["name"],
        "supplier_gstin": gstin,
        "taxable": cmd.taxable,
        "igst": heads.igst,
        "cgst": heads.cgst,
        "sgst": heads.sgst,
        "recorded_by": ctx.user_id,
        "recorded_at": ctx.now,
    }
    db.insert_rows(session, GatewayInvoice, [row])
    use = seen_bills.BillUse(
        SOURCE,
        invoice_id,
        cmd.number,
        account["branch_id"],
        cmd.taxable,
        heads,
        is_credit=is_free and account["may_claim"] and heads.total > 0,
        taken_on=cmd.dated_on,
    )
    seen_bills.note_use(session, ctx, seen, use)
    db.execute(
        session,
        "update gateway_account set supplier_gstin = %s where tenant_id = %s and id = %s and supplier_gstin = ''",
        (gstin, ctx.tenant_id, account["id"]),
    )
    emit(session, ctx, invoice_id, ChargesInvoiced(invoice_id=invoice_id, account_id=account["id"]))
    return Identified(id=invoice_id)


@query("gateways.list_charges", permission=VIEW, rest="GET /gateway-invoices")
def list_charges(session: Session, ctx: RequestContext, wanted: ListCharges) -> ChargesPage:
    """List what providers kept in each month beside what they billed for it, the newest month first."""
    before, after = decode_cursor(wanted.cursor, 2) or ["9999-12-31", str(UUID(int=0))]
    given = {
        "tenant": ctx.tenant_id,
        "company": ctx.company_id,
        "account": wanted.account_id,
        "search": wanted.search,
        "before": before,
        "after": after,
        "most": wanted.limit + 1,
    }
    rows = db.fetch_all(session, _CHARGES, given)
    page = [_charged(ctx, row) for row in rows[: wanted.limit]]
    more = len(rows) > wanted.limit
    cursor = encode_cursor(page[-1].month, page[-1].account_id) if more else ""
    return ChargesPage(rows=page, next_cursor=cursor)


def _charged(ctx: RequestContext, row: db.Row) -> ChargesRow:
    difference = row["fee"] + row["tax"] - row["billed_fee"] - row["billed_tax"]
    words = "Agrees" if not difference else "Differs: compare the invoice with the settlements"
    if not row["invoices"]:
        is_over = ctx.today > month_end(row["month"])
        words = "The invoice is missing: ask the provider" if is_over else "The month is not over"
    elif not row["settlements"]:
        words = "No settlement of this month is booked"
    return ChargesRow(**row, difference=difference, words=words)


def _account(
    session: Session, ctx: RequestContext, account_id: UUID, month: date
) -> dict[str, Any]:
    """Return an account, and whether its settlements of a month took the tax as a credit."""
    row = db.fetch_one(
        session,
        "select a.id, a.name, a.branch_id, a.is_interstate, b.state_code,"
        " b.gstin is not null and sec.gst_scheme(c.tenant_id, c.id, %s) = 'regular' as may_claim from gateway_account a"
        " join branch b on (b.tenant_id, b.id) = (a.tenant_id, a.branch_id)"
        " join company c on (c.tenant_id, c.id) = (b.tenant_id, b.company_id)"
        " where a.tenant_id = %s and a.company_id = %s and a.id = %s",
        (month, ctx.tenant_id, ctx.company_id, account_id),
    )
    if row is None:
        raise unknown_gateway()
    return row


def _check_days(ctx: RequestContext, cmd: RecordCharges) -> None:
    if cmd.month.day != 1:
        message = "Name the month by its first day."
        raise InvalidInput(message, fields={"month": message})
    if not cmd.month <= cmd.dated_on <= ctx.today:
        message = "The invoice is of its month or later, and not of a day to come."
        raise InvalidInput(message, fields={"dated_on": message})


def _gstin_of(cmd: RecordCharges, account: dict[str, Any]) -> str:
    """Return the provider's GSTIN; refuse one whose tax is of another kind than the settlements book."""
    gstin = provider_gstin(cmd.supplier_gstin)
    if not gstin:
        message = "Give the GSTIN that the invoice bears."
        raise InvalidInput(message, fields={"supplier_gstin": message})
    is_inter = gstin[:2] != account["state_code"]
    if is_inter != account["is_interstate"] and cmd.tax:
        kinds = ("IGST", "CGST and SGST") if is_inter else ("CGST and SGST", "IGST")
        message = (
            f"A supplier of state {gstin[:2]} bills {kinds[0]}, and settlements of {account['name']} are booked with"
            f" {kinds[1]}. Check the GSTIN, or change the account."
        )
        raise InvalidInput(message, fields={"supplier_gstin": message})
    return gstin


def _require_free(
    session: Session, ctx: RequestContext, seen: seen_bills.Seen, account_id: UUID
) -> bool:
    """Tell whether the register may have the credit of an invoice with this account; else another account has it."""
    known = seen_bills.seen_elsewhere(session, ctx, seen)
    for one in known:
        if one.is_credit and one.source is not SOURCE:
            message = (
                f"{one.words} took the credit of this invoice, and the settlements took it, too."
                " Take that one back first."
            )
            raise seen_bills.CreditTaken(message, fields={"number": message})
    ours = [one for one in known if one.source is SOURCE]
    _ask_about_others(session, ctx, seen, account_id, [one.source_id for one in ours])
    return not any(one.is_credit for one in ours)


def _ask_about_others(
    session: Session,
    ctx: RequestContext,
    seen: seen_bills.Seen,
    account_id: UUID,
    invoice_ids: list[UUID],
) -> None:
    if not invoice_ids or InvoiceElsewhere.code in ctx.confirmed:
        return
    row = db.fetch_one(
        session,
        "select a.name, coalesce(b.gstin, '') as gstin, b.gstin is distinct from o.gstin as is_other, i.month"
        " from gateway_invoice i join gateway_account a on (a.tenant_id, a.id) = (i.tenant_id, i.account_id)"
        " join branch b on (b.tenant_id, b.id) = (a.tenant_id, a.branch_id)"
        " join gateway_account w on w.tenant_id = i.tenant_id and w.id = %s"
        " join branch o on (o.tenant_id, o.id) = (w.tenant_id, w.branch_id)"
        " where i.tenant_id = %s and i.id = any(%s) and i.account_id <> w.id order by i.id limit 1",
        (account_id, ctx.tenant_id, invoice_ids),
    )
    if row is None:
        return
    whose = f", GSTIN {row['gstin']}" if row["gstin"] else ""
    rule = " An invoice is made out to one GSTIN: read which one." if row["is_other"] else ""
    message = (
        f"{seen.number} is recorded for {row['name']}{whose}, month {row['month']:%m/%Y}.{rule} Take it back there if"
        " it is this account's, or confirm if it bills both."
    )
    raise InvoiceElsewhere(message, fields={"number": message})


def _heads(tax: Decimal, *, is_inter: bool) -> TaxHeads:
    if is_inter:
        return TaxHeads(ZERO, ZERO, tax)
    cgst, sgst = allocate(tax, [Decimal(1), Decimal(1)])
    return TaxHeads(cgst, sgst, ZERO)
