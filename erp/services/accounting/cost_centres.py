"""Cost centres: parts of the business that income and costs are booked for."""

from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import NotFound
from erp.core.ids import new_id
from erp.services.accounting.errors import code_taken
from erp.services.platform import (
    Command,
    Identified,
    Page,
    Result,
    Rows,
    ShortText,
    command,
    decode_cursor,
    encode_cursor,
    query,
    refuse_on,
)

Code = Annotated[str, Field(min_length=1, max_length=20, pattern=r"^[A-Z0-9][A-Z0-9-]*$")]
"""Capitals, digits and dashes: it is typed often, and stands on lines for ever."""


class CreateCostCentre(Command):
    """Begin to book for a part of the business."""

    code: Code
    name: ShortText


class ChangeCostCentre(Command):
    """Rename a cost centre, or take it out of use; its code and its past lines stay."""

    centre_id: UUID
    name: ShortText
    is_active: bool = True


class ListCostCentres(Page):
    """Cost centres by code."""

    is_active: bool | None = None


class CostCentreRow(Result):
    """A cost centre."""

    id: UUID
    code: str
    name: str
    is_active: bool


class CostCentreList(Rows):
    """A page of cost centres."""

    rows: list[CostCentreRow]


refuse_on("uq_cost_centre_tenant_id_code", code_taken)


@command("accounting.create_cost_centre", permission="accounting.post", rest="POST /cost-centres")
def create_cost_centre(session: Session, ctx: RequestContext, cmd: CreateCostCentre) -> Identified:
    """Add a cost centre.

    Raises:
        CodeTaken: Another one has the code.
    """
    centre_id = new_id()
    db.execute(
        session,
        "insert into cost_centre (tenant_id, id, code, name, is_active) values (%s, %s, %s, %s, true)",
        (ctx.tenant_id, centre_id, cmd.code, cmd.name),
    )
    return Identified(id=centre_id)


@command(
    "accounting.change_cost_centre",
    permission="accounting.post",
    rest="POST /cost-centres/{centre_id}",
)
def change_cost_centre(session: Session, ctx: RequestContext, cmd: ChangeCostCentre) -> Identified:
    """Rename a cost centre or take it out of use.

    Raises:
        NotFound: There is no such cost centre.
    """
    row = db.fetch_one(
        session,
        "update cost_centre set name = %s, is_active = %s where tenant_id = %s and id = %s returning id",
        (cmd.name, cmd.is_active, ctx.tenant_id, cmd.centre_id),
    )
    if row is None:
        raise NotFound("There is no such cost centre.")
    return Identified(id=cmd.centre_id)


@query("accounting.list_cost_centres", permission="accounting.view", rest="GET /cost-centres")
def list_cost_centres(
    session: Session, ctx: RequestContext, wanted: ListCostCentres
) -> CostCentreList:
    """List cost centres by code."""
    after = (decode_cursor(wanted.cursor, 1) or [""])[0]
    rows = db.fetch_all(
        session,
        "select id, code, name, is_active from cost_centre where tenant_id = %(tenant)s and code > %(after)s"
        " and (%(active)s::bool is null or is_active = %(active)s)"
        " and (code || ' ' || name) ilike '%%' || %(search)s || '%%' order by code limit %(limit)s",
        {
            "tenant": ctx.tenant_id,
            "after": after,
            "active": wanted.is_active,
            "search": wanted.search,
            "limit": wanted.limit + 1,
        },
    )
    page = [CostCentreRow(**row) for row in rows[: wanted.limit]]
    more = len(rows) > wanted.limit
    return CostCentreList(rows=page, next_cursor=encode_cursor(page[-1].code) if more else "")
