from datetime import timedelta
from decimal import Decimal

import pytest
from pydantic import ValidationError

from erp.core.errors import InvalidInput, PermissionDenied
from erp.core.ids import new_id
from erp.services.catalog import BadBarcode, UnknownProduct
from tests.factories import make_shop

REMEDIES = {
    "Arsenicum Album": ["Ars", "Ars alb"],
    "Nux Vomica": ["Nux-v"],
    "Rhus Toxicodendron": ["Rhus tox"],
}


@pytest.fixture
def shop(environment):
    assert environment
    shop = make_shop("seeker", products=0)
    ids = {}
    for name, short in REMEDIES.items():
        product = {
            "name": name,
            "form": "dilution",
            "brand": "Lords",
            "remedy": {"name": name, "synonyms": [f"Old {name[:4]}name"], "abbreviations": short},
            "hsn": "30049014",
            "tax_class": "GST5",
        }
        product_id = shop.run("catalog.create_product", product).id
        for potency in ("30C", "200C", "1M"):
            pack = {"potency": potency, "pack_quantity": 30, "pack_unit": "ml"}
            made = shop.run("catalog.create_variant", pack | {"product_id": product_id})
            ids[name, potency] = made.id
    shop.run(
        "catalog.add_barcode",
        {"variant_id": ids["Arsenicum Album", "30C"], "code": "2000000000121"},
    )
    return shop, ids


def found(shop, text, **more):
    return shop.run("catalog.search_products", {"search": text} | more).rows


@pytest.mark.parametrize(
    "text",
    [
        "ars alb 30",
        "30 alb ars",
        "ARS-ALB 30C",
        "ars 30ch lords",
        "album arsen 30",
        "old arsename 30",
        "2000000000121",
        "(01)02000000000121(10)X1(17)270331",
        "LOR-ARSA-30C-30ML",
        "lor-arsa-30c-30ml",
    ],
)
def test_arsenicum_30_is_found_however_it_is_asked_for(shop, text):
    shop, ids = shop

    assert found(shop, text)[0].variant_id == ids["Arsenicum Album", "30C"]


def test_a_potency_comes_first_though_packs_match_too(shop):
    shop, _ = shop

    labels = [row.label for row in found(shop, "nux 30")]

    assert labels[0] == "Nux Vomica 30C dilution 30 ml Lords"
    assert len(labels) == 3


def test_an_exact_code_finds_its_product_alone(shop):
    shop, ids = shop

    rows = found(shop, "2000000000121")

    assert [(row.variant_id, row.is_exact) for row in rows] == [
        (ids["Arsenicum Album", "30C"], True)
    ]


def test_price_and_stock_are_those_of_what_can_be_sold_now(shop):
    shop, ids = shop
    variant = ids["Arsenicum Album", "30C"]
    shop.receive(variant, 7, days=200, mrp="99.00")
    shop.receive(variant, 5, days=100, mrp="90.00", lot_number="X1")
    held = shop.receive(variant, 50, days=95, mrp="10.00")
    shop.run("inventory.hold_lot", {"lot_id": held, "reason": "Label unclear"})

    row = found(shop, "ars alb 30")[0]

    assert (row.price, row.sellable, row.gst_rate) == (Decimal("90.00"), 12, 5)
    assert (row.nearest_expiry - shop.ctx.today).days == 100


def test_an_expired_lot_gives_neither_price_nor_stock(shop):
    shop, ids = shop
    variant = ids["Nux Vomica", "30C"]
    shop.receive(variant, 5, days=100)

    row = shop.run(
        "catalog.search_products",
        {"search": "nux 30"},
        at=shop.ctx.now + timedelta(days=101),
    ).rows[0]

    assert (row.price, row.sellable) == (None, 0)


def test_a_gs1_message_names_the_lot(shop):
    shop, ids = shop
    lot = shop.receive(ids["Arsenicum Album", "30C"], 5, lot_number="X1", days=365)
    day = f"{shop.ctx.today.replace(year=shop.ctx.today.year + 1):%y%m%d}"

    same = found(shop, "(01)02000000000121(10)X1")[0]
    other = found(shop, f"(01)02000000000121(10)X2(17){day}")[0]

    assert (same.lot_id, same.lot_number) == (lot, "X1")
    assert other.lot_id is None


