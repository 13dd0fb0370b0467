"""Recipes: how packs are made is kept under a name and made again of the lots of the day."""

from decimal import Decimal

import pytest

from erp.core.errors import InvalidInput, PermissionDenied
from erp.services.catalog import UnknownUnit
from erp.services.inventory import InsufficientStock
from erp.services.inventory.errors import (
    OtherLots,
    RecipeNameTaken,
    UnknownDispensing,
    UnknownRecipe,
)
from tests.factories import broken_promises, make_shop
from tests.services.inventory.past_goods import second_branch
from tests.services.trading import rows
from tests.services.unchanged import refused


@pytest.fixture
def shop(environment):
    """A shop whose first product is a stock bottle counted in ml, 450 to a bottle."""
    assert environment
    made = make_shop("recipes", lots=0)
    unit = {"variant_id": made.variant_ids[0], "code": "BIG", "numerator": 450}
    made.run("catalog.define_unit", unit)
    return made


def stock(shop, units=450, **more):
    terms = {"lot_number": "STOCK", "days": 200, "unit_cost": "0.3333", "mrp": "1.00"}
    return shop.receive(shop.variant_ids[0], units, **terms | more)


def save(shop, name="Arnica 30 in 10 ml", *, by=None, **more):
    line = {"variant_id": shop.variant_ids[0], "quantity": more.pop("quantity", 100)}
    line |= {"unit": more.pop("unit", "")}
    given = {"variant_id": shop.variant_ids[1], "packs": 3, "mrp": "60.00", "lines": [line]}
    given |= {"name": name, "good_for_days": 90, "note": "5 drops, thrice a day"}
    return shop.run("inventory.save_recipe", given | more, by=by).id


def make(shop, recipe_id, *, by=None, **more):
    return shop.run("inventory.make_recipe", {"recipe_id": recipe_id} | more, by=by)


def listed(shop):
    return shop.run("inventory.list_recipes").rows


def test_a_recipe_is_made_of_the_lots_of_the_day(shop):
    recipe = save(shop)
    first = stock(shop, 150, lot_number="OLD", days=100)
    second = stock(shop, 450, lot_number="NEW", days=200)

    once, twice = make(shop, recipe), make(shop, recipe)

    assert [(x.lot_id, x.quantity) for x in once.used] == [(first, 100)]
    assert [(x.lot_id, x.quantity) for x in twice.used] == [(first, 50), (second, 50)]
    assert (once.packs, shop.on_hand(shop.variant_ids[1])) == (3, 6)
    assert (once.expires_on - shop.ctx.today).days == 90
    (row,) = listed(shop)
    assert (row.name, row.makings) == ("Arnica 30 in 10 ml", 2)
    assert row.made_of == "100 BTL of Arnica 1 30C 30 ml SBL"
    assert broken_promises() == []


def test_a_recipe_is_made_several_times_into_one_batch_at_another_price(shop):
    stock(shop)
    made = make(shop, save(shop, quantity="0.2", unit="BIG"), times=3, mrp="70.00")
    assert (made.packs, made.used[0].quantity) == (9, 270)
    lot = shop.run("inventory.get_lot", {"lot_id": made.lot_id})
    assert lot.mrp == Decimal("70.00")


def test_more_than_a_batch_holds_is_refused_at_its_field(shop):
    recipe = save(shop, packs=2_000_000)
    with refused(shop, InvalidInput, "times"):
        make(shop, recipe, times=6)


def test_what_is_missing_is_told_and_nothing_is_made(shop):
    stock(shop, 50)
    recipe = save(shop)
    with refused(shop, InsufficientStock, "lines.0.quantity"):
        make(shop, recipe)


def test_a_name_is_taken_once_until_its_recipe_is_retired_or_replaced(shop):
    recipe = save(shop)
    with refused(shop, RecipeNameTaken, "name"):
        save(shop, "ARNICA 30 in 10 ML")
    better = save(shop, quantity=120, replaces=recipe)
    assert [row.id for row in listed(shop)] == [better]
    with refused(shop, UnknownRecipe, "recipe_id"):
        make(shop, recipe)
    shop.run("inventory.retire_recipe", {"recipe_id": better})
    assert listed(shop) == []
    with refused(shop, UnknownRecipe, "recipe_id"):
        shop.run("inventory.retire_recipe", {"recipe_id": better})
    assert save(shop)


