"""Reminding customers of what is late: written with what it says, sent by a job with a statement."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import date_text, money_text
from erp.core.ids import new_id
from erp.models.payments import Reminder as ReminderTable
from erp.models.payments import ReminderItem, ReminderMethod
from erp.services import accounting, documents, messaging, party
from erp.services.messaging import Channel, NewMessage
from erp.services.party import printed_branch
from erp.services.payments.due_reminders import (
    DueReminder,
    ListDueReminders,
    Reached,
    late_customers,
)
from erp.services.payments.events import PartyReminded
from erp.services.payments.reminder_rules import ReminderLevel, ReminderRule, rule_of, said
from erp.services.payments.texting_reminders import ORIGIN, PURPOSE, LateNow, Way, way_of
from erp.services.platform import Command, Query, Result, Rows, Text, command, emit, query

TO_PHONES: Final = (ReminderMethod.SMS, ReminderMethod.WHATSAPP)
BY_MESSAGE: Final = (ReminderMethod.EMAIL, *TO_PHONES)

documents.allow_reading(ORIGIN, "payments.view")


class RemindParties(Command):
    """Remind customers at the level that has come for them.

    Attributes:
        method: `email` sends it with a statement; `whatsapp` and `sms` write to who agreed to that, `whatsapp` else
            by SMS, and send the others an e-mail; `phone` and `letter` note that it was done.
        note: What was said, of a call.
    """

    party_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=100)]
    method: ReminderMethod = ReminderMethod.EMAIL
    note: Text = ""


class RemindAutomatically(Command):
    """Remind who is due at a level that goes out by itself."""


class SkippedParty(Result):
    """A customer who was not reminded, and why."""

    party_id: UUID
    party: str
    reason: str


class RemindersMade(Result):
    """What was written; `skipped` says who was left out."""

    reminder_ids: list[UUID]
    skipped: list[SkippedParty]


class ListReminders(Query):
    """A customer's reminders, the latest first."""

    party_id: UUID
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class ReminderRow(Result):
    """A reminder; `message_status` says how its message stands, or what the phone did; empty where none was written."""

    id: UUID
    level: int
    method: str
    overdue: Decimal
    interest: Decimal
    reminded_on: date
    to_address: str
    subject: str
    body: str
    note: str
    user_name: str
    bills: int
    message_status: str


class ReminderRows(Rows):
    """Reminders of a customer."""

    rows: list[ReminderRow]


@command("payments.remind_parties", permission="payments.receive", rest="POST /reminders")
def remind_parties(session: Session, ctx: RequestContext, cmd: RemindParties) -> RemindersMade:
    """Remind customers; who is not due, has promised, or has no address is left out and named.

    Each bill is reminded once at each level. Locks the open items of each customer.

    Raises:
        UnknownParty: One of them does not exist, or has no account.
        ChannelNotSetUp: E-mail or a text message is asked for and nothing carries it.

    Emits:
        payments.party_reminded.v1 for each.
    """
    if cmd.method in BY_MESSAGE:
        messaging.require_channel(Channel(cmd.method.value))
    rule = rule_of(session, ctx)
    made = RemindersMade(reminder_ids=[], skipped=[])
    for party_id in sorted(set(cmd.party_ids)):
        _remind(session, ctx, rule, party_id, cmd, made)
    return made


@command("payments.remind_automatically", permission="payments.receive")
def remind_automatically(
    session: Session, ctx: RequestContext, _cmd: RemindAutomatically
) -> RemindersMade:
    """Remind who is due at a level that goes out by itself: by WhatsApp or SMS where the level has it, else by e-mail.

    At most 500 of them a morning, the largest sums first; the others follow.

    Emits:
        payments.party_reminded.v1 for each.
    """
    rule, made = rule_of(session, ctx), RemindersMade(reminder_ids=[], skipped=[])
    levels = {no: level for no, level in enumerate(rule.levels, 1) if level.is_automatic}
    mailed = list(levels) if _can(lambda: messaging.require_channel(Channel.EMAIL)) else []
    texted = [no for no, level in levels.items() if level.sms_template_id]
    texted = texted if _can(lambda: messaging.sms_facts(session, ctx, "")) else []
    chatted = [no for no, level in levels.items() if level.whatsapp_template]
    chatted = chatted if _can(lambda: messaging.whatsapp_facts(session, ctx, "")) else []
    if not mailed and not texted and not chatted:
        return made
    reached = Reached(tuple(mailed), tuple(texted), tuple(chatted))
    due = late_customers(session, ctx, rule, ListDueReminders(), reached=reached)
    for one in sorted(due, key=lambda one: one.party_id):
        method = ReminderMethod.SMS if one.level in texted else ReminderMethod.EMAIL
        method = ReminderMethod.WHATSAPP if one.level in chatted else method
        given = RemindParties(party_ids=(one.party_id,), method=method)
        _remind(session, ctx, rule, one.party_id, given, made)
    return made


