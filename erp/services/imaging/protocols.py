"""How sessions of a protocol are judged: time to decide, second reader, checklist in force."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.services.imaging.events import ProtocolChanged
from erp.services.platform import (
    Command,
    Identified,
    Nothing,
    Result,
    Rows,
    Text,
    command,
    emit,
    query,
)

LONGEST: Final = 525_600
BUILT_IN: Final = {"routine_minutes": 1440, "urgent_minutes": 240, "stat_minutes": 60}
EVERY_OTHER: Final = "Every other protocol"
Minutes = Annotated[int, Field(ge=1, le=LONGEST)]
Code = Annotated[str, Field(max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$")]


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for the sessions of a protocol; `items` are those of the checklist in force."""

    second_reader: str = "none"
    sample_percent: int = 0
    checklist_id: UUID | None = None
    checklist_version: int = 0
    items: tuple[dict[str, Any], ...] = ()


class SaveProtocol(Command):
    """Say how sessions of a protocol are judged; an empty code stands for every other one.

    Attributes:
        routine_minutes, urgent_minutes, stat_minutes: Time from completion to the decision;
            what is more urgent cannot have longer.
    """

    code: Code = ""
    name: Text = ""
    routine_minutes: Minutes
    urgent_minutes: Minutes
    stat_minutes: Minutes
    second_reader: Literal["none", "always", "sample", "on_reject"] = "none"
    sample_percent: Annotated[int, Field(ge=0, le=100)] = 0


class ProtocolRow(Result):
    """A protocol and what is in force for it; `id` is empty for one that has no rules yet."""

    id: UUID | None
    code: str
    name: str
    routine_minutes: int
    urgent_minutes: int
    stat_minutes: int
    second_reader: str
    sample_percent: int
    checklist_version: int
    items: list[dict[str, Any]]
    made_by_name: str
    made_at: datetime | None
    sessions: int


class ProtocolList(Rows):
    """Protocols by name, every other one first."""

    rows: list[ProtocolRow]


@command("imaging.save_protocol", permission="imaging.manage", rest="POST /imaging/protocols")
def save_protocol(session: Session, ctx: RequestContext, cmd: SaveProtocol) -> Identified:
    """Say how sessions of a protocol are judged from now on; due times already set stay.

    Raises:
        InvalidInput: What is more urgent would have longer.

    Emits:
        imaging.protocol_changed.v1.
    """
    if not cmd.stat_minutes <= cmd.urgent_minutes <= cmd.routine_minutes:
        message = "What is more urgent cannot have longer: stat, then urgent, then routine."
        raise InvalidInput(message, fields={"urgent_minutes": message})
    given = cmd.model_dump(exclude={"idempotency_key"}) | {"code": cmd.code.lower()}
    given["name"] = cmd.name or cmd.code or EVERY_OTHER
    return Identified(id=_write(session, ctx, given))


@query("imaging.list_protocols", permission="imaging.view", rest="GET /imaging/protocols")
def list_protocols(session: Session, ctx: RequestContext, _wanted: Nothing) -> ProtocolList:
    """List protocols with rules of their own, those only devices speak of, and every other one."""
    rows = db.fetch_all(
        session,
        """
        with spoken as (
             select lower(protocol) as code, max(protocol) as name, count(*) as sessions
               from imaging_session where tenant_id = %(tenant)s group by lower(protocol))
        select known.id, coalesce(known.code, spoken.code) as code,
               coalesce(known.name, spoken.name) as name,
               known.routine_minutes, known.urgent_minutes, known.stat_minutes,
               known.second_reader, known.sample_percent, list.version as checklist_version,
               list.items, list.made_by_name, list.made_at, coalesce(spoken.sessions, 0) as sessions
          from (select * from imaging_protocol where tenant_id = %(tenant)s) known
          full join spoken on spoken.code = known.code
          left join lateral (select * from qa_checklist made
                              where made.tenant_id = %(tenant)s and made.protocol_id = known.id
                              order by made.version desc limit 1) list on true
         order by coalesce(known.code, spoken.code) <> '', name limit 200
        """,
        {"tenant": ctx.tenant_id},
    )
    default = next((row for row in rows if row["code"] == ""), {})
    listed = [_row(row, default) for row in rows]
    if not default:
        listed.insert(0, _row({"code": ""}, {}))
    return ProtocolList(rows=listed)


