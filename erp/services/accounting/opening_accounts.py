"""Opening accounts of a company's own in its chart."""

import re
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput, NotFound
from erp.core.ids import new_id
from erp.models.accounting import Account, AccountType
from erp.services.accounting.errors import CodeTaken
from erp.services.accounting.groups import GROUPS
from erp.services.accounting.own_groups import find_group
from erp.services.platform import Command, Identified, Result, ShortText, command, refuse_on

_KEPT_GROUPS: Final = {
    "Sundry Debtors": "Customers have no accounts of their own here. Add the customer instead.",
    "Sundry Creditors": "Suppliers have no accounts of their own here. Add the supplier instead.",
    "Stock in Hand": "Stock has the accounts that goods are kept in. Choose another group.",
}
_INCOME = frozenset({"Sales Accounts", "Direct Incomes", "Indirect Incomes"})
_EXPENSE = frozenset({"Purchase Accounts", "Direct Expenses", "Indirect Expenses"})
_BY_RATE: Final = re.compile(r"40[0-9]{2}(\.[0-9]+)?")
"""Codes that sales of a GST rate take when the rate comes, such as 4003."""
OPEN_GROUPS: Final = tuple(name for name in GROUPS if name not in _KEPT_GROUPS)
"""Groups that take accounts of a company's own."""


class OpenAccount(Command):
    """An account that the chart does not have.

    Attributes:
        group_name: A group of the chart, or one's own below it; it decides where the account stands in
            every statement.
    """

    code: Annotated[str, Field(pattern=r"^[0-9A-Z][0-9A-Z.\-]{1,11}$")]
    name: ShortText
    group_name: ShortText


class OpenedAccount(Result):
    """The account, with the key that entries name it by."""

    id: UUID
    key: str


class RenameAccount(Command):
    """What an account is called; everything booked on it stays."""

    account_id: UUID
    name: ShortText


@command("accounting.open_account", permission="accounting.post", rest="POST /accounts")
def open_account(session: Session, ctx: RequestContext, cmd: OpenAccount) -> OpenedAccount:
    """Add an account to the acting company's chart.

    Raises:
        NotFound: There is no such group.
        InvalidInput: The group is kept by parties or goods.
        CodeTaken: The code is taken, or kept for sales of a GST rate.
    """
    if _BY_RATE.fullmatch(cmd.code):
        message = "Codes from 4000 to 4099 are kept for sales by GST rate. Choose another code."
        raise CodeTaken(message, fields={"code": message})
    chart_group, own_id = find_group(session, ctx, cmd.group_name, "group_name")
    fault = _KEPT_GROUPS.get(chart_group)
    if fault:
        raise InvalidInput(fault, fields={"group_name": fault})
    row = {
        "tenant_id": ctx.tenant_id,
        "id": new_id(),
        "company_id": ctx.company_id,
        "code": cmd.code,
        "key": f"own_{cmd.code.lower()}",
        "name": cmd.name,
        "group_name": chart_group,
        "own_group_id": own_id,
        "type": _type_of(chart_group),
        "is_control": False,
        "is_active": True,
    }
    db.insert_rows(session, Account, [row])
    return OpenedAccount(id=row["id"], key=row["key"])


@command(
    "accounting.rename_account", permission="accounting.post", rest="PUT /accounts/{account_id}"
)
def rename_account(session: Session, ctx: RequestContext, cmd: RenameAccount) -> Identified:
    """Call an account something else, in reports of the past as well.

    Raises:
        NotFound: The company's chart has no such account.
    """
    row = db.fetch_one(
        session,
        "update account set name = %s where tenant_id = %s and company_id = %s and id = %s returning id",
        (cmd.name, ctx.tenant_id, ctx.company_id, cmd.account_id),
    )
    if row is None:
        message = "There is no such account. Choose one of the list."
        raise NotFound(message, fields={"account_id": message})
    return Identified(id=cmd.account_id)


def _type_of(group_name: str) -> AccountType:
    primary = GROUPS[group_name].primary
    if primary in _INCOME:
        return AccountType.INCOME
    if primary in _EXPENSE:
        return AccountType.EXPENSE
    if primary == "Capital Account":
        return AccountType.EQUITY
    is_owed = primary in {"Loans (Liability)", "Current Liabilities"}
    return AccountType.LIABILITY if is_owed else AccountType.ASSET


def _code_taken() -> CodeTaken:
    message = "The chart has an account of this code. Choose another code."
    return CodeTaken(message, fields={"code": message})


refuse_on("uq_account_tenant_id_company_id_code", _code_taken)
refuse_on("uq_account_tenant_id_company_id_key", _code_taken)
