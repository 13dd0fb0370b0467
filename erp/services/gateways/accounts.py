"""Accounts at payment providers: opening, changing, new keys, closing, and trying the keys."""

from datetime import timedelta
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field, SecretStr
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.core.secret_box import open_secret, seal_secret
from erp.models.gateways import GatewayAccount, Provider
from erp.services.accounting import KEPT_ACCOUNTS
from erp.services.gateways.errors import GatewayClosed, UnknownGateway
from erp.services.gateways.events import CheckAsked, GatewayChanged
from erp.services.gateways.known_suppliers import provider_gstin
from erp.services.gateways.ports import AccountKeys
from erp.services.platform import Command, Identified, ShortText, command, emit

ARRANGE: Final = "gateways.arrange"
VIEW: Final = "gateways.view"
OLD_SECRET_HOLDS: Final = timedelta(hours=24)
"""How long calls signed with the webhook secret before are still taken; providers retry for a day."""

CLEARING: Final = frozenset({"upi_clearing", "card_clearing", "gateway_clearing"})
KeyName = Annotated[str, Field(min_length=4, max_length=200, pattern=r"^[\x21-\x7e]+$")]
Gstin = Annotated[str, Field(max_length=20)]
KeySecret = Annotated[SecretStr, Field(min_length=8, max_length=300)]
PREFIXES: Final = {Provider.RAZORPAY: ("rzp_",), Provider.STRIPE: ("pk_", "acct_")}
SECRET_PREFIXES: Final = {Provider.STRIPE: ("sk_", "rk_")}


class OpenGateway(Command):
    """Let customers pay through an account at a provider.

    Attributes:
        key_id: Razorpay's key id; Stripe's publishable key.
        key_secret: Razorpay's key secret; Stripe's secret or restricted key.
        webhook_secret: What the provider signs its calls with.
        bank_key: Ledger account of the bank that settlements come to.
        supplier_gstin: Of the provider; its bills are asked about elsewhere once settlements book its charges.
    """

    provider: Provider
    name: ShortText
    key_id: KeyName
    key_secret: KeySecret
    webhook_secret: KeySecret
    bank_key: ShortText = "bank"
    fee_key: ShortText = "gateway_charges"
    is_interstate: bool = False
    supplier_gstin: Gstin = ""


class ChangeGateway(Command):
    """Change what an account is called and where its money is booked."""

    account_id: UUID
    name: ShortText
    bank_key: ShortText
    fee_key: ShortText
    is_interstate: bool = False
    supplier_gstin: Gstin = ""


class RotateKeys(Command):
    """Give an account new keys; what is left out stays."""

    account_id: UUID
    key_id: KeyName | None = None
    key_secret: KeySecret | None = None
    webhook_secret: KeySecret | None = None


class OneGateway(Command):
    """Act on one account."""

    account_id: UUID


@command("gateways.open_account", permission=ARRANGE, rest="POST /gateway-accounts")
def open_account(session: Session, ctx: RequestContext, cmd: OpenGateway) -> Identified:
    """Let customers of the acting branch pay through an account at a provider.

    Its keys are stored sealed and shown never again; they are tried at once.

    Raises:
        InvalidInput: A key is not of this provider, an account of the ledger does not fit, or the GSTIN has a typing
            error.
        GatewayTaken: The company has an account with this key already.

    Emits:
        gateways.account_changed.v1, gateways.check_asked.v1.
    """
    _check_key(cmd.provider, cmd.key_id, cmd.key_secret)
    _check_ledger(session, ctx, cmd.bank_key, cmd.fee_key)
    account_id = new_id()
    row = {
        "tenant_id": ctx.tenant_id,
        "id": account_id,
        "company_id": ctx.company_id,
        "branch_id": ctx.branch_id,
        "provider": cmd.provider.value,
        "name": cmd.name,
        "key_id": cmd.key_id,
        "key_secret": _sealed(ctx, account_id, "key", cmd.key_secret),
        "webhook_secret": _sealed(ctx, account_id, "webhook", cmd.webhook_secret),
        "previous_webhook_secret": "",
        "bank_key": cmd.bank_key,
        "fee_key": cmd.fee_key,
        "is_interstate": cmd.is_interstate,
        "supplier_gstin": provider_gstin(cmd.supplier_gstin),
        "is_active": True,
        "rejected_calls": 0,
        "failures": 0,
        "last_problem": "",
        "check_problem": "",
        "user_id": ctx.user_id,
    }
    db.insert_rows(session, GatewayAccount, [row])
    _tell(session, ctx, account_id)
    emit(session, ctx, account_id, CheckAsked(account_id=account_id))
    return Identified(id=account_id)


