"""Tax classes and their dated GST rates: law is data, and history is kept."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import date_text
from erp.models.catalog import SupplyTreatment, TaxClass, TaxRate
from erp.services import accounting
from erp.services.catalog.errors import RateOrder, UnknownTaxClass
from erp.services.catalog.events import TaxRateSet
from erp.services.platform import (
    Closed,
    Command,
    Day,
    Identified,
    Percent,
    ShortText,
    Text,
    command,
    emit,
)


class DatedRate(Closed):
    """A GST rate in percent, both heads together, from a day on."""

    valid_from: Day
    rate: Percent
    notification: Text = ""


class CreateTaxClass(Command):
    """Add a class of products that are taxed alike, with its rates since their first day."""

    code: Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9_-]{0,19}$")]
    name: ShortText
    treatment: SupplyTreatment
    rates: Annotated[tuple[DatedRate, ...], Field(min_length=1, max_length=20)]


class SetTaxRate(Command):
    """Give a tax class a rate from a day on."""

    tax_class_id: UUID
    valid_from: Day
    rate: Percent
    notification: Text = ""


@command("catalog.create_tax_class", permission="catalog.edit", rest="POST /tax-classes")
def create_tax_class(session: Session, ctx: RequestContext, cmd: CreateTaxClass) -> Identified:
    """Add a tax class.

    Raises:
        RateOrder: What is not taxable has a rate above zero.
        Conflict: The code is taken, or two rates start on one day.

    Emits:
        catalog.tax_rate_set.v1 for every rate, in the same transaction.
    """
    tax_class = TaxClass(
        tenant_id=ctx.tenant_id, code=cmd.code, name=cmd.name, treatment=cmd.treatment
    )
    session.add(tax_class)
    session.flush()
    for dated in cmd.rates:
        _add_rate(session, ctx, tax_class, dated)
    return Identified(id=tax_class.id)


@command(
    "catalog.set_tax_rate", permission="catalog.edit", rest="POST /tax-classes/{tax_class_id}/rates"
)
def set_tax_rate(session: Session, ctx: RequestContext, cmd: SetTaxRate) -> Identified:
    """Add a rate that holds from a day on; rates already set are never rewritten.

    Raises:
        UnknownTaxClass: The class is not in the acting tenant.
        RateOrder: The day is not after the last rate's, or what is not taxable has a rate.

    Emits:
        catalog.tax_rate_set.v1, in the same transaction.
    """
    tax_class = session.get(TaxClass, (ctx.tenant_id, cmd.tax_class_id))
    if tax_class is None:
        message = "This tax class is not known here."
        raise UnknownTaxClass(message, fields={"tax_class_id": message})
    last = _last_day(session, ctx, cmd.tax_class_id)
    if last is not None and cmd.valid_from <= last:
        message = f"A rate is set from {date_text(last)}. A new one must start later."
        raise RateOrder(message, fields={"valid_from": message})
    dated = DatedRate(valid_from=cmd.valid_from, rate=cmd.rate, notification=cmd.notification)
    _add_rate(session, ctx, tax_class, dated)
    return Identified(id=cmd.tax_class_id)


def _last_day(session: Session, ctx: RequestContext, tax_class_id: UUID) -> date | None:
    return session.scalar(
        select(func.max(col(TaxRate.valid_from))).where(
            col(TaxRate.tenant_id) == ctx.tenant_id, col(TaxRate.tax_class_id) == tax_class_id
        )
    )


def _add_rate(session: Session, ctx: RequestContext, tax_class: TaxClass, dated: DatedRate) -> None:
    if tax_class.treatment != SupplyTreatment.TAXABLE and dated.rate:
        message = "What is not taxable has a rate of zero."
        raise RateOrder(message, fields={"rate": message})
    session.add(
        TaxRate(
            tenant_id=ctx.tenant_id,
            tax_class_id=tax_class.id,
            valid_from=dated.valid_from,
            rate=dated.rate,
            notification=dated.notification,
        )
    )
    session.flush()
    accounting.ensure_sales_account(session, ctx, dated.rate)
    event = TaxRateSet(tax_class_id=tax_class.id, valid_from=dated.valid_from, rate=dated.rate)
    emit(session, ctx, tax_class.id, event)


def hsn_codes(
    session: Session, ctx: RequestContext, variant_ids: Sequence[UUID]
) -> dict[UUID, str]:
    """Return the HSN of each of the variants, for papers that are not invoices."""
    rows = db.fetch_all(
        session,
        "select v.id, coalesce(v.hsn, p.hsn) as hsn from variant v"
        " join product p on (p.tenant_id, p.id) = (v.tenant_id, v.product_id)"
        " where v.tenant_id = %s and v.id = any(%s)",
        (ctx.tenant_id, list(variant_ids)),
    )
    return {row["id"]: row["hsn"] for row in rows}
