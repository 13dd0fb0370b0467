"""Rules of a bank account: those that hold, and a new one tried before it is kept."""

from collections.abc import Mapping
from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import counted, date_text, money_text
from erp.state.asking import DialogFormState
from erp.state.banking.wording import RECONCILE, VIEW, account_choices
from erp.state.explaining import errors_by_field
from erp.state.registry import PAGE, handler
from erp.state.session import SessionState
from erp.state.showing import display_rows
from erp.state.submitting import is_ticked

RULE_COLUMNS = (
    Column("name", "Rule", detail="when"),
    Column("does", "Is", detail="note"),
    Column(
        "how", "How", Kind.STATUS, tones={"Automatic": "green", "Proposed": "blue"}, wide_only=True
    ),
    Column("priority", "Order", Kind.COUNT, wide_only=True),
    Column("used", "Used", Kind.COUNT, wide_only=True),
)
WAYS = {"": "either way", "in": "money in", "out": "money out"}
CONDITIONS = ("contains", "direction", "lowest", "highest")


class BankRulesState(SessionState, rx.State):
    """The rules of one account."""

    permission: ClassVar[str] = VIEW

    is_loading: bool = True
    accounts: list[dict[str, str]] = []
    account: str = ""
    rows: list[dict[str, str]] = []
    may_reconcile: bool = False

    @handler(permission=PAGE)
    async def open_rules(self) -> None:
        """Show the rules of the account that the address asks for, else of the first."""
        found = (await self._ask("banking.list_accounts")).rows
        self.accounts = [{"value": str(row.id), "label": row.name} for row in found]
        asked = self.router.url.query_parameters.get("account", "")
        known = [choice["value"] for choice in self.accounts]
        self.account = asked if asked in known else next(iter(known), "")
        await self._show()
        self.is_loading = False

    @handler(permission=PAGE)
    async def choose_account(self, account: str) -> None:
        """Show another account's rules."""
        if f"{account}" in {choice["value"] for choice in self.accounts}:
            self.account = f"{account}"
            await self._show()

    @handler(permission=RECONCILE)
    async def remove(self, rule_id: str) -> Any:
        """Let a rule hold no longer."""
        try:
            await self._run("banking.remove_rule", {"rule_id": f"{rule_id}"})
        except (DomainError, ValidationError) as error:
            return rx.toast.error(getattr(error, "message", "Load the rules again."))
        await self._show()
        return rx.toast.success("Removed. What it booked stays.")

    async def _show(self) -> None:
        principal = await self._principal()
        self.may_reconcile, self.rows = principal.may(RECONCILE), []
        if self.account:
            found = await self._ask("banking.list_rules", {"bank_account_id": self.account})
            rows = [_entry(row) for row in found.rows]
            self.rows = display_rows(rows, RULE_COLUMNS, principal.time_zone)


def _entry(row: Any) -> dict[str, Any]:
    between = " to ".join(money_text(x) for x in (row.lowest, row.highest) if x is not None)
    says = [f"“{row.contains}”" if row.contains else "", WAYS[row.direction], between]
    return row.model_dump() | {
        "when": ", ".join(part for part in says if part),
        "does": f"Payment of {row.party}" if row.party else row.account,
        "how": "Automatic" if row.is_automatic else "Proposed",
    }


class SetRuleState(DialogFormState, rx.State):
    """Keeps a rule, shown against the lines that are there first."""

    permission: ClassVar[str] = RECONCILE
    command: ClassVar[str] = "banking.set_rule"
    subject_field: ClassVar[str] = "bank_account_id"

    choices: list[dict[str, str]] = []
    tried: str = ""
    examples: list[dict[str, str]] = []

    _conditions: dict[str, str] = {}

    async def _prepare(self) -> None:
        self.tried, self.examples, self._conditions = "", [], {}
        page = await self._ask("accounting.list_accounts", {"limit": 200})
        self.choices = account_choices(page.rows)

    @handler(permission=RECONCILE)
    async def try_with(self, name: str, value: str) -> None:
        """Show which lines the conditions fit as they are typed."""
        if name not in CONDITIONS:
            return
        self._conditions = self._conditions | {name: f"{value}".replace(",", "").strip()[:120]}
        given = {key: text for key, text in self._conditions.items() if text}
        self.examples = []
        try:
            found = await self._ask(
                "banking.try_rule", given | {"bank_account_id": self.subject.get("id", "")}
            )
        except (ValidationError, DomainError) as error:
            self.tried = next(iter(errors_by_field(error).values()), "")
            return
        waits = counted(found.waiting, "line that waits", "lines that wait")
        self.tried = f"It fits {waits} and {found.matched} that are matched."
        self.examples = [
            {
                "id": str(x.id),
                "text": x.text,
                "when": date_text(x.booked_on),
                "amount": money_text(x.amount),
            }
            for x in found.lines[:5]
        ]

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        return given | {"is_automatic": is_ticked(given.get("is_automatic"))}

    async def _done(self, result: Any) -> str:  # noqa: ARG002  says the same each time
        await (await self.get_state(BankRulesState))._show()  # noqa: SLF001  sister of this state
        return "Rule kept."
