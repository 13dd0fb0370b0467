"""How a company reminds its customers: levels by days past due, their words, interest."""

from collections.abc import Mapping
from decimal import Decimal
from string import Formatter
from typing import Annotated, Final
from uuid import UUID

from psycopg.types.json import Jsonb
from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.models.payments import ReminderRule as RuleTable
from erp.services.messaging import LONGEST_CHAT, LONGEST_TEXT, TemplateId, TemplateName
from erp.services.platform import (
    Closed,
    Command,
    Identified,
    Nothing,
    Percent,
    Result,
    command,
    query,
)

WORDS: Final = {
    "party": "the customer's name",
    "company": "our name",
    "overdue": "what is late, in rupees",
    "days": "days since the oldest was due",
    "bills": "the late bills, one per line",
    "interest": "interest to date, where a rate is set",
}
"""What may stand in braces in a reminder's words."""


def _known_words(text: str) -> str:
    try:
        parts = [part for part in Formatter().parse(text) if part[1] is not None]
    except ValueError as odd:
        raise ValueError("holds a brace that is not closed; write {{ for a brace") from odd
    unknown = sorted(
        {f"{name}" for _, name, spec, how in parts if name not in WORDS or spec or how}
    )
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in WORDS)
        raise ValueError(f"names {', '.join(unknown) or 'nothing'} in braces; known are {known}")
    return text


class ReminderLevel(Closed):
    """One level.

    Attributes:
        after_days: Days past due from which a bill is reminded at this level.
        is_automatic: It goes out each morning by itself, to who can be reached.
        sms_template_id: Number of the approved template that text messages of the level have.
        sms_text: Its words, with the same names in braces where the template has places.
        whatsapp_template, whatsapp_text: The same of WhatsApp, by the provider's name of the template.
    """

    after_days: Annotated[int, Field(ge=1, le=720)]
    subject: Annotated[str, Field(min_length=1, max_length=150), AfterValidator(_known_words)]
    body: Annotated[str, Field(min_length=1, max_length=4000), AfterValidator(_known_words)]
    is_automatic: bool = False
    sms_template_id: TemplateId = ""
    sms_text: Annotated[str, Field(max_length=LONGEST_TEXT), AfterValidator(_known_words)] = ""

    whatsapp_template: TemplateName = ""
    whatsapp_text: Annotated[
        str, Field(max_length=LONGEST_CHAT, validate_default=True), AfterValidator(_known_words)
    ] = ""

    @field_validator("whatsapp_text")
    @classmethod
    def _chat_with_template(cls, text: str, info: ValidationInfo) -> str:
        if "whatsapp_template" in info.data and bool(info.data["whatsapp_template"]) != bool(text):
            raise ValueError(
                "WhatsApp needs both the words and the name of their approved template"
            )
        return text

    @model_validator(mode="after")
    def _text_with_template(self) -> "ReminderLevel":
        if bool(self.sms_template_id) != bool(self.sms_text):
            raise ValueError(
                "a text message needs both its words and the number of its approved template"
            )
        return self


class SetReminderRule(Command):
    """How customers are reminded from now on."""

    levels: Annotated[tuple[ReminderLevel, ...], Field(min_length=1, max_length=6)]
    interest_percent: Percent = ZERO

    @model_validator(mode="after")
    def _later_each_time(self) -> "SetReminderRule":
        days = [level.after_days for level in self.levels]
        if days != sorted(set(days)):
            raise ValueError("each level begins more days past due than the one before")
        return self


class ReminderRule(Result):
    """How customers are reminded; `is_set` is false for the product's own suggestion."""

    levels: tuple[ReminderLevel, ...]
    interest_percent: Decimal
    is_set: bool


USUAL: Final = ReminderRule(
    levels=(
        ReminderLevel(
            after_days=7,
            subject="Payment reminder from {company}",
            body="Dear {party},\n\nperhaps it was overlooked: {overdue} is past its day.\n\n{bills}\n\n"
            "If it is on its way already, please disregard this. A statement is attached.\n\n{company}\n",
        ),
        ReminderLevel(
            after_days=21,
            subject="Second reminder: {overdue} is due",
            body="Dear {party},\n\nwe have not received {overdue}, the oldest due {days} days ago.\n\n"
            "{bills}\n\nPlease pay, or tell us by when you will.\n\n{company}\n",
        ),
        ReminderLevel(
            after_days=45,
            subject="Last reminder: {overdue} is long past due",
            body="Dear {party},\n\n{overdue} is still open, the oldest due {days} days ago.\n\n{bills}\n\n"
            "{interest}\nUntil it is paid, new orders may be stopped.\n\n{company}\n",
        ),
    ),
    interest_percent=ZERO,
    is_set=False,
)
"""The levels suggested until a company sets its own; none goes out by itself."""


@query("payments.get_reminder_rule", permission="payments.view", rest="GET /reminder-rule")
def get_reminder_rule(session: Session, ctx: RequestContext, _wanted: Nothing) -> ReminderRule:
    """Return how the acting company reminds its customers."""
    return rule_of(session, ctx)


@command("payments.set_reminder_rule", permission="payments.receive", rest="PUT /reminder-rule")
def set_reminder_rule(session: Session, ctx: RequestContext, cmd: SetReminderRule) -> Identified:
    """Set how the acting company reminds its customers from now on; what went out stays."""
    row = {
        "tenant_id": ctx.tenant_id,
        "id": new_id(),
        "company_id": ctx.company_id,
        "levels": [level.model_dump() for level in cmd.levels],
        "interest_percent": cmd.interest_percent,
        "user_id": ctx.user_id,
        "set_at": ctx.now,
    }
    known = db.fetch_one(
        session,
        "select id from reminder_rule where tenant_id = %s and company_id = %s for update",
        (ctx.tenant_id, ctx.company_id),
    )
    if known is None:
        db.insert_rows(session, RuleTable, [row])
        return Identified(id=UUID(str(row["id"])))
    db.execute(
        session,
        "update reminder_rule set levels = %s, interest_percent = %s, user_id = %s, set_at = %s"
        " where tenant_id = %s and id = %s",
        (
            Jsonb(row["levels"]),
            cmd.interest_percent,
            ctx.user_id,
            ctx.now,
            ctx.tenant_id,
            known["id"],
        ),
    )
    return Identified(id=known["id"])


def rule_of(session: Session, ctx: RequestContext) -> ReminderRule:
    """Return the acting company's rule, or the usual one where it has set none."""
    row = db.fetch_one(
        session,
        "select levels, interest_percent from reminder_rule where tenant_id = %s and company_id = %s",
        (ctx.tenant_id, ctx.company_id),
    )
    if row is None:
        return USUAL
    levels = tuple(ReminderLevel(**level) for level in row["levels"])
    return ReminderRule(levels=levels, interest_percent=row["interest_percent"], is_set=True)


def said(text: str, facts: Mapping[str, str]) -> str:
    """Return a reminder's words with the facts of a customer."""
    return text.format_map(dict(facts))
