"""Analytes: what is measured, in which unit, and between which bounds."""

import json
from dataclasses import asdict
from decimal import Decimal
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.models.laboratory import Analyte, AnalyteKind
from erp.services.laboratory.errors import UnknownAnalyte
from erp.services.laboratory.events import AnalyteChanged
from erp.services.laboratory.standard_analytes import STANDARD
from erp.services.laboratory.units import find_unit
from erp.services.platform import (
    Closed,
    Command,
    Identified,
    Query,
    Result,
    Rows,
    ShortText,
    Text,
    command,
    emit,
    query,
)

Bound = Annotated[Decimal, Field(ge=-(10**9), le=10**9, max_digits=18, decimal_places=8)]
Years = Annotated[int, Field(ge=0, le=120)]
Code = Annotated[str, Field(min_length=1, max_length=20, pattern=r"^[A-Za-z0-9_./+-]+$")]
Loinc = Annotated[str, Field(max_length=10, pattern=r"^([0-9]{1,7}-[0-9])?$")]


class ReferenceRange(Closed):
    """Bounds for a sex and an age; `to_years` is the first birthday that is too old."""

    sex: Literal["", "male", "female"] = ""
    from_years: Years = 0
    to_years: Years | None = None
    low: Bound | None = None
    high: Bound | None = None

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.low is None and self.high is None:
            msg = "a range has a lower bound, an upper one, or both"
            raise ValueError(msg)
        if self.low is not None and self.high is not None and self.low > self.high:
            msg = "the lower bound is above the upper one"
            raise ValueError(msg)
        if self.to_years is not None and self.to_years <= self.from_years:
            msg = "the age it ends with is not above the one it begins with"
            raise ValueError(msg)
        return self


class SetAnalyte(Command):
    """An analyte, new or as it is from now on; results that were recorded stay as they are.

    Attributes:
        analyte_id: None for a new one.
        loinc: Messages that name this code need no mapping.
    """

    analyte_id: UUID | None = None
    code: Code
    name: ShortText
    panel: ShortText
    loinc: Loinc = ""
    kind: AnalyteKind = AnalyteKind.NUMBER
    unit: Annotated[Text, Field(max_length=20)] = ""
    decimals: Annotated[int, Field(ge=0, le=4)] = 1
    ranges: Annotated[tuple[ReferenceRange, ...], Field(max_length=20)] = ()
    is_active: bool = True


class ListAnalytes(Query):
    """Which analytes."""

    search: Text = ""
    only_active: bool = False


class AnalyteRow(Result):
    """An analyte."""

    id: UUID
    code: str
    name: str
    panel: str
    loinc: str
    kind: str
    unit: str
    decimals: int
    ranges: list[ReferenceRange]
    is_active: bool


class AnalyteRows(Rows):
    """Analytes, panel by panel."""

    rows: list[AnalyteRow]


@command("laboratory.set_analyte", permission="laboratory.manage", rest="POST /analytes")
def set_analyte(session: Session, ctx: RequestContext, cmd: SetAnalyte) -> Identified:
    """Add an analyte or change one. Its unit stays once it has results: they are in that unit.

    Raises:
        UnknownAnalyte: There is none to change.
        InvalidInput: The unit is not of the table, or it has results in another one.
        Conflict: There is one of this code.

    Emits:
        laboratory.analyte_changed.v1
    """
    unit = _unit_of(cmd)
    given = (cmd.code.upper(), cmd.name, cmd.panel, cmd.loinc, cmd.kind.value, unit, cmd.decimals)
    ranges = json.dumps([row.model_dump(mode="json") for row in cmd.ranges])
    if cmd.analyte_id is None:
        analyte_id = new_id()
        db.execute(
            session,
            "insert into analyte (code, name, panel, loinc, kind, unit, decimals, ranges, is_active,"
            " tenant_id, id) values (%s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s)",
            (*given, ranges, cmd.is_active, ctx.tenant_id, analyte_id),
        )
    else:
        analyte_id = cmd.analyte_id
        _check_change(session, ctx, analyte_id, unit, cmd)
        db.execute(
            session,
            "update analyte set code = %s, name = %s, panel = %s, loinc = %s, kind = %s, unit = %s,"
            " decimals = %s, ranges = %s::jsonb, is_active = %s, changed_at = %s"
            " where tenant_id = %s and id = %s",
            (*given, ranges, cmd.is_active, ctx.now, ctx.tenant_id, analyte_id),
        )
    emit(session, ctx, analyte_id, AnalyteChanged(analyte_id=analyte_id))
    return Identified(id=analyte_id)


