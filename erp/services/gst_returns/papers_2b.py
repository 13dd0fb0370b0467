"""Bills, those of claims and assets too, and reported documents, paired; and what of a bill may be claimed."""

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.money import ZERO
from erp.models.gst_returns import Decision2b
from erp.services.gst_returns.amended_2b import Row, Standing, standing
from erp.services.gst_returns.charges import Charges
from erp.services.gst_returns.heads import NAMES, Heads
from erp.services.gst_returns.matching_2b import (
    ELIGIBLE,
    Match2b,
    MatchStatus,
    Paper,
    match_papers,
)
from erp.services.gst_returns.notes_2b import read_notes
from erp.services.gst_returns.reading_charges import read_charges, years_before
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
_SPENT = """
    select u.bill_id, u.id, u.source, u.source_id, u.number, u.bill_number, u.dated_on, u.supplier, u.taken_on,
           u.taxable, u.igst, u.cgst, u.sgst, b.supplier_gstin,
           u.source not in ('gateway', 'bank') and u.taken_on >= %(from)s as is_new,
           u.id = any(%(held)s) as is_held
      from seen_bill_use u join seen_bill b on (b.tenant_id, b.id) = (u.tenant_id, u.bill_id)
     where u.tenant_id = %(tenant)s and u.branch_id = any(%(branches)s) and u.source <> 'purchase' and u.is_credit
       and b.supplier_gstin <> '' and u.taken_on <= %(to)s
       and (u.ended_on is null or u.ended_on > %(to)s and u.source not in ('gateway', 'bank'))
       and (u.taken_on >= %(since)s or u.id = any(%(held)s))
     order by u.taken_on, u.id
"""
_REPORTED = """
    select id, supplier_gstin, kind, number, dated_on, taxable, igst, cgst, sgst, supplier,
           coalesce(bill_id, seen_bill_id) as bill_id, decision, is_available, note, starts_on, fiscal_year, key,
           original_kind, original_number, original_key, original_year, original_dated_on
      from gst_2b_document
     where tenant_id = %(tenant)s and company_id = %(company)s and gstin = %(gstin)s
       and starts_on between %(since)s and %(to)s
     order by dated_on, id
"""
_USED = """
    select (pair ->> 'document')::uuid as document_id, (pair ->> 'bill')::uuid as bill_id, r.starts_on
      from gst_return r cross join lateral jsonb_array_elements(r.figures -> 'claimed') pair
     where r.tenant_id = %(tenant)s and r.company_id = %(company)s and r.gstin = %(gstin)s
       and r.form = 'gstr3b' and r.status = 'filed'
"""
PAGES: Final = {
    "expense": "/expenses/{}",
    "asset": "/fixed-assets/{}",
    "gateway": "/gateways/invoices",
    "bank": "/gst/charges",
}
"""Where a document that books a bill is seen."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one claim or asset books of a bill, or an invoice of charges as its whole.

    Attributes:
        id: Of the use in the register of bills; page: of the document, which is called `number`.
        is_asked: The period's return asks for it.
    """

    id: UUID
    page: str
    number: str
    heads: Heads
    is_asked: bool


