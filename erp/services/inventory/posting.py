"""The ledger's side of stock: the inventory accounts always equal the value of stock."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.services import accounting
from erp.services.inventory.moving import Origin


def post_stock(
    session: Session,
    ctx: RequestContext,
    origin: Origin,
    narration: str,
    changes: Mapping[str, Decimal],
    effective_on: date | None = None,
) -> None:
    """Post what a movement did to stock value, in the same transaction.

    `changes` holds an amount per account key, debits positive; they add up to zero. Nothing is
    posted where every amount is zero, as for free goods.

    Raises:
        PeriodClosed: The books are closed for the day.
    """
    lines = [accounting.debit(key, amount) for key, amount in changes.items()]
    post_lines(session, ctx, origin, narration, lines, effective_on)


def post_lines(
    session: Session,
    ctx: RequestContext,
    origin: Origin,
    narration: str,
    lines: Sequence[accounting.NewLine],
    effective_on: date | None = None,
) -> None:
    """Post lines that may be about a party, as `post_stock` does.

    Raises:
        PeriodClosed: The books are closed for the day.
    """
    accounting.post_entry(
        session,
        ctx,
        accounting.NewEntry(
            journal="inventory",
            effective_on=effective_on or ctx.today,
            origin_type=origin.type,
            origin_id=origin.id,
            purpose=origin.step,
            narration=narration,
            lines=lines,
        ),
    )


def instant_of(ctx: RequestContext, day: date | None, at: str) -> datetime:
    """Return when something of a business day happened: now for today, noon for a day gone by.

    Raises:
        InvalidInput: The day is in the future; names the field `at`.
    """
    if day is None or day == ctx.today:
        return ctx.now
    if day > ctx.today:
        message = "This day is still to come. Use today or an earlier day."
        raise InvalidInput(message, fields={at: message})
    return datetime.combine(day, time(12), ZoneInfo(ctx.time_zone))
