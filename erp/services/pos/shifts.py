"""Shifts: opened with a counted float, closed by a blind count."""

from dataclasses import dataclass
from decimal import Decimal
from typing import LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput, NotFound
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.services import accounting
from erp.services.accounting import NewEntry, NewLine, credit, debit
from erp.services.platform import (
    Amount,
    Command,
    Identified,
    Result,
    ShortText,
    SignedAmount,
    Text,
    command,
    emit,
    refuse_dry_run,
)
from erp.services.pos.errors import DrawerShort, ReasonRequired, ShiftClosed
from erp.services.pos.outstanding import require_handed_in
from erp.services.pos.shift_events import CashMoved, ShiftEnded


@dataclass(frozen=True, slots=True)
class OpenShift:
    """A shift that takes sales, with the register it is worked on and how its branch is taxed."""

    id: UUID
    register_id: UUID
    register_code: str
    location_id: UUID
    branch_id: UUID
    seller_state: str
    is_composition: bool
    is_unregistered: bool


_OPEN_SHIFT = """
    select s.id, s.register_id, r.code, r.location_id, r.branch_id, b.state_code,
           g.scheme = 'composition', g.scheme = 'unregistered' or b.gstin is null, s.status
      from register_shift s join register r on (r.tenant_id, r.id) = (s.tenant_id, s.register_id)
      join branch b on (b.tenant_id, b.id) = (r.tenant_id, r.branch_id)
      cross join lateral (select sec.gst_scheme(b.tenant_id, b.company_id, %s) as scheme) g
     where s.tenant_id = %s and s.id = %s and r.branch_id = %s
"""
_TOGETHER, _ALONE = " for share of s", " for no key update of s"


def get_open_shift(session: Session, ctx: RequestContext, shift_id: UUID) -> OpenShift:
    """Return an open shift as it is now, for a price; refuses as `hold_open_shift` does."""
    return _open_shift(session, ctx, shift_id, "")


def hold_open_shift(
    session: Session, ctx: RequestContext, shift_id: UUID, *, alone: bool = False
) -> OpenShift:
    """Return an open shift and keep it open until the transaction ends.

    Takes a share lock, so closing waits for sales in progress and sales see a closing shift;
    alone, it keeps everybody else from the drawer too.

    Raises:
        NotFound: There is no such shift in the acting branch.
        ShiftClosed: The shift is closed.
    """
    return _open_shift(session, ctx, shift_id, _ALONE if alone else _TOGETHER)


def _open_shift(
    session: Session, ctx: RequestContext, shift_id: UUID, lock: LiteralString
) -> OpenShift:
    row = (
        db.raw(session)
        .execute(
            _OPEN_SHIFT + lock,
            (ctx.today, ctx.tenant_id, shift_id, ctx.branch_id),
        )
        .fetchone()
    )
    if row is None:
        raise NotFound("There is no such shift.", fields={"shift_id": "no such shift"})
    if row[-1] != "open":
        raise ShiftClosed(
            "This shift is closed. Open a new one to go on selling.", fields={"shift_id": "closed"}
        )
    return OpenShift(*row[:-1])


class StartShift(Command):
    """Open a shift on a register with the cash counted in its drawer."""

    register_id: UUID
    opening_float: Amount
    reason: Text = ""


@command("pos.open_shift", permission="pos.sell", rest="POST /shifts")
def open_shift(session: Session, ctx: RequestContext, cmd: StartShift) -> Identified:
    """Open a shift; it follows the register's last one.

    A count that differs from what the last shift left is posted as short or over and needs
    a reason. The first float of a register comes out of the safe.

    Raises:
        NotFound: There is no such active register at the acting branch.
        ShiftAlreadyOpen: The register has an open shift.
        ReasonRequired: The float differs from what was left and no reason is given.
    """
    register = db.fetch_one(
        session,
        "select id from register where tenant_id = %s and id = %s and branch_id = %s and is_active"
        " for no key update",
        (ctx.tenant_id, cmd.register_id, ctx.branch_id),
    )
    if register is None:
        raise NotFound("There is no such register.", fields={"register_id": "no such register"})
    previous = db.fetch_one(
        session,
        "select s.id, s.float_left from register_shift s where s.tenant_id = %s and s.register_id = %s and not exists"
        " (select 1 from register_shift n where n.tenant_id = s.tenant_id and n.previous_shift_id = s.id)",
        (ctx.tenant_id, cmd.register_id),
    )
    shift_id = new_id()
    db.execute(
        session,
        "insert into register_shift (tenant_id, id, register_id, previous_shift_id, status, opened_by, opened_at,"
        " opening_float, difference_reason) values (%s, %s, %s, %s, 'open', %s, %s, %s, '')",
        (
            ctx.tenant_id,
            shift_id,
            cmd.register_id,
            previous["id"] if previous else None,
            ctx.user_id,
            ctx.now,
            cmd.opening_float,
        ),
    )
    _post_float(session, ctx, shift_id, cmd, previous["float_left"] if previous else None)
    return Identified(id=shift_id)


