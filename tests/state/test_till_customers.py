"""Customers at the till: several at once, what each has, what they paid last."""

from typing import Any

import pytest

from erp.state.pos.approving import ApprovalState
from erp.state.pos.customers import CustomerState
from erp.state.pos.open_carts import MOST_CARTS, OpenCarts
from erp.state.pos.prescribing import PrescriptionState
from erp.state.pos.shifts import ShiftDeskState
from tests.factories import PIN, Shop
from tests.services.trading import add_customer, rows
from tests.state.tills import Desk, begin, kept, open_desk, played


@pytest.fixture
def desk(trader: Shop, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return open_desk(trader, monkeypatch)


def test_two_customers_are_served_at_once_and_survive_a_reload(
    desk: Desk, trader: Shop, monkeypatch: pytest.MonkeyPatch
):
    asha = add_customer(trader, name="Asha")

    async def story():
        await begin(desk)
        await desk.add(trader.variant_ids[0], 2)
        await desk[CustomerState].pick(str(asha), "")
        first = kept(desk).sale_id
        await desk.till.next_tab()
        assert (desk.till.lines, desk.till.customer["id"]) == ([], "")
        await desk.add(trader.variant_ids[1])
        assert [tab["is_at_hand"] for tab in desk.till.tabs] == ["false", "true"]
        assert desk.till.tabs[0]["label"] == "Asha"
        fresh = open_desk(trader, monkeypatch)
        await begin(fresh)
        await fresh.till.restore(desk.till.kept, desk.till.aside)
        assert fresh.till.lines[0]["quantity"] == "1"
        await fresh.till.next_tab()
        assert (fresh.till.lines[0]["quantity"], fresh.till.customer["name"]) == ("2", "Asha")
        assert kept(fresh).sale_id == first
        await fresh[ShiftDeskState].open_closing()
        assert not fresh[ShiftDeskState].is_closing
        await fresh.pay_cash()
        assert (fresh.till.lines[0]["quantity"], fresh.till.tabs) == ("1", [])
        await fresh.pay.new_sale()
        await fresh.pay_cash()
        assert fresh.till.lines == []

    played(story())
    assert trader.count("sale") == 2


def test_no_more_bills_are_open_than_have_room(desk: Desk):
    async def story():
        await begin(desk)
        for _ in range(MOST_CARTS + 2):
            await desk.till.open_tab()
        assert len(desk.till.tabs) == MOST_CARTS
        for place in ("9", "-1"):
            await desk.till.choose_tab(place)
        assert desk.till.tabs[0]["is_at_hand"] == "true"

    played(story())


@pytest.mark.parametrize(
    "text", ["", "{}", '{"carts": [], "at": 0}', '{"carts": [{}], "at": 4}', 7]
)
def test_what_is_no_text_of_open_carts_is_one_empty_place(text: Any):
    assert OpenCarts.read(text) == OpenCarts()


def test_the_till_shows_what_a_customer_has_and_repeats_a_bill(desk: Desk, trader: Shop):
    terms = {"is_active": True, "points_per_rupee": "0.1", "worth": "0.50"}
    trader.run("loyalty.set_programme", terms)
    asha = add_customer(trader, name="Asha", credit_limit="500.00")
    line = {"variant_id": trader.variant_ids[0], "quantity": 2, "discount_percent": "10"}
    trader.run("pos.post_sale", trader.cart({}, lines=[line], customer_id=asha))
    form = desk[CustomerState]

    async def story():
        await begin(desk)
        await form.pick(str(asha), "")
        await form.open_dialog()
        assert (form.mode, form.standing["points"], form.standing["owed"]) == (
            "known",
            "18 points",
            "₹0.00",
        )
        await form.repeat(form.bills[0]["id"])
        assert desk.till.lines[0]["quantity"] == "2"
        assert desk.till.lines[0]["last"].startswith("Last paid ₹94.50 on ")
        await form.open_dialog()
        await form.start_advance()
        await form.take_advance({"method": "cash", "amount": ""})
        assert form.errors
        await form.take_advance({"method": "cash", "amount": "100.00", "note": "Arnica"})
        assert (form.mode, form.standing["advance"]) == ("known", "₹100.00")
        assert form.voucher["number"].startswith("RV/")
        await desk.pay.pay()
        assert desk.pay.holdings["points"]["most"] == "9.00"
        assert desk.pay.holdings["advance"]["most"] == "100.00"
        paid = [("points", "9.00"), ("advance", "100.00"), ("cash", "101.00")]
        await desk.pay.complete([{"method": m, "amount": a, "reference": ""} for m, a in paid])
        assert desk.pay.receipt["points"] == "18 points spent, 20 points earned"

    played(story())
    assert len(rows(trader, "select method from tender")) == 4


def test_what_was_paid_before_is_paid_back_with_a_voucher(desk: Desk, trader: Shop):
    asha = add_customer(trader, name="Asha")
    form = desk[CustomerState]

    async def story():
        await begin(desk)
        await form.pick(str(asha), "")
        await form.open_dialog()
        assert form.standing["has_advance"] == ""
        await form.start_advance()
        await form.take_advance({"method": "cash", "amount": "1,000.00"})
        assert (form.standing["advance"], form.standing["has_advance"]) == ("₹1,000.00", "yes")
        await form.start_refund()
        await form.pay_back({"method": "cash", "amount": "400"})
        assert form.errors.keys() == {"reason"}
        await form.pay_back({"method": "cash", "amount": "1000.01", "reason": "No stock"})
        assert "amount" in form.errors
        await form.pay_back({"method": "cash", "amount": "400", "reason": "No stock"})
        assert (form.mode, form.standing["advance"]) == ("known", "₹600.00")
        assert form.voucher["words"].startswith("Paid back: voucher FV/")

    played(story())
    kept = rows(trader, "select kind, amount from advance_voucher order by number")
    assert [(row["kind"], row["amount"]) for row in kept] == [("refund", 400), ("receipt", 1000)]


def test_another_tenants_customer_is_nobody_here(desk: Desk, stranger: Shop):
    form = desk[CustomerState]

    async def story():
        await begin(desk)
        await form.pick(str(add_customer(stranger)), "")
        assert (desk.till.customer["id"], form.problem != "") == ("", True)
        await form.repeat(str(stranger.sell({stranger.variant_ids[0]: 1}).sale_id))
        assert desk.till.lines == []

    played(story())


def test_a_bill_that_needs_a_prescription_asks_for_it_before_payment(desk: Desk, trader: Shop):
    found = rows(trader, "select product_id from variant where id = %s", trader.variant_ids[0])
    restricted = {"product_id": found[0]["product_id"], "licence_class": "restricted"}
    trader.run("catalog.set_licence_class", restricted)
    dialog = desk[PrescriptionState]

    async def story():
        await begin(desk)
        await desk.add(trader.variant_ids[0])
        await desk.pay.pay()
        assert (desk.pay.is_open, dialog.is_open) == (False, True)
        await dialog.keep({"doctor_name": "Dr Joshi"})
        assert dialog.errors.keys() == {"registration_no", "patient_name", "prescribed_on"}
        said = {"doctor_name": "Dr Joshi", "registration_no": "MH-1", "patient_name": "Asha"}
        await dialog.keep(said | {"prescribed_on": "yesterday"})
        assert "prescribed_on" in dialog.errors
        await dialog.keep(said | {"prescribed_on": "2026-01-05"})
        assert desk.till.prescription == "Dr Joshi for Asha, 05-01-2026"
        await desk.pay_cash()
        assert desk.pay.receipt["number"]

    played(story())
    assert trader.count("prescription") == 1


def test_the_till_goes_on_by_itself_once_somebody_elsewhere_decided(desk: Desk, trader: Shop):
    asking = desk[ApprovalState]

    async def story():
        await begin(desk)
        await desk.add(trader.variant_ids[0])
        await desk.till.change_discount("1", "12")
        await desk.pay.pay()
        await asking.turn("elsewhere")
        await asking.ask({"reason": ""})
        assert "reason" in asking.errors
        await asking.ask({"reason": "Regular"})
        assert await asking._look() is None
        assert asking.request_id
        decide({"is_granted": False, "answer": "5% at most"})
        assert await asking._look() is None
        assert asking.errors["reason"].endswith("refused. 5% at most")
        await asking.ask({"reason": "Regular, 20 years"})
        decide({"is_granted": True})
        assert await asking._look() is not None
        assert not asking.is_open
        await desk.pay.pay_approved()
        assert desk.pay.is_open
        await desk.pay.complete([{"method": "cash", "amount": "100.00", "reference": ""}])
        assert desk.pay.receipt["number"]

    def decide(given):
        wanted = given | {"request_id": asking.request_id, "pin": PIN}
        trader.run("pos.decide_approval", wanted, by=trader.acting_as("manager"))

    played(story())
