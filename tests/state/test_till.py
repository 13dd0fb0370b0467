"""The till's decisions on real services: one question per change, one sale per cart, nothing lost."""

from decimal import Decimal

import pytest

from erp.core.errors import Unavailable
from erp.state.pos.approving import ApprovalState
from erp.state.pos.cart import Cart
from erp.state.pos.customers import CustomerState
from erp.state.pos.parking import ParkState
from erp.state.pos.paying import PayState
from erp.state.session import SessionState
from tests.factories import PIN, Shop
from tests.services.trading import add_customer, add_goods, member_id, rows
from tests.state.tills import Desk, begin, kept, open_desk, played


@pytest.fixture
def desk(trader: Shop, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return open_desk(trader, monkeypatch)


def test_each_change_asks_the_server_once_and_stays_small(desk: Desk, trader: Shop):
    async def story():
        await begin(desk)
        before = desk.calls
        await desk.add(trader.variant_ids[0])
        assert desk.calls == before + 1
        await desk.till.press("more")
        assert desk.calls == before + 2
        assert desk.till.lines[0]["quantity"] == "2"
        assert desk.till.totals["total"] == "₹210.00"

    played(story())


def test_a_line_shows_the_lots_that_expire_first(desk: Desk, trader: Shop):
    async def story():
        await begin(desk)
        await desk.add(trader.variant_ids[0])
        await desk.till.change_quantity("1", "150")
        lots = desk.till.lines[0]["lots"]
        assert [lot["text"] for lot in lots] == ["100 × L1", "50 × L2"]  # noqa: RUF001
        assert all(lot["expiry"] for lot in lots)

    played(story())


def test_a_lot_that_stands_on_two_shelves_is_shown_once(desk: Desk, trader: Shop):
    (house,) = trader.run("inventory.list_warehouses").rows
    about = {
        "warehouse_id": house.id,
        "code": "S1",
        "name": "Shelf",
        "parent_id": trader.storage_id,
    }
    shelf = trader.run("inventory.create_location", about).id
    variant = trader.variant_ids[0]
    ends = {"from_location_id": trader.storage_id, "to_location_id": shelf}
    lines = [{"lot_id": trader.lot_ids[variant][0], "quantity": 99}]
    trader.run("inventory.transfer_stock", ends | {"lines": lines})

    async def story():
        await begin(desk)
        await desk.add(variant, 3)
        (line,) = desk.till.lines
        assert [lot["text"] for lot in line["lots"]] == ["L1"]

    played(story())


def test_a_scanned_pack_joins_its_line_only_where_that_counts_packs(desk: Desk, trader: Shop):
    goods = trader.variant_ids[0]
    strip = {"variant_id": goods, "code": "STRIP", "numerator": 15, "denominator": 1}
    trader.run("catalog.define_unit", strip)

    async def story():
        await begin(desk)
        await desk.add(goods)
        await desk.till.change_unit("1", "STRIP")
        await desk.add(goods)
        assert [(e.quantity, e.unit) for e in kept(desk).entries] == [(1, "STRIP"), (1, "")]
        assert desk.till.selected == "2"
        await desk.till.remove("2")
        await desk.till.change_unit("1", desk.till.lines[0]["units"][0])
        await desk.add(goods)
        assert [(e.quantity, e.unit) for e in kept(desk).entries] == [(2, "")]

    played(story())


def test_a_refused_line_says_so_and_the_rest_is_priced(desk: Desk, trader: Shop):
    async def story():
        await begin(desk)
        await desk.add(trader.variant_ids[0])
        await desk.add(trader.variant_ids[1])
        await desk.till.change_quantity("1", "999")
        short, fine = desk.till.lines
        assert "Only 200 of" in short["problem"]
        assert "Lower the quantity" in short["problem"]
        assert fine["problem"] == ""
        assert desk.till.totals["total"] == "₹105.00"
        assert not desk.till.is_sellable
        await desk.pay.pay()
        assert not desk.pay.is_open

    played(story())


@pytest.mark.parametrize("text", ["-1", "2.5", "many", "", "99999999999999999999"])
def test_an_absurd_quantity_changes_nothing_and_says_so(desk: Desk, trader: Shop, text: str):
    async def story():
        await begin(desk)
        await desk.add(trader.variant_ids[0])
        before = desk.till.kept
        await desk.till.change_quantity("1", text)
        assert desk.till.kept == before
        assert "whole number" in desk.till.lines[0]["problem"]

    played(story())


def test_events_with_nonsense_change_nothing(desk: Desk, trader: Shop):
    async def story():
        await begin(desk)
        await desk.add(trader.variant_ids[0])
        before = desk.till.kept
        await desk.till.add("no id", "", "x")
        await desk.till.step("1", 500)
        await desk.till.remove("²")
        await desk.till.press("format")
        await desk.till.restore("{}")
        await desk.till.restore(None)
        await desk.pay.complete("drop table")
        assert desk.till.kept == before

    played(story())
    assert trader.count("sale") == 0


def test_a_double_press_of_complete_posts_one_sale(desk: Desk, trader: Shop):
    async def story():
        await begin(desk)
        await desk.add(trader.variant_ids[0])
        await desk.pay.pay()
        tenders = [{"method": "cash", "amount": "200.00", "reference": ""}]
        await desk.pay.complete(tenders)
        await desk.pay.complete(tenders)
        assert desk.pay.receipt["big"] == "₹95.00"

    played(story())
    assert trader.count("sale") == 1
    assert desk.pay.attempt == 1


def test_after_a_lost_answer_the_same_press_finds_the_same_sale(
    desk: Desk, trader: Shop, monkeypatch: pytest.MonkeyPatch
):
    real = SessionState._run

    async def lost(self, command, payload, *, confirm=()):
        await real(self, command, payload, confirm=confirm)
        raise Unavailable("The server is away. Try again.")

    async def story():
        await begin(desk)
        await desk.add(trader.variant_ids[0])
        key = kept(desk).key
        monkeypatch.setattr(SessionState, "_run", lost)
        await desk.pay_cash("105.00")
        assert desk.pay.problem == "The server is away. Try again."
        assert desk.pay.is_open
        assert kept(desk).key == key
        monkeypatch.setattr(SessionState, "_run", real)
        await desk.pay.complete([{"method": "cash", "amount": "105.00", "reference": ""}])
        assert desk.pay.receipt["number"]

    played(story())
    assert trader.count("sale") == 1
    assert trader.on_hand(trader.variant_ids[0]) == 199


def test_after_a_lost_answer_another_payment_shows_the_sale_that_stands(desk: Desk, trader: Shop):
    async def story():
        await begin(desk)
        await desk.add(trader.variant_ids[0])
        cart = kept(desk)
        cash = [{"method": "cash", "amount": "105.00"}]
        trader.run("pos.post_sale", cart.sale_input(cash), by=trader.acting_as("cashier"))
        await desk.pay.pay()
        await desk.pay.complete([{"method": "card", "amount": "105.00", "reference": ""}])
        assert "posted already" in desk.pay.receipt["note"]
        assert kept(desk).sale_id != cart.sale_id

    played(story())
    assert [row["method"] for row in rows(trader, "select method from tender")] == ["cash"]


def test_a_reload_finds_the_cart_again_or_the_sale_it_became(
    desk: Desk, trader: Shop, monkeypatch: pytest.MonkeyPatch
):
    async def story():
        await begin(desk)
        await desk.add(trader.variant_ids[0])
        text = desk.till.kept
        fresh = open_desk(trader, monkeypatch)
        await begin(fresh)
        await fresh.till.restore(text)
        assert fresh.till.lines[0]["total"] == "₹105.00"
        cash = [{"method": "cash", "amount": "105.00"}]
        cart = Cart.model_validate_json(text)
        trader.run("pos.post_sale", cart.sale_input(cash), by=trader.acting_as("cashier"))
        await fresh.pay.settle_lost_answer()
        assert fresh.pay.receipt["number"]
        assert fresh.till.lines == []

    played(story())
    assert trader.count("sale") == 1


def test_a_price_that_changed_is_shown_at_the_line_before_anything_is_sold(
    desk: Desk, trader: Shop
):
    goods = add_goods(trader, quantity=1, mrp="50.00", days=200)
    trader.receive(goods, 5, mrp="60.00", days=500)

    async def story():
        await begin(desk)
        await desk.add(goods)
        await desk.pay.pay()
        trader.sell({goods: 1})
        await desk.pay.complete([{"method": "cash", "amount": "500.00", "reference": ""}])
        assert not desk.pay.is_open
        assert "60.00" in desk.till.lines[0]["problem"]
        assert desk.till.totals["total"] == "₹60.00"
        await desk.pay_cash()
        assert desk.pay.receipt["total"] == "₹60.00"

    played(story())


def test_the_last_unit_sold_elsewhere_is_said_at_the_line_and_the_cart_is_kept(
    desk: Desk, trader: Shop
):
    goods = add_goods(trader, quantity=1)

    async def story():
        await begin(desk)
        await desk.add(goods)
        await desk.pay.pay()
        trader.sell({goods: 1})
        await desk.pay.complete([{"method": "cash", "amount": "500.00", "reference": ""}])
        assert "sold out" in desk.till.lines[0]["problem"]
        assert len(kept(desk).entries) == 1

    played(story())
    assert trader.count("sale") == 1


def test_above_the_ceiling_a_manager_approves_this_sale(desk: Desk, trader: Shop):
    approval = desk[ApprovalState]

    async def story():
        await begin(desk)
        await desk.add(trader.variant_ids[0])
        await desk.till.change_discount("1", "12.5")
        assert desk.till.needs_approval
        await desk.pay.pay()
        assert not desk.pay.is_open
        assert approval.is_open
        assert {row["label"].split()[0] for row in approval.approvers} == {"Owner", "Manager"}
        form = {"approver_id": str(member_id(trader, "manager")), "reason": "Regular"}
        await approval.approve(form | {"pin": "0000"})
        assert approval.errors == {"pin": "That PIN is not right."}
        await approval.approve(form | {"pin": ""})
        assert approval.is_open
        assert await approval.approve(form | {"pin": PIN}) is PayState.pay_approved
        await desk.pay.pay_approved()
        assert desk.pay.is_open
        await desk.pay.complete([{"method": "cash", "amount": "100.00", "reference": ""}])
        assert desk.pay.receipt["total"] == "₹92.00"

    played(story())
    assert trader.count("approval") == 1


def test_more_discount_after_the_approval_needs_another(desk: Desk, trader: Shop):
    approval = desk[ApprovalState]

    async def story():
        await begin(desk)
        await desk.add(trader.variant_ids[0])
        await desk.till.change_discount("1", "10")
        await desk.pay.pay()
        who = str(member_id(trader, "manager"))
        await approval.approve({"approver_id": who, "reason": "Regular", "pin": PIN})
        await desk.till.change_discount("1", "20")
        assert desk.till.needs_approval
        await desk.pay.pay_approved()
        assert not desk.pay.is_open

    played(story())


def test_whoever_may_not_approve_that_much_is_not_offered(desk: Desk, trader: Shop):
    async def story():
        await begin(desk)
        await desk.add(trader.variant_ids[0])
        await desk.till.change_discount("1", "60")
        await desk.pay.pay()
        assert [row["label"].split()[0] for row in desk[ApprovalState].approvers] == ["Owner"]

    played(story())


def test_a_split_payment_is_posted_as_given_and_a_short_one_refused(desk: Desk, trader: Shop):
    async def story():
        await begin(desk)
        await desk.add(trader.variant_ids[0], 2)
        await desk.pay.pay()
        await desk.pay.show_upi("60.00")
        assert "<svg" in desk.pay.upi_svg
        await desk.pay.complete([{"method": "upi", "amount": "60.00", "reference": "T1"}])
        assert "tenders" in desk.pay.errors
        assert trader.count("sale") == 0
        await desk.pay.complete(
            [
                {"method": "upi", "amount": "60.00", "reference": "T1"},
                {"method": "card", "amount": "50.00", "reference": ""},
                {"method": "cash", "amount": "120.00", "reference": ""},
            ]
        )
        assert desk.pay.receipt["big"] == "₹20.00"

    played(story())
    paid = rows(trader, "select method, amount from tender order by line_no")
    assert [(row["method"], row["amount"]) for row in paid] == [
        ("upi", Decimal(60)),
        ("card", Decimal(50)),
        ("cash", Decimal(100)),
    ]


def test_a_customer_is_chosen_added_and_given_up(desk: Desk, trader: Shop):
    customer = add_customer(trader, name="Nirmala Stores", credit_limit="500.00")
    form = desk[CustomerState]

    async def story():
        await begin(desk)
        await desk.add(trader.variant_ids[0])
        await form.open_dialog()
        await form.pick(str(customer), "")
        assert desk.till.customer["name"] == "Nirmala Stores"
        await desk.pay.pay()
        assert desk.pay.credit == "₹500.00"
        await desk.pay.cancel()
        await form.open_dialog()
        await form.start_adding()
        await form.add({"name": "", "phone": "98"})
        assert form.errors.keys() >= {"name"}
        await form.add({"name": "Asha Kale", "phone": "+91 98000 00001"})
        assert desk.till.customer["name"] == "Asha Kale"
        await form.pick_walk_in()
        assert kept(desk).customer_id is None

    played(story())


def test_a_parked_bill_comes_back_with_its_lines_and_an_identity_of_its_own(
    desk: Desk, trader: Shop
):
    parked = desk[ParkState]

    async def story():
        await begin(desk)
        await desk.add(trader.variant_ids[0], 2)
        await desk.till.change_discount("1", "3")
        first = kept(desk)
        await parked.open_park()
        await parked.park({"label": ""})
        assert "label" in parked.errors
        await parked.park({"label": "Blue shirt"})
        assert desk.till.lines == []
        await desk.add(trader.variant_ids[1])
        await parked.open_recall()
        assert parked.problem
        await parked.recall(parked.parked[0]["id"])
        assert desk.till.lines[0]["quantity"] == "1"
        await desk.till.clear()
        await parked.recall(parked.parked[0]["id"])
        line = desk.till.lines[0]
        assert (line["quantity"], line["discount"]) == ("2", "3")
        assert kept(desk).sale_id != first.sale_id

    played(story())
    assert trader.count("parked_cart") == 0
