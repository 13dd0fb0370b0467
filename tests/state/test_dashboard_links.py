"""Every figure of the first page, followed through its link: the list holds what was counted."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from erp import erp
from erp.adapters.object_storage import object_storage
from erp.core import db
from erp.core.clock import utc_now
from erp.core.ids import new_id
from erp.pages import routing
from erp.services import platform
from erp.services.reporting.dashboard import _LOOKS
from erp.state.listing import ListState
from erp.state.reporting.dashboard import DashboardState
from tests.dicom.objects import good
from tests.factories import PIN, Shop
from tests.services.branches import add_branch, registration
from tests.services.imaging.line import make_line
from tests.services.inventory.past_goods import receive, second_branch
from tests.services.inventory.transfers import dispatch, units
from tests.services.trading import member_id, tender

assert erp.app, "importing the composition root registers every page"
LISTS = {
    declared.screen.route: handler.state
    for declared in routing._DECLARED
    for handler in declared.on_load
    if issubclass(handler.state, ListState)
}
DISCOUNT = {"kind": "discount", "level": "20", "reason": "Regular customer"}


@dataclass
class Seen:
    """The first page as a manager sees it at an instant."""

    shop: Shop
    at: datetime

    def __post_init__(self) -> None:
        self.by = self.shop.acting_as("manager")
        self.found = self.ask("reporting.get_dashboard")
        self.page = DashboardState(_reflex_internal_init=True)
        self.page._show(self.found, self.by.time_zone)

    def ask(self, name: str, given: Any = None) -> Any:
        return self.shop.run(name, given, by=self.by, at=self.at)

    def listed(self, link: str) -> list[Any]:
        """Return every row of the list that a link opens, as its page asks for them."""
        address = urlsplit(link)
        state = LISTS[address.path](_reflex_internal_init=True)
        given = dict(parse_qsl(address.query))
        assert given.keys() <= set(state.filter_keys), f"the page drops a filter of {link}"
        state.filters = given
        wanted, rows = state._chosen() | {"limit": 50}, []
        while True:
            part = self.ask(state.query, wanted)
            rows += part.rows
            if not part.next_cursor:
                return rows
            wanted |= {"cursor": part.next_cursor}


def net(rows: list[Any]) -> Decimal:
    return sum((-r.total if r.kind == "credit_note" else r.total for r in rows), Decimal(0))


def paid(seen: Seen, rows: list[Any], method: str) -> Decimal:
    """Return what sales took by a method, less what returns gave back so."""
    whole = Decimal(0)
    for row in rows:
        tenders = seen.ask("pos.get_sale", {"sale_id": row.id}).tenders
        given = sum((t.amount for t in tenders if t.method == method), Decimal(0))
        whole += -given if row.kind == "return" else given
    return whole


@pytest.fixture
def far(trader: Shop) -> Shop:
    """The trader seen from a second branch, with goods of its own, one lot of them held."""
    there = second_branch(trader)
    for number, variant_id in enumerate(trader.variant_ids):
        lot_id = there.receive(variant_id, 5 + number)
    there.run("inventory.hold_lot", {"lot_id": lot_id, "reason": "Complaint"})
    return there


def hold_back(shop: Shop) -> None:
    """Put a lot on hold, recall one, and let one expire soon."""
    first, second = (lots[0] for lots in list(shop.lot_ids.values())[:2])
    shop.run("inventory.hold_lot", {"lot_id": first, "reason": "Complaint"})
    shop.run("inventory.recall_lot", {"lot_id": second, "reason": "Maker's letter"})
    receive(shop, days_ago=0, days=20, quantity=4, product=2)


def approve(shop: Shop) -> None:
    """Let a manager approve at the till, mistype a PIN there, and approve from the inbox."""
    cashier, manager = shop.acting_as("cashier"), shop.acting_as("manager")
    at_till = DISCOUNT | {"approver_id": member_id(shop, "manager")}
    for pin in (PIN, "0000"):
        given = at_till | {"origin_id": new_id(), "pin": pin}
        shop.run("pos.request_approval", given, by=cashier)
    asked = DISCOUNT | {"origin_id": new_id(), "shift_id": shop.shift_id}
    request = shop.run("pos.ask_approval", asked, by=cashier)
    decided = {"request_id": request.id, "is_granted": True, "pin": PIN}
    assert shop.run("pos.decide_approval", decided, by=manager).status == "approved"


def close_shifts(shop: Shop) -> None:
    """Close a shift short, and the one after it right."""
    short = {"shift_id": shop.shift_id, "counted_cash": "480.00", "float_left": "480.00"}
    shop.run("pos.close_shift", short | {"reason": "Lost a note"})
    opening = {"register_id": shop.register_id, "opening_float": "480.00"}
    even = shop.run("pos.open_shift", opening)
    shop.run("pos.close_shift", {"shift_id": even.id, "counted_cash": "480.00"})


def send(shop: Shop, far: Shop) -> None:
    """Let goods leave for the second branch, and some from there for a third."""
    dispatch(shop, far, units(shop, 1, at=2))
    third = add_branch(shop, gstin=registration(shop))
    there = replace(shop, ctx=third.ctx, storage_id=third.storage_id)
    dispatch(far, there, units(far, 1))


def take_pictures(shop: Shop) -> None:
    """Let one session be complete, one be announced only, and one be on hold."""
    object_storage.cache_clear()
    for _ in range(2):
        line, content = make_line(shop.ctx), good(SOPInstanceUID=f"1.2.{new_id().int}")
        line.start()
        line.deliver(content)
        line.complete(content)
    given = {"session_id": line.session()["id"], "note": "Referral letter"}
    shop.run("imaging.hold_session", given)
    make_line(shop.ctx).start()


def sell(shop: Shop, far: Shop, at: datetime) -> None:
    """Sell at the second branch in three ways, take one back, and at another hour."""
    split = [tender("cash", "50.00"), tender("upi", "55.00")]
    ways = ([tender("cash", "105.00")], split, [tender("card", "105.00")])
    sold = [
        far.run("pos.post_sale", far.cart({shop.variant_ids[0]: 1}, tenders=way), at=at)
        for way in ways
    ]
    back = {"sale_id": sold[0].sale_id, "shift_id": far.shift_id, "reason": "Broken"}
    lines = {"lines": [{"line_no": 1, "quantity": 1}], "tenders": [tender("cash", "105.00")]}
    far.run("pos.post_return", back | lines, at=at)


def give_up(shop: Shop) -> None:
    """Let background work fail for good."""
    with db.ops_session() as session:
        platform.seal_events(session, shop.tenant_id, lambda _: ["probe"], now=utc_now())
        db.execute(
            session,
            "update event_delivery set status = 'dead' where tenant_id = %s",
            (shop.tenant_id,),
        )


@pytest.fixture
def seen(trader: Shop, far: Shop) -> Seen:
    """A manager's first page six days after something of every kind happened."""
    late = utc_now() + timedelta(days=6)
    hold_back(trader)
    approve(trader)
    send(trader, far)
    take_pictures(trader)
    close_shifts(trader)
    sell(trader, far, late)
    give_up(trader)
    return Seen(trader, late)


