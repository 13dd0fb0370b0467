"""Every page of one record tells what happened to it."""

from importlib import import_module

import pytest

from erp.pages import ROUTES, routing

for module in ROUTES:
    import_module(module)

TELLS_OTHERWISE = {
    "/books/accounts/[account_id]": "the lines of an account, each an entry with a history of its own",
    "/stock/counts/sheet/[count_id]": "the form of a count; its review tells the history",
    "/system/audit/[audit_id]": "an act of the audit itself",
}
RECORDS = {
    declared.screen.route: declared.body
    for declared in routing._DECLARED
    if declared.screen.route.endswith("]")
}


@pytest.mark.parametrize("route", sorted(RECORDS.keys() - TELLS_OTHERWISE.keys()))
def test_the_page_of_a_record_tells_its_history(route):
    drawn = str(RECORDS[route]().render())
    assert ".history_rx_state_" in drawn, (
        f"{route} tells no history: use record_view or history_card"
    )


def test_nothing_is_excused_that_is_gone():
    assert RECORDS.keys() >= TELLS_OTHERWISE.keys()
