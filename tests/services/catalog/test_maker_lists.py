"""A maker's price list: read, looked at as a difference, applied at once; old lots keep their MRP."""

import hashlib
import io
import zipfile
from datetime import timedelta
from decimal import Decimal

import openpyxl  # type: ignore[import-untyped]
import pytest

from erp.core import db
from erp.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from erp.core.table_files import UnreadableTable, read_table
from erp.services import catalog, platform
from erp.services.catalog.price_rows import Part, guess_columns
from tests.factories import make_shop
from tests.services.unchanged import fingerprint, refused

HEADERS = "Item Code,Product Name,Potency,Packing,M.R.P.,PTR,PTS,HSN Code,GST %"


@pytest.fixture
def shop(environment):
    assert environment
    shop = make_shop("lists", products=0)
    ids = {}
    for brand in ("SBL", "Bakson"):
        product = {
            "name": "Nux Vomica",
            "form": "dilution",
            "brand": brand,
            "hsn": "30049014",
            "tax_class": "GST5",
        }
        product_id = shop.run("catalog.create_product", product).id
        for potency in ("30C", "200C", "1M"):
            pack = {"potency": potency, "pack_quantity": 30, "pack_unit": "ml"}
            made = shop.run("catalog.create_variant", pack | {"product_id": product_id})
            ids[brand, potency] = made.id
    code = {"variant_id": ids["SBL", "1M"], "code": "2000000000121"}
    shop.run("catalog.add_barcode", code)
    return shop, ids


def upload(shop, *lines, headers=HEADERS):
    content = "\n".join([headers, *lines]).encode()
    return keep(shop, "yearly.csv", content)


def keep(shop, name, content):
    with db.unit_of_work(shop.ctx) as session:
        digest = hashlib.sha256(content).hexdigest()
        table = read_table(content)
        return catalog.keep_maker_list(session, shop.ctx, name, digest, table)


def preview(shop, listed, **more):
    return shop.run("catalog.preview_maker_list", {"maker_list_id": listed.id} | more)


def apply(shop, listed, **more):
    day = {"effective_from": shop.ctx.today}
    return shop.run("catalog.apply_maker_list", day | {"maker_list_id": listed.id} | more)


def price(shop, variant_id, **more):
    return shop.run("catalog.get_listed_price", {"variant_id": variant_id} | more)


def test_headers_are_guessed_and_a_column_is_one_thing():
    guessed = guess_columns(HEADERS.split(","))
    assert guessed == {
        Part.SKU: 0,
        Part.NAME: 1,
        Part.POTENCY: 2,
        Part.PACK: 3,
        Part.MRP: 4,
        Part.PTR: 5,
        Part.PTS: 6,
        Part.HSN: 7,
        Part.GST: 8,
    }


def test_a_difference_tells_new_changed_and_same(shop):
    shop, ids = shop
    first = upload(
        shop,
        "SBL-NUXV-30C-30ML,,,,105,80,72,30049014,5",
        "SBL-NUXV-200C-30ML,,,,110,84,75,3004,12",
    )
    made = apply(shop, first)
    assert (made.new, made.changed, made.same, made.skipped) == (2, 0, 0, 0)

    second = upload(
        shop,
        "SBL-NUXV-30C-30ML,,,,112,85.5,77,30049014,5",
        "SBL-NUXV-200C-30ML,,,,110,84,75,3304,12",
        "SBL-NUXV-1M-30ML,,,,130,,,,",
    )
    seen = preview(shop, second)

    assert seen.counts == {"error": 0, "changed": 1, "new": 1, "same": 1}
    changed, same, new = seen.rows
    assert (changed.old[Part.MRP], changed.new[Part.MRP]) == (Decimal(105), Decimal(112))
    assert same.notes == [
        "HSN here is 30049014, the list says 3304",
        "GST here is 5%, the list says 12%",
    ]
    assert (new.standing, new.variant_id) == ("new", ids["SBL", "1M"])
    assert [row.row for row in preview(shop, second, standing="new").rows] == [4]


def test_rows_are_matched_by_sku_barcode_or_name_with_potency_and_pack(shop):
    shop, ids = shop
    listed = upload(
        shop,
        "SBL-NUXV-30C-30ML,,,,,,105",
        ",2000000000121,,,,,130",
        ",,Nux Vomica 200 30ml,,,bakson,111",
        headers="SKU,EAN,Name,Potency,Pack,Company,MRP",
    )

    assert [row.variant_id for row in preview(shop, listed).rows] == [
        ids["SBL", "30C"],
        ids["SBL", "1M"],
        ids["Bakson", "200C"],
    ]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("X-1,,,,105,80,72,,", "No product has this SKU"),
        (",Nux Vomica,200,30 ml,105,80,72,,", "Several brands have it"),
        ("SBL-NUXV-30C-30ML,,,,=1+1,80,72,,", "M.R.P. is a formula"),
        ("SBL-NUXV-30C-30ML,,,,free,80,72,,", "M.R.P.: free is no price"),
        ("SBL-NUXV-30C-30ML,,,,105.555,80,72,,", "at most 2 decimals"),
        ("SBL-NUXV-30C-30ML,,,,,80,72,,", "The MRP is missing"),
        ("SBL-NUXV-30C-30ML,,,,105,106,72,,", "PTR 106.0000 is above the MRP"),
        ("SBL-NUXV-30C-30ML,,,,105,80,81,,", "PTS 81.0000 is above the PTR"),
        ("SBL-NUXV-200C-30ML,,,,105,80,72,,", "Row 2 means the same product"),
    ],
)
def test_an_error_names_the_column_and_the_remedy_and_refuses_all(shop, line, says):
    shop, ids = shop
    listed = upload(shop, "SBL-NUXV-200C-30ML,,,,110,84,75,,", line)

    wrong = preview(shop, listed, standing="error").rows

    assert [says in " ".join(row.errors) for row in wrong] == [True]
    with refused(shop, InvalidInput, "without_errors"):
        apply(shop, listed)
    done = apply(shop, listed, without_errors=True)
    assert (done.new, done.skipped) == (1, 1)
    assert price(shop, ids["SBL", "200C"]).mrp == 110