@command("gateways.change_account", permission=ARRANGE, rest="PUT /gateway-accounts/{account_id}")
def change_account(session: Session, ctx: RequestContext, cmd: ChangeGateway) -> Identified:
    """Change what an account is called, and where its next settlements are booked.

    Raises:
        UnknownGateway: There is none.
        InvalidInput: An account of the ledger does not fit, or the GSTIN has a typing error.

    Emits:
        gateways.account_changed.v1.
    """
    hold_account(session, ctx, cmd.account_id)
    _check_ledger(session, ctx, cmd.bank_key, cmd.fee_key)
    db.execute(
        session,
        "update gateway_account set name = %s, bank_key = %s, fee_key = %s, is_interstate = %s,"
        " supplier_gstin = %s"
        " where tenant_id = %s and id = %s",
        (
            *(cmd.name, cmd.bank_key, cmd.fee_key, cmd.is_interstate),
            *(provider_gstin(cmd.supplier_gstin), ctx.tenant_id, cmd.account_id),
        ),
    )
    _tell(session, ctx, cmd.account_id)
    return Identified(id=cmd.account_id)


@command(
    "gateways.rotate_keys", permission=ARRANGE, rest="POST /gateway-accounts/{account_id}/keys"
)
def rotate_keys(session: Session, ctx: RequestContext, cmd: RotateKeys) -> Identified:
    """Give an account new keys, and try them.

    Calls signed with the webhook secret before are taken for another day, so that what the provider
    repeats is not lost; one further back signs nothing any more.

    Raises:
        UnknownGateway: There is none.
        InvalidInput: Nothing is new, or a key is not of this provider.

    Emits:
        gateways.account_changed.v1, gateways.check_asked.v1.
    """
    row = hold_account(session, ctx, cmd.account_id)
    if cmd.key_id is None and cmd.key_secret is None and cmd.webhook_secret is None:
        message = "Type at least one new key."
        raise InvalidInput(message, fields={"key_secret": message})
    _check_key(Provider(row["provider"]), cmd.key_id, cmd.key_secret)
    given = {
        "tenant": ctx.tenant_id,
        "id": cmd.account_id,
        "key_id": cmd.key_id or row["key_id"],
        "key": row["key_secret"],
        "webhook": row["webhook_secret"],
        "previous": row["previous_webhook_secret"],
        "until": row["previous_until"],
    }
    if cmd.key_secret is not None:
        given["key"] = _sealed(ctx, cmd.account_id, "key", cmd.key_secret)
    if cmd.webhook_secret is not None:
        given["previous"], given["until"] = row["webhook_secret"], ctx.now + OLD_SECRET_HOLDS
        given["webhook"] = _sealed(ctx, cmd.account_id, "webhook", cmd.webhook_secret)
    db.execute(
        session,
        "update gateway_account set key_id = %(key_id)s, key_secret = %(key)s, webhook_secret = %(webhook)s,"
        " previous_webhook_secret = %(previous)s, previous_until = %(until)s, failing_since = null,"
        " paused_until = null, failures = 0, last_problem = '', rejected_calls = 0"
        " where tenant_id = %(tenant)s and id = %(id)s",
        given,
    )
    _tell(session, ctx, cmd.account_id)
    emit(session, ctx, cmd.account_id, CheckAsked(account_id=cmd.account_id))
    return Identified(id=cmd.account_id)


@command(
    "gateways.close_account", permission=ARRANGE, rest="POST /gateway-accounts/{account_id}/close"
)
def close_account(session: Session, ctx: RequestContext, cmd: OneGateway) -> Identified:
    """Ask for no more money through an account; what was asked for, refunds and settlements go on.

    Raises:
        UnknownGateway: There is none.

    Emits:
        gateways.account_changed.v1.
    """
    return _switch(session, ctx, cmd.account_id, is_active=False)


@command(
    "gateways.reopen_account", permission=ARRANGE, rest="POST /gateway-accounts/{account_id}/reopen"
)
def reopen_account(session: Session, ctx: RequestContext, cmd: OneGateway) -> Identified:
    """Ask for money through a closed account again.

    Raises:
        UnknownGateway: There is none.

    Emits:
        gateways.account_changed.v1.
    """
    return _switch(session, ctx, cmd.account_id, is_active=True)


@command(
    "gateways.check_account", permission=ARRANGE, rest="POST /gateway-accounts/{account_id}/check"
)
def check_account(session: Session, ctx: RequestContext, cmd: OneGateway) -> Identified:
    """Have the keys of an account tried at the provider; what came of it stands on its page.

    Raises:
        UnknownGateway: There is none.

    Emits:
        gateways.check_asked.v1.
    """
    hold_account(session, ctx, cmd.account_id)
    emit(session, ctx, cmd.account_id, CheckAsked(account_id=cmd.account_id))
    return Identified(id=cmd.account_id)


def hold_account(session: Session, ctx: RequestContext, account_id: UUID) -> db.Row:
    """Lock an account of the acting company.

    Raises:
        UnknownGateway: There is none.
    """
    row = db.fetch_one(
        session,
        "select * from gateway_account where tenant_id = %s and company_id = %s and id = %s"
        " for no key update",
        (ctx.tenant_id, ctx.company_id, account_id),
    )
    if row is None:
        raise unknown_gateway()
    return row


