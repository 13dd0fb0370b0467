"""The day in an address is a day, or today."""

import pytest

from erp.state.imaging.appointments import _day_of


@pytest.mark.parametrize("text", ["abc", "2026-13-01", "", "31/12/2026", "2026-1"])
def test_what_is_no_day_is_today(text):
    assert _day_of(text) == ""


def test_a_day_is_kept():
    assert _day_of("2026-11-23T10:00") == "2026-11-23"
