"""Reminders: who is to be reminded now, sending them, and how a company reminds."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import counted, date_text, money_text
from erp.services.payments import ReminderLevel, ReminderRule
from erp.state.asking import DialogFormState
from erp.state.listing import ListState
from erp.state.payments.wording import RECEIVE, VIEW
from erp.state.registry import handler
from erp.state.session import new_form_key
from erp.state.submitting import is_ticked

STANDINGS = {"due": "To be reminded", "held": "Held by a promise", "told": "Reminded already"}
MOST_AT_ONCE = 100
MOST_LEVELS = 6


class DueReminderState(ListState, rx.State):
    """Customers with something late, the largest sum first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "payments.list_due_reminders"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("party", "Customer", detail="email"),
        Column("level", "Level", wide_only=True),
        Column("oldest_due_on", "Oldest due", Kind.DATE, detail="days", wide_only=True),
        Column("last_on", "Last reminded", wide_only=True),
        Column("overdue", "Late", Kind.MONEY, detail="interest"),
        Column(
            "standing",
            "Standing",
            Kind.STATUS,
            labels=STANDINGS,
            tones={"due": "amber", "held": "blue", "told": "gray"},
        ),
    )
    row_link: ClassVar[str] = "/receivables/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("standing",)
    topics: ClassVar[tuple[str, ...]] = ("payments",)

    due: int = 0
    may_remind: bool = False

    _due_ids: list[str] = []
    _texted: list[int] = []
    _chatted: list[int] = []

    def _entry(self, row: Any) -> Any:
        held = f" · held until {date_text(row.held_until)}" if row.held_until else ""
        return row.model_dump() | {
            "id": row.party_id,
            "email": row.email or "No e-mail address",
            "level": f"Level {row.level}" if row.level else "Before the first level",
            "days": f"{counted(row.days, 'day', 'days')} late{held}",
            "last_on": date_text(row.last_on) if row.last_on else "Never",
            "interest": f"Interest {money_text(row.interest)}" if row.interest else "",
        }

    def _overlook(self, page: Any) -> None:
        wanted = [row for row in page.rows if row.standing == "due"]
        self.due = len(wanted)
        self._due_ids = [str(row.party_id) for row in wanted if row.email][:MOST_AT_ONCE]

    def _aside(self, row: Any) -> dict[str, str]:
        may = self.may_remind and row.standing == "due"
        return {
            "may_send": "yes" if may and row.email else "",
            "may_call": "yes" if may else "",
            "may_text": "yes" if may and row.phone and row.level in self._texted else "",
            "may_chat": "yes" if may and row.phone and row.level in self._chatted else "",
        }

    async def _reload(self) -> None:
        """Show the list, and what may be done only to those who may do it."""
        self.may_remind = (await self._principal()).may(RECEIVE)
        rule: ReminderRule = await self._ask("payments.get_reminder_rule")
        self._texted = [no for no, one in enumerate(rule.levels, 1) if one.sms_template_id]
        self._chatted = [no for no, one in enumerate(rule.levels, 1) if one.whatsapp_template]
        await super()._reload()

    @handler(permission=RECEIVE)
    async def remind(self, party_id: str) -> EventSpec:
        """Send one customer a reminder."""
        return await self._send([f"{party_id}"])

    @handler(permission=RECEIVE)
    async def text(self, party_id: str) -> EventSpec:
        """Text one customer a reminder; who did not agree to that gets the e-mail."""
        return await self._send([f"{party_id}"], "sms")

    @handler(permission=RECEIVE)
    async def chat(self, party_id: str) -> EventSpec:
        """Write one customer a reminder on WhatsApp; who did not agree to that gets the SMS, or the e-mail."""
        return await self._send([f"{party_id}"], "whatsapp")

    @handler(permission=RECEIVE)
    async def remind_all(self) -> EventSpec:
        """Send a reminder to everyone of the list who is due and has an address."""
        return await self._send(self._due_ids)

    async def _send(self, party_ids: Sequence[str], method: str = "email") -> EventSpec:
        given = {
            "party_ids": list(party_ids),
            "method": method,
            "idempotency_key": new_form_key(),
        }
        try:
            made = await self._run("payments.remind_parties", given)
        except (DomainError, ValidationError) as error:
            words = error.message if isinstance(error, DomainError) else "Load the list again."
            return rx.toast.error(words)
        await self._reload()
        if not made.reminder_ids:
            return rx.toast.warning(made.skipped[0].reason)
        sent = counted(len(made.reminder_ids), "reminder", "reminders")
        left = f" {counted(len(made.skipped), 'customer')} left out." if made.skipped else ""
        return rx.toast.success(f"{sent} on the way.{left}")


