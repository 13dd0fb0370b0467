"""Webhooks: what may be asked for, what is queued, and when a receiver is given up."""

import base64
from dataclasses import replace
from datetime import timedelta
from threading import Thread

import pytest

from erp.core import db
from erp.core.clock import utc_now
from erp.core.errors import DomainError, InvalidInput, PermissionDenied
from erp.core.ids import new_id
from erp.core.settings import get_settings
from erp.services import automation, identity, platform
from erp.services.automation.posting import GIVE_UP_AFTER, pause_after

EVENT = "party.party_created.v1"
TAKEN = automation.Answer(204, "", 3)
BROKEN = automation.Answer(500, "It answered 500.", 3)


def add(organisation, **more):
    facts = {"name": "Archive", "url": "https://example.org/in", "events": [EVENT]}
    return platform.run("automation.add_webhook", organisation["owner"].ctx, facts | more).result


@pytest.fixture(autouse=True)
def _quiet_afterwards(asha, bodhi):
    """Let no webhook of a test hear of the tests that follow."""
    yield
    for organisation in (asha, bodhi):
        stop_all(organisation["owner"].ctx)


def stop_all(ctx):
    for row in platform.run("automation.list_webhooks", ctx, {}).result.rows:
        if row.state != "stopped":
            platform.run("automation.stop_webhook", ctx, {"endpoint_id": row.id})


def tell(organisation, event_id=None, at=None, name=EVENT):
    """Let the queue hear of an event and return its id."""
    ctx, told = organisation.system, told_of(event_id, at, name)
    with db.unit_of_work(ctx) as session:
        automation.queue_webhooks(session, ctx, told)
    return told.event_id


def told_of(event_id=None, at=None, name=EVENT):
    """Return an event on its way to the queue."""
    return platform.Delivery(
        delivery_id=new_id(),
        subscriber="automation.queue_webhooks",
        lease_token=new_id(),
        attempts=1,
        event_id=event_id or new_id(),
        event_name=name,
        aggregate_id=new_id(),
        payload={"party_id": str(new_id())},
        occurred_at=at or utc_now(),
        user_id=identity.NOBODY,
    )


def deliveries(organisation, endpoint_id, **wanted):
    asked = {"endpoint_id": endpoint_id} | wanted
    return platform.run(
        "automation.list_webhook_deliveries", organisation["owner"].ctx, asked
    ).result.rows


def answer(organisation, delivery_id, given, later=timedelta(0)):
    ctx = replace(organisation.system, now=utc_now() + later)
    with db.unit_of_work(ctx) as session:
        plan = automation.plan_post(session, ctx, delivery_id)
        assert plan is not None
        return automation.note_answer(session, ctx, plan, given)


def state_of(organisation, endpoint_id):
    asked = {"endpoint_id": endpoint_id}
    return platform.run("automation.get_webhook", organisation["owner"].ctx, asked).result


def test_a_secret_is_shown_once_and_differs_for_each_webhook(asha):
    key = {"idempotency_key": new_id().hex}
    first, again, other = add(asha, **key), add(asha, **key), add(asha)
    shown = first.secret.get_secret_value()
    assert len(base64.b64decode(shown.removeprefix("whsec_"))) == 32
    assert other.secret.get_secret_value() != shown
    assert again.id == first.id
    assert again.secret.get_secret_value() != shown


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://example.org/in", "HTTPS"),
        ("https://127.0.0.1/in", "private"),
        ("https://169.254.169.254/latest", "private"),
        ("https://[::1]/in", "private"),
        ("https://[::ffff:10.0.0.1]/in", "private"),
        ("https://user:secret@example.org/", "password"),
        ("ftp://example.org/", "web address"),
        ("https://", "web address"),
        ("https://example.org:99999/in", "[Pp]ort"),
        ("https://example.org:0/in", "web address"),
    ],
)
def test_an_address_that_leads_nowhere_good_is_refused(asha, url, says):
    with pytest.raises((DomainError, ValueError), match=says):
        add(asha, url=url)


def test_a_private_network_is_reached_once_the_operator_names_it(asha, monkeypatch):
    monkeypatch.setattr(get_settings(), "outgoing_networks", "10.1.0.0/16")
    add(asha, url="http://10.1.2.3:8080/in")
    with pytest.raises(automation.AddressRefused):
        add(asha, url="http://10.2.2.3:8080/in")


def test_an_event_that_is_not_public_is_refused_by_name(asha):
    with pytest.raises(InvalidInput) as refusal:
        add(asha, events=[EVENT, "workflows.member_notified.v1"])
    assert "workflows.member_notified.v1" in refusal.value.fields["events"]


def test_every_public_event_is_an_event_of_the_product():
    def names(kind):
        for child in kind.__subclasses__():
            yield getattr(child, "name", "")
            yield from names(child)

    assert set(automation.PUBLIC_EVENTS) <= set(names(platform.DomainEvent))


def test_only_operators_deal_with_webhooks(asha):
    facts = {"name": "x", "url": "https://example.org", "events": [EVENT]}
    with pytest.raises(PermissionDenied):
        platform.run("automation.add_webhook", asha["cashier"].ctx, facts)


def test_an_event_is_queued_once_for_each_that_wants_it(asha, bodhi):
    wants, other = add(asha).id, add(asha, events=["imaging.session_completed.v1"]).id
    foreign, stopped = add(bodhi).id, add(asha).id
    platform.run("automation.stop_webhook", asha["owner"].ctx, {"endpoint_id": stopped})
    event_id = tell(asha)
    tell(asha, event_id)
    assert len(deliveries(asha, wants)) == 1
    assert deliveries(asha, other) == deliveries(asha, stopped) == []
    assert deliveries(bodhi, foreign) == []
    body = deliveries(asha, wants)[0].body
    assert f'"type":"{EVENT}"' in body


