"""A ticked box is ticked, however the form says it."""

import pytest

from erp.state.submitting import is_ticked


@pytest.mark.parametrize(
    ("sent", "is_meant"),
    [("true", True), (True, True), ("", False), (None, False), (False, False), ("false", False)],
)
def test_a_box_is_ticked_by_its_text_or_by_yes(sent, is_meant):
    assert is_ticked(sent) is is_meant
