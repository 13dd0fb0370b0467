"""What the comparison of suppliers' answers says of an offer."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from erp.state.purchasing.quotations import against_best


@pytest.mark.parametrize(
    ("best_total", "share", "words"),
    [("100", "5.8", "+5.8% to best"), ("100", "0", "as best"), ("0.00", "0", "")],
)
def test_no_offer_is_as_good_as_one_that_costs_nothing(best_total, share, words):
    best = SimpleNamespace(is_best=True, total=Decimal(best_total), against_best=Decimal(0))
    other = SimpleNamespace(is_best=False, total=Decimal(200), against_best=Decimal(share))
    assert [against_best([best, other], x) for x in (best, other)] == ["", words]
