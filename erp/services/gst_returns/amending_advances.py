"""Amending in a later return what a filed one states of an advance for a service; the advance never changes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.formatting import date_text
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.models.gst_returns import ReturnForm
from erp.services import accounting, service_advances
from erp.services.accounting import NewEntry, NewLine, credit, debit
from erp.services.gst_returns.amendable import last_day_of, not_amendable
from erp.services.gst_returns.amending import ORIGIN
from erp.services.gst_returns.errors import AmendedBefore, NothingAmended
from erp.services.gst_returns.events import AdvanceAmended
from erp.services.gst_returns.heads import NAMES, Heads
from erp.services.gst_returns.limits import rate_check
from erp.services.gst_returns.preparing import hold_form, require_not_filed
from erp.services.gst_returns.recording import booking_day
from erp.services.gst_returns.registrations import Registration, registration_of
from erp.services.gst_returns.schemes import days_for, spans_of
from erp.services.gst_returns.stating_periods import filed_period
from erp.services.gst_returns.tax_period import TaxPeriod
from erp.services.party import LIVE_STATES
from erp.services.platform import Command, Day, Percent, Result, ShortText, command, emit
from erp.services.service_advances import HeldAdvance, MadeStep


class AmendAdvance(Command):
    """What filed returns should have stated of an advance; what is left out stays as it was stated.

    Attributes:
        place_of_supply: State code. rate: Of its service.
        received_on: Day on which the money came, where another month stated it.
        booked_on: Decides the return that corrects; today by default.
    """

    advance_id: UUID
    place_of_supply: Annotated[str, Field(pattern=r"^[0-9]{2}$")] | None = None
    rate: Annotated[Percent, Field(gt=0)] | None = None
    received_on: Day | None = None
    booked_on: Day | None = None
    reason: ShortText


class AmendedAdvance(Result):
    """An amendment with what it changes of the tax that is owed.

    Attributes:
        steps: How many applications, refunds and what undid them are corrected with it.
    """

    id: UUID
    number: str
    igst: Decimal
    cgst: Decimal
    sgst: Decimal
    steps: int


@dataclass(frozen=True, slots=True)
class _Stated:
    """An advance with everything that filed returns state of it."""

    held: HeldAdvance
    steps: Sequence[MadeStep]
    registration: Registration
    period: TaxPeriod


@command(
    "gst_returns.amend_advance", permission="gst_returns.record", rest="POST /advance-amendments"
)
def amend_advance(session: Session, ctx: RequestContext, cmd: AmendAdvance) -> AmendedAdvance:
    """Correct in a later return what filed ones state of an advance for a service, and of what became of it.

    Applications and refunds are corrected with it, for they took its tax off as it was stated; later ones follow the
    correction. Amount and number stay. Tax that is due on what is left moves in the books on the day of the
    amendment. Locks the customer's open items, then the registration's GSTR-1.

    Raises:
        UnknownServiceAdvance: There is no such advance.
        NotAmendable: No filed return states it, or a step of it; its receipt was taken back; the last day is past; no
            GSTR-1 is filed of the day.
        AmendedBefore: An advance is amended once.
        NothingAmended: It is stated so already.
        InvalidInput: The place is no state, the rate is none of the law, or a day is wrong.
        ReturnFiled, TaxPeriodFiled: The return of the day is filed.
        PeriodClosed: The books are closed for the day.

    Emits:
        gst_returns.advance_amended.v1

    Source: CGST Act s.37(3); Form GSTR-1 table 11 II.
    """
    held = service_advances.hold_advance(session, ctx, cmd.advance_id)
    registration = _registration(session, ctx, held)
    day = booking_day(ctx, cmd.booked_on, "booked_on")
    hold_form(session, ctx, registration.gstin, ReturnForm.GSTR1)
    require_not_filed(session, ctx, registration, ReturnForm.GSTR1, TaxPeriod(day, day))
    _require_day(session, ctx, held, day)
    stated = _stated(session, ctx, held, registration)
    received_on = _received_on(session, ctx, cmd, stated)
    after = _after(session, ctx, cmd, stated)
    if (after.place, after.rate) == (held.place, held.rate) and received_on == held.received_on:
        message = "It is stated so already. Change what was wrong."
        raise NothingAmended(message, fields={"advance_id": message})
    rows, change = _rows(ctx, stated, after, (day, received_on, cmd.reason))
    service_advances.keep_amendments(session, rows)
    amendment_id: UUID = rows[0]["id"]
    words = f"Amended advance {held.number}: {cmd.reason}"
    post_change(session, ctx, held.branch_id, (amendment_id, "amended", day, words), change)
    told = AdvanceAmended(amendment_id=amendment_id, advance_id=held.id)
    emit(session, ctx, amendment_id, told)
    heads = {name: getattr(change, name) for name in NAMES}
    return AmendedAdvance(id=amendment_id, number=held.number, steps=len(rows) - 1, **heads)


def _registration(session: Session, ctx: RequestContext, held: HeldAdvance) -> Registration:
    row = db.fetch_one(
        session,
        "select b.gstin, exists (select 1 from service_advance_amendment m where m.tenant_id = b.tenant_id"
        "  and m.advance_id = %s and m.withdrawn_at is null) as is_amended"
        " from branch b where b.tenant_id = %s and b.id = %s and b.gstin is not null",
        (held.id, ctx.tenant_id, held.branch_id),
    )
    if row is None:
        raise _unstated(held.number, held.received_on)
    if row["is_amended"]:
        message = f"{held.number} is amended already. Withdraw that amendment, or pay back and receive anew."
        raise AmendedBefore(message, fields={"advance_id": message})
    return registration_of(session, ctx, row["gstin"])


def _unstated(what: str, day: date) -> Exception:
    message = f"No filed GSTR-1 states {what} of {date_text(day)}. Undo it, or file that month's return first."
    return not_amendable(message, "advance_id")


def _require_day(session: Session, ctx: RequestContext, held: HeldAdvance, day: date) -> None:
    last = last_day_of(held.received_on)
    if day > last:
        message = f"{held.number} could be amended until {date_text(last)} (s.37(3))."
        raise not_amendable(message, "booked_on")
    if days_for(spans_of(session, ctx), ReturnForm.GSTR1, TaxPeriod(day, day)) is None:
        message = f"No GSTR-1 is filed of {date_text(day)}. Choose a day on which the company pays regularly."
        raise not_amendable(message, "booked_on")


def _stated(
    session: Session, ctx: RequestContext, held: HeldAdvance, registration: Registration
) -> _Stated:
    """Return what filed returns state of an advance; a step of an open month has to be filed first."""
    period = filed_period(session, ctx, registration, held.received_on)
    if period is None:
        raise _unstated(held.number, held.received_on)
    steps = service_advances.steps_of(session, ctx, held)
    for step in steps:
        if step.kind is service_advances.AdvanceStepKind.TAKEN_BACK:
            message = f"The receipt of {held.number} was taken back: nothing is left to correct."
            raise not_amendable(message, "advance_id")
        if filed_period(session, ctx, registration, step.booked_on) is None:
            raise _unstated(f"what became of {held.number}", step.booked_on)
    return _Stated(held, steps, registration, period)


def _received_on(session: Session, ctx: RequestContext, cmd: AmendAdvance, stated: _Stated) -> date:
    """Return the day whose month should have stated an advance; its own where that month is the same."""
    held, day = stated.held, cmd.received_on
    if day is None or stated.period.starts_on <= day <= stated.period.ends_on:
        return held.received_on
    first = min((step.booked_on for step in stated.steps), default=ctx.today)
    if day > first:
        message = f"Choose a day until {date_text(first)}: what became of it since is stated."
        raise InvalidInput(message, fields={"received_on": message})
    if filed_period(session, ctx, stated.registration, day) is None:
        message = f"No filed GSTR-1 is of {date_text(day)}. Choose a day of a month whose return is filed."
        raise not_amendable(message, "received_on")
    return day


def _after(
    session: Session, ctx: RequestContext, cmd: AmendAdvance, stated: _Stated
) -> HeldAdvance:
    held = stated.held
    place, rate = cmd.place_of_supply or held.place, cmd.rate or held.rate
    if place not in LIVE_STATES:
        message = f"{place} is no state's code. Choose the state where the service is supplied."
        raise InvalidInput(message, fields={"place_of_supply": message})
    if rate != held.rate and not rate_check(session, ctx)(rate, held.received_on):
        message = f"There was no such rate on {date_text(held.received_on)}. Type the rate of the service."
        raise InvalidInput(message, fields={"rate": message})
    return service_advances.corrected_advance(held, stated.registration.state, place, rate)


def _rows(
    ctx: RequestContext, stated: _Stated, after: HeldAdvance, about: tuple[date, date, str]
) -> tuple[list[dict[str, Any]], Heads]:
    """Return the amendment of the advance and of each step, the first one first, and what they change together."""
    held, (day, received_on, reason) = stated.held, about
    taxes = service_advances.corrected_steps(after, stated.steps)
    lead: dict[str, Any] = {
        "tenant_id": ctx.tenant_id, "id": new_id(), "company_id": ctx.company_id, "branch_id": held.branch_id,
        "advance_id": held.id, "step_id": None, "follows_id": None, "booked_on": day, "stated_on": received_on,
        "place_of_supply": after.place, "is_inter": after.is_inter, "rate": after.rate, "reason": reason,
        "user_id": ctx.user_id, "withdrawn_at": None, "withdrawn_by": None, "withdraw_reason": "",
    }  # fmt: skip
    rows, change = [lead | dict(after.taxes)], Heads(**after.taxes) - Heads(**held.taxes)
    for step, own in zip(stated.steps, taxes, strict=True):
        about_step = {
            "id": new_id(),
            "step_id": step.id,
            "follows_id": lead["id"],
            "stated_on": step.booked_on,
        }
        rows.append(lead | about_step | own)
        moved = Heads(**own) - Heads(**step.taxes)
        change += moved if step.kind is service_advances.AdvanceStepKind.UNDONE else -moved
    return rows, change


def post_change(
    session: Session,
    ctx: RequestContext,
    branch_id: UUID,
    about: tuple[UUID, str, date, str],
    change: Heads,
) -> None:
    """Book what an amendment changes of the tax that is due on what is left of an advance."""
    amendment_id, purpose, day, words = about
    lines: list[NewLine] = [credit(f"output_{name}", getattr(change, name)) for name in NAMES]
    lines.append(debit("gst_on_advances", sum((getattr(change, name) for name in NAMES), ZERO)))
    entry = NewEntry("general", day, ORIGIN, amendment_id, purpose, words, lines)
    accounting.post_entry(session, replace(ctx, branch_id=branch_id), entry)
