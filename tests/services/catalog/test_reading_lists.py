"""A list as people send it becomes lines; what is doubtful is said."""

import pytest

from erp.core.errors import InvalidInput
from erp.services.catalog.reading_lists import split_quantity
from tests.factories import Shop
from tests.services.trading import add_goods, refused, rows


@pytest.mark.parametrize(
    ("text", "name", "units"),
    [
        ("Arnica 30 - 5", "Arnica 30", 5),
        ("Nux vom 200 x 2", "Nux vom 200", 2),
        ("Bell 1M", "Bell 1M", None),
        ("Arnica 30", "Arnica 30", None),
        ("3 x Rhus tox 30", "Rhus tox 30", 3),
        ("Sulphur 200: 4", "Sulphur 200", 4),
        ("Lyc 30 = 12 nos", "Lyc 30", 12),
        ("Calc carb 200 5 nos", "Calc carb 200", 5),
        ("Thuja Q 30ml qty 2", "Thuja Q 30ml", 2),
        ("Arnica 30 - 0", "Arnica 30 - 0", None),
    ],
)
def test_a_marked_number_is_the_quantity_and_a_bare_one_the_potency(text, name, units):
    assert split_quantity(text) == (name, units)


def test_a_pasted_list_is_read_in_its_order(trader: Shop):
    variants = [add_goods(trader) for _ in range(2)]
    names = [
        rows(
            trader,
            "select p.name from variant v join product p on p.id = v.product_id where v.id = %s",
            v,
        )[0]["name"]
        for v in variants
    ]
    text = f"1. {names[1]} 30 \u2013 5\n\n\u2022 {names[0]} \u00d7 2; nothing like that xqzw"
    found = trader.run("catalog.read_list", {"text": text}).lines
    assert [(x.choices[0].variant_id, x.quantity) for x in found[:2]] == [
        (variants[1], 5),
        (variants[0], 2),
    ]
    assert all(x.is_sure for x in found[:2])
    assert found[2].choices == []


def test_what_only_sounds_like_it_is_never_sure(trader: Shop):
    (found,) = trader.run("catalog.read_list", {"text": "arnikka 1 - 2"}).lines
    assert found.choices, "misspelt, and found by its sound"
    assert not found.is_sure


def test_no_line_of_a_long_list_is_left_out_in_silence(trader: Shop):
    text = "\n".join(f"x{n}" for n in range(201))
    error = refused(trader, InvalidInput, "catalog.read_list", {"text": text})
    assert error.fields == {"text": "These are 201 lines. Paste up to 200 at once."}