@query("laboratory.list_analytes", permission="laboratory.view", rest="GET /analytes")
def list_analytes(session: Session, ctx: RequestContext, wanted: ListAnalytes) -> AnalyteRows:
    """List analytes, panel by panel."""
    rows = db.fetch_all(
        session,
        "select id, code, name, panel, loinc, kind, unit, decimals, ranges, is_active from analyte"
        " where tenant_id = %(tenant)s and (is_active or not %(active)s) and (%(search)s = ''"
        " or concat_ws(' ', code, name, panel, loinc) ilike '%%' || %(search)s || '%%')"
        " order by panel, name, id limit 1000",
        {
            "tenant": ctx.tenant_id,
            "active": wanted.only_active,
            "search": wanted.search.replace("\\", "").replace("%", "\\%").replace("_", "\\_"),
        },
    )
    return AnalyteRows(rows=[AnalyteRow(**row) for row in rows])


def find_analyte(session: Session, ctx: RequestContext, analyte_id: UUID) -> db.Row:
    """Return an active analyte.

    Raises:
        UnknownAnalyte: There is none.
    """
    row = db.fetch_one(
        session,
        "select * from analyte where tenant_id = %s and id = %s and is_active for share",
        (ctx.tenant_id, analyte_id),
    )
    if row is None:
        raise _unknown()
    return row


def add_standard_analytes(session: Session, ctx: RequestContext) -> None:
    """Give a tenant the standard analytes, unless it has one already; codes in use stay theirs."""
    known = db.fetch_one(
        session, "select 1 as one from analyte where tenant_id = %s limit 1", (ctx.tenant_id,)
    )
    if known is not None:
        return
    rows = [
        {name: value for name, value in asdict(one).items() if name in Analyte.model_fields}
        | {"ranges": one.ranges(), "tenant_id": str(ctx.tenant_id), "id": str(new_id())}
        for one in STANDARD
    ]
    db.execute(
        session,
        "insert into analyte (tenant_id, id, code, name, panel, loinc, kind, unit, decimals, ranges,"
        " is_active) select tenant_id, id, code, name, panel, loinc, kind, unit, decimals, ranges,"
        " true from jsonb_populate_recordset(null::analyte, %s::jsonb)"
        " on conflict (tenant_id, code) do nothing",
        (json.dumps(rows),),
    )


def _unit_of(cmd: SetAnalyte) -> str:
    """Return the unit as it is shown; words have none, and one that is not of the table is refused."""
    if cmd.kind is AnalyteKind.TEXT:
        return ""
    unit = find_unit(cmd.unit)
    if unit is None:
        message = "This unit is not known. Write it as laboratories do, such as mg/dL or 10^3/uL."
        raise InvalidInput(message, fields={"unit": message})
    return unit


def _check_change(
    session: Session, ctx: RequestContext, analyte_id: UUID, unit: str, cmd: SetAnalyte
) -> None:
    about = (ctx.tenant_id, analyte_id)
    held = db.fetch_one(
        session,
        "select unit, kind from analyte where tenant_id = %s and id = %s for no key update",
        about,
    )
    if held is None:
        raise _unknown()
    if (held["unit"], held["kind"]) == (unit, cmd.kind.value):
        return
    used = "select 1 as one from lab_result where tenant_id = %s and analyte_id = %s limit 1"
    if db.fetch_one(session, used, about) is not None:
        message = (
            f"Its results are in {held['unit'] or 'words'}. Add another analyte for this unit."
        )
        raise InvalidInput(message, fields={"unit": message})


def _unknown() -> UnknownAnalyte:
    message = "There is no such analyte. Choose one of the list."
    return UnknownAnalyte(message, fields={"analyte_id": message})
