"""Reading price lists, their rules, and coupons."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.sales import Audience, Basis, PriceMode, RuleKind
from erp.services.platform import (
    LAST_ID,
    Order,
    Page,
    Query,
    Result,
    Rows,
    SortedPage,
    conditions_of,
    decode_cursor,
    encode_cursor,
    fetch_page,
    query,
)
from erp.services.sales.errors import UnknownCoupon, UnknownPriceList

Standing = Literal["running", "coming", "over", "stopped"]

_STANDING: LiteralString = """
    case when not x.is_active then 'stopped' when x.valid_from > %(today)s then 'coming'
         when x.valid_until < %(today)s then 'over' else 'running' end
"""


class ListPriceLists(SortedPage):
    """Which lists; the words are found in code, name and customer.

    Attributes:
        customer_id: Only lists that are open to this customer.
    """

    sort: Annotated[
        str,
        Order(
            "code",
            {
                "code": "text",
                "name": "text",
                "valid_from": "day",
                "prices": "number",
                "schemes": "number",
            },
        ),
    ] = ""
    audience: Audience | None = None
    standing: Standing | None = None
    customer_id: UUID | None = None


class PriceListRow(Result):
    """A list with whom it is for and how many rules are in force in it today."""

    id: UUID
    code: str
    name: str
    audience: Audience
    party_id: UUID | None
    customer: str
    party_kind: str | None
    price_mode: PriceMode
    valid_from: date
    valid_until: date | None
    is_active: bool
    standing: Standing
    prices: int
    schemes: int


class PriceListPage(Rows):
    """A page of lists by code."""

    rows: list[PriceListRow]


class GetPriceList(Query):
    """One list."""

    list_id: UUID


class ListPriceRules(Page):
    """Rules of a list; the words are found in the goods' names.

    Attributes:
        with_past: Also rules that have ended or were replaced.
    """

    list_id: UUID
    kind: RuleKind | None = None
    with_past: bool = False


class PriceRuleRow(Result):
    """A rule with the goods it is for.

    Attributes:
        scope: What kind of goods it names. product_id: the product of its variant or lot, or its own.
        is_in_force: Whether it decides today: not ended, not replaced, not to come.
    """

    id: UUID
    kind: RuleKind
    scope: Literal["lot", "variant", "product", "brand", "all"]
    goods: str
    product_id: UUID | None
    lot_id: UUID | None
    min_quantity: int
    basis: Basis
    amount: Decimal | None
    percent: Decimal
    round_to: Decimal | None
    free_quantity: int | None
    free_goods: str
    repeats: bool
    valid_from: date
    valid_until: date | None
    is_in_force: bool
    reason: str
    set_by: str
    set_at: datetime


class PriceRulePage(Rows):
    """A page of rules, the latest set first."""

    rows: list[PriceRuleRow]


class ListCoupons(SortedPage):
    """Which coupons; the words are found in code and name."""

    sort: Annotated[
        str,
        Order("-id", {"code": "text", "valid_from": "day", "used": "number", "given": "number"}),
    ] = ""
    standing: Standing | None = None


class CouponRow(Result):
    """A coupon with how often it was used and what it took off in all."""

    id: UUID
    code: str
    name: str
    percent: Decimal | None
    amount: Decimal | None
    max_discount: Decimal | None
    min_bill: Decimal
    customer: str
    max_uses: int
    is_once_each: bool
    valid_from: date
    valid_until: date | None
    is_active: bool
    standing: Standing
    used: int
    given: Decimal


class CouponPage(Rows):
    """A page of coupons, the newest first."""

    rows: list[CouponRow]


class GetCoupon(Query):
    """One coupon."""

    coupon_id: UUID


_IN_FORCE: LiteralString = """
    r.valid_from <= %(today)s and (r.valid_until is null or r.valid_until >= %(today)s)
    and (r.basis <> 'none' or r.free_quantity is not null)
    and not exists (
        select from price_rule n
         where n.tenant_id = r.tenant_id and n.list_id = r.list_id and n.kind = r.kind
           and n.target_id = r.target_id and n.min_quantity = r.min_quantity
           and n.valid_from <= %(today)s and (n.valid_until is null or n.valid_until >= %(today)s)
           and (n.valid_from, n.id) > (r.valid_from, r.id))
