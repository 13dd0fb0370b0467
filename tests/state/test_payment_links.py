"""What the list of payment links says of each."""

from types import SimpleNamespace

import pytest

from erp.state.gateways.links import _problem


@pytest.mark.parametrize(
    ("status", "shown"),
    [("open", "Away"), ("refused", "Away"), ("paid", ""), ("cancelled", ""), ("expired", "")],
)
def test_trouble_is_told_of_links_that_may_still_be_paid(status, shown):
    assert _problem(SimpleNamespace(status=status, problem="Away")) == shown
