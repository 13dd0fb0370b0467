"""Lists as files: complete, safe to open, and readable back as they were."""

import csv
import io
import re
import zipfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp.api import exporting, spreadsheets
from erp.api.exporting import BYTE_ORDER_MARK
from erp.api.spreadsheets import Workbook, csv_lines, escape_text, unescape_text
from erp.core.clock import utc_now
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.services import platform
from erp.state.billing.sales import SaleListState
from erp.state.inventory.stock import StockListState
from tests.services.trading import tender

ATTACKS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\0=1",
    "'=1",
    "''=1",
    '=HYPERLINK("http://evil.example","x")',
    "=cmd|' /C calc'!A0",
)


@given(st.text())
def test_escaping_can_be_undone(text):
    assert unescape_text(escape_text(text)) == text


@pytest.mark.parametrize("text", ATTACKS)
def test_no_cell_of_a_csv_starts_a_formula(text):
    (cell,) = next(csv.reader(io.StringIO(csv_lines([[text]]), newline="")))
    assert cell[0] == "'"
    assert unescape_text(cell) == text


def test_harmless_text_and_numbers_are_left_alone():
    cells = ["Ravi's shop", "a=b", Decimal("-12.50"), -3, None, True, date(2026, 11, 21), ""]
    (row,) = csv.reader(io.StringIO(csv_lines([cells])))
    assert row == ["Ravi's shop", "a=b", "-12.50", "-3", "", "true", "2026-11-21", ""]


def test_lists_and_structures_stay_readable():
    stamp = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
    (row,) = csv.reader(io.StringIO(csv_lines([[["a", "b"], {"x": Decimal("1.5")}, stamp]])))
    assert row == ['["a", "b"]', '{"x": "1.5"}', "2026-11-21T09:30:00+00:00"]


def test_no_cell_of_a_workbook_is_a_formula_or_link():
    made = io.BytesIO()
    exact = Decimal("12345.67")
    with Workbook(made, "Attacks", ["text", "amount", "large"]) as book:
        large = Decimal("1234567890123456.78")
        book.add([[text, exact, large] for text in (*ATTACKS, "https://a.b")])
    with zipfile.ZipFile(made) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert sheet.count("<v>12345.67</v>") == len(ATTACKS) + 1
    assert "1234567890123456.78</t>" in sheet, "an amount a double cannot hold stays exact"


@pytest.fixture
def parties(asha):
    """More parties than a page holds, one of them an attack."""
    tag = new_id().hex[-10:]
    names = [f"{tag} {number:03}" for number in range(230)] + [f"={tag}()"]
    for name in names:
        given_name = {"name": name, "kind": "walk_in", "state_code": "27"}
        platform.run("party.create_party", asha.system, given_name)
    return names


