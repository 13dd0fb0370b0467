"""Bills and reported documents of a registration, paired; and what of a bill may be claimed."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.gst_returns import Decision2b
from erp.services.gst_returns.heads import Heads
from erp.services.gst_returns.matching_2b import (
    ELIGIBLE,
    Match2b,
    MatchStatus,
    Paper,
    match_papers,
)
from erp.services.gst_returns.registrations import Registration
from erp.services.gst_returns.tax_period import TaxPeriod

_BOOKS = """
    select b.id, b.supplier_gstin, b.bill_number, b.billed_on, b.taxable, b.igst, b.cgst, b.sgst, p.name as supplier
      from supplier_bill b join party p on (p.tenant_id, p.id) = (b.tenant_id, b.supplier_id)
     where b.tenant_id = %(tenant)s and b.branch_id = any(%(branches)s) and b.status = 'posted'
       and b.supplier_gstin is not null and b.is_credit_taken and b.igst + b.cgst + b.sgst > 0
       and b.booked_on <= %(to)s
       and (b.booked_on >= %(from)s or b.id = any(%(held)s))
     order by b.booked_on, b.id
"""
_REPORTED = """
    select id, supplier_gstin, kind, number, dated_on, taxable, igst, cgst, sgst, supplier, bill_id, decision,
           is_available, note, starts_on
      from gst_2b_document
     where tenant_id = %(tenant)s and company_id = %(company)s and gstin = %(gstin)s and kind = 'INV'
       and starts_on between %(since)s and %(to)s
     order by dated_on, id
"""


YEARS = 2
"""How long ago a document may have been reported; its credit lapses sooner (CGST Act s.16(4))."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """Every pair of a period.

    Attributes:
        decisions: What was decided, by the reported document.
        is_imported: A statement of the period is here; else nothing is asked of bills.
    """

    matches: tuple[Match2b, ...]
    decisions: dict[UUID, db.Row]
    is_imported: bool

    def claimable(self, match: Match2b) -> Heads | None:
        """Return the tax of a bill that may be claimed; none where all of it waits."""
        if match.book is None or match.portal is None:
            return None
        decided = self.decisions[match.portal.id]
        if not decided["is_available"] or decided["decision"] in {
            Decision2b.PARKED,
            Decision2b.ASKED,
        }:
            return None
        if match.status in ELIGIBLE:
            return match.book.heads.tax_only()
        is_accepted = decided["decision"] == Decision2b.ACCEPTED
        return match.lower if is_accepted and match.status is MatchStatus.AMOUNT_MISMATCH else None


def pair_up(
    session: Session,
    ctx: RequestContext,
    registration: Registration,
    period: TaxPeriod,
    held: Iterable[UUID] = (),
) -> Pairing:
    """Pair bills booked in a period, and those that wait from before, with what was reported until its end."""
    given = {
        "tenant": ctx.tenant_id,
        "company": ctx.company_id,
        "gstin": registration.gstin,
        "branches": list(registration.branch_ids),
        "from": period.starts_on,
        "since": period.starts_on.replace(year=max(period.starts_on.year - YEARS, 1)),
        "to": period.ends_on,
        "held": list(held),
    }
    books = [_book(row) for row in db.fetch_all(session, _BOOKS, given)]
    rows = db.fetch_all(session, _REPORTED, given)
    portal = [_paper(row) for row in rows]
    matches = match_papers(books, portal)
    own = {row["id"] for row in rows if row["starts_on"] >= period.starts_on}
    return Pairing(
        matches=tuple(one for one in matches if one.book or (one.portal and one.portal.id in own)),
        decisions={row["id"]: row for row in rows},
        is_imported=_is_imported(session, ctx, registration, period),
    )


def _is_imported(
    session: Session, ctx: RequestContext, registration: Registration, period: TaxPeriod
) -> bool:
    row = db.fetch_one(
        session,
        "select 1 from gst_2b_file where tenant_id = %s and company_id = %s and gstin = %s"
        " and starts_on between %s and %s limit 1",
        (ctx.tenant_id, ctx.company_id, registration.gstin, period.starts_on, period.ends_on),
    )
    return row is not None


def _heads(row: db.Row) -> Heads:
    return Heads(row["taxable"], row["igst"], row["cgst"], row["sgst"])


def _book(row: db.Row) -> Paper:
    gstin, number, day = row["supplier_gstin"], row["bill_number"], row["billed_on"]
    return Paper(row["id"], gstin, "INV", number, day, _heads(row), row["supplier"])


def _paper(row: db.Row) -> Paper:
    gstin, number, day = row["supplier_gstin"], row["number"], row["dated_on"]
    return Paper(
        row["id"], gstin, row["kind"], number, day, _heads(row), row["supplier"], row["bill_id"]
    )
