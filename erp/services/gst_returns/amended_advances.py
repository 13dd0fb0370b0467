"""Advances that a return corrects: tables 11A and 11B of earlier months, amended by whole rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.gst_returns.advances import (
    AMENDED_TABLE,
    AdvanceMove,
    item_of,
    read_advances,
)
from erp.services.gst_returns.heads import NAMES, NOTHING, Heads
from erp.services.gst_returns.proving import Told
from erp.services.gst_returns.registrations import Registration
from erp.services.gst_returns.stating_periods import stating_period
from erp.services.gst_returns.tax_period import TaxPeriod

Place = tuple[str, bool]
"""A row of table 11: its place, and whether it is another state's."""


@dataclass(frozen=True, slots=True)
class AdvanceCorrections:
    """What a return corrects of advances.

    Attributes:
        counted: What sums take off and add, in the amending tables.
        tables: 11A and 11B amended, by their keys in the portal's file: whole rows of earlier periods.
        told: What each amendment changes of the tax, by the origin of its entry.
    """

    counted: tuple[AdvanceMove, ...] = ()
    tables: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)
    told: Told = field(default_factory=dict)


NO_CORRECTIONS = AdvanceCorrections()
_ROWS: LiteralString = """
    select m.id, coalesce(m.follows_id, m.id) as lead_id, m.advance_id, coalesce(m.step_id, m.advance_id) as origin_id,
           coalesce(s.booked_on, a.received_on) as original_on, m.booked_on, m.stated_on, m.place_of_supply as place,
           m.is_inter, m.rate, m.igst, m.cgst, m.sgst
      from service_advance_amendment m
      join service_advance a on (a.tenant_id, a.id) = (m.tenant_id, m.advance_id)
      left join service_advance_step s on (s.tenant_id, s.id) = (m.tenant_id, m.step_id)
     where m.tenant_id = %s and m.branch_id = any(%s) and m.withdrawn_at is null and m.booked_on <= %s
     order by m.booked_on, m.id
"""


def read_corrections(
    session: Session, ctx: RequestContext, registration: Registration, period: TaxPeriod
) -> AdvanceCorrections:
    """Return what the return of a period corrects of advances that earlier ones state."""
    given = (ctx.tenant_id, list(registration.branch_ids), period.ends_on)
    rows = db.fetch_all(session, _ROWS, given)
    own = [row for row in rows if row["booked_on"] >= period.starts_on]
    if not own:
        return NO_CORRECTIONS
    days = {row[name] for row in rows for name in ("original_on", "stated_on")}
    periods = {day: stating_period(session, ctx, registration, day) for day in days}
    moves = {
        one.fp: read_advances(session, ctx, registration, one) for one in set(periods.values())
    }
    return corrections(own, rows, {day: one.fp for day, one in periods.items()}, moves)


def corrections(
    own: Iterable[db.Row],
    standing: Iterable[db.Row],
    fp_of: Mapping[date, str],
    moves: Mapping[str, list[AdvanceMove]],
) -> AdvanceCorrections:
    """Return what a return corrects. Pure.

    Args:
        own: Amendments of the return. standing: those until its end, its own among them.
        fp_of: Period that states a day. moves: What each of these periods states.
    """
    before = {move.origin_id: move for found in moves.values() for move in found}
    after = {
        row["origin_id"]: (fp_of[row["stated_on"]], _corrected(before[row["origin_id"]], row))
        for row in standing
    }
    counted: list[AdvanceMove] = []
    told: dict[UUID, tuple[str, str, Heads]] = {}
    wanted: dict[tuple[str, str], set[Place]] = {}
    for row in own:
        old, (fp, new) = before[row["origin_id"]], after[row["origin_id"]]
        known = {
            "origin_id": row["id"],
            "booked_on": row["booked_on"],
            "table": AMENDED_TABLE[old.table],
        }
        counted += [replace(old, heads=-old.heads, **known), replace(new, **known)]
        wanted.setdefault((old.table, fp_of[row["original_on"]]), set()).add(
            (old.place, old.is_inter)
        )
        wanted.setdefault((old.table, fp), set()).add((new.place, new.is_inter))
        _, _, changed = told.get(row["lead_id"], ("", "", NOTHING))
        changed += (new.heads - old.heads).tax_only()
        told[row["lead_id"]] = (
            f"Amended advance {old.number}",
            f"/service-advances/{old.advance_id}",
            changed,
        )
    revised = {fp: _revised(fp, found, after) for fp, found in moves.items()}
    tables: dict[str, list[dict[str, Any]]] = {}
    for (table, fp), places in sorted(wanted.items()):
        stated = [replace(move, heads=NOTHING) for move in moves[fp]]
        found = [move for move in (*stated, *revised[fp]) if move.table == table]
        tables.setdefault(AMENDED_TABLE[table], []).extend(_whole_rows(fp, places, found))
    return AdvanceCorrections(
        tuple(counted), tables, {key: one for key, one in told.items() if one[2]}
    )


def _corrected(move: AdvanceMove, row: db.Row) -> AdvanceMove:
    """Return a move as it should have been stated; its amount stays."""
    taxes = [row[name] for name in NAMES]
    is_off = move.heads.taxable < 0
    amount = abs(move.heads.taxable + move.heads.tax)
    heads = Heads(amount - sum(taxes), *taxes)
    return replace(
        move,
        booked_on=row["stated_on"],
        place=row["place"],
        is_inter=row["is_inter"],
        rate=row["rate"],
        heads=-heads if is_off else heads,
    )


def _revised(
    fp: str, found: Iterable[AdvanceMove], after: Mapping[UUID, tuple[str, AdvanceMove]]
) -> list[AdvanceMove]:
    """Return what a period's tables are made of, as it is amended."""
    kept = [move for move in found if move.origin_id not in after]
    return [*kept, *(move for stated, move in after.values() if stated == fp)]


def _whole_rows(fp: str, places: set[Place], moves: Iterable[AdvanceMove]) -> list[dict[str, Any]]:
    """Return whole rows; a rate that is left with nothing is stated with nothing."""
    rows: dict[Place, dict[Decimal, Heads]] = {place: {} for place in places}
    for move in moves:
        if (rates := rows.get((move.place, move.is_inter))) is not None:
            rates[move.rate] = rates.get(move.rate, NOTHING) + move.stated
    return [
        {
            "omon": fp,
            "pos": place,
            "sply_ty": "INTER" if is_inter else "INTRA",
            "itms": [
                item_of(rate, heads, is_inter=is_inter) for rate, heads in sorted(rates.items())
            ],
        }
        for (place, is_inter), rates in sorted(rows.items())
    ]