class NoteCallState(DialogFormState, rx.State):
    """Notes that a customer was reminded by phone."""

    permission: ClassVar[str] = RECEIVE
    command: ClassVar[str] = "payments.remind_parties"

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        about = {"party_ids": [self.subject.get("id", "")], "method": "phone"}
        return dict(super()._payload(form)) | about

    async def _done(self, result: Any) -> str:
        page = await self.get_state(DueReminderState)
        await page._reload()  # noqa: SLF001  sister of this state
        return "Call noted." if result.reminder_ids else result.skipped[0].reason


class ReminderRuleState(DialogFormState, rx.State):
    """Sets the levels and their words."""

    permission: ClassVar[str] = RECEIVE
    command: ClassVar[str] = "payments.set_reminder_rule"

    levels: list[dict[str, str]] = []
    interest: str = ""
    is_set: bool = False

    async def _prepare(self) -> None:
        rule: ReminderRule = await self._ask("payments.get_reminder_rule")
        self.levels = [_shown(number, level) for number, level in enumerate(rule.levels)]
        self.interest = f"{rule.interest_percent.normalize():f}" if rule.interest_percent else ""
        self.is_set = rule.is_set

    @handler(permission=RECEIVE)
    async def add_level(self) -> None:
        """Offer one more level."""
        if len(self.levels) < MOST_LEVELS:
            number = 1 + max((int(level["id"]) for level in self.levels), default=-1)
            names = (
                *("days", "subject", "body", "automatic", "template", "sms"),
                *("chat_template", "chat"),
            )
            blank = dict.fromkeys(names, "")
            self.levels = [*self.levels, {"id": str(number)} | blank]

    @handler(permission=RECEIVE)
    async def drop_level(self, level_id: str) -> None:
        """Take a level away."""
        self.levels = [level for level in self.levels if level["id"] != level_id]

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        def text(level: Mapping[str, str], field: str) -> str:
            return f"{form.get(field + '-' + level['id']) or ''}".strip()

        levels = [
            {
                "after_days": text(level, "days"),
                "subject": text(level, "subject"),
                "body": text(level, "body"),
                "is_automatic": is_ticked(form.get("automatic-" + level["id"])),
                "sms_template_id": text(level, "template"),
                "sms_text": text(level, "sms"),
                "whatsapp_template": text(level, "chat_template"),
                "whatsapp_text": text(level, "chat"),
            }
            for level in self.levels
        ]
        given = {"levels": levels, "idempotency_key": form.get("idempotency_key", "")}
        interest = f"{form.get('interest_percent') or ''}".strip()
        return given | ({"interest_percent": interest} if interest else {})

    def _show_refusal(self, error: ValidationError | DomainError) -> None:
        super()._show_refusal(error)
        names = {
            "after_days": "days",
            "subject": "subject",
            "body": "body",
            "sms_template_id": "template",
            "sms_text": "sms",
            "whatsapp_template": "chat_template",
            "whatsapp_text": "chat",
            "": "template",
        }
        shown = {}
        for field, words in self.field_errors.items():
            first, _, rest = field.partition(".")
            place, _, name = rest.partition(".")
            known = first == "levels" and place.isdigit() and int(place) < len(self.levels)
            at = self.levels[int(place)]["id"] if known else ""
            shown[f"{names.get(name, name)}-{at}" if known else field] = words
        self.field_errors = shown

    async def _done(self, result: Any) -> str:  # noqa: ARG002  says the same each time
        page = await self.get_state(DueReminderState)
        await page._reload()  # noqa: SLF001  sister of this state
        return "Saved. It holds from the next reminder on."


def _shown(number: int, level: ReminderLevel) -> dict[str, str]:
    return {
        "id": str(number),
        "days": str(level.after_days),
        "subject": level.subject,
        "body": level.body,
        "automatic": "yes" if level.is_automatic else "",
        "template": level.sms_template_id,
        "sms": level.sms_text,
        "chat_template": level.whatsapp_template,
        "chat": level.whatsapp_text,
    }