@query("payments.list_reminders", permission="payments.view", rest="GET /reminders")
def list_reminders(session: Session, ctx: RequestContext, wanted: ListReminders) -> ReminderRows:
    """List a customer's reminders and whether they went out.

    Raises:
        UnknownParty: There is no such party, or it has no account.
    """
    party.require_account(session, ctx, wanted.party_id, "party_id")
    rows = db.fetch_all(
        session,
        """
        select r.id, r.level, r.method, r.overdue, r.interest, r.reminded_on, r.to_address,
               r.subject, r.body, r.note, r.user_name,
               (select count(*) from reminder_item item
                 where (item.tenant_id, item.reminder_id) = (r.tenant_id, r.id)) as bills,
               coalesce((select coalesce(nullif(message.receipt, ''), message.status) from message
                          where message.tenant_id = r.tenant_id and message.origin_type = 'reminder'
                            and message.origin_id = r.id order by message.id desc limit 1),
                        case when r.method in ('email', 'sms', 'whatsapp') then 'queued' else '' end) as message_status
          from reminder r
         where r.tenant_id = %s and r.company_id = %s and r.party_id = %s
         order by r.id desc limit %s
        """,
        (ctx.tenant_id, ctx.company_id, wanted.party_id, wanted.limit),
    )
    return ReminderRows(rows=[ReminderRow(**row) for row in rows])


def queue_reminder(
    session: Session, ctx: RequestContext, reminder_id: UUID, files: Sequence[UUID], why: str = ""
) -> UUID | None:
    """Queue the e-mail of a reminder with its statement; again changes nothing.

    One that was a message to a phone goes to the customer's own address, with the words that the level has for
    letters, of what is late by now.
    """
    row = reminder_of(session, ctx, reminder_id)
    if row is None or row["method"] not in BY_MESSAGE:
        return None
    words = letter_words(session, ctx, row)
    if words is None:
        return None
    was_text = row["method"] in TO_PHONES
    new = NewMessage(
        channel=Channel.EMAIL,
        purpose=PURPOSE,
        to_name=row["party"],
        to_address=row["email"] if was_text else row["to_address"],
        subject=words["subject"],
        body=words["body"],
        origin_type=ORIGIN,
        origin_id=reminder_id,
        dedupe_key=f"{PURPOSE}-{reminder_id}{'-mail' if was_text else ''}",
        party_id=row["party_id"],
        documents=tuple(files),
        why=why or row["why"],
    )
    return messaging.queue_message(session, ctx, new, is_promised=True)


def letter_words(
    session: Session, ctx: RequestContext, reminder: Mapping[str, Any]
) -> dict[str, str] | None:
    """Return what the e-mail of a reminder says; of one that was a message to a phone, what is late by now.

    Nothing where nothing is late any more, or a promise or dispute holds reminders back meanwhile.
    """
    if reminder["method"] not in TO_PHONES:
        return {"subject": reminder["subject"], "body": reminder["body"]}
    now = late_now(session, ctx, reminder)
    if now is None:
        return None
    return {"subject": said(now.level.subject, now.facts), "body": said(now.level.body, now.facts)}


def late_now(session: Session, ctx: RequestContext, reminder: Mapping[str, Any]) -> LateNow | None:
    """Return what of a reminder's customer is late by now; nothing where nothing is, or reminders are held back."""
    party_id, rule = reminder["party_id"], rule_of(session, ctx)
    wanted = ListDueReminders(standing="")
    found = late_customers(session, ctx, rule, wanted, party_ids=[party_id])
    if not found or found[0].held_until is not None or not rule.levels:
        return None
    level = rule.levels[min(reminder["level"], len(rule.levels)) - 1]
    bills = _late_bills(session, ctx, party_id)
    return LateNow(found[0], level, _facts(session, ctx, rule, found[0], bills))


def reminder_of(session: Session, ctx: RequestContext, reminder_id: UUID) -> db.Row | None:
    """Return a reminder with its customer's name, or nothing."""
    return db.fetch_one(
        session,
        "select r.*, p.name as party, p.email from reminder r"
        " join party p on (p.tenant_id, p.id) = (r.tenant_id, r.party_id)"
        " where r.tenant_id = %s and r.id = %s",
        (ctx.tenant_id, reminder_id),
    )


