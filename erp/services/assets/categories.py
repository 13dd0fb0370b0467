"""Kinds of asset: their account, and how such assets lose value."""

from decimal import Decimal
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field, computed_field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.formatting import plain_decimal
from erp.core.ids import new_id
from erp.models.assets import AssetCategory, AssetMethod
from erp.services.assets.errors import UnknownCategory, WrongAccount
from erp.services.assets.events import CategoryChanged
from erp.services.platform import (
    Command,
    Identified,
    Page,
    Percent,
    Result,
    Rows,
    ShortText,
    command,
    emit,
    query,
)

ACCOUNTS: Final = ("furniture", "computers", "equipment", "vehicles")
"""Accounts of the chart that hold assets at cost."""
USUAL: Final = (
    ("Computers and tills", "computers", 36, 5),
    ("Furniture and racks", "furniture", 120, 5),
    ("Shop and clinic equipment", "equipment", 180, 5),
    ("Two-wheelers", "vehicles", 120, 5),
)
"""Kinds a business starts with: life in months, residual percent.

Source: Companies Act 2013, Schedule II part C.
"""
Rate = Annotated[Percent, Field(gt=0, lt=100)]
Share = Annotated[Percent, Field(lt=100)]
Months = Annotated[int, Field(ge=1, le=1200)]


class CreateCategory(Command):
    """Add a kind of asset.

    Attributes:
        life_months: Of the straight line. rate: percent a year of the written-down value.
        residual_percent: Of the cost; what is left at the end.
    """

    name: ShortText
    account_key: ShortText
    method: AssetMethod
    life_months: Months | None = None
    rate: Rate | None = None
    residual_percent: Share = Decimal(5)


class ChangeCategory(CreateCategory):
    """Change a kind of asset for those registered from now on, or take it out of use."""

    category_id: UUID
    is_active: bool = True


class AddUsualCategories(Command):
    """Add the kinds that most businesses have."""


class ListCategories(Page):
    """Kinds of asset by name."""

    is_active: bool | None = None


class CategoryRow(Result):
    """A kind of asset."""

    id: UUID
    name: str
    account_key: str
    account: str
    method: AssetMethod
    life_months: int | None
    rate: Decimal | None
    residual_percent: Decimal
    is_active: bool

    @computed_field  # type: ignore[prop-decorator]
    @property
    def fact(self) -> str:
        """Its life or its rate, in words."""
        if self.life_months:
            return f"{self.life_months} months"
        return f"{plain_decimal(self.rate or Decimal(0))}% a year"


class CategoryPage(Rows):
    """Kinds of asset; there are too few for a second page."""

    rows: list[CategoryRow]


class Added(Result):
    """How many kinds were added."""

    count: int


@command("assets.create_category", permission="assets.manage", rest="POST /asset-categories")
def create_category(session: Session, ctx: RequestContext, cmd: CreateCategory) -> Identified:
    """Add a kind of asset.

    Raises:
        InvalidInput: Its method has no life or no rate, or has both.
        WrongAccount: The account holds no assets. CategoryTaken: another kind has the name.

    Emits:
        assets.category_changed.v1
    """
    category_id = new_id()
    facts = _facts(session, ctx, cmd)
    row = {"tenant_id": ctx.tenant_id, "company_id": ctx.company_id, "id": category_id}
    db.insert_rows(session, AssetCategory, [row | facts | {"is_active": True}])
    emit(session, ctx, category_id, CategoryChanged(category_id=category_id))
    return Identified(id=category_id)


