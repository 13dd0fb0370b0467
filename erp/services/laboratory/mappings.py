"""What laboratories call analytes, as people said: seen, changed, ended and taken up again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.laboratory.analytes import find_analyte
from erp.services.laboratory.errors import UnknownMapping
from erp.services.laboratory.events import LaboratoryChanged
from erp.services.laboratory.laboratories import hold_laboratory
from erp.services.platform import (
    LAST_ID,
    Command,
    Identified,
    Page,
    Result,
    Rows,
    command,
    decode_cursor,
    emit,
    encode_cursor,
    query,
)


class ListMappings(Page):
    """Mappings, the latest first; of one laboratory, or of one analyte."""

    laboratory_id: UUID | None = None
    analyte_id: UUID | None = None


class MappingRow(Result):
    """A mapping; `standing` is `used` or `ended`."""

    id: UUID
    laboratory_id: UUID
    laboratory: str
    told: str
    told_key: str
    analyte_id: UUID
    analyte: str
    unit: str
    mapped_at: datetime
    mapped_by_name: str
    standing: str


class MappingPage(Rows):
    """A page of mappings."""

    rows: list[MappingRow]


class ChangeMapping(Command):
    """Which analyte a laboratory means from now on; ended, its rows wait for a person again."""

    mapping_id: UUID
    analyte_id: UUID | None = None
    is_active: bool = True


@query("laboratory.list_mappings", permission="laboratory.view", rest="GET /lab-mappings")
def list_mappings(session: Session, ctx: RequestContext, wanted: ListMappings) -> MappingPage:
    """List what laboratories call analytes, the latest first."""
    [last] = decode_cursor(wanted.cursor, 1) or [LAST_ID]
    rows = db.fetch_all(
        session,
        """
        select known.id, known.laboratory_id, laboratory.name as laboratory,
               coalesce(nullif(known.told_name, ''), known.told_key) as told, known.told_key,
               known.analyte_id, analyte.name as analyte, coalesce(nullif(analyte.unit, ''), 'words') as unit,
               known.mapped_at, coalesce((select who.display_name from membership who
                   where (who.tenant_id, who.user_id) = (known.tenant_id, known.mapped_by) limit 1),
                   '') as mapped_by_name,
               case when known.is_active then 'used' else 'ended' end as standing
          from analyte_code known
          join laboratory on (laboratory.tenant_id, laboratory.id) = (known.tenant_id, known.laboratory_id)
          join analyte on (analyte.tenant_id, analyte.id) = (known.tenant_id, known.analyte_id)
         where known.tenant_id = %(tenant)s and known.id < %(last)s::uuid
           and (%(laboratory)s::uuid is null or known.laboratory_id = %(laboratory)s)
           and (%(analyte)s::uuid is null or known.analyte_id = %(analyte)s)
           and (%(search)s = '' or concat_ws(' ', known.told_name, known.told_key, analyte.name)
                ilike '%%' || %(search)s || '%%')
         order by known.id desc limit %(limit)s
        """,
        {
            "tenant": ctx.tenant_id,
            "laboratory": wanted.laboratory_id,
            "analyte": wanted.analyte_id,
            "search": wanted.search,
            "last": last,
            "limit": wanted.limit + 1,
        },
    )
    page = [MappingRow(**row) for row in rows[: wanted.limit]]
    more = len(rows) > wanted.limit
    return MappingPage(rows=page, next_cursor=encode_cursor(page[-1].id) if more else "")


@command(
    "laboratory.change_mapping",
    permission="laboratory.record",
    rest="POST /lab-mappings/{mapping_id}",
)
def change_mapping(session: Session, ctx: RequestContext, cmd: ChangeMapping) -> Identified:
    """Say anew which analyte a laboratory means, or end that it means any.

    It counts for what comes from now on: results that are here stay as they are, and are corrected
    each in its report. Locks the laboratory.

    Raises:
        UnknownMapping: There is none.
        UnknownAnalyte: There is no such analyte.

    Emits:
        laboratory.laboratory_changed.v1
    """
    known = _held(session, ctx, cmd.mapping_id)
    analyte_id = cmd.analyte_id or known["analyte_id"]
    find_analyte(session, ctx, analyte_id)
    db.execute(
        session,
        "update analyte_code set analyte_id = %s, is_active = %s, mapped_by = %s, mapped_at = %s"
        " where tenant_id = %s and id = %s",
        (analyte_id, cmd.is_active, ctx.user_id, ctx.now, ctx.tenant_id, cmd.mapping_id),
    )
    emit(
        session,
        ctx,
        known["laboratory_id"],
        LaboratoryChanged(laboratory_id=known["laboratory_id"]),
    )
    return Identified(id=cmd.mapping_id)


def _held(session: Session, ctx: RequestContext, mapping_id: UUID) -> dict[str, Any]:
    known = db.fetch_one(
        session,
        "select id, laboratory_id, analyte_id from analyte_code where tenant_id = %s and id = %s",
        (ctx.tenant_id, mapping_id),
    )
    if known is None:
        message = "This mapping is not known here. Choose one of the list."
        raise UnknownMapping(message, fields={"mapping_id": message})
    hold_laboratory(session, ctx, known["laboratory_id"])
    return known
