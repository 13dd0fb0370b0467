"""What a device keeps and sends, in Chromium against a server that is a script: nothing is lost, nothing made twice."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

PARTS = Path(__file__).parents[2] / "erp/components/till"
HOME = "http://localhost:9/"
BEGIN = (Path(__file__).parent / "offline_device.js").read_text()


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """A page that holds the modules of the till and no server."""

    def answer(route: Route) -> None:
        name = route.request.url.removeprefix(HOME)
        if name.endswith(".js"):
            route.fulfill(body=(PARTS / name).read_text(), content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html>", content_type="text/html")

    context = browser.new_context()
    context.route("**/*", answer)
    opened = context.new_page()
    opened.goto(HOME)
    opened.add_script_tag(content=BEGIN, type="module")
    opened.wait_for_function("window.device")
    yield opened
    context.close()


def scenario(page: Page, text: str) -> Any:
    """Run a scenario on a device of its own and return what it tells."""
    return page.evaluate(
        "async (text) => { const run = new Function('device', `return (async () => {${text}})()`);"
        " return run(await window.device()); }",
        text,
    )


def test_a_lease_that_is_another_leaves_no_goods_of_the_one_before(page):
    assert scenario(page, """
        const { store, server, sending } = device;
        await sending.prepare(store, "S1");
        const first = (await store.goods()).map((row) => row.seal);
        server.end();
        await sending.prepare(store, "S1");
        const late = await store.keepGoods({ leaseId: "L1", isWhole: false, rows: [{ id: "x" }], gone: [],
            asOf: "9" }).catch((error) => error.code);
        return [first, (await store.goods()).map((row) => row.seal), late,
            server.asked.goods.map((body) => body.since)];
    """) == [["L1"], ["L2"], "other_lease", [None, None]]  # fmt: skip


def test_a_lease_of_another_shift_or_year_is_handed_in_before_the_next(page):
    assert scenario(page, """
        const { store, server, sending, sell } = device;
        await sending.prepare(store, "S1");
        await sell();
        await sending.prepare(store, "S2");
        const shift = (await store.fact("lease")).shift_id;
        server.runOut();
        await sending.prepare(store, "S2");
        return [shift, server.handedIn, (await store.fact("lease")).lease_id, server.sales];
    """) == ["S2", [["L1", 1], ["L2", 1]], "L3", ["1"]]  # fmt: skip


def test_nothing_is_sold_while_the_server_decides_on_a_hand_in(page):
    told = scenario(page, """
        const { store, server, sending, sell } = device;
        await sending.prepare(store, "S1");
        await sell();
        server.duringHandIn = () => sell().catch((error) => error.message);
        server.losesAnswer = true;  // it was handed in, and the device does not know
        const lost = await sending.handIn(store).catch(sending.isAway);
        const after = await sell().catch((error) => error.message);
        server.losesAnswer = false;
        await sending.handIn(store);
        return [lost, await server.during, after, server.handedIn, (await store.bills()).length,
            await store.fact("lease")];
    """)  # fmt: skip
    lost, during, after, handed_in, bills, lease = told
    assert lost is True
    assert "handing in" in during
    assert "handing in" in after
    assert (handed_in, bills, lease) == ([["L1", 1]], 0, None)


def test_a_bill_made_while_the_queue_was_sent_is_not_handed_in_unsent(page):
    assert scenario(page, """
        const { store, server, sending, sell } = device;
        await sending.prepare(store, "S1");
        await sell();
        await sending.drain(store);
        await sell();
        const early = await store.startLeaving().catch((error) => error.code);
        const forgets = await store.forget("L1").catch((error) => error.code);
        server.isAway = true;
        const refused = await sending.handIn(store).catch(sending.isAway);
        const left = await sending.leave().catch(() => "stays");
        server.isAway = false;
        await sending.leave();
        return [early, forgets, refused, left, server.sales, server.handedIn, (await store.bills()).length];
    """) == ["unsent", "unsent", True, "stays", ["1", "2"], [["L1", 2]], 0]  # fmt: skip


def test_a_cart_makes_one_bill_however_often_and_wherever_it_is_pressed(page):
    assert scenario(page, """
        const { store, sending, sell, Store } = device;
        await sending.prepare(store, "S1");
        const other = new Store(store.person);
        const pressed = await Promise.all([sell({ saleId: "a" }), sell({ saleId: "a" }), sell({ saleId: "a",
            in: other })]);
        const changed = await sell({ saleId: "a", units: 2 }).catch((error) => error.code);
        const both = await Promise.all([sell({ saleId: "b" }), sell({ saleId: "c", in: other })]);
        return [pressed.map((bill) => bill.place), changed, both.map((bill) => bill.place),
            (await store.bills()).length];
    """) == [[1, 1, 1], "made_before", [2, 3], 3]  # fmt: skip


def test_a_bill_is_made_of_what_the_screen_shows_or_not_at_all(page):
    assert scenario(page, """
        const { store, server, sending, sell } = device;
        await sending.prepare(store, "S1");
        const before = await store.standing();
        server.end();
        await sending.prepare(store, "S1");
        const stale = await sell({ shown: before }).catch((error) => error.code);
        const { lease } = await store.standing();
        await store.keepFact("lease", { ...lease, next_number: 201 });
        const last = await sell().catch((error) => error.message);
        return [stale, (await store.bills()).length, last.slice(0, 31)];
    """) == ["renewed", 0, "The numbers this device was len"]  # fmt: skip


def test_a_refused_bill_does_not_hold_up_the_others(page):
    assert scenario(page, """
        const { store, server, sending, sell } = device;
        await sending.prepare(store, "S1");
        for (let i = 0; i < 3; i += 1) await sell();
        server.fails = { 1: 500 };
        const first = await sending.drain(store);
        server.fails = { 1: 503 };
        const away = await sending.drain(store);
        return [first.sent, first.left, sending.isAway(first.error), sending.isAway(away.error), server.sales];
    """) == [2, 1, False, True, ["2", "3"]]  # fmt: skip


def test_a_server_that_was_set_back_is_sent_its_bills_again(page):
    assert scenario(page, """
        const { store, server, sending, sell } = device;
        await sending.prepare(store, "S1");
        for (let i = 0; i < 3; i += 1) await sell();
        await sending.drain(store);
        server.sales.length = 1;
        await sending.handIn(store);
        return [server.sales, server.handedIn];
    """) == [["1", "2", "3"], [["L1", 3]]]  # fmt: skip


def test_another_person_sees_and_sends_nothing_and_may_sign_out(page):
    assert scenario(page, """
        const { store, server, sending, sell, Store } = device;
        await sending.prepare(store, "S1");
        server.isAway = true;
        await sell();
        server.isAway = false;
        server.person = { tenant_id: server.person.tenant_id, branch_id: "b2", user_id: "other" };
        await sending.leave();
        const theirs = new Store(await sending.signedIn());
        const foreign = await store.keepLease({ lease_id: "L9", user_id: "other" }).catch((error) => error.code);
        const kept = (await store.bills()).length;
        return [kept, (await theirs.bills()).length, server.sales, foreign];
    """) == [1, 0, [], "other_person"]  # fmt: skip


def test_the_next_cashier_hands_in_what_the_one_before_left_open(page):
    assert scenario(page, """
        const { store, server, sending, sell, Store } = device;
        await sending.prepare(store, "S1");
        await sell();
        server.person = { ...server.person, user_id: "next" };
        const theirs = new Store(await sending.signedIn());
        await sending.prepare(theirs, "S1");
        return [server.sales, server.handedIn, (await store.bills()).length, (await theirs.fact("lease")).lease_id];
    """) == [["1"], [["L1", 1]], 0, "L2"]  # fmt: skip


def test_who_was_moved_hands_in_what_they_sold_at_the_branch_before(page):
    assert scenario(page, """
        const { store, server, sending, sell, Store } = device;
        await sending.prepare(store, "S1");
        server.isAway = true;
        await sell();
        server.isAway = false;
        server.person = { ...server.person, branch_id: "b2" };
        const there = new Store(await sending.signedIn());
        const other = new Store(`${server.person.tenant_id}.b1.other`);
        await other.keepFact("lease", { lease_id: "L7" });
        await sending.prepare(there, "S2");
        return [server.sales, server.handedIn, (await store.bills()).length, (await store.fact("lease")) ?? null,
            (await there.fact("lease")).lease_id, (await other.fact("lease")).lease_id];
    """) == [["1"], [["L1", 1]], 0, None, "L2", "L7"]  # fmt: skip


def test_a_browser_that_rests_is_lent_nothing_until_somebody_asks(page):
    assert scenario(page, """
        const { store, sending } = device;
        sending.rest("S1");
        await sending.prepare(store, "S1");
        const resting = await store.fact("lease");
        sending.wake();
        await sending.prepare(store, "S1");
        return [resting ?? null, (await store.fact("lease")).lease_id];
    """) == [None, "L1"]  # fmt: skip


def test_a_wrong_clock_is_told_and_bills_are_dated_in_the_order_of_their_numbers(page):
    assert scenario(page, """
        const { store, server, sending, sell, cart } = device;
        server.ahead = 3600000;
        const told = await sending.prepare(store, "S1").catch((error) => error.message);
        server.ahead = 0;
        await sending.prepare(store, "S1");
        const now = Date.now(), at = (minutes) => new Date(now + minutes * 60000).toISOString();
        const first = await sell({ now: at(0) }), second = await sell({ now: at(-5) });
        const back = await sell({ now: at(-60) }).catch((error) => error.message);
        return [told, first.sold_at === second.sold_at, back.slice(0, 33)];
    """) == [
        "its clock is 60 minutes behind. Set it, and open the till again.",
        True,
        "The clock of this device is behin",
    ]  # fmt: skip