def test_what_is_queued_while_a_webhook_is_stopped_ends_with_it(asha):
    endpoint = add(asha).id
    about = {"endpoint_id": endpoint}
    stopping = Thread(
        target=platform.run, args=("automation.stop_webhook", asha["owner"].ctx, about)
    )
    with db.unit_of_work(asha.system) as session:
        automation.queue_webhooks(session, asha.system, told_of())
        stopping.start()
        stopping.join(0.5)
    stopping.join()
    assert [row.status for row in deliveries(asha, endpoint)] == ["failed"]


def test_a_webhook_hears_nothing_of_what_was_before_it(asha):
    endpoint = add(asha).id
    since = state_of(asha, endpoint).created_at
    tell(asha, at=since - timedelta(seconds=1))
    assert deliveries(asha, endpoint) == []
    tell(asha, at=since)
    assert len(deliveries(asha, endpoint)) == 1


def test_a_failing_receiver_is_asked_for_the_oldest_only_and_for_ever_longer_pauses(asha):
    endpoint = add(asha).id
    tell(asha)
    tell(asha)
    newer, older = (row.id for row in deliveries(asha, endpoint))
    assert answer(asha, older, BROKEN) == pause_after(1)
    assert answer(asha, older, BROKEN) == pause_after(2) > pause_after(1)
    with pytest.raises(platform.TryLater):
        answer(asha, newer, TAKEN)
    assert state_of(asha, endpoint).state == "failing"
    assert answer(asha, older, TAKEN) is None
    assert state_of(asha, endpoint).state == "active"
    assert answer(asha, newer, TAKEN) is None
    assert [row.status for row in deliveries(asha, endpoint)] == ["delivered", "delivered"]


def test_what_waits_behind_a_failing_receiver_looks_ever_less_often(asha):
    endpoint = add(asha).id
    tell(asha)
    tell(asha)
    newer, older = (row.id for row in deliveries(asha, endpoint))
    answer(asha, older, BROKEN)
    waits = []
    for later in (timedelta(0), timedelta(hours=1), timedelta(days=1)):
        with pytest.raises(platform.TryLater) as told:
            answer(asha, newer, TAKEN, later)
        waits.append(told.value.after)
    assert waits[0] < timedelta(seconds=10)
    assert timedelta(minutes=5) < waits[1] < waits[2] == timedelta(minutes=10)


def test_a_receiver_that_fails_for_three_days_is_stopped_and_people_hear_of_it(asha):
    endpoint = add(asha, name=f"Gone {new_id().hex[-6:]}").id
    tell(asha)
    (due,) = deliveries(asha, endpoint)
    assert answer(asha, due.id, BROKEN) is not None
    assert answer(asha, due.id, BROKEN, GIVE_UP_AFTER - timedelta(minutes=1)) is not None
    assert answer(asha, due.id, BROKEN, GIVE_UP_AFTER + timedelta(minutes=1)) is None
    stopped = state_of(asha, endpoint)
    assert (stopped.state, stopped.failed, stopped.due) == ("stopped", 1, 0)
    inbox = platform.run("workflows.list_inbox", asha["owner"].ctx, {}).result.rows
    assert f"Webhook {stopped.name} was stopped" in [row.title for row in inbox]


def test_another_address_has_three_days_of_its_own(asha):
    endpoint = add(asha).id
    tell(asha)
    (due,) = deliveries(asha, endpoint)
    answer(asha, due.id, BROKEN)
    facts = {"endpoint_id": endpoint, "name": "Archive", "events": [EVENT]}
    for url, state in (
        ("https://example.org/in", "failing"),
        ("https://example.org/new", "active"),
    ):
        platform.run("automation.change_webhook", asha["owner"].ctx, facts | {"url": url})
        assert state_of(asha, endpoint).state == state
    assert answer(asha, due.id, BROKEN, GIVE_UP_AFTER + timedelta(minutes=1)) is not None


def test_a_receiver_that_is_gone_is_stopped_at_once(asha):
    endpoint = add(asha).id
    tell(asha)
    (due,) = deliveries(asha, endpoint)
    assert answer(asha, due.id, automation.Answer(410, "It answered 410.", 1)) is None
    assert state_of(asha, endpoint).state == "stopped"


def test_what_failed_is_posted_again_only_while_its_webhook_runs(asha):
    endpoint = add(asha).id
    tell(asha)
    (due,) = deliveries(asha, endpoint)
    about = {"delivery_id": due.id}
    owner = asha["owner"].ctx
    with pytest.raises(automation.StillDue):
        platform.run("automation.retry_webhook", owner, about)
    platform.run("automation.stop_webhook", owner, {"endpoint_id": endpoint})
    with pytest.raises(automation.StillDue):
        platform.run("automation.retry_webhook", owner, about)
    with pytest.raises(automation.StillDue):
        platform.run("automation.test_webhook", owner, {"endpoint_id": endpoint})
    platform.run("automation.start_webhook", owner, {"endpoint_id": endpoint})
    platform.run("automation.retry_webhook", owner, about)
    assert [row.status for row in deliveries(asha, endpoint)] == ["due"]


def test_attempts_are_never_changed(asha, owner):
    endpoint = add(asha).id
    tell(asha)
    (due,) = deliveries(asha, endpoint)
    answer(asha, due.id, TAKEN)
    with pytest.raises(Exception, match="webhook_attempt"):
        owner.execute("update webhook_attempt set answer = 200 where delivery_id = %s", (due.id,))
