"""What a person has to decide: raising it once, and settling it."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.models.gateways import ExceptionKind
from erp.services import workflows
from erp.services.gateways.errors import ExceptionSettled, UnknownException
from erp.services.gateways.events import ExceptionRaised
from erp.services.gateways.ports import AccountKeys
from erp.services.platform import Command, Identified, ShortText, command, emit

SETTLE: Final = "gateways.settle"
TITLES: Final = {
    ExceptionKind.UNKNOWN_REFERENCE: "Money came that nobody asked for",
    ExceptionKind.WRONG_AMOUNT: "A payment is not of its link's amount",
    ExceptionKind.WRONG_CURRENCY: "A payment came in another currency",
    ExceptionKind.CHANGED: "The provider says something else than before",
    ExceptionKind.PAID_TWICE: "A link was paid twice",
    ExceptionKind.NOT_BOOKED: "A payment could not become a receipt",
    ExceptionKind.REFUND_FAILED: "A refund failed",
    ExceptionKind.REFUND_TOO_LARGE: "More was refunded than was paid",
    ExceptionKind.DISPUTE: "A customer disputes a payment",
    ExceptionKind.SETTLEMENT: "A settlement has a difference",
}
UNIDENTIFIED: Final = (
    ExceptionKind.UNKNOWN_REFERENCE,
    ExceptionKind.WRONG_AMOUNT,
    ExceptionKind.NOT_BOOKED,
)
"""Kinds of money that lies with what nobody has identified."""


class SettleException(Command):
    """Say how something was settled."""

    exception_id: UUID
    answer: ShortText


def acting_for(ctx: RequestContext, account: AccountKeys) -> RequestContext:
    """Return the context of a job, acting in the account's company and branch."""
    return replace(ctx, company_id=account.company_id, branch_id=account.branch_id)


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that a person has to settle.

    Attributes:
        subject: What it is about; the same kind of matter about it is raised once.
    """

    kind: ExceptionKind
    subject: str
    problem: str
    amount: Decimal | None = None
    gateway_payment_id: UUID | None = None
    settlement_id: UUID | None = None


def raise_exception(
    session: Session, ctx: RequestContext, account_id: UUID, matter: Matter
) -> None:
    """Put a matter before those who settle such, once per kind and subject.

    Emits:
        gateways.exception_changed.v1.
    """
    row = db.fetch_one(
        session,
        "insert into gateway_exception (tenant_id, id, company_id, account_id, kind, subject, gateway_payment_id,"
        " settlement_id, amount, problem, is_open, answer)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, true, '')"
        " on conflict (tenant_id, account_id, kind, subject) do nothing returning id",
        (
            *(ctx.tenant_id, new_id(), ctx.company_id, account_id, matter.kind.value),
            *(matter.subject[:200], matter.gateway_payment_id, matter.settlement_id),
            *(matter.amount, matter.problem[:500]),
        ),
    )
    if row is None:
        return
    emit(session, ctx, row["id"], ExceptionRaised(exception_id=row["id"], is_open=True))
    news = workflows.News(
        kind="gateways.exception",
        title=TITLES[matter.kind],
        body=matter.problem,
        link="/gateways/exceptions",
        severity="warning",
        dedupe_key=_news_key(row["id"]),
    )
    workflows.notify_members(session, ctx, permission=SETTLE, news=news)


@command(
    "gateways.settle_exception",
    permission=SETTLE,
    rest="POST /gateway-exceptions/{exception_id}/settle",
)
def settle_exception(session: Session, ctx: RequestContext, cmd: SettleException) -> Identified:
    """Say how something was settled; what lies unidentified is given to a customer or refunded instead.

    Raises:
        UnknownException: There is none.
        ExceptionSettled: Somebody did already, or its money still lies unidentified.

    Emits:
        gateways.exception_changed.v1.
    """
    row = db.fetch_one(
        session,
        "select x.is_open, x.kind, p.receipt_id, p.entry_id, p.refunded < p.amount as is_kept"
        " from gateway_exception x left join gateway_payment p"
        " on (p.tenant_id, p.id) = (x.tenant_id, x.gateway_payment_id)"
        " where x.tenant_id = %s and x.company_id = %s and x.id = %s for no key update of x",
        (ctx.tenant_id, ctx.company_id, cmd.exception_id),
    )
    if row is None:
        message = "There is no such exception."
        raise UnknownException(message, fields={"exception_id": message})
    if not row["is_open"]:
        raise ExceptionSettled("This was settled already. Look at the list again.")
    waits = row["entry_id"] is not None and row["receipt_id"] is None and row["is_kept"]
    if row["kind"] in UNIDENTIFIED and waits:
        raise ExceptionSettled(
            "Its money is still unidentified. Give it to a customer, or refund it."
        )
    _close(session, ctx, cmd.exception_id, cmd.answer)
    return Identified(id=cmd.exception_id)


def close_unidentified(
    session: Session, ctx: RequestContext, gateway_payment_id: UUID, answer: str
) -> None:
    """Close what was raised because a payment was not identified."""
    rows = db.fetch_all(
        session,
        "select id from gateway_exception where tenant_id = %s and gateway_payment_id = %s and is_open"
        " and kind = any(%s) order by id for no key update",
        (ctx.tenant_id, gateway_payment_id, [kind.value for kind in UNIDENTIFIED]),
    )
    for row in rows:
        _close(session, ctx, row["id"], answer)


def reopen_unidentified(session: Session, ctx: RequestContext, gateway_payment_id: UUID) -> None:
    """Put money before people again that lies unidentified once more."""
    rows = db.fetch_all(
        session,
        "update gateway_exception set is_open = true, answer = '', settled_by = null, settled_at = null"
        " where tenant_id = %s and gateway_payment_id = %s and not is_open and kind = any(%s) returning id",
        (ctx.tenant_id, gateway_payment_id, [kind.value for kind in UNIDENTIFIED]),
    )
    for row in rows:
        emit(session, ctx, row["id"], ExceptionRaised(exception_id=row["id"], is_open=True))


def close_matter(
    session: Session,
    ctx: RequestContext,
    account_id: UUID,
    named: tuple[ExceptionKind, str],
    answer: str,
) -> None:
    """Close a matter, by its kind and subject, that has settled itself; nothing where there is none."""
    kind, subject = named
    row = db.fetch_one(
        session,
        "select id from gateway_exception where tenant_id = %s and account_id = %s and kind = %s and subject = %s"
        " and is_open for no key update",
        (ctx.tenant_id, account_id, kind.value, subject[:200]),
    )
    if row is not None:
        _close(session, ctx, row["id"], answer)


def _close(session: Session, ctx: RequestContext, exception_id: UUID, answer: str) -> None:
    db.execute(
        session,
        "update gateway_exception set is_open = false, answer = %s, settled_by = %s, settled_at = %s"
        " where tenant_id = %s and id = %s",
        (answer, ctx.user_id, ctx.now, ctx.tenant_id, exception_id),
    )
    emit(session, ctx, exception_id, ExceptionRaised(exception_id=exception_id, is_open=False))
    workflows.close_news(session, ctx, _news_key(exception_id))


def _news_key(exception_id: UUID) -> str:
    return f"gateway-exception-{exception_id}"
