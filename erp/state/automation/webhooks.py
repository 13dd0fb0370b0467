"""Webhooks: the list, making one and showing its secret once, what became of each event."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import counted, instant_text
from erp.services import identity
from erp.services.automation import PUBLIC_EVENTS
from erp.state.issuing import show_secret
from erp.state.listing import ListState
from erp.state.reading import RecordState
from erp.state.registry import PAGE, handler
from erp.state.session import as_uuid, new_form_key
from erp.state.submitting import FormState

OPERATE = "platform.operate"
STATES = {"active": "Active", "failing": "Failing", "stopped": "Stopped"}
TONES = {"active": "green", "failing": "amber", "stopped": "gray"}


class WebhookListState(ListState, rx.State):
    """Webhooks by name."""

    permission: ClassVar[str] = OPERATE
    query: ClassVar[str] = "automation.list_webhooks"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("name", "Webhook", detail="url"),
        Column("events", "Hears of", wide_only=True),
        Column("delivered", "Delivered, 7 days", Kind.COUNT, wide_only=True),
        Column("failed", "Failed, 7 days", Kind.COUNT, wide_only=True),
        Column("due", "Waiting", Kind.COUNT, wide_only=True),
        Column("state", "State", Kind.STATUS, labels=STATES, tones=TONES),
    )
    row_link: ClassVar[str] = "/settings/webhooks/{id}"
    topics: ClassVar[tuple[str, ...]] = ("automation",)

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {"events": counted(len(row.events), "event", "events")}


class NewWebhookState(FormState, rx.State):
    """Makes a webhook, or changes one, and shows a new secret once.

    The secret goes to the browser's page and into no var, so that no store of states holds it.
    """

    permission: ClassVar[str] = OPERATE
    command: ClassVar[str] = "automation.add_webhook"

    events: list[dict[str, str]] = []
    is_issued: bool = False

    @handler(permission=PAGE)
    async def open_form(self) -> None:
        """Offer an empty form; a secret shown before is gone."""
        self.events, self.is_issued = event_choices(()), False
        self._renew()

    @handler(permission=PAGE)
    async def toggle_event(self, name: str) -> None:
        """Choose or drop an event."""
        self.events = toggled(self.events, name)

    @handler(permission=PAGE)
    async def leave(self) -> EventSpec:
        """Take the secret off the page and go to the list."""
        self.is_issued = False
        return rx.redirect("/settings/webhooks")

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        return dict(super()._payload(form)) | {"events": chosen(self.events)}

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        self.is_issued = True
        return [show_secret(result.secret)]


class WebhookState(RecordState, rx.State):
    """One webhook and what may be done with it."""

    permission: ClassVar[str] = OPERATE
    topics: ClassVar[tuple[str, ...]] = ("automation",)

    events: list[str] = []
    is_issued: bool = False

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        row = await self._ask("automation.get_webhook", {"endpoint_id": record_id})
        self.events = [PUBLIC_EVENTS.get(name, name) for name in row.events]
        self.head = {
            "id": str(row.id),
            "name": row.name,
            "url": row.url,
            "names": ",".join(row.events),
            "state": STATES[row.state],
            "tone": TONES[row.state],
            "is_active": "" if row.state == "stopped" else "yes",
            "warning": _warning(row, principal.time_zone),
            "counts": f"{row.delivered} delivered, {row.failed} failed, {row.due} waiting",
        }

    @handler(permission=PAGE)
    async def act(self, verb: str) -> EventSpec | None:
        """Test, stop or start the webhook."""
        if verb not in {"test", "stop", "start"}:
            return None
        try:
            await self._run(f"automation.{verb}_webhook", {"endpoint_id": self.head.get("id", "")})
        except DomainError as error:
            return rx.toast.error(error.message)
        await self._show()
        deliveries = await self.get_state(WebhookDeliveriesState)
        await deliveries._reload()  # noqa: SLF001  sister of this state
        return rx.toast.success(
            {
                "test": "A test event is on its way.",
                "stop": "Stopped. It hears of nothing any more.",
                "start": "Started. It hears of what happens from now on.",
            }[verb]
        )

    @handler(permission=PAGE)
    async def renew_secret(self) -> EventSpec:
        """Give it a new signing secret and show that once."""
        given = {"endpoint_id": self.head.get("id", ""), "idempotency_key": new_form_key()}
        try:
            result = await self._run("automation.renew_webhook_secret", given)
        except DomainError as error:
            return rx.toast.error(error.message)
        self.is_issued = True
        return show_secret(result.secret)

    @handler(permission=PAGE)
    async def hide_secret(self) -> None:
        """Take the secret off the page."""
        self.is_issued = False


class ChangeWebhookState(FormState, rx.State):
    """Changes the webhook of the page."""

    permission: ClassVar[str] = OPERATE
    command: ClassVar[str] = "automation.change_webhook"

    is_open: bool = False
    events: list[dict[str, str]] = []
    facts: dict[str, str] = {}

    @handler(permission=PAGE)
    async def open_dialog(self) -> None:
        """Offer the form with what holds now."""
        page = await self.get_state(WebhookState)
        self.facts = {key: page.head.get(key, "") for key in ("id", "name", "url")}
        self.events = event_choices(page.head.get("names", "").split(","))
        self._renew()
        self.is_open = True

    @handler(permission=PAGE)
    async def close_dialog(self) -> None:
        """Close the form without doing anything."""
        self.is_open = False

    @handler(permission=PAGE)
    async def toggle_event(self, name: str) -> None:
        """Choose or drop an event."""
        self.events = toggled(self.events, name)

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        about = {"endpoint_id": self.facts.get("id", ""), "events": chosen(self.events)}
        return dict(super()._payload(form)) | about

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:  # noqa: ARG002  shows the page anew
        self.is_open = False
        page = await self.get_state(WebhookState)
        await page._show()  # noqa: SLF001  sister of this state
        return [rx.toast.success("Saved. What waits goes to the address that holds now.")]


class WebhookDeliveriesState(ListState, rx.State):
    """What was posted to the webhook of the page, newest first."""

    permission: ClassVar[str] = OPERATE
    query: ClassVar[str] = "automation.list_webhook_deliveries"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("event_name", "Event", detail="problem"),
        Column("attempts", "Attempts", Kind.COUNT, wide_only=True),
        Column("answer", "Answer", wide_only=True),
        Column("queued_at", "Queued", Kind.INSTANT, wide_only=True),
        Column(
            "status",
            "State",
            Kind.STATUS,
            labels={"due": "Waiting", "delivered": "Delivered", "failed": "Failed"},
            tones={"due": "amber", "delivered": "green", "failed": "red"},
        ),
    )
    filter_keys: ClassVar[tuple[str, ...]] = ("status",)
    topics: ClassVar[tuple[str, ...]] = ("automation",)

    def _fixed(self) -> dict[str, str]:
        path = self.router.url.path.rstrip("/")
        return {"endpoint_id": str(as_uuid(path.rpartition("/")[2]) or UUID(int=0))}

    def _entry(self, row: Any) -> Any:
        words = PUBLIC_EVENTS.get(row.event_name, "Test event")
        return row.model_dump() | {
            "event_name": words,
            "answer": str(row.answer) if row.answer else "None",
            "problem": "" if row.status == "delivered" else row.problem,
        }

    def _aside(self, row: Any) -> dict[str, str]:
        return {"may_retry": "yes" if row.status == "failed" else ""}

    @handler(permission=PAGE)
    async def retry(self, delivery_id: str) -> EventSpec:
        """Post a failed delivery once more."""
        try:
            await self._run("automation.retry_webhook", {"delivery_id": f"{delivery_id}"})
        except DomainError as error:
            return rx.toast.error(error.message)
        await self._reload()
        return rx.toast.success("Posted again under the same id.")


def event_choices(names: Sequence[str]) -> list[dict[str, str]]:
    """Return every event a webhook may hear of, those named chosen."""
    return [
        {"value": name, "title": title, "chosen": "yes" if name in names else ""}
        for name, title in PUBLIC_EVENTS.items()
    ]


def toggled(events: Sequence[dict[str, str]], name: str) -> list[dict[str, str]]:
    """Return the choices with one turned round."""
    return [
        event | {"chosen": "" if event["chosen"] else "yes"} if event["value"] == name else event
        for event in events
    ]


def chosen(events: Sequence[Mapping[str, str]]) -> list[str]:
    """Return the names of the chosen events."""
    return [event["value"] for event in events if event["chosen"]]


def _warning(row: Any, zone: str) -> str:
    if row.state == "failing":
        since = instant_text(row.failing_since, zone)
        return f"Its receiver fails since {since}. After three days it is stopped."
    return row.stopped_because if row.state == "stopped" else ""
