"""What the page of a session says of its checklist."""

from decimal import Decimal

import pytest

from erp.services.imaging.reviews import AnsweredItem
from erp.state.imaging.review import _item


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        ("0", "100", "0 to 100 kV"),
        (None, "10", "at most 10 kV"),
        ("-20", None, "at least -20 kV"),
        ("0.50", "1200.0", "0.50 to 1200.0 kV"),
        (None, None, "kV"),
    ],
)
def test_the_limits_of_a_number_are_said_as_they_hold(low, high, said):
    item = AnsweredItem(
        key="volts",
        label="Voltage",
        kind="number",
        is_required=True,
        allows_na=False,
        choices=[],
        low=low,
        high=high,
        unit="kV",
        answer="",
        lack="not answered",
    )
    assert _item(item)["limits"] == said
    assert all(f"{Decimal(bound):f}" in said for bound in (low, high) if bound)
