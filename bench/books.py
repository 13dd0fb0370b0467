"""W16: a million lines of the journal over two years, and every report of the books on them."""

from datetime import timedelta
from functools import partial

import psycopg

from bench.loading import Shop
from bench.measuring import Client, Figure, figure, timed

SPREAD_DAYS = 730
LINES_OF_ENTRY = 5
CENTRES = ("CLINIC", "RETAIL")

_PERIODS = """
    insert into period (tenant_id, id, company_id, starts_on, ends_on, fiscal_year, status, reason)
    select %(tenant)s, uuidv7(), %(company)s, day, (day + interval '1 month - 1 day')::date, '', 'open', ''
      from generate_series(date_trunc('month', now() - %(spread)s * interval '1 day'),
                           now(), interval '1 month') day
    on conflict (tenant_id, company_id, starts_on) do nothing
"""
_ENTRIES = """
    insert into journal_entry (tenant_id, id, company_id, branch_id, period_id, journal, effective_on,
           origin_type, origin_id, purpose, narration, line_count, total, user_id, recorded_at)
    select %(tenant)s, uuidv7(), %(company)s, %(branch)s, p.id, 'sales', at::date, 'sale', uuidv7(), 'sale',
           'Sale W16/' || n, 5, 165, %(user)s, at
      from generate_series(1, %(entries)s) as n
     cross join lateral (
           select now() - %(spread)s * interval '1 day' * (%(entries)s - n) / %(entries)s
                  + case when n %% 500 = 0 then interval '5 days' else interval '0' end as at) t
      join period p on p.tenant_id = %(tenant)s and p.company_id = %(company)s
           and at::date between p.starts_on and p.ends_on
     where at <= now()
     order by n
"""
_BACKDATED = """
    update journal_entry set effective_on = effective_on - 5
     where tenant_id = %(tenant)s and narration like 'Sale W16/%%00'
       and effective_on - 5 >= date_trunc('month', effective_on)
"""
_LINES = """
    insert into journal_line (tenant_id, entry_id, line_no, account_id, effective_on, debit, credit, party_id,
           cost_centre, note)
    select e.tenant_id, e.id, l.no, a.id, e.effective_on, l.debit, l.credit, null,
           case when l.no = 4 then (%(centres)s::text[])[1 + right(e.narration, 1)::int %% 2] end, ''
      from journal_entry e
     cross join lateral (values
           (1, (array['cash', 'upi_clearing', 'card_clearing', 'debtors'])[1 + right(e.narration, 1)::int %% 4],
            105.00, 0.00),
           (2, 'sales_5', 0.00, 100.00), (3, 'output_cgst', 0.00, 5.00), (4, 'cogs', 60.00, 0.00),
           (5, 'bank', 0.00, 60.00)) l (no, key, debit, credit)
      join account a on a.tenant_id = e.tenant_id and a.company_id = e.company_id and a.key = l.key
     where e.tenant_id = %(tenant)s and e.narration like 'Sale W16/%%'
"""
_BALANCES = """
    insert into account_balance (tenant_id, account_id, period_id, branch_id, cost_centre, stripe, debit, credit)
    select l.tenant_id, l.account_id, e.period_id, e.branch_id, coalesce(l.cost_centre, ''), 17,
           sum(l.debit), sum(l.credit)
      from journal_line l
      join journal_entry e on (e.tenant_id, e.id) = (l.tenant_id, l.entry_id)
     where e.tenant_id = %(tenant)s and e.narration like 'Sale W16/%%'
     group by 1, 2, 3, 4, 5
"""


def load_lines(superuser: str, shop: Shop, lines: int) -> None:
    """Write sales of the last two years straight into the books.

    Triggers and foreign keys are left out, and the balances brought up to date at the end: this is data,
    not trade. One entry in five hundred is for an earlier day than it was recorded on.
    """
    about = {
        "tenant": shop.ctx.tenant_id,
        "company": shop.ctx.company_id,
        "branch": shop.ctx.branch_id,
        "user": shop.ctx.user_id,
        "entries": lines // LINES_OF_ENTRY,
        "spread": SPREAD_DAYS,
        "centres": list(CENTRES),
    }
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")
        for code in CENTRES:
            connection.execute(
                "insert into cost_centre (tenant_id, id, code, name, is_active)"
                " values (%s, uuidv7(), %s, %s, true)",
                (shop.ctx.tenant_id, code, code.title()),
            )
        for statement in (_PERIODS, _ENTRIES, _BACKDATED, _LINES, _BALANCES):
            connection.execute(statement, about)
        connection.execute("vacuum analyze")


def measured(address: str, shop: Shop, lines: int) -> list[Figure]:
    """Every report of the books, over a year that begins and ends within a month."""
    client = Client(address, shop.token)
    today = shop.ctx.today
    year = f"from_day={today - timedelta(days=380)}&to_day={today - timedelta(days=15)}"
    cash = next(
        row["id"]
        for row in client.get("/api/erp/accounts?search=Cash%20in%20Hand")["rows"]
        if row["key"] == "cash"
    )
    month = f"from_day={today - timedelta(days=60)}&to_day={today - timedelta(days=30)}"
    late = f"as_of={today - timedelta(days=200)}&known_on={today - timedelta(days=190)}"
    reports = {
        "trial balance of a past day": f"trial-balance?as_of={today - timedelta(days=75)}",
        "trial balance as known on a day": f"trial-balance?{late}",
        "profit and loss of a year": f"profit-and-loss?{year}",
        "profit and loss beside last year's": f"profit-and-loss?{year}&compare=last_year",
        "profit and loss by month": f"profit-and-loss?{year}&compare=months",
        "profit and loss by branch": f"profit-and-loss?{year}&by=branch",
        "profit and loss by cost centre": f"profit-and-loss?{year}&by=cost_centre",
        "profit and loss as known on a day": f"profit-and-loss?{year}&known_on={today - timedelta(days=100)}",
        "profit and loss of one branch": f"profit-and-loss?{year}&branch_id={shop.ctx.branch_id}",
        "balance sheet": f"balance-sheet?as_of={today - timedelta(days=75)}",
        "balance sheet of twelve months": "balance-sheet?compare=months",
        "cash flow of a year": f"cash-flow?{year}",
        "ledger of the cash account, a year": f"ledger?account_id={cash}&{year}&limit=200",
        "bank book, a year": f"ledger?group_name=Bank%20Accounts&{year}&limit=200",
        "day book of a month": f"day-book?{month}&limit=200",
        "stock against the stock accounts": "stock-against-books",
    }
    label = f", {lines:,} lines"

    def read(path: str) -> None:
        client.get(f"/api/erp/{path}")

    return [
        figure(f"W16 {name}{label}", timed(partial(read, path), 40, 4))
        for name, path in reports.items()
    ]
