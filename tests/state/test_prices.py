"""The pages of prices on real services: what they send, and how they say what came of it."""

from decimal import Decimal

import pytest

from erp.state.party.editing import EditPartyState, NewPartyState
from erp.state.pos.parking import ParkState
from erp.state.sales.importing import ImportState
from erp.state.sales.price_list import PriceRulesState
from erp.state.sales.price_lists import TryPriceState
from erp.state.sales.setting_rules import EndRuleState, SetPriceState, SetSchemeState
from tests.factories import Shop
from tests.services.sales.pricing import make_list, named, set_price, set_scheme
from tests.state.tills import Desk, begin, kept, open_desk, played

CODE = "8901234567890"


@pytest.fixture
def desk(trader: Shop, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return open_desk(trader, monkeypatch, "manager")


@pytest.fixture
def till(trader: Shop, monkeypatch: pytest.MonkeyPatch) -> Desk:
    trader.run(
        "sales.create_coupon",
        {"code": "TEN", "name": "Ten", "percent": "10", "min_bill": "200.00", "max_uses": 5},
    )
    return open_desk(trader, monkeypatch)


async def sent(form, typed):
    async for _ in form.submit(typed | {"idempotency_key": form.form_key}):
        pass


async def shown(desk: Desk, list_id, kind: str = "price") -> list[tuple[str, str, str]]:
    """Return what the list's page shows of its rules."""
    page = desk[PriceRulesState]
    page._list_id, page.part = str(list_id), kind
    page._price_mode = "inclusive"
    page._today = desk.shop.ctx.today
    page.filters = {"with_past": "true"}
    await page.refresh()
    return [(row["goods"], row["basis"], row["is_in_force"]) for row in page.rows]


def test_a_coupon_shows_what_it_takes_off_and_goes_with_the_sale(till: Desk, trader: Shop):
    async def story():
        await begin(till)
        await till.add(trader.variant_ids[0], 2)
        await till.till.change_coupon(" ten ")
        assert (till.till.coupon, till.till.totals["coupon"]) == ("TEN", "-₹21.00")
        assert (till.till.totals["total"], till.till.totals["discount"]) == ("₹189.00", "")
        await till.pay_cash()
        assert till.pay.receipt["total"] == "₹189.00"
        assert (till.till.coupon, kept(till).coupon) == ("", "")

    played(story())
    assert trader.count("coupon_use") == 1


def test_a_refused_coupon_says_why_and_the_bill_stays_sellable(till: Desk, trader: Shop):
    async def story():
        await begin(till)
        await till.add(trader.variant_ids[0], 2)
        before = till.calls
        await till.till.change_coupon("NONE-SUCH")
        assert till.calls == before + 1
        assert "no coupon NONE-SUCH" in till.till.coupon_problem
        assert (till.till.coupon, kept(till).coupon) == ("", "")
        assert till.till.is_sellable
        assert till.till.totals["total"] == "₹210.00"
        await till.till.change_coupon("TEN")
        await till.till.press("less")
        assert "needs goods for ₹200.00 or more" in till.till.coupon_problem
        assert (kept(till).coupon, till.till.totals["total"]) == ("", "₹105.00")
        await till.till.press("more")
        assert till.till.coupon_problem == ""

    played(story())


def test_a_coupon_and_a_refused_line_are_left_out_together(till: Desk, trader: Shop):
    async def story():
        await begin(till)
        await till.add(trader.variant_ids[0])
        await till.add(trader.variant_ids[1])
        await till.till.change_quantity("2", "999")
        await till.till.change_coupon("TEN")
        assert "Only 200 of" in till.till.lines[1]["problem"]
        assert "₹200.00 or more" in till.till.coupon_problem
        assert till.till.totals["total"] == "₹105.00"

    played(story())


def test_a_coupon_used_up_meanwhile_is_taken_off_at_payment(till: Desk, trader: Shop):
    async def story():
        await begin(till)
        await till.add(trader.variant_ids[0], 2)
        await till.till.change_coupon("TEN")
        await till.pay.pay()
        found = trader.run("sales.list_coupons").rows[0]
        trader.run("sales.set_coupon_status", {"coupon_id": found.id, "is_active": False})
        await till.pay.complete([{"method": "cash", "amount": "189.00", "reference": ""}])
        assert not till.pay.is_open
        assert "was stopped" in till.till.coupon_problem
        assert till.till.notice == ""
        assert till.till.is_sellable
        await till.pay_cash()
        assert till.pay.receipt["total"] == "₹210.00"

    played(story())


def test_a_parked_bill_keeps_its_coupon(till: Desk, trader: Shop):
    async def story():
        await begin(till)
        await till.add(trader.variant_ids[0], 2)
        await till.till.change_coupon("TEN")
        parked = till[ParkState]
        await parked.open_park()
        await parked.park({"label": "Blue shirt"})
        assert till.till.coupon == ""
        await parked.open_recall()
        await parked.recall(parked.parked[0]["id"])
        assert (till.till.coupon, till.till.totals["total"]) == ("TEN", "₹189.00")

    played(story())


def test_prices_and_schemes_are_set_and_told_in_plain_words(desk: Desk, trader: Shop):
    every, variant = make_list(trader), str(trader.variant_ids[0])

    async def story():
        price = desk[SetPriceState]
        await price.open_dialog(str(every), "All")
        await price.choose_goods(variant, "Arnica")
        await sent(price, {"variant_id": variant, "amount": "1,090.50", "min_quantity": "10"})
        assert (price.form_error, price.is_open) == ("", False)
        await price.open_dialog(str(every), "All")
        await price.choose_goods(variant, "Arnica")
        await price.choose_scope("product")
        await price.choose_basis("mrp")
        await sent(
            price,
            {"variant_id": variant, "direction": "less", "percent": "10", "round_to": "0.50"},
        )
        assert price.form_error == ""
        scheme = desk[SetSchemeState]
        await scheme.open_dialog(str(every), "All")
        await scheme.choose_scope("all")
        await sent(scheme, {"buy_quantity": "10", "free_quantity": "1", "repeats": "true"})
        assert [(words, standing) for _, words, standing in await shown(desk, every)] == [
            ("MRP less 10%, to the nearest ₹0.50", "In force"),
            ("₹1,090.50 from 10 units", "In force"),
        ]
        assert (await shown(desk, every, "scheme"))[0] == ("All goods", "10 + 1 free", "In force")
        page = desk[PriceRulesState]
        await shown(desk, every)
        end = desk[EndRuleState]
        await end.open_dialog(page.rows[0]["id"], "MRP less 10%")
        await sent(end, {"reason": "Season is over"})
        told = [(words, standing) for _, words, standing in await shown(desk, every)]
        assert told[:2] == [
            ("Ended", "Past"),
            ("MRP less 10%, to the nearest ₹0.50", "Past"),
        ]

    played(story())


def test_what_is_missing_is_said_at_its_field(desk: Desk, trader: Shop):
    every = make_list(trader)

    async def story():
        price = desk[SetPriceState]
        await price.open_dialog(str(every), "All")
        await sent(price, {"amount": "90"})
        assert "Name the goods" in price.form_error
        await price.choose_scope("lot")
        await sent(price, {"lot_id": str(every), "amount": "90"})
        assert "not known here" in price.field_errors["lot_id"]
        assert price.is_open

    played(story())
    assert trader.count("price_rule") == 0


def test_a_file_is_checked_before_it_changes_anything(desk: Desk, trader: Shop):
    trader.run("catalog.add_barcode", {"variant_id": trader.variant_ids[0], "code": CODE})
    every = make_list(trader)

    async def story():
        page = desk[ImportState]
        page.head = {"id": str(every), "name": "All", "code": "ALL"}
        page._price_mode = "inclusive"
        await page.read_file("july.csv", f"barcode,price\n{CODE},ninety")
        assert page.faults[0] | {"id": ""} == {
            "id": "",
            "line": "2",
            "column": "price",
            "remedy": "Write a price such as 95 or 95.50.",
        }
        assert page.summary == ""
        assert await page.apply({}) == []
        await page.read_file("july.csv", f"barcode,price,min_quantity\n{CODE},90,12")
        assert (page.summary, page.faults) == ("1 new", [])
        assert (page.rows[0]["was"], page.rows[0]["becomes"]) == (
            "No price of its own",
            "₹90.00 from 12",
        )
        assert trader.count("price_rule") == 0
        assert len(await page.apply({"reason": ""})) == 2
        kept_rule = trader.run("sales.list_price_rules", {"list_id": every}).rows[0]
        assert (kept_rule.amount, kept_rule.reason) == (90, "july.csv")
        await page.read_pasted({"content": f"barcode,price,min_quantity\n{CODE},90,12"})
        assert "holds already" in page.refusal
        await page.read_pasted({"content": "name;price"})
        assert "Column name;price is not known" in page.refusal

    played(story())


def test_the_panel_answers_in_words(desk: Desk, trader: Shop):
    every, variant = make_list(trader), trader.variant_ids[0]
    set_price(trader, every, basis="mrp", percent=Decimal(-10))
    set_scheme(trader, every, 10, 1)

    async def story():
        panel = desk[TryPriceState]
        await panel.explain({"variant_id": str(variant), "quantity": "250"})
        assert panel.lots[0]["why"] == "MRP ₹105.00 less 10% (list ALL)"
        assert (panel.lots[0]["unit_price"], panel.total) == ("₹94.50", "₹18,900.00")
        assert panel.free.startswith("+ 25 free Arnica")
        assert panel.short == "50 units of these cannot be sold here now."
        await panel.explain({"quantity": "1"})
        assert "variant_id" in panel.field_errors
        assert panel.lots == []

    played(story())


def test_a_party_is_offered_the_lists_of_the_tenant(desk: Desk, trader: Shop):
    make_list(trader, "DOCTOR", audience="assigned", name="Doctors, a tenth off")
    retailer = named(trader)

    async def story():
        form = desk[NewPartyState]
        await form._offer_lists("")
        assert [(o["value"], o["label"]) for o in form.price_lists] == [
            ("RETAIL_MRP", "Retail, at MRP"),
            ("DOCTOR", "Doctors, a tenth off"),
        ]
        form = desk[EditPartyState]
        found = trader.run("party.get_party", {"party_id": retailer})
        await form._offer_lists(found.price_list)
        assert form.price_lists[-1] == {
            "value": "RETAILER_PTR",
            "label": "Retailers, at PTR (no such list: MRP)",
        }

    played(story())
