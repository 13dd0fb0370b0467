"""The asset register over some days: gross block, depreciation and what is left, equal to the ledger."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import fiscal_year_start
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.formatting import date_text
from erp.core.money import ZERO
from erp.services.accounting import PrintedReport, PrintedRow
from erp.services.assets.holding import VIEW
from erp.services.party import printed_branch
from erp.services.platform import Query, Result, Rows, query

AMOUNTS = (
    "cost_before", "added", "deducted", "cost_after", "lost_before", "lost", "lost_out", "lost_after",
    "worth",
)  # fmt: skip


class ShowRegister(Query):
    """The register; from the first of the financial year until today where no days are given."""

    from_day: date | None = None
    to_day: date | None = None
    category_id: UUID | None = None


class RegisterRow(Result):
    """An asset over the days.

    Attributes:
        cost_before, added, deducted, cost_after: The gross block.
        lost_before, lost, lost_out, lost_after: Depreciation: before, in these days, gone with what
            was disposed of, and at the end.
        worth: What is left at the end.
    """

    id: UUID
    number: str
    name: str
    category: str
    branch: str
    account: str
    used_from: date
    disposed_on: date | None
    cost_before: Decimal
    added: Decimal
    deducted: Decimal
    cost_after: Decimal
    lost_before: Decimal
    lost: Decimal
    lost_out: Decimal
    lost_after: Decimal
    worth: Decimal


class RegisterTotal(Result):
    """The sums of an account in the register, beside what the ledger has; both are the same."""

    account: str
    cost_after: Decimal
    ledger: Decimal


class Register(Rows):
    """The register with its sums.

    Attributes:
        totals: Of all rows, by the names of their amounts.
        accounts: Each account of assets against the ledger, and depreciation as the last.
    """

    rows: list[RegisterRow]
    from_day: date
    to_day: date
    totals: dict[str, Decimal]
    accounts: list[RegisterTotal]


_REGISTER: LiteralString = """
    with lost as (
        select a.id,
               case when a.booked_on < %(from)s then a.opening_depreciation else 0 end
                 + coalesce(sum(d.amount) filter (where d.until < %(from)s), 0) as before,
               case when a.booked_on between %(from)s and %(to)s then a.opening_depreciation else 0 end
                 + coalesce(sum(d.amount) filter (where d.until between %(from)s and %(to)s), 0) as during
          from asset a
          left join asset_depreciation d on (d.tenant_id, d.asset_id) = (a.tenant_id, a.id)
         where a.tenant_id = %(tenant)s and a.company_id = %(company)s group by a.tenant_id, a.id)
    select a.id, a.number, a.name, c.name as category, b.name as branch, k.name as account, a.used_from,
           case when a.disposed_on <= %(to)s then a.disposed_on end as disposed_on,
           case when a.booked_on < %(from)s then a.cost else 0 end as cost_before,
           case when a.booked_on >= %(from)s then a.cost else 0 end as added,
           case when a.disposed_on <= %(to)s then a.cost else 0 end as deducted,
           x.before as lost_before, x.during as lost,
           case when a.disposed_on <= %(to)s then x.before + x.during else 0 end as lost_out
      from asset a
      join lost x on x.id = a.id
      join asset_category c on (c.tenant_id, c.id) = (a.tenant_id, a.category_id)
      join branch b on (b.tenant_id, b.id) = (a.tenant_id, a.branch_id)
      join account k on (k.tenant_id, k.id) = (a.tenant_id, a.account_id)
     where a.tenant_id = %(tenant)s and a.company_id = %(company)s and a.booked_on <= %(to)s
       and coalesce(a.disposed_on, 'infinity') >= %(from)s
       and (%(category)s::uuid is null or a.category_id = %(category)s)
     order by k.name, c.name, a.number
"""
_LEDGER: LiteralString = """
    select k.name as account, k.key, coalesce(sum(l.debit - l.credit), 0) as amount
      from account k
      left join journal_line l on (l.tenant_id, l.account_id) = (k.tenant_id, k.id) and l.effective_on <= %(to)s
     where k.tenant_id = %(tenant)s and k.company_id = %(company)s
       and k.key in ('furniture', 'computers', 'equipment', 'vehicles', 'accumulated_depreciation')
     group by k.name, k.key, k.code order by k.code
"""


@query("assets.show_register", permission=VIEW, rest="GET /asset-register")
def show_register(session: Session, ctx: RequestContext, wanted: ShowRegister) -> Register:
    """Return the register over some days, one row for each asset that was in the books in them.

    Raises:
        InvalidInput: The last day comes before the first.
    """
    to_day = wanted.to_day or ctx.today
    from_day = wanted.from_day or fiscal_year_start(to_day)
    if to_day < from_day:
        message = "The last day comes before the first."
        raise InvalidInput(message, fields={"to_day": message})
    given = {
        "tenant": ctx.tenant_id,
        "company": ctx.company_id,
        "from": from_day,
        "to": to_day,
        "category": wanted.category_id,
    }
    rows = [_row(row) for row in db.fetch_all(session, _REGISTER, given)]
    totals = {name: sum((getattr(row, name) for row in rows), ZERO) for name in AMOUNTS}
    accounts = [] if wanted.category_id else _accounts(db.fetch_all(session, _LEDGER, given), rows)
    return Register(rows=rows, from_day=from_day, to_day=to_day, totals=totals, accounts=accounts)


def _row(row: db.Row) -> RegisterRow:
    cost_after = row["cost_before"] + row["added"] - row["deducted"]
    lost_after = row["lost_before"] + row["lost"] - row["lost_out"]
    return RegisterRow(
        **row, cost_after=cost_after, lost_after=lost_after, worth=cost_after - lost_after
    )


def _accounts(ledger: Sequence[db.Row], rows: Sequence[RegisterRow]) -> list[RegisterTotal]:
    found = []
    for line in ledger:
        is_lost = line["key"] == "accumulated_depreciation"
        mine = (
            -sum((row.lost_after for row in rows), ZERO)
            if is_lost
            else sum((row.cost_after for row in rows if row.account == line["account"]), ZERO)
        )
        if mine or line["amount"]:
            total = RegisterTotal(account=line["account"], cost_after=mine, ledger=line["amount"])
            found.append(total)
    return found


def get_printed_register(
    session: Session, ctx: RequestContext, wanted: ShowRegister
) -> PrintedReport:
    """Return the register as it is printed.

    Raises:
        PermissionDenied: The actor may not see assets. As `assets.show_register`.
    """
    ctx.require(VIEW)
    found = show_register(session, ctx, wanted)
    rows = [PrintedRow(_cells(f"{row.number} {row.name}", row.model_dump())) for row in found.rows]
    return PrintedReport(
        made_at=ctx.now,
        time_zone=ctx.time_zone,
        issuer=printed_branch(session, ctx, None),
        title="Fixed asset register",
        about=f"{date_text(found.from_day)} to {date_text(found.to_day)}",
        columns=("Asset", "Opening", "Added", "Deducted", "Gross", "Depreciation", "Net"),
        rows=(*rows, PrintedRow(_cells("Total", found.totals), 0, is_bold=True)),
    )


def _cells(label: str, amounts: Mapping[str, Decimal]) -> tuple[str | Decimal | None, ...]:
    shown = ("cost_before", "added", "deducted", "cost_after", "lost_after", "worth")
    return (label, *(amounts[name] or None for name in shown))
