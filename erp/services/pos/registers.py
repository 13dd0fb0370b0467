"""Tills of a branch."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import Conflict, NotFound
from erp.core.ids import new_id
from erp.services import inventory
from erp.services.platform import Command, Identified, ShortText, command


class CreateRegister(Command):
    """Set up a till that sells from a storage location.

    Attributes:
        code: Up to four capital letters and digits; starts every bill number of the till.
    """

    code: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{0,3}$")]
    name: ShortText
    location_id: UUID


class ChangeRegister(Command):
    """Name a till anew, take it out of use, or use it again."""

    register_id: UUID
    name: ShortText
    is_active: bool


@command("pos.create_register", permission="pos.manage", rest="POST /registers")
def create_register(session: Session, ctx: RequestContext, cmd: CreateRegister) -> Identified:
    """Set up a till at the branch of its location.

    Raises:
        NotFound: The company has no such storage location.
        Conflict: The code is taken, or its numbers would begin as those of another till's notes.
    """
    place = db.fetch_one(
        session,
        "select w.branch_id from location l join warehouse w on (w.tenant_id, w.id) = (l.tenant_id, l.warehouse_id)"
        " join branch b on (b.tenant_id, b.id) = (w.tenant_id, w.branch_id)"
        " where l.tenant_id = %s and l.id = %s and l.kind = 'storage' and l.closed_at is null"
        "   and b.company_id = %s for key share of l",
        (ctx.tenant_id, cmd.location_id, ctx.company_id),
    )
    if place is None:
        raise NotFound(
            "There is no such storage location.", fields={"location_id": "no such storage location"}
        )
    _refuse_like_numbers(session, ctx, cmd.code)
    register_id = new_id()
    db.execute(
        session,
        "insert into register (tenant_id, id, branch_id, location_id, code, name, is_active)"
        " values (%s, %s, %s, %s, %s, %s, true)",
        (ctx.tenant_id, register_id, place["branch_id"], cmd.location_id, cmd.code, cmd.name),
    )
    return Identified(id=register_id)


@command("pos.change_register", permission="pos.manage", rest="POST /registers/{register_id}")
def change_register(session: Session, ctx: RequestContext, cmd: ChangeRegister) -> Identified:
    """Name a till anew, take it out of use, or use it again; its code and numbers stay.

    Locks the till, so that no shift opens meanwhile.

    Raises:
        NotFound: The company has no such till.
        Conflict: It is taken out of use while a shift is open, or used again although its place is
            closed.
    """
    known = db.fetch_one(
        session,
        "select r.id from register r join branch b on (b.tenant_id, b.id) = (r.tenant_id, r.branch_id)"
        " where r.tenant_id = %s and r.id = %s and b.company_id = %s for no key update of r",
        (ctx.tenant_id, cmd.register_id, ctx.company_id),
    )
    if known is None:
        message = "There is no such till."
        raise NotFound(message, fields={"register_id": message})
    if cmd.is_active:
        _require_open_place(session, ctx, cmd.register_id)
    else:
        _require_at_rest(session, ctx, cmd.register_id)
    db.execute(
        session,
        "update register set name = %s, is_active = %s where tenant_id = %s and id = %s",
        (cmd.name, cmd.is_active, ctx.tenant_id, cmd.register_id),
    )
    return Identified(id=cmd.register_id)


def _require_open_place(session: Session, ctx: RequestContext, register_id: UUID) -> None:
    closed = db.fetch_one(
        session,
        "select l.name from register r"
        "  join location l on (l.tenant_id, l.id) = (r.tenant_id, r.location_id)"
        " where r.tenant_id = %s and r.id = %s and l.closed_at is not null",
        (ctx.tenant_id, register_id),
    )
    if closed:
        message = f"It sells from {closed['name']}, which is closed. Open that again first."
        raise Conflict(message, fields={"is_active": message})


@inventory.tells_what_needs_places
def tills_of_places(
    session: Session, ctx: RequestContext, place_ids: Sequence[UUID]
) -> Sequence[str]:
    """Return the tills in use that sell from some places."""
    rows = db.fetch_all(
        session,
        "select name from register"
        " where tenant_id = %s and location_id = any(%s) and is_active order by code",
        (ctx.tenant_id, list(place_ids)),
    )
    return [f"till {row['name']} sells from it" for row in rows]


def _require_at_rest(session: Session, ctx: RequestContext, register_id: UUID) -> None:
    shift = db.fetch_one(
        session,
        "select 1 as open from register_shift where tenant_id = %s and register_id = %s and status = 'open'",
        (ctx.tenant_id, register_id),
    )
    if shift is not None:
        message = "A shift is open on this till. Close it first."
        raise Conflict(message, fields={"is_active": message})


def _refuse_like_numbers(session: Session, ctx: RequestContext, code: str) -> None:
    """Notes of a till begin with a `C` before its code, bills it made alone with an `F`: no other may."""
    other = db.fetch_one(
        session,
        "select code from register where tenant_id = %(tenant)s"
        " and (code in ('C' || %(code)s, 'F' || %(code)s) or %(code)s in ('C' || code, 'F' || code))"
        " limit 1",
        {"tenant": ctx.tenant_id, "code": code},
    )
    if other is not None:
        message = f"Numbers would begin as those of till {other['code']}. Choose another code."
        raise Conflict(message, fields={"code": message})