def rules_for(session: Session, ctx: RequestContext, protocol: str) -> Rules:
    """Return what holds for a protocol: its own rules, else those of every other one."""
    row = db.fetch_one(
        session,
        """
        select known.second_reader, known.sample_percent, list.id as checklist_id,
               list.version as checklist_version, list.items
          from imaging_protocol known
          left join lateral (select made.id, made.version, made.items from qa_checklist made
                              where (made.tenant_id, made.protocol_id) = (known.tenant_id, known.id)
                              order by made.version desc limit 1) list on true
         where known.tenant_id = %s and known.code in ('', lower(%s))
         order by known.code desc limit 1
        """,
        (ctx.tenant_id, protocol),
    )
    if row is None:
        return Rules()
    plain = dict(row) | {"items": tuple(row["items"] or ())}
    return Rules(**plain | {"checklist_version": row["checklist_version"] or 0})


def protocol_id_of(session: Session, ctx: RequestContext, code: str) -> UUID:
    """Return a protocol's id, locked; one without rules gets those of every other one."""
    row = db.fetch_one(
        session,
        "select id from imaging_protocol where tenant_id = %s and code = %s for no key update",
        (ctx.tenant_id, code.lower()),
    )
    if row is not None:
        found: UUID = row["id"]
        return found
    general = db.fetch_one(
        session,
        "select routine_minutes, urgent_minutes, stat_minutes, second_reader, sample_percent"
        " from imaging_protocol where tenant_id = %s and code = ''",
        (ctx.tenant_id,),
    )
    plain = general or BUILT_IN | {"second_reader": "none", "sample_percent": 0}
    return _write(session, ctx, plain | {"code": code.lower(), "name": code or EVERY_OTHER})


def _write(session: Session, ctx: RequestContext, given: db.Row) -> UUID:
    row = db.fetch_one(
        session,
        """
        insert into imaging_protocol (tenant_id, id, code, name, routine_minutes, urgent_minutes,
               stat_minutes, second_reader, sample_percent)
        values (%(tenant)s, %(id)s, %(code)s, %(name)s, %(routine_minutes)s, %(urgent_minutes)s,
               %(stat_minutes)s, %(second_reader)s, %(sample_percent)s)
        on conflict (tenant_id, code) do update
           set name = excluded.name, routine_minutes = excluded.routine_minutes,
               urgent_minutes = excluded.urgent_minutes, stat_minutes = excluded.stat_minutes,
               second_reader = excluded.second_reader, sample_percent = excluded.sample_percent
        returning id
        """,
        dict(given) | {"tenant": ctx.tenant_id, "id": new_id()},
    )
    if row is None:
        msg = "A protocol was not kept."
        raise RuntimeError(msg)
    protocol_id: UUID = row["id"]
    emit(session, ctx, protocol_id, ProtocolChanged(protocol_id=protocol_id, code=given["code"]))
    return protocol_id


def _row(row: db.Row, default: db.Row) -> ProtocolRow:
    """Return a protocol as it is judged; what it lacks comes from every other one."""
    general = BUILT_IN | {"second_reader": "none", "sample_percent": 0, "checklist_version": 0}
    general |= {"id": None, "items": [], "made_by_name": "", "made_at": None, "sessions": 0}
    own = {name: value for name, value in row.items() if value is not None}
    inherited = {
        name: value
        for name, value in (default.items() if row.get("id") is None else ())
        if value is not None and name not in {"id", "code", "name", "sessions"}
    }
    known = general | inherited | own
    known["name"] = known.get("name") or known["code"] or EVERY_OTHER
    return ProtocolRow(**{name: known[name] for name in ProtocolRow.model_fields})
