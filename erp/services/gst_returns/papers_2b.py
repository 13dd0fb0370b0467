"""Bills and reported documents of a registration, paired; and what of a bill may be claimed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
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
    select b.id, b.supplier_gstin, b.bill_number, b.billed_on, b.taxable, b.igst, b.cgst, b.sgst, p.name as supplier,
           b.booked_on, b.booked_on >= %(from)s or b.id = any(%(held)s) as is_asked
      from supplier_bill b join party p on (p.tenant_id, p.id) = (b.tenant_id, b.supplier_id)
     where b.tenant_id = %(tenant)s and b.branch_id = any(%(branches)s) and b.status = 'posted'
       and b.supplier_gstin is not null and b.is_credit_taken and b.igst + b.cgst + b.sgst > 0
       and b.booked_on <= %(to)s
       and (b.booked_on >= %(since)s or b.id = any(%(held)s))
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
_USED = """
    select (pair ->> 'document')::uuid as document_id, (pair ->> 'bill')::uuid as bill_id, r.starts_on
      from gst_return r cross join lateral jsonb_array_elements(r.figures -> 'claimed') pair
     where r.tenant_id = %(tenant)s and r.company_id = %(company)s and r.gstin = %(gstin)s
       and r.form = 'gstr3b' and r.status = 'filed'
"""
YEARS = 2
"""How long ago a document may have been reported; its credit lapses sooner (CGST Act s.16(4))."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """Every pair of a period.

    Attributes:
        decisions: What was decided, by the reported document.
        is_imported: A statement of every month of the period is here; else nothing is asked of bills.
        asked: Bills that the period's return asks for; all others are another return's.
    """

    matches: tuple[Match2b, ...]
    decisions: dict[UUID, db.Row]
    is_imported: bool
    asked: frozenset[UUID]

    def is_asked(self, match: Match2b) -> bool:
        """Tell whether a pair's bill is one of this period's return."""
        return match.book is not None and match.book.id in self.asked

    def claimable(self, match: Match2b) -> Heads | None:
        """Return the tax of a bill that may be claimed; none where all of it waits."""
        if match.book is None or match.portal is None or not self.is_asked(match):
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
    """Pair bills booked until a period's end with what was reported until then.

    Bills that the period's return does not ask for are paired too, so that their documents are no other's;
    a document that let a bill be claimed in a filed return stays that bill's.
    """
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
    bills = db.fetch_all(session, _BOOKS, given)
    rows = db.fetch_all(session, _REPORTED, given)
    used = used_documents(session, ctx, registration.gstin)
    portal = [_paper(row, used.get(row["id"])) for row in rows]
    asked = frozenset(row["id"] for row in bills if row["is_asked"])
    booked = {row["id"]: row["booked_on"] for row in bills if not row["is_asked"]}
    own = {row["id"] for row in rows if row["starts_on"] >= period.starts_on}
    return Pairing(
        matches=tuple(
            _elsewhere(one, booked)
            for one in match_papers([_book(row) for row in bills], portal)
            if (one.book and one.book.id in asked) or (one.portal and one.portal.id in own)
        ),
        decisions={row["id"]: row for row in rows},
        is_imported=_is_imported(session, ctx, registration, period),
        asked=asked,
    )


def used_documents(session: Session, ctx: RequestContext, gstin: str) -> dict[UUID, UUID]:
    """Return the bill that each reported document let be claimed in a filed return."""
    given = {"tenant": ctx.tenant_id, "company": ctx.company_id, "gstin": gstin}
    return {row["document_id"]: row["bill_id"] for row in db.fetch_all(session, _USED, given)}


def _elsewhere(match: Match2b, booked: dict[UUID, date]) -> Match2b:
    """Say of a pair whose bill is another return's where it is claimed."""
    if match.book is None or match.book.id not in booked:
        return match
    words = f"Claimed with the books of {booked[match.book.id]:%m/%Y}."
    return replace(match, words=words)


def _is_imported(
    session: Session, ctx: RequestContext, registration: Registration, period: TaxPeriod
) -> bool:
    row = db.fetch_one(
        session,
        "select count(distinct starts_on) as months from gst_2b_file where tenant_id = %s and company_id = %s"
        " and gstin = %s and starts_on between %s and %s",
        (ctx.tenant_id, ctx.company_id, registration.gstin, period.starts_on, period.ends_on),
    )
    wanted = period.ends_on.month - period.starts_on.month + 1
    return row is not None and row["months"] == wanted


def _heads(row: db.Row) -> Heads:
    return Heads(row["taxable"], row["igst"], row["cgst"], row["sgst"])


def _book(row: db.Row) -> Paper:
    gstin, number, day = row["supplier_gstin"], row["bill_number"], row["billed_on"]
    return Paper(row["id"], gstin, "INV", number, day, _heads(row), row["supplier"])


def _paper(row: db.Row, used_for: UUID | None) -> Paper:
    gstin, number, day = row["supplier_gstin"], row["number"], row["dated_on"]
    bill_id = used_for or row["bill_id"]
    return Paper(row["id"], gstin, row["kind"], number, day, _heads(row), row["supplier"], bill_id)