def test_prices_hold_from_their_day_and_stock_keeps_its_mrp(shop):
    shop, ids = shop
    variant = ids["SBL", "30C"]
    lot = shop.receive(variant, 5, mrp="95.00")
    apply(shop, upload(shop, "SBL-NUXV-30C-30ML,,,,105,80,72,,"))
    later = shop.ctx.today + timedelta(days=30)
    apply(shop, upload(shop, "SBL-NUXV-30C-30ML,,,,112,85,77,,"), effective_from=later)

    assert price(shop, variant).mrp == 105
    assert (price(shop, variant, on=later).mrp, price(shop, variant, on=later).ptr) == (112, 85)
    assert price(shop, variant, on=later).file_name == "yearly.csv"
    assert shop.run("inventory.get_lot", {"lot_id": lot}).mrp == 95
    assert price(shop, ids["SBL", "1M"]).mrp is None


def test_a_list_is_applied_once_and_the_same_file_is_told(shop):
    shop, _ = shop
    line = "SBL-NUXV-30C-30ML,,,,105,80,72,,"
    listed = upload(shop, line)
    again = upload(shop, line)
    assert (again.id, again.is_known, listed.is_known) == (listed.id, True, False)
    apply(shop, listed)

    with refused(shop, Conflict):
        apply(shop, listed)
    corrected = upload(shop, line, "")
    with refused(shop, InvalidInput):
        apply(shop, corrected)


def test_a_dry_run_applies_nothing(shop):
    shop, _ = shop
    listed = upload(shop, "SBL-NUXV-30C-30ML,,,,105,80,72,,")
    before = fingerprint(shop)
    given = {"maker_list_id": listed.id, "effective_from": shop.ctx.today}
    assert platform.preview("catalog.apply_maker_list", shop.ctx, given).result.new == 1
    assert fingerprint(shop) == before


def test_columns_may_be_said_and_must_be_there(shop):
    shop, ids = shop
    listed = upload(shop, "SBL-NUXV-30C-30ML,99", headers="Ref,Rate")

    with pytest.raises(InvalidInput) as refusal:
        preview(shop, listed)
    assert "columns.mrp" in refusal.value.fields
    with pytest.raises(InvalidInput) as refusal:
        preview(shop, listed, columns={"sku": 0, "mrp": 7})
    assert "columns.mrp" in refusal.value.fields
    [row] = preview(shop, listed, columns={"sku": 0, "mrp": 1}).rows
    assert (row.variant_id, row.new[Part.MRP]) == (ids["SBL", "30C"], 99)


def test_a_workbook_is_read_and_its_formulas_stay_text(shop):
    shop, ids = shop
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["SKU", "MRP", "PTR"])
    sheet.append(["SBL-NUXV-30C-30ML", 105.5, 80])
    sheet.append(["SBL-NUXV-200C-30ML", "=A1", 80])
    packed = io.BytesIO()
    book.save(packed)

    good, bad = preview(shop, keep(shop, "list.xlsx", packed.getvalue())).rows

    assert (good.variant_id, good.new[Part.MRP]) == (ids["SBL", "30C"], Decimal("105.50"))
    assert bad.errors[0] == "MRP is a formula. Paste the values instead."


def bomb():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 61_000_000)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (lambda: b"a,b\n", "no rows"),
        (lambda: b"x" * 5_000_001, "larger than 5 MB"),
        (lambda: b"a,b\n" + b"1,2\n" * 20_001, "more than 20,000 rows"),
        ((",".join("a" * 61) + "\n" + "1,2").encode, "more than 60 columns"),
        (lambda: b"\x00\x01\x02", "neither CSV nor XLSX"),
        (lambda: b"PK\x03\x04 broken", "cannot be read"),
        (bomb, "too large when it is unpacked"),
    ],
)
def test_a_file_that_is_no_list_is_refused(content, says):
    with pytest.raises(UnreadableTable, match=says):
        read_table(content())


def test_lists_are_for_editors_and_for_their_own_tenant(shop, stranger):
    shop, _ = shop
    listed = upload(shop, "SBL-NUXV-30C-30ML,,,,105,80,72,,")
    assert [row.file_name for row in shop.run("catalog.list_maker_lists").rows] == ["yearly.csv"]
    assert stranger.run("catalog.list_maker_lists").rows == []
    with pytest.raises(NotFound):
        preview(stranger, listed)
    with refused(shop, PermissionDenied):
        given = {"maker_list_id": listed.id, "effective_from": shop.ctx.today}
        shop.run("catalog.apply_maker_list", given, by=shop.acting_as("cashier"))
