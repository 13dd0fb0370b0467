"""Checklists of quality: what is looked at in goods of a form, version by version."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, LiteralString, Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.models.inventory import PointKind, QualityChecklist, QualityPoint
from erp.services import catalog
from erp.services.inventory.events import ChecklistSet
from erp.services.platform import (
    Closed,
    Command,
    Nothing,
    Query,
    Result,
    Rows,
    ShortText,
    command,
    emit,
    query,
)

MOST_POINTS = 30
Measure = Annotated[Decimal, Field(max_digits=18, decimal_places=4)]


class Point(Closed):
    """A question; numbers may have limits, both included, and a unit."""

    question: ShortText
    kind: PointKind = PointKind.YES_NO
    is_required: bool = True
    minimum: Measure | None = None
    maximum: Measure | None = None
    unit: Annotated[str, Field(max_length=20)] = ""

    @model_validator(mode="after")
    def _measures_numbers(self) -> Self:
        limits = (self.minimum, self.maximum)
        if self.kind != PointKind.NUMBER and (any(x is not None for x in limits) or self.unit):
            msg = "only a number has limits and a unit"
            raise ValueError(msg)
        if None not in limits and self.minimum > self.maximum:  # type: ignore[operator]
            msg = "the least is above the most"
            raise ValueError(msg)
        return self


class SetChecklist(Command):
    """Make the next version of what is looked at in goods of a form; of all others without one.

    Attributes:
        points: In the order in which they are asked; none to ask nothing any more.
    """

    form: catalog.Form | None = None
    name: ShortText
    points: Annotated[tuple[Point, ...], Field(max_length=MOST_POINTS)] = ()


class ChecklistVersion(Result):
    """A version as it was kept."""

    id: UUID
    version: int


class PointDetail(Result):
    """A question of a checklist."""

    point_no: int
    question: str
    kind: PointKind
    is_required: bool
    minimum: Decimal | None
    maximum: Decimal | None
    unit: str


class ChecklistDetail(Result):
    """The newest version of a form's checklist; no form means all without one of their own."""

    id: UUID
    form: str | None
    version: int
    name: str
    set_by: str
    set_at: datetime
    points: list[PointDetail]


class Checklists(Rows):
    """The newest version of every checklist, the one for all other forms first."""

    rows: list[ChecklistDetail]


class FindChecklist(Query):
    """What is looked at in a variant."""

    variant_id: UUID


class AppliedChecklist(Result):
    """The checklist of a variant, and its questions; none where nothing is looked at."""

    checklist_id: UUID | None
    points: list[PointDetail]


_NEWEST: LiteralString = """
    select distinct on (c.form) c.id, c.form, c.version, c.name, c.set_at,
           coalesce(m.display_name, '') as set_by
      from quality_checklist c
      left join membership m on (m.tenant_id, m.user_id) = (c.tenant_id, c.set_by)
     where c.tenant_id = %s
     order by c.form nulls first, c.version desc
"""


@command("inventory.set_checklist", permission="inventory.plan", rest="POST /quality-checklists")
def set_checklist(session: Session, ctx: RequestContext, cmd: SetChecklist) -> ChecklistVersion:
    """Keep the next version of a checklist; what was found by an older one stays as it was.

    Emits:
        inventory.checklist_set.v1, in the same transaction.
    """
    db.execute(
        session,
        "select pg_advisory_xact_lock(hashtextextended(%s, 0))",
        (f"checklist-{ctx.tenant_id}-{cmd.form or ''}",),
    )
    last = db.fetch_one(
        session,
        "select coalesce(max(version), 0) as version from quality_checklist"
        " where tenant_id = %s and form is not distinct from %s",
        (ctx.tenant_id, cmd.form),
    )
    version = (last["version"] if last else 0) + 1
    made = ChecklistVersion(id=new_id(), version=version)
    head = {
        "tenant_id": ctx.tenant_id,
        "form": cmd.form,
        "name": cmd.name,
        "set_by": ctx.user_id,
        "set_at": ctx.now,
        **made.model_dump(),
    }
    points = [
        {"tenant_id": ctx.tenant_id, "id": new_id(), "checklist_id": made.id, "point_no": at}
        | point.model_dump()
        for at, point in enumerate(cmd.points, start=1)
    ]
    db.insert_rows(session, QualityChecklist, [head])
    db.insert_rows(session, QualityPoint, points)
    emit(session, ctx, made.id, ChecklistSet(checklist_id=made.id, version=version))
    return made


@query("inventory.list_checklists", permission="inventory.view", rest="GET /quality-checklists")
def list_checklists(session: Session, ctx: RequestContext, _wanted: Nothing) -> Checklists:
    """Return the newest version of every checklist with its questions."""
    heads = db.fetch_all(session, _NEWEST, (ctx.tenant_id,))
    points = points_of(session, ctx, [head["id"] for head in heads])
    return Checklists(rows=[ChecklistDetail(**x, points=points[x["id"]]) for x in heads])


@query(
    "inventory.find_checklist",
    permission="inventory.view",
    rest="GET /variants/{variant_id}/quality-checklist",
)
def find_checklist(
    session: Session, ctx: RequestContext, wanted: FindChecklist
) -> AppliedChecklist:
    """Return what is looked at when goods of a variant come."""
    applied = checklists_for(session, ctx, [wanted.variant_id])
    return applied.get(wanted.variant_id, AppliedChecklist(checklist_id=None, points=[]))


def checklists_for(
    session: Session, ctx: RequestContext, variant_ids: Sequence[UUID]
) -> dict[UUID, AppliedChecklist]:
    """Return the checklist of each variant of which something is looked at: its form's, or all's."""
    rows = db.fetch_all(
        session,
        """
        select v.id as variant_id, c.id as checklist_id
          from variant v
          join product p on (p.tenant_id, p.id) = (v.tenant_id, v.product_id)
          join lateral (
                select c.id from quality_checklist c
                 where c.tenant_id = v.tenant_id and (c.form = p.form or c.form is null)
                 order by c.form is null, c.version desc limit 1) c on true
         where v.tenant_id = %s and v.id = any(%s)
        """,
        (ctx.tenant_id, sorted(set(variant_ids))),
    )
    points = points_of(session, ctx, [row["checklist_id"] for row in rows])
    return {
        row["variant_id"]: AppliedChecklist(
            checklist_id=row["checklist_id"], points=points[row["checklist_id"]]
        )
        for row in rows
        if points[row["checklist_id"]]
    }


def points_of(
    session: Session, ctx: RequestContext, checklist_ids: Sequence[UUID]
) -> dict[UUID, list[PointDetail]]:
    """Return the questions of checklists, in their order."""
    rows = db.fetch_all(
        session,
        "select checklist_id, point_no, question, kind, is_required, minimum, maximum, unit"
        " from quality_point where tenant_id = %s and checklist_id = any(%s)"
        " order by checklist_id, point_no",
        (ctx.tenant_id, sorted(set(checklist_ids))),
    )
    found: dict[UUID, list[PointDetail]] = {one: [] for one in checklist_ids}
    for row in rows:
        found[row.pop("checklist_id")].append(PointDetail(**row))
    return found
