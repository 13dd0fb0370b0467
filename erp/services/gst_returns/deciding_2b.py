"""The list of pairs, and what is decided about a reported document."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.gst.crediting import last_day_to_claim
from erp.models.gst_returns import Decision2b
from erp.services.gst_returns.claiming import waiting_ids
from erp.services.gst_returns.errors import NotItsBill, UnknownReported
from erp.services.gst_returns.events import CreditChanged
from erp.services.gst_returns.lapsing import annual_returns, since_of_period
from erp.services.gst_returns.matching_2b import NOTE_KINDS, Match2b, MatchStatus, Paper
from erp.services.gst_returns.paging import page_of
from erp.services.gst_returns.papers_2b import Pairing, pair_up, used_documents
from erp.services.gst_returns.registrations import GstinText, Registration, registration_of
from erp.services.gst_returns.tax_period import Months, TaxPeriod, period_from
from erp.services.platform import (
    Command,
    Day,
    Identified,
    Page,
    Result,
    Rows,
    Text,
    command,
    emit,
    query,
)

NO_TAX = Decimal("0.00")


class ListMatches(Page):
    """Bills and reported documents of a month, paired.

    Attributes:
        gstin: The company's first registration where none is named.
        state: Only what agrees, what differs, or what only one side has.
    """

    gstin: GstinText | None = None
    starts_on: Day
    state: Literal["", "agrees", "differs", "only_in_books", "only_in_2b"] = ""


class MatchRow(Result):
    """A pair, or one of the two.

    Attributes:
        id: Of the reported document, else of the bill. suggested_id: The bill it may be.
        kind: `INV`, `DBN`, `CRN`, of a distributor `ISD`, `ISC`, or `BOE` of imported goods.
        is_amended: It takes another's place.
        booked_as: Of a bill that claims or assets book, their numbers; page: of the first of them, or the bill's.
        books, reported, claimed: Tax in the books and as reported, and what of it may be claimed; below zero of what
            takes credit back.
    """

    id: UUID
    kind: str
    is_amended: bool
    reported_id: UUID | None
    bill_id: UUID | None
    suggested_id: UUID | None
    booked_as: str
    page: str
    supplier: str
    supplier_gstin: str
    number: str
    dated_on: date
    status: MatchStatus
    words: str
    books: Decimal | None
    reported: Decimal | None
    claimed: Decimal
    decision: Decision2b
    note: str


class MatchPage(Rows):
    """A page of pairs with the sums of all.

    Attributes:
        is_imported: A statement of the month is here. left_out: parts of its files that are not read, in words.
        not_booked: Tax of documents that the books do not have; not_taken_off: of notes that take credit back.
    """

    rows: list[MatchRow]
    is_imported: bool
    claimed: Decimal
    waiting: Decimal
    not_booked: Decimal
    not_taken_off: Decimal
    left_out: list[str]


class DecideReported(Command):
    """What is to be done with a reported document.

    Attributes:
        bill_id: With `accepted`, the bill that it is.
    """

    reported_id: UUID
    decision: Decision2b
    bill_id: UUID | None = None
    note: Text = ""


_STATES: dict[str, frozenset[MatchStatus]] = {
    "agrees": frozenset(
        {
            MatchStatus.EXACT,
            MatchStatus.MATCHED_NORMALISED_NUMBER,
            MatchStatus.MATCHED_WITHIN_TOLERANCE,
        }
    ),
    "differs": frozenset({MatchStatus.DATE_MISMATCH, MatchStatus.AMOUNT_MISMATCH}),
    "only_in_books": frozenset({MatchStatus.MISSING_IN_2B}),
    "only_in_2b": frozenset({MatchStatus.MISSING_IN_BOOKS}),
}


@query("gst_returns.list_matches", permission="gst_returns.view", rest="GET /gst-2b")
def list_matches(session: Session, ctx: RequestContext, wanted: ListMatches) -> MatchPage:
    """List bills of a month, and of before that still wait, and what took credit back, against what suppliers reported.

    Raises:
        UnknownRegistration: No branch of the company has this GSTIN.
        WrongTaxPeriod: The day is no first of a month.
    """
    registration = registration_of(session, ctx, wanted.gstin)
    period = period_from(wanted.starts_on, Months.MONTH)
    held = waiting_ids(session, ctx, registration, period)
    pairing = pair_up(session, ctx, registration, period, held)
    since = since_of_period(session, ctx, registration, period)
    lapsed = _lapsed(pairing, since, annual_returns(session, ctx, registration))
    bills = [_row(one, pairing, lapsed) for one in pairing.matches]
    notes = [_note_row(one, pairing) for one in pairing.notes]
    rows = [*bills, *notes]
    words = wanted.search.lower()
    shown = [
        row
        for row in rows
        if (not wanted.state or row.status in _STATES[wanted.state])
        and words in f"{row.supplier} {row.number} {row.supplier_gstin}".lower()
    ]
    page, following = page_of(shown, wanted, lambda row: str(row.id))
    booked = [row for row in bills if row.bill_id in pairing.asked - lapsed.keys()]
    return MatchPage(
        rows=page,
        next_cursor=following,
        is_imported=pairing.is_imported,
        claimed=sum((row.claimed for row in rows), NO_TAX),
        waiting=sum(((row.books or NO_TAX) - row.claimed for row in booked), NO_TAX),
        not_booked=_unbooked(bills),
        not_taken_off=-_unbooked(notes),
        left_out=_left_out(session, ctx, registration, period),
    )


def _left_out(
    session: Session, ctx: RequestContext, registration: Registration, period: TaxPeriod
) -> list[str]:
    """Return what of a month's files is not read, each part as the newest file has it."""
    row = db.fetch_one(
        session,
        "select left_out from gst_2b_file where tenant_id = %s and company_id = %s and gstin = %s and starts_on = %s"
        " order by imported_at desc, id desc limit 1",
        (ctx.tenant_id, ctx.company_id, registration.gstin, period.starts_on),
    )
    return list(row["left_out"]) if row else []


