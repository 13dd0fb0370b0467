"""Any sequence of a shop's commands, against a model that fits on two pages, refereed by `verify`."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from erp.core import db
from erp.core.errors import DomainError
from erp.services import inventory
from erp.services.billing import NotCancellable, ReturnExceedsSale
from erp.services.inventory import allocating
from erp.services.payments import DeductionNotSettled
from erp.services.platform import commanding
from erp.services.sales import NoPrice
from tests.factories import MRP, broken_promises, make_shop, receipt_line
from tests.properties.book_rules import BookRules
from tests.properties.cards import Model, ModelLine, ModelLot, ModelWay
from tests.properties.supplier_rules import at, units
from tests.services.billing.bills.billing import registered
from tests.services.inventory.past_goods import second_branch
from tests.services.sales.ordering import buyer


class Trade(BookRules):
    """A shop whose commands come in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.shop = make_shop("trade", products=2, lots=0)
        self.supplier_id = registered(self.shop)
        self.customer_id = buyer(self.shop, credit_limit="10000000.00")
        self.far = second_branch(self.shop)
        self.shift_id = self.shop.shift_id
        self.model = Model()
        self.days = 200

    @rule(
        variant=st.integers(0, 1),
        paid=st.integers(1, 20),
        free=st.integers(0, 3),
        sooner=st.booleans(),
    )
    def receive(self, variant: int, paid: int, free: int, sooner: bool) -> None:  # noqa: FBT001
        self.days += 1
        expires_in = 1000 - self.days if sooner else 1000 + self.days
        number = f"LOT{self.days}"
        made = receipt_line(
            self.shop.ctx,
            self.shop.variant_ids[variant],
            paid,
            lot_number=number,
            days=expires_in,
            free_quantity=free,
        )
        given = {"supplier_id": self.supplier_id, "lines": [made]}
        lot_id = self.do("inventory.receive_goods", given).lines[0].lot_id
        came = paid + free
        self.model.lots.append(ModelLot(lot_id, number, variant, expires_in, came, came))

    @rule(first=units, second=st.integers(0, 8))
    def sell(self, first: int, second: int) -> None:
        wanted = {number: q for number, q in enumerate((first, second)) if q}
        cart = self.shop.cart(
            {self.shop.variant_ids[number]: q for number, q in wanted.items()},
            shift_id=self.shift_id,
        )
        picks = [self.model.picks(number, q) for number, q in wanted.items()]
        if not all(picks):
            self.refused("pos.post_sale", cart, inventory.InsufficientStock)
            return
        flat = [pick for line in picks for pick in line]
        receipt = self.do("pos.post_sale", cart)
        assert [(x.lot_number, x.quantity) for x in receipt.lines] == [
            (lot.number, quantity) for lot, quantity in flat
        ]
        assert receipt.total == MRP * (first + second)
        for line_no, (lot, quantity) in enumerate(flat, start=1):
            lot.shelf -= quantity
            self.model.lines.append(ModelLine(cart["sale_id"], line_no, lot, quantity))
        self.model.cash += receipt.total

    @rule(variant=st.integers(0, 1), quantity=units)
    def order_and_deliver(self, variant: int, quantity: int) -> None:
        line = {"variant_id": self.shop.variant_ids[variant], "quantity": quantity}
        asked = {"customer_id": self.customer_id, "lines": [line]}
        if all(lot.variant != variant for lot in self.model.lots):
            self.refused("sales.take_order", asked, NoPrice)
            return
        picks = self.model.picks(variant, quantity)
        made = self.do("sales.take_order", asked)
        if not picks:
            assert made.short > 0
            ended = {"order_id": made.id, "version": 1, "reason": "not there"}
            self.do("sales.finish_order", ended)
            return
        assert made.reserved == quantity
        going = [{"order_line_no": 1, "quantity": quantity}]
        sent = self.do("billing.deliver_order", {"order_id": made.id, "lines": going})
        assert sent.is_complete
        for line_no, (lot, units_) in enumerate(picks, start=1):
            lot.shelf -= units_
            self.model.invoiced.append(ModelLine(sent.invoice_id, line_no, lot, units_))

    @precondition(lambda self: self.model.invoiced)
    @rule(which=at, quantity=units)
    def give_credit(self, which: int, quantity: int) -> None:
        line = self.model.invoiced[which % len(self.model.invoiced)]
        given = {
            "invoice_id": line.document_id,
            "lines": [{"line_no": line.line_no, "quantity": quantity}],
            "reason": "not wanted",
        }
        if quantity > line.left:
            self.refused("billing.take_back_goods", given, ReturnExceedsSale)
            return
        self.do("billing.take_back_goods", given)
        self.model.noted.add(line.document_id)
        self.model.come_back(line, quantity)

    @precondition(lambda self: self.model.invoiced)
    @rule(which=at)
    def cancel(self, which: int) -> None:
        """An invoice on which nothing rests is cancelled, and what its order keeps is given up."""
        chosen = self.model.invoiced[which % len(self.model.invoiced)].document_id
        lines = [line for line in self.model.invoiced if line.document_id == chosen]
        given = {"invoice_id": chosen, "reason": "wrong customer"}
        if chosen in self.model.noted:
            self.refused("billing.cancel_invoice", given, NotCancellable)
            return
        try:
            done = self.do("billing.cancel_invoice", given)
        except NotCancellable:
            return
        ended = {"order_id": done.order_id, "version": 1, "reason": "not wanted"}
        self.do("sales.finish_order", ended)
        for line in lines:
            self.model.come_back(line, line.left)
            self.model.invoiced.remove(line)

    @rule(
        amount=st.decimals("0.01", "999.99", places=2),
        discount=st.decimals("0", "9.99", places=2),
        is_told=st.booleans(),
        bounces=st.booleans(),
    )
    def pay(self, amount: Decimal, discount: Decimal, is_told: bool, bounces: bool) -> None:  # noqa: FBT001
        """The customer pays for what is due first or for nothing named, or the payment bounces."""
        given = {"party_id": self.customer_id, "amount": amount, "method": "bank"}
        given |= {"discount": discount} | ({"settles": []} if is_told else {})
        owed = self.shop.run("payments.list_items", {"party_id": self.customer_id}).owed
        if discount and (is_told or owed < amount + discount):
            self.refused("payments.receive_payment", given, DeductionNotSettled)
            return
        paid = self.do("payments.receive_payment", given)
        assert paid.settled + paid.unapplied == amount + discount
        if bounces:
            back = {"payment_id": paid.id, "reason": "bounced"}
            self.do("payments.reverse_payment", back)
            self.refused("payments.reverse_payment", back)

    @precondition(lambda self: self.model.lines)
    @rule(which=at, quantity=st.integers(1, 3))
    def take_back(self, which: int, quantity: int) -> None:
        line = self.model.lines[which % len(self.model.lines)]
        given = {
            "sale_id": line.document_id,
            "shift_id": self.shift_id,
            "lines": [{"line_no": line.line_no, "quantity": quantity}],
            "reason": "broken",
            "tenders": [{"method": "cash", "amount": MRP * quantity}],
        }
        if quantity > line.left or MRP * quantity > self.model.cash:
            self.refused("pos.post_return", given)
            return
        self.do("pos.post_return", given)
        self.model.cash -= MRP * quantity
        self.model.come_back(line, quantity)

    @precondition(lambda self: self.model.lots)
    @rule(which=at, change=st.integers(-6, 6).filter(bool))
    def adjust(self, which: int, change: int) -> None:
        lot = self.lot(which)
        given = {"reason_code": "count", "lines": [{"lot_id": lot.id, "change": change}]}
        if lot.shelf + change < 0:
            self.refused("inventory.adjust_stock", given, inventory.InsufficientStock)
            return
        self.do("inventory.adjust_stock", given)
        lot.shelf += change

    @precondition(lambda self: self.model.lots)
    @rule(which=at, quantity=units, back=st.booleans())
    def transfer(self, which: int, quantity: int, back: bool) -> None:  # noqa: FBT001
        lot = self.lot(which)
        ends = (self.shop.expired_store_id, self.shop.storage_id)
        source, target = ends if back else ends[::-1]
        given = {
            "from_location_id": source,
            "to_location_id": target,
            "lines": [{"lot_id": lot.id, "quantity": quantity}],
        }
        if quantity > (lot.store if back else lot.shelf):
            self.refused("inventory.transfer_stock", given, inventory.InsufficientStock)
            return
        self.do("inventory.transfer_stock", given)
        lot.shelf += quantity if back else -quantity
        lot.store += -quantity if back else quantity

    @rule(variant=st.integers(0, 1), quantity=units)
    def dispatch(self, variant: int, quantity: int) -> None:
        given = {
            "from_location_id": self.shop.storage_id,
            "to_location_id": self.far.storage_id,
            "lines": [{"variant_id": self.shop.variant_ids[variant], "quantity": quantity}],
        }
        picks = self.model.picks(variant, quantity)
        if not picks:
            self.refused("inventory.dispatch_transfer", given, inventory.InsufficientStock)
            return
        sent = self.do("inventory.dispatch_transfer", given)
        for line_no, (lot, left) in enumerate(picks, start=1):
            lot.shelf -= left
            lot.transit += left
            self.model.ways.append(ModelWay(sent.transfer_id, line_no, lot, left))

    @precondition(lambda self: self.model.ways)
    @rule(which=at, quantity=units, outcome=st.sampled_from(["arrived", "returned", "lost"]))
    def end_of_the_way(self, which: int, quantity: int, outcome: str) -> None:
        """Take goods in at the far end, find them back, or give them up: as many as left."""
        way = self.model.ways[which % len(self.model.ways)]
        line: dict[str, Any] = {"line_no": way.line_no}
        if outcome == "arrived":
            name, line = "inventory.receive_transfer", line | {"arrived": quantity}
        else:
            about = {"quantity": quantity, "outcome": outcome, "reason": "looked"}
            name, line = "inventory.settle_transfer", line | about
        given = {"transfer_id": way.transfer_id, "lines": [line]}
        if quantity > way.left:
            self.refused(name, given)
            return
        self.do(name, given)
        way.left -= quantity
        way.lot.transit -= quantity
        way.lot.far += quantity if outcome == "arrived" else 0
        way.lot.shelf += quantity if outcome == "returned" else 0

    @precondition(lambda self: self.model.lots)
    @rule(which=at, quantity=units)
    def write_off(self, which: int, quantity: int) -> None:
        lot = self.lot(which)
        given = {"reason_code": "damaged", "lines": [{"lot_id": lot.id, "quantity": quantity}]}
        if quantity > lot.shelf:
            self.refused("inventory.write_off_stock", given, inventory.InsufficientStock)
            return
        self.do("inventory.write_off_stock", given)
        lot.shelf -= quantity

    @precondition(lambda self: self.model.lots)
    @rule(which=at, found=st.integers(0, 25), sold=st.integers(0, 2))
    def count(self, which: int, found: int, sold: int) -> None:
        """Count one lot, sell a little, approve: what was sold since stays sold."""
        lot = self.lot(which)
        started = self.do("inventory.start_count", {"is_blind": bool(found % 2)})
        about = {"count_id": started.count_id}
        line = {"lot_id": lot.id, "counted": found}
        self.do("inventory.record_count", about | {"lines": [line]})
        difference = found - lot.shelf
        if sold:
            self.sell(sold, 0)
        self.do("inventory.submit_count", about | {"rest": "not_counted"})
        if lot.shelf + difference < 0:
            self.refused("inventory.approve_count", about, inventory.InsufficientStock)
            self.do("inventory.cancel_count", about)
            return
        self.do("inventory.approve_count", about)
        lot.shelf += difference

    @precondition(lambda self: self.model.lots)
    @rule(which=at, verb=st.sampled_from(["hold", "release", "release", "recall"]))
    def change_standing(self, which: int, verb: str) -> None:
        lot = self.lot(which)
        becomes = {"hold": "hold", "release": "available", "recall": "recalled"}[verb]
        given = {"lot_id": lot.id, "reason": "looked at"}
        if lot.status == "recalled" or (verb == "release" and lot.status == "available"):
            self.refused(f"inventory.{verb}_lot", given)
            return
        self.do(f"inventory.{verb}_lot", given)
        lot.status = becomes

    @rule(left=st.integers(0, 300))
    def change_shift(self, left: int) -> None:
        stays = min(Decimal(left), self.model.cash)
        counted = {
            "shift_id": self.shift_id,
            "counted_cash": self.model.cash,
            "float_left": stays,
        }
        closing = self.do("pos.close_shift", counted)
        assert (closing.expected_cash, closing.difference) == (self.model.cash, 0)
        self.refused("pos.close_shift", counted)
        self.model.cash = stays
        opening = {"register_id": self.shop.register_id, "opening_float": self.model.cash}
        self.shift_id = self.do("pos.open_shift", opening).id

    @rule(amount=st.decimals("0.01", "99999.99", places=2))
    def post_and_reverse(self, amount: Decimal) -> None:
        lines = [
            {"account_key": "rent", "debit": amount},
            {"account_key": "bank", "credit": amount},
        ]
        given = {"effective_on": self.shop.ctx.today, "narration": "Rent", "lines": lines}
        entry = {"entry_id": self.do("accounting.post_manual_entry", given).id, "reason": "wrong"}
        self.do("accounting.reverse_entry", entry)
        self.refused("accounting.reverse_entry", entry)

    @precondition(lambda self: self.model.answers)
    @rule(which=at)
    def ask_again(self, which: int) -> None:
        name, given, text = self.model.answers[which % len(self.model.answers)]
        again = self.shop.answer(name, given)
        assert again.replayed
        assert again.text == text

    @invariant()
    def shelves_are_as_the_cards_say(self) -> None:
        with db.unit_of_work(self.shop.ctx) as session:
            rows = db.fetch_all(
                session,
                "select lot_id, location_id, on_hand from stock_balance"
                " where tenant_id = %s and on_hand <> 0",
                (self.shop.tenant_id,),
            )
        found = {(row["lot_id"], row["location_id"]): row["on_hand"] for row in rows}
        on_cards = {(lot.id, self.shop.storage_id): lot.shelf for lot in self.model.lots}
        on_cards |= {(lot.id, self.shop.expired_store_id): lot.store for lot in self.model.lots}
        on_cards |= {(lot.id, self.shop.transit_id): lot.transit for lot in self.model.lots}
        on_cards |= {(lot.id, self.far.storage_id): lot.far for lot in self.model.lots}
        assert found == {place: left for place, left in on_cards.items() if left}

    def returns_agree(self) -> None:
        """The sections of the month's returns add up to the tax accounts, whatever was traded."""
        gstin = self.shop.run("gst_returns.list_registrations").rows[0].gstin
        month = {"gstin": gstin, "starts_on": self.shop.ctx.today.replace(day=1)}
        for form in ("gstr1", "gstr3b"):
            made = self.shop.run("gst_returns.prepare_return", month | {"form": form})
            found = self.shop.run("gst_returns.get_return", {"return_id": made.id})
            assert found.differences == []
            if form == "gstr1":
                assert found.figures["booked"] | {"taxable": ""} == found.figures["total"] | {
                    "taxable": ""
                }

    def teardown(self) -> None:
        self.returns_agree()
        self.books_agree()
        assert broken_promises() == []


BOUNDS = settings(
    max_examples=20,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.usefixtures("environment")
def test_any_sequence_of_commands_leaves_the_shop_as_the_model_says():
    run_state_machine_as_test(Trade, settings=BOUNDS)


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("broken", ["order of lots", "memory of keys"])
def test_the_model_sees_a_broken_rule(broken, monkeypatch):
    """The mutations: each takes one rule out of the product, and some sequence shows it."""
    if broken == "order of lots":
        last_first = lambda shelf: -(shelf.expires_on or date.max).toordinal()  # noqa: E731
        monkeypatch.setattr(allocating, "_by_expiry", last_first)
    else:
        monkeypatch.setattr(commanding, "_claim", lambda *_: None)
    quick = settings(
        BOUNDS,
        max_examples=200,
        phases=[Phase.generate],
        derandomize=True,
        report_multiple_bugs=False,
    )
    with pytest.raises((AssertionError, DomainError)):
        run_state_machine_as_test(Trade, settings=quick)
