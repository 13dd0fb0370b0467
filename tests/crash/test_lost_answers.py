"""The commit that nobody hears of: done once, and the second answer is the first, byte for byte."""

import time

import pytest

from erp.core import db
from erp.core.errors import Unavailable
from erp.core.ids import new_id
from erp.core.settings import get_settings
from erp.services import platform
from tests.crash.judging import assert_history_holds
from tests.crash.till import ask, request
from tests.crash.wire import wire_to
from tests.factories import broken_promises, make_shop


@pytest.fixture
def wire(scratch, monkeypatch):
    """The product's connections, by way of a wire that can be cut."""
    assert scratch
    with wire_to(db.role_url("app")) as opened:
        monkeypatch.setattr(get_settings(), "app_database_url", opened.address)
        db.dispose()
        yield opened
        monkeypatch.undo()
        db.dispose()


def eventually(holds, seconds=10):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_sale_whose_answer_was_lost_is_answered_again_and_not_made_again(wire):
    shop = make_shop("lost")
    sale_id = new_id()
    wire.cut_next_commit()
    with pytest.raises(Unavailable, match="takes effect only once"):
        shop.answer("pos.post_sale", request(shop, sale_id))
    assert wire.cuts == 1
    eventually(lambda: shop.count("sale") == 1)
    answers = [shop.answer("pos.post_sale", request(shop, sale_id)) for _ in range(3)]
    assert all(answer.replayed for answer in answers)
    assert len({answer.text for answer in answers}) == 1
    with db.unit_of_work(shop.ctx) as session:
        stored = db.fetch_one(
            session,
            "select answer from command_log where tenant_id = %s and idempotency_key = %s",
            (shop.tenant_id, f"till-{sale_id}"),
        )
    assert stored == {"answer": answers[0].text}
    assert shop.count("sale") == shop.count("tender") == 1
    assert broken_promises() == []


def test_every_second_answer_is_lost_and_the_books_agree_with_the_tills(wire, history):
    shop = make_shop("deaf", stock=1000)
    for number in range(20):
        if number % 2:
            wire.cut_next_commit()
        ask(shop, history, new_id())
    assert wire.cuts == len(history.told("unknown")) == 10
    eventually(lambda: shop.count("sale") == 20)
    assert_history_holds(shop, history)


def test_without_the_key_a_lost_answer_would_sell_twice(wire, monkeypatch):
    """The mutation: nothing is remembered of the first time."""
    shop = make_shop("forgetful")
    key = "a-key-that-nobody-keeps"
    monkeypatch.setattr(platform.commanding, "_claim", lambda *_: None)
    monkeypatch.setattr(platform.commanding, "_record", lambda *_: None)
    cart = shop.cart({shop.variant_ids[0]: 1}) | {"idempotency_key": key}
    wire.cut_next_commit()
    with pytest.raises(Unavailable):
        shop.answer("pos.post_sale", cart)
    eventually(lambda: shop.count("sale") == 1)
    shop.answer("pos.post_sale", cart | {"sale_id": new_id()})
    assert shop.count("sale") == 2
    assert [verdict.code for verdict in broken_promises()] == ["P2"]