def _unbooked(rows: Iterable[MatchRow]) -> Decimal:
    return sum((row.reported or NO_TAX for row in rows if row.books is None), NO_TAX)


def _lapsed(pairing: Pairing, since: date, annual_returns: Mapping[date, date]) -> dict[UUID, date]:
    """Return bills that the month's return cannot claim any more, with the last day on which one could (s.16(4))."""
    books = [one.book for one in pairing.matches if one.book and pairing.is_asked(one)]
    return {
        book.id: last_day_to_claim(book.dated_on, annual_returns)
        for book in books
        if book.dated_on < since
    }


def _row(match: Match2b, pairing: Pairing, lapsed: Mapping[UUID, date]) -> MatchRow:
    claimed, words = pairing.claimable(match), match.words
    is_asked = match.book and pairing.is_asked(match)
    if match.book and is_asked and not pairing.is_imported and match.book.id not in pairing.carried:
        claimed, words = match.book.heads, "No statement of this month is here yet."
    if match.book and (last := lapsed.get(match.book.id)):
        claimed, words = None, f"Its credit lapsed on {last:%d-%m-%Y}: no return can claim it."
    parts = pairing.parts.get(match.book.id, []) if match.book else []
    booked_as = ", ".join(dict.fromkeys(part.number for part in parts))
    shown = _shown(match, pairing, (booked_as, _page(match, pairing), words))
    return shown.model_copy(update={"claimed": claimed.tax if claimed else NO_TAX})


def _note_row(match: Match2b, pairing: Pairing) -> MatchRow:
    """Return what takes credit back, below zero; the books' own is taken off in the return of its day."""
    book = match.book or match.suggested
    page = pairing.pages[book.id] if book else "/claims"
    shown = _shown(match, pairing, ("", page, match.words))
    books = -shown.books if shown.books is not None else None
    reported = -shown.reported if shown.reported is not None else None
    is_own = match.book is not None and match.book.id in pairing.taken_off
    claimed = books if is_own and books is not None else NO_TAX
    told = {"books": books, "reported": reported, "claimed": claimed, "suggested_id": None}
    return shown.model_copy(update=told)


def _shown(match: Match2b, pairing: Pairing, told: tuple[str, str, str]) -> MatchRow:
    paper = match.portal or match.book
    assert paper is not None  # noqa: S101  a match has one of the two
    decided = pairing.decisions.get(match.portal.id) if match.portal else None
    booked_as, page, words = told
    return MatchRow(
        id=paper.id,
        kind=paper.kind,
        is_amended=paper.told != "",
        reported_id=_id(match.portal),
        bill_id=_id(match.book),
        suggested_id=_id(match.suggested),
        booked_as=booked_as,
        page=page,
        supplier=(match.book or paper).supplier,
        supplier_gstin=paper.supplier_gstin,
        number=(match.book or paper).number,
        dated_on=paper.dated_on,
        status=match.status,
        words=words,
        books=match.book.heads.tax if match.book else None,
        reported=match.portal.heads.tax if match.portal else None,
        claimed=NO_TAX,
        decision=Decision2b(decided["decision"]) if decided else Decision2b.OPEN,
        note=decided["note"] if decided else "",
    )


