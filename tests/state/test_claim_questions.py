"""The question on a claim's page follows the bills it is about."""

import pytest

from erp.state.expenses.claims import ClaimState
from tests.factories import make_shop
from tests.services.expenses.spending import COURIER, categories, claim, decide, spent
from tests.state.tills import open_desk, played


@pytest.fixture
def shop(environment):
    assert environment
    shop = make_shop("claims")
    categories(shop)
    return shop


@pytest.fixture
def desk(shop, monkeypatch):
    return open_desk(shop, monkeypatch, "owner")


@pytest.fixture
def twins(shop):
    """Two claims of one bill; the first is approved and has its credit."""
    lines = [spent(shop, amount, "Courier and postage", **COURIER) for amount in ("118", "236")]
    first, second = (claim(shop, line, confirm=("spent_before",)) for line in lines)
    decide(shop, first, role="owner")
    return first, second


@pytest.fixture
def asked(desk, twins, monkeypatch):
    """The page of the second claim, whose address a browser would have."""

    async def show(self):
        await self._load(twins[1].id, await self._principal())

    monkeypatch.setattr(ClaimState, "_show", show)
    return desk[ClaimState]


def status(shop, made):
    return shop.run("expenses.get_claim", {"claim_id": made.id}).status


def test_a_question_is_gone_once_the_other_bill_is_taken_back(shop, asked, twins):
    first, second = twins

    async def story():
        await asked._show()
        await asked.approve()
        assert "took" in asked.doubt
        await asked._show()
        assert "took" in asked.doubt
        given = {"claim_id": first.id, "reason": "Wrong one"}
        shop.run("expenses.reverse_claim", given, by=shop.acting_as("owner"))
        await asked._show()
        assert asked.doubt == ""
        await asked.approve()
        assert status(shop, second) == "approved"

    played(story())
    assert shop.run("expenses.get_claim", {"claim_id": second.id}).cgst == 18


def test_only_the_question_that_was_read_is_confirmed(shop, asked, twins):
    _, second = twins

    async def story():
        await asked._show()
        asked.doubt = "Something was asked when the bill was another."
        await asked.approve()
        assert "took" in asked.doubt
        assert status(shop, second) == "submitted"
        await asked.approve()
        assert asked.doubt == ""
        assert status(shop, second) == "approved"

    played(story())
