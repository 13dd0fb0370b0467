"""The first screen of a branch's tills: what a manager chose, or else what sells most."""

from decimal import Decimal
from typing import Annotated, LiteralString
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.models.pos import TillFavourite
from erp.services import catalog
from erp.services.platform import Closed, Command, Query, Result, Rows, command, query
from erp.services.pos.best_sellers import SELLABLE, ListBestSellers, list_best_sellers

MOST_FAVOURITES = 60
AS_DEFAULT = 18
_TILES: LiteralString = """
    select v.id as variant_id, v.label, v.sku, p.form as category, stock.price,
           coalesce(stock.sellable, 0) as sellable,
           '/api/erp/products/' || p.id || '/picture?v=' || p.picture_version as picture_url
      from unnest(%(ids)s::uuid[]) with ordinality wanted (id, position)
      join variant v on v.tenant_id = %(tenant)s and v.id = wanted.id and v.is_active
      join product p on (p.tenant_id, p.id) = (v.tenant_id, v.product_id)
"""


class Favourite(Closed):
    """Goods for the first screen."""

    variant_id: UUID


class SetFavourites(Command):
    """Choose the first screen of the acting branch, in this order; none lets sales decide."""

    goods: Annotated[tuple[Favourite, ...], Field(max_length=MOST_FAVOURITES)]


class ListFavourites(Query):
    """Whose first screen.

    Attributes:
        location_id: The till's place; else what the whole branch has counts.
    """

    location_id: UUID | None = None


class Tile(Result):
    """One of the goods on the first screen.

    Attributes:
        category: Form of the product, such as `dilution`.
        price: MRP of the lot that goes first; none where nothing is sellable.
        picture_url: Where its picture is; none lets the till show initials.
    """

    variant_id: UUID
    label: str
    sku: str
    category: str
    price: Decimal | None
    sellable: int
    picture_url: str | None = None


class FirstScreen(Rows):
    """The first screen; `is_chosen` tells that a manager made it."""

    rows: list[Tile]
    is_chosen: bool


class FavouritesSet(Result):
    """How many stand on the first screen now; none leaves it to sales."""

    chosen: int


@command("pos.set_favourites", permission="pos.arrange", rest="PUT /favourites")
def set_favourites(session: Session, ctx: RequestContext, cmd: SetFavourites) -> FavouritesSet:
    """Put goods on the first screen of the acting branch, instead of those that were there.

    Locks the branch, so that of two managers the later wins whole.

    Raises:
        UnknownProduct: Goods are not known; names the place.
        NotStocked: A service is among them, which a till does not sell.
        InvalidInput: Goods are named twice.
    """
    ids = [each.variant_id for each in cmd.goods]
    if len(set(ids)) < len(ids):
        message = "The same goods stand there twice. Leave one out."
        raise InvalidInput(message, fields={"goods": message})
    if ids:
        catalog.get_stock_variants(session, ctx, ids)
    place = (ctx.tenant_id, ctx.branch_id)
    db.fetch_one(
        session, "select 1 from branch where tenant_id = %s and id = %s for no key update", place
    )
    db.execute(session, "delete from till_favourite where tenant_id = %s and branch_id = %s", place)
    rows = [
        {
            "tenant_id": ctx.tenant_id,
            "branch_id": ctx.branch_id,
            "variant_id": variant_id,
            "position": position,
        }
        for position, variant_id in enumerate(ids, start=1)
    ]
    db.insert_rows(session, TillFavourite, rows)
    return FavouritesSet(chosen=len(rows))


@query("pos.list_favourites", permission="pos.sell", rest="GET /favourites")
def list_favourites(session: Session, ctx: RequestContext, wanted: ListFavourites) -> FirstScreen:
    """Return the first screen of the acting branch with what can be sold of it now."""
    chosen = db.fetch_all(
        session,
        "select variant_id from till_favourite where tenant_id = %s and branch_id = %s"
        " order by position",
        (ctx.tenant_id, ctx.branch_id),
    )
    ids, place = [row["variant_id"] for row in chosen], wanted.location_id
    if not ids:
        best = list_best_sellers(
            session, ctx, ListBestSellers(limit=AS_DEFAULT, location_id=place)
        ).rows
        ids = [row.variant_id for row in best]
    rows = db.fetch_all(
        session,
        f"{_TILES} {SELLABLE} order by wanted.position",
        {
            "tenant": ctx.tenant_id,
            "branch": ctx.branch_id,
            "today": ctx.today,
            "ids": ids,
            "location": place,
        },
    )
    return FirstScreen(rows=[Tile(**row) for row in rows], is_chosen=bool(chosen))
