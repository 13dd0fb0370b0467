"""What history says of a change is what a person reads on the form."""

from types import SimpleNamespace

import pytest

from erp.state.history import act_words, change_words, where_words


@pytest.mark.parametrize(
    ("field", "before", "after", "words"),
    [
        ("lines 2 amount", "100.00", "120.00", "Line 2, amount: 100.00 → 120.00"),
        ("lines 1 gst_rate", "", "18", "Line 1, GST %: 18"),
        ("credit_limit", "2000.00", "5000.00", "Credit limit: 2000.00 → 5000.00"),
        ("supplier_gstin", "", "27AAPFU0939F1ZV", "GSTIN of the supplier: 27AAPFU0939F1ZV"),
        ("is_active", "True", "False", "Active: Yes → No"),
        ("due_on", "", "2026-04-09", "Due: 09-04-2026"),
        ("bought_from", "", "opening_books", "Bought from: Opening books"),
        ("addresses 1 pin", "", "411001", "Address 1, PIN: 411001"),
        ("entries 3 note", "", "", "Entry 3, note: \N{EN DASH}"),
        ("tags 2", "", "urgent", "Tag 2: urgent"),
        ("note", "", "2026-13-45", "Note: 2026-13-45"),
        ("head lines 1 mrp", "", "12.50", "Head, line 1, MRP: 12.50"),
    ],
)
def test_a_change_is_said_as_the_form_says_it(field: str, before: str, after: str, words: str):
    change = SimpleNamespace(field=field, before=before, after=after)
    assert change_words(change) == words


def test_an_act_names_what_it_brought():
    also = ["sales.delivery_cancelled.v1", "billing.invoice_cancelled.v1"]
    assert act_words("billing.invoice_cancelled.v1", also) == (
        "Invoice cancelled, with delivery cancelled"
    )
    assert act_words("gateways.gst_told.v1", []) == "GST told"


def test_where_an_act_came_from_names_the_command_that_ran_it():
    assert where_words("ui", "", "billing.import_bill") == (
        " · on the screen · as part of: Import bill"
    )
    assert where_words("job", "") == " · by a job"
