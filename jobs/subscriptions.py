"""Who is told of which event. One entry per subscriber; the relay reads nothing else.

A subscriber is a function `(session, ctx, delivery) -> None` in a module of this package. It
runs in one transaction of the event's tenant with the permissions named here, and its effect
and the delivery's end commit together. It may run again after a failure, so whatever it does
outside the database must bear repetition.
"""

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from importlib import import_module
from uuid import UUID

from erp.core import db
from erp.core.context import RequestContext
from erp.services import automation, platform

Effect = Callable[[db.UnitOfWork, RequestContext, platform.Delivery], None]


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A function that wants to know of events.

    Attributes:
        name: Stable; stored with every delivery. Renaming one orphans its deliveries.
        events: Names with their version.
        function: `module.function`; imported by the worker only.
        permissions: What it may do in the tenant.
    """

    name: str
    events: tuple[str, ...]
    function: str
    permissions: frozenset[str] = field(default_factory=frozenset)

    def load(self) -> Effect:
        """Import the function."""
        module, _, function = self.function.rpartition(".")
        effect: Effect = getattr(import_module(module), function)
        return effect


SUBSCRIBERS: dict[str, Subscriber] = {}
_BY_EVENT: defaultdict[str, set[str]] = defaultdict(set)


def subscribe(*subscribers: Subscriber) -> None:
    """Add subscribers; a second one of the same name is a bug."""
    for subscriber in subscribers:
        if subscriber.name in SUBSCRIBERS:
            msg = f"Two subscribers are named {subscriber.name}."
            raise RuntimeError(msg)
        SUBSCRIBERS[subscriber.name] = subscriber
        for event in subscriber.events:
            _BY_EVENT[event].add(subscriber.name)


def subscribers_of(event_name: str) -> Collection[str]:
    """Return the names of those who want to know of an event."""
    return _BY_EVENT.get(event_name, ())


def topics_of(event_name: str, aggregate_id: UUID) -> tuple[str, ...]:
    """Return the live topics an event touches: its domain, and its reader's inbox."""
    if event_name == "workflows.member_notified.v1":
        return (f"inbox.{aggregate_id}",)
    return (event_name.partition(".")[0],)


subscribe(
    Subscriber(
        "imaging.make_report",
        ("imaging.report_requested.v1",),
        "jobs.imaging.make_report",
        frozenset({"imaging.review", "imaging.view"}),
    ),
    Subscriber(
        "drafting.write_draft",
        ("drafting.draft_requested.v1",),
        "jobs.drafting.write_draft",
    ),
    Subscriber(
        "imaging.call_peer",
        ("imaging.echo_asked.v1",),
        "jobs.imaging.call_peer",
        frozenset({"imaging.operate"}),
    ),
    Subscriber(
        "imaging.count_figures",
        ("imaging.measurement_recorded.v1",),
        "jobs.imaging_figures.count_figures",
        frozenset({"imaging.view"}),
    ),
    Subscriber(
        "imaging.retry_held",
        ("imaging.retry_requested.v1",),
        "jobs.imaging.retry_held",
        frozenset({"imaging.ingest", "imaging.operate"}),
    ),
    Subscriber("automation.queue_webhooks", tuple(automation.PUBLIC_EVENTS), "jobs.webhooks.queue"),
    Subscriber(
        "payments.send_reminder",
        ("payments.party_reminded.v1",),
        "jobs.payments.send_reminder",
        frozenset({"payments.view"}),
    ),
    Subscriber(
        "payments.mail_instead",
        ("messaging.message_ended.v1",),
        "jobs.payments.remind_instead",
        frozenset({"payments.view"}),
    ),
    Subscriber("einvoicing.queue", ("billing.document_posted.v1",), "jobs.einvoices.queue"),
    Subscriber("einvoicing.withdraw", ("billing.invoice_cancelled.v1",), "jobs.einvoices.withdraw"),
    Subscriber(
        "einvoicing.ask_about_document",
        ("einvoicing.einvoice_asked.v1",),
        "jobs.einvoices.ask_about_document",
    ),
    Subscriber(
        "einvoicing.ask_about_way_bill",
        ("einvoicing.way_bill_asked.v1",),
        "jobs.einvoices.ask_about_way_bill",
    ),
    Subscriber("gateways.check", ("gateways.check_asked.v1",), "jobs.gateways.check"),
    Subscriber(
        "gateways.ask_about_link", ("gateways.link_asked.v1",), "jobs.gateways.ask_about_link"
    ),
    Subscriber("gateways.withdraw", ("billing.invoice_cancelled.v1",), "jobs.gateways.withdraw"),
    Subscriber(
        "gateways.look_into_event",
        ("gateways.event_received.v1",),
        "jobs.gateways.look_into_event",
    ),
    Subscriber("gateways.ask_refund", ("gateways.refund_asked.v1",), "jobs.gateways.ask_refund"),
    Subscriber(
        "gateways.book_settlements",
        ("gateways.settlements_asked.v1",),
        "jobs.gateways.book_settlements",
    ),
    Subscriber("messaging.send", ("messaging.message_queued.v1",), "jobs.messages.send"),
    Subscriber("automation.post_webhook", ("automation.webhook_queued.v1",), "jobs.webhooks.post"),
    Subscriber(
        "imaging.make_export",
        ("imaging.export_requested.v1",),
        "jobs.imaging_exports.make_export",
        frozenset({"imaging.keep"}),
    ),
    Subscriber(
        "imaging.remove_study",
        ("imaging.removal_decided.v1",),
        "jobs.imaging_exports.remove_study",
        frozenset({"imaging.keep"}),
    ),
)