def test_every_figure_leads_to_exactly_what_it_counted(seen: Seen):
    found, links = seen.found, seen.page.links
    counted = {figure.key: figure.count for figure in found.exceptions}
    assert counted.keys() == {look.key for look in _LOOKS}, "a figure is not put to the test"
    assert counted == {f.key: len(seen.listed(f.link)) for f in found.exceptions}
    one_each = {"cash": 1, "stale_shifts": 2, "held": 2, "late_transfers": 1, "approvals": 2}
    assert counted.items() >= one_each.items()

    assert (found.sessions_waiting, len(seen.listed(links["waiting"]))) == (1, 1)
    valued = seen.ask("inventory.stock_valuation")
    assert urlsplit(links["stock"]).path == "/stock/valuation"
    assert (found.stock_value, found.stock_units) == (valued.value, valued.quantity)
    assert found.stock_value > 0


def test_every_sum_of_sales_is_that_of_the_bills_it_leads_to(seen: Seen):
    found, page = seen.found, seen.page
    assert found.today.total == net(seen.listed(page.links["today"])) == 210
    assert found.month.total == net(seen.listed(page.links["month"]))
    by_hour = {figure.hour: figure.total for figure in found.by_hour}
    shown = [net(seen.listed(link)) for link in page._hour_links]
    assert [amount for amount in shown if amount] == [by_hour[hour] for hour in sorted(by_hour)]
    days = [net(seen.listed(link)) for link in page._day_links]
    assert days == [figure.total for figure in found.by_day]
    ways = [figure for figure in reversed(found.by_method) if figure.total]
    assert {way.method for way in ways} == {"upi", "card", "cash"}
    for way, link in zip(ways, page._method_links, strict=True):
        assert paid(seen, seen.listed(link), way.method) == way.total


def test_every_rung_of_the_ladder_is_that_of_the_lots_it_leads_to(seen: Seen):
    rungs = list(reversed(seen.found.expiry))
    for rung, link in zip(rungs, seen.page._expiry_links, strict=True):
        rows = seen.listed(link)
        assert len({row.lot_id for row in rows}) == rung.lots
        assert sum(row.value for row in rows) == rung.value
    assert [rung.rung for rung in rungs if rung.lots] == ["0-30"]


def test_a_list_narrowed_to_nothing_known_is_refused_and_not_shown_whole(trader: Shop):
    for name, given in (
        ("pos.list_shifts", {"standing": "short"}),
        ("inventory.stock_by_lot", {"status": "withheld"}),
        ("imaging.list_sessions", {"ready": "no"}),
        ("pos.list_approvals", {"kind": "credit"}),
    ):
        with pytest.raises(ValueError, match="Input should be"):
            trader.run(name, given)
