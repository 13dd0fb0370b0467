"""Cancelling a reverse charge or a change of credit that was typed wrong, until the return of its day is filed."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import DomainError
from erp.core.formatting import date_text, money_text
from erp.core.money import ZERO
from erp.models.gst_returns import CreditChangeKind
from erp.services import accounting
from erp.services.accounting import NewEntry
from erp.services.gst_returns.errors import (
    RecordCancelled,
    RecordKept,
    TaxPeriodFiled,
    UnknownRecord,
)
from erp.services.gst_returns.events import CreditChanged
from erp.services.gst_returns.heads import NAMES
from erp.services.gst_returns.reading_inward import CREDIT_CHANGE, REVERSE_CHARGE
from erp.services.gst_returns.recording import OF_ASSETS, hold_reclaims
from erp.services.gst_returns.refunding_tax import REFUND
from erp.services.gst_returns.registrations import registration_of
from erp.services.gst_returns.reversing_losses import hold_losses
from erp.services.platform import Command, Identified, ShortText, command, emit, refuse_on

BY_JOURNAL: Final = (
    "Take it back by a journal entry of today, and accept that in the next return with a reason."
)
REMEDIES: Final[Mapping[str, str]] = {
    CreditChangeKind.BLOCKED: BY_JOURNAL,
    CreditChangeKind.COMMON: BY_JOURNAL,
    CreditChangeKind.COMMON_BACK: BY_JOURNAL,
    CreditChangeKind.REFUNDED: BY_JOURNAL,
    CreditChangeKind.UNPAID: "Claim it again with today's day.",
    CreditChangeKind.RECLAIMED: "Reverse it anew as unpaid with today's day.",
    REVERSE_CHARGE: "Its tax stays paid as it was stated. Take its cost and what is owed to the supplier back by a"
    " journal entry of today, without the tax.",
}
"""What is done about a record whose return is filed."""
FIELDS: Final = ("reverse_charge_id", "credit_change_id")


class CancelReverseCharge(Command):
    """Take back a purchase under reverse charge that was recorded wrong; its number is not given again."""

    reverse_charge_id: UUID
    reason: ShortText


class CancelCreditChange(Command):
    """Take back a change of credit that was recorded wrong."""

    credit_change_id: UUID
    reason: ShortText


@command(
    "gst_returns.cancel_reverse_charge",
    permission="gst_returns.record",
    rest="POST /reverse-charges/{reverse_charge_id}/cancellation",
)
def cancel_reverse_charge(
    session: Session, ctx: RequestContext, cmd: CancelReverseCharge
) -> Identified:
    """Cancel a purchase under reverse charge by the opposite entry of its own day, with what is owed for it.

    Locks the record, the supplier's open items, then the month of the books.

    Raises:
        UnknownRecord: There is none. RecordCancelled: It is cancelled.
        RecordKept: It is paid, in part at least.
        TaxPeriodFiled: The return of its day is filed.
        PeriodClosed: The books are closed for its day.

    Emits:
        gst_returns.credit_changed.v1
    """
    row = _hold(session, ctx, REVERSE_CHARGE, ("reverse_charge_id", cmd.reverse_charge_id))
    items = accounting.hold_items(session, ctx, "creditors", row["supplier_id"])
    left = sum((item.open for item in items if item.origin_id == cmd.reverse_charge_id), ZERO)
    if left != row["taxable"]:
        words = f"{money_text(row['taxable'] - left)} of {row['number']} are settled."
        message = f"{words} Set that apart on the supplier's account first."
        raise RecordKept(message, fields={"reverse_charge_id": message})
    _cancel(session, ctx, REVERSE_CHARGE, row, (row["number"], cmd.reason))
    items = accounting.hold_items(session, ctx, "creditors", row["supplier_id"])
    own = [item for item in items if item.origin_id == cmd.reverse_charge_id]
    accounting.settle(session, ctx, own, accounting.oldest_first(own))
    return Identified(id=cmd.reverse_charge_id)


@command(
    "gst_returns.cancel_credit_change",
    permission="gst_returns.record",
    rest="POST /credit-changes/{credit_change_id}/cancellation",
)
def cancel_credit_change(
    session: Session, ctx: RequestContext, cmd: CancelCreditChange
) -> Identified:
    """Cancel a change of credit by the opposite entry of its own day; lost goods behind it wait again.

    Locks the record, what waits to be claimed again, the registration's losses, then the month of the books.

    Raises:
        UnknownRecord: There is none. RecordCancelled: It is cancelled.
        RecordKept: Credit that it reversed was claimed again, or it follows the sale of an asset.
        TaxPeriodFiled: The return of its day is filed.
        PeriodClosed: The books are closed for its day.

    Emits:
        gst_returns.credit_changed.v1
    """
    row = _hold(session, ctx, CREDIT_CHANGE, ("credit_change_id", cmd.credit_change_id))
    if row["kind"] in OF_ASSETS:
        raise _of_asset()
    registration = registration_of(session, ctx, row["gstin"])
    if row["kind"] == CreditChangeKind.UNPAID:
        hold_reclaims(session, ctx, registration)
        _require_not_reclaimed(session, ctx, row, registration.branch_ids)
    if row["kind"] == CreditChangeKind.BLOCKED:
        hold_losses(session, ctx, registration)
    origin = REFUND if row["kind"] == CreditChangeKind.REFUNDED else CREDIT_CHANGE
    _cancel(session, ctx, origin, row, (row["reason"], cmd.reason))
    return Identified(id=cmd.credit_change_id)


_HELD: Mapping[str, LiteralString] = {
    REVERSE_CHARGE: """
        select r.*, b.gstin, sec.is_gst_record_filed(r.tenant_id, r.company_id, r.branch_id, r.booked_on) as is_filed
          from gst_reverse_charge r join branch b on (b.tenant_id, b.id) = (r.tenant_id, r.branch_id)
         where r.tenant_id = %s and r.company_id = %s and r.id = %s for no key update of r
    """,
    CREDIT_CHANGE: """
        select r.*, b.gstin, sec.is_gst_record_filed(r.tenant_id, r.company_id, r.branch_id, r.booked_on) as is_filed
          from gst_credit_change r join branch b on (b.tenant_id, b.id) = (r.tenant_id, r.branch_id)
         where r.tenant_id = %s and r.company_id = %s and r.id = %s for no key update of r
    """,
}
_CANCELLED: Mapping[str, LiteralString] = {
    REVERSE_CHARGE: "update gst_reverse_charge set cancelled_at = %s, cancelled_by = %s, cancel_reason = %s"
    " where tenant_id = %s and id = %s",
    CREDIT_CHANGE: "update gst_credit_change set cancelled_at = %s, cancelled_by = %s, cancel_reason = %s"
    " where tenant_id = %s and id = %s",
}


def _hold(session: Session, ctx: RequestContext, table: str, named: tuple[str, UUID]) -> db.Row:
    """Return a record that may be cancelled, locked; refusals name its field."""
    field, record_id = named
    row = db.fetch_one(session, _HELD[table], (ctx.tenant_id, ctx.company_id, record_id))
    if row is None:
        message = "This is not known here. Choose one of the list."
        raise UnknownRecord(message, fields={field: message})
    if row["cancelled_at"] is not None:
        raise _cancelled_before(field)
    if row["is_filed"]:
        remedy = REMEDIES.get(row.get("kind", table), "")
        message = f"The return of {date_text(row['booked_on'])} is filed and states it. {remedy}"
        raise TaxPeriodFiled(message.strip(), fields={field: message.strip()})
    return row


def _cancel(
    session: Session, ctx: RequestContext, origin: str, row: db.Row, words: tuple[str, str]
) -> None:
    """Mark a record cancelled, and book the opposite of its entry on the same day."""
    what, reason = words
    table = REVERSE_CHARGE if origin == REVERSE_CHARGE else CREDIT_CHANGE
    given = (ctx.now, ctx.user_id, reason, ctx.tenant_id, row["id"])
    db.execute(session, _CANCELLED[table], given)
    booked = db.fetch_one(
        session,
        "select id from journal_entry where tenant_id = %s and origin_type = %s and origin_id = %s"
        " and purpose = 'booked'",
        (ctx.tenant_id, origin, row["id"]),
    )
    assert booked is not None  # noqa: S101  recording and booking are one transaction
    lines = [
        replace(line, debit=line.credit, credit=line.debit)
        for line in accounting.lines_of(session, ctx, booked["id"])
    ]
    narration = f"Cancelled {what}: {reason}"
    entry = NewEntry(
        "general", row["booked_on"], origin, row["id"], "cancelled", narration, lines, booked["id"]
    )
    accounting.post_entry(session, replace(ctx, branch_id=row["branch_id"]), entry)
    emit(session, ctx, row["id"], CreditChanged(record_id=row["id"], kind=origin))


_OTHERS = """
    select kind, igst, cgst, sgst from gst_credit_change
     where tenant_id = %s and branch_id = any(%s) and kind in ('unpaid', 'reclaimed') and cancelled_at is null
       and id <> %s order by booked_on, kind desc
