"""The desk where statements are matched: what waits, what each line may be, one key to accept."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.errors import ConfirmationRequired, DomainError
from erp.core.formatting import counted, date_text, group_count, instant_text, money_text
from erp.core.money import ZERO
from erp.services import identity
from erp.state.banking.wording import MATCH_COLUMNS, RECONCILE, STATEMENT_COLUMNS, TOPIC, VIEW
from erp.state.reading import RecordState
from erp.state.registry import PAGE, handler
from erp.state.showing import display_rows

MOST_LINES = 100
KEYS = {
    "j": "next", "ArrowDown": "next", "k": "previous", "ArrowUp": "previous", "Enter": "first",
    "b": "book", "p": "party", "u": "undo",
    "1": "1", "2": "2", "3": "3", "4": "4", "5": "5",
}  # fmt: skip
"""Keys of the desk; they do nothing while somebody types or a dialog is open."""
_SHOW_CHOSEN = "setTimeout(() => document.querySelector('.bank-lines [aria-selected=true]')?.scrollIntoView({block: 'nearest'}), 60)"  # noqa: E501  a script


class BankState(RecordState, rx.State):
    """One account: its lines that wait, and what the chosen one may be."""

    permission: ClassVar[str] = VIEW
    topics: ClassVar[tuple[str, ...]] = (TOPIC, "payments")

    lines: list[dict[str, str]] = []
    chosen: str = ""
    suggestions: list[dict[str, str]] = []
    reasons: list[list[str]] = []
    books: list[dict[str, str]] = []
    picked: list[str] = []
    picked_sum: str = ""
    picked_fits: bool = False
    matches: list[dict[str, str]] = []
    statements: list[dict[str, str]] = []
    percent: int = 0
    may_reconcile: bool = False
    is_busy: bool = False
    question: str = ""

    _actions: list[dict[str, Any]] = []
    _amounts: dict[str, str] = {}
    _held: list[Any] = []

    @handler(permission=PAGE)
    async def open_bank(self) -> None:
        """Show the account that the address names, from its first line that waits."""
        self.chosen, self.picked, self.question = "", [], ""
        await self.open_record()

    @handler(permission=PAGE)
    async def choose(self, line_id: str) -> None:
        """Look at what a line may be."""
        await self._choose(f"{line_id}"[:40])

    @handler(permission=PAGE)
    async def press(self, key: str) -> AsyncIterator[Any]:
        """Do what a key stands for."""
        does = KEYS.get(f"{key}", f"{key}")
        if does in {"next", "previous"}:
            await self._step(1 if does == "next" else -1)
            yield rx.call_script(_SHOW_CHOSEN)
        elif does == "first":
            for event in await self._accept(0, asks=True):
                yield event
        elif does.isdigit():
            for event in await self._accept(int(does) - 1):
                yield event
        elif does in {"book", "party", "undo"}:
            await self._dialog(does)

    @handler(permission=RECONCILE)
    async def accept(self, place: int) -> list[EventSpec]:
        """Accept a suggestion: run exactly the command that it names."""
        return await self._accept(int(place))

    @handler(permission=RECONCILE)
    async def go_on(self) -> list[EventSpec]:
        """Repeat what was asked about: a person takes responsibility."""
        self.question = ""
        return await self._do(*self._held) if self._held else []

    @handler(permission=PAGE)
    async def keep_looking(self) -> None:
        """Close the question without doing anything."""
        self.question, self._held = "", []

    @handler(permission=RECONCILE)
    async def pick(self, line_id: str) -> None:
        """Take a line of the books, or leave it again."""
        known = f"{line_id}"
        if known in self._amounts:
            others = [one for one in self.picked if one != known]
            self.picked = others if known in self.picked else [*others, known]
            self._weigh()

    @handler(permission=RECONCILE)
    async def match_picked(self) -> list[EventSpec]:
        """Match the chosen line with the picked ones; these alone where they add up to nothing."""
        total = sum((Decimal(self._amounts[one]) for one in self.picked), ZERO)
        given = {
            "bank_account_id": self.head.get("id", ""),
            "bank_lines": [{"bank_line_id": self.chosen}] if total and self.chosen else [],
            "ledger_lines": self._picked_lines(),
        }
        return await self._do("banking.match_lines", given)

    @handler(permission=RECONCILE)
    async def apply_rules(self) -> list[EventSpec]:
        """Book what automatic rules fit."""
        booked = refused = left = 0
        given, why = {"bank_account_id": self.head.get("id", ""), "cursor": ""}, ""
        try:
            while True:
                done = await self._run("banking.apply_rules", given)
                booked, refused, left = (
                    booked + done.booked,
                    refused + done.refused,
                    left + done.left,
                )
                why, given["cursor"] = why or done.first_refusal, done.next_cursor
                if not done.next_cursor:
                    break
        except (DomainError, ValidationError) as error:
            await self._show()
            return [rx.toast.error(getattr(error, "message", "Open the account again."))]
        await self._show()
        said = f"{counted(booked, 'line', 'lines')} booked by rules."
        if left:
            said += f" {left} left to you: the books may have them already."
        if refused:
            return [rx.toast.warning(f"{said} {refused} refused: {why}")]
        return [rx.toast.success(said)]

    @handler(permission=RECONCILE)
    async def uploaded(self, file_id: str, known: str) -> list[EventSpec]:
        """Go to the file that came."""
        to = rx.redirect(f"/bank/{self.head.get('id', '')}/import/{file_id[:40]}")
        return (
            [rx.toast.warning("This file was uploaded before. Here it is."), to] if known else [to]
        )

    async def _step(self, by: int) -> None:
        ids = [line["id"] for line in self.lines]
        if ids:
            at = ids.index(self.chosen) if self.chosen in ids else 0
            await self._choose(ids[min(max(at + by, 0), len(ids) - 1)])

    async def _choose(self, line_id: str) -> None:
        known = {line["id"] for line in self.lines}
        self.chosen = line_id if line_id in known else next(iter([x["id"] for x in self.lines]), "")
        self.picked = []
        self.suggestions, self._actions, self.reasons = [], [], []
        if self.chosen and self.may_reconcile:
            try:
                found = await self._ask("banking.suggest_matches", {"bank_line_id": self.chosen})
            except DomainError:
                self._weigh()
                return
            self.suggestions = [
                {
                    "key": str(place),
                    "place": str(place - 1),
                    "title": row.title,
                    "does": _does(row.action),
                    "unsure": "yes" if row.is_ambiguous else "",
                }
                for place, row in enumerate(found.rows, start=1)
            ]
            self.reasons = [row.reasons for row in found.rows]
            self._actions = [row.model_dump() for row in found.rows]
        self._weigh()

    async def _accept(self, place: int, *, asks: bool = False) -> list[EventSpec]:
        if not 0 <= place < len(self._actions) or not self.may_reconcile:
            return [rx.toast.warning("There is no suggestion for this key.")]
        action = self._actions[place]
        if asks and action["is_ambiguous"]:
            return [rx.toast.warning(f"{action['reasons'][-1]}. Choose one with 1 to 5.")]
        return await self._do(action["action"], action["given"])

    async def _do(self, command: str, given: dict[str, Any], confirm: str = "") -> list[EventSpec]:
        if self.is_busy:
            return []
        self.is_busy = True
        try:
            await self._run(command, given, confirm=[confirm] if confirm else [])
        except ConfirmationRequired as error:
            self.question, self._held = error.message, [command, given, error.code]
            return []
        except (DomainError, ValidationError) as error:
            return [rx.toast.error(getattr(error, "message", "Look at the line again."))]
        finally:
            self.is_busy = False
        await self._moved_on()
        return [rx.toast.success("Matched."), rx.call_script(_SHOW_CHOSEN)]

    async def _moved_on(self) -> None:
        """Show the account again, at the line after the one that was matched."""
        ids = [line["id"] for line in self.lines]
        at = ids.index(self.chosen) if self.chosen in ids else 0
        rest = ids[at + 1 :] + ids[:at]
        self.chosen = rest[0] if rest else ""
        self.picked = []
        await self._show()

    async def _dialog(self, name: str) -> None:
        """Open the form for a key, where there is something that it is about."""
        from erp.state.banking import dialogs  # noqa: PLC0415  they show this page again

        if name == "undo" and self.matches:
            last = self.matches[0]
            await (await self.get_state(dialogs.UnmatchState)).open_dialog(last["id"], last["bank"])
        elif name != "undo" and self.chosen and self.may_reconcile:
            state = dialogs.BookLineState if name == "book" else dialogs.PayLineState
            label = next(line["text"] for line in self.lines if line["id"] == self.chosen)
            await (await self.get_state(state)).open_dialog(self.chosen, label)

    def _picked_lines(self) -> list[dict[str, Any]]:
        split = [one.rpartition(".") for one in self.picked]
        return [{"entry_id": entry, "line_no": int(number)} for entry, _, number in split]

    def _rest(self) -> str:
        """Return what the picked lines leave of the chosen one, as a form takes it."""
        total = sum((Decimal(self._amounts.get(one, "0")) for one in self.picked), ZERO)
        wanted = next((Decimal(x["plain"]) for x in self.lines if x["id"] == self.chosen), ZERO)
        return str(wanted - total)

    def _weigh(self) -> None:
        """Say what the picked lines add up to, and whether that is the chosen line."""
        total = sum((Decimal(self._amounts.get(one, "0")) for one in self.picked), ZERO)
        is_pair = not total and len(self.picked) > 1
        self.picked_sum = money_text(total) if self.picked else ""
        self.picked_fits = bool(self.picked) and (is_pair or not Decimal(self._rest()))

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        about = {"bank_account_id": record_id}
        account = await self._ask("banking.get_account", about)
        found = await self._ask("banking.list_lines", about | {"limit": MOST_LINES})
        books = (await self._ask("banking.list_waiting", about)).rows
        matches = (await self._ask("banking.list_matches", about | {"limit": 20})).rows
        statements = (await self._ask("banking.list_statements", about)).rows
        self.may_reconcile = principal.may(RECONCILE)
        self.lines = [_line(row) for row in found.rows]
        self.books = [_book(row) for row in books]
        self._amounts = {row.id: str(row.amount) for row in books}
        self.picked = [one for one in self.picked if one in self._amounts]
        self.matches = display_rows(matches, MATCH_COLUMNS, principal.time_zone)
        shown = [_statement(row, principal.time_zone) for row in statements]
        newest = str(statements[0].id) if statements and self.may_reconcile else ""
        self.statements = [
            row | {"may_withdraw": "yes" if row["id"] == newest else ""}
            for row in display_rows(shown, STATEMENT_COLUMNS, principal.time_zone)
        ]
        done = account.lines - account.waiting
        self.percent = 100 * done // account.lines if account.lines else 0
        self.head = _head(account, done)
        kept = self.picked
        await self._choose(self.chosen)
        self.picked = kept
        self._weigh()


def _does(action: str) -> str:
    return {
        "banking.match_lines": "Match",
        "banking.clear_cheque": "Clear cheque",
        "banking.receive_for_line": "Receive",
        "banking.pay_for_line": "Pay",
    }.get(action, "Book")


def _head(account: Any, done: int) -> dict[str, str]:
    return {
        "id": str(account.id),
        "name": account.name,
        "bank": f"{account.bank_name}, {account.number}",
        "ledger_href": f"/books/accounts/{account.account_id}",
        "at_bank": money_text(account.at_bank),
        "in_books": money_text(account.in_books),
        "difference": money_text(account.at_bank - account.in_books),
        "until": date_text(account.until) if account.until else "",
        "progress": f"{group_count(done)} of {group_count(account.lines)} matched",
        "waiting": str(account.waiting),
        "more": counted(account.waiting - MOST_LINES, "more line", "more lines")
        if account.waiting > MOST_LINES
        else "",
    }


def _line(row: Any) -> dict[str, str]:
    detail = " · ".join(
        part for part in (date_text(row.booked_on), row.reference, row.counterparty) if part
    )
    return {
        "id": str(row.id),
        "text": row.text,
        "detail": detail,
        "amount": money_text(row.amount),
        "plain": str(row.amount),
        "way": "in" if row.amount > 0 else "out",
    }


def _book(row: Any) -> dict[str, str]:
    return {
        "id": row.id,
        "text": row.narration,
        "detail": date_text(row.effective_on),
        "amount": money_text(row.amount),
        "href": f"/books/journal/{row.entry_id}",
    }


def _statement(row: Any, zone: str) -> dict[str, Any]:
    return row.model_dump() | {
        "imported": f"{instant_text(row.imported_at, zone)} · {row.imported_by}",
        "days": f"{date_text(row.from_day)} to {date_text(row.to_day)}",
        "known": f"{group_count(row.known_count)} known" if row.known_count else "",
    }
