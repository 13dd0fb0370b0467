"""A fixed asset is sold on an invoice: tax, credit that goes back, gain or loss, returns, and cancelled."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from psycopg.errors import CheckViolation

from erp.core import db
from erp.core.errors import NotFound, PermissionDenied
from erp.core.gst.taxing import TaxHeads
from erp.services import assets, billing
from erp.services.assets import AssetGone
from erp.services.billing import NotCancellable
from erp.services.disposals.owing import owed_on_sale, quarters_begun
from tests.factories import Shop, broken_promises
from tests.services.assets.owning import months_ago, own, run_month, seller
from tests.services.trading import add_customer, rows, snapshot


def owned(shop: Shop, price: str = "60000.00", **more: Any) -> Any:
    """Bring a computer with 18 % credit into the books, bought three months ago."""
    given = {
        "bought_from": "supplier",
        "supplier_id": seller(shop),
        "bill_number": "C-1",
        "gst_rate": "18",
        "takes_credit": True,
    }
    return own(shop, price, **given | more)


def buyer(shop: Shop, **more: Any) -> Any:
    return add_customer(shop, **({"state_code": "27", "credit_limit": "1000000.00"} | more))


def sell(shop: Shop, asset: Any, price: str = "30000.00", **more: Any) -> Any:
    given = {
        "asset_id": asset.id,
        "buyer_id": more.pop("buyer_id", None) or buyer(shop),
        "price": price,
        "hsn": "8471",
        "rate": "18",
        "reason": "Replaced",
    }
    return shop.run("disposals.sell_asset", given, **more)


def cancel(shop: Shop, asset: Any) -> Any:
    given = {"asset_id": asset.id, "reason": "The buyer withdrew"}
    return shop.run("disposals.cancel_sale", given)


def held(shop: Shop, key: str) -> Decimal:
    (row,) = rows(
        shop,
        "select coalesce(sum(l.debit - l.credit), 0) as amount from account a join journal_line l"
        " on (l.tenant_id, l.account_id) = (a.tenant_id, a.id) where a.key = %s",
        key,
    )
    amount: Decimal = row["amount"]
    return amount


@pytest.mark.parametrize(
    ("sold_on", "quarters"),
    [
        (date(2025, 1, 15), 1),
        (date(2025, 4, 14), 1),
        (date(2025, 4, 15), 2),
        (date(2026, 1, 14), 4),
        (date(2026, 1, 15), 5),
        (date(2040, 1, 1), 20),
    ],
)
def test_a_quarter_counts_once_it_has_begun(sold_on: date, quarters: int) -> None:
    assert quarters_begun(date(2025, 1, 15), sold_on) == quarters


def test_the_higher_of_credit_left_and_tax_is_owed() -> None:
    credit = TaxHeads(cgst=Decimal(5400), sgst=Decimal(5400), igst=Decimal(0))
    days = (date(2025, 1, 15), date(2025, 9, 1))  # the third quarter runs: 15 % are used
    owed = owed_on_sale(credit, *days, Decimal(5400))
    assert (owed.quarters, owed.left, owed.excess) == (
        3,
        Decimal(9180),
        {"igst": 0, "cgst": Decimal(1890), "sgst": Decimal(1890)},
    )
    assert sum(owed_on_sale(credit, *days, Decimal(9180)).excess.values()) == 0


def test_an_asset_goes_with_its_invoice_tax_and_gain_in_one_step(trader: Shop) -> None:
    asset = owned(trader, "20000.00")
    sold = sell(trader, asset)
    assert (sold.tax, sold.total, sold.excess) == (5400, 35400, 0)
    assert sold.number.startswith("SFA/")
    (made,) = rows(trader, "select kind, taxable, cgst, sgst, origin_type from invoice")
    assert list(made.values()) == ["tax_invoice", 30000, 2700, 2700, "asset_sale"]
    assert held(trader, "debtors") == 35400
    assert (held(trader, "output_cgst"), held(trader, "computers")) == (-2700, 0)
    assert held(trader, "gain_on_assets") == -sold.gain
    found = trader.run("assets.get_asset", {"asset_id": asset.id})
    assert (found.status, found.proceeds) == ("sold", 30000)
    shown = trader.run("disposals.get_sale", {"asset_id": asset.id})
    assert (shown.number, shown.invoice_id) == (sold.number, sold.id)
    with pytest.raises(AssetGone):
        sell(trader, asset)
    assert broken_promises() == []


def test_its_invoice_is_shown_and_printed_as_any_other(trader: Shop) -> None:
    sold = sell(trader, owned(trader))
    shown = trader.run("billing.get_invoice", {"invoice_id": sold.id})
    assert (shown.origin_type, shown.lines[0].variant_id) == ("asset_sale", None)
    listed = trader.run("billing.list_invoices", {"source": "order"}).rows
    assert [row.number for row in listed] == [sold.number]
    with db.unit_of_work(trader.ctx) as session:
        printed = billing.get_printed_document(session, trader.ctx, sold.id)
        blocks = assets.get_printed_blocks(session, trader.ctx, assets.ShowTaxBlocks())
    assert (printed.title, printed.lines[0].hsn) == ("Tax Invoice", "8471")
    assert blocks.rows[0].cells[4] == 30000


def test_credit_beyond_the_tax_goes_back(trader: Shop) -> None:
    asset = owned(trader)
    sold = sell(trader, asset, "1000.00")
    # 10,800 credit, two quarters begun: 9,720 left, 180 tax
    assert (sold.quarters, sold.credit_left, sold.tax, sold.excess) == (2, 9720, 180, 9540)
    assert (held(trader, "input_cgst"), held(trader, "input_sgst")) == (630, 630)
    (change,) = rows(trader, "select kind, cgst, sgst, igst from gst_credit_change")
    assert list(change.values()) == ["asset_sold", 4770, 4770, 0]
    assert broken_promises() == []


def test_it_stands_in_both_returns_and_agrees_with_the_books(trader: Shop) -> None:
    sold = sell(trader, owned(trader), "1000.00")
    gstin = trader.run("gst_returns.list_registrations").rows[0].gstin
    month = {"gstin": gstin, "starts_on": trader.ctx.today.replace(day=1)}

    def prepared(form: str) -> Any:
        made = trader.run("gst_returns.prepare_return", month | {"form": form})
        return trader.run("gst_returns.get_return", {"return_id": made.id})

    first, whole = prepared("gstr1"), prepared("gstr3b")
    assert first.figures["sections"]["b2cs"]["taxable"] == "1000.00"
    assert (first.blocking, first.differences, whole.differences) == (0, [], [])
    assert whole.figures["cells"]["3.1(a)"]["taxable"] == "1000.00"
    assert whole.figures["cells"]["4(B)(1)"]["cgst"] == "4770.00"
    cancel(trader, rows_asset(trader, sold))
    first, whole = prepared("gstr1"), prepared("gstr3b")
    assert first.figures["sections"]["b2cs"]["taxable"] == "0.00"
    assert (first.differences, whole.differences) == ([], [])
    assert Decimal(whole.figures["cells"]["4(B)(1)"]["cgst"]) == 0


def rows_asset(shop: Shop, sold: Any) -> Any:
    return shop.run("assets.get_asset", {"asset_id": sold.asset_id})


def test_a_cancelled_sale_leaves_the_asset_in_use_and_its_month_is_run(trader: Shop) -> None:
    asset = owned(trader)
    run_month(trader, 1)
    before = {
        key: held(trader, key)
        for key in (
            "computers",
            "debtors",
            "output_cgst",
            "input_cgst",
            "gain_on_assets",
            "loss_on_assets",
        )
    }
    sell(trader, asset, "1000.00")
    cancel(trader, asset)
    assert {key: held(trader, key) for key in before} == before
    assert trader.run("assets.get_asset", {"asset_id": asset.id}).status == "in_use"
    with pytest.raises(NotFound, match="not sold"):
        cancel(trader, asset)
    again = sell(trader, asset, "2000.00")
    assert trader.run("disposals.get_sale", {"asset_id": asset.id}).number == again.number
    assert broken_promises() == []


def test_a_paid_sale_is_not_cancelled_and_orders_are_not_confused_with_it(trader: Shop) -> None:
    asset, who = owned(trader), buyer(trader)
    sold = sell(trader, asset, buyer_id=who)
    with pytest.raises(NotCancellable, match="asset"):
        trader.run("billing.cancel_invoice", {"invoice_id": sold.id, "reason": "x"})
    trader.run("payments.receive_payment", {"party_id": who, "amount": "100.00", "method": "cash"})
    before = snapshot(trader)
    with pytest.raises(NotCancellable, match="settled"):
        cancel(trader, asset)
    assert snapshot(trader) == before


def test_between_states_the_tax_is_integrated(trader: Shop) -> None:
    sell(trader, owned(trader, "20000.00"), buyer_id=buyer(trader, state_code="29"))
    (made,) = rows(trader, "select igst, cgst, supply_nature from invoice")
    assert list(made.values()) == [5400, 0, "INTER"]


def test_a_month_that_was_run_is_not_gone_behind_and_permission_is_asked(trader: Shop) -> None:
    asset = owned(trader)
    with pytest.raises(PermissionDenied):
        sell(trader, asset, by=trader.acting_as("cashier"))
    assert months_ago(trader, 0) == trader.ctx.today.replace(day=1)


def test_the_database_keeps_an_assets_facts_and_a_sold_one_sold(trader: Shop) -> None:
    asset = owned(trader)
    sell(trader, asset)
    for wrong in (
        "update asset set cost = cost + 1 where id = %s",
        "update asset set used_from = used_from - 1 where id = %s",
        "update asset set status = 'in_use', disposed_on = null, proceeds = null where id = %s",
        "update asset set proceeds = 1 where id = %s",
    ):
        with pytest.raises(CheckViolation), db.unit_of_work(trader.ctx) as session:
            db.execute(session, wrong, (asset.id,))
