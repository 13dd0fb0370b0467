"""What the ledger says of an account."""

from decimal import Decimal

from erp.core import db
from tests.factories import Shop


def balance(shop: Shop, key: str) -> Decimal:
    """Return debits minus credits of the company's account."""
    with db.unit_of_work(shop.ctx) as session:
        row = db.fetch_one(
            session,
            "select coalesce(sum(l.debit - l.credit), 0) as balance from journal_line l"
            " join account a on a.tenant_id = l.tenant_id and a.id = l.account_id"
            " where a.key = %s and a.company_id = %s",
            (key, shop.ctx.company_id),
        )
    assert row is not None
    found: Decimal = row["balance"]
    return found
