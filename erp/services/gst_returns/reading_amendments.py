"""Amendments that a registration's return makes, read with the documents that they correct."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.gst_returns.amended_advances import read_corrections
from erp.services.gst_returns.amendments import (
    Amended,
    Amendments,
    Correction,
    Place,
    amended,
    corrected,
    small_rows,
)
from erp.services.gst_returns.outward import Entry, Limit, Section, Shipping, classify
from erp.services.gst_returns.reading_outward import read_documents, read_outward
from erp.services.gst_returns.registrations import Registration
from erp.services.gst_returns.stating_periods import stating_period
from erp.services.gst_returns.tax_period import TaxPeriod

_SELECT: LiteralString = """
    select a.id, a.invoice_id, a.booked_on, a.gstin, a.recipient, a.place_of_supply, a.is_sez, a.port_code,
           a.shipping_bill, a.shipped_on, i.issued_on
      from gst_amendment a
      join invoice i on (i.tenant_id, i.id) = (a.tenant_id, a.invoice_id)
     where a.tenant_id = %(tenant)s and a.branch_id = any(%(branches)s) and a.withdrawn_at is null and {wanted}
     order by a.booked_on, a.id
"""
_OF_PERIOD: LiteralString = "a.booked_on between %(from)s and %(to)s"
_ON_PERIOD: LiteralString = "a.booked_on <= %(until)s and i.issued_on between %(from)s and %(to)s"


def read_amendments(
    session: Session,
    ctx: RequestContext,
    registration: Registration,
    period: TaxPeriod,
    limit: Limit,
) -> Amendments:
    """Return what the return of a period corrects of earlier ones: documents and advances."""
    found = _read(session, ctx, registration, _OF_PERIOD, _days(period), limit)
    wanted: dict[str, set[Place]] = {}
    for one in found:
        if one.small_places:
            wanted.setdefault(one.fp, set()).update(one.small_places)
    periods = {
        one.fp: stating_period(session, ctx, registration, one.before.issued_on) for one in found
    }
    revised = {
        fp: _revised(session, ctx, registration, (periods[fp], period.ends_on), limit)
        for fp in wanted
    }
    advances = read_corrections(session, ctx, registration, period)
    return Amendments(tuple(found), tuple(small_rows(wanted, revised)), advances)


def _days(period: TaxPeriod) -> dict[str, date]:
    return {"from": period.starts_on, "to": period.ends_on}


def _read(
    session: Session,
    ctx: RequestContext,
    registration: Registration,
    wanted: LiteralString,
    days: dict[str, date],
    limit: Limit,
) -> list[Amended]:
    given = {"tenant": ctx.tenant_id, "branches": list(registration.branch_ids)} | days
    rows = db.fetch_all(session, _SELECT.format(wanted=wanted), given)
    documents = {
        one.id: one for one in read_documents(session, ctx, [row["invoice_id"] for row in rows])
    }
    return [_amended(session, ctx, registration, row, documents, limit) for row in rows]


def _amended(
    session: Session,
    ctx: RequestContext,
    registration: Registration,
    row: db.Row,
    documents: dict[UUID, Any],
    limit: Limit,
) -> Amended:
    before = documents[row["invoice_id"]]
    after = corrected(before, correction_of(row), registration.state)
    fp = stating_period(session, ctx, registration, row["issued_on"]).fp
    return amended((row["id"], row["booked_on"], fp), before, after, limit)


def correction_of(row: db.Row) -> Correction:
    """Return what an amendment's row says should have been stated."""
    shipping = None
    if row["shipped_on"] is not None:
        shipping = Shipping(row["port_code"], row["shipping_bill"], row["shipped_on"])
    place = row["place_of_supply"]
    return Correction(row["gstin"], row["recipient"], place, row["is_sez"], shipping)


def _revised(
    session: Session,
    ctx: RequestContext,
    registration: Registration,
    days: tuple[TaxPeriod, date],
    limit: Limit,
) -> Sequence[Entry]:
    """Return what table 7 of an earlier period is made of, with every amendment until a day."""
    period, until = days
    posted = classify(read_outward(session, ctx, registration, period), limit)
    given = _days(period) | {"until": until}
    changes = _read(session, ctx, registration, _ON_PERIOD, given, limit)
    return [
        *_of(Section.B2CS, posted),
        *_of(Section.B2CS_AMENDED, (entry for one in changes for entry in one.counted)),
    ]


def _of(section: Section, entries: Iterable[Entry]) -> list[Entry]:
    return [one for one in entries if one.section is section]
