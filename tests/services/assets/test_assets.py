"""The register: what comes in, what it loses, where it goes, and that the ledger says the same."""

from datetime import timedelta
from decimal import Decimal

import psycopg
import pytest

from erp.core import db
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.services.accounting import KeptAccount
from erp.services.assets import (
    AssetGone,
    BilledBefore,
    MonthRun,
    OtherRegistration,
    WrongDay,
)
from tests.factories import Shop, broken_promises, gstin_in
from tests.services.assets.owning import end_of, kinds, months_ago, own, run_month, seller
from tests.services.books import balance
from tests.services.branches import add_branch, registration


def bought(shop: Shop, supplier: object, **more: object) -> object:
    bill = {
        "bought_from": "supplier",
        "supplier_id": supplier,
        "bill_number": "C-1",
        "gst_rate": "18",
    }
    return own(shop, **(bill | more))


def test_a_bought_asset_is_owed_for_and_its_tax_is_a_credit(shop: Shop):
    made = bought(shop, seller(shop))
    assert made.number.startswith("FA/")
    assert (made.cost, made.credit) == (60_000, 10_800)
    assert (balance(shop, "computers"), balance(shop, "creditors")) == (60_000, -70_800)
    assert (balance(shop, "input_cgst"), balance(shop, "input_sgst")) == (5_400, 5_400)
    assert broken_promises() == []


def test_tax_that_is_no_credit_is_part_of_the_cost(shop: Shop):
    made = bought(shop, seller(shop, "24"), takes_credit=False)
    assert (made.cost, made.credit) == (70_800, 0)
    assert (balance(shop, "computers"), balance(shop, "input_igst")) == (70_800, 0)


def test_the_credit_of_a_bill_of_long_ago_has_lapsed(shop: Shop):
    supplier, old = seller(shop), months_ago(shop, 24)
    with pytest.raises(InvalidInput) as refused:
        bought(shop, supplier, bought_on=old)
    assert "lapsed" in refused.value.fields["takes_credit"]
    assert bought(shop, supplier, bought_on=old, takes_credit=False).cost == 70_800


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"bought_from": "supplier"}, "supplier_id"),
        ({"gst_rate": "18"}, "takes_credit"),
        ({"opening_depreciation": "1.00"}, "opening_depreciation"),
        ({"bought_from": "opening", "opening_depreciation": "57000.01"}, "opening_depreciation"),
        ({"bought_from": "opening", "gst_rate": "18"}, "gst_rate"),
    ],
)
def test_what_does_not_fit_is_named(shop: Shop, change: dict[str, str], field: str):
    with pytest.raises(InvalidInput) as refused:
        own(shop, **change)
    assert field in refused.value.fields
    assert shop.count("asset") == 0


def test_days_follow_each_other(shop: Shop):
    day = months_ago(shop, 3)
    for change, field in (
        ({"bought_on": day + timedelta(days=1)}, "bought_on"),
        ({"used_from": day - timedelta(days=1)}, "used_from"),
        ({"booked_on": shop.ctx.today + timedelta(days=1)}, "booked_on"),
    ):
        with pytest.raises(WrongDay) as refused:
            own(shop, **change)
        assert field in refused.value.fields


def test_the_same_bill_is_asked_about(shop: Shop):
    supplier = seller(shop)
    bought(shop, supplier)
    with pytest.raises(BilledBefore):
        bought(shop, supplier, bill_number="c-1")


def test_a_run_posts_what_the_preview_says_once(shop: Shop):
    made = own(shop)
    shown = shop.run("assets.preview_depreciation", {"month": months_ago(shop, 3)})
    assert shown.problem == ""
    ran = run_month(shop, 3)
    assert ran.total == shown.total > 0
    assert (balance(shop, "depreciation"), balance(shop, "accumulated_depreciation")) == (
        ran.total,
        -ran.total,
    )
    with pytest.raises(MonthRun):
        run_month(shop, 3)
    with pytest.raises(MonthRun):
        run_month(shop, 4)
    detail = shop.run("assets.get_asset", {"asset_id": made.id})
    assert (detail.lost, detail.worth) == (ran.total, 60_000 - ran.total)
    assert broken_promises() == []


def test_a_month_that_has_not_ended_is_not_run(shop: Shop):
    own(shop)
    tomorrow = shop.ctx.today + timedelta(days=40)
    with pytest.raises(WrongDay):
        shop.run("assets.run_depreciation", {"month": tomorrow})


def test_months_left_out_are_made_up_for(shop: Shop):
    own(shop)
    other = make_like(shop)
    both = run_month(shop, 1).total
    assert both == 2 * shop.run("assets.get_asset", {"asset_id": other.id}).lost
    rows = shop.run("assets.get_asset", {"asset_id": other.id}).losses
    assert len(rows) == 1


def make_like(shop: Shop) -> object:
    return own(shop, name="Second computer")


def test_an_asset_of_a_month_that_was_run_is_booked_later_and_catches_up(shop: Shop):
    own(shop)
    run_month(shop, 3)
    with pytest.raises(WrongDay) as refused:
        own(shop, name="Late")
    assert "booked_on" in refused.value.fields
    late = own(shop, name="Late", booked_on=months_ago(shop, 2))
    run_month(shop, 2)
    both = [row.lost for row in shop.run("assets.list_assets", {}).rows]
    assert both[0] == both[1]
    assert shop.run("assets.get_asset", {"asset_id": late.id}).lost == both[0]
    assert broken_promises() == []


def test_the_database_posts_an_asset_and_month_once(shop: Shop):
    own(shop)
    run_month(shop, 3)
    with pytest.raises(psycopg.errors.UniqueViolation), db.unit_of_work(shop.ctx) as session:
        db.raw(session).execute(
            "insert into asset_depreciation (tenant_id, id, asset_id, run_id, month, until, amount)"
            " select tenant_id, %s, asset_id, null, month, until, 1 from asset_depreciation",
            (new_id(),),
        )


