"""A bill split over assets and claims gives its credit in parts, and no more than the whole bill shows."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import psycopg
import pytest

from erp.core import db
from erp.core.errors import DomainError, InvalidInput
from erp.services.assets import BilledBefore
from erp.services.expenses import CreditLost, SpentBefore
from erp.services.seen_bills import BillSeen, BillTaxDiffers, CreditTaken
from tests.concurrency.crowd import at_once
from tests.factories import Shop, broken_promises
from tests.services.books import balance
from tests.services.gst_returns.months import at, import_2b, purchase
from tests.services.seen_bills.conftest import approved, claimed, line, owned, supplier
from tests.services.seen_bills.test_reported import credit, matches
from tests.services.trading import rows

AGAIN = ("asset_billed_before",)
SEEN = ("bill_seen",)


@contextmanager
def denied(
    shop: Shop, error: type[DomainError], field: str
) -> Iterator[pytest.ExceptionInfo[DomainError]]:
    """Expect a refusal at a field that books nothing."""
    before = balance(shop, "input_igst"), rows(shop, "select count(*) as uses from seen_bill_use")
    with pytest.raises(error) as caught:
        yield caught
    assert list(caught.value.fields) == [field]
    after = balance(shop, "input_igst"), rows(shop, "select count(*) as uses from seen_bill_use")
    assert after == before


def test_assets_of_one_bill_share_its_credit_up_to_what_it_shows(trader: Shop) -> None:
    seller = supplier(trader)
    owned(trader, seller, "P-1")
    with pytest.raises(BilledBefore):
        owned(trader, seller, "P/01")
    assert owned(trader, seller, "P/01", bill_tax="400.00", confirm=AGAIN).credit == 180
    with denied(trader, InvalidInput, "bill_tax") as caught:
        owned(trader, seller, "P-1", confirm=AGAIN)
    assert "40.00" in caught.value.message
    assert owned(trader, seller, "P-1", "200.00", confirm=AGAIN).credit == 36
    assert owned(trader, seller, "P-1", takes_credit=False, confirm=AGAIN).cost == 1180
    with pytest.raises(BillSeen, match=" and "):
        claimed(trader, line(trader, "P-1"))
    assert balance(trader, "input_igst") == 396
    assert broken_promises() == []


def test_without_the_gst_of_the_whole_bill_a_second_asset_takes_none(trader: Shop) -> None:
    seller = supplier(trader)
    first = owned(trader, seller, "P-1")
    with denied(trader, InvalidInput, "bill_tax") as caught:
        owned(trader, seller, "P-1", confirm=AGAIN)
    assert first.number in caught.value.message
    with denied(trader, InvalidInput, "bill_tax"):
        owned(trader, seller, "P-2", bill_tax="179.99")


def test_a_bill_of_an_asset_and_a_claim_gives_its_credit_to_both(trader: Shop) -> None:
    seller = supplier(trader)
    owned(trader, seller, "P-1", bill_tax="360.00")
    made = claimed(trader, line(trader, "p1"), confirm=SEEN)
    assert approved(trader, made).igst == 180
    sure = (*SEEN, "spent_before", "credit_lost")
    late = claimed(trader, line(trader, "P-1", "118.00"), confirm=sure)
    assert approved(trader, late).igst == 0
    assert balance(trader, "input_igst") == 360
    import_2b(trader, ("24", "P-1", "2000.00", "18"))
    assert matches(trader)["P-1"].status == "exact"
    assert credit(trader) == "360.00"
    assert broken_promises() == []


def test_lines_of_one_bill_give_one_gst_of_it(trader: Shop) -> None:
    lines = [
        line(trader, "P-1", bill_tax="360.00"),
        line(trader, "p/01", "590.00", bill_tax="400.00"),
    ]
    with denied(trader, InvalidInput, "lines.1.bill_tax") as caught:
        claimed(trader, *lines)
    assert "360.00" in caught.value.message
    del lines[1]["bill_tax"]
    assert approved(trader, claimed(trader, *lines)).igst == 270


def test_a_claim_beyond_what_is_left_of_a_bill_is_asked_about_and_says_where_it_went(
    trader: Shop,
) -> None:
    first = owned(trader, supplier(trader), "P-1", bill_tax="200.00")
    with denied(trader, CreditLost, "lines.0.bill_number") as caught:
        claimed(trader, line(trader, "P-1"), confirm=SEEN)
    for words in (first.number, "20.00", "180.00"):
        assert words in caught.value.message
    made = approved(trader, claimed(trader, line(trader, "P-1"), confirm=(*SEEN, "credit_lost")))
    assert (made.igst, made.lines[0].taxable) == (0, 1180)
    assert first.number in made.lines[0].credit_words


def test_credit_that_is_gone_when_a_claim_is_approved_is_asked_about(trader: Shop) -> None:
    made = claimed(trader, line(trader, "P-1"))
    assert trader.run("expenses.get_claim", {"claim_id": made.id}).igst == 180
    first = owned(trader, supplier(trader), "P-1", confirm=SEEN)
    with denied(trader, CreditLost, "claim_id") as caught:
        approved(trader, made)
    assert first.number in caught.value.message
    booked = approved(trader, made, confirm=("credit_lost",))
    assert booked.igst == 0
    assert first.number in booked.lines[0].credit_words
    assert broken_promises() == []


def test_a_claim_names_the_gst_of_the_whole_bill_for_those_after_it(trader: Shop) -> None:
    with denied(trader, InvalidInput, "lines.0.bill_tax"):
        claimed(trader, line(trader, "P-1", bill_tax="100.00"))
    made = approved(trader, claimed(trader, line(trader, "P-1", bill_tax="360.00")))
    assert (made.igst, made.lines[0].bill_tax) == (180, 360)
    with pytest.raises(SpentBefore, match="whole bill"):
        claimed(trader, line(trader, "P-1", "590.00"))
    assert owned(trader, supplier(trader), "P-1", confirm=SEEN).credit == 180
    assert broken_promises() == []


def test_parts_stand_where_the_claim_that_gave_the_whole_is_taken_back(trader: Shop) -> None:
    made = approved(trader, claimed(trader, line(trader, "P-1", bill_tax="540.00")))
    seller = supplier(trader)
    assert owned(trader, seller, "P-1", confirm=SEEN).credit == 180
    assert owned(trader, seller, "P-1", confirm=(*SEEN, *AGAIN)).credit == 180
    given = {"claim_id": made.id, "reason": "Claimed by mistake"}
    trader.run("expenses.reverse_claim", given, by=trader.acting_as("owner"), at=at(10))
    assert balance(trader, "input_igst") == 360
    assert broken_promises() == []


def test_another_gst_of_the_whole_bill_is_asked_about(trader: Shop) -> None:
    seller = supplier(trader)
    owned(trader, seller, "P-1", bill_tax="180.00")
    with denied(trader, BillTaxDiffers, "bill_tax") as caught:
        owned(trader, seller, "P-1", bill_tax="360.00", confirm=AGAIN)
    assert "180.00" in caught.value.message
    sure = (*AGAIN, "bill_tax_differs")
    assert owned(trader, seller, "P-1", bill_tax="360.00", confirm=sure).credit == 180
    with pytest.raises(BillTaxDiffers):
        claimed(trader, line(trader, "P-1", bill_tax="900.00"), confirm=SEEN)


def test_a_bill_that_was_recorded_whole_is_not_shared(trader: Shop) -> None:
    purchase(trader, "P-1", "1000.00", "5", state="24")
    made = owned(trader, supplier(trader, name="Other"), "P-1", bill_tax="900.00", confirm=SEEN)
    assert made.credit == 0
    assert balance(trader, "input_igst") == 50


def test_parts_taken_at_once_stay_within_the_bill(trader: Shop) -> None:
    seller = supplier(trader)
    owned(trader, seller, "P-1", bill_tax="360.00")
    again = partial(owned, trader, seller, "P-1", confirm=AGAIN)
    made = at_once([again] * 4)
    assert sum(getattr(one, "credit", 0) for one in made) == 180
    assert balance(trader, "input_igst") == 360
    assert broken_promises() == []


@pytest.mark.parametrize(("bill_tax", "words"), [(None, "taken once"), ("200.00", "than the bill")])
def test_the_database_keeps_parts_within_the_bill(
    trader: Shop, bill_tax: str | None, words: str
) -> None:
    given = {"bill_tax": bill_tax} if bill_tax else {}
    owned(trader, supplier(trader), "P-1", **given)
    made = claimed(trader, line(trader, "P-1"), confirm=(*SEEN, "credit_lost"))
    with (
        pytest.raises(psycopg.errors.CheckViolation, match=words),
        db.unit_of_work(trader.ctx) as session,
    ):
        db.execute(
            session,
            "update seen_bill_use set is_credit = true, taken_on = current_date, igst = 180 where source_id = %s",
            (made.id,),
        )
    assert CreditTaken.code == "credit_taken"


def test_the_referee_sees_parts_beyond_the_bill(trader: Shop, owner: psycopg.Connection) -> None:
    seller = supplier(trader)
    owned(trader, seller, "P-1", bill_tax="360.00")
    owned(trader, seller, "P-1", confirm=AGAIN)
    _state(owner, trader, "300.00")
    assert [one for one in broken_promises() if "SB1" in str(one)]
    _state(owner, trader, "360.00")
    assert broken_promises() == []
    assert len(rows(trader, "select 1 from seen_bill_use where is_credit")) == 2


def _state(owner: psycopg.Connection, shop: Shop, tax: str) -> None:
    """Write the GST of the whole bill past the triggers."""
    owner.execute("set session_replication_role = replica")
    owner.execute(
        "update seen_bill_use set bill_tax = %s where bill_tax is not null and tenant_id = %s",
        (tax, shop.ctx.tenant_id),
    )
    owner.execute("set session_replication_role = origin")
