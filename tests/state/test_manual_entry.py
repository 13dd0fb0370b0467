"""A journal entry being typed: sides, sums, the missing amount, faults at their lines."""

import asyncio

import pytest

from erp.core.errors import InvalidInput
from erp.state.accounting.manual_entry import MOST_LINES, ManualEntryState


@pytest.fixture
def sent():
    return []


@pytest.fixture
def entry(monkeypatch, sent):
    async def refuse(_form, command, payload, **_more):
        assert command == "accounting.post_manual_entry"
        sent.append(payload)
        faults = {"lines.1.account_key": "choose one", "narration": "x"}
        raise InvalidInput("Not so.", fields=faults)

    monkeypatch.setattr(ManualEntryState, "_run", refuse)
    form = ManualEntryState(_reflex_internal_init=True)
    form.lines = [form._new_line(), form._new_line()]
    form._add_up()
    return form


def do(handler, form, *given):
    result = handler.fn(form, *given)
    if hasattr(result, "__aiter__"):

        async def all_of():
            return [event async for event in result]

        return asyncio.run(all_of())
    return asyncio.run(result)


def write(form, at, part, value):
    do(ManualEntryState.write, form, form.lines[at]["id"], part, value)


def test_an_amount_on_one_side_clears_the_other(entry):
    write(entry, 0, "debit", "5")
    write(entry, 0, "credit", "7.50")
    assert (entry.lines[0]["debit"], entry.lines[0]["credit"]) == ("", "7.50")
    assert (entry.total_debit, entry.total_credit) == ("₹0.00", "₹7.50")
    assert entry.difference == "₹7.50"


def test_it_balances_only_with_equal_amounts_above_zero(entry):
    assert not entry.is_balanced
    write(entry, 0, "debit", "1500.10")
    write(entry, 1, "credit", "1500.10")
    assert entry.is_balanced


@pytest.mark.parametrize("typed", ["abc", "NaN", "Infinity", "1e400", "--5", ""])
def test_what_is_no_amount_counts_as_nothing(entry, typed):
    write(entry, 0, "debit", typed)
    assert entry.total_debit == "₹0.00"
    assert not entry.is_balanced


def test_a_new_line_takes_what_is_missing(entry):
    write(entry, 0, "credit", "10.01")
    do(ManualEntryState.add_line, entry)
    assert entry.lines[2]["debit"] == "10.01"
    assert entry.is_balanced


def test_two_lines_stay_and_fifty_are_the_most(entry):
    do(ManualEntryState.drop_line, entry, entry.lines[0]["id"])
    assert len(entry.lines) == 2
    for _ in range(60):
        do(ManualEntryState.add_line, entry)
    assert len(entry.lines) == MOST_LINES


def test_no_other_part_of_a_line_can_be_written(entry):
    write(entry, 0, "id", "stolen")
    write(entry, 0, "error", "fake")
    assert entry.lines[0]["id"] != "stolen"
    assert entry.lines[0]["error"] == ""


def test_a_refusal_stands_at_its_line_and_what_is_sent_has_no_empty_sides(entry, sent):
    write(entry, 0, "debit", "5")
    do(ManualEntryState.post, entry, {"narration": "Rent", "surprise": 1})
    assert entry.lines[1]["error"] == "choose one"
    assert entry.field_errors["narration"] == "x"
    assert not entry.is_busy
    assert sent[0]["lines"][0] == {"account_key": "", "debit": "5"}
    assert "surprise" not in sent[0]
