"""What was booked before there was a register of bills is entered by the migration as it would be today."""

import runpy
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from erp.core import db
from tests.factories import broken_promises, make_shop
from tests.services.gst_returns.months import at, purchase
from tests.services.seen_bills.conftest import approved, claimed, line, owned, supplier
from tests.services.trading import rows

MIGRATION = next(Path("alembic/versions").glob("*_seen_bills.py"))
KEPT = (
    "select b.identity, b.key, b.fiscal_year, u.source, u.source_id, u.number, lower(u.supplier) as supplier,"
    " u.bill_number, u.dated_on, u.taxable, u.igst, u.cgst, u.sgst, u.is_credit, u.taken_on, u.ended_on"
    " from seen_bill_use u join seen_bill b on b.id = u.bill_id"
    " where u.ended_on is null or u.is_credit order by u.source, u.number, b.key, u.bill_number"
)


def test_bills_of_before_are_entered(scratch: str) -> None:
    trader = make_shop("trader")
    purchase(trader, "SL/007", "1000.00", "5", state="09")
    approved(trader, claimed(trader, line(trader, "SL-1"), line(trader, "SL/1", "590.00")))
    claimed(trader, line(trader, "SL-2", supplier_gstin=""), line(trader, ""))
    gone = approved(trader, claimed(trader, line(trader, "SL-3")))
    taken_back = {"claim_id": gone.id, "reason": "Not ours"}
    trader.run("expenses.reverse_claim", taken_back, by=trader.acting_as("owner"), at=at(10))
    owned(trader, supplier(trader, "06", "Printers"), "P-1")
    before = rows(trader, KEPT)
    assert len(before) == 5
    db.dispose()
    with psycopg.connect(scratch, autocommit=True) as owner:
        for change in (
            "set session_replication_role = replica",
            "delete from seen_bill_use",
            "delete from seen_bill",
        ):
            owner.execute(change)
    enter(scratch)
    assert rows(trader, KEPT) == before
    assert broken_promises() == []


def enter(url: str) -> None:
    """Do what the migration does once its tables are there."""
    engine = sa.create_engine(db.driver_url(url))
    with engine.begin() as connection:
        migration: dict[str, Any] = runpy.run_path(str(MIGRATION))
        with Operations.context(MigrationContext.configure(connection)):
            migration["_fill"]()
    engine.dispose()
