"""Every line of the log says for which tenant, person, request and command it was written."""

import pytest
import structlog
from structlog.testing import capture_logs

from erp.core import db
from erp.core.ids import new_id
from erp.services import platform
from jobs.run import as_system, place_of
from tests.services.unchanged import refused

MERGED = [structlog.contextvars.merge_contextvars]
HELD = {"reason": "Complaint"}


def ids_of(shop, **more):
    acting = shop.ctx
    return {
        "tenant_id": str(acting.tenant_id),
        "user_id": str(acting.user_id),
        "request_id": acting.request_id,
        "source": acting.source,
    } | more


def lot_of(shop):
    return next(iter(shop.lot_ids.values()))[0]


def test_a_command_ends_in_a_line_that_names_its_row_of_the_audit(trader):
    given = HELD | {"lot_id": lot_of(trader), "idempotency_key": str(new_id())}
    with capture_logs(MERGED) as logged:
        platform.run("inventory.hold_lot", trader.ctx, given)
        platform.run("inventory.hold_lot", trader.ctx, given)
    with db.unit_of_work(trader.ctx) as session:
        row = db.fetch_one(
            session,
            "select id from command_log where idempotency_key = %s",
            (given["idempotency_key"],),
        )
    assert row is not None
    done, again = logged
    told = ids_of(trader, action="inventory.hold_lot", log_level="info")
    assert done == told | {"event": "done", "command_id": str(row["id"])}
    assert again == told | {"event": "replayed"}


def test_what_a_command_refuses_is_a_line_of_its_request(trader):
    with capture_logs(MERGED) as logged, refused(trader, Exception):
        platform.run("inventory.hold_lot", trader.ctx, HELD | {"lot_id": new_id()})
    told = ids_of(trader, action="inventory.hold_lot", event="refused", log_level="info")
    assert [line.items() >= told.items() for line in logged] == [True]
    assert logged[0]["code"] == "unknown_lot"


def test_a_failure_is_a_line_of_its_request_without_what_was_sent(trader, monkeypatch):
    def broken(*_):
        raise RuntimeError("Asha Rao")

    monkeypatch.setattr(platform.running, "parse_input", lambda *_: None)
    monkeypatch.setattr(type(platform.get_action("inventory.hold_lot")), "guarded", broken)
    with capture_logs(MERGED) as logged, pytest.raises(RuntimeError):
        platform.run("inventory.hold_lot", trader.ctx, {})
    told = {"event": "failed", "error": "RuntimeError", "log_level": "error"}
    assert logged == [ids_of(trader, action="inventory.hold_lot") | told]


def test_what_a_job_logs_names_its_tenant_and_delivery(trader):
    place = place_of(trader.tenant_id)
    assert place is not None
    with capture_logs(MERGED) as logged:
        as_system(
            place, (), lambda *_: structlog.get_logger().info("probed"), request_id="delivery-1"
        )
    line = logged[0]
    assert (line["tenant_id"], line["request_id"]) == (str(trader.tenant_id), "delivery-1")
    assert line["source"] == "job"


def test_nothing_of_one_request_is_on_the_lines_of_the_next(trader):
    trader.run("inventory.list_locations")
    with capture_logs(MERGED) as logged:
        structlog.get_logger().info("after")
    assert logged == [{"event": "after", "log_level": "info"}]