@command(
    "assets.change_category", permission="assets.manage", rest="PUT /asset-categories/{category_id}"
)
def change_category(session: Session, ctx: RequestContext, cmd: ChangeCategory) -> Identified:
    """Change a kind of asset; assets that are registered keep their method, life and rate.

    Raises:
        UnknownCategory: The company has no such kind. As `assets.create_category`.

    Emits:
        assets.category_changed.v1
    """
    given = _facts(session, ctx, cmd) | {
        "is_active": cmd.is_active,
        "now": ctx.now,
        "tenant": ctx.tenant_id,
        "company": ctx.company_id,
        "id": cmd.category_id,
    }
    row = db.fetch_one(
        session,
        "update asset_category set name = %(name)s, account_id = %(account_id)s, method = %(method)s,"
        " life_months = %(life_months)s, rate = %(rate)s, residual_percent = %(residual_percent)s,"
        " is_active = %(is_active)s, changed_at = %(now)s"
        " where tenant_id = %(tenant)s and company_id = %(company)s and id = %(id)s returning id",
        given,
    )
    if row is None:
        message = "This kind of asset is not known here. Choose one of the list."
        raise UnknownCategory(message, fields={"category_id": message})
    emit(session, ctx, cmd.category_id, CategoryChanged(category_id=cmd.category_id))
    return Identified(id=cmd.category_id)


@command(
    "assets.add_usual_categories", permission="assets.manage", rest="POST /asset-categories/usual"
)
def add_usual_categories(session: Session, ctx: RequestContext, _cmd: AddUsualCategories) -> Added:
    """Add the kinds that most businesses have and this one has not; those it has stay as they are."""
    known = db.fetch_all(
        session,
        "select name from asset_category where tenant_id = %s and company_id = %s",
        (ctx.tenant_id, ctx.company_id),
    )
    names = {row["name"] for row in known}
    wanted = [one for one in USUAL if one[0] not in names]
    for name, account_key, months, residual in wanted:
        new = CreateCategory(
            name=name,
            account_key=account_key,
            method=AssetMethod.STRAIGHT_LINE,
            life_months=months,
            residual_percent=Decimal(residual),
        )
        create_category(session, ctx, new)
    return Added(count=len(wanted))


def _facts(session: Session, ctx: RequestContext, cmd: CreateCategory) -> dict[str, Any]:
    is_straight = cmd.method is AssetMethod.STRAIGHT_LINE
    if is_straight != (cmd.life_months is not None):
        message = (
            "Type the useful life in months." if is_straight else "A yearly rate needs no life."
        )
        raise InvalidInput(message, fields={"life_months": message})
    if is_straight == (cmd.rate is not None):
        message = "The straight line needs no rate." if is_straight else "Type the rate for a year."
        raise InvalidInput(message, fields={"rate": message})
    row = db.fetch_one(
        session,
        "select id from account where tenant_id = %s and company_id = %s and key = %s and key = any(%s)",
        (ctx.tenant_id, ctx.company_id, cmd.account_key, list(ACCOUNTS)),
    )
    if row is None:
        message = "Choose an account of the chart that holds fixed assets."
        raise WrongAccount(message, fields={"account_key": message})
    names = ("name", "method", "life_months", "rate", "residual_percent")
    return {name: getattr(cmd, name) for name in names} | {"account_id": row["id"]}


@query("assets.list_categories", permission="assets.view", rest="GET /asset-categories")
def list_categories(session: Session, ctx: RequestContext, wanted: ListCategories) -> CategoryPage:
    """List the company's kinds of asset by name."""
    rows = db.fetch_all(
        session,
        "select c.id, c.name, k.key as account_key, k.name as account, c.method, c.life_months, c.rate,"
        " c.residual_percent, c.is_active from asset_category c"
        " join account k on (k.tenant_id, k.id) = (c.tenant_id, c.account_id)"
        " where c.tenant_id = %(tenant)s and c.company_id = %(company)s"
        " and (%(active)s::boolean is null or c.is_active = %(active)s)"
        " and c.name ilike '%%' || %(search)s || '%%' order by c.name limit %(limit)s",
        {
            "tenant": ctx.tenant_id,
            "company": ctx.company_id,
            "active": wanted.is_active,
            "search": wanted.search,
            "limit": wanted.limit,
        },
    )
    return CategoryPage(rows=[CategoryRow(**row) for row in rows])
