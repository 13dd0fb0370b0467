"""Work that is due by the clock.

Each job finds out by itself what is due, so an extra run does nothing and a missed one is
made up for by the next.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from erp.adapters.object_storage import object_storage
from erp.core.clock import business_date, utc_now
from erp.core.errors import DomainError
from erp.services import catalogue_of_actions, identity, platform
from jobs.anchoring import verify_all
from jobs.run import system_context

MORNING = time(7, 0)
STAGING_HOURS = 24
SNAPSHOTS_AN_HOUR = 24
"""So many past days of a tenant are written down at once: a long past, or one changed late, holds up no other."""
_log = structlog.get_logger()
__all__ = [
    "alert_each_morning",
    "catalogue_of_actions",
    "chase_portals_each_morning",
    "chase_transfers_each_morning",
    "expire_points_each_morning",
    "keep_past_stock_each_hour",
    "look_after_gateways",
    "make_entries_each_morning",
    "release_reservations",
    "remind_customers_each_morning",
    "remind_of_claims_each_morning",
    "run_depreciation_each_month",
    "suggest_reorders_each_morning",
    "sweep",
    "utc_now",
    "verify",
    "watch_devices",
]


def alert_each_morning() -> None:
    """Send the expiry alert of every branch whose day has begun, once per day and branch."""
    for place in identity.list_tenants():
        if _morning_has_come(place, utc_now()):
            _for_tenant(place, partial(_alert_expiring_lots, place))


def keep_past_stock_each_hour() -> None:
    """Write down the stock of every tenant's past days that are due, some each hour until none is; thin old ones."""
    minute = f"{utc_now():%Y%m%dT%H%M}"
    for place in identity.list_tenants():
        _for_tenant(place, partial(_keep_past_stock, place, f"past-stock-{minute}"))


def suggest_reorders_each_morning() -> None:
    """Suggest what every branch whose day has begun should buy again, once per day and branch."""
    for place in identity.list_tenants():
        if _morning_has_come(place, utc_now()):
            _for_tenant(place, partial(_suggest_reorders, place))


def remind_of_claims_each_morning() -> None:
    """Remind every branch whose day has begun of claims that suppliers do not answer."""
    for place in identity.list_tenants():
        if _morning_has_come(place, utc_now()):
            _for_tenant(place, partial(_remind_of_claims, place))


def make_entries_each_morning() -> None:
    """Make the recurring entries of every branch whose day has begun, once per day and branch."""
    for place in identity.list_tenants():
        if _morning_has_come(place, utc_now()):
            _for_tenant(place, partial(_make_entries, place))


def remind_customers_each_morning() -> None:
    """Remind the late customers of every company whose day has begun, once per day and company."""
    for place in identity.list_tenants():
        if _morning_has_come(place, utc_now()):
            _for_tenant(place, partial(_remind_customers, place))


def run_depreciation_each_month() -> None:
    """Run the depreciation of every company that wants it so, once a month from its first morning on."""
    for place in identity.list_tenants():
        if _morning_has_come(place, utc_now()):
            _for_tenant(place, partial(_run_depreciation, place))


def expire_points_each_morning() -> None:
    """Let the points of every company lapse whose last day has passed, once per day."""
    for place in identity.list_tenants():
        if _morning_has_come(place, utc_now()):
            _for_tenant(place, partial(_expire_points, place))


def chase_transfers_each_morning() -> None:
    """Tell every tenant whose day has begun what should have arrived, once per day and tenant."""
    for place in identity.list_tenants():
        if _morning_has_come(place, utc_now()):
            _for_tenant(place, partial(_chase_transfers, place))


def chase_portals_each_morning() -> None:
    """Queue late documents of every tenant whose day has begun, and tell of what soon grows too old or ends."""
    for place in identity.list_tenants():
        if _morning_has_come(place, utc_now()):
            _for_tenant(place, partial(_chase_portals, place))


