"""Packs are made of what is there, whoever makes them at once."""

from functools import partial

from erp.services.inventory import InsufficientStock
from erp.services.inventory.errors import OtherLots, RecipeNameTaken
from tests.concurrency.crowd import at_once, refusals
from tests.factories import Shop, broken_promises, make_shop


def kitchen(name: str, units: int) -> tuple[Shop, object]:
    """Return a shop with so much in two stock bottles, and a recipe that takes a hundred."""
    shop = make_shop(name, lots=0)
    for at, days in enumerate((100, 200)):
        terms = {"lot_number": f"STOCK{at}", "days": days, "unit_cost": "0.3333", "mrp": "1.00"}
        shop.receive(shop.variant_ids[0], units // 2, **terms)
    return shop, save(shop)


def save(shop: Shop) -> object:
    """Keep how three packs are made."""
    line = {"variant_id": shop.variant_ids[0], "quantity": 100}
    given = {"variant_id": shop.variant_ids[1], "packs": 3, "mrp": "60.00", "lines": [line]}
    given |= {"name": "Arnica 30 in 10 ml", "good_for_days": 90}
    return shop.run("inventory.save_recipe", given).id


def make(shop: Shop, recipe_id: object, **more: object) -> object:
    """Make packs by a recipe."""
    return shop.run("inventory.make_recipe", {"recipe_id": recipe_id} | more)


def again(shop: Shop, dispensing_id: object) -> object:
    """Make packs as before."""
    return shop.run("inventory.make_again", {"dispensing_id": dispensing_id})


def test_no_more_packs_are_made_than_there_is_stock_for(environment):
    assert environment
    shop, recipe = kitchen("crowded-kitchen", 500)
    before = make(shop, recipe)
    making = [partial(make, shop, recipe) for _ in range(4)]
    answers = at_once([*making, *[partial(again, shop, before.dispensing_id) for _ in range(4)]])

    assert refusals(answers, InsufficientStock) == 4
    assert [shop.on_hand(variant) for variant in shop.variant_ids[:2]] == [0, 15]
    assert broken_promises() == []


def test_packs_are_made_while_the_goods_are_sold(environment):
    assert environment
    shop, recipe = kitchen("busy-kitchen", 500)
    first = make(shop, recipe)
    selling = [partial(shop.sell, {shop.variant_ids[0]: 50}) for _ in range(4)]
    packs = [partial(shop.sell, {shop.variant_ids[1]: 1}) for _ in range(3)]
    making = [partial(again, shop, first.dispensing_id), partial(make, shop, recipe)]
    answers = at_once([*selling, *making, *packs])

    assert [one for one in answers if isinstance(one, Exception)] == []
    assert [shop.on_hand(variant) for variant in shop.variant_ids[:2]] == [0, 6]
    assert broken_promises() == []


def test_who_was_shown_lots_that_another_took_is_told(environment):
    assert environment
    shop, recipe = kitchen("shown-kitchen", 400)
    shown = [{"lot_id": each.lot_id, "quantity": each.quantity} for each in make(shop, recipe).used]
    answers = at_once([partial(make, shop, recipe, shown=shown) for _ in range(3)])
    assert refusals(answers, (OtherLots, InsufficientStock)) == 2
    assert broken_promises() == []


def test_a_recipes_name_is_kept_once(environment):
    assert environment
    shop = make_shop("naming-kitchen", lots=0)
    assert refusals(at_once([partial(save, shop) for _ in range(4)]), RecipeNameTaken) == 3
    assert shop.count("dispensing_recipe") == 1
