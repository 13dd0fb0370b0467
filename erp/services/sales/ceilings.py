"""Ceilings of discounts: the most that is taken off a product, a form or a brand without an approval."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, LiteralString, Self
from uuid import UUID

from pydantic import Field, computed_field, model_validator
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.models.sales import DiscountCeiling
from erp.services import catalog
from erp.services.platform import (
    Command,
    Day,
    Identified,
    Order,
    Result,
    Rows,
    SortedPage,
    Text,
    command,
    conditions_of,
    emit,
    fetch_page,
    query,
)
from erp.services.sales.events import DiscountCeilingSet
from erp.services.sales.setting_rules import check_goods

APPROVE = "pos.approve"
"""Whoever may approve for others is bound by their own limit alone."""


class SetDiscountCeiling(Command):
    """Say how much may be taken off goods, or that they have no ceiling any more.

    Attributes:
        scope: What kind of goods it is for. goods_id: which product or brand. form: which form.
        percent: The most that is taken off; none ends the ceiling.
        valid_from: Today where none is given.
        reason: Why; kept with the ceiling.
    """

    scope: Literal["product", "brand", "form"]
    goods_id: UUID | None = None
    form: catalog.Form | None = None
    percent: Annotated[Decimal, Field(ge=0, le=100, max_digits=5, decimal_places=2)] | None = None
    valid_from: Day | None = None
    reason: Text = ""

    @model_validator(mode="after")
    def _names_its_goods(self) -> Self:
        given = (self.goods_id is not None, self.form is not None)
        if given != (self.scope != "form", self.scope == "form"):
            message = "Name the product or brand, or the form; the one that it is for."
            raise ValueError(message)
        return self


class ListDiscountCeilings(SortedPage):
    """Which ceilings to list: those in force today, those to come, or those that hold no more."""

    sort: Annotated[
        str, Order("-id", {"goods": "text", "percent": "number?", "valid_from": "day"})
    ] = ""
    standing: Literal["in_force", "to_come", "replaced"] | None = None


class DiscountCeilingRow(Result):
    """A ceiling.

    Attributes:
        goods: Name of the product or brand; empty for a form.
        percent: None where it ended those before it.
        standing: Whether it holds today, is to come, or holds no more.
    """

    id: UUID
    product_id: UUID | None
    form: catalog.Form | None
    brand_id: UUID | None
    goods: str
    percent: Decimal | None
    valid_from: date
    standing: str
    reason: str
    set_by: str
    set_at: datetime

    @computed_field  # type: ignore[prop-decorator]
    @property
    def kind(self) -> str:
        """What the goods are: a product, a brand or a form."""
        return "Product" if self.product_id else "Brand" if self.brand_id else "Form"


class DiscountCeilingPage(Rows):
    """A page of ceilings, the last set first."""

    rows: list[DiscountCeilingRow]


@command(
    "sales.set_discount_ceiling", permission="sales.set_prices", rest="POST /discount-ceilings"
)
def set_discount_ceiling(
    session: Session, ctx: RequestContext, cmd: SetDiscountCeiling
) -> Identified:
    """Add a ceiling that holds from a day on; it takes the place of one for the same goods.

    Raises:
        InvalidInput: The goods are not known here, or the day is gone.

    Emits:
        sales.discount_ceiling_set.v1
    """
    if cmd.scope != "form":
        check_goods(session, ctx, cmd.scope, cmd.goods_id, "goods_id")
    valid_from = cmd.valid_from or ctx.today
    if valid_from < ctx.today:
        message = "Discounts of the past stay. Choose today or a later day."
        raise InvalidInput(message, fields={"valid_from": message})
    ceiling_id = new_id()
    row = {
        "tenant_id": ctx.tenant_id,
        "id": ceiling_id,
        "product_id": cmd.goods_id if cmd.scope == "product" else None,
        "form": cmd.form,
        "brand_id": cmd.goods_id if cmd.scope == "brand" else None,
        "percent": cmd.percent,
        "reason": cmd.reason,
        "valid_from": valid_from,
        "set_by": ctx.user_id,
        "set_at": ctx.now,
    }
    db.insert_rows(session, DiscountCeiling, [row])
    event = DiscountCeilingSet(
        ceiling_id=ceiling_id, is_end=cmd.percent is None, valid_from=valid_from
    )
    emit(session, ctx, ceiling_id, event)
    return Identified(id=ceiling_id)


_STANDING: LiteralString = """
    select distinct on (product_id, form, brand_id) id, product_id, form, brand_id, percent
      from discount_ceiling
     where tenant_id = %(tenant)s and valid_from <= %(today)s
     order by product_id, form, brand_id, valid_from desc, id desc
"""
_LIST: LiteralString = f"""
    select * from (
        select c.id, c.product_id, c.form, c.brand_id, coalesce(p.name, b.name, '') as goods,
               c.percent, c.valid_from, c.reason, coalesce(u.display_name, '') as set_by, c.set_at,
               case when c.valid_from > %(today)s then 'to_come'
                    when c.percent is not null
                         and exists (select from ({_STANDING}) s where s.id = c.id) then 'in_force'
                    else 'replaced' end as standing
          from discount_ceiling c
          left join product p on (p.tenant_id, p.id) = (c.tenant_id, c.product_id)
          left join brand b on (b.tenant_id, b.id) = (c.tenant_id, c.brand_id)
          left join membership u on (u.tenant_id, u.user_id) = (c.tenant_id, c.set_by)
         where c.tenant_id = %(tenant)s
           and coalesce(p.name, b.name, c.form) ilike %(search)s) ceiling
     where true
"""  # noqa: S608  made of literals
_CONDITIONS: dict[str, LiteralString] = {"standing": "and standing = %(standing)s"}


@query("sales.list_discount_ceilings", permission="sales.view", rest="GET /discount-ceilings")
def list_discount_ceilings(
    session: Session, ctx: RequestContext, wanted: ListDiscountCeilings
) -> DiscountCeilingPage:
    """List ceilings of discounts, the last set first; `search` is part of the goods' name."""
    given = {
        "tenant": ctx.tenant_id,
        "today": ctx.today,
        "standing": wanted.standing,
        "search": f"%{wanted.search.strip()}%",
    }
    text = _LIST + conditions_of(wanted, _CONDITIONS)
    rows, cursor = fetch_page(session, wanted, text, given)
    return DiscountCeilingPage(rows=[DiscountCeilingRow(**row) for row in rows], next_cursor=cursor)


def discount_ceilings(
    session: Session, ctx: RequestContext, variant_ids: Iterable[UUID]
) -> Mapping[UUID, Decimal]:
    """Return the ceilings in percent that bind the actor today, by variant; others have none.

    Goods with several ceilings, such as their product's and their brand's, have the lowest of them.
    """
    wanted = sorted(set(variant_ids))
    if not wanted or ctx.may(APPROVE):
        return {}
    rows = db.fetch_all(
        session,
        f"""
        with standing as ({_STANDING})
        select v.id, min(s.percent) as percent
          from variant v
          join product p on (p.tenant_id, p.id) = (v.tenant_id, v.product_id)
          join standing s on s.product_id = p.id or s.brand_id = p.brand_id or s.form = p.form
         where v.tenant_id = %(tenant)s and v.id = any(%(variants)s) and s.percent is not null
         group by v.id
        """,  # noqa: S608  made of literals
        {"tenant": ctx.tenant_id, "today": ctx.today, "variants": wanted},
    )
    return {row["id"]: row["percent"] for row in rows}
