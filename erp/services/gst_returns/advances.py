"""Tax on advances for services: tables 11A and 11B of GSTR-1, from what was received and what became of it.

Source: CGST Act s.13(2); Form GSTR-1 tables 11A, 11B; domain rules 1.16.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.money import ZERO
from erp.services.gst_returns.heads import NAMES, NOTHING, Heads
from erp.services.gst_returns.registrations import Registration
from erp.services.gst_returns.tax_period import TaxPeriod

RECEIVED, ADJUSTED = "at", "txpd"
"""Tables 11A and 11B by their keys in the portal's file."""
AMENDED_TABLE = {RECEIVED: "ata", ADJUSTED: "txpda"}
"""The table that corrects what stood in another."""
ADVANCE_TABLES = (*AMENDED_TABLE, *AMENDED_TABLE.values())
ADDING = frozenset({RECEIVED, AMENDED_TABLE[RECEIVED]})
"""Tables of what adds to what is owed."""


@dataclass(frozen=True, slots=True)
class AdvanceMove:
    """An advance that was received, or what became of a part of it.

    Attributes:
        origin_id: Of its entry in the books.
        table: `at` or `txpd`, or the one that amends it.
        heads: What it adds to what is owed; below zero where it takes tax off.
    """

    origin_id: UUID
    advance_id: UUID
    number: str
    booked_on: date
    party: str
    gstin: str
    place: str
    is_inter: bool
    rate: Decimal
    table: str
    heads: Heads

    @property
    def stated(self) -> Heads:
        """What it adds to its table, which states what is adjusted as positive."""
        return self.heads if self.table in ADDING else -self.heads


_ABOUT = """
    a.id as advance_id, p.number, coalesce(a.recipient ->> 'name', '') as party,
    coalesce(a.recipient ->> 'gstin', '') as gstin
"""
_MOVES = f"""
    select a.id as origin_id, a.received_on as booked_on, 'received' as kind, true as is_of_period,
           a.amount, a.igst, a.cgst, a.sgst, a.place_of_supply as place, a.is_inter, a.rate, {_ABOUT}
      from service_advance a
      join payment p on (p.tenant_id, p.id) = (a.tenant_id, a.id)
     where a.tenant_id = %(tenant)s and a.branch_id = any(%(branches)s)
       and a.received_on between %(from)s and %(to)s
    union all
    select s.id, s.booked_on, s.kind, a.received_on between %(from)s and %(to)s,
           s.amount, s.igst, s.cgst, s.sgst, s.place_of_supply, s.is_inter, s.rate, {_ABOUT}
      from service_advance_step s
      join service_advance a on (a.tenant_id, a.id) = (s.tenant_id, s.advance_id)
      join payment p on (p.tenant_id, p.id) = (a.tenant_id, a.id)
     where s.tenant_id = %(tenant)s and s.branch_id = any(%(branches)s)
       and s.booked_on between %(from)s and %(to)s
     order by booked_on, origin_id
"""  # noqa: S608  a constant
_ADDS = frozenset({"received", "undone"})


def read_advances(
    session: Session, ctx: RequestContext, registration: Registration, period: TaxPeriod
) -> list[AdvanceMove]:
    """Return every advance of a period and every step, each in the table that takes it."""
    given = {
        "tenant": ctx.tenant_id,
        "branches": list(registration.branch_ids),
        "from": period.starts_on,
        "to": period.ends_on,
    }
    return in_tables([_move(row) for row in db.fetch_all(session, _MOVES, given)])


def _move(row: db.Row) -> AdvanceMove:
    taxes = [row[name] for name in NAMES]
    heads = Heads(row["amount"] - sum(taxes, ZERO), *taxes)
    is_receipt = row["kind"] == "received" or (row["kind"] == "taken_back" and row["is_of_period"])
    return AdvanceMove(
        origin_id=row["origin_id"],
        advance_id=row["advance_id"],
        number=row["number"],
        booked_on=row["booked_on"],
        party=row["party"],
        gstin=row["gstin"],
        place=row["place"],
        is_inter=row["is_inter"],
        rate=row["rate"],
        table=RECEIVED if is_receipt else ADJUSTED,
        heads=heads if row["kind"] in _ADDS else -heads,
    )


def in_tables(moves: Sequence[AdvanceMove]) -> list[AdvanceMove]:
    """Return moves in tables that state nothing below zero, advance by advance. Pure.

    What is adjusted and undone in one period meets in 11B. Undone in a later one, the advance is there again and
    its tax due again: 11A states it.
    """
    found: dict[tuple[UUID, str], Decimal] = {}
    for move in moves:
        key = (move.advance_id, move.table)
        found[key] = found.get(key, ZERO) + move.stated.taxable + move.stated.tax
    other = {RECEIVED: ADJUSTED, ADJUSTED: RECEIVED}
    return [
        replace(move, table=other[move.table]) if found[move.advance_id, move.table] < 0 else move
        for move in moves
    ]


def advance_rows(moves: Iterable[AdvanceMove], table: str) -> list[dict[str, Any]]:
    """Return table 11A or 11B in the portal's form: by place, and in it by rate. Pure."""
    places: dict[tuple[str, bool], dict[Decimal, Heads]] = {}
    for move in moves:
        if move.table == table:
            rates = places.setdefault((move.place, move.is_inter), {})
            rates[move.rate] = rates.get(move.rate, NOTHING) + move.stated
    return [
        {"pos": place, "sply_ty": "INTER" if is_inter else "INTRA", "itms": items}
        for (place, is_inter), rates in sorted(places.items())
        if (items := [item_of(rate, heads, is_inter=is_inter) for rate, heads in sorted(rates.items()) if heads])
    ]  # fmt: skip


def item_of(rate: Decimal, heads: Heads, *, is_inter: bool) -> dict[str, Any]:
    """Return what a row of table 11 states at one rate. Pure."""
    own = {"iamt": heads.igst} if is_inter else {"camt": heads.cgst, "samt": heads.sgst}
    return {"rt": rate, "ad_amt": heads.taxable, **own, "csamt": ZERO}


def total_of_advances(moves: Iterable[AdvanceMove]) -> Heads:
    """Return what advances add to what is owed."""
    return sum((move.heads for move in moves), NOTHING)