@dataclass(frozen=True, slots=True)
class Pairing:
    """Every pair of a period.

    Attributes:
        decisions: What was decided, by the reported document.
        is_imported: A statement of every month of the period is here; else nothing is asked of bills.
        statements: First days of the months, until the period's end, whose statements are here.
        asked: Bills that the period's return asks for; all others are another return's.
        carried: Of these, what waited in the last filed return.
        parts: Of a bill that claims or assets book, the parts of each.
        notes: Pairs of what takes credit back. taken_off: those of the books that the period's return takes off.
        pages: Where a note of the books is seen.
        charges: What gateways and banks kept, and the tax invoices of it.
    """

    matches: tuple[Match2b, ...]
    decisions: dict[UUID, Row]
    is_imported: bool
    asked: frozenset[UUID]
    carried: frozenset[UUID]
    parts: dict[UUID, list[Part]]
    notes: tuple[Match2b, ...] = ()
    taken_off: frozenset[UUID] = frozenset()
    pages: Mapping[UUID, str] = field(default_factory=dict)
    charges: Charges = field(default_factory=Charges)
    statements: frozenset[date] = frozenset()

    def is_asked(self, match: Match2b) -> bool:
        """Tell whether a pair's bill is one of this period's return."""
        return match.book is not None and match.book.id in self.asked

    def is_open(self, reported: Paper) -> bool:
        """Tell whether a reported document counts and nothing was decided about it."""
        row = self.decisions[reported.id]
        return bool(row["is_available"]) and row["decision"] == Decision2b.OPEN

    def is_new(self, reported: Paper, period: TaxPeriod) -> bool:
        """Tell whether a document is of a period's own statement."""
        return bool(self.decisions[reported.id]["starts_on"] >= period.starts_on)

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
    held: Collection[UUID] = (),
) -> Pairing:
    """Pair bills booked until a period's end with what was reported until then.

    Bills that the period's return does not ask for are paired too, so that their documents are no other's;
    a document that let a bill be claimed in a filed return stays that bill's.
    """
    given: dict[str, Any] = {
        "tenant": ctx.tenant_id,
        "company": ctx.company_id,
        "gstin": registration.gstin,
        "branches": list(registration.branch_ids),
        "from": period.starts_on,
        "since": years_before(period.starts_on),
        "to": period.ends_on,
        "held": list(held),
    }
    bills = db.fetch_all(session, _BOOKS, given)
    spent = _by_bill(db.fetch_all(session, _SPENT, given))
    charges = read_charges(session, ctx, registration, period, held)
    kept = standing(db.fetch_all(session, _REPORTED, given))
    used = used_documents(session, ctx, registration.gstin)
    portal = [_paper(row, kept, used) for row in kept.rows]
    heads = [*bills, *(_whole(uses, charges.asked_bills) for uses in spent.values())]
    asked = frozenset(row["id"] for row in heads if row["is_asked"])
    booked = {row["id"]: row["booked_on"] for row in heads if not row["is_asked"]}
    own = {row["id"] for row in kept.rows if row["starts_on"] >= period.starts_on}
    waited = set(given["held"])
    found = match_papers([_book(row) for row in heads], [one for one in portal if not one.is_note])
    statements = _statements(session, ctx, registration, period)
    pairing = Pairing(
        matches=tuple(_elsewhere(one, booked) for one in found if _is_shown(one, asked, own)),
        decisions={row["id"]: row for row in kept.rows},
        is_imported=len([month for month in statements if month >= period.starts_on])
        == _months(period),
        asked=asked,
        carried=frozenset(
            bill_id
            for bill_id in asked
            if waited & ({bill_id} | {use["id"] for use in spent.get(bill_id, ())})
        ),
        parts={bill_id: [_part(use) for use in uses] for bill_id, uses in spent.items()},
        charges=charges,
        statements=statements,
    )
    return _with_notes(pairing, read_notes(session, given), portal, (period, own))


def _is_shown(match: Match2b, asked: Container[UUID], own: Container[UUID]) -> bool:
    """Tell whether the period's return asks for a pair's document of the books, or its statement holds the other."""
    is_asked = match.book is not None and match.book.id in asked
    return is_asked or (match.portal is not None and match.portal.id in own)


def _with_notes(
    pairing: Pairing,
    notes: Sequence[tuple[Paper, str]],
    portal: Sequence[Paper],
    when: tuple[TaxPeriod, Container[UUID]],
) -> Pairing:
    """Return pairs with those of what takes credit back beside them."""
    period, own = when
    earlier = {note.id: note.dated_on for note, _ in notes if note.dated_on < period.starts_on}
    taken_off = frozenset(note.id for note, _ in notes if note.id not in earlier)
    found = match_papers([note for note, _ in notes], [one for one in portal if one.is_note])
    shown = (one for one in found if _is_shown(one, taken_off, own))
    return replace(
        pairing,
        notes=tuple(_elsewhere(one, earlier) for one in shown),
        taken_off=taken_off,
        pages={note.id: page for note, page in notes},
    )


