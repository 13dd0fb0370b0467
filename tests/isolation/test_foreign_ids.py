"""Every id of every action, one at a time: another tenant's is answered exactly as nobody's.

All other ids of the input are one's own and right, so the id under test alone decides; and
one's own id is answered differently, so that it is shown to matter.
"""

import copy
import inspect
import re
import typing
from dataclasses import replace
from uuid import UUID

import pytest
from pydantic import BaseModel

from erp.core.errors import DomainError
from erp.core.ids import new_id
from erp.services import platform
from tests.factories import DOMAINS, make_shop
from tests.isolation.belongings import EXAMPLES, belongings
from tests.isolation.catalogue import fingerprint

assert DOMAINS
FREE = {
    ("pos.post_sale", "sale_id"),
    ("pos.post_return", "return_id"),
    ("pos.park_cart", "exchange.return_id"),
    ("pos.post_exchange", "return_id"),
    ("pos.post_exchange", "replacement_id"),
    ("pos.request_approval", "origin_id"),
    ("pos.request_upi", "sale_id"),
    ("pos.take_in_sale", "sale_id"),
    ("pos.ask_approval", "origin_id"),
    ("imaging.record_session_event", "event.event_id"),
    ("imaging.record_session_event", "event.boot_id"),
    ("imaging.note_device_state", "state.boot_id"),
}
"""Ids that the caller makes up."""

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_UUID_HEX = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
_DRAWING = re.compile(r'(?<= d=\\")[^"]*')
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|\+00:00)")


def id_fields(model, before=""):
    """Yield the dotted names of every id in an input model, those inside lines included."""
    for name, field in model.model_fields.items():
        waiting = [field.annotation]
        while waiting:
            kind = waiting.pop()
            if kind is UUID:
                yield before + name
            elif inspect.isclass(kind) and issubclass(kind, BaseModel):
                yield from id_fields(kind, f"{before}{name}.")
            waiting += typing.get_args(kind)


CASES = [
    (action.name, field)
    for action in platform.list_actions()
    for field in sorted(set(id_fields(action.input_model)))
]


def is_many(given):
    return isinstance(given, list | tuple)


def put(given, field, value):
    """Return the input with one id replaced, in every line where it stands in lines."""
    changed = copy.deepcopy(given)
    *outer, last = field.split(".")
    places = [changed]
    for name in outer:
        inside = [place[name] for place in places]
        places = [part for found in inside for part in (found if is_many(found) else [found])]
    for place in places:
        assert last in place, f"the example does not name {field}"
        place[last] = [value] if is_many(place[last]) else value
    return changed


def get(given, field):
    for name in field.split("."):
        given = given[0][name] if is_many(given) else given[name]
    return given[0] if is_many(given) else given


def outcome(ctx, name, given):
    """Return all that the caller learns, with what differs between any two calls masked."""
    action = platform.get_action(name)
    try:
        if action.kind == "query":
            said = platform.run(name, ctx, given).text
        else:
            seen = platform.preview(name, ctx, given)
            said = f"{seen.result.model_dump_json()} {seen.effects}"
    except DomainError as error:
        said = f"{type(error).__name__} {error.message} {error.fields} {error.details}"
    for volatile in (_DRAWING, _UUID, _UUID_HEX, _INSTANT):
        said = volatile.sub("<volatile>", said)
    return said


@pytest.fixture(scope="module")
def neighbours(environment):
    """Two shops with one of everything; the acting one's owner has no limits."""
    assert environment
    shops = []
    for slug in ("ours", "theirs"):
        made = make_shop(slug)
        shop = replace(made, ctx=replace(made.ctx, user_id=made.user_ids["owner"]))
        shops.append((shop, belongings(shop)))
    return shops


def test_every_action_that_names_an_id_has_a_working_example():
    assert {name for name, _ in CASES} == EXAMPLES.keys()


@pytest.mark.parametrize(("name", "field"), CASES)
def test_a_foreign_id_is_answered_as_an_absent_one(neighbours, name, field):
    (shop, own_ids), (other, other_ids) = neighbours
    given = EXAMPLES[name](own_ids, shop)
    foreign = get(EXAMPLES[name](other_ids, other), field)
    own = outcome(shop.ctx, name, given)
    absent = outcome(shop.ctx, name, put(given, field, new_id()))
    assert outcome(shop.ctx, name, put(given, field, foreign)) == absent
    if (name, field) in FREE:
        assert own == absent
    else:
        assert own != absent, f"{field} decides nothing here: {own[:300]}"


def test_nothing_of_the_neighbour_was_changed_by_any_of_it(neighbours, owner):
    (shop, own_ids), (other, other_ids) = neighbours
    before = fingerprint(owner, other.tenant_id)
    for name, field in CASES:
        foreign = get(EXAMPLES[name](other_ids, other), field)
        given = put(EXAMPLES[name](own_ids, shop), field, foreign)
        try:
            platform.run(name, shop.ctx, given)
        except DomainError:
            continue
    assert fingerprint(owner, other.tenant_id) == before
