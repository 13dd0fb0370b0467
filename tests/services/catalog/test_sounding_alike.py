"""Names as they are heard: what a person types who knows a remedy by ear alone."""

import csv
from pathlib import Path

import pytest

from tests.factories import make_shop

HITS = 3
REMEDIES = Path(__file__).parents[2] / "data" / "remedies.txt"
MISSPELT = Path(__file__).parents[2] / "data" / "misspelt_remedies.csv"


def misspelt():
    with MISSPELT.open(newline="") as lines:
        return [(row["typed"], row["meant"]) for row in csv.DictReader(lines)]


@pytest.fixture(scope="module")
def remedies():
    return REMEDIES.read_text().splitlines()


@pytest.fixture(scope="module")
def shop(environment, remedies):
    """A shop with every remedy in three potencies."""
    assert environment
    shop = make_shop("listener", products=0)
    for name in remedies:
        product = {
            "name": name,
            "form": "dilution",
            "brand": "Lords",
            "remedy": {"name": name},
            "hsn": "30049014",
            "tax_class": "GST5",
        }
        product_id = shop.run("catalog.create_product", product).id
        for potency in ("30C", "200C", "1M"):
            pack = {"potency": potency, "pack_quantity": 30, "pack_unit": "ml"}
            shop.run("catalog.create_variant", pack | {"product_id": product_id})
    return shop


def found(shop, text):
    return shop.run("catalog.search_products", {"search": text, "limit": HITS}).rows


def test_every_misspelt_name_finds_its_remedy_among_the_first_three(shop):
    wrong = {
        typed: [row.label for row in found(shop, typed)]
        for typed, meant in misspelt()
        if not any(row.label.startswith(meant) for row in found(shop, typed))
    }
    assert wrong == {}, "\n".join(f"{t}: {f}" for t, f in wrong.items())
    assert len(misspelt()) >= 40


def test_what_is_typed_right_is_never_guessed(shop, remedies):
    guessed = [
        (name, row.label)
        for name in remedies
        for row in found(shop, name)
        if row.is_close or not row.label.startswith(name)
    ]
    assert guessed == []


def test_a_guess_says_so_and_keeps_to_the_potency(shop):
    best = found(shop, "arsenic albam 200")[0]

    assert (best.label, best.is_close) == ("Arsenicum Album 200C dilution 30 ml Lords", True)


def test_lists_and_the_palette_forgive_as_the_till_does(shop):
    rows = shop.run("catalog.list_products", {"search": "beladona", "limit": 2})
    rest = shop.run(
        "catalog.list_products", {"search": "beladona", "limit": 2, "cursor": rows.next_cursor}
    )
    labels = [row.label for row in [*rows.rows, *rest.rows]]
    assert len(labels) == len(set(labels)) == 3
    assert all(label.startswith("Belladonna") for label in labels)


def test_words_that_sound_like_nothing_find_nothing(shop):
    assert found(shop, "zzqqkw") == []
    assert found(shop, "999888") == []