"""
_LISTS: LiteralString = f"""
    select x.id, x.code, x.name, x.audience, x.party_id, coalesce(c.name, '') as customer,
           x.party_kind, x.price_mode, x.valid_from, x.valid_until, x.is_active,
           {_STANDING} as standing, coalesce(n.prices, 0) as prices, coalesce(n.schemes, 0) as schemes
      from price_list x
      left join party c on c.tenant_id = x.tenant_id and c.id = x.party_id
      left join lateral (
            select count(*) filter (where r.kind = 'price') as prices,
                   count(*) filter (where r.kind = 'scheme') as schemes
              from price_rule r
             where r.tenant_id = x.tenant_id and r.list_id = x.id and {_IN_FORCE}) n on true
     where x.tenant_id = %(tenant)s
"""  # noqa: S608  made of literals
_RULES: LiteralString = f"""
    select r.id, r.kind, r.min_quantity, r.basis, r.amount, r.percent, r.round_to,
           r.free_quantity, r.repeats, r.valid_from, r.valid_until, r.reason, r.set_at,
           case when r.lot_id is not null then 'lot' when r.variant_id is not null then 'variant'
                when r.product_id is not null then 'product'
                when r.brand_id is not null then 'brand' else 'all' end as scope,
           coalesce(case when k.id is null then v.label
                         else o.label || ', lot ' || k.lot_number end, p.name, b.name, 'All goods')
           as goods, coalesce(f.label, '') as free_goods, coalesce(m.display_name, '') as set_by,
           coalesce(r.product_id, v.product_id, o.product_id) as product_id, r.lot_id,
           {_IN_FORCE} as is_in_force
      from price_rule r
      left join lot k on k.tenant_id = r.tenant_id and k.id = r.lot_id
      left join variant o on o.tenant_id = k.tenant_id and o.id = k.variant_id
      left join variant v on v.tenant_id = r.tenant_id and v.id = r.variant_id
      left join product p on p.tenant_id = r.tenant_id and p.id = r.product_id
      left join brand b on b.tenant_id = r.tenant_id and b.id = r.brand_id
      left join variant f on f.tenant_id = r.tenant_id and f.id = r.free_variant_id
      left join membership m on m.tenant_id = r.tenant_id and m.user_id = r.set_by
     where r.tenant_id = %(tenant)s and r.list_id = %(list)s and r.id < %(after)s
"""  # noqa: S608  made of literals
RULES_STILL_TOLD: LiteralString = (
    " and (" + _IN_FORCE + " or (r.valid_from > %(today)s"
    " and (r.basis <> 'none' or r.free_quantity is not null)))"
)
_COUPONS: LiteralString = f"""
    select x.id, x.code, x.name, x.percent, x.amount, x.max_discount, x.min_bill,
           coalesce(c.name, '') as customer, x.max_uses, x.is_once_each, x.valid_from,
           x.valid_until, x.is_active, u.used, u.given,
           {_STANDING} as standing
      from coupon x
      left join party c on c.tenant_id = x.tenant_id and c.id = x.party_id
      cross join lateral (
            select count(*) as used, coalesce(sum(discount), 0) as given
              from coupon_use where tenant_id = x.tenant_id and coupon_id = x.id
               and given_back_at is null) u
     where x.tenant_id = %(tenant)s
"""  # noqa: S608  made of literals


_LIST_CONDITIONS: Mapping[str, LiteralString] = {
    "search": "and x.code || ' ' || x.name || ' ' || coalesce(c.name, '') ilike %(words)s",
    "audience": "and x.audience = %(audience)s",
    "standing": f"and ({_STANDING}) = %(standing)s",
    "customer_id": """
       and exists (select from party b
                    where b.tenant_id = x.tenant_id and b.id = %(customer)s
                      and (x.audience = 'everyone' or x.party_id = b.id or x.party_kind = b.kind
                           or (x.audience = 'assigned' and x.code = b.price_list)))
