"""What random trade does with its books: instalments, lost goods and their credit, notes, services, opening stock."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from erp.core.ids import new_id
from erp.services import inventory
from erp.services.gst_returns import NothingLost
from tests.properties.cards import ModelLot
from tests.properties.supplier_rules import SupplierRules, at, units
from tests.services.trading import add_service, rows


class BookRules(SupplierRules):
    """A shop whose bills are split, whose losses are reversed, and whose old stock comes in."""

    customer_id: UUID
    days: int
    service_id: UUID | None = None

    @rule(which=at, parts=st.integers(1, 4), is_ours=st.booleans())
    def split(self, which: int, parts: int, is_ours: bool) -> None:  # noqa: FBT001
        """Let what is open of a bill, a customer's or ours, be paid in parts."""
        ledger = "customer" if is_ours else "supplier"
        whose = self.customer_id if is_ours else self.supplier_id
        found = self.shop.run("payments.list_items", {"party_id": whose, "ledger": ledger})
        side = "debit" if is_ours else "credit"
        debts = [x for x in found.rows if x.side == side and x.open >= Decimal("0.10")]
        if not debts:
            return
        item = debts[which % len(debts)]
        terms = "/".join(str(30 * (n + 1)) for n in range(parts))
        given = {"item_id": item.id, "terms": terms, "reason": "asked for"}
        done = self.do("payments.agree_instalments", given)
        assert sum(part.amount for part in done.parts) == item.open

    @precondition(lambda self: self.model.lots)
    @rule(which=at, quantity=units)
    def give_away(self, which: int, quantity: int) -> None:
        lot = self.lot(which)
        lines = [{"lot_id": lot.id, "change": -quantity}]
        given = {"reason_code": "sample", "lines": lines}
        if quantity > lot.shelf:
            self.refused("inventory.adjust_stock", given, inventory.InsufficientStock)
            return
        self.do("inventory.adjust_stock", given)
        lot.shelf -= quantity

    @rule()
    def reverse_credit(self) -> None:
        """Give back the credit on what was lost; what waits is what is given back."""
        gstin = self.shop.run("gst_returns.list_registrations").rows[0].gstin
        lost = self.shop.run("gst_returns.list_lost_goods", {"state": "waiting", "limit": 200}).rows
        waits = sum((row.tax for row in lost if row.standing == "waiting"), Decimal(0))
        if not waits:
            self.refused("gst_returns.reverse_losses", {"gstin": gstin}, NothingLost)
            return
        assert self.do("gst_returns.reverse_losses", {"gstin": gstin}).tax == waits

    @rule(amount=st.decimals("0.01", "500", places=2))
    def take_note(self, amount: Decimal) -> None:
        number = f"TOD{new_id().hex[-8:]}"
        given = {"supplier_id": self.supplier_id, "number": number, "amount": amount}
        self.do("payments.record_supplier_note", given)

    @rule(visits=st.integers(1, 3), price=st.decimals("1", "900", places=2))
    def serve(self, visits: int, price: Decimal) -> None:
        """Invoice a service, which has no stock."""
        self.service_id = self.service_id or add_service(self.shop)
        line = {"variant_id": self.service_id, "quantity": visits, "unit_price": price}
        made = self.do("sales.take_order", {"customer_id": self.customer_id, "lines": [line]})
        sent = {"order_id": made.id, "lines": [{"order_line_no": 1, "quantity": visits}]}
        assert self.do("billing.deliver_order", sent).is_complete

    @rule(variant=st.integers(0, 1), quantity=units, cost=st.decimals("0", "90", places=2))
    def open_stock(self, variant: int, quantity: int, cost: Decimal) -> None:
        self.days += 1
        number, day = f"LOT{self.days}", self.shop.ctx.today
        expires = day + timedelta(days=1000 + self.days)
        sku = f"SKU{variant + 1}"
        content = (
            "sku,lot,expiry,mrp,quantity,cost\n"
            f"{sku},{number},{expires:%d-%m-%Y},105.00,{quantity},{cost}"
        )
        self.do("inventory.import_opening_stock", {"opening_on": day, "content": content})
        find = "select id from lot where lot_number = %s and variant_id = %s"
        lot = rows(self.shop, find, number, self.shop.variant_ids[variant])[0]["id"]
        card = ModelLot(lot, number, variant, 1000 + self.days, quantity, 0)
        self.model.lots.append(card)

    def books_agree(self) -> None:
        """Trial balances are zero, and what parties owe is the control account, on every day."""
        today = self.shop.ctx.today
        for day in (today - timedelta(days=40), today - timedelta(days=1), today):
            report = self.shop.run("accounting.trial_balance", {"as_of": day})
            assert report.total_debit == report.total_credit
            for ledger, account in (
                ("customer", "Sundry Debtors"),
                ("supplier", "Sundry Creditors"),
            ):
                aged = self.shop.run("payments.age_items", {"ledger": ledger, "as_of": day})
                sides = [x.debit - x.credit for x in report.rows if x.name == account]
                sign = 1 if ledger == "customer" else -1
                assert sign * aged.balance == sum(sides, Decimal(0))
