"""The drawer and returns: blind counts, floats, cash moved, goods that come back."""

from decimal import Decimal

import pytest

from erp.core.ids import new_id
from erp.state.pos.approving import ApprovalState
from erp.state.pos.customers import CustomerState
from erp.state.pos.opening import OpeningState
from erp.state.pos.parking import ParkState
from erp.state.pos.prescribing import PrescriptionState
from erp.state.pos.returning import ReturnState
from erp.state.pos.shifts import ShiftDeskState, ShiftListState, ShiftReportState
from tests.factories import PIN, Shop
from tests.services.trading import add_customer, member_id, rows
from tests.state.tills import Desk, begin, kept, open_desk, opened, played


@pytest.fixture
def desk(trader: Shop, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return open_desk(trader, monkeypatch)


def test_a_shift_closed_elsewhere_keeps_the_cart_for_the_next_one(desk: Desk, trader: Shop):
    opening = desk[OpeningState]

    async def story():
        await begin(desk)
        await desk.add(trader.variant_ids[0])
        cart = kept(desk)
        closing = {"shift_id": trader.shift_id, "counted_cash": "500.00", "float_left": "500.00"}
        trader.run("pos.close_shift", closing)
        await desk.till.press("more")
        assert desk.till.notice_code == "shift_closed"
        await opening.leave()
        assert opening.float_left == "₹500.00"
        await opened(opening, {"opening_float": "480"})
        assert opening.needs_reason
        await opened(opening, {"opening_float": "480", "reason": "Coins were taken"})
        assert desk.till.stage == "selling"
        assert kept(desk).entries[0].quantity == 2
        assert kept(desk).sale_id == cart.sale_id
        await desk.pay_cash()
        assert desk.pay.receipt["number"]

    played(story())


@pytest.mark.parametrize("text", ["", "-5", "ten", "1.005"])
def test_a_float_that_is_no_amount_opens_nothing(desk: Desk, trader: Shop, text: str):
    closing = {"shift_id": trader.shift_id, "counted_cash": "500.00", "float_left": "500.00"}
    trader.run("pos.close_shift", closing)

    async def story():
        opening = desk[OpeningState]
        await opening.open_till()
        await opened(opening, {"opening_float": text, "reason": "x"})
        assert "opening_float" in opening.errors
        assert desk.till.stage == "opening"

    played(story())
    assert trader.count("register_shift") == 1


def test_the_count_is_blind_until_it_is_done(
    desk: Desk, trader: Shop, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(ShiftReportState, "_wanted_id", lambda _self: str(trader.shift_id))
    trader.sell({trader.variant_ids[0]: 1})
    drawer, report = desk[ShiftDeskState], desk[ShiftReportState]

    async def story():
        await begin(desk)
        await report.open_report()
        assert report.is_blind
        assert report.head["expected"] == ""
        assert [row["id"] for row in report.methods] == []
        await desk[ShiftListState].refresh()
        assert {row["sales_total"] for row in desk[ShiftListState].rows} == {"–"}  # noqa: RUF001
        await drawer.open_closing()
        await drawer.close_shift({"counted_cash": ""})
        assert "counted_cash" in drawer.errors
        await drawer.close_shift({"counted_cash": "550", "float_left": "500"})
        assert drawer.needs_reason
        assert "605" not in str(drawer.errors) + drawer.problem
        assert drawer.closed == {}
        await drawer.close_shift(
            {"counted_cash": "550", "float_left": "500", "reason": "Torn note"}
        )
        assert drawer.closed["verdict"] == "Cash short"
        assert drawer.closed["difference"] == "₹55.00"
        assert drawer.closed["expected"] == "₹605.00"
        assert desk.till.stage == "opening"
        await report.open_report()
        assert not report.is_blind
        assert report.head["difference"] == "-₹55.00"

    played(story())


def test_a_shift_whose_bills_a_device_holds_says_so_instead_of_closing(desk: Desk, trader: Shop):
    holder = {"shift_id": trader.shift_id, "device_key": "0f" * 32, "device_name": "Tablet 7"}
    trader.run("pos.take_lease", holder)
    drawer = desk[ShiftDeskState]

    async def story():
        await begin(desk)
        await drawer.open_closing()
        await drawer.close_shift({"counted_cash": "500", "float_left": "500"})
        assert drawer.problem.startswith("Tablet 7 may still hold bills it made offline.")
        assert drawer.is_closing

    played(story())


def test_cash_moves_in_and_out_with_a_reason(desk: Desk, trader: Shop):
    drawer = desk[ShiftDeskState]

    async def story():
        await begin(desk)
        await drawer.open_cash()
        await drawer.move_cash({"direction": "out", "amount": "900", "reason": "Courier"})
        assert drawer.errors == {"amount": "More than is in the drawer."}
        await drawer.move_cash({"direction": "out", "amount": "-5", "reason": "Courier"})
        await drawer.move_cash({"direction": "out", "amount": "5", "reason": ""})
        assert trader.count("cash_movement") == 0
        await drawer.move_cash({"direction": "out", "amount": "100", "reason": "Courier"})
        assert not drawer.is_moving

    played(story())
    moved = rows(trader, "select amount from cash_movement")
    assert [row["amount"] for row in moved] == [Decimal(-100)]


def test_one_unit_comes_back_against_its_bill_and_no_more_than_was_sold(desk: Desk, trader: Shop):
    receipt = trader.sell({trader.variant_ids[0]: 2})
    goods = desk[ReturnState]

    async def story():
        await begin(desk)
        await goods.open_returns()
        await goods.find("no such bill")
        assert goods.searched
        assert goods.found == []
        await goods.find(receipt.number)
        assert goods.sale["number"] == receipt.number
        await goods.change_count("1", "9")
        assert goods.lines[0]["count"] == "2"
        await goods.change_count("1", "1")
        assert goods.value == "105.00"
        await goods.refund()
        assert goods.errors == {"reason": "Say why the goods come back."}
        await goods.change_reason("Seal broken")
        await goods.refund()
        cash = [{"method": "cash", "amount": "105.00", "reference": ""}]
        await goods.complete(cash)
        await goods.complete(cash)
        assert goods.receipt["total"] == "₹105.00"
        await goods.find(receipt.number)
        assert goods.lines[0]["left"] == "1"

    played(story())
    assert trader.count("sale") == 2
    assert trader.on_hand(trader.variant_ids[0]) == 199


def test_a_return_above_the_limit_waits_for_a_manager(desk: Desk, trader: Shop):
    receipt = trader.sell({trader.variant_ids[0]: 30})
    goods, approval = desk[ReturnState], desk[ApprovalState]

    async def story():
        await begin(desk)
        await goods.open_returns()
        await goods.find(receipt.number)
        await goods.change_count("1", "30")
        assert goods.value == "3150.00"
        await goods.change_reason("Wrong potency")
        await goods.refund()
        assert not goods.is_refunding
        assert approval.is_open
        who = str(member_id(trader, "manager"))
        done = await approval.approve({"approver_id": who, "reason": "Seen", "pin": PIN})
        assert done is ReturnState.go_on_approved
        await goods.go_on_approved()
        assert goods.is_refunding
        await goods.complete([{"method": "cash", "amount": "3150.00", "reference": ""}])
        assert goods.receipt["number"]

    played(story())


async def choose_one(goods, number: str) -> None:
    """Choose a unit of a bill's first line to come back."""
    await goods.open_returns()
    await goods.find(number)
    await goods.change_count("1", "1")
    await goods.change_reason("Wrong potency")


async def first_parked(parked):
    """Return the parked bill that waits longest."""
    await parked.open_recall()
    return parked.parked[0]["id"]


def test_an_exchange_goes_over_to_the_till_and_is_posted_once(desk: Desk, trader: Shop):
    first, other, _ = trader.variant_ids
    asha = add_customer(trader, name="Asha Kale")
    receipt = trader.sell({first: 2}, customer_id=asha)
    goods, parked = desk[ReturnState], desk[ParkState]
    mine = {
        "doctor_name": "Dr Rao",
        "registration_no": "MH-1",
        "patient_name": "Asha",
        "prescribed_on": "2026-01-05",
    }

    async def story():
        await begin(desk)
        await desk.add(other)
        await choose_one(goods, receipt.number)
        await goods.press("exchange")
        await desk[OpeningState].open_till()
        assert (goods.sale, len(desk.till.tabs)) == ({}, 2)
        assert desk.till.exchanged == receipt.number
        assert desk.till.customer["name"] == "Asha Kale"
        assert (desk.till.totals["label"], desk.till.totals["total"]) == ("To refund", "₹105.00")
        await desk[CustomerState].open_dialog()
        assert not desk[CustomerState].is_open
        await desk.add(other, 2)
        await desk[PrescriptionState].keep(mine)
        await parked.open_park()
        await parked.park({"label": "Asha"})
        assert desk.till.exchanged == ""
        await desk.till.clear()
        await parked.recall(await first_parked(parked))
        assert desk.till.exchanged == receipt.number
        assert desk.till.prescription.startswith("Dr Rao for Asha")
        assert (desk.till.totals["label"], desk.till.totals["total"]) == ("To pay", "₹105.00")
        await desk.pay_cash("200.00")
        await desk.pay.complete([{"method": "cash", "amount": "200.00", "reference": ""}])
        shown = desk.pay.receipt
        assert (shown["what"], shown["big"], shown["total"]) == ("Change due", "₹95.00", "₹210.00")
        assert shown["credit_note"].startswith("CPOS1/")

    played(story())
    assert trader.count("sale") == 3
    assert (trader.on_hand(first), trader.on_hand(other)) == (199, 198)
    assert trader.count("prescription") == 1


def test_another_tenants_goods_and_bills_are_unknown(desk: Desk, stranger: Shop):
    theirs = stranger.sell({stranger.variant_ids[0]: 1})

    async def story():
        await begin(desk)
        await desk.add(stranger.variant_ids[0])
        assert "not known here" in desk.till.lines[0]["problem"]
        goods = desk[ReturnState]
        await goods.open_returns()
        await goods.find(theirs.number)
        assert str(theirs.sale_id) not in str(goods.found)

    played(story())


def test_a_scan_of_nothing_known_says_so(desk: Desk):
    async def story():
        await begin(desk)
        told = await desk.till.scan(f"99{new_id().int % 10**10:010d}")
        assert "No product has the code" in str(told)
        assert desk.till.lines == []

    played(story())
