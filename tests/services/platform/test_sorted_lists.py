"""Every list that sorts, walked in every order over the demo's goods: no gap, no repeat."""

from dataclasses import replace
from itertools import pairwise
from typing import Annotated, Any, get_args
from uuid import UUID

import pytest
from pydantic import ValidationError

from erp.core import db
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.seed.demo import PHARMACY, seed_tenant
from erp.services import catalogue_of_actions, platform
from erp.services.platform import Order, SortedPage, encode_cursor, fetch_page, order_of
from erp.services.platform.inputs import MAX_TEXT

assert catalogue_of_actions, "importing it registers every query"

MOST_WALKED = 40
LARGEST_PAGE = 200
NEEDED = {"inventory.list_expiring": {"rung": "31-60"}}
FEW_IN_THE_DEMO = {
    "einvoicing.list_einvoices",
    "einvoicing.list_way_bills",
    "gateways.list_exceptions",
    "gateways.list_settlements",
    "identity.list_tokens",
    "imaging.list_held",
    "interest.list_notes",
    "inventory.list_checks",
    "inventory.list_counts",
    "inventory.list_dispensings",
    "inventory.list_order_quantities",
    "inventory.list_shelf_lives",
    "messaging.list_messages",
    "payments.age_items",
    "pos.list_approvals",
    "pos.list_offline_sales",
    "pos.list_open_advances",
    "purchasing.list_requests",
    "sales.list_coupons",
    "sales.list_discount_ceilings",
    "service_advances.list_advances",
}
START = {"text": "", "number": "0", "day": "2026-01-01", "instant": "2026-01-01T00:00:00+00:00"}
START |= {"id": str(UUID(int=0)), "yes_no": "False"}
SORTED = [a for a in platform.list_actions("query") if issubclass(a.input_model, SortedPage)]
ORDERS = [
    pytest.param(action, sort, id=f"{action.name}:{sort or 'usual'}")
    for action in SORTED
    for sort in order_of(action.input_model).names
]


@pytest.fixture(scope="module")
def demo(environment):
    assert environment
    return seed_tenant(replace(PHARMACY, slug=f"demo-{new_id().hex[-10:]}"), has_history=True).ctx


def ask(ctx, action, **wanted):
    return platform.run(action.name, ctx, NEEDED.get(action.name, {}) | wanted).result


def test_the_main_lists_sort():
    assert len(SORTED) >= 25


@pytest.mark.parametrize("action", SORTED, ids=lambda action: action.name)
def test_the_demo_has_rows_to_sort(demo, action):
    assert (len(ask(demo, action).rows) < 3) == (action.name in FEW_IN_THE_DEMO)


@pytest.mark.parametrize(("action", "sort"), ORDERS)
def test_pages_join_in_every_order(demo, action, sort):
    whole = ask(demo, action, sort=sort, limit=LARGEST_PAGE).rows[:MOST_WALKED]
    joined: list[Any] = []
    cursor = ""
    while len(joined) < len(whole):
        page = ask(demo, action, sort=sort, limit=2, cursor=cursor)
        joined += page.rows
        cursor = page.next_cursor
        if not cursor:
            break
    assert joined[: len(whole)] == whole
    assert bool(cursor) or len(joined) == len(whole)


@pytest.mark.parametrize(("action", "sort"), ORDERS)
def test_a_page_may_begin_anywhere_though_the_row_is_gone(demo, action, sort):
    columns = order_of(action.input_model).columns_of(sort)
    cursor = encode_cursor(sort, *(START[kind.removesuffix("?")] for kind in columns.values()))
    assert ask(demo, action, sort=sort, cursor=cursor).rows is not None


@pytest.mark.parametrize("action", SORTED, ids=lambda action: action.name)
def test_each_order_is_that_of_its_key_and_turns_round(demo, action):
    for key in order_of(action.input_model).keys:
        rows = ask(demo, action, sort=key, limit=LARGEST_PAGE).rows
        values = [getattr(row, key) for row in rows]
        standing = [(value is None, value) for value in values]
        assert all(a[0] < b[0] or a == b or a[1] < b[1] for a, b in pairwise(standing)), key
        if len(rows) < LARGEST_PAGE:
            assert ask(demo, action, sort=f"-{key}", limit=LARGEST_PAGE).rows == rows[::-1], key


@pytest.mark.parametrize("action", SORTED, ids=lambda action: action.name)
def test_a_key_is_a_field_of_the_row_and_says_whether_it_may_be_missing(action):
    (row,) = get_args(action.result_model.model_fields["rows"].annotation)
    for key, kind in order_of(action.input_model).keys.items():
        may_miss = type(None) in get_args(row.model_fields[key].annotation)
        assert may_miss == kind.endswith("?"), key


def test_another_order_is_refused_by_the_names_of_those_there_are(demo):
    with pytest.raises(ValidationError, match="'total'"):
        platform.run("billing.list_invoices", demo, {"sort": "colour"})


def test_a_cursor_holds_for_its_own_order(demo):
    first = platform.run("billing.list_invoices", demo, {"sort": "total", "limit": 2}).result
    with pytest.raises(InvalidInput, match="another order"):
        platform.run("billing.list_invoices", demo, {"sort": "-total", "cursor": first.next_cursor})


class Listed(SortedPage):
    """A list of ties and of values that are missing."""

    sort: Annotated[
        str,
        Order(
            "-id",
            {
                "name": "text",
                "amount": "number?",
                "day": "day?",
                "at": "instant?",
                "done": "yes_no",
            },
            {"id": "number"},
        ),
    ] = ""


ROWS = """
    select n as id, case when n %% 2 = 0 then 'same' else 'as '' well' end as name,
           case when n %% 3 > 0 then (n / 4)::numeric end as amount,
           case when n %% 4 > 0 then date '2026-01-01' + n / 5 end as day,
           case when n %% 5 > 0 then timestamptz '2026-01-01 00:00:00.123456+00' end as at,
           n %% 7 = 0 as done
      from generate_series(1, 23) n where %(all)s
"""


@pytest.mark.parametrize("sort", order_of(Listed).names)
@pytest.mark.parametrize("limit", [1, 2, 5])
def test_ties_and_missing_values_are_neither_lost_nor_told_twice(demo, sort, limit):
    def page(cursor, limit):
        wanted = Listed(sort=sort, cursor=cursor, limit=limit)
        with db.unit_of_work(demo) as session:
            return fetch_page(session, wanted, ROWS, {"all": True})

    whole, _ = page("", 200)
    joined, cursor = page("", limit)
    while cursor:
        rows, cursor = page(cursor, limit)
        joined += rows
    assert joined == whole
    key = (sort or "-id").removeprefix("-")
    standing = [(row[key] is None, row[key]) for row in whole]
    assert [gone for gone, _ in standing] == sorted(
        (gone for gone, _ in standing), reverse=(sort or "-id").startswith("-")
    )


def test_the_longest_text_of_the_widest_letters_still_makes_a_cursor():
    cursor = encode_cursor("-name", "\N{GRINNING FACE}" * MAX_TEXT, *[UUID(int=0)] * 4)
    assert Listed(sort="-name", cursor=cursor).cursor == cursor
