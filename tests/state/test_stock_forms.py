"""Forms of goods on real services: lines, sums, reviews, refusals at their lines."""

import pytest

from erp.services import catalog
from erp.state.inventory.moving import SAME, AdjustState, WriteOffState
from erp.state.inventory.receiving import ReceiveState
from erp.state.party.editing import NewPartyState
from tests.factories import make_shop
from tests.state.tills import open_desk, played

GTIN = "04006381333931"


@pytest.fixture
def shop(environment):
    assert environment
    return make_shop("forms")


@pytest.fixture
def desk(shop, monkeypatch):
    return open_desk(shop, monkeypatch, "storekeeper")


async def sent(form, typed):
    """Send a form and run through what it yields."""
    async for _ in form.submit(typed | {"idempotency_key": form.form_key}):
        pass


async def posted(form):
    async for _ in form.post():
        pass


def typed_line(line, **values):
    return {f"{line['id']}.{field}": value for field, value in values.items()}


GOOD = {"lot_number": "AB1", "expires_on": "03/2031", "mrp": "1,105.00", "quantity": "10"}


def test_a_delivery_is_added_up_as_it_is_typed(desk, shop):
    async def story():
        form = desk[ReceiveState]
        await form.open_receiving()
        await form.add_product(str(shop.variant_ids[0]), "Arnica")
        (line,) = form.lines
        assert (line["mrp"], line["unit_cost"]) == ("105", "60")
        await form.write(line["id"], "quantity", "12")
        await form.write(line["id"], "unit_cost", "1,000.50")
        await form.write(line["id"], "label", "x")
        assert (form.total, form.units) == ("₹12,006.00", "12")
        await form.write(line["id"], "quantity", "NaN")
        assert (form.total, form.units) == ("₹0.00", "0")
        await form.drop_line(line["id"])
        assert form.lines == []

    played(story())


def test_a_review_changes_nothing_and_a_second_press_of_the_deed_neither(desk, shop):
    async def story():
        form = desk[ReceiveState]
        await form.open_receiving()
        await form.add_product(str(shop.variant_ids[0]), "Arnica")
        typed = typed_line(form.lines[0], **GOOD, unit_cost="60")
        before = shop.count("stock_move")
        await posted(form)
        await sent(form, typed)
        assert form.is_reviewing, form.field_errors
        assert [(row["quantity"], row["value"]) for row in form.stock_effects] == [
            ("+10", "₹600.00")
        ]
        assert shop.count("stock_move") == before
        await posted(form)
        await posted(form)
        assert shop.count("stock_move") == before + 1
        assert form.done["units"] == "10 units"
        assert form.lines == []

    played(story())


def test_refusals_stand_at_the_fields_of_their_lines(desk, shop):
    async def story():
        form = desk[ReceiveState]
        await form.open_receiving()
        for _ in range(2):
            await form.add_product(str(shop.variant_ids[0]), "Arnica")
        first, second = form.lines
        wrong = GOOD | {"expires_on": "never", "unit_cost": "60"}
        await sent(form, typed_line(first, **GOOD, unit_cost="60") | typed_line(second, **wrong))
        assert list(form.field_errors) == [f"{second['id']}.expires_on"]
        assert not form.is_reviewing
        await form.drop_line(first["id"])
        past = GOOD | {"expires_on": "01/2021", "unit_cost": "60"}
        await sent(form, typed_line(second, **past))
        assert "Send them back" in form.field_errors[f"{second['id']}.expires_on"]
        await form.drop_line(second["id"])
        await sent(form, {})
        assert form.form_error == "Add a line first."

    played(story())


def test_a_second_scan_of_a_pack_counts_it_up(desk, shop):
    shop.run("catalog.add_barcode", {"variant_id": shop.variant_ids[0], "code": GTIN})

    async def story():
        form = desk[ReceiveState]
        await form.open_receiving()
        for _ in range(2):
            await form.scan(f"(01){GTIN}(17)310331(10)SC1")
        await form.scan(f"(01){GTIN}(17)310331(10)SC2")
        await form.scan("(01)123")
        await form.scan("unheard of")
        assert [(x["lot_number"], x["expires_on"], x["quantity"]) for x in form.lines] == [
            ("SC1", "03/2031", "2"),
            ("SC2", "03/2031", "1"),
        ]

    played(story())


def test_a_count_posts_the_difference_to_what_the_books_say(desk, shop):
    variant = shop.variant_ids[0]
    lot_id = str(shop.lot_ids[variant][0])

    async def story():
        form = desk[AdjustState]
        await form.open_movement()
        await form.add_lot(lot_id, "")
        await form.add_lot(lot_id, "")
        await form.add_lot("not an id", "")
        (line,) = form.lines
        head = {"reason_code": "count"}
        await sent(form, head | typed_line(line, change=line["on_hand"]))
        assert form.field_errors == {f"{line['id']}.change": SAME}
        for odd in ("-4", "four", "4.5", "\u0664"):
            await sent(form, head | typed_line(line, change=odd))
            assert list(form.field_errors) == [f"{line['id']}.change"]
            assert not form.is_reviewing
        before = shop.on_hand(variant)
        await sent(form, head | typed_line(line, change=str(int(line["on_hand"]) - 4)))
        assert form.stock_effects[0]["quantity"] == "\N{MINUS SIGN}4"
        await posted(form)
        assert shop.on_hand(variant) == before - 4

    played(story())


def test_another_place_takes_the_lines_of_the_first_one_away(desk, shop):
    async def story():
        form = desk[WriteOffState]
        await form.open_movement()
        await form.add_lot(str(shop.lot_ids[shop.variant_ids[0]][0]), "")
        await form.choose_place("somewhere else")
        assert len(form.lines) == 1
        await form.choose_place(str(shop.expired_store_id))
        assert (form.lines, form.place) == ([], str(shop.expired_store_id))

    played(story())


def test_the_gstin_decides_state_and_registration(shop, monkeypatch):
    form = open_desk(shop, monkeypatch, "manager")[NewPartyState]

    async def story():
        await form.open_new()
        assert (form.state_code, form.gst_category) == ("27", "unregistered")
        await form.check_gstin("29AAGCB7383J1Z5")
        assert "last character" in form.field_errors["gstin"]
        assert form.state_code == "27"
        await form.check_gstin(" 29aagcb7383j1z4 ")
        assert form.field_errors == {}
        assert (form.state_code, form.gst_category) == ("29", "regular")
        await form.choose_state("00")
        assert form.state_code == "29"

    played(story())


def test_every_form_of_a_product_has_words():
    from erp.state.catalog.wording import FORMS  # noqa: PLC0415  registers its state only here

    assert set(FORMS) == {form.value for form in catalog.Form}
