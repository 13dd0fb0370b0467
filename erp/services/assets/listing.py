"""Reading assets: the list, and one of them with what it lost and where it was."""

from datetime import date
from decimal import Decimal
from typing import Annotated, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.money import ZERO
from erp.models.assets import AssetMethod, AssetStatus, BoughtFrom
from erp.services.assets.depreciating import life_ends
from erp.services.assets.errors import UnknownAsset
from erp.services.assets.holding import VIEW, losing_of
from erp.services.platform import (
    Order,
    Query,
    Result,
    Rows,
    SortedPage,
    conditions_of,
    fetch_page,
    query,
)


class ListAssets(SortedPage):
    """Assets, the newest first; `search` finds number, name, serial, place or person."""

    sort: Annotated[
        str,
        Order(
            "-id",
            {
                "number": "text",
                "name": "text",
                "category": "text",
                "branch": "text",
                "used_from": "day",
                "cost": "number",
                "worth": "number",
                "status": "text",
            },
        ),
    ] = ""
    status: AssetStatus | None = None
    category_id: UUID | None = None
    branch_id: UUID | None = None


class GetAsset(Query):
    """One asset."""

    asset_id: UUID


class AssetRow(Result):
    """An asset in a list; `worth` is its cost less what it has lost in the books."""

    id: UUID
    number: str
    name: str
    category: str
    status: AssetStatus
    branch: str
    place: str
    custodian: str
    used_from: date
    cost: Decimal
    lost: Decimal
    worth: Decimal


class AssetPage(Rows):
    """A page of assets."""

    rows: list[AssetRow]


class AssetLossRow(Result):
    """What an asset lost in a month; `worth` is what it was worth after it."""

    month: date
    until: date
    amount: Decimal
    worth: Decimal


class AssetMoveRow(Result):
    """Where an asset went."""

    moved_on: date
    branch: str
    place: str
    custodian: str
    note: str
    person: str


class AssetDetail(AssetRow):
    """An asset with everything that is known of it."""

    branch_id: UUID
    category_id: UUID
    account: str
    method: AssetMethod
    life_months: int | None
    rate: Decimal | None
    life_ends_on: date | None
    residual: Decimal
    igst: Decimal
    cgst: Decimal
    sgst: Decimal
    opening_depreciation: Decimal
    bought_from: BoughtFrom
    bought_on: date
    booked_on: date
    supplier_id: UUID | None
    supplier: str
    bill_number: str
    serial: str
    note: str
    disposed_on: date | None
    proceeds: Decimal | None
    buyer: str
    disposal_reason: str
    gain: Decimal | None
    losses: list[AssetLossRow]
    moves: list[AssetMoveRow]


_COLUMNS: LiteralString = """
    select a.id, a.number, a.name, c.name as category, a.status, b.name as branch, a.place, a.custodian,
           a.used_from, a.cost, x.lost, case a.status when 'in_use' then a.cost - x.lost else 0 end as worth
"""
_FROM: LiteralString = """
      from asset a
      join asset_category c on (c.tenant_id, c.id) = (a.tenant_id, a.category_id)
      join branch b on (b.tenant_id, b.id) = (a.tenant_id, a.branch_id)
     cross join lateral (select a.opening_depreciation + coalesce(sum(d.amount), 0) as lost
           from asset_depreciation d where d.tenant_id = a.tenant_id and d.asset_id = a.id) x
"""
_CONDITIONS: dict[str, LiteralString] = {
    "search": "and concat_ws(' ', a.number, a.name, a.serial, a.place, a.custodian)"
    " ilike '%%' || %(search)s || '%%'",
    "status": "and a.status = %(status)s",
    "category_id": "and a.category_id = %(category)s",
    "branch_id": "and a.branch_id = %(branch)s",
}


