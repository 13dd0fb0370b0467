"""Forms over the desk of a bank account: book a line, receive or pay for it, undo a match."""

from collections.abc import Mapping
from typing import Any, ClassVar

import reflex as rx

from erp.state.asking import DialogFormState
from erp.state.banking.wording import RECONCILE, account_choices
from erp.state.banking.workspace import BankState
from erp.state.submitting import is_ticked

PARTS = ("1", "2", "3", "4")
"""Parts that the form offers; more are booked through the journal."""


class _OverDesk(DialogFormState, mixin=True):
    """A form about the chosen line."""

    permission: ClassVar[str] = RECONCILE
    subject_field: ClassVar[str] = "bank_line_id"

    async def _desk(self) -> BankState:
        return await self.get_state(BankState)

    async def _done(self, result: Any) -> str:  # noqa: ARG002  says the same each time
        await (await self._desk())._moved_on()  # noqa: SLF001  sister of this state
        return "Booked and matched."


class BookLineState(_OverDesk, rx.State):
    """Books the chosen line, or what the picked lines of the books leave of it."""

    command: ClassVar[str] = "banking.book_line"

    accounts: list[dict[str, str]] = []
    branches: list[dict[str, str]] = []
    own_branch: str = ""
    rest: str = ""

    _picked: list[dict[str, Any]] = []

    async def _prepare(self) -> None:
        desk = await self._desk()
        self._picked = desk._picked_lines()  # noqa: SLF001  sister of this state
        self.rest = desk._rest()  # noqa: SLF001
        page = await self._ask("accounting.list_accounts", {"limit": 200})
        self.accounts = account_choices(page.rows)
        found = (await self._ask("identity.list_branches")).rows
        known = [{"value": str(row.id), "label": row.name} for row in found]
        self.branches = known if len(known) > 1 else []
        self.own_branch = str((await self._principal()).branch_id)

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = super()._payload(form)
        lines = [
            {
                "account_key": given.get(f"account-{part}", ""),
                "amount": f"{given.get(f'amount-{part}', '0')}".replace(",", ""),
                "party_id": given.get("party_id") or None,
                "note": given.get("note", ""),
                "branch_id": given.get("branch_id") or None,
            }
            for part in PARTS
            if given.get(f"account-{part}") or given.get(f"amount-{part}")
        ]
        return {
            "idempotency_key": given.get("idempotency_key", ""),
            "bank_line_id": self.subject.get("id", ""),
            "narration": given.get("note", ""),
            "ledger_lines": self._picked,
            "lines": lines,
        }

    def _show_refusal(self, error: Any) -> None:
        super()._show_refusal(error)
        places = {
            f"lines.{at}.{name}": f"{name.removesuffix('_key')}-{part}"
            for at, part in enumerate(PARTS)
            for name in ("account_key", "amount")
        } | {f"lines.{at}.branch_id": "branch_id" for at in range(len(PARTS))}
        self.field_errors = {
            places.get(field, field): words for field, words in self.field_errors.items()
        }


class PayLineState(_OverDesk, rx.State):
    """Records the payment that the chosen line is, received or made by its sign."""

    command: ClassVar[str] = "banking.receive_for_line"

    is_receipt: bool = True

    async def _prepare(self) -> None:
        desk = await self._desk()
        self.is_receipt = not desk._rest().startswith("-")  # noqa: SLF001  sister of this state

    async def _run(self, command: str, payload: Any, **more: Any) -> Any:
        name = command if self.is_receipt else "banking.pay_for_line"
        return await super()._run(name, payload, **more)


class UnmatchState(_OverDesk, rx.State):
    """Undoes a match."""

    command: ClassVar[str] = "banking.unmatch"
    subject_field: ClassVar[str] = "match_id"

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        return given | {"take_back": is_ticked(given.get("take_back"))}

    async def _done(self, result: Any) -> str:  # noqa: ARG002  says the same each time
        await (await self._desk())._show()  # noqa: SLF001  sister of this state
        return "Undone. The lines wait again."


class WithdrawState(_OverDesk, rx.State):
    """Takes the import of the newest statement back."""

    command: ClassVar[str] = "banking.withdraw_statement"
    subject_field: ClassVar[str] = "statement_id"

    async def _done(self, result: Any) -> str:  # noqa: ARG002  says the same each time
        await (await self._desk())._show()  # noqa: SLF001  sister of this state
        return "Withdrawn. Its file can be imported again."
