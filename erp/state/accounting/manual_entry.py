"""Typing a journal entry: lines that come and go, and a difference that must reach zero."""

from collections.abc import AsyncIterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import money_text
from erp.core.money import ZERO
from erp.state.explaining import errors_by_field
from erp.state.registry import PAGE, handler
from erp.state.session import SessionState, as_uuid, new_form_key
from erp.state.submitting import is_ticked

FEWEST_LINES = 2
MOST_LINES = 50
PARTS = frozenset({"account_key", "debit", "credit", "note", "cost_centre", "party_id"})
REPEATS = ("week", "month", "quarter", "year")
INTENTS = frozenset({"post", "draft"})
LARGEST = Decimal(10) ** 15


class ManualEntryState(SessionState, rx.State):
    """An entry being typed."""

    permission: ClassVar[str] = "accounting.post"

    accounts: list[dict[str, str]] = []
    centres: list[dict[str, str]] = []
    head: dict[str, str] = {}
    every: str = ""
    template_id: str = ""
    why: str = ""
    lines: list[dict[str, str]] = []
    total_debit: str = ""
    total_credit: str = ""
    difference: str = ""
    is_balanced: bool = False
    is_busy: bool = False
    form_key: str = ""
    form_error: str = ""
    field_errors: dict[str, str] = {}
    today: str = ""

    _made: int = 0
    _intent: str = "post"
    _draft_id: str = ""

    @handler(permission=PAGE)
    async def open_entry(self) -> None:
        """Offer two empty lines and today's date, or a draft, or a copy of an entry."""
        page = await self._ask("accounting.list_accounts", {"limit": 200})
        self.accounts = [
            {
                "value": a.key,
                "label": f"{a.code} {a.name}",
                "is_control": "yes" if a.is_control else "",
            }
            for a in page.rows
        ]
        found = await self._ask("accounting.list_cost_centres", {"is_active": True, "limit": 200})
        self.centres = [{"value": x.code, "label": x.name} for x in found.rows]
        self.today = str(await self._call(lambda ctx: ctx.today))
        self.form_key, self.form_error, self.field_errors = new_form_key(), "", {}
        self.head = {"day": self.today, "narration": ""}
        self.every, self.why, self._intent, self._draft_id = "", "", "post", ""
        self.template_id = ""
        self.lines = [self._new_line() for _ in range(FEWEST_LINES)]
        try:
            await self._start_from(dict(self.router.url.query_parameters))
        except DomainError as error:
            self.form_error = error.message
        self._add_up()

    async def _start_from(self, given: dict[str, str]) -> None:
        """Fill the form with the draft or the entry that the address names."""
        if draft_id := as_uuid(given.get("draft", "")):
            draft = await self._ask("accounting.get_draft", {"draft_id": draft_id})
            self._draft_id = str(draft_id)
            self.head = {"day": str(draft.effective_on), "narration": draft.narration}
            self.why = draft.why
            self.lines = [await self._line_of(line) for line in draft.lines]
        elif entry_id := as_uuid(given.get("copy", "")):
            entry = await self._ask("accounting.get_entry", {"entry_id": entry_id})
            self.head = {"day": self.today, "narration": entry.narration}
            self.lines = [await self._line_of(line) for line in entry.lines]
        elif template_id := as_uuid(given.get("template", "")):
            await self._start_from_template(template_id)

    async def _start_from_template(self, template_id: UUID) -> None:
        """Fill the form with a recurring entry, from the day that it comes next."""
        found = await self._ask("accounting.get_template", {"template_id": template_id})
        self.template_id, self.every = str(template_id), found.every.value
        self.head = {
            "day": str(found.next_on),
            "narration": found.narration,
            "ends_on": f"{found.ends_on or ''}",
            "posts": "yes" if found.posts else "",
        }
        self.lines = [await self._line_of(line) for line in found.lines]

    async def _line_of(self, line: Any) -> dict[str, str]:
        party = getattr(line, "party", "")
        if line.party_id and not party:
            party = (await self._ask("party.get_party", {"party_id": line.party_id})).name
        kept = {part: f"{getattr(line, part) or ''}" for part in PARTS - {"debit", "credit"}}
        sides = {side: f"{getattr(line, side) or ''}" for side in ("debit", "credit")}
        return self._new_line() | kept | sides | {"party": party} | self._control(line.account_key)

    def _control(self, key: str) -> dict[str, str]:
        known = {account["value"]: account["is_control"] for account in self.accounts}
        return {"is_control": known.get(key, "")}

    @handler(permission=PAGE)
    async def mean(self, intent: str) -> None:
        """Remember which button sends the form."""
        if intent in INTENTS:
            self._intent = intent

    @handler(permission=PAGE)
    async def repeat(self, every: str) -> None:
        """Let the entry come again each week, month, quarter or year; or not, unless it is one that does."""
        kept = self.every if self.template_id else ""
        self.every = every if every in REPEATS else kept

    @handler(permission=PAGE)
    async def choose_party(self, line_id: str, party_id: str) -> None:
        """Say whom a line is about."""
        await self.write(line_id, "party_id", party_id)

    @handler(permission=PAGE)
    async def add_line(self) -> None:
        """Add an empty line; it takes the difference, so that the entry balances."""
        if len(self.lines) < MOST_LINES:
            debits, owed = self._sums()
            gap = debits - owed
            side = {"credit": f"{gap:f}"} if gap > 0 else {"debit": f"{-gap:f}"} if gap else {}
            self.lines = [*self.lines, self._new_line() | side]
            self._add_up()

    @handler(permission=PAGE)
    async def drop_line(self, line_id: str) -> None:
        """Take a line away; two always stay."""
        if len(self.lines) > FEWEST_LINES:
            self.lines = [line for line in self.lines if line["id"] != line_id]
            self._add_up()

    @handler(permission=PAGE)
    async def write(self, line_id: str, part: str, value: str) -> None:
        """Set a part of a line; an amount on one side clears the other."""
        if part not in PARTS:
            return
        given = {part: f"{value}".strip()[:500]}
        if part in {"debit", "credit"} and given[part]:
            given |= {"credit" if part == "debit" else "debit": ""}
        if part == "account_key":
            given |= self._control(given[part])
        self.lines = [line | given if line["id"] == line_id else line for line in self.lines]
        self._add_up()

    @handler(permission=PAGE)
    async def post(self, form: dict[str, Any]) -> AsyncIterator[Any]:
        """Post the entry and show it."""
        self.is_busy, self.form_error, self.field_errors = True, "", {}
        yield
        head = dict(form) if isinstance(form, dict) else {}
        for event in await self._posted(head):
            yield event
        self.is_busy = False

    async def _posted(self, head: dict[str, Any]) -> Sequence[EventSpec]:
        given = {key: head.get(key) for key in ("idempotency_key", "effective_on", "narration")}
        lines = [
            {part: line[part] for part in PARTS if line[part] or part == "account_key"}
            for line in self.lines
        ]
        try:
            return await self._sent(given | {"lines": lines}, head)
        except (ValidationError, DomainError) as error:
            self.field_errors = errors_by_field(error)
            self.form_error = (
                error.message
                if isinstance(error, DomainError)
                else "Some fields need another look."
            )
            self._mark_lines()
            return []

    async def _sent(self, given: dict[str, Any], head: dict[str, Any]) -> Sequence[EventSpec]:
        """Save a draft, save a recurring entry, or post."""
        draft = {"draft_id": self._draft_id} if self._draft_id else {}
        if self._intent == "draft":
            await self._run("accounting.save_draft", given | draft)
            return [rx.toast.success("Draft saved."), rx.redirect("/books/drafts")]
        if self.every:
            day = given.pop("effective_on")
            ends = {"ends_on": head["ends_on"]} if head.get("ends_on") else {}
            again = {"every": self.every, "first_on": day, "posts": is_ticked(head.get("posts"))}
            known = {"template_id": self.template_id} if self.template_id else {}
            await self._run("accounting.save_template", given | again | ends | known)
            words = "Changed from that day on." if known else "It will come again."
            return [rx.toast.success(words), rx.redirect("/books/recurring")]
        made = await self._run("accounting.post_manual_entry", given | draft)
        return [rx.toast.success("Entry posted."), rx.redirect(f"/books/journal/{made.id}")]

    def _mark_lines(self) -> None:
        """Put each line's first error at the line."""
        faults = {
            at: words
            for at in range(len(self.lines))
            for name, words in self.field_errors.items()
            if name.startswith(f"lines.{at}.")
        }
        self.lines = [line | {"error": faults.get(at, "")} for at, line in enumerate(self.lines)]

    def _new_line(self) -> dict[str, str]:
        self._made += 1
        return {
            "id": f"line-{self._made}",
            "account_key": "",
            "debit": "",
            "credit": "",
            "note": "",
            "cost_centre": "",
            "party_id": "",
            "party": "",
            "is_control": "",
            "error": "",
        }

    def _sums(self) -> tuple[Decimal, Decimal]:
        debits = sum((_amount(line["debit"]) for line in self.lines), ZERO)
        return debits, sum((_amount(line["credit"]) for line in self.lines), ZERO)

    def _add_up(self) -> None:
        debits, owed = self._sums()
        self.total_debit, self.total_credit = money_text(debits), money_text(owed)
        self.difference = money_text(abs(debits - owed)) if debits or owed else ""
        self.is_balanced = debits == owed and debits > 0


def _amount(text: str) -> Decimal:
    """Read an amount as typed; what is none counts as nothing until it is sent."""
    try:
        amount = Decimal(text or "0")
    except InvalidOperation:
        return ZERO
    return amount if amount.is_finite() and abs(amount) < LARGEST else ZERO
