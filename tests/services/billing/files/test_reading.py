"""A supplier's file is read as it stands: columns, numbers, products, and what is wrong where."""

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pytest

from erp.core.errors import InvalidInput, PermissionDenied
from erp.services.billing.bill_file_reading import (
    LARGEST_FILE,
    MOST_ROWS,
    guess_columns,
    read_rows,
    read_sheet,
)
from tests.services.billing.files.filing import (
    GOODS,
    HEADERS,
    as_csv,
    as_xlsx,
    importing,
    line,
    read,
)
from tests.services.unchanged import refused


def rows_of(content):
    sheet = read_sheet(content)
    return read_rows(sheet, guess_columns(sheet.headers, {}))


@pytest.mark.parametrize("write", [as_csv, as_xlsx])
def test_columns_are_found_by_their_headers(write):
    sheet = read_sheet(write(GOODS))
    columns = guess_columns(sheet.headers, {})
    assert columns == {
        "name": "Item Name", "code": "Code", "lot_number": "Batch", "expires_on": "Exp",
        "mrp": "MRP", "quantity": "Qty", "free_quantity": "Free", "unit_cost": "Rate",
        "discount_percent": "Disc %", "gst_rate": "GST %",
    }  # fmt: skip
    (row,) = read_rows(sheet, columns)
    assert row.numbers["unit_cost"] == 60
    assert row.expires_on == date(2030, 3, 31)
    assert row.errors == ()


def test_what_was_kept_for_the_supplier_wins_over_a_guess():
    found = guess_columns(HEADERS, {"quantity": "Free", "mrp": "Gone"})
    assert (found["quantity"], found["mrp"]) == ("Free", "MRP")
    assert "free_quantity" not in found


@pytest.mark.parametrize(
    ("text", "number"),
    [("1,250.50", "1250.50"), ("₹ 60", "60"), ("5%", "5"), ("Rs. 7", "7"), ("12.5", "12.5")],
)
def test_numbers_are_read_as_people_write_them(text, number):
    (row,) = rows_of(as_csv((*GOODS[:7], text, *GOODS[8:])))
    assert row.numbers["unit_cost"] == Decimal(number)


@pytest.mark.parametrize(
    ("at", "text", "field", "said"),
    [
        (5, "ten", "quantity", "“ten”"),
        (7, "", "unit_cost", "is empty"),
        (7, "1e5", "unit_cost", "“1e5”"),
        (5, "٣", "quantity", "“٣”"),
        (3, "2030", "expires_on", "month and year"),
    ],
)
def test_a_cell_that_cannot_be_read_names_its_column_and_what_to_do(at, text, field, said):
    (row,) = rows_of(as_csv((*GOODS[:at], text, *GOODS[at + 1 :])))
    (error,) = row.errors
    assert (error.field, error.column) == (field, HEADERS[at])
    assert said in error.message
    assert row.number == 3


def test_a_spreadsheets_numbers_and_days_are_text_without_its_formulas():
    made = (*GOODS[:3], "03/2030", 105.10, 10, 0, '=HYPERLINK("http://x")', 0.1, 5)
    (row,) = rows_of(as_xlsx(made))
    assert row.numbers["mrp"] == Decimal("105.1")
    assert row.numbers["discount_percent"] == Decimal("0.1")
    assert row.numbers["unit_cost"] == 0, "the value that was saved with the formula"
    assert rows_of(as_csv(("=1+1", *GOODS[1:])))[0].texts["name"] == "=1+1"


def test_an_expiry_as_a_day_of_a_spreadsheet_is_read():
    import openpyxl  # noqa: PLC0415  only here

    book, made = openpyxl.Workbook(), io.BytesIO()
    book.active.append(list(HEADERS))
    book.active.append([*GOODS[:3], datetime(2031, 1, 31), *GOODS[4:]])  # noqa: DTZ001  as files have it
    book.save(made)
    assert rows_of(made.getvalue())[0].expires_on == date(2031, 1, 31)


def burst() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 40_000_000)
    return made.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\0\1\2", b"PK\3\4 no archive", b"a,b,c\n", burst(), b"x" * (LARGEST_FILE + 1),
        as_csv(*[GOODS] * (MOST_ROWS + 1)), as_xlsx(*[GOODS] * (MOST_ROWS + 1)), b'"a,b,c\n1,2,3',
    ],
    ids=["empty", "binary", "archive", "head", "bomb", "large", "many", "many-x", "quote"],
)  # fmt: skip
def test_what_is_no_bill_is_refused(content):
    with pytest.raises(InvalidInput):
        read_sheet(content)


def test_products_are_found_by_code_or_barcode_else_suggested(shop):
    shop.run("catalog.add_barcode", {"variant_id": shop.variant_ids[1], "code": "8901234567890"})
    headers = (*HEADERS, "EAN")
    found = read(
        shop,
        as_csv(
            (*GOODS, ""),
            ("Some dilution", "X9", *GOODS[2:], "8901234567890"),
            ("arnica 3", "A-3", *GOODS[2:], ""),
            ("Nothing like it", "", *GOODS[2:], ""),
            headers=headers,
        ),
    )
    first, second, third, fourth = found.rows
    assert (first.variant_id, second.variant_id) == shop.variant_ids[:2]
    assert third.variant_id is None
    assert shop.variant_ids[2] in {one.variant_id for one in third.suggestions}
    assert (fourth.variant_id, fourth.suggestions) == (None, [])
    assert found.bill_id is None


def test_what_was_chosen_for_a_suppliers_words_is_known_the_next_time(shop):
    content = as_csv(("arnica 3", "", *GOODS[2:]))
    assert read(shop, content).rows[0].variant_id is None
    chosen = line(shop, 1, at=2, item_code=read(shop, content).rows[0].item_code)
    importing(shop, "63.00", chosen, receive_rest=True, columns={"quantity": "Free"})
    again = read(shop, content)
    assert again.rows[0].variant_id == shop.variant_ids[2]
    assert again.columns["quantity"] == "Free"
    assert read(shop, content, columns={"quantity": "Qty"}).columns == {"quantity": "Qty"}


def test_who_may_not_record_bills_reads_no_files(shop, accountant):
    with refused(shop, PermissionDenied):
        read(shop, as_csv(GOODS), by=shop.acting_as("storekeeper"))
    assert read(shop, as_csv(GOODS), by=accountant).rows[0].variant_id
    with refused(shop, InvalidInput, "content"):
        shop.run("billing.read_bill_file", {"supplier_id": _supplier(shop), "content": "!"})


def _supplier(shop):
    return shop.run("party.list_parties", {"search": "SBL"}).rows[0].id