"""


def _require_not_reclaimed(
    session: Session, ctx: RequestContext, row: db.Row, branch_ids: tuple[UUID, ...]
) -> None:
    """Refuse while what the other reversals leave is less than what was claimed again, on any day."""
    waits, short = dict.fromkeys(NAMES, ZERO), dict.fromkeys(NAMES, ZERO)
    given = (ctx.tenant_id, list(branch_ids), row["id"])
    for other in db.fetch_all(session, _OTHERS, given):
        sign = 1 if other["kind"] == CreditChangeKind.UNPAID else -1
        for name in NAMES:
            waits[name] += sign * other[name]
            short[name] = max(short[name], -waits[name])
    if any(short.values()):
        words = ", ".join(_amount(name, amount) for name, amount in short.items() if amount)
        message = f"{words} of it were claimed again. Cancel that first."
        raise RecordKept(message, fields={"credit_change_id": message})


def _amount(name: str, amount: Decimal) -> str:
    return f"{money_text(amount)} {name.upper()}"


def _cancelled_before(field: str) -> RecordCancelled:
    message = "This is cancelled. Record what is right anew."
    return RecordCancelled(message, fields={field: message})


def _of_asset() -> RecordKept:
    message = "This follows the sale of an asset. Cancel the sale on the asset's page."
    return RecordKept(message, fields={"credit_change_id": message})


def _filed_meanwhile() -> DomainError:
    message = "The return of its day was filed meanwhile and states it."
    return TaxPeriodFiled(message, fields=dict.fromkeys(FIELDS, message))


refuse_on("gst_record_filed", _filed_meanwhile)
refuse_on("gst_record_of_asset", _of_asset)