def _post_float(
    session: Session, ctx: RequestContext, shift_id: UUID, cmd: StartShift, left: Decimal | None
) -> None:
    """Bring the cash account in line with what was counted at opening."""
    if left is None:
        lines = [debit("cash", cmd.opening_float), credit("petty_cash", cmd.opening_float)]
        _post(session, ctx, shift_id, "float", "Opening float from the safe", lines)
        return
    difference = cmd.opening_float - left
    if difference and not cmd.reason:
        raise ReasonRequired(
            f"The last shift left {left} in the drawer. Count again, or say why it differs.",
            fields={"opening_float": f"the last shift left {left}", "reason": "say why it differs"},
        )
    lines = [debit("cash", difference), credit("cash_short_over", difference)]
    _post(session, ctx, shift_id, "float", f"Float differs at opening: {cmd.reason}", lines)


class CloseShift(Command):
    """Close a shift by the cash counted, without having seen what is expected.

    Attributes:
        float_left: What stays in the drawer for the next shift; the rest goes to the safe.
    """

    shift_id: UUID
    counted_cash: Amount
    float_left: Amount = ZERO
    reason: Text = ""


class ShiftClosing(Result):
    """The outcome of a blind count; a negative difference is cash short."""

    shift_id: UUID
    opening_float: Decimal
    expected_cash: Decimal
    counted_cash: Decimal
    difference: Decimal


@command("pos.close_shift", permission="pos.sell", rest="POST /shifts/{shift_id}/closing")
def close_shift(session: Session, ctx: RequestContext, cmd: CloseShift) -> ShiftClosing:
    """Close a shift, posting cash short or over and moving takings to the safe.

    Every bill is posted already, so closing only counts cash. Waits for sales in progress. The
    shift takes the register's next Z number: the one after that of the shift before.

    Raises:
        NotFound: There is no such shift at the acting branch.
        ShiftClosed: It is closed already.
        BillsOutstanding: A device may still hold bills of the shift.
        ReasonRequired: The difference exceeds the actor's tolerance and is not explained.
        InvalidInput: More would stay in the drawer than was counted.
        NoDryRun: A count that can be tried out is not blind.

    Emits:
        pos.shift_closed.v1
    """
    shift = _lock_open(session, ctx, cmd.shift_id)
    refuse_dry_run(session)
    require_handed_in(session, ctx, cmd.shift_id)
    expected = expected_cash(session, ctx, cmd.shift_id)
    closing = ShiftClosing(
        shift_id=cmd.shift_id,
        opening_float=shift["opening_float"],
        expected_cash=expected,
        counted_cash=cmd.counted_cash,
        difference=cmd.counted_cash - expected,
    )
    _check_count(ctx, cmd, closing.difference)
    _write_closing(session, ctx, cmd, expected)
    _post_closing(session, ctx, cmd, closing.difference)
    event = ShiftEnded(
        shift_id=cmd.shift_id,
        register_id=shift["register_id"],
        expected_cash=expected,
        counted_cash=cmd.counted_cash,
    )
    emit(session, ctx, cmd.shift_id, event)
    return closing


def _check_count(ctx: RequestContext, cmd: CloseShift, difference: Decimal) -> None:
    if cmd.float_left > cmd.counted_cash:
        raise InvalidInput(
            "No more can stay in the drawer than was counted.",
            fields={"float_left": "more than was counted"},
        )
    if abs(difference) > ctx.limit("cash_tolerance") and not cmd.reason:
        raise ReasonRequired(
            "The count differs from the till's record. Count again, or say why.",
            fields={"reason": "say why the count differs"},
        )


def _write_closing(
    session: Session, ctx: RequestContext, cmd: CloseShift, expected: Decimal
) -> None:
    db.execute(
        session,
        "update register_shift s set status = 'closed', closed_by = %s, closed_at = %s, counted_cash = %s,"
        " expected_cash = %s, float_left = %s, difference_reason = %s, z_number = 1 + coalesce("
        " (select p.z_number from register_shift p where (p.tenant_id, p.id) ="
        " (s.tenant_id, s.previous_shift_id)), 0) where s.tenant_id = %s and s.id = %s",
        (
            ctx.user_id, ctx.now, cmd.counted_cash, expected, cmd.float_left, cmd.reason,
            ctx.tenant_id, cmd.shift_id,
        ),
    )  # fmt: skip


def _post_closing(
    session: Session, ctx: RequestContext, cmd: CloseShift, difference: Decimal
) -> None:
    """Post what is short or over, then move the takings to the safe. Source: journal J11."""
    narration = f"Cash short or over at closing: {cmd.reason}".rstrip(": ")
    short_over = [debit("cash", difference), credit("cash_short_over", difference)]
    _post(session, ctx, cmd.shift_id, "short_over", narration, short_over)
    takings = cmd.counted_cash - cmd.float_left
    moved = [debit("petty_cash", takings), credit("cash", takings)]
    _post(session, ctx, cmd.shift_id, "takings", "Takings to the safe", moved)


