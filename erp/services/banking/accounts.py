"""Bank accounts: which ledger account each is, and how its bank's files are read."""

from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.models.banking import BankAccount
from erp.services import accounting
from erp.services.banking.errors import NoBankAccount, UnknownBankAccount
from erp.services.banking.events import BankAccountChanged
from erp.services.platform import Command, Identified, ShortText, command, emit

GROUP: Final = "Bank Accounts"
Ifsc = Annotated[str, Field(pattern=r"^([A-Z]{4}0[A-Z0-9]{6})?$")]
Number = Annotated[str, Field(pattern=r"^[0-9A-Za-z]{4,34}$")]


class OpenBankAccount(Command):
    """An account at a bank, and which ledger account it is.

    Attributes:
        number: As the bank has it, without blanks.
        ifsc: Code of its branch, where it is known.
    """

    name: ShortText
    bank_name: ShortText
    number: Number
    ifsc: Ifsc = ""
    account_key: Annotated[str, Field(max_length=60)] = "bank"


class ChangeBankAccount(Command):
    """What an account is called, and its number; its ledger account stays."""

    bank_account_id: UUID
    name: ShortText
    bank_name: ShortText
    number: Number
    ifsc: Ifsc = ""


@command("banking.open_account", permission="banking.reconcile", rest="POST /bank-accounts")
def open_bank_account(session: Session, ctx: RequestContext, cmd: OpenBankAccount) -> Identified:
    """Let statements of a bank account be matched with one of the ledger accounts.

    Raises:
        NoBankAccount: The ledger account is none of the group of bank accounts, or follows cheques.
        AccountTaken: It is another bank account already.

    Emits:
        banking.account_changed.v1
    """
    found = db.fetch_one(
        session,
        "select id from account where tenant_id = %s and company_id = %s and key = %s"
        " and group_name = %s and is_active and key <> all(%s)",
        (ctx.tenant_id, ctx.company_id, cmd.account_key, GROUP, list(accounting.KEPT_ACCOUNTS)),
    )
    if found is None:
        message = f"Choose a ledger account of the group {GROUP} that takes entries."
        raise NoBankAccount(message, fields={"account_key": message})
    account_id = new_id()
    row = {
        "tenant_id": ctx.tenant_id,
        "id": account_id,
        "company_id": ctx.company_id,
        "account_id": found["id"],
        "reading": {},
        "user_id": ctx.user_id,
    }
    db.insert_rows(session, BankAccount, [row | _named(cmd)])
    emit(session, ctx, account_id, BankAccountChanged(bank_account_id=account_id))
    return Identified(id=account_id)


@command(
    "banking.change_account",
    permission="banking.reconcile",
    rest="PUT /bank-accounts/{bank_account_id}",
)
def change_bank_account(
    session: Session, ctx: RequestContext, cmd: ChangeBankAccount
) -> Identified:
    """Change what a bank account is called, its number or its IFSC.

    Raises:
        UnknownBankAccount: The acting company has no such bank account.

    Emits:
        banking.account_changed.v1
    """
    hold_account(session, ctx, cmd.bank_account_id)
    db.execute(
        session,
        "update bank_account set name = %(name)s, bank_name = %(bank_name)s, number = %(number)s,"
        " ifsc = %(ifsc)s where tenant_id = %(tenant)s and id = %(id)s",
        _named(cmd) | {"tenant": ctx.tenant_id, "id": cmd.bank_account_id},
    )
    emit(session, ctx, cmd.bank_account_id, BankAccountChanged(bank_account_id=cmd.bank_account_id))
    return Identified(id=cmd.bank_account_id)


def _named(cmd: OpenBankAccount | ChangeBankAccount) -> dict[str, Any]:
    return {name: getattr(cmd, name) for name in ("name", "bank_name", "number", "ifsc")}


def find_account(session: Session, ctx: RequestContext, bank_account_id: UUID) -> db.Row:
    """Return a bank account with the key of its ledger account.

    Raises:
        UnknownBankAccount: The acting company has no such bank account.
    """
    found = db.fetch_one(
        session,
        "select b.id, b.account_id, b.name, b.bank_name, b.number, b.ifsc, b.reading, a.key,"
        " a.name as ledger_name from bank_account b"
        " join account a on (a.tenant_id, a.id) = (b.tenant_id, b.account_id)"
        " where b.tenant_id = %s and b.company_id = %s and b.id = %s",
        (ctx.tenant_id, ctx.company_id, bank_account_id),
    )
    if found is None:
        message = "This bank account is not known here. Choose one of the list."
        raise UnknownBankAccount(message, fields={"bank_account_id": message})
    return found


def hold_account(session: Session, ctx: RequestContext, bank_account_id: UUID) -> db.Row:
    """Return a bank account and let others who would match or import for it wait.

    Raises:
        UnknownBankAccount: The acting company has no such bank account.
    """
    lock = f"bank account {bank_account_id}"
    db.execute(session, "select pg_advisory_xact_lock(hashtextextended(%s, 0))", (lock,))
    return find_account(session, ctx, bank_account_id)