def test_an_export_is_complete_over_all_pages(rest, asha, parties):
    headers = asha["manager"].headers
    answer = rest.get("/api/erp/export/party.list_parties.csv", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert re.search(
        r'attachment; filename="party-list_parties-[\d-]+\.csv"',
        answer.headers["content-disposition"],
    )
    text = answer.content.decode()
    assert text.startswith(BYTE_ORDER_MARK)
    rows = list(csv.DictReader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK), newline="")))
    found = [unescape_text(row["name"]) for row in rows]
    assert set(parties) <= set(found)
    assert len(found) == len({row["id"] for row in rows})

    narrowed = rest.get(
        f"/api/erp/export/party.list_parties.csv?search={parties[0][:10]}", headers=headers
    )
    assert len(narrowed.text.splitlines()) >= 230
    book = rest.get("/api/erp/export/party.list_parties.xlsx", headers=headers)
    with zipfile.ZipFile(io.BytesIO(book.content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == len(rows) + 1


@pytest.mark.parametrize(
    ("file", "status"),
    [
        ("party.list_parties.pdf", 404),
        ("party.list_parties", 404),
        ("party.get_party.csv", 404),
        ("party.create_party.csv", 404),
        ("no.such.csv", 404),
        ("party.list_parties.csv?nonsense=1", 422),
        ("party.list_parties.csv?shown_as=no.such.List", 404),
        ("identity.list_members.csv", 403),
    ],
)
def test_what_cannot_be_exported_is_refused(rest, asha, file, status):
    answer = rest.get(f"/api/erp/export/{file}", headers=asha["cashier"].headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_every_list_can_be_exported(rest, asha):
    for action in platform.list_actions("query"):
        if issubclass(action.result_model, platform.Rows):
            required = [
                name for name, f in action.input_model.model_fields.items() if f.is_required()
            ]
            if not required:
                for ending in ("csv", "xlsx"):
                    path = f"/api/erp/export/{action.name}.{ending}"
                    answer = rest.get(path, headers=asha["owner"].headers)
                    assert answer.status_code == 200, (action.name, answer.text)


def pages_of(shop, state):
    """Return the pages of a list as its page's export link asks for them."""
    columns = exporting._columns(state.list_name)
    return exporting._Pages(platform.get_action(state.query), shop.ctx, {}, columns)


def sheet_of(shop, state):
    """Return a list's workbook as lines of {head: value}."""
    pages = pages_of(shop, state)
    with exporting._write_workbook(pages, pages.next_page(), "list") as made:
        head, *lines = openpyxl.load_workbook(made).active.iter_rows(values_only=True)
    return [dict(zip(head, line, strict=True)) for line in lines]


def test_a_list_comes_as_its_page_shows_it_with_dates_a_spreadsheet_can_sort(trader):
    [first, *_] = trader.variant_ids
    night = (utc_now() + timedelta(days=1)).replace(hour=19, minute=30, second=5, microsecond=0)
    cart = trader.cart({first: 1}, tenders=[tender("cash", "105.00")])
    trader.run("pos.post_sale", cart, at=night)
    [sale] = sheet_of(trader, SaleListState)
    heads = ["Number", "Customer", "When", "Kind", "Till", "Cashier", "Paid by", "Total"]
    assert list(sale)[: len(heads)] == heads
    assert sale["When"] == night.replace(tzinfo=None) + timedelta(hours=5, minutes=30)
    assert (sale["Kind"], sale["Total"]) == ("Sale", 105)
    ids = [head for head in sale if head == "Id" or head.endswith(" id")]
    assert ids
    assert list(sale)[-len(ids) :] == ids

    expiries = {line["Expiry"] for line in sheet_of(trader, StockListState)}
    assert {type(day) for day in expiries} == {datetime}
    assert {day.time() for day in expiries} == {datetime.min.time()}


def test_a_csv_tells_instants_in_the_time_of_the_shop(trader):
    [first, *_] = trader.variant_ids
    night = (utc_now() + timedelta(days=1)).replace(hour=19, minute=30, second=5, microsecond=0)
    cart = trader.cart({first: 1}, tenders=[tender("cash", "105.00")])
    trader.run("pos.post_sale", cart, at=night)
    pages = pages_of(trader, SaleListState)
    told = dict(zip(pages.header, pages.next_page()[0], strict=True))
    day = (night + timedelta(hours=6)).date()
    assert csv_lines([[told["When"]]]) == f"{day}T01:00:05+05:30\r\n"


def test_a_file_for_programs_has_the_names_of_rest(rest, asha):
    head = rest.get("/api/erp/export/pos.list_sales.csv", headers=asha["manager"].headers)
    named = head.text.removeprefix(BYTE_ORDER_MARK).splitlines()[0].split(",")
    assert {"id", "sold_at", "register_name"} <= set(named)
    shown = f"/api/erp/export/pos.list_sales.csv?shown_as={SaleListState.list_name}"
    words = rest.get(shown, headers=asha["manager"].headers).text.splitlines()[0]
    assert words.removeprefix(BYTE_ORDER_MARK).startswith("Number,Customer,When,Kind,Till,")


def test_a_sheet_that_is_too_small_is_an_error_and_no_cut(trader, monkeypatch):
    monkeypatch.setattr(spreadsheets, "SHEET_ROWS", 2)
    with pytest.raises(InvalidInput, match="holds 2 rows: filter the list, or take the CSV"):
        sheet_of(trader, StockListState)