def require_open(session: Session, ctx: RequestContext, account_id: UUID | None) -> db.Row:
    """Return the account to ask for money through: the one named, or the only one of the branch.

    Raises:
        UnknownGateway: There is none, or the branch has several and none is named.
        GatewayClosed: It takes no new payments.
    """
    rows = db.fetch_all(
        session,
        "select id, name, provider, branch_id, is_active from gateway_account where tenant_id = %s"
        " and company_id = %s and (id = %s or %s::uuid is null and branch_id = %s and is_active) order by id",
        (ctx.tenant_id, ctx.company_id, account_id, account_id, ctx.branch_id),
    )
    if len(rows) != 1:
        message = "Choose a gateway account." if rows else "There is no gateway account yet."
        raise UnknownGateway(message, fields={"account_id": message})
    if not rows[0]["is_active"]:
        message = f"{rows[0]['name']} is closed. Choose another account, or open it again."
        raise GatewayClosed(message, fields={"account_id": message})
    return rows[0]


def keys_of(session: Session, ctx: RequestContext, account_id: UUID) -> AccountKeys:
    """Return an account of the acting tenant with its keys, for a job.

    Raises:
        UnknownGateway: There is none.
        SecretUnreadable: Its secrets do not open.
    """
    row = db.fetch_one(
        session,
        "select * from gateway_account where tenant_id = %s and id = %s",
        (ctx.tenant_id, account_id),
    )
    if row is None:
        raise unknown_gateway()
    return opened(row)


def opened(row: db.Row) -> AccountKeys:
    """Return an account's row with its secrets in clear."""

    def secret(column: str, kind: str) -> str:
        return open_secret(row[column], _place(row["tenant_id"], row["id"], kind))

    names = ["webhook_secret"] + ["previous_webhook_secret"] * bool(row["previous_webhook_secret"])
    return AccountKeys(
        account_id=row["id"],
        company_id=row["company_id"],
        branch_id=row["branch_id"],
        provider=row["provider"],
        name=row["name"],
        key_id=row["key_id"],
        key_secret=secret("key_secret", "key"),
        webhook_secrets=tuple(secret(name, "webhook") for name in names),
    )


def note_checked(session: Session, ctx: RequestContext, account_id: UUID, problem: str) -> None:
    """Note what came of trying an account's keys; nothing where they are right."""
    db.execute(
        session,
        "update gateway_account set checked_at = %s, check_problem = %s where tenant_id = %s and id = %s",
        (ctx.now, problem[:500], ctx.tenant_id, account_id),
    )
    _tell(session, ctx, account_id)


def unknown_gateway() -> UnknownGateway:
    """Return the refusal for an account that is absent or foreign."""
    return UnknownGateway("There is no such gateway account.")


def _switch(
    session: Session, ctx: RequestContext, account_id: UUID, *, is_active: bool
) -> Identified:
    hold_account(session, ctx, account_id)
    db.execute(
        session,
        "update gateway_account set is_active = %s where tenant_id = %s and id = %s",
        (is_active, ctx.tenant_id, account_id),
    )
    _tell(session, ctx, account_id)
    return Identified(id=account_id)


def _check_key(provider: Provider, key_id: str | None, secret: SecretStr | None) -> None:
    wanted = PREFIXES[provider]
    if key_id is not None and not key_id.startswith(wanted):
        message = f"A key of {provider.value.title()} begins with {' or '.join(wanted)}."
        raise InvalidInput(message, fields={"key_id": message})
    begins = SECRET_PREFIXES.get(provider, ("",))
    if secret is not None and not secret.get_secret_value().startswith(begins):
        message = f"A secret key of {provider.value.title()} begins with {' or '.join(begins)}."
        raise InvalidInput(message, fields={"key_secret": message})


def _check_ledger(session: Session, ctx: RequestContext, bank_key: str, fee_key: str) -> None:
    rows = db.fetch_all(
        session,
        "select key, group_name, type, is_active from account where tenant_id = %s and company_id = %s"
        " and key = any(%s)",
        (ctx.tenant_id, ctx.company_id, [bank_key, fee_key]),
    )
    found = {row["key"]: row for row in rows if row["is_active"]}
    bank, fee = found.get(bank_key), found.get(fee_key)
    if (
        bank is None
        or bank["group_name"] != "Bank Accounts"
        or bank_key in CLEARING
        or bank_key in KEPT_ACCOUNTS
    ):
        message = "Choose a ledger account of the group Bank Accounts that is at a bank."
        raise InvalidInput(message, fields={"bank_key": message})
    if fee is None or fee["type"] != "expense":
        message = "Choose an expense account of the ledger."
        raise InvalidInput(message, fields={"fee_key": message})


def _sealed(ctx: RequestContext, account_id: UUID, kind: str, secret: SecretStr) -> str:
    return seal_secret(secret.get_secret_value(), _place(ctx.tenant_id, account_id, kind))


def _place(tenant_id: UUID, account_id: UUID, kind: str) -> str:
    return f"gateway/{tenant_id}/{account_id}/{kind}"


def _tell(session: Session, ctx: RequestContext, account_id: UUID) -> None:
    emit(session, ctx, account_id, GatewayChanged(account_id=account_id))