def test_a_recipe_counts_in_whole_units_of_other_goods(shop):
    with refused(shop, InvalidInput, "lines.0.quantity"):
        save(shop, quantity="0.001", unit="BIG")
    with refused(shop, UnknownUnit, "lines.0.quantity"):
        save(shop, unit="JAR")
    with refused(shop, InvalidInput, "lines.0.variant_id"):
        save(shop, variant_id=shop.variant_ids[0])


def test_an_earlier_making_is_made_again_and_kept_as_a_recipe(shop):
    stock(shop, 100, lot_number="OLD", days=100)
    new = stock(shop)
    line = {"variant_id": shop.variant_ids[0], "quantity": 100}
    given = {"variant_id": shop.variant_ids[1], "packs": 3, "mrp": "60.00", "lines": [line]}
    first = shop.run("inventory.dispense_packs", given | {"good_for_days": 30, "note": "Shake"})

    again = shop.run("inventory.make_again", {"dispensing_id": first.dispensing_id})
    assert [x.lot_id for x in again.used] == [new]
    assert (again.packs, again.expires_on) == (first.packs, first.expires_on)

    about = {"dispensing_id": first.dispensing_id, "name": "Arnica"}
    kept = shop.run("inventory.keep_making", about).id
    recipe = shop.run("inventory.get_recipe", {"recipe_id": kept})
    assert (recipe.packs, recipe.mrp, recipe.good_for_days) == (3, Decimal("60.00"), 30)
    assert [(x.quantity, x.unit) for x in recipe.lines] == [(Decimal(100), "BTL")]
    assert make(shop, kept).packs == 3
    assert broken_promises() == []


def test_another_branch_makes_by_the_recipe_and_not_by_the_making(shop):
    stock(shop)
    recipe = save(shop)
    made = make(shop, recipe)
    far = second_branch(shop)
    with refused(shop, UnknownDispensing):
        shop.run("inventory.make_again", {"dispensing_id": made.dispensing_id}, by=far.ctx)
    assert [row.id for row in shop.run("inventory.list_recipes", by=far.ctx).rows] == [recipe]


def test_only_who_may_dispense_saves_and_makes(shop):
    stock(shop)
    recipe = save(shop, by=shop.acting_as("storekeeper"))
    cashier = shop.acting_as("cashier")
    with refused(shop, PermissionDenied):
        make(shop, recipe, by=cashier)
    with refused(shop, PermissionDenied):
        save(shop, "Other", by=cashier)


def test_what_the_label_said_once_is_not_said_of_other_packs(shop):
    stock(shop)
    line = {"variant_id": shop.variant_ids[0], "quantity": 10}
    given = {"variant_id": shop.variant_ids[1], "packs": 1, "mrp": "60.00", "lines": [line]}
    first = shop.run("inventory.dispense_packs", given | {"note": "For Mrs Rao, at night"})
    about = {"dispensing_id": first.dispensing_id}
    again = shop.run("inventory.make_again", about)
    noted = shop.run("inventory.make_again", about | {"note": "Shake"})
    kept = shop.run("inventory.keep_making", about | {"name": "Drops", "note": "Shake well"}).id
    assert note_of(shop, first, again, noted) == ["For Mrs Rao, at night", "", "Shake"]
    assert shop.run("inventory.get_recipe", {"recipe_id": kept}).note == "Shake well"
    assert note_of(shop, make(shop, kept)) == ["Shake well"]


def note_of(shop, *makings):
    found = rows(shop, "select id, note from dispensing")
    notes = {row["id"]: row["note"] for row in found}
    return [notes[made.dispensing_id] for made in makings]


def test_lots_that_were_shown_are_taken_or_the_change_is_said(shop):
    recipe = save(shop)
    stock(shop, 450, lot_number="NEW", days=200)
    tried = [{"lot_id": x.lot_id, "quantity": x.quantity} for x in make(shop, recipe).used]
    first = stock(shop, 60, lot_number="OLD", days=100)
    with refused(shop, OtherLots, "shown") as caught:
        make(shop, recipe, shown=tried)
    assert "60 of lot OLD, 40 of lot NEW" in caught.value.message
    with refused(shop, OtherLots, "shown"):
        make(shop, recipe, shown=[])
    now = [{"lot_id": first, "quantity": 60}, {"lot_id": tried[0]["lot_id"], "quantity": 40}]
    made = make(shop, recipe, shown=now)
    again = {"dispensing_id": made.dispensing_id, "shown": now}
    with refused(shop, OtherLots, "shown"):
        shop.run("inventory.make_again", again)
    assert make(shop, recipe).packs == 3
