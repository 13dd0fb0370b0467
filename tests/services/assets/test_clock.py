"""Depreciation by the clock: every month that ended, once; a closed one is left out and made up for."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg.errors import CheckViolation

from erp.core import db
from jobs import daily
from tests.factories import Shop, broken_promises
from tests.services.assets.owning import months_ago, own, run_month
from tests.services.trading import rows


def on(shop: Shop) -> None:
    shop.run("assets.set_clock", {"is_on": True})


def due(shop: Shop) -> Any:
    return shop.run("assets.run_due_months", {})


def close(shop: Shop, months: int) -> None:
    day = months_ago(shop, months)
    (month,) = rows(shop, "select id from period where starts_on = %s", day)
    given = {"period_id": month["id"], "status": "closed", "reason": "Done"}
    shop.run("accounting.set_period_status", given)


def posted(shop: Shop) -> list[Any]:
    return [row["month"] for row in rows(shop, "select month from asset_run order by month")]


def test_months_since_the_last_run_are_run_one_by_one_and_once(shop: Shop) -> None:
    own(shop)
    assert due(shop).run == []
    run_month(shop, 3)
    on(shop)
    assert due(shop).run == [months_ago(shop, 2), months_ago(shop, 1)]
    assert due(shop).run == []
    assert posted(shop) == [months_ago(shop, n) for n in (3, 2, 1)]
    assert broken_promises() == []


def test_without_a_run_the_last_month_makes_up_for_all(shop: Shop) -> None:
    own(shop)
    on(shop)
    assert due(shop).run == [months_ago(shop, 1)]


def test_a_closed_month_is_left_out_told_and_made_up_for(shop: Shop) -> None:
    own(shop)
    run_month(shop, 3)
    with db.unit_of_work(shop.ctx) as session:
        from erp.services import accounting  # noqa: PLC0415

        accounting.period_id(session, shop.ctx, months_ago(shop, 2))
    close(shop, 2)
    on(shop)
    done = due(shop)
    assert (done.run, done.left_out) == ([months_ago(shop, 1)], [months_ago(shop, 2)])
    told = rows(shop, "select title from notification where kind = 'assets.month_left_out'")
    assert told[0]["title"] == "Depreciation of 1 month was not run"
    assert posted(shop) == [months_ago(shop, 3), months_ago(shop, 1)]
    assert broken_promises() == []


def test_the_job_runs_each_tenant_that_wants_it_once_a_month(
    shop: Shop, stranger: Shop, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    own(shop)
    own(stranger)
    first = datetime.combine(shop.ctx.today.replace(day=1), datetime.min.time(), UTC)
    monkeypatch.setattr(daily, "utc_now", lambda: first + timedelta(hours=4))
    daily.run_depreciation_each_month()
    assert posted(shop) == []
    on(shop)
    for _ in range(3):
        daily.run_depreciation_each_month()
    assert (posted(shop), posted(stranger)) == ([months_ago(shop, 1)], [])
    runs = owner.execute(
        "select idempotency_key from command_log where tenant_id = %s and command = 'assets.run_due_months'",
        (shop.tenant_id,),
    ).fetchall()
    assert runs == [(f"run-depreciation-{shop.ctx.today:%Y-%m}",)]


def test_a_moved_asset_leaves_its_losses_where_it_stood(shop: Shop) -> None:
    from tests.services.assets.test_assets import add_branch, registration  # noqa: PLC0415

    made = own(shop)
    there = add_branch(shop, gstin=registration(shop)).ctx.branch_id
    shop.run("assets.move_asset", {"asset_id": made.id, "to_branch_id": there, "place": "Counter"})
    run_month(shop, 1)
    lost = rows(
        shop,
        "select e.branch_id, sum(l.debit - l.credit) as amount from account a"
        " join journal_line l on (l.tenant_id, l.account_id) = (a.tenant_id, a.id)"
        " join journal_entry e on (e.tenant_id, e.id) = (l.tenant_id, l.entry_id)"
        " where a.key = 'depreciation' group by 1",
    )
    assert [row["branch_id"] for row in lost] == [shop.ctx.branch_id]
    assert broken_promises() == []


def test_the_database_lets_no_asset_go_or_change(shop: Shop) -> None:
    made = own(shop)
    for wrong in (
        "update asset set residual = 0 where id = %s",
        "update asset set number = 'X' where id = %s",
    ):
        with pytest.raises(CheckViolation), db.unit_of_work(shop.ctx) as session:
            db.execute(session, wrong, (made.id,))
