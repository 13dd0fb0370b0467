"""A customer's link to an order: it shows that order alone, until it ends, and tells a stranger nothing."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from pydantic import SecretStr

from erp.api import order_tracking, rate_limiting
from erp.core import db
from erp.core.clock import utc_now
from erp.core.errors import PermissionDenied
from erp.core.formatting import date_text
from erp.core.ids import new_id
from erp.core.settings import get_settings
from erp.services.messaging import ChannelNotSetUp, NoAddress
from erp.services.portal import TooManyLinks, UnknownLink
from erp.services.sales import UnknownSalesOrder
from tests.services.branches import add_branch, registration
from tests.services.sales.ordering import deliver, goods, order, quotation
from tests.services.trading import add_customer, refused, rows

DAY = timedelta(days=1)
BUYER = {
    "name": "Nirmala Kulkarni",
    "phone": "98765 43210",
    "address": "14 Laxmi Road",
    "email": "nirmala@example.in",
    "credit_limit": "100000.00",
}


@pytest.fixture
def ordered(trader):
    return order(trader, add_customer(trader, **BUYER), goods(trader, 10), goods(trader, 500, at=1))


def link(shop, made, **more: Any):
    return shop.run("portal.make_order_link", {"order_id": made.id} | more)


def path_of(made_link) -> str:
    address: str = made_link.url.get_secret_value()
    return address.removeprefix(get_settings().public_url)


def test_a_link_shows_the_order_its_deliveries_and_their_invoices(rest, trader, ordered):
    at = path_of(link(trader, ordered))
    page = rest.get(at)
    assert page.status_code == 200
    assert "Being prepared" in page.text
    assert "10 kept for you" in page.text
    assert "300 awaited" in page.text
    deliver(trader, ordered, 4)
    page = rest.get(at)
    assert "Partly delivered" in page.text
    assert "4 delivered, 6 kept for you" in page.text
    (paper,) = re.findall(r'href="(/track/[^"]+\.pdf)"', page.text)
    sent = rest.get(paper)
    assert (sent.status_code, sent.headers["content-type"]) == (200, "application/pdf")
    assert sent.content.startswith(b"%PDF")


def test_an_offer_says_how_long_it_holds_and_that_it_lapsed(rest, trader, monkeypatch):
    today = trader.ctx.today
    line = goods(trader, 1)
    made = quotation(trader, add_customer(trader, **BUYER), line, valid_until=today)
    at = path_of(link(trader, made))
    page = rest.get(at).text
    assert f"<dt>Holds until</dt><dd>{date_text(today)}</dd>" in page
    assert "This is an offer." in page
    monkeypatch.setattr(order_tracking, "utc_now", lambda: utc_now() + 2 * DAY)
    page = rest.get(at).text
    assert "This offer does not hold any more." in page
    assert "This is an offer." not in page


def test_an_order_whose_rest_will_not_come_says_so(rest, trader, ordered):
    at = path_of(link(trader, ordered))
    deliver(trader, ordered, 4)
    given = {"order_id": ordered.id, "version": 1, "reason": "Not made any more"}
    trader.run("sales.finish_order", given)
    page = rest.get(at).text
    assert "The rest will not come." in page
    assert "6 not delivered" in page
    assert "Everything you ordered" not in page


def test_the_page_names_nobody_and_is_kept_by_nobody(rest, trader, ordered):
    page = rest.get(path_of(link(trader, ordered)))
    for fact in ("Nirmala", "Kulkarni", "98765", "Laxmi", "nirmala@"):
        assert fact not in page.text
    assert "script" not in page.text
    assert page.headers["cache-control"] == "private, no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["x-robots-tag"] == "noindex, nofollow"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "set-cookie" not in page.headers


def test_words_of_the_shop_are_text_on_the_page(rest, trader):
    label = "update variant set label = '<img src=x onerror=alert(1)>' where id = %s"
    with db.unit_of_work(trader.ctx) as session:
        db.execute(session, label, (trader.variant_ids[0],))
    made = order(trader, add_customer(trader, **BUYER), goods(trader, 1))
    page = rest.get(path_of(link(trader, made))).text
    assert "<img" not in page
    assert "&lt;img" in page


def test_whatever_is_wrong_with_a_link_is_told_in_the_same_words(rest, trader, ordered):
    kept = link(trader, ordered)
    right = path_of(kept)
    ended = link(trader, ordered)
    trader.run("portal.revoke_order_link", {"link_id": ended.id})
    early = utc_now() - timedelta(days=2)
    past = trader.run("portal.make_order_link", {"order_id": ordered.id, "valid_days": 1}, at=early)
    wrong = [
        right[:-1] + ("A" if right[-1] != "A" else "B"),
        right[: len("/track/") + 32],
        f"/track/{new_id().hex}{right[len('/track/') + 32 :]}",
        "/track/x",
        path_of(ended),
        path_of(past),
    ]
    answers = [rest.get(at) for at in wrong]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert rest.get(right).status_code == 200


def test_a_link_shows_invoices_of_its_own_order_alone(rest, trader, ordered):
    at = path_of(link(trader, ordered))
    other = order(trader, add_customer(trader, **BUYER), goods(trader, 3))
    deliver(trader, other, 3)
    (invoice,) = rows(trader, "select invoice_id as id from sales_delivery")
    assert rest.get(f"{at}/invoices/{invoice['id']}.pdf").status_code == 404
    assert rest.get(f"{at}/invoices/x.pdf").status_code == 404


def test_who_guesses_is_put_off_and_a_link_is_not_hammered(rest, trader, ordered):
    at = path_of(link(trader, ordered))
    for _ in range(20):
        assert rest.get(f"/track/{new_id().hex}guess").status_code == 404
    put_off = rest.get(at)
    assert (put_off.status_code, put_off.headers["retry-after"]) == (429, "60")


def test_a_link_is_asked_for_so_often_in_a_minute(rest, trader, ordered):
    at = path_of(link(trader, ordered))
    assert {rest.get(at).status_code for _ in range(60)} == {200}
    assert rest.get(at).status_code == 429


def test_guesses_are_counted_for_all_processes_together(rest, trader, ordered, monkeypatch):
    at = path_of(link(trader, ordered))
    for _ in range(20):
        assert rest.get(f"/track/{new_id().hex}guess").status_code == 404
    as_another_process(monkeypatch)
    assert rest.get(at).status_code == 429


def test_while_redis_is_away_each_process_counts_for_itself(rest, trader, ordered, monkeypatch):
    at = path_of(link(trader, ordered))
    away = get_settings().model_copy(update={"redis_url": "redis://127.0.0.1:1/0"})
    monkeypatch.setattr(rate_limiting, "get_settings", lambda: away)
    for _ in range(20):
        assert rest.get(f"/track/{new_id().hex}guess").status_code == 404
    assert rest.get(at).status_code == 429
    as_another_process(monkeypatch)
    assert rest.get(at).status_code == 200


def as_another_process(monkeypatch) -> None:
    """Forget what this process alone remembers."""
    monkeypatch.setattr(rate_limiting, "_own", MovingWindowRateLimiter(MemoryStorage()))
    rate_limiting._common.cache_clear()


def test_a_link_ends_with_its_last_business_day(rest, trader, ordered, monkeypatch):
    late = datetime.combine(trader.ctx.today, time(23, 30), ZoneInfo("Asia/Kolkata"))
    given = {"order_id": ordered.id, "valid_days": 1}
    made = trader.run("portal.make_order_link", given, at=late)
    tomorrow = trader.ctx.today + DAY
    assert made.last_day == tomorrow
    (row,) = trader.run("portal.list_order_links", {"order_id": ordered.id}, at=late).rows
    assert (row.last_day, row.status) == (tomorrow, "open")
    last = datetime.combine(tomorrow, time(23, 59), ZoneInfo("Asia/Kolkata"))
    for moment, code in ((last, 200), (last + timedelta(minutes=1), 404)):
        monkeypatch.setattr(order_tracking, "utc_now", lambda now=moment: now.astimezone(UTC))
        assert rest.get(path_of(made)).status_code == code


def test_a_suspended_tenants_links_show_nothing(rest, trader, ordered, owner):
    at = path_of(link(trader, ordered))
    owner.execute("update tenant set is_suspended = true where id = %s", (trader.tenant_id,))
    assert rest.get(at).status_code == 404


def test_the_secret_is_kept_nowhere(trader, ordered):
    secret = path_of(link(trader, ordered))[len("/track/") + 32 :]
    kept = (
        "select 1 from order_link x where x::text like %s",
        "select 1 from command_log x where x::text like %s",
        "select 1 from event x where x::text like %s",
    )
    for statement in kept:
        assert rows(trader, statement, f"%{secret}%") == [], statement


def test_a_link_is_ended_once_and_listed_without_its_secret(trader, ordered):
    made = link(trader, ordered)
    for _ in range(2):
        trader.run("portal.revoke_order_link", {"link_id": made.id})
    (row,) = trader.run("portal.list_order_links", {"order_id": ordered.id}).rows
    assert (row.id, row.status) == (made.id, "revoked")
    events = rows(trader, "select 1 from event where name = 'portal.order_link_revoked.v1'")
    assert len(events) == 1


def test_an_order_has_so_many_links_in_force(trader, ordered):
    links = [link(trader, ordered) for _ in range(20)]
    refused(trader, TooManyLinks, "portal.make_order_link", {"order_id": ordered.id})
    trader.run("portal.revoke_order_link", {"link_id": links[0].id})
    link(trader, ordered)


def test_a_branch_links_its_own_orders_and_a_viewer_makes_none(trader, ordered):
    made = link(trader, ordered)
    far = add_branch(trader, gstin=registration(trader)).ctx
    refused(trader, UnknownSalesOrder, "portal.make_order_link", {"order_id": ordered.id}, by=far)
    refused(trader, UnknownLink, "portal.revoke_order_link", {"link_id": made.id}, by=far)
    auditor = trader.acting_as("auditor")
    given = {"order_id": ordered.id}
    refused(trader, PermissionDenied, "portal.make_order_link", given, by=auditor)


def test_a_letter_brings_the_link_to_the_customer(rest, trader, ordered, monkeypatch):
    given = {"order_id": ordered.id}
    refused(trader, ChannelNotSetUp, "portal.send_order_link", given)
    smtp = SecretStr("smtp://127.0.0.1:1?tls=no")
    monkeypatch.setattr(get_settings(), "smtp_url", smtp)
    sent = trader.run("portal.send_order_link", given)
    (letter,) = rows(trader, "select to_address, body from message")
    assert letter["to_address"] == sent.to_address == BUYER["email"]
    (url,) = re.findall(r"https?://\S+/track/\S+", letter["body"])
    assert rest.get(url.removeprefix(get_settings().public_url)).status_code == 200
    nobody = order(trader, add_customer(trader, credit_limit="1000.00"), goods(trader, 1))
    error = refused(trader, NoAddress, "portal.send_order_link", {"order_id": nobody.id})
    assert set(error.fields) == {"to_address"}


def test_another_tenants_link_is_not_ended(trader, stranger, ordered):
    made = link(trader, ordered)
    refused(stranger, UnknownLink, "portal.revoke_order_link", {"link_id": made.id})