@query("assets.list_assets", permission=VIEW, rest="GET /assets")
def list_assets(session: Session, ctx: RequestContext, wanted: ListAssets) -> AssetPage:
    """List the company's assets, the newest first."""
    conditions = conditions_of(wanted, _CONDITIONS)
    rows, cursor = fetch_page(
        session,
        wanted,
        f"{_COLUMNS} {_FROM} where a.tenant_id = %(tenant)s and a.company_id = %(company)s {conditions}",
        {
            "tenant": ctx.tenant_id,
            "company": ctx.company_id,
            "search": wanted.search,
            "status": wanted.status,
            "category": wanted.category_id,
            "branch": wanted.branch_id,
        },
    )
    cut = [AssetRow(**row) for row in rows]
    return AssetPage(rows=cut, next_cursor=cursor)


@query("assets.get_asset", permission=VIEW, rest="GET /assets/{asset_id}")
def get_asset(session: Session, ctx: RequestContext, wanted: GetAsset) -> AssetDetail:
    """Return an asset with what it lost month by month and where it was.

    Raises:
        UnknownAsset: The company has no such asset.
    """
    more: LiteralString = """,
           a.branch_id, a.category_id, k.name as account, a.method, a.life_months, a.rate, a.residual, a.igst,
           a.cgst, a.sgst, a.opening_depreciation, a.bought_from, a.bought_on, a.booked_on, a.supplier_id,
           coalesce(s.name, '') as supplier, a.bill_number, a.serial, a.note, a.disposed_on, a.proceeds,
           coalesce(y.name, '') as buyer, a.disposal_reason
    """
    joins: LiteralString = """
      join account k on (k.tenant_id, k.id) = (a.tenant_id, a.account_id)
      left join party s on (s.tenant_id, s.id) = (a.tenant_id, a.supplier_id)
      left join party y on (y.tenant_id, y.id) = (a.tenant_id, a.buyer_id)
    """
    row = db.fetch_one(
        session,
        f"{_COLUMNS} {more} {_FROM} {joins} where a.tenant_id = %s and a.company_id = %s and a.id = %s",
        (ctx.tenant_id, ctx.company_id, wanted.asset_id),
    )
    if row is None:
        message = "This asset is not known here. Choose one of the list."
        raise UnknownAsset(message, fields={"asset_id": message})
    is_straight = row["method"] == AssetMethod.STRAIGHT_LINE
    proceeds = row["proceeds"]
    return AssetDetail(
        **row,
        life_ends_on=life_ends(losing_of(row)) if is_straight else None,
        gain=None if proceeds is None else proceeds - (row["cost"] - row["lost"]),
        losses=_losses(session, ctx, row),
        moves=_moves(session, ctx, wanted.asset_id),
    )


def _losses(session: Session, ctx: RequestContext, asset: db.Row) -> list[AssetLossRow]:
    rows = db.fetch_all(
        session,
        "select month, until, amount, sum(amount) over (order by month) as so_far"
        " from asset_depreciation where tenant_id = %s and asset_id = %s order by month desc",
        (ctx.tenant_id, asset["id"]),
    )
    start = asset["cost"] - asset["opening_depreciation"]
    return [
        AssetLossRow(
            month=row["month"],
            until=row["until"],
            amount=row["amount"],
            worth=max(start - row["so_far"], ZERO),
        )
        for row in rows
    ]


def _moves(session: Session, ctx: RequestContext, asset_id: UUID) -> list[AssetMoveRow]:
    rows = db.fetch_all(
        session,
        "select t.moved_on, b.name as branch, t.place, t.custodian, t.note,"
        " coalesce(m.display_name, '') as person from asset_transfer t"
        " join branch b on (b.tenant_id, b.id) = (t.tenant_id, t.to_branch_id)"
        " left join membership m on (m.tenant_id, m.user_id) = (t.tenant_id, t.user_id)"
        " where t.tenant_id = %s and t.asset_id = %s order by t.id desc",
        (ctx.tenant_id, asset_id),
    )
    return [AssetMoveRow(**row) for row in rows]
