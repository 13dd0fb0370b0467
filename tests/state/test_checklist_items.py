"""An item of a checklist as a form gives it: fields that are not shown come as nothing."""

import pytest

from erp.services.imaging import ChecklistItem
from erp.state.imaging.protocols import _read_item

UNSHOWN = {"low": None, "high": None, "unit": None, "choices": None}


def test_an_item_is_read_though_the_fields_of_other_kinds_are_not_shown():
    form = UNSHOWN | {"label": "Whole iris shown", "is_required": "true"}
    item, errors = _read_item(form, "yes_no", [])
    assert errors == {}
    assert ChecklistItem.model_validate(item).key == "whole_iris_shown"


@pytest.mark.parametrize(
    ("form", "kind", "field"),
    [
        ({"label": None}, "yes_no", "label"),
        ({"label": "Light", "choices": "Good"}, "choice", "choices"),
        ({"label": "Pupil", "low": "wide"}, "number", "low"),
    ],
)
def test_what_is_wrong_stands_at_its_field(form, kind, field):
    _, errors = _read_item(UNSHOWN | form, kind, [])
    assert list(errors) == [field]


@pytest.mark.parametrize(("sent", "is_required"), [(True, True), ("true", True), (False, False)])
def test_a_box_counts_as_a_browser_sends_it(sent, is_required):
    form = UNSHOWN | {"label": "In focus", "is_required": sent}
    item, _ = _read_item(form, "yes_no", [])
    assert item["is_required"] is is_required
