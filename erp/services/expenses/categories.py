"""Kinds of expense: the account each is booked to, and whether its GST may become a credit."""

from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.models.expenses import CreditRule, ExpenseCategory
from erp.services import accounting
from erp.services.accounting import KEPT_ACCOUNTS
from erp.services.expenses.errors import UnknownCategory, WrongAccount
from erp.services.expenses.events import CategoryChanged
from erp.services.platform import (
    Command,
    Identified,
    Page,
    Result,
    Rows,
    ShortText,
    command,
    emit,
    query,
)

USUAL: Final = (
    ("Travel and conveyance", "travel", CreditRule.BLOCKED),
    ("Hotel stay", "travel", CreditRule.ALLOWED),
    ("Courier and postage", "postage", CreditRule.ALLOWED),
    ("Printing and stationery", "stationery", CreditRule.ALLOWED),
    ("Repairs and maintenance", "repairs", CreditRule.ALLOWED),
    ("Telephone and internet", "telephone", CreditRule.ALLOWED),
    ("Food and refreshments", "staff_welfare", CreditRule.BLOCKED),
    ("Office expenses", "office_expenses", CreditRule.ALLOWED),
    ("Electricity", "electricity", CreditRule.NONE),
)
"""Kinds a business starts with. Source of what is blocked: CGST Act s.17(5)."""


class _Category(Command):
    name: ShortText
    account_key: ShortText
    credit_rule: CreditRule


class CreateCategory(_Category):
    """Add a kind of expense."""


class ChangeCategory(_Category):
    """Change a kind of expense, or take it out of use; what was booked stays."""

    category_id: UUID
    is_active: bool = True


class AddUsualCategories(Command):
    """Add the kinds that most businesses have."""


class ListCategories(Page):
    """Kinds of expense by name."""

    is_active: bool | None = None


class CategoryRow(Result):
    """A kind of expense."""

    id: UUID
    name: str
    account_key: str
    account: str
    credit_rule: CreditRule
    is_active: bool


class CategoryPage(Rows):
    """Kinds of expense; there are too few for a second page."""

    rows: list[CategoryRow]


class Added(Result):
    """How many kinds were added."""

    count: int


@command("expenses.create_category", permission="expenses.arrange", rest="POST /expense-categories")
def create_category(session: Session, ctx: RequestContext, cmd: CreateCategory) -> Identified:
    """Add a kind of expense.

    Raises:
        WrongAccount: The account is none of the chart's for expenses.
        CategoryTaken: Another kind has the name.

    Emits:
        expenses.category_changed.v1
    """
    category_id = new_id()
    _insert(session, ctx, category_id, (cmd.name, cmd.account_key, cmd.credit_rule))
    emit(session, ctx, category_id, CategoryChanged(category_id=category_id))
    return Identified(id=category_id)


@command(
    "expenses.change_category",
    permission="expenses.arrange",
    rest="PUT /expense-categories/{category_id}",
)
def change_category(session: Session, ctx: RequestContext, cmd: ChangeCategory) -> Identified:
    """Change a kind of expense for what is claimed from now on.

    Raises:
        UnknownCategory: The company has no such kind.
        WrongAccount: The account is none of the chart's for expenses.
        CategoryTaken: Another kind has the name.

    Emits:
        expenses.category_changed.v1
    """
    account_id = _account(session, ctx, cmd.account_key)
    row = db.fetch_one(
        session,
        "update expense_category set name = %s, account_id = %s, credit_rule = %s, is_active = %s,"
        " changed_at = %s where tenant_id = %s and company_id = %s and id = %s returning id",
        (
            *(cmd.name, account_id, cmd.credit_rule, cmd.is_active, ctx.now),
            *(ctx.tenant_id, ctx.company_id, cmd.category_id),
        ),
    )
    if row is None:
        message = "This kind of expense is not known here. Choose one of the list."
        raise UnknownCategory(message, fields={"category_id": message})
    emit(session, ctx, cmd.category_id, CategoryChanged(category_id=cmd.category_id))
    return Identified(id=cmd.category_id)


@command(
    "expenses.add_usual_categories",
    permission="expenses.arrange",
    rest="POST /expense-categories/usual",
)
def add_usual_categories(session: Session, ctx: RequestContext, _cmd: AddUsualCategories) -> Added:
    """Add the kinds that most businesses have and this one has not; those it has stay as they are."""
    known = db.fetch_all(
        session,
        "select name from expense_category where tenant_id = %s and company_id = %s",
        (ctx.tenant_id, ctx.company_id),
    )
    names = {row["name"] for row in known}
    wanted = [one for one in USUAL if one[0] not in names]
    for one in wanted:
        _insert(session, ctx, new_id(), one)
    return Added(count=len(wanted))


def _insert(
    session: Session, ctx: RequestContext, category_id: UUID, facts: tuple[str, str, CreditRule]
) -> None:
    name, account_key, rule = facts
    row = {
        "tenant_id": ctx.tenant_id,
        "id": category_id,
        "company_id": ctx.company_id,
        "account_id": _account(session, ctx, account_key),
        "name": name,
        "credit_rule": rule,
        "is_active": True,
    }
    db.insert_rows(session, ExpenseCategory, [row])


def _account(session: Session, ctx: RequestContext, key: str) -> UUID:
    row = db.fetch_one(
        session,
        "select id from account where tenant_id = %s and company_id = %s and key = %s"
        " and type = 'expense' and is_active and not is_control",
        (ctx.tenant_id, ctx.company_id, key),
    )
    if row is None or key in KEPT_ACCOUNTS:
        message = "Choose an account of the chart that is for expenses."
        raise WrongAccount(message, fields={"account_key": message})
    return accounting.account_id(session, ctx, key)


@query("expenses.list_categories", permission="expenses.view", rest="GET /expense-categories")
def list_categories(session: Session, ctx: RequestContext, wanted: ListCategories) -> CategoryPage:
    """List the company's kinds of expense by name."""
    rows = db.fetch_all(
        session,
        "select c.id, c.name, a.key as account_key, a.name as account, c.credit_rule, c.is_active"
        " from expense_category c join account a on (a.tenant_id, a.id) = (c.tenant_id, c.account_id)"
        " where c.tenant_id = %(tenant)s and c.company_id = %(company)s"
        " and (%(active)s::boolean is null or c.is_active = %(active)s)"
        " and c.name ilike '%%' || %(search)s || '%%' order by c.name limit %(limit)s",
        {
            "tenant": ctx.tenant_id,
            "company": ctx.company_id,
            "active": wanted.is_active,
            "search": wanted.search,
            "limit": wanted.limit,
        },
    )
    return CategoryPage(rows=[CategoryRow(**row) for row in rows])
