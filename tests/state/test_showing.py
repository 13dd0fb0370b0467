"""Numbers and instants leave the server as text."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from pydantic import computed_field

from erp.core.columns import Column, Kind
from erp.services.platform import Result
from erp.state.showing import NOTHING, display_rows, display_value


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (Decimal("1234567.5"), Kind.MONEY, "₹12,34,567.50"),
        (Decimal("-0.5"), Kind.MONEY, "-₹0.50"),
        ("12345678901234567.89", Kind.NUMBER, "12,34,56,78,90,12,34,567.89"),
        (100000, Kind.COUNT, "1,00,000"),
        (0, Kind.COUNT, "0"),
        (Decimal("12.50"), Kind.PERCENT, "12.5%"),
        (date(2026, 3, 31), Kind.DATE, "31-03-2026"),
        (date(2026, 3, 31), Kind.EXPIRY, "03/2026"),
        (datetime(2026, 3, 31, 20, 0, tzinfo=UTC), Kind.INSTANT, "01-04-2026 01:30"),
        (False, Kind.YES_NO, "No"),
        (None, Kind.MONEY, "\N{EN DASH}"),
        ("", Kind.TEXT, "\N{EN DASH}"),
    ],
)
def test_values_are_written_the_indian_way_in_the_tenants_time_zone(value, kind, text):
    assert display_value(value, kind, "Asia/Kolkata") == text


class Row(Result):
    id: int
    name: str
    total: Decimal
    status: str
    phone: str = ""


def test_a_row_is_text_with_a_link_and_a_tone():
    columns = (
        Column("name", "Name", detail="phone"),
        Column("total", "Total", Kind.MONEY),
        Column("status", "Status", Kind.STATUS),
    )
    row = Row(id=7, name="A", total=Decimal("99999.99"), status="repeat_requested", phone="98")
    assert display_rows([row], columns, "Asia/Kolkata", "/x/{id}") == [
        {
            "id": "7",
            "href": "/x/7",
            "name": "A",
            "phone": "98",
            "total": "₹99,999.99",
            "status": "Repeat requested",
            "status_tone": "amber",
        }
    ]


def test_a_code_without_a_word_of_its_own_is_shown_in_plain_letters():
    column = Column("origin", "Comes from", labels={"sale": "Sale"})
    rows = [{"id": "1", "origin": origin} for origin in ("sale", "gst_deposit", "SBL", "")]
    shown = [row["origin"] for row in display_rows(rows, (column,), "Asia/Kolkata")]
    assert shown == ["Sale", "Gst deposit", "SBL", NOTHING]


def test_what_a_row_works_out_by_itself_is_shown_as_its_fields_are() -> None:
    class Owed(Result):
        taxable: int
        tax: int

        @computed_field  # type: ignore[prop-decorator]
        @property
        def total(self) -> int:
            return self.taxable + self.tax

    columns = (Column("total", "Total", Kind.MONEY),)
    (row,) = display_rows([Owed(taxable=100, tax=18)], columns, "Asia/Kolkata")
    assert row["total"] == "₹118.00"
