"""Journals of periods: reverse charge, set-off, opening balances, year end."""

from datetime import date, timedelta

from tests.factories import LONG_AGO, Shop, gstin_in
from tests.services.accounting.test_year_end import CLOSE, FIGURES, book
from tests.services.assets.owning import kinds, own
from tests.services.billing.bills.billing import registered
from tests.services.gst_returns.months import buyer as any_buyer
from tests.services.gst_returns.months import (
    deposit,
    detail,
    file_return,
    gstin_of,
    invoice,
    prepare,
    product,
    purchase,
)
from tests.services.journals.recording import Driver, Within
from tests.services.trading import add_customer, rows

APRIL = date(2025, 4, 1)


def reverse_charge(shop: Shop):
    """J24: freight of 2,000 whose tax is ours."""
    haulier = registered(shop, name="Sai Roadways")
    yield
    given = {"gstin": gstin_of(shop), "supplier_id": haulier, "description": "Freight inward"}
    shop.run(
        "gst_returns.record_reverse_charge",
        given | {"hsn": "996511", "taxable": "2000.00", "rate": "5"},
    )


def set_off(shop: Shop):
    """J25: a month's tax paid with credit, and the rest in cash; E35's figures."""
    opening = {
        "opening_on": date(2024, 12, 31),
        "content": "kind,code,debit,credit\naccount,1401,1000,\n",
    }
    shop.run("accounting.import_opening", opening)
    goods = product(shop, "30049014", "5", "200.00")
    taxed = {"gst_category": "regular"}
    here = any_buyer(shop, **taxed, gstin="27AAPFU0939F1ZV")
    there = any_buyer(shop, **taxed, gstin=gstin_in("24"), state_code="24")
    invoice(shop, 5, here, (goods, 5000, "112"))
    shop.receive(goods, 5000, mrp="200.00", received_on=LONG_AGO)
    invoice(shop, 6, there, (goods, 1800, "100"))
    purchase(shop, "P-1", "300000.00", "5", state="09")
    purchase(shop, "P-2", "380000.00", "5")
    file_return(shop, prepare(shop))
    made = prepare(shop, "gstr3b")
    assert detail(shop, made).blocking == 0
    deposit(shop, "2000")
    yield
    file_return(shop, made)


def opened(shop: Shop):
    """J26: everything that was there on 31 March."""
    day, old = APRIL - timedelta(days=1), APRIL - timedelta(days=40)
    debtor = add_customer(shop)
    creditor = registered(shop, name="Bakson Agencies")
    codes = {
        row["id"]: row["code"]
        for row in rows(shop, "select id, code from party where id = any(%s)", [debtor, creditor])
    }
    shop.run(
        "loyalty.set_programme",
        {
            "is_active": True,
            "points_per_rupee": "0.01",
            "worth": "1.00",
            "minimum_points": 1,
            "valid_months": 6,
        },
    )
    sku = rows(shop, "select sku from variant where id = %s", shop.variant_ids[0])[0]["sku"]
    yield
    head = "kind,code,debit,credit,bill,bill_date,due_date"
    lines = (
        head,
        "account,1000,15000,,,,",
        "account,1100,240000,,,,",
        "account,1400,4200,,,,",
        "account,1401,4200,,,,",
        "account,2102,,1800,,,",
        "account,3000,,840000,,,",
        f"customer,{codes[debtor]},150000,,INV/7,{old},",
        f"customer,{codes[debtor]},30000,,INV/9,{old},",
        f"supplier,{codes[creditor]},,310000,B-1,{old},",
    )
    shop.run("accounting.import_opening", {"opening_on": day, "content": "\n".join(lines)})
    racks = {"name": "Racks", "category_id": kinds(shop)["Furniture and racks"], "bought_on": day}
    own(shop, "90000.00", bought_from="opening", booked_on=day, **racks)
    stock = (
        "sku,lot,expiry,mrp,quantity,cost",
        f"{sku},B1,12/2029,100.00,4000,100",
        f"{sku},B2,02/2029,100.00,2200,100",
    )
    shop.run("inventory.import_opening_stock", {"opening_on": day, "content": "\n".join(stock)})
    points = {"party_id": debtor, "points": 1600, "reason": "Old card", "is_opening": True}
    shop.run("loyalty.adjust_points", points)


def year_closed(purpose: str) -> Driver:
    """J27, J28: a year's income and cost, and its profit to the owner."""

    def driver(shop: Shop):
        for number, (debit, credit, amount) in enumerate(FIGURES):
            book(shop, debit, credit, amount, date(2024, 4 + number, 5))
        yield
        shop.run("accounting.close_year", CLOSE)
        return Within(purpose=purpose)

    return driver


DRIVERS: dict[str, Driver] = {
    "J24": reverse_charge,
    "J25": set_off,
    "J26": opened,
    "J27": year_closed("close-"),
    "J28": year_closed("carry-"),
}
