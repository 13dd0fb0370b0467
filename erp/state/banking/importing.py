"""One file of a bank: which column is what, what it would bring, and importing it."""

from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.errors import ConfirmationRequired, DomainError
from erp.core.formatting import counted, date_text, group_count, money_text
from erp.services import identity
from erp.state.banking.wording import RECONCILE
from erp.state.reading import RecordState
from erp.state.registry import PAGE, handler
from erp.state.showing import NOTHING

MOST_ROWS = 60


class BankFileState(RecordState, rx.State):
    """A file as lines of its account, before it is imported."""

    permission: ClassVar[str] = RECONCILE

    headers: list[dict[str, str]] = []
    parts: dict[str, str] = {}
    date_order: str = ""
    opening: str = ""
    closing: str = ""
    rows: list[dict[str, str]] = []
    reading_problem: str = ""
    question: str = ""
    is_busy: bool = False

    @handler(permission=PAGE)
    async def open_file(self) -> None:
        """Show the file that the address names, read as its account's last one was."""
        self.parts, self.date_order, self.opening, self.closing = {}, "", "", ""
        self.question = ""
        await self.open_record()

    @handler(permission=RECONCILE)
    async def read_as(self, part: str, column: str) -> None:
        """Take another column for a part; none takes the part out."""
        chosen = {key: place for key, place in self.parts.items() if key != part}
        self.parts = chosen | ({part: column} if column else {})
        await self._show()

    @handler(permission=RECONCILE)
    async def order_days(self, order: str) -> None:
        """Read days in another order."""
        self.date_order = f"{order}"[:3]
        await self._show()

    @handler(permission=RECONCILE)
    async def take_balance(self, name: str, amount: str) -> None:
        """Take a balance that the file does not say; empty for none."""
        text = f"{amount}".replace(",", "").strip()[:24]
        self.opening, self.closing = (
            (text, self.closing) if name == "opening" else (self.opening, text)
        )
        await self._show()

    @handler(permission=RECONCILE)
    async def bring(self) -> list[EventSpec]:
        """Import the file."""
        return await self._bring()

    @handler(permission=RECONCILE)
    async def bring_anyway(self) -> list[EventSpec]:
        """Import a file that nothing proves complete: a person takes responsibility."""
        self.question = ""
        return await self._bring("unproven_statement")

    @handler(permission=PAGE)
    async def keep_looking(self) -> None:
        """Close the question without doing anything."""
        self.question = ""

    async def _bring(self, *confirm: str) -> list[EventSpec]:
        try:
            done = await self._run("banking.import_statement", self._reading(), confirm=confirm)
        except ConfirmationRequired as error:
            self.question = error.message
            return []
        except (DomainError, ValidationError) as error:
            return [rx.toast.error(getattr(error, "message", "Look at the balances again."))]
        known = f" {group_count(done.known)} were known." if done.known else ""
        said = f"{counted(done.lines, 'line', 'lines')} imported.{known}"
        return [rx.toast.success(said), rx.redirect(f"/bank/{self.head.get('account_id', '')}")]

    def _reading(self) -> dict[str, Any]:
        given: dict[str, Any] = {"file_id": self.head.get("id", "")}
        if self.parts:
            given["columns"] = {part: int(place) for part, place in self.parts.items()}
        balances = {"date_order": self.date_order, "opening": self.opening, "closing": self.closing}
        return given | {name: text for name, text in balances.items() if text}

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:  # noqa: ARG002  of every record
        self.reading_problem = ""
        try:
            seen = await self._ask(
                "banking.preview_statement", self._reading() | {"file_id": record_id}
            )
        except (DomainError, ValidationError) as error:
            if not self.head:
                raise
            self.reading_problem = getattr(error, "message", "Type balances as plain amounts.")
            return
        self.parts = {part.value: str(place) for part, place in seen.columns.items()}
        self.date_order = seen.date_order.value
        self.headers = [
            {"value": str(place), "label": header or f"Column {place + 1}"}
            for place, header in enumerate(seen.headers)
        ]
        self.rows = [_row(row) for row in seen.rows[:MOST_ROWS]]
        self.head = _head(seen)


def _head(seen: Any) -> dict[str, str]:
    is_asked = seen.refusal_code == "unproven_statement"
    days = f"{date_text(seen.from_day)} to {date_text(seen.to_day)}" if seen.from_day else NOTHING
    return {
        "id": str(seen.file_id),
        "account_id": str(seen.bank_account_id),
        "account": seen.account,
        "name": seen.file_name,
        "is_table": "yes" if seen.format == "table" else "",
        "imported": "yes" if seen.statement_id else "",
        "lines": group_count(seen.lines),
        "days": days,
        "new": group_count(seen.new),
        "known": f"{group_count(seen.known)} known already" if seen.known else "",
        "opening": NOTHING if seen.opening is None else money_text(seen.opening),
        "closing": NOTHING if seen.closing is None else money_text(seen.closing),
        "refusal": "" if is_asked or seen.statement_id else seen.refusal,
        "may_bring": "yes" if is_asked or not seen.refusal else "",
    }


def _row(row: Any) -> dict[str, str]:
    return {
        "row": str(row.row),
        "day": date_text(row.booked_on) if row.booked_on else "",
        "text": row.problem or row.text,
        "detail": row.reference,
        "amount": money_text(row.amount) if row.amount is not None else "",
        "balance": money_text(row.balance) if row.balance is not None else "",
        "wrong": "yes" if row.problem else "",
    }
