"""What is worth sending to a branch, and telling people of what should have arrived by now."""

from typing import LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import counted
from erp.services import workflows
from erp.services.inventory.idle_stock import ListIdle, list_idle
from erp.services.inventory.places import get_owned_place
from erp.services.inventory.requesting import TRANSFER
from erp.services.platform import Command, Query, Result, Rows, command, query

_MOST = 20


class AdviseTransfer(Query):
    """From where to where."""

    from_location_id: UUID
    to_location_id: UUID


class TransferAdvice(Result):
    """Goods worth sending; of a lot where one stands still here, else as the shelves give them."""

    variant_id: UUID
    lot_id: UUID | None
    label: str
    lot_number: str
    quantity: int
    reason: str


class TransferAdviceList(Rows):
    """Lots that stand still here first, then what the other branch lacks."""

    rows: list[TransferAdvice]


class ChaseTransfers(Command):
    """Tell people of goods that should have arrived."""


class Chased(Result):
    """How many transfers are overdue, and how many people were told."""

    overdue: int
    told: int


_LACKING: LiteralString = """
    select r.variant_id, v.label, least(r.quantity - sent.units, here.units)
           as quantity
      from reorder_suggestion r
      join variant v on v.tenant_id = r.tenant_id and v.id = r.variant_id
      cross join lateral (
            select coalesce(sum(b.on_hand - b.reserved), 0)::bigint as units
              from stock_balance b join lot l on l.tenant_id = b.tenant_id and l.id = b.lot_id
             where b.tenant_id = r.tenant_id and b.location_id = %(from)s
               and b.variant_id = r.variant_id and l.status = 'available'
               and (l.expires_on is null or l.expires_on >= %(today)s)) here
      left join reorder_suggestion own on own.tenant_id = r.tenant_id and own.branch_id = %(branch)s
           and own.variant_id = r.variant_id and own.status = 'open'
      cross join lateral (
            select coalesce(sum(line.sent), 0)::bigint as units
              from stock_transfer t
              join stock_transfer_line line
                on line.tenant_id = t.tenant_id and line.transfer_id = t.id
             where t.tenant_id = r.tenant_id and t.to_branch_id = r.branch_id
               and t.dispatched_at > r.suggested_at and line.variant_id = r.variant_id) sent
     where r.tenant_id = %(tenant)s and r.branch_id = %(there)s and r.status = 'open'
       and own.id is null and least(r.quantity - sent.units, here.units) > 0
     order by r.available, v.label limit %(most)s
"""


@query("inventory.advise_transfer", permission="inventory.view", rest="GET /transfers/advice")
def advise_transfer(
    session: Session, ctx: RequestContext, wanted: AdviseTransfer
) -> TransferAdviceList:
    """Return what stands still here and sells there, and what is low there and not here.

    Raises:
        UnknownPlace: A location is not known. WrongPlace: it is not of the acting company.
    """
    source = get_owned_place(session, ctx, wanted.from_location_id, "from_location_id")
    target = get_owned_place(session, ctx, wanted.to_location_id, "to_location_id")
    idle = ListIdle(advice="transfer", location_id=source.id, limit=200)
    still = [
        TransferAdvice(**row.model_dump(include=_TOLD), quantity=row.units)
        for row in list_idle(session, ctx, idle).rows
        if row.to_branch_id == target.branch_id
    ]
    known = {row.variant_id for row in still}
    lacking = db.fetch_all(
        session,
        _LACKING,
        {
            "tenant": ctx.tenant_id,
            "branch": source.branch_id,
            "there": target.branch_id,
            "from": source.id,
            "today": ctx.today,
            "most": _MOST,
        },
    )
    reason = f"Low at {target.name}."
    asked = [
        TransferAdvice(**row, lot_id=None, lot_number="", reason=reason)
        for row in lacking
        if row["variant_id"] not in known
    ]
    return TransferAdviceList(rows=(still + asked)[:_MOST])


_TOLD = {"variant_id", "lot_id", "label", "lot_number", "reason"}


@command("inventory.chase_transfers", permission="inventory.alert", rest="POST /transfers/chase")
def chase_transfers(session: Session, ctx: RequestContext, _cmd: ChaseTransfers) -> Chased:
    """Tell who may transfer goods, once a day, of those that should have arrived by now."""
    row = db.fetch_one(
        session,
        "select count(*) as overdue, min(expected_on) as since from stock_transfer"
        " where tenant_id = %s and status = 'on_its_way' and expected_on < %s",
        (ctx.tenant_id, ctx.today),
    )
    if row is None or not row["overdue"]:
        return Chased(overdue=0, told=0)
    days = counted((ctx.today - row["since"]).days, "day")
    news = workflows.News(
        kind="inventory.transfers_overdue",
        severity="warning",
        title=f"{counted(row['overdue'], 'transfer')} should have arrived",
        body=f"The oldest is {days} late. Receive the goods, or settle what became of them.",
        link="/stock/transfers?overdue=true",
        dedupe_key=f"transfers-overdue:{ctx.today}",
    )
    told = workflows.notify_members(session, ctx, permission=TRANSFER, news=news)
    return Chased(overdue=row["overdue"], told=told)
