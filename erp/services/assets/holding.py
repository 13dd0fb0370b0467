"""Holding assets still while they are changed, and what they have lost in the books."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import date_text
from erp.models.assets import AssetMethod, AssetStatus
from erp.services.assets.depreciating import Losing
from erp.services.assets.errors import AssetGone, UnknownAsset

ORIGIN: Final = "asset"
LOST: Final = "accumulated_depreciation"
EXPENSE: Final = "depreciation"
MANAGE, VIEW = "assets.manage", "assets.view"
_ASSET: LiteralString = """
    select a.id, a.number, a.name, a.branch_id, a.status, a.method, a.life_months, a.rate, a.cost,
           a.residual, a.opening_depreciation, a.bought_from, a.booked_on, a.used_from, a.place, a.custodian,
           k.key as account_key,
           a.opening_depreciation + coalesce((select sum(d.amount) from asset_depreciation d
             where d.tenant_id = a.tenant_id and d.asset_id = a.id), 0) as lost
      from asset a join account k on (k.tenant_id, k.id) = (a.tenant_id, a.account_id)
"""


@dataclass(frozen=True, slots=True)
class HeldAsset:
    """An asset nobody else can change; `lost` is its depreciation in the books."""

    id: UUID
    number: str
    name: str
    branch_id: UUID
    status: str
    account_key: str
    cost: Decimal
    lost: Decimal
    booked_on: date
    place: str
    custodian: str
    losing: Losing


def lock_register(session: Session, ctx: RequestContext) -> None:
    """Let others who would run a month, register, move or dispose of assets of the company wait."""
    lock = f"asset register of {ctx.company_id}"
    db.execute(session, "select pg_advisory_xact_lock(hashtextextended(%s, 0))", (lock,))


def hold_asset(session: Session, ctx: RequestContext, asset_id: UUID) -> HeldAsset:
    """Return an asset in use, with the whole register locked.

    Raises:
        UnknownAsset: The company has no such asset. AssetGone: it was sold or scrapped.
    """
    lock_register(session, ctx)
    row = db.fetch_one(
        session,
        f"{_ASSET} where a.tenant_id = %s and a.company_id = %s and a.id = %s",
        (ctx.tenant_id, ctx.company_id, asset_id),
    )
    if row is None:
        message = "This asset is not known here. Choose one of the list."
        raise UnknownAsset(message, fields={"asset_id": message})
    held = _held(row)
    if held.status != AssetStatus.IN_USE:
        raise AssetGone(f"{held.number} was {held.status} already.")
    return held


def assets_in_use(session: Session, ctx: RequestContext, until: date) -> list[HeldAsset]:
    """Return the company's assets that came into the books by a day and are in use."""
    rows = db.fetch_all(
        session,
        f"{_ASSET} where a.tenant_id = %s and a.company_id = %s and a.status = 'in_use'"
        " and a.booked_on <= %s order by a.number",
        (ctx.tenant_id, ctx.company_id, until),
    )
    return [_held(row) for row in rows]


def last_run(session: Session, ctx: RequestContext) -> date | None:
    """Return the last day that a run of the company covers, or nothing before its first."""
    row = db.fetch_one(
        session,
        "select max(until) as until from asset_run where tenant_id = %s and company_id = %s",
        (ctx.tenant_id, ctx.company_id),
    )
    return row["until"] if row else None


def losing_of(row: dict[str, Any]) -> Losing:
    """Return an asset's row as its depreciation sees it."""
    is_opening = row["bought_from"] == "opening"
    starts_on = max(row["used_from"], row["booked_on"]) if is_opening else row["used_from"]
    return Losing(
        method=AssetMethod(row["method"]),
        cost=row["cost"],
        residual=row["residual"],
        opening=row["opening_depreciation"],
        used_from=row["used_from"],
        starts_on=starts_on,
        life_months=row["life_months"],
        rate=row["rate"],
    )


def run_words(until: date | None) -> str:
    """Say how far depreciation is posted."""
    return f"Depreciation is posted until {date_text(until)}." if until else ""


def _held(row: db.Row) -> HeldAsset:
    names = (
        *("id", "number", "name", "branch_id", "status", "account_key", "cost", "lost"),
        *("booked_on", "place", "custodian"),
    )
    return HeldAsset(**{name: row[name] for name in names}, losing=losing_of(row))
