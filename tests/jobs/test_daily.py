"""Work by the clock: once per day and tenant, in the tenant's own morning."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from erp.adapters.object_storage import object_storage
from erp.core import db
from erp.core.ids import new_id
from erp.services import documents, identity, platform
from jobs import daily
from tests.factories import make_shop


@pytest.fixture
def place(asha):
    (found,) = [p for p in identity.list_tenants() if p.tenant_id == asha.tenant_id]
    return found


@pytest.mark.parametrize(
    ("utc", "has_come"),
    [("2026-11-21T01:29:00", False), ("2026-11-21T01:31:00", True), ("2026-11-21T18:29:00", True)],
)
def test_the_morning_is_the_tenants_own(place, utc, has_come):
    now = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert daily._morning_has_come(place, now) is has_come


def test_a_broken_promise_reaches_the_operators_once(asha, place, owner):
    verdict = platform.Verdict("X9", "Nothing is ever broken", 1, {"tenant_id": asha.tenant_id})
    daily._report_broken_promise(place, verdict)
    daily._report_broken_promise(place, verdict)
    told = owner.execute(
        "select user_id from notification where tenant_id = %s and kind = %s",
        (asha.tenant_id, "platform.promise_broken"),
    ).fetchall()
    operators = {asha[role].ctx.user_id for role in ("owner", "manager")}
    assert {user for (user,) in told} == operators
    assert len(told) == len(operators)


@pytest.mark.parametrize(
    ("trouble", "event"),
    [
        (documents.ObjectMissing("gone"), "daily_work_refused"),
        (ZeroDivisionError(), "daily_work_failed"),
    ],
)
def test_what_goes_wrong_for_one_tenant_is_logged_and_stops_no_other(place, trouble, event):
    def fail() -> None:
        raise trouble

    with capture_logs() as logged:
        daily._for_tenant(place, fail)
    assert [(one["event"], one["tenant"]) for one in logged] == [(event, place.slug)]


def test_stale_uploads_are_swept_and_fresh_ones_kept(asha, s3, monkeypatch):
    assert s3
    storage = object_storage()
    key = documents.staging_key(asha.tenant_id, new_id().hex)
    storage.put(key, b"half", sha256=sha256(b"half"), media="application/octet-stream")
    daily.sweep()
    assert storage.find(key) is not None
    later = daily.utc_now() + timedelta(hours=25)
    monkeypatch.setattr(daily, "utc_now", lambda: later)
    daily.sweep()
    assert storage.find(key) is None


def test_documents_are_kept_once_per_content_and_versioned_by_change(asha, s3):
    assert s3
    origin = new_id()
    new = documents.NewDocument("probe", origin, "a4", "x.pdf", "application/pdf")

    def store(content: bytes) -> documents.DocumentRow:
        with db.unit_of_work(asha.system) as session:
            return documents.store_bytes(session, asha.system, object_storage(), new, content)

    first, again, other = store(b"one"), store(b"one"), store(b"two")
    assert first.id == again.id
    assert (first.version, other.version) == (1, 2)
    wanted = {"origin_type": "probe", "origin_id": origin}
    found: Any = platform.run("documents.find_documents", asha["owner"].ctx, wanted).result
    assert [row.version for row in found.rows] == [2, 1]
    found = platform.run("documents.find_documents", asha["cashier"].ctx, wanted).result
    assert found.rows == []


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("job", "key"),
    [("chase_transfers_each_morning", "chase-transfers")],
)
def test_what_is_done_each_morning_runs_once_a_day_for_every_tenant(
    asha, bodhi, owner, monkeypatch, job, key
):
    noon = daily.utc_now().replace(hour=7, minute=0)
    monkeypatch.setattr(daily, "utc_now", lambda: noon)
    for _ in range(3):
        getattr(daily, job)()
    for organisation in (asha, bodhi):
        runs = owner.execute(
            "select idempotency_key from command_log"
            " where tenant_id = %s and idempotency_key like %s",
            (organisation.tenant_id, f"{key}-%"),
        ).fetchall()
        assert runs == [(f"{key}-{noon.date()}",)]


@pytest.mark.parametrize(
    ("job", "command"),
    [
        ("alert_each_morning", "inventory.alert_expiring_lots"),
        ("suggest_reorders_each_morning", "inventory.suggest_reorders"),
        ("remind_of_claims_each_morning", "billing.remind_of_claims"),
        ("make_entries_each_morning", "accounting.make_due_entries"),
    ],
)
def test_every_branch_is_told_once_a_day(asha, bodhi, owner, monkeypatch, job, command):
    noon = daily.utc_now().replace(hour=7, minute=0)
    monkeypatch.setattr(daily, "utc_now", lambda: noon)
    for _ in range(3):
        getattr(daily, job)()
    for organisation in (asha, bodhi):
        runs = owner.execute(
            "select idempotency_key from command_log where tenant_id = %s and command = %s",
            (organisation.tenant_id, command),
        ).fetchall()
        branches = owner.execute(
            "select id from branch where tenant_id = %s", (organisation.tenant_id,)
        ).fetchall()
        assert sorted(key for (key,) in runs) == sorted(
            f"{command.partition('.')[2].replace('_', '-')}-{noon.date()}-{branch}"
            for (branch,) in branches
        )


def test_a_branch_whose_work_fails_keeps_no_other_from_its_own(environment, monkeypatch):
    assert environment
    shop = make_shop("branches")
    place = identity.find_place(shop.tenant_id)
    assert place is not None
    second = {"code": "NASHIK", "name": "Nashik", "state_code": "27", "address": "2 Fort Road"}
    made = shop.run("organisation.add_branch", second | {"city": "Nashik", "pin": "422001"})
    run, told = platform.run, []

    def run_or_fail(name: str, ctx: Any, given: Any) -> Any:
        if name == "inventory.alert_expiring_lots":
            told.append(ctx.branch_id)
            raise ZeroDivisionError
        return run(name, ctx, given)

    monkeypatch.setattr(platform, "run", run_or_fail)
    daily._alert_expiring_lots(place)
    assert sorted(told) == sorted([shop.ctx.branch_id, made.id])


def test_points_lapse_in_every_tenant_once_a_day(asha, bodhi, owner, monkeypatch):
    noon = daily.utc_now().replace(hour=7, minute=0)
    monkeypatch.setattr(daily, "utc_now", lambda: noon)
    for _ in range(3):
        daily.expire_points_each_morning()
    for organisation in (asha, bodhi):
        runs = owner.execute(
            "select idempotency_key from command_log"
            " where tenant_id = %s and command = 'loyalty.expire_points'",
            (organisation.tenant_id,),
        ).fetchall()
        assert runs == [(f"expire-points-{noon.date()}-1",)]


def test_customers_are_reminded_in_every_tenant_once_a_day(asha, bodhi, owner, monkeypatch):
    noon = daily.utc_now().replace(hour=7, minute=0)
    monkeypatch.setattr(daily, "utc_now", lambda: noon)
    for _ in range(3):
        daily.remind_customers_each_morning()
    for organisation in (asha, bodhi):
        runs = owner.execute(
            "select idempotency_key from command_log"
            " where tenant_id = %s and command = 'payments.remind_automatically'",
            (organisation.tenant_id,),
        ).fetchall()
        assert runs == [(f"remind-customers-{noon.date()}",)]


def test_lapsed_reservations_are_looked_for_in_every_tenant(asha, bodhi, owner):
    daily.release_reservations()
    for organisation in (asha, bodhi):
        runs = owner.execute(
            "select count(*) from command_log"
            " where tenant_id = %s and command = 'inventory.release_lapsed_reservations'",
            (organisation.tenant_id,),
        ).fetchone()
        assert runs[0] >= 1


def test_devices_are_watched_in_every_tenant(asha, bodhi, owner):
    daily.watch_devices()
    for organisation in (asha, bodhi):
        runs = owner.execute(
            "select count(*) from command_log"
            " where tenant_id = %s and command = 'imaging.alert_devices'",
            (organisation.tenant_id,),
        ).fetchone()
        assert runs[0] >= 1
