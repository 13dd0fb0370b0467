"""Documents on their way to the portal: taking one up, and noting what came of it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.models.einvoicing import EInvoiceStatus, PortalAnswer, PortalCall
from erp.services import workflows
from erp.services.einvoicing.asking import Noted, Outcome, Plan
from erp.services.einvoicing.checking import Problem, problems_of
from erp.services.einvoicing.document import EDocument
from erp.services.einvoicing.errors import NotToBeSent
from erp.services.einvoicing.events import EInvoiceAsked, EInvoiceSettled
from erp.services.einvoicing.following import cancel_in_books, is_stuck, withdraw_note
from erp.services.einvoicing.law import CANCEL_WITHIN
from erp.services.einvoicing.pausing import LEASE, note_awake, note_away, require_awake
from erp.services.einvoicing.payload import einvoice_payload, payload_text
from erp.services.einvoicing.queueing import SEND, note_to_mend, settle, unknown_einvoice
from erp.services.einvoicing.reading import read_document
from erp.services.platform import Command, Identified, TryLater, command, emit

OPEN: Final = frozenset({EInvoiceStatus.TO_MEND, EInvoiceStatus.REFUSED})
WAITING: Final = frozenset({EInvoiceStatus.DUE, EInvoiceStatus.CANCELLING})
UNSURE: Final = timedelta(minutes=10)
"""How long a document waits that the portal may have registered and refuses to look up."""
MOST_LOOKS: Final = 12
"""How often the portal may refuse to look a document up; then people are told, and it is asked once each morning."""

LONGEST_ANSWER: Final = 100_000
FIELDS: Final = (
    "SellerGstin",
    "BuyerGstin",
    "DocNo",
    "DocTyp",
    "DocDt",
    "TotInvVal",
    "ItemCnt",
    "Irn",
)
"""What the portal signs, by which its answer is held against the document."""


class SendAgain(Command):
    """Send a document again, after what was wrong with it is mended."""

    einvoice_id: UUID


@command(
    "einvoicing.send_again",
    permission=SEND,
    rest="POST /e-invoices/{einvoice_id}/send",
)
def send_again(session: Session, ctx: RequestContext, cmd: SendAgain) -> Identified:
    """Send a document that was refused, or was to be mended, to the portal again.

    Before the portal ever heard of it, what is still wrong is written down anew, and then it stays; afterwards the
    portal decides, which may know it already. A document whose turn was lost (its delivery is given up) is sent again
    as well. Locks the document.

    Raises:
        UnknownEInvoice: There is none. NotToBeSent: It is registered, on its way, or cancelled, or its invoice is.

    Emits:
        einvoicing.einvoice_asked.v1, or einvoicing.einvoice_settled.v1 where something is still wrong.
    """
    row = hold(session, ctx, cmd.einvoice_id)
    if row["status"] in WAITING and is_stuck(session, ctx, row["id"]):
        count_looks(session, ctx, row["id"], 0)
        emit(session, ctx, row["id"], EInvoiceAsked(einvoice_id=row["id"]))
        return Identified(id=row["id"])
    if row["status"] not in OPEN:
        raise NotToBeSent("Only a document that was refused or is to be mended is sent again.")
    try:
        is_withdrawn = withdraw_note(session, ctx, row)
    except TryLater as waiting:
        raise NotToBeSent(f"{waiting} Wait for its answer.") from waiting
    if is_withdrawn:
        return Identified(id=row["id"])
    _, problems = _checked(session, ctx, row)
    if problems and not row["attempts"]:
        note_to_mend(session, ctx, row["id"], problems)
        return Identified(id=row["id"])
    settle(session, ctx, row["id"], EInvoiceStatus.DUE)
    count_looks(session, ctx, row["id"], 0)
    emit(session, ctx, row["id"], EInvoiceAsked(einvoice_id=row["id"]))
    return Identified(id=row["id"])


def claim(session: Session, ctx: RequestContext, einvoice_id: UUID) -> Plan | None:
    """Take a document up for the portal; nothing where it has no business there any more.

    Locks the document, then its registration. What the portal would refuse by now is written down instead, unless
    the portal was asked before: it may know the document already, and is asked that first.

    Raises:
        TryLater: Another worker has it, or the portal is left alone.
    """
    row = hold(session, ctx, einvoice_id, is_system=True)
    if row["status"] not in WAITING:
        return None
    if row["leased_until"] and row["leased_until"] > ctx.now:
        raise TryLater("Another worker asks about it.", row["leased_until"] - ctx.now)
    is_cancelling = row["status"] == EInvoiceStatus.CANCELLING
    if not is_cancelling and withdraw_note(session, ctx, row):
        return None
    document, problems = _checked(session, ctx, row)
    if problems and not row["attempts"] and not is_cancelling:
        note_to_mend(session, ctx, row["id"], problems)
        return None
    require_awake(session, ctx, row["company_id"], row["gstin"])
    leased_until = ctx.now + LEASE
    db.execute(
        session,
        "update einvoice set leased_until = %s, attempts = attempts + 1 where tenant_id = %s and id = %s",
        (leased_until, ctx.tenant_id, row["id"]),
    )
    return _plan(row, document, leased_until, is_cancelling=is_cancelling)


def note_outcome(
    session: Session, ctx: RequestContext, plan: Plan, outcome: Outcome
) -> timedelta | None:
    """Note what came of asking; return how long to wait before asking again, nothing where that is over.

    Locks the document. Where its lease ended meanwhile and another worker took it up, only the calls are kept: that
    worker asks the portal first what it knows.

    Emits:
        einvoicing.einvoice_settled.v1 where it is settled.
    """
    row = hold(session, ctx, plan.einvoice_id, is_system=True)
    keep_calls(session, ctx, outcome.calls, einvoice_id=plan.einvoice_id)
    if row["leased_until"] != plan.leased_until:
        return None
    if outcome.result is PortalAnswer.AWAY:
        return _wait(session, ctx, plan, outcome, row)
    note_awake(session, ctx, row["company_id"], plan.gstin)
    if outcome.registered:
        _keep_registration(session, ctx, plan, outcome)
    elif outcome.cancelled:
        _keep_cancellation(session, ctx, plan, outcome)
    else:
        _keep_refusal(session, ctx, plan, outcome)
    return None


def _wait(
    session: Session, ctx: RequestContext, plan: Plan, outcome: Outcome, row: db.Row
) -> timedelta | None:
    """Return how long to wait before the portal is asked again; nothing where it refused to look too often."""
    db.execute(
        session,
        "update einvoice set leased_until = null where tenant_id = %s and id = %s",
        (ctx.tenant_id, plan.einvoice_id),
    )
    if not outcome.is_unsure:
        return note_away(session, ctx, row["company_id"], plan.gstin, outcome.problem)
    note_awake(session, ctx, row["company_id"], plan.gstin)
    looks = row["looks"] + 1
    count_looks(session, ctx, plan.einvoice_id, looks)
    if looks < MOST_LOOKS:
        return UNSURE
    advice = (
        f"The portal refused {looks} times to say whether it has {plan.number}: {outcome.problem} It is"
        " asked again once each morning. Look it up on the portal's pages, mend what it says, then send it again."
    )
    settle(
        session, ctx, plan.einvoice_id, EInvoiceStatus(row["status"]), [Problem("Look-up", advice)]
    )
    return None


def count_looks(session: Session, ctx: RequestContext, einvoice_id: UUID, looks: int) -> None:
    """Note how often the portal refused to look a document up since somebody tried it last."""
    db.execute(
        session,
        "update einvoice set looks = %s where tenant_id = %s and id = %s",
        (looks, ctx.tenant_id, einvoice_id),
    )


def hold(
    session: Session, ctx: RequestContext, einvoice_id: UUID, *, is_system: bool = False
) -> db.Row:
    """Lock a document of the acting company, or of any where the product itself acts.

    Raises:
        UnknownEInvoice: There is none.
    """
    row = db.fetch_one(
        session,
        "select e.*, r.reports_in_days from einvoice e left join einvoice_registration r"
        " on (r.tenant_id, r.company_id, r.gstin) = (e.tenant_id, e.company_id, e.gstin)"
        " where e.tenant_id = %s and e.id = %s and (%s or e.company_id = %s) for no key update of e",
        (ctx.tenant_id, einvoice_id, is_system, ctx.company_id),
    )
    if row is None:
        raise unknown_einvoice()
    return row


def keep_calls(
    session: Session,
    ctx: RequestContext,
    calls: Iterable[Noted],
    *,
    einvoice_id: UUID | None = None,
    way_bill_id: UUID | None = None,
) -> None:
    """Keep calls and their answers for ever."""
    rows = [
        {
            "tenant_id": ctx.tenant_id,
            "id": new_id(),
            "einvoice_id": einvoice_id,
            "way_bill_id": way_bill_id,
            "kind": noted.call.kind,
            "called_at": ctx.now,
            "request_sha256": sha256(noted.call.request.encode()).hexdigest(),
            "outcome": noted.outcome,
            "problem": noted.problem[:500],
            "answer": noted.call.answer[:LONGEST_ANSWER].replace("\x00", ""),
            "milliseconds": noted.call.milliseconds,
        }
        for noted in calls
    ]
    if rows:
        db.insert_rows(session, PortalCall, rows)


def _checked(session: Session, ctx: RequestContext, row: db.Row) -> tuple[EDocument, list[Problem]]:
    acting = replace(ctx, company_id=row["company_id"])
    document = read_document(session, acting, row["invoice_id"])
    document = replace(document, seller=replace(document.seller, gstin=row["gstin"]))
    found = problems_of(document, ctx.today, reports_in_days=bool(row["reports_in_days"]))
    return document, found


def _plan(row: db.Row, document: EDocument, leased_until: datetime, *, is_cancelling: bool) -> Plan:
    payload = einvoice_payload(document)
    told = {
        "SellerGstin": document.seller.gstin,
        "BuyerGstin": payload["BuyerDtls"]["Gstin"],
        "DocNo": document.number.upper(),
        "DocTyp": document.kind,
        "DocDt": f"{document.issued_on:%d/%m/%Y}",
        "TotInvVal": str(document.total),
        "ItemCnt": str(len(document.items)),
        "Irn": row["irn"],
    }
    return Plan(
        einvoice_id=row["id"],
        gstin=row["gstin"],
        irn=row["irn"],
        kind=document.kind,
        number=document.number.upper(),
        issued_on=document.issued_on,
        payload=payload_text(payload),
        expected=told,
        leased_until=leased_until,
        was_tried=row["attempts"] > 0,
        is_cancelling=is_cancelling,
        cancel_code=row["cancel_code"],
        cancel_remark=row["cancel_reason"],
    )


def _keep_registration(session: Session, ctx: RequestContext, plan: Plan, outcome: Outcome) -> None:
    registered = outcome.registered
    assert registered is not None  # noqa: S101  the caller asked
    db.execute(
        session,
        "update einvoice set status = 'registered', ack_no = %s, ack_at = %s, signed_invoice = %s, signed_qr = %s,"
        " registered_at = %s where tenant_id = %s and id = %s",
        (
            *(registered.ack_no, registered.ack_at, registered.signed_invoice),
            *(registered.signed_qr, ctx.now, ctx.tenant_id, plan.einvoice_id),
        ),
    )
    settle(session, ctx, plan.einvoice_id, EInvoiceStatus.REGISTERED)


def _keep_cancellation(session: Session, ctx: RequestContext, plan: Plan, outcome: Outcome) -> None:
    done = outcome.cancelled
    assert done is not None  # noqa: S101  the caller asked
    row = db.fetch_one(
        session,
        "update einvoice set status = 'cancelled', cancelled_at = %s, problem = '', leased_until = null"
        " where tenant_id = %s and id = %s returning invoice_id, company_id, cancel_reason",
        (done.cancelled_at or ctx.now, ctx.tenant_id, plan.einvoice_id),
    )
    assert row is not None  # noqa: S101  it is locked
    settled = EInvoiceSettled(
        einvoice_id=plan.einvoice_id,
        invoice_id=row["invoice_id"],
        status=EInvoiceStatus.CANCELLED,
    )
    emit(session, ctx, plan.einvoice_id, settled)
    news = workflows.News(
        kind="einvoicing.einvoice_cancelled",
        title=f"{plan.number} is cancelled at the invoice portal",
        body=cancel_in_books(session, ctx, row),
        link=f"/invoices/{row['invoice_id']}",
        dedupe_key=f"einvoice-cancelled-{plan.einvoice_id}",
    )
    workflows.notify_members(session, ctx, permission=SEND, news=news)


def _keep_refusal(session: Session, ctx: RequestContext, plan: Plan, outcome: Outcome) -> None:
    named = f"Portal {outcome.code}" if outcome.code else "Portal"
    problem = Problem(named, outcome.problem)
    if not plan.is_cancelling:
        settle(session, ctx, plan.einvoice_id, EInvoiceStatus.REFUSED, [problem])
        return
    hours = int(CANCEL_WITHIN.total_seconds() // 3600)
    advice = f"Not cancelled. After {hours} hours a credit note takes the goods back."
    settle(
        session,
        ctx,
        plan.einvoice_id,
        EInvoiceStatus.REGISTERED,
        [problem, Problem("Cancelling", advice)],
    )