def test_nothing_matches_what_is_not_there(shop):
    shop, _ = shop

    for text in ("zzz", "9999999999999", "&|!()", "'; drop table variant; --", "ars zzz"):
        assert found(shop, text) == []


def test_a_broken_code_is_refused_with_the_remedy(shop):
    shop, _ = shop

    with pytest.raises(BadBarcode):
        found(shop, "(01)12")


@pytest.mark.parametrize("text", ["x" * 201, "a\x00b"])
def test_text_out_of_shape_is_refused(shop, text):
    shop, _ = shop

    with pytest.raises(ValidationError):
        found(shop, text)


def test_out_of_trade_is_not_found(shop):
    shop, ids = shop
    shop.run(
        "catalog.set_variant_status",
        {"variant_id": ids["Arsenicum Album", "30C"], "is_active": False},
    )

    assert found(shop, "2000000000121") == []
    assert len(found(shop, "ars alb")) == 2


def test_another_tenant_finds_only_its_own(shop, stranger):
    shop, _ = shop

    assert found(stranger, "ars") == []
    assert found(stranger, "2000000000121") == []
    assert len(found(stranger, "arnica")) == 3


def test_searching_needs_the_permission(shop):
    shop, _ = shop

    with pytest.raises(PermissionDenied):
        shop.run("catalog.search_products", {"search": "ars"}, by=shop.acting_as("technician"))


def test_the_product_list_is_paged_by_key_without_gaps_or_repeats(shop):
    shop, ids = shop
    seen, cursor = [], ""
    while True:
        page = shop.run("catalog.list_products", {"limit": 2, "cursor": cursor})
        seen += [row.variant_id for row in page.rows]
        cursor = page.next_cursor
        if not cursor:
            break

    assert sorted(seen) == sorted(ids.values())
    assert len(seen) == len(set(seen))


def test_the_product_list_filters_and_shows_ranges(shop):
    shop, ids = shop
    variant = ids["Nux Vomica", "200C"]
    shop.receive(variant, 7, days=200, mrp="99.00")
    shop.receive(variant, 5, days=100, mrp="90.00")

    rows = shop.run("catalog.list_products", {"search": "nux 200", "form": "dilution"}).rows
    row = next(row for row in rows if row.variant_id == variant)

    assert (row.mrp_min, row.mrp_max, row.sellable) == (Decimal("90.00"), Decimal("99.00"), 12)
    assert shop.run("catalog.list_products", {"form": "gel"}).rows == []
    brands = shop.run("catalog.list_brands").rows
    by_brand = {"brand_id": brands[0].id, "limit": 200}
    assert len(shop.run("catalog.list_products", by_brand).rows) == len(ids)


def test_a_foreign_cursor_is_refused(shop):
    shop, _ = shop

    with pytest.raises(InvalidInput) as refusal:
        shop.run("catalog.list_products", {"cursor": "nonsense"})
    assert "cursor" in refusal.value.fields


def test_the_product_list_is_narrowed_by_the_price_of_lots_on_hand(trader):
    one, two, *_ = trader.variant_ids
    trader.receive(one, 1, mrp="12.50")
    trader.receive(two, 1, mrp="240.00")
    prices = lambda **wanted: {  # noqa: E731
        row.variant_id for row in trader.run("catalog.list_products", wanted).rows
    }
    assert prices(price_to="12.50") == {one}
    assert prices(price_from="200") == {two}
    assert prices(price_from="12.51", price_to="104.99") == set()
    assert prices(price_from="100", price_to="110") == set(trader.variant_ids)


def test_a_variant_tells_what_a_delivery_of_it_must_say(trader):
    one = trader.variant_ids[0]
    trader.run("catalog.define_unit", {"variant_id": one, "code": "BOX", "numerator": 12})
    variant = trader.run("catalog.get_variant", {"variant_id": one})
    assert (variant.is_lot_tracked, variant.is_expiry_required) == (True, True)
    assert variant.units == {"BOX": (12, 1)}
    with pytest.raises(UnknownProduct):
        trader.run("catalog.get_variant", {"variant_id": new_id()})
