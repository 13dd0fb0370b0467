"""Packs made again in two presses, on real services: what was shown is made, or the lots of now are shown."""

import pytest

from erp.state.inventory.recipes import MakeRecipeState
from tests.factories import make_shop
from tests.state.tills import open_desk, played


@pytest.fixture
def shop(environment):
    assert environment
    return make_shop("making", lots=1, stock=50)


@pytest.fixture
def recipe(shop):
    line = {"variant_id": shop.variant_ids[0], "quantity": 30}
    given = {"variant_id": shop.variant_ids[1], "packs": 1, "mrp": "60.00", "lines": [line]}
    return shop.run("inventory.save_recipe", given | {"name": "Drops"}).id


async def pressed(form, **typed):
    async for _ in form.submit({"times": "1", "idempotency_key": form.form_key} | typed):
        pass


def test_other_lots_than_were_shown_are_shown_before_they_are_taken(shop, recipe, monkeypatch):
    desk = open_desk(shop, monkeypatch, "storekeeper")

    async def story():
        form = desk[MakeRecipeState]
        await form.open_dialog(str(recipe), "Drops")
        assert [use["quantity"] for use in form.uses] == ["30 BTL"]
        sooner = shop.receive(shop.variant_ids[0], 20, lot_number="SOON", days=100)
        await pressed(form)
        assert "20 of lot SOON" in form.form_error
        assert next(use["id"] for use in form.uses) == str(sooner)
        assert shop.count("dispensing") == 0
        await pressed(form)
        assert shop.count("dispensing") == 1

    played(story())


def test_a_number_that_is_sent_before_it_was_tried_is_shown_first(shop, recipe, monkeypatch):
    shop.receive(shop.variant_ids[0], 50, lot_number="MORE")
    desk = open_desk(shop, monkeypatch, "storekeeper")

    async def story():
        form = desk[MakeRecipeState]
        await form.open_dialog(str(recipe), "Drops")
        await pressed(form, times="2")
        assert (form.times, form.packs, shop.count("dispensing")) == ("2", "2 packs", 0)
        await pressed(form, times="2")
        assert shop.count("dispensing") == 1

    played(story())
