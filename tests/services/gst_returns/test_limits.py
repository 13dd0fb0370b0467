"""Limits of the law are dated rows: a new one counts from its day on, the past stays."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from psycopg.errors import InsufficientPrivilege

from erp.core import db
from erp.core.errors import InvalidInput, PermissionDenied
from erp.services.gst_returns import LAW, LimitKind, ReturnNotReady, limit_on, limits_of
from erp.services.gst_returns.law import rate_exists
from erp.services.gst_returns.limits import LimitTooEarly
from tests.factories import Shop
from tests.services.einvoicing.portals import invoiced
from tests.services.gst_returns.months import (
    at,
    buyer,
    detail,
    file_return,
    invoice,
    invoice_in,
    prepare,
    product,
)
from tests.services.trading import rows

NEW = {
    "kind": "b2cl",
    "valid_from": "2025-10-10",
    "amount": "5000.00",
    "source": "Notification 1/2025",
}


def add(shop: Shop, **more) -> None:
    shop.run("gst_returns.add_limit", NEW | more)


def test_a_new_limit_counts_from_its_day_on_in_the_return(trader: Shop) -> None:
    variant = product(trader, "30049014", "5", "210.00")
    far = buyer(trader, state_code="24", address="2 Road", city="Surat")
    before = invoice(trader, 9, far, (variant, 60, "100.00"))
    after = invoice(trader, 10, far, (variant, 60, "100.00"))
    assert detail(trader, prepare(trader)).figures["sections"]["b2cl"]["taxable"] == "0.00"
    add(trader)
    made = prepare(trader)
    sections = detail(trader, made).figures["sections"]
    assert sections["b2cl"]["taxable"] == "5714.29"
    shown = trader.run("gst_returns.list_figure_rows", {"return_id": made.id, "part": "b2cl"}).rows
    assert [row.number for row in shown] == [after.number]
    assert before.number != after.number


def test_the_limit_of_way_bills_is_the_states_own(trader: Shop) -> None:
    sent = invoiced(trader, state_code="27", gstin="27ZZZFZ0001Z1ZU", city="Pune", pin="411001")
    asked = {"document": "invoice", "document_id": sent.invoice_id}
    assert trader.run("einvoicing.get_consignment", asked).limit == 100_000
    add(trader, kind="e_way_bill", state="27", valid_from=trader.ctx.today, amount="1000.00")
    found = trader.run("einvoicing.get_consignment", asked)
    assert (found.limit, found.is_needed) == (1000, True)


def test_the_later_of_two_for_a_day_counts_and_both_are_listed(trader: Shop) -> None:
    add(trader, amount="1.00")
    add(trader, amount="2.00")
    with db.unit_of_work(trader.ctx) as session:
        limits = limits_of(session, trader.ctx)
    assert limit_on(limits, LimitKind.B2CL, date(2025, 10, 10)) == 2
    assert limit_on(limits, LimitKind.B2CL, date(2025, 10, 9)) == 100_000
    listed = trader.run("gst_returns.list_limits", {"limit": 200}).rows
    assert len(listed) == len(LAW) + 2
    ours = [(row.amount, row.standing) for row in listed if row.is_ours]
    assert ours == [(2, "in_force"), (1, "past")]


def test_a_rate_that_the_law_brings_or_ends_counts_from_its_day_on(trader: Shop) -> None:
    variant = product(trader, "30049014", "12", "210.00")
    near = buyer(trader, state_code="27")
    invoice(trader, 9, near, (variant, 1, "100.00"))
    assert [one["code"] for one in detail(trader, prepare(trader)).problems] == ["rate"]
    add(trader, kind="gst_rate", amount="12", valid_from="2025-10-09")
    assert prepare(trader).blocking == 0
    add(trader, kind="rate_ended", amount="12", valid_from="2025-10-09")
    assert prepare(trader).blocking == 1
    add(trader, kind="gst_rate", amount="12", valid_from="2025-10-09")
    add(trader, kind="rate_ended", amount="12", valid_from="2025-10-10")
    assert prepare(trader).blocking == 0
    assert rate_exists(Decimal(12), date(2025, 9, 21))
    assert not rate_exists(Decimal(12), date(2025, 9, 22))


def test_the_turnover_of_the_year_before_decides_how_many_digits_of_hsn_are_asked_for(
    trader: Shop,
) -> None:
    """Notification 78/2020-CT: four up to the limit, six above it; of a year in which nothing was sold, four."""
    short, whole = product(trader, "3004", "5", "210.00"), product(trader, "300490", "5", "210.00")
    near = buyer(trader, state_code="27")
    add(trader, kind="hsn_digits", amount="952.38", valid_from="2025-04-01")
    invoice_in(trader, 2, 10, near, (short, 10, "100.00"))
    invoice(trader, 9, near, (short, 1, "100.00"), (whole, 1, "100.00"))
    codes = [one["code"] for one in detail(trader, prepare(trader)).problems]
    assert "hsn" not in codes
    invoice_in(trader, 3, 31, near, (short, 1, "0.01"))
    made = detail(trader, prepare(trader))
    (found,) = [one for one in made.problems if one["code"] == "hsn"]
    assert found["message"] == "HSN 3004: 6 digits are asked for."
    with pytest.raises(ReturnNotReady):
        trader.run("gst_returns.get_portal_file", {"return_id": made.id}, at=at(12, 11))
    earlier = detail(trader, prepare(trader, month=3))
    assert [one["code"] for one in earlier.problems] == []


def test_what_is_to_come_is_shown_as_such_and_pages_follow_each_other(trader: Shop) -> None:
    add(trader, valid_from=trader.ctx.today + timedelta(days=9))
    whole = trader.run("gst_returns.list_limits", {"limit": 200}).rows
    assert [row.standing for row in whole if row.kind == "b2cl"] == ["coming", "in_force", "past"]
    first = trader.run("gst_returns.list_limits", {"limit": 4})
    rest = trader.run("gst_returns.list_limits", {"limit": 200, "cursor": first.next_cursor})
    assert [*first.rows, *rest.rows] == whole
    found = trader.run("gst_returns.list_limits", {"search": "delhi"}).rows
    assert {row.state for row in found} == {"07"}


def test_a_day_of_a_filed_return_is_past(trader: Shop) -> None:
    file_return(trader, prepare(trader))
    with pytest.raises(LimitTooEarly) as refused:
        add(trader, valid_from="2025-10-31")
    assert "Choose a later day" in refused.value.fields["valid_from"]
    assert rows(trader, "select 1 from law_limit") == []
    add(trader, valid_from="2025-11-01")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"valid_from": "2017-06-30"}, "valid_from"),
        ({"state": "27"}, "state"),
        ({"kind": "gst_rate", "amount": "100.01"}, "amount"),
        ({"kind": "composition_trader", "amount": "1", "state": "27"}, "state"),
        ({"kind": "e_way_bill", "state": "99"}, "state"),
    ],
)
def test_what_is_no_limit_is_named_at_its_field(trader: Shop, change, field) -> None:
    with pytest.raises(InvalidInput) as refused:
        add(trader, **change)
    assert field in refused.value.fields


def test_who_may_not_set_limits_adds_none_and_nobody_edits_one(
    trader: Shop, stranger: Shop
) -> None:
    with pytest.raises(PermissionDenied):
        trader.run("gst_returns.add_limit", NEW, by=trader.acting_as("manager"))
    add(trader)
    assert not any(row.is_ours for row in stranger.run("gst_returns.list_limits").rows)
    with pytest.raises(InsufficientPrivilege), db.unit_of_work(trader.ctx) as session:
        db.execute(
            session, "update law_limit set amount = 1 where tenant_id = %s", (trader.tenant_id,)
        )