def _page(match: Match2b, pairing: Pairing) -> str:
    book = match.book or match.suggested
    if book is None:
        return "/bills"
    parts = pairing.parts.get(book.id)
    return parts[0].page if parts else f"/bills/{book.id}"


def _id(paper: Paper | None) -> UUID | None:
    return paper.id if paper else None


@command(
    "gst_returns.decide_reported",
    permission="gst_returns.prepare",
    rest="POST /gst-2b/{reported_id}/decision",
)
def decide_reported(session: Session, ctx: RequestContext, cmd: DecideReported) -> Identified:
    """Accept a reported document as a bill, park it, ask the supplier, or leave it open again.

    A decision counts in returns that are not filed yet. Locks the document.

    Raises:
        UnknownReported: The company has no such reported document.
        NotItsBill: The bill is of another supplier or registration, is not booked, or is another document's; or the
            document takes credit back, or let another bill be claimed in a filed return.

    Emits:
        gst_returns.credit_changed.v1
    """
    row = db.fetch_one(
        session,
        "select id, supplier_gstin, kind, gstin from gst_2b_document"
        " where tenant_id = %s and company_id = %s and id = %s for update",
        (ctx.tenant_id, ctx.company_id, cmd.reported_id),
    )
    if row is None:
        message = "This document is not known here. Choose one of the list."
        raise UnknownReported(message, fields={"reported_id": message})
    if row["kind"] in NOTE_KINDS and cmd.decision is Decision2b.ACCEPTED:
        message = "A note is paired by its number. Record it, park it, or ask the supplier."
        raise NotItsBill(message, fields={"decision": message})
    is_spent = cmd.bill_id is not None and _require_its_bill(session, ctx, row, cmd)
    is_open = cmd.decision is Decision2b.OPEN
    db.execute(
        session,
        "update gst_2b_document set decision = %s, bill_id = %s, seen_bill_id = %s, note = %s, decided_by = %s,"
        " decided_at = %s where tenant_id = %s and id = %s",
        (
            cmd.decision,
            None if is_spent else cmd.bill_id,
            cmd.bill_id if is_spent else None,
            cmd.note,
            None if is_open else ctx.user_id,
            None if is_open else ctx.now,
            ctx.tenant_id,
            row["id"],
        ),
    )
    emit(session, ctx, row["id"], CreditChanged(record_id=row["id"], kind="gst_2b"))
    return Identified(id=row["id"])


def _require_its_bill(
    session: Session, ctx: RequestContext, row: db.Row, cmd: DecideReported
) -> bool:
    """Refuse a bill that the document cannot be; tell whether claims or assets book it."""
    bill = db.fetch_one(
        session,
        "select false as is_spent from supplier_bill b"
        " join branch n on (n.tenant_id, n.id) = (b.tenant_id, b.branch_id)"
        " where b.tenant_id = %s and b.company_id = %s and b.id = %s and b.status = 'posted'"
        " and b.supplier_gstin = %s and n.gstin = %s"
        " union all select true from seen_bill b"
        " join seen_bill_use u on (u.tenant_id, u.bill_id) = (b.tenant_id, b.id)"
        " join branch n on (n.tenant_id, n.id) = (u.tenant_id, u.branch_id)"
        " where b.tenant_id = %s and b.company_id = %s and b.id = %s and u.source <> 'purchase' and u.is_credit"
        " and u.ended_on is null and b.supplier_gstin = %s and n.gstin = %s limit 1",
        (ctx.tenant_id, ctx.company_id, cmd.bill_id, row["supplier_gstin"], row["gstin"]) * 2,
    )
    used_for = used_documents(session, ctx, row["gstin"]).get(row["id"], cmd.bill_id)
    if used_for != cmd.bill_id:
        message = "A filed return claimed another bill on this document. It counts once."
        raise NotItsBill(message, fields={"bill_id": message})
    if bill is None or row["kind"] in NOTE_KINDS or cmd.decision is not Decision2b.ACCEPTED:
        message = (
            "Choose a posted bill of this supplier and registration, and accept the invoice as it."
        )
        raise NotItsBill(message, fields={"bill_id": message})
    is_spent: bool = bill["is_spent"]
    return is_spent
