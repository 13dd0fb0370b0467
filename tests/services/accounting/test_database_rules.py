"""What the database refuses of the books, whichever statement asks for it."""

import threading
from datetime import timedelta

import psycopg
import pytest

from erp.core import db
from erp.services import platform
from tests.factories import Shop
from tests.services.accounting.test_posting import close, entry, post

APPEND_ONLY = (
    "command_log",
    "event",
    "event_seal",
    "journal_entry",
    "journal_line",
    "stock_move",
    "invoice",
    "invoice_line",
    "sale",
    "tender",
    "approval",
    "cash_movement",
)


def test_a_month_waits_to_be_closed_until_an_entry_is_in(trader: Shop):
    """Or an entry would be found in a month that was closed before it."""
    post(trader)
    done = threading.Event()

    def closing() -> None:
        close(trader)
        done.set()

    action = platform.get_action("accounting.post_manual_entry")
    with db.unit_of_work(trader.ctx) as session:
        action.guarded(session, trader.ctx, action.input_model.model_validate(entry(trader)))
        waiting = threading.Thread(target=closing)
        waiting.start()
        assert not done.wait(0.5)
    waiting.join(timeout=30)
    assert done.is_set()


@pytest.mark.parametrize("days", [-40, 40])
def test_an_entry_lies_in_the_month_it_names(
    trader: Shop, owner: psycopg.Connection[tuple[object, ...]], days: int
):
    made = post(trader)
    copied = (
        "insert into journal_entry select (jsonb_populate_record(null::journal_entry, to_jsonb(e)"
        " || jsonb_build_object('id', gen_random_uuid(), 'origin_id', gen_random_uuid(),"
        " 'effective_on', %s::date))).* from journal_entry e where id = %s"
    )
    with pytest.raises(psycopg.errors.CheckViolation, match="period does not take"):
        owner.execute(copied, (trader.ctx.today + timedelta(days=days), made.id))


def test_an_entry_without_its_lines_is_not_committed(
    trader: Shop, owner: psycopg.Connection[tuple[object, ...]]
):
    made = post(trader)
    copied = (
        "insert into journal_entry select (jsonb_populate_record(null::journal_entry, to_jsonb(e)"
        " || jsonb_build_object('id', gen_random_uuid(), 'origin_id', gen_random_uuid()))).*"
        " from journal_entry e where id = %s"
    )
    with pytest.raises(psycopg.errors.CheckViolation, match="has no lines"):
        owner.execute(copied, (made.id,))


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_the_application_has_no_right_to_change_the_past(
    owner: psycopg.Connection[tuple[object, ...]], table: str
):
    """The triggers stand behind this; each of the two holds alone."""
    held = "select has_any_column_privilege('erp_app', %s, 'UPDATE') or has_table_privilege('erp_app', %s, 'DELETE')"
    assert owner.execute(held, (table, table)).fetchone() == (False,)
