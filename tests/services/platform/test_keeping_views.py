"""Kept filters belong to one person and one list."""

import pytest
from pydantic import ValidationError

from erp.core.errors import NotFound
from erp.services.platform.keeping_views import MOST_VIEWS, TooManyViews
from tests.factories import make_shop

SCREEN = "billing.list_invoices"


@pytest.fixture
def shop(environment):
    assert environment
    return make_shop("views", products=1)


def names(shop, who, screen=SCREEN):
    return [v.name for v in shop.run("platform.list_views", {"screen": screen}, by=who).rows]


def test_a_view_is_kept_overwritten_and_forgotten(shop):
    who = shop.acting_as("cashier")
    given = {"screen": SCREEN, "name": "Mine", "filters": {"search": "x"}}
    first = shop.run("platform.save_view", given, by=who)
    again = shop.run("platform.save_view", given | {"filters": {"search": "y"}}, by=who)
    assert again.id == first.id
    [view] = shop.run("platform.list_views", {"screen": SCREEN}, by=who).rows
    assert view.filters == {"search": "y"}
    shop.run("platform.forget_view", {"view_id": first.id}, by=who)
    assert names(shop, who) == []


def test_nobody_else_sees_or_forgets_it(shop):
    cashier, manager = shop.acting_as("cashier"), shop.acting_as("manager")
    kept = shop.run(
        "platform.save_view", {"screen": SCREEN, "name": "Mine", "filters": {}}, by=cashier
    )
    assert names(shop, manager) == []
    assert names(shop, cashier, "pos.list_sales") == []
    with pytest.raises(NotFound):
        shop.run("platform.forget_view", {"view_id": kept.id}, by=manager)
    assert names(shop, cashier) == ["Mine"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"screen": "../etc"},
        {"name": ""},
        {"name": "x" * 61},
        {"filters": {"a": "x" * 501}},
        {"filters": {str(n): "x" for n in range(21)}},
        {"filters": {"a\x00": "x"}},
    ],
)
def test_absurd_views_are_refused(shop, wrong):
    who = shop.acting_as("cashier")
    with pytest.raises(ValidationError):
        shop.run(
            "platform.save_view", {"screen": SCREEN, "name": "N", "filters": {}} | wrong, by=who
        )
    assert names(shop, who) == []


def test_there_is_an_end_to_views(shop):
    who = shop.acting_as("cashier")
    for number in range(MOST_VIEWS):
        shop.run(
            "platform.save_view", {"screen": SCREEN, "name": f"V{number:02}", "filters": {}}, by=who
        )
    with pytest.raises(TooManyViews):
        shop.run(
            "platform.save_view", {"screen": SCREEN, "name": "One more", "filters": {}}, by=who
        )
    assert len(names(shop, who)) == MOST_VIEWS


def test_a_shared_view_is_offered_to_all_and_stays_its_makers(shop):
    cashier, manager = shop.acting_as("cashier"), shop.acting_as("manager")
    given = {"screen": SCREEN, "name": "Due", "filters": {"search": "x"}, "is_shared": True}
    kept = shop.run("platform.save_view", given, by=cashier)
    shop.run("platform.save_view", given | {"name": "Own", "is_shared": False}, by=manager)
    rows = shop.run("platform.list_views", {"screen": SCREEN}, by=manager).rows
    assert [(view.name, view.is_own, view.is_shared) for view in rows] == [
        ("Own", True, False),
        ("Due", False, True),
    ]
    with pytest.raises(NotFound):
        shop.run("platform.forget_view", {"view_id": kept.id}, by=manager)
    shop.run("platform.save_view", given | {"is_shared": False}, by=cashier)
    assert names(shop, manager) == ["Own"]