def test_a_sale_above_its_worth_is_a_gain_after_its_last_days(shop: Shop):
    made = own(shop)
    run_month(shop, 1)
    sold = {"asset_id": made.id, "outcome": "sold", "proceeds": "59000.00", "reason": "Upgraded"}
    answer = shop.run("assets.dispose_asset", sold)
    assert answer.gain == 59_000 - answer.worth > 0
    for key in ("computers", "accumulated_depreciation"):
        assert balance(shop, key) == 0
    assert balance(shop, "gain_on_assets") == -answer.gain
    assert balance(shop, "depreciation") == 60_000 - answer.worth
    with pytest.raises(AssetGone):
        shop.run("assets.dispose_asset", sold)
    assert broken_promises() == []


def test_what_is_scrapped_is_a_loss_of_its_worth(shop: Shop):
    made = own(shop)
    gone = {"asset_id": made.id, "outcome": "scrapped", "reason": "Burnt"}
    with pytest.raises(InvalidInput) as refused:
        shop.run("assets.dispose_asset", gone | {"proceeds": "1.00"})
    assert "proceeds" in refused.value.fields
    answer = shop.run("assets.dispose_asset", gone)
    assert balance(shop, "loss_on_assets") == answer.worth == -answer.gain
    assert broken_promises() == []


def test_a_buyer_who_pays_later_owes_it(shop: Shop):
    made, buyer = own(shop), seller(shop)
    sold = {"asset_id": made.id, "outcome": "sold", "proceeds": "100.00", "reason": "Old"}
    with pytest.raises(InvalidInput) as refused:
        shop.run("assets.dispose_asset", sold | {"paid_into": "buyer"})
    assert "buyer_id" in refused.value.fields
    shop.run("assets.dispose_asset", sold | {"paid_into": "buyer", "buyer_id": buyer})
    assert balance(shop, "debtors") == 100
    assert broken_promises() == []


def test_an_asset_goes_after_the_months_that_were_run(shop: Shop):
    made = own(shop)
    run_month(shop, 1)
    early = {
        "asset_id": made.id,
        "outcome": "scrapped",
        "reason": "x",
        "disposed_on": end_of(shop, 1),
    }
    with pytest.raises(WrongDay) as refused:
        shop.run("assets.dispose_asset", early)
    assert "disposed_on" in refused.value.fields


def test_an_asset_moves_with_its_value(shop: Shop):
    made = own(shop)
    run_month(shop, 2)
    there = add_branch(shop, gstin=registration(shop)).ctx.branch_id
    moved = {"asset_id": made.id, "to_branch_id": there, "place": "Counter", "custodian": "Ravi"}
    shop.run("assets.move_asset", moved)
    assert balance(shop, "branch_transfers") == 0
    assert broken_promises() == []
    run_month(shop, 1)
    detail = shop.run("assets.get_asset", {"asset_id": made.id})
    assert (detail.branch, detail.place, len(detail.moves)) == ("Two", "Counter", 1)
    with pytest.raises(InvalidInput):
        shop.run("assets.move_asset", moved)
    assert broken_promises() == []


def test_between_registrations_an_asset_is_sold(shop: Shop):
    made = own(shop)
    there = add_branch(shop, gstin=gstin_in("24"), state="24").ctx.branch_id
    with pytest.raises(OtherRegistration) as refused:
        shop.run("assets.move_asset", {"asset_id": made.id, "to_branch_id": there})
    assert "to_branch_id" in refused.value.fields


def test_an_asset_of_the_books_of_before_brings_what_it_lost(shop: Shop):
    day = months_ago(shop, 3)
    own(
        shop,
        bought_from="opening",
        bought_on=day - timedelta(days=400),
        opening_depreciation="20000.00",
    )
    assert balance(shop, "opening_difference") == -40_000
    assert balance(shop, "accumulated_depreciation") == -20_000
    run_month(shop, 1)
    assert broken_promises() == []


def test_the_register_says_what_the_ledger_says(shop: Shop):
    own(shop)
    second = own(shop, "90000.00", category_id=kinds(shop)["Furniture and racks"], name="Racks")
    run_month(shop, 2)
    gone = {"asset_id": second.id, "outcome": "scrapped", "reason": "Termites"}
    shop.run("assets.dispose_asset", gone | {"disposed_on": months_ago(shop, 1)})
    found = shop.run("assets.show_register", {"from_day": months_ago(shop, 2)})
    assert (found.totals["cost_before"], found.totals["added"]) == (150_000, 0)
    assert (found.totals["deducted"], found.totals["cost_after"]) == (90_000, 60_000)
    assert all(one.cost_after == one.ledger for one in found.accounts)
    assert {one.account for one in found.accounts} == {"Computers", "Accumulated Depreciation"}
    before = shop.run(
        "assets.show_register", {"from_day": months_ago(shop, 3), "to_day": end_of(shop, 2)}
    )
    assert (before.totals["added"], before.totals["deducted"]) == (150_000, 0)
    assert before.totals["worth"] == 150_000 - before.totals["lost"]
    assert all(one.cost_after == one.ledger for one in before.accounts)


def test_accounts_of_assets_take_no_typed_entry(shop: Shop):
    lines = [
        {"account_key": "computers", "debit": "10.00"},
        {"account_key": "cash", "credit": "10.00"},
    ]
    typed = {"effective_on": shop.ctx.today, "narration": "Mouse", "lines": lines}
    with pytest.raises(KeptAccount):
        shop.run("accounting.post_manual_entry", typed)
    assert balance(shop, "computers") == Decimal(0)