""",
}
_RULE_CONDITIONS: Mapping[str, LiteralString] = {
    "search": "and goods ilike %(words)s",
    "kind": "and kind = %(kind)s",
}
_COUPON_CONDITIONS: Mapping[str, LiteralString] = {
    "search": "and code || ' ' || name ilike %(words)s",
    "standing": "and standing = %(standing)s",
}


@query("sales.list_price_lists", permission="sales.view", rest="GET /price-lists")
def list_price_lists(
    session: Session, ctx: RequestContext, wanted: ListPriceLists
) -> PriceListPage:
    """Return price lists by code."""
    given = _given(ctx, wanted) | {
        "audience": wanted.audience,
        "standing": wanted.standing,
        "customer": wanted.customer_id,
    }
    select = f"{_LISTS} {conditions_of(wanted, _LIST_CONDITIONS)}"
    rows, cursor = fetch_page(session, wanted, select, given)
    return PriceListPage(rows=[PriceListRow(**row) for row in rows], next_cursor=cursor)


@query("sales.get_price_list", permission="sales.view", rest="GET /price-lists/{list_id}")
def get_price_list(session: Session, ctx: RequestContext, wanted: GetPriceList) -> PriceListRow:
    """Return a list.

    Raises:
        UnknownPriceList: The acting tenant has no such list.
    """
    given = {"tenant": ctx.tenant_id, "today": ctx.today, "list": wanted.list_id}
    row = db.fetch_one(session, _LISTS + " and x.id = %(list)s", given)
    if row is None:
        raise UnknownPriceList("This price list is not known here. Choose one of the list.")
    return PriceListRow(**row)


@query("sales.list_price_rules", permission="sales.view", rest="GET /price-lists/{list_id}/rules")
def list_price_rules(
    session: Session, ctx: RequestContext, wanted: ListPriceRules
) -> PriceRulePage:
    """Return the rules of a list, the latest set first: those in force or to come, or all."""
    after = decode_cursor(wanted.cursor, 1) or [LAST_ID]
    rows = db.fetch_all(
        session,
        " ".join(
            (
                "select * from (",
                _RULES,
                "" if wanted.with_past else RULES_STILL_TOLD,
                ") told where true",
                conditions_of(wanted, _RULE_CONDITIONS),
                "order by id desc limit %(limit)s",
            )
        ),
        _given(ctx, wanted)
        | {"list": wanted.list_id, "kind": wanted.kind}
        | {"after": after[0], "limit": wanted.limit + 1},
    )
    page = [PriceRuleRow(**row) for row in rows[: wanted.limit]]
    more = len(rows) > wanted.limit
    return PriceRulePage(rows=page, next_cursor=encode_cursor(page[-1].id) if more else "")


@query("sales.get_coupon", permission="sales.view", rest="GET /coupons/{coupon_id}")
def get_coupon(session: Session, ctx: RequestContext, wanted: GetCoupon) -> CouponRow:
    """Return a coupon with its uses counted.

    Raises:
        UnknownCoupon: The acting tenant has no such coupon.
    """
    given = {"tenant": ctx.tenant_id, "today": ctx.today}
    row = db.fetch_one(
        session, _COUPONS + " and x.id = %(coupon)s", given | {"coupon": wanted.coupon_id}
    )
    if row is None:
        raise UnknownCoupon("This coupon is not known here. Choose one of the list.")
    return CouponRow(**row)


@query("sales.list_coupons", permission="sales.view", rest="GET /coupons")
def list_coupons(session: Session, ctx: RequestContext, wanted: ListCoupons) -> CouponPage:
    """Return coupons with their uses, the newest first."""
    conditions = conditions_of(wanted, _COUPON_CONDITIONS)
    select = f"select * from ({_COUPONS}) told where true {conditions}"  # noqa: S608  constants
    given = _given(ctx, wanted) | {"standing": wanted.standing}
    rows, cursor = fetch_page(session, wanted, select, given)
    return CouponPage(rows=[CouponRow(**row) for row in rows], next_cursor=cursor)


def _given(ctx: RequestContext, wanted: Page) -> dict[str, object]:
    return {
        "tenant": ctx.tenant_id,
        "today": ctx.today,
        "words": f"%{wanted.search.strip()}%",
    }
