"""A claim of before lines were compared: who approves is told what is wrong, and sends it back with that."""

import psycopg
import pytest

from erp.services import platform
from erp.services.expenses import ClaimDone, OwnClaim, ToCorrect
from tests.factories import Shop
from tests.services.gst_returns.months import at
from tests.services.seen_bills.conftest import approved, claimed, line
from tests.services.trading import rows
from tests.services.unchanged import refused


def _old(shop: Shop, owner: psycopg.Connection, second: str):
    """Hand a claim in whose second line gives the GST of the whole bill, as written past today's checks."""
    lines = (line(shop, "P-1", bill_tax="360.00"), line(shop, "P-1", "590.00", bill_tax="360.00"))
    made = claimed(shop, *lines)
    owner.execute("set session_replication_role = replica")
    owner.execute(
        "update expense_claim_line set bill_tax = %s where claim_id = %s and (line_no = 2 or %s::numeric < 100)",
        (second, made.id, second),
    )
    owner.execute("set session_replication_role = origin")
    return made


def _shown(shop: Shop, made, role: str):
    return shop.run("expenses.get_claim", {"claim_id": made.id}, by=shop.acting_as(role))


@pytest.mark.parametrize(("second", "words"), [("400.00", "360.00"), ("90.00", "this claim alone")])
def test_what_lines_contradict_is_told_and_refused_alike_and_goes_back_to_be_corrected(
    trader: Shop, owner: psycopg.Connection, second: str, words: str
) -> None:
    made = _old(trader, owner, second)
    shown = _shown(trader, made, "owner")
    assert words in shown.to_correct
    with refused(trader, ToCorrect, "claim_id") as caught:
        approved(trader, made)
    assert shown.to_correct in caught.value.message
    back = {"claim_id": made.id, "revision": 1, "outcome": "returned", "note": shown.to_correct}
    trader.run("expenses.decide_claim", back, by=trader.acting_as("owner"), at=at(9, 10))
    mended = [line(trader, "P-1", bill_tax="360.00"), line(trader, "P-1", "590.00")]
    again = trader.run(
        "expenses.amend_claim",
        {"claim_id": made.id, "purpose": "Parcels", "lines": mended},
        by=trader.acting_as("cashier"),
        at=at(9, 10),
        confirm=("spent_before", "bill_tax_differs"),
    )
    assert _shown(trader, made, "owner").to_correct == ""
    assert approved(trader, again).status == "approved"
    kept = rows(trader, "select count(*) as lines from expense_claim_line where revision = 1")
    assert kept[0]["lines"] == 2


def test_what_a_page_offers_is_what_the_service_does(trader: Shop) -> None:
    made = claimed(trader, line(trader, "P-1"))
    states = []
    for outcome in ("", "returned", "again", "approved"):
        if outcome == "again":
            given = {"claim_id": made.id, "purpose": "Parcels", "lines": [line(trader, "P-1")]}
            made = trader.run(
                "expenses.amend_claim", given, by=trader.acting_as("cashier"), at=at(9, 10)
            )
        elif outcome:
            given = {
                "claim_id": made.id,
                "revision": made.revision,
                "outcome": outcome,
                "note": "Whose?",
            }
            trader.run("expenses.decide_claim", given, by=trader.acting_as("owner"), at=at(9, 10))
        for role in ("cashier", "owner"):
            offered = _shown(trader, made, role).may_mend
            assert _withdraws(trader, made, role) == offered
            states.append(offered)
    assert states == [True, False, True, False, True, False, False, False]


def _withdraws(shop: Shop, made, role: str) -> bool:
    try:
        given = {"claim_id": made.id, "reason": "Try"}
        platform.preview("expenses.withdraw_claim", shop.acting_as(role), given)
    except (OwnClaim, ClaimDone):
        return False
    return True
