"""What holding goods costs: a yearly rate in percent by form, dated, with one for all others."""

from datetime import date
from decimal import Decimal
from typing import Final, LiteralString

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import date_text
from erp.core.ids import new_id
from erp.models.inventory import CarryingRate
from erp.services import catalog
from erp.services.inventory.errors import RateStarts
from erp.services.platform import (
    Command,
    Day,
    Identified,
    Nothing,
    Percent,
    Result,
    Rows,
    command,
    query,
)

DEFAULT_RATE: Final = Decimal(12)
"""Percent a year until the business sets its own: a small firm's bank credit costs about that."""

RATES: LiteralString = """
    rate as materialized (
        select distinct on (r.form) r.form, r.rate
          from carrying_rate r
         where r.tenant_id = %(tenant)s and r.valid_from <= %(today)s
         order by r.form, r.valid_from desc
    )
"""
"""The rates in force, as the first part of a statement; `RATE_OF` picks one for a product `p`."""

RATE_OF: LiteralString = """
    coalesce((select rate from rate where form = p.form),
             (select rate from rate where form is null), %(default_rate)s)
"""


class SetCarryingRate(Command):
    """Say what a year of holding goods costs.

    Attributes:
        form: Goods of this form; all goods without a rate of their own where none is named.
        valid_from: Today where none is given.
        rate: Percent of their cost a year.
    """

    form: catalog.Form | None = None
    valid_from: Day | None = None
    rate: Percent


class CarryingRateRow(Result):
    """The rate in force for a form; `form` is none for all others.

    Attributes:
        valid_from: None where it is the product's default, as nobody set one.
    """

    form: catalog.Form | None
    rate: Decimal
    valid_from: date | None


class CarryingRates(Rows):
    """The rates in force: the one for all others first."""

    rows: list[CarryingRateRow]


@command("inventory.set_carrying_rate", permission="inventory.plan", rest="POST /carrying-rates")
def set_carrying_rate(session: Session, ctx: RequestContext, cmd: SetCarryingRate) -> Identified:
    """Add a rate that holds from a day on; rates already set are never rewritten.

    Raises:
        RateStarts: The day is not after the last rate's of the form.
    """
    valid_from = cmd.valid_from or ctx.today
    last = _last_day(session, ctx, cmd.form)
    if last is not None and valid_from <= last:
        message = f"A rate is set from {date_text(last)}. A new one must start later."
        raise RateStarts(message, fields={"valid_from": message})
    rate_id = new_id()
    row = {
        "tenant_id": ctx.tenant_id,
        "id": rate_id,
        "form": cmd.form,
        "valid_from": valid_from,
        "rate": cmd.rate,
        "set_by": ctx.user_id,
        "set_at": ctx.now,
    }
    db.insert_rows(session, CarryingRate, [row])
    return Identified(id=rate_id)


def _last_day(session: Session, ctx: RequestContext, form: str | None) -> date | None:
    row = db.fetch_one(
        session,
        "select max(valid_from) as last from carrying_rate"
        " where tenant_id = %s and form is not distinct from %s",
        (ctx.tenant_id, form),
    )
    return row["last"] if row else None


@query("inventory.list_carrying_rates", permission="inventory.view", rest="GET /carrying-rates")
def list_carrying_rates(session: Session, ctx: RequestContext, _wanted: Nothing) -> CarryingRates:
    """Return the rates in force today: the one for all others, and those of forms that have one."""
    rows = db.fetch_all(
        session,
        "select distinct on (form) form, rate, valid_from from carrying_rate"
        " where tenant_id = %s and valid_from <= %s order by form nulls first, valid_from desc",
        (ctx.tenant_id, ctx.today),
    )
    found = [CarryingRateRow(**row) for row in rows]
    if not found or found[0].form is not None:
        found.insert(0, CarryingRateRow(form=None, rate=DEFAULT_RATE, valid_from=None))
    return CarryingRates(rows=found)
