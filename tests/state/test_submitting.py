"""A form's decisions: what it sends, where it shows a refusal, when it asks a person."""

import asyncio
from decimal import Decimal

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from erp.core.errors import ConfirmationRequired, IdempotencyKeyReused, InvalidInput
from erp.services.platform import Command, Quantity, ShortText
from erp.state.explaining import errors_by_field
from tests.state.doubles import FormDouble, fresh_form


class NegativeMargin(ConfirmationRequired):
    code = "negative_margin"


class OldPrice(ConfirmationRequired):
    code = "old_price"


class Order(Command):
    name: ShortText
    quantity: Quantity
    price: Decimal = Field(ge=0, decimal_places=2)


def events_of(handler, form, *given):
    async def collected():
        return [event async for event in handler.fn(form, *given) if event is not None]

    return asyncio.run(collected())


def test_a_form_sends_what_was_typed_without_empty_fields_and_offers_a_new_key():
    form = fresh_form(lambda payload, _confirm: payload)
    key = form.form_key
    events_of(FormDouble.submit, form, {"name": "A", "note": "", "idempotency_key": key})
    assert FormDouble.runs == [({"name": "A", "idempotency_key": key}, ())]
    assert form.form_key != key
    assert not form.is_busy


def test_a_refusal_stands_at_its_field_and_keeps_the_key():
    def refuse(_payload, _confirm):
        raise InvalidInput("The lot is sold out.", fields={"lot_id": "sold out"})

    form = fresh_form(refuse)
    key = form.form_key
    events_of(FormDouble.submit, form, {"lot_id": "x"})
    assert form.field_errors == {"lot_id": "sold out"}
    assert form.form_error == "The lot is sold out."
    assert form.form_key == key
    assert not form.is_busy


def test_a_question_is_answered_by_repeating_with_its_code():
    def ask_twice(_payload, confirm):
        if "negative_margin" not in confirm:
            raise NegativeMargin("This sells below cost.")
        if "old_price" not in confirm:
            raise OldPrice("The price list is old.")
        return "sold"

    form = fresh_form(ask_twice)
    events_of(FormDouble.submit, form, {"name": "A", "idempotency_key": "k" * 8})
    assert form.must_confirm
    assert form.confirm_message == "This sells below cost."
    events_of(FormDouble.confirm_anyway, form)
    assert form.confirm_message == "The price list is old."
    events_of(FormDouble.confirm_anyway, form)
    assert not form.must_confirm
    codes = [confirm for _, confirm in FormDouble.runs]
    assert codes == [(), ("negative_margin",), ("negative_margin", "old_price")]
    assert {payload["idempotency_key"] for payload, _ in FormDouble.runs} == {"k" * 8}


def test_nothing_can_be_confirmed_that_was_not_asked():
    form = fresh_form(lambda *_: "done")
    assert events_of(FormDouble.confirm_anyway, form) == []
    assert FormDouble.runs == []


def test_what_one_form_confirmed_does_not_carry_over_to_the_next():
    def ask(_payload, confirm):
        if not confirm:
            raise NegativeMargin("Below cost.")

    form = fresh_form(ask)
    events_of(FormDouble.submit, form, {"name": "A"})
    events_of(FormDouble.submit, form, {"name": "B"})
    assert [confirm for _, confirm in FormDouble.runs] == [(), ()]


def test_a_key_that_is_used_up_is_replaced():
    def reused(_payload, _confirm):
        raise IdempotencyKeyReused("The key was used for another request.")

    form = fresh_form(reused)
    key = form.form_key
    events_of(FormDouble.submit, form, {"name": "A"})
    assert form.form_key != key


def test_a_bug_leaves_the_form_usable_and_is_not_swallowed():
    def fail(_payload, _confirm):
        raise ZeroDivisionError

    form = fresh_form(fail)
    with pytest.raises(ZeroDivisionError):
        events_of(FormDouble.submit, form, {"name": "A"})
    assert not form.is_busy


@pytest.mark.parametrize("given", ["text", None, 7, ["a"], [["a", 1]]])
def test_a_payload_that_is_no_form_is_an_empty_one(given):
    form = fresh_form(lambda payload, _confirm: payload)
    events_of(FormDouble.submit, form, given)
    assert FormDouble.runs == [({}, ())]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "Fill this in."),
        ({"quantity": "abc"}, "Type a whole number."),
        ({"quantity": 0}, "Type a number of at least 1."),
        ({"quantity": 10**9}, "Type a number of at most 10000000."),
        ({"quantity": "1.5"}, "Type a whole number."),
    ],
)
def test_wrong_values_are_explained_to_a_person(given, words):
    with pytest.raises(ValidationError) as caught:
        Order.model_validate({"name": "A", "price": "1.00"} | given)
    assert errors_by_field(caught.value) == {"quantity": words}


def test_every_fault_of_a_form_is_shown_at_once_and_nested_fields_are_named():
    lines = TypeAdapter(dict[str, list[Order]])
    with pytest.raises(ValidationError) as caught:
        lines.validate_python({"lines": [{"price": "1.001", "surprise": 1, "quantity": 1}]})
    assert errors_by_field(caught.value) == {
        "lines.0.name": "Fill this in.",
        "lines.0.price": "Use at most 2 digits after the point.",
        "lines.0.surprise": "This does not belong here. Reload the page.",
    }