def release_reservations() -> None:
    """Free stock that was promised to documents nobody finished, in every tenant."""
    minute = f"{utc_now():%Y%m%dT%H%M}"
    for place in identity.list_tenants():
        _for_tenant(place, partial(_release_lapsed, place, f"release-{minute}"))


def look_after_gateways() -> None:
    """Have payment providers asked about what they did not tell, in every tenant."""
    minute = f"{utc_now():%Y%m%dT%H%M}"
    for place in identity.list_tenants():
        _for_tenant(place, partial(_look_after_gateways, place, f"gateways-{minute}"))


def watch_devices() -> None:
    """Tell operators of imaging devices that fell silent or are due for maintenance."""
    minute = f"{utc_now():%Y%m%dT%H%M}"
    for place in identity.list_tenants():
        _for_tenant(place, partial(_alert_devices, place, f"watch-devices-{minute}"))


def verify() -> None:
    """Prove every promise; a broken one is logged and told to the tenant's operators."""
    verdicts = verify_all()
    broken = [verdict for verdict in verdicts if not verdict.holds]
    _log.info("verified", referees=len(verdicts), broken=[verdict.code for verdict in broken])
    places = {str(place.tenant_id): place for place in identity.list_tenants()}
    for verdict in broken:
        _log.error("promise_broken", code=verdict.code, offender=verdict.offender)
        owner = places.get(str((verdict.offender or {}).get("tenant_id")))
        for place in [owner] if owner else places.values():
            _for_tenant(place, partial(_report_broken_promise, place, verdict))


def sweep() -> None:
    """Remove uploads that nobody finished within a day, and sessions that ended long ago."""
    forgotten = identity.forget_ended_sessions(utc_now())
    storage = object_storage()
    old = utc_now() - timedelta(hours=STAGING_HOURS)
    removed = storage.remove_unfinished(old)
    for stale in storage.list_older("staging/", old):
        storage.remove(stale.key)
        removed += 1
    _log.info("swept", removed=removed, sessions=forgotten)


def _morning_has_come(place: identity.TenantPlace, now: datetime) -> bool:
    return now.astimezone(ZoneInfo(place.time_zone)).time() >= MORNING


def _alert_expiring_lots(place: identity.TenantPlace) -> None:
    _in_every_branch(
        place, "inventory.alert_expiring_lots", "inventory.alert", "alert-expiring-lots"
    )


def _chase_transfers(place: identity.TenantPlace) -> None:
    day = business_date(utc_now(), place.time_zone)
    key = f"chase-transfers-{day}"
    ctx = system_context(place, {"inventory.alert"}, request_id=f"{key}-{place.slug}")
    platform.run("inventory.chase_transfers", ctx, {"idempotency_key": key})


def _suggest_reorders(place: identity.TenantPlace) -> None:
    _in_every_branch(place, "inventory.suggest_reorders", "inventory.reorder", "suggest-reorders")


def _remind_of_claims(place: identity.TenantPlace) -> None:
    _in_every_branch(place, "billing.remind_of_claims", "billing.record_bill", "remind-of-claims")


def _make_entries(place: identity.TenantPlace) -> None:
    _in_every_branch(place, "accounting.make_due_entries", "accounting.post", "make-due-entries")


def _in_every_branch(place: identity.TenantPlace, name: str, permission: str, what: str) -> None:
    """Run a command in every branch of a tenant, once per day and branch; one that fails stops no other."""
    day = business_date(utc_now(), place.time_zone)
    key = f"{what}-{day}"
    ctx = system_context(place, {permission}, request_id=f"{key}-{place.slug}")
    branches: Any = platform.run("identity.list_branches", ctx, {}).result
    for branch in branches.rows:
        there = replace(ctx, branch_id=branch.id)
        given = {"idempotency_key": f"{key}-{branch.id}"}
        _for_tenant(place, partial(platform.run, name, there, given))


def _remind_customers(place: identity.TenantPlace) -> None:
    day = business_date(utc_now(), place.time_zone)
    key = f"remind-customers-{day}"
    ctx = system_context(place, {"payments.receive"}, request_id=f"{key}-{place.slug}")
    platform.run("payments.remind_automatically", ctx, {"idempotency_key": key})


