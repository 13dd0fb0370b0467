"""Laboratories: added, changed, listed."""

import json
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.services.laboratory.analytes import add_standard_analytes
from erp.services.laboratory.errors import UnknownLaboratory
from erp.services.laboratory.events import LaboratoryChanged
from erp.services.platform import (
    Command,
    Identified,
    Nothing,
    Result,
    Rows,
    ShortText,
    Text,
    command,
    emit,
    query,
)

Facility = Annotated[Text, Field(max_length=60)]


class OpenLaboratory(Command):
    """A laboratory whose results will come.

    Attributes:
        facility: The name its HL7 messages carry in MSH-4; where it is given, others are refused.
    """

    name: ShortText
    facility: Facility = ""


class ChangeLaboratory(Command):
    """What a laboratory is called, and whether its results still come."""

    laboratory_id: UUID
    name: ShortText
    facility: Facility = ""
    is_active: bool = True


class LaboratoryRow(Result):
    """A laboratory, and what waits of it."""

    id: UUID
    name: str
    facility: str
    is_active: bool
    reports: int
    waiting: int


class LaboratoryRows(Rows):
    """Every laboratory."""

    rows: list[LaboratoryRow]


@command("laboratory.open_laboratory", permission="laboratory.manage", rest="POST /laboratories")
def open_laboratory(session: Session, ctx: RequestContext, cmd: OpenLaboratory) -> Identified:
    """Add a laboratory; the first one brings the standard analytes with it.

    Raises:
        Conflict: There is one of this name.

    Emits:
        laboratory.laboratory_changed.v1
    """
    add_standard_analytes(session, ctx)
    made = new_id()
    db.execute(
        session,
        "insert into laboratory (tenant_id, id, name, facility, reading, is_active, opened_by)"
        " values (%s, %s, %s, %s, %s::jsonb, true, %s)",
        (ctx.tenant_id, made, cmd.name, cmd.facility, json.dumps({}), ctx.user_id),
    )
    emit(session, ctx, made, LaboratoryChanged(laboratory_id=made))
    return Identified(id=made)


@command(
    "laboratory.change_laboratory",
    permission="laboratory.manage",
    rest="PATCH /laboratories/{laboratory_id}",
)
def change_laboratory(session: Session, ctx: RequestContext, cmd: ChangeLaboratory) -> Identified:
    """Change what a laboratory is called; one that is not active takes no more files.

    Raises:
        UnknownLaboratory: There is none.
        Conflict: There is one of this name.

    Emits:
        laboratory.laboratory_changed.v1
    """
    hold_laboratory(session, ctx, cmd.laboratory_id)
    db.execute(
        session,
        "update laboratory set name = %s, facility = %s, is_active = %s"
        " where tenant_id = %s and id = %s",
        (cmd.name, cmd.facility, cmd.is_active, ctx.tenant_id, cmd.laboratory_id),
    )
    emit(session, ctx, cmd.laboratory_id, LaboratoryChanged(laboratory_id=cmd.laboratory_id))
    return Identified(id=cmd.laboratory_id)


@query("laboratory.list_laboratories", permission="laboratory.view", rest="GET /laboratories")
def list_laboratories(session: Session, ctx: RequestContext, _wanted: Nothing) -> LaboratoryRows:
    """List every laboratory with its reports and the rows that wait for a person."""
    rows = db.fetch_all(
        session,
        "select l.id, l.name, l.facility, l.is_active,"
        " (select count(*) from lab_report p where (p.tenant_id, p.laboratory_id) ="
        " (l.tenant_id, l.id)) as reports,"
        " (select count(*) from lab_row w where (w.tenant_id, w.laboratory_id) ="
        " (l.tenant_id, l.id) and w.status = 'waiting') as waiting"
        " from laboratory l where l.tenant_id = %s order by l.is_active desc, l.name, l.id",
        (ctx.tenant_id,),
    )
    return LaboratoryRows(rows=[LaboratoryRow(**row) for row in rows])


def find_laboratory(session: Session, ctx: RequestContext, laboratory_id: UUID) -> db.Row:
    """Return a laboratory.

    Raises:
        UnknownLaboratory: There is none.
    """
    return _known(
        db.fetch_one(
            session,
            "select * from laboratory where tenant_id = %s and id = %s",
            (ctx.tenant_id, laboratory_id),
        )
    )


def hold_laboratory(session: Session, ctx: RequestContext, laboratory_id: UUID) -> db.Row:
    """Return a laboratory and let others who would take in its results wait.

    Raises:
        UnknownLaboratory: There is none.
    """
    return _known(
        db.fetch_one(
            session,
            "select * from laboratory where tenant_id = %s and id = %s for no key update",
            (ctx.tenant_id, laboratory_id),
        )
    )


def _known(row: db.Row | None) -> db.Row:
    if row is None:
        message = "There is no such laboratory. Choose one of the list."
        raise UnknownLaboratory(message, fields={"laboratory_id": message})
    return row
