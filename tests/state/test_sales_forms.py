"""Forms of customers' orders and deliveries: units, losses, and the lots that are proposed."""

import pytest

from erp.state.sales.delivering import DeliverState
from erp.state.sales.order_form import AmendSalesOrderState, NewSalesOrderState
from tests.factories import Shop, make_shop
from tests.services.sales.ordering import buyer, detail, goods, order
from tests.state.tills import Desk, open_desk, played


@pytest.fixture
def shop(environment):
    assert environment
    shop = make_shop("forms")
    box = {"variant_id": shop.variant_ids[0], "code": "BOX", "numerator": 6}
    shop.run("catalog.define_unit", box)
    return shop


@pytest.fixture
def desk(shop, monkeypatch):
    return open_desk(shop, monkeypatch, "owner")


def test_a_line_in_boxes_is_priced_by_its_base_units(desk: Desk, shop: Shop):
    form = desk[NewSalesOrderState]
    customer = buyer(shop)

    async def story():
        form._restart()
        await form.choose_customer(str(customer), "Nirmala")
        await form.add_product(str(shop.variant_ids[0]), "")
        (line,) = form.lines
        base = line["base_unit"]
        assert line["units"] == f"{base},BOX"
        await form.write(line["id"], "quantity", "2")
        await form.write(line["id"], "unit", "BOX")
        (line,) = form.lines
        assert line["price"].startswith(f"12 {base} at ₹")
        assert (line["loss"], form.sums["total"]) == ("", "₹1,260.00")
        await form.write(line["id"], "unit_price", "50")
        assert form.lines[0]["loss"] == "yes"
        await form.write(line["id"], "unit", "CRATE")
        assert "Use one of" in form.field_errors[f"{line['id']}.unit"]

    played(story())


def test_an_amendment_opens_in_the_unit_that_was_ordered(desk: Desk, shop: Shop):
    made = order(shop, buyer(shop), goods(shop, 2, unit="BOX"))
    form = desk[AmendSalesOrderState]

    async def story():
        form._restart()
        await form._begin(detail(shop, made))
        (line,) = form.lines
        assert (line["quantity"], line["unit"]) == ("2", "BOX")
        assert line["units"].endswith(",BOX")

    played(story())


def test_lots_are_proposed_in_the_order_in_which_they_expire(desk: Desk, shop: Shop):
    shop.receive(shop.variant_ids[0], 5, days=900)
    made = order(shop, buyer(shop), goods(shop, 4))
    form = desk[DeliverState]

    async def story():
        form._restart()
        await form._begin(detail(shop, made))
        first = form.lines[0]["id"]
        await form.name_lot(first)
        lots = [lot["value"] for lot in form.lots[first]][1:]
        assert len(lots) > 1
        assert form.lines[0]["lot_id"] == lots[0]
        await form.name_lot(first)
        assert [line["lot_id"] for line in form.lines] == lots[:2]
        assert form.lines[1]["quantity"] == ""

    played(story())
