"""Months as people type them from a pack."""

from datetime import date

import pytest

from erp.core.pack_dates import read_expiry, read_made


@pytest.mark.parametrize(
    ("text", "last_day"),
    [
        ("03/2027", date(2027, 3, 31)),
        ("3/27", date(2027, 3, 31)),
        ("0327", date(2027, 3, 31)),
        ("02-2028", date(2028, 2, 29)),
        (" 2 2027 ", date(2027, 2, 28)),
        ("2027-03", date(2027, 3, 31)),
        ("15-03-2027", date(2027, 3, 15)),
        ("15/3/27", date(2027, 3, 15)),
        ("2027-03-15", date(2027, 3, 15)),
    ],
)
def test_an_expiry_is_good_through_the_end_of_its_month_or_to_its_day(text, last_day):
    assert read_expiry(text) == last_day


@pytest.mark.parametrize(
    "text",
    ["", "13/2027", "00/2027", "31-02-2027", "2027", "3/1999", "soon", "03/2027\0", "٠٣/٢٠٢٧"],
)
def test_what_is_no_month_is_none(text):
    assert read_expiry(text) is None
    assert read_made(text) is None


def test_a_month_of_manufacture_counts_from_its_first_day():
    assert read_made("03/2027") == date(2027, 3, 1)
    assert read_made("15-03-2027") == date(2027, 3, 15)
