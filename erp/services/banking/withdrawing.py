"""Taking back the import of a statement, such as one of the wrong account or with wrong columns."""

from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.banking.accounts import find_account, hold_account
from erp.services.banking.errors import StatementMatched, UnknownStatement
from erp.services.banking.events import StatementWithdrawn
from erp.services.platform import Command, Identified, ShortText, command, emit


class WithdrawStatement(Command):
    """Let the lines of a statement count no more."""

    statement_id: UUID
    reason: ShortText


@command(
    "banking.withdraw_statement",
    permission="banking.reconcile",
    rest="POST /bank-statements/{statement_id}/withdrawal",
)
def withdraw_statement(session: Session, ctx: RequestContext, cmd: WithdrawStatement) -> Identified:
    """Withdraw an account's newest statement; its file can be imported again, and what was stays on record.

    Matches with its lines are undone before, one by one or with what they booked. Locks the bank account.

    Raises:
        UnknownStatement: The acting company has no such statement, or it was withdrawn.
        NotNewest: A newer one follows it; that one is withdrawn first.
        StatementMatched: Lines of it are matched.

    Emits:
        banking.statement_withdrawn.v1
    """
    row = db.fetch_one(
        session,
        "select s.bank_account_id from bank_statement s"
        " join bank_account b on (b.tenant_id, b.id) = (s.tenant_id, s.bank_account_id)"
        " where s.tenant_id = %s and b.company_id = %s and s.id = %s and s.withdrawn_at is null",
        (ctx.tenant_id, ctx.company_id, cmd.statement_id),
    )
    if row is None:
        raise _unknown()
    find_account(session, ctx, row["bank_account_id"])
    hold_account(session, ctx, row["bank_account_id"])
    _require_free(session, ctx, cmd.statement_id)
    done = db.fetch_one(
        session,
        "update bank_statement set withdrawn_at = %s, withdrawn_by = %s, withdraw_reason = %s"
        " where tenant_id = %s and id = %s and withdrawn_at is null returning id",
        (ctx.now, ctx.user_id, cmd.reason, ctx.tenant_id, cmd.statement_id),
    )
    if done is None:
        raise _unknown()
    event = StatementWithdrawn(
        bank_account_id=row["bank_account_id"], statement_id=cmd.statement_id
    )
    emit(session, ctx, cmd.statement_id, event)
    return Identified(id=cmd.statement_id)


def _require_free(session: Session, ctx: RequestContext, statement_id: UUID) -> None:
    """Refuse a statement whose lines are matched, with how many; the database keeps the order."""
    row = db.fetch_one(
        session,
        "select count(*) as matched from bank_line l join bank_match_member x"
        " on x.tenant_id = l.tenant_id and x.bank_line_id = l.id and x.is_live"
        " where l.tenant_id = %s and l.statement_id = %s",
        (ctx.tenant_id, statement_id),
    )
    if row is not None and row["matched"]:
        message = f"{row['matched']} of its lines are matched. Undo those matches first."
        raise StatementMatched(message, fields={"statement_id": message})


def _unknown() -> UnknownStatement:
    message = "There is no such statement, or it was withdrawn. Load the page again."
    return UnknownStatement(message, fields={"statement_id": message})