def _by_bill(rows: Iterable[db.Row]) -> dict[UUID, list[db.Row]]:
    found: dict[UUID, list[db.Row]] = {}
    for row in rows:
        found.setdefault(row["bill_id"], []).append(row)
    return found


def _whole(uses: Sequence[db.Row], asked: Container[UUID]) -> db.Row:
    """Return a bill whose parts several claims or assets book, as a purchase bill is read; so an invoice of charges."""
    first = uses[0]
    sums = {name: sum((use[name] for use in uses), ZERO) for name in ("taxable", *NAMES)}
    return {
        **{name: first[name] for name in ("supplier_gstin", "bill_number", "supplier")},
        **sums,
        "id": first["bill_id"],
        "billed_on": first["dated_on"],
        "booked_on": first["taken_on"],
        "is_asked": first["bill_id"] in asked
        or any(use["is_new"] or use["is_held"] for use in uses),
    }


def _part(use: db.Row) -> Part:
    is_asked = use["is_new"] or use["is_held"]
    page = PAGES[use["source"]].format(use["source_id"])
    return Part(use["id"], page, use["number"], _heads(use), is_asked)


def used_documents(session: Session, ctx: RequestContext, gstin: str) -> dict[UUID, UUID]:
    """Return the bill that each reported document let be claimed in a filed return."""
    given = {"tenant": ctx.tenant_id, "company": ctx.company_id, "gstin": gstin}
    return {row["document_id"]: row["bill_id"] for row in db.fetch_all(session, _USED, given)}


def _elsewhere(match: Match2b, booked: dict[UUID, date]) -> Match2b:
    """Say of a pair whose bill is another return's where it is claimed."""
    if match.book is None or match.book.id not in booked:
        return match
    done = "Taken off" if match.book.is_note else "Claimed"
    words = f"{done} with the books of {booked[match.book.id]:%m/%Y}."
    if match.portal and match.portal.told:
        words = f"{words} {match.portal.told}"
    return replace(match, words=words)


def _statements(
    session: Session, ctx: RequestContext, registration: Registration, period: TaxPeriod
) -> frozenset[date]:
    rows = db.fetch_all(
        session,
        "select distinct starts_on from gst_2b_file where tenant_id = %s and company_id = %s"
        " and gstin = %s and starts_on <= %s",
        (ctx.tenant_id, ctx.company_id, registration.gstin, period.ends_on),
    )
    return frozenset(row["starts_on"] for row in rows)


def _months(period: TaxPeriod) -> int:
    return period.ends_on.month - period.starts_on.month + 1


def _heads(row: Row) -> Heads:
    return Heads(row["taxable"], row["igst"], row["cgst"], row["sgst"])


def _book(row: db.Row) -> Paper:
    gstin, number, day = row["supplier_gstin"], row["bill_number"], row["billed_on"]
    return Paper(row["id"], gstin, "INV", number, day, _heads(row), row["supplier"])


def _paper(row: Row, kept: Standing, used: Mapping[UUID, UUID]) -> Paper:
    """Return a reported document; an amendment is the bill that its original was."""
    gstin, number, day = row["supplier_gstin"], row["number"], row["dated_on"]
    before = kept.former.get(row["id"], ())
    bills = [
        *(used.get(one["id"]) for one in (row, *before)),
        *(one["bill_id"] for one in (row, *before)),
    ]
    former = (row["original_number"], row["original_dated_on"]) if row["original_key"] else None
    return Paper(
        row["id"], gstin, row["kind"], number, day, _heads(row), row["supplier"],
        bill_id=next((one for one in bills if one), None), former=former, told=kept.told(row),
    )  # fmt: skip