def _remind(
    session: Session,
    ctx: RequestContext,
    rule: ReminderRule,
    party_id: UUID,
    cmd: RemindParties,
    made: RemindersMade,
) -> None:
    name = party.require_account(session, ctx, party_id, "party_ids")
    accounting.hold_items(session, ctx, "debtors", party_id)
    found = late_customers(session, ctx, rule, ListDueReminders(standing=""), party_ids=[party_id])
    reason = _why_not(found)
    if reason:
        made.skipped.append(SkippedParty(party_id=party_id, party=name, reason=reason))
        return
    one, level = found[0], rule.levels[found[0].level - 1]
    bills = _late_bills(session, ctx, party_id)
    facts = _facts(session, ctx, rule, one, bills)
    way = way_of(session, ctx, cmd.method, LateNow(one, level, facts))
    if not way.is_open:
        made.skipped.append(SkippedParty(party_id=party_id, party=name, reason=way.words))
        return
    reminder_id = _write(session, ctx, one, way, _words(level, facts, way) | {"note": cmd.note})
    db.insert_rows(session, ReminderItem, _items(ctx, reminder_id, bills, rule))
    emit(session, ctx, party_id, PartyReminded(reminder_id=reminder_id, party_id=party_id))
    made.reminder_ids.append(reminder_id)


def _why_not(found: Sequence[DueReminder]) -> str:
    if not found:
        return "Nothing of this customer is late."
    one = found[0]
    if one.held_until is not None:
        return f"A promise or dispute holds reminders back until {date_text(one.held_until)}."
    if one.standing != "due":
        return "Every late bill was reminded at the level that holds."
    return ""


def _can(asked: Callable[[], object]) -> bool:
    """Tell whether a channel is set up."""
    try:
        asked()
    except messaging.ChannelNotSetUp:
        return False
    return True


def _words(level: ReminderLevel, facts: Mapping[str, str], way: Way) -> dict[str, str]:
    if way.method not in BY_MESSAGE:
        return {"subject": "", "body": ""}
    return {"subject": said(level.subject, facts), "body": said(level.body, facts)}


def _write(
    session: Session, ctx: RequestContext, one: DueReminder, way: Way, words: Mapping[str, str]
) -> UUID:
    reminder_id = new_id()
    row = {
        "tenant_id": ctx.tenant_id,
        "id": reminder_id,
        "company_id": ctx.company_id,
        "branch_id": ctx.branch_id,
        "party_id": one.party_id,
        "level": one.level,
        "method": way.method.value,
        "overdue": one.overdue,
        "interest": one.interest,
        "oldest_due_on": one.oldest_due_on,
        "reminded_on": ctx.today,
        "to_address": way.to_address,
        "sms": dict(way.sms),
        "why": way.why,
        "user_id": ctx.user_id,
        "user_name": ctx.user_name,
        **words,
    }
    db.insert_rows(session, ReminderTable, [row])
    return reminder_id


def _late_bills(session: Session, ctx: RequestContext, party_id: UUID) -> list[db.Row]:
    """Return the late bills, each with the highest level it was reminded at."""
    return db.fetch_all(
        session,
        """
        select i.id, i.amount - i.settled as open, i.effective_on, i.due_on, e.narration,
               coalesce((select max(told.level) from reminder_item told
                          where told.tenant_id = i.tenant_id and told.item_id = i.id), 0) as told
          from open_item i
          join account a on (a.tenant_id, a.id) = (i.tenant_id, i.account_id) and a.key = 'debtors'
          join journal_entry e on (e.tenant_id, e.id) = (i.tenant_id, i.entry_id)
         where i.tenant_id = %s and i.company_id = %s and i.party_id = %s and i.side = 'debit'
           and i.settled < i.amount and i.due_on < %s
         order by i.due_on, i.id
        """,
        (ctx.tenant_id, ctx.company_id, party_id, ctx.today),
    )


def _facts(
    session: Session,
    ctx: RequestContext,
    rule: ReminderRule,
    one: DueReminder,
    bills: Sequence[db.Row],
) -> dict[str, str]:
    rate = f"{rule.interest_percent.normalize():f}"
    interest = f"Interest at {rate} % a year comes to {money_text(one.interest)} to date."
    return {
        "party": one.party,
        "company": printed_branch(session, ctx).name,
        "overdue": money_text(one.overdue),
        "days": str(one.days),
        "bills": "\n".join(_bill_line(bill) for bill in bills),
        "interest": interest if one.interest else "",
    }


def _bill_line(bill: db.Row) -> str:
    due = f"due {date_text(bill['due_on'])}"
    return f"- {bill['narration']} of {date_text(bill['effective_on'])}, {due}: {money_text(bill['open'])}"


def _items(
    ctx: RequestContext, reminder_id: UUID, bills: Sequence[db.Row], rule: ReminderRule
) -> list[dict[str, object]]:
    """Return the bills that reached a level they were not reminded at."""
    return [
        {
            "tenant_id": ctx.tenant_id,
            "id": new_id(),
            "reminder_id": reminder_id,
            "item_id": bill["id"],
            "level": level,
            "open": bill["open"],
        }
        for bill in bills
        if (level := _level_of(ctx.today, bill["due_on"], rule)) > bill["told"]
    ]


def _level_of(today: date, due_on: date, rule: ReminderRule) -> int:
    return sum(1 for level in rule.levels if level.after_days <= (today - due_on).days)