def _lock_open(session: Session, ctx: RequestContext, shift_id: UUID) -> db.Row:
    """Return an open shift of the acting branch once nobody else works on it."""
    shift = db.fetch_one(
        session,
        "select s.register_id, s.status, s.opening_float from register_shift s"
        " join register r on (r.tenant_id, r.id) = (s.tenant_id, s.register_id)"
        " where s.tenant_id = %s and s.id = %s and r.branch_id = %s for update of s",
        (ctx.tenant_id, shift_id, ctx.branch_id),
    )
    if shift is None:
        raise NotFound("There is no such shift.", fields={"shift_id": "no such shift"})
    if shift["status"] != "open":
        message = "This shift is closed already. Open a new one to go on."
        raise ShiftClosed(message, fields={"shift_id": "closed"})
    return shift


def expected_cash(session: Session, ctx: RequestContext, shift_id: UUID) -> Decimal:
    """Return what must be in the drawer.

    That is the float, cash of sales and advances less what went back, and cash in less out.
    """
    row = db.fetch_one(
        session,
        """
        select s.opening_float
             + coalesce((select sum(case sale.kind when 'sale' then t.amount else -t.amount end)
                           from sale join tender t on (t.tenant_id, t.sale_id) = (sale.tenant_id, sale.id)
                          where sale.tenant_id = s.tenant_id and sale.shift_id = s.id and t.method = 'cash'), 0)
             + coalesce((select sum(amount) from cash_movement m
                          where m.tenant_id = s.tenant_id and m.shift_id = s.id), 0)
             + coalesce((select sum(case v.kind when 'receipt' then v.amount else -v.amount end)
                           from advance_voucher v
                          where v.tenant_id = s.tenant_id and v.shift_id = s.id and v.method = 'cash'), 0) as amount
          from register_shift s where s.tenant_id = %s and s.id = %s
        """,
        (ctx.tenant_id, shift_id),
    )
    return row["amount"] if row else ZERO


def require_cash(
    session: Session, ctx: RequestContext, shift_id: UUID, amount: Decimal, *, at: str
) -> None:
    """Refuse to give out more cash than the till's record says is in the drawer.

    Raises:
        DrawerShort: There is not that much.
    """
    if amount > 0 and amount > expected_cash(session, ctx, shift_id):
        raise DrawerShort(
            "There is not that much cash in the drawer. Put some in first, or give the money"
            " in another way.",
            fields={at: "more than is in the drawer"},
        )


class MoveCash(Command):
    """Put cash into the drawer from the safe, or take it out to the safe.

    Attributes:
        amount: Above zero into the drawer, below zero out of it.
    """

    shift_id: UUID
    amount: SignedAmount
    reason: ShortText


@command("pos.move_cash", permission="pos.cash", rest="POST /shifts/{shift_id}/cash")
def move_cash(session: Session, ctx: RequestContext, cmd: MoveCash) -> Identified:
    """Record cash in or out with its reason, and post it between drawer and safe.

    Waits for sales in progress, so that no two movements empty the drawer twice.

    Raises:
        NotFound: There is no such shift at the acting branch.
        ShiftClosed: The shift is closed.
        InvalidInput: The amount is zero.
        DrawerShort: More is taken out than the drawer holds.

    Emits:
        pos.cash_moved.v1
    """
    _lock_open(session, ctx, cmd.shift_id)
    if cmd.amount == 0:
        raise InvalidInput(
            "Give an amount in rupees and paise other than zero.",
            fields={"amount": "not an amount"},
        )
    require_cash(session, ctx, cmd.shift_id, -cmd.amount, at="amount")
    movement_id = new_id()
    db.execute(
        session,
        "insert into cash_movement (tenant_id, id, shift_id, amount, reason, user_id) values (%s, %s, %s, %s, %s, %s)",
        (ctx.tenant_id, movement_id, cmd.shift_id, cmd.amount, cmd.reason, ctx.user_id),
    )
    _post(
        session,
        ctx,
        movement_id,
        "cash",
        cmd.reason,
        [debit("cash", cmd.amount), credit("petty_cash", cmd.amount)],
    )
    emit(session, ctx, cmd.shift_id, CashMoved(shift_id=cmd.shift_id, amount=cmd.amount))
    return Identified(id=movement_id)


def _post(
    session: Session,
    ctx: RequestContext,
    origin: UUID,
    purpose: str,
    narration: str,
    lines: list[NewLine],
) -> None:
    entry = NewEntry("cash", ctx.today, "shift", origin, purpose, narration, lines)
    accounting.post_entry(session, ctx, entry)
