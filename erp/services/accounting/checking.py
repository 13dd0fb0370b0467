"""Lines typed by hand: what they name must be there, and what others keep in step is not theirs."""

from collections.abc import Iterator, Sequence
from typing import Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import DomainError, NotFound
from erp.services import party
from erp.services.accounting.errors import KeptAccount, PartyMissing

FOLLOWS_STOCK = "follows the stock. Adjust or write off the goods instead."
FOLLOWS_REGISTER = "follows the asset register. Register or dispose of the asset instead."
KEPT_ACCOUNTS = {
    "inventory": FOLLOWS_STOCK,
    "inventory_expired": FOLLOWS_STOCK,
    "goods_in_transit": FOLLOWS_STOCK,
    "loyalty_liability": "follows the customers' points. Adjust those instead.",
    "customer_credit": "follows goods that are exchanged. Exchange some instead.",
    "customer_advances": "follows advances taken and spent. Take or pay back one instead.",
    "service_advances": "follows advances for services. Receive, apply or pay back one instead.",
    "gst_on_advances": "follows advances for services. Receive, apply or pay back one instead.",
    "cheques_in_hand": "follows cheques received and banked. Record or bank the cheque instead.",
    "cheques_issued": "follows cheques issued and presented. Record or present the cheque instead.",
    "gateway_clearing": "follows payments through gateways and their settlements. Settle an exception instead.",
    "grni": "follows deliveries and their bills. Record the supplier's bill instead.",
    "supplier_claims": "follows claims on suppliers' bills. Record the credit note there instead.",
    "petty_floats": "follows the petty cash book. Spend, top up or count there instead.",
    "furniture": FOLLOWS_REGISTER,
    "computers": FOLLOWS_REGISTER,
    "equipment": FOLLOWS_REGISTER,
    "vehicles": FOLLOWS_REGISTER,
    "accumulated_depreciation": FOLLOWS_REGISTER,
    "branch_transfers": "follows assets that change their branch. Move the asset instead.",
}
"""Accounts whose balance something else proves, with what to do instead."""


class TypedLine(Protocol):
    """A line as somebody typed it."""

    @property
    def account_key(self) -> str:
        """The account the line is for."""

    @property
    def party_id(self) -> UUID | None:
        """Whom the line is about."""

    @property
    def cost_centre(self) -> str | None:
        """What it is booked for."""


def check_typed_lines(session: Session, ctx: RequestContext, lines: Sequence[TypedLine]) -> None:
    """Refuse lines on accounts that are not there or that something else keeps in step.

    Raises:
        NotFound: An account is not in the company's chart, or a party or cost centre not in the tenant.
        KeptAccount: Something else keeps an account, such as the value of stock.
        PartyMissing: An account is kept per party and the line names none.
    """
    rows = db.fetch_all(
        session,
        "select key, name, is_control from account where tenant_id = %s and company_id = %s"
        " and key = any(%s)",
        (ctx.tenant_id, ctx.company_id, [line.account_key for line in lines]),
    )
    accounts = {row["key"]: row for row in rows}
    centres = _centres(session, ctx, lines)
    for at, line in enumerate(lines):
        if line.cost_centre and line.cost_centre not in centres:
            message = f"There is no cost centre {line.cost_centre} in use."
            raise NotFound(message, fields={f"lines.{at}.cost_centre": message})
        for refusal in _refusals(at, line, accounts.get(line.account_key)):
            raise refusal
        if line.party_id is not None:
            party.check_known(session, ctx, line.party_id, f"lines.{at}.party_id")


def _centres(session: Session, ctx: RequestContext, lines: Sequence[TypedLine]) -> frozenset[str]:
    """Return those cost centres of lines that are in use; they stay as they are until the end."""
    wanted = [line.cost_centre for line in lines if line.cost_centre]
    if not wanted:
        return frozenset()
    rows = db.fetch_all(
        session,
        "select code from cost_centre where tenant_id = %s and code = any(%s) and is_active"
        " order by code for key share",
        (ctx.tenant_id, wanted),
    )
    return frozenset(row["code"] for row in rows)


def _refusals(at: int, line: TypedLine, account: db.Row | None) -> Iterator[DomainError]:
    if account is None:
        message = f"The chart has no account {line.account_key}. Choose one of the list."
        yield NotFound(message, fields={f"lines.{at}.account_key": message})
    elif line.account_key in KEPT_ACCOUNTS:
        message = f"{account['name']} {KEPT_ACCOUNTS[line.account_key]}"
        yield KeptAccount(message, fields={f"lines.{at}.account_key": message})
    elif account["is_control"] and line.party_id is None:
        message = f"{account['name']} is kept per party. Name whom the line is about."
        yield PartyMissing(message, fields={f"lines.{at}.party_id": message})
