"""The form that sends goods offers what lies in other warehouses, of this branch and of others."""

import pytest

from erp.state.inventory.sending import SendGoodsState
from tests.factories import make_shop
from tests.services.inventory.past_goods import second_branch
from tests.state.tills import open_desk, played


@pytest.fixture
def shop(environment):
    assert environment
    return make_shop("ways")


@pytest.fixture
def godown_id(shop):
    """The storage of a second warehouse of the branch."""
    given = {"branch_id": shop.ctx.branch_id, "code": "Z-GDN", "name": "Godown"}
    return str(shop.run("inventory.create_warehouse", given).storage_id)


def offered(form):
    return [place["label"] for place in form.others]


def test_another_warehouse_of_the_branch_is_offered_and_chosen(shop, godown_id, monkeypatch):
    desk = open_desk(shop, monkeypatch, "storekeeper")

    async def story():
        form = desk[SendGoodsState]
        await form._open({})
        assert (form.place, form.other) == (str(shop.storage_id), godown_id)
        assert offered(form) == ["Choose a place", "Godown", "Godown: expired and damaged"]
        await form.choose_place(godown_id)
        assert form.other == str(shop.storage_id)
        assert "Godown" not in offered(form)

    played(story())


def test_another_branch_comes_before_another_warehouse(shop, godown_id, monkeypatch):
    far = second_branch(shop)
    desk = open_desk(shop, monkeypatch, "storekeeper")

    async def story():
        form = desk[SendGoodsState]
        await form._open({})
        assert form.other == str(far.storage_id)
        assert "Godown" in offered(form)
        await form.choose_other(godown_id)
        await form.choose_place(godown_id)
        assert form.other == str(far.storage_id)

    played(story())


def test_in_a_branch_of_one_warehouse_nothing_of_it_is_offered(shop, monkeypatch):
    desk = open_desk(shop, monkeypatch, "storekeeper")

    async def story():
        form = desk[SendGoodsState]
        await form._open({})
        assert (offered(form), form.other) == (["Choose a place"], "")

    played(story())