def _chase_portals(place: identity.TenantPlace) -> None:
    day = business_date(utc_now(), place.time_zone)
    key = f"chase-portals-{day}"
    ctx = system_context(place, {"einvoicing.send"}, request_id=f"{key}-{place.slug}")
    for part in count(1):
        given = {"idempotency_key": f"{key}-{part}"}
        result: Any = platform.run("einvoicing.chase", ctx, given).result
        if not result.queued:
            break


def _run_depreciation(place: identity.TenantPlace) -> None:
    month = f"{utc_now().astimezone(ZoneInfo(place.time_zone)):%Y-%m}"
    key = f"run-depreciation-{month}"
    permissions = {"assets.view", "assets.manage"}
    ctx = system_context(place, permissions, request_id=f"{key}-{place.slug}")
    clock: Any = platform.run("assets.get_clock", ctx, {}).result
    if clock.is_on:
        platform.run("assets.run_due_months", ctx, {"idempotency_key": key})


def _expire_points(place: identity.TenantPlace) -> None:
    day = business_date(utc_now(), place.time_zone)
    key = f"expire-points-{day}"
    ctx = system_context(place, {"loyalty.manage"}, request_id=f"{key}-{place.slug}")
    for part in count(1):
        given = {"idempotency_key": f"{key}-{part}"}
        result: Any = platform.run("loyalty.expire_points", ctx, given).result
        if not result.points:
            break


def _keep_past_stock(place: identity.TenantPlace, key: str) -> None:
    ctx = system_context(place, {"inventory.alert"}, request_id=f"{key}-{place.slug}")
    for part in range(1, SNAPSHOTS_AN_HOUR + 1):
        given = {"idempotency_key": f"{key}-{part}"}
        result: Any = platform.run("inventory.keep_past_stock", ctx, given).result
        if result.until is None:
            break
    for part in range(1, SNAPSHOTS_AN_HOUR + 1):
        given = {"idempotency_key": f"{key}-thin-{part}"}
        thinned: Any = platform.run("inventory.thin_past_stock", ctx, given).result
        if not thinned.deleted:
            return


def _release_lapsed(place: identity.TenantPlace, key: str) -> None:
    ctx = system_context(place, {"inventory.adjust"}, request_id=f"{key}-{place.slug}")
    platform.run("inventory.release_lapsed_reservations", ctx, {"idempotency_key": key})


def _alert_devices(place: identity.TenantPlace, key: str) -> None:
    ctx = system_context(place, {"imaging.operate"}, request_id=f"{key}-{place.slug}")
    platform.run("imaging.alert_devices", ctx, {"idempotency_key": key})


def _look_after_gateways(place: identity.TenantPlace, key: str) -> None:
    ctx = system_context(place, {"gateways.settle"}, request_id=f"{key}-{place.slug}")
    platform.run("gateways.look_after", ctx, {"idempotency_key": key})


def _report_broken_promise(place: identity.TenantPlace, verdict: platform.Verdict) -> None:
    key = f"verify-{verdict.code}-{datetime.now(UTC).date()}"
    ctx = system_context(place, {"platform.operate"}, request_id=f"{key}-{place.slug}")
    matter = {
        "idempotency_key": key,
        "kind": "platform.promise_broken",
        "title": f"A nightly check failed: {verdict.code}",
        "body": verdict.promise,
        "severity": "urgent",
        "for_permission": "platform.operate",
    }
    platform.run("workflows.raise_matter", ctx, matter)


def _for_tenant(place: identity.TenantPlace, action: Callable[[], object]) -> None:
    """Keep what goes wrong for one tenant from stopping the others' work; the log has it."""
    try:
        action()
    except DomainError as error:
        _log.error("daily_work_refused", tenant=place.slug, code=error.code, reason=error.message)
    except Exception:  # noqa: BLE001  a fault that shows with one tenant's data
        _log.exception("daily_work_failed", tenant=place.slug)
