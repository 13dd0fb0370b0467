"""Gateway accounts: the list, one of them, opening, changing, and new keys."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import instant_text, money_text
from erp.core.settings import get_settings
from erp.services import identity
from erp.state import live
from erp.state.asking import DialogFormState
from erp.state.gateways.wording import ARRANGE, PROVIDERS, SETTLE, STATE_TONES, STATES, VIEW
from erp.state.reading import RecordState
from erp.state.registry import PAGE, handler
from erp.state.session import SessionState
from erp.state.showing import display_rows
from erp.state.submitting import FormState, is_ticked

ACCOUNT_COLUMNS = (
    Column("name", "Account", detail="provider"),
    Column("branch", "Branch", wide_only=True),
    Column("open_exceptions", "To settle", Kind.COUNT, wide_only=True),
    Column("state", "State", Kind.STATUS, labels=STATES, tones=STATE_TONES),
    Column("clearing", "With the provider", Kind.MONEY),
)
NOT_BANKS = frozenset({"cheques_in_hand", "upi_clearing", "card_clearing", "gateway_clearing"})
HOOK: str = "/api/erp/gateways/{}/events"


class GatewayListState(SessionState, rx.State):
    """Every gateway account with what the provider holds."""

    permission: ClassVar[str] = VIEW

    is_loading: bool = True
    rows: list[dict[str, str]] = []
    may_arrange: bool = False

    @handler(permission=PAGE)
    async def open_accounts(self) -> None:
        """Show the accounts."""
        await self._show()
        self.is_loading = False

    @handler(permission=PAGE, background=True)
    async def listen(self) -> None:
        """Show the accounts again whenever something changes at a gateway."""
        async for _ in live.changes(self, "gateways"):
            async with self:
                await self._show()

    async def _show(self) -> None:
        principal = await self._principal()
        found = await self._ask("gateways.list_accounts")
        entries = [
            row.model_dump() | {"provider": PROVIDERS[row.provider.value]} for row in found.rows
        ]
        self.rows = display_rows(entries, ACCOUNT_COLUMNS, principal.time_zone, "/gateways/{id}")
        self.may_arrange = principal.may(ARRANGE)


class OpenGatewayState(FormState, rx.State):
    """Opens an account; its secrets stay in no var."""

    permission: ClassVar[str] = ARRANGE
    command: ClassVar[str] = "gateways.open_account"

    banks: list[dict[str, str]] = []
    fees: list[dict[str, str]] = []

    @handler(permission=PAGE)
    async def open_form(self) -> None:
        """Offer an empty form."""
        self._renew()
        self.banks, self.fees = await ledger_choices(self)

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        return given | {"is_interstate": is_ticked(given.get("is_interstate"))}

    def _show_refusal(self, error: Any) -> None:
        super()._show_refusal(error)
        self._held = {}

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        self._held = {}
        said = rx.toast.success("Account opened. Give its address to the provider.")
        return [said, rx.redirect(f"/gateways/{result.id}")]


class GatewayState(RecordState, rx.State):
    """One gateway account and what may be done with it."""

    permission: ClassVar[str] = VIEW
    topics: ClassVar[tuple[str, ...]] = ("gateways",)

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        found = await self._ask("gateways.get_account", {"account_id": record_id})
        self.head = _head(found, principal.time_zone) | {
            "may_arrange": "yes" if principal.may(ARRANGE) else "",
            "may_settle": "yes" if principal.may(SETTLE) else "",
        }

    @handler(permission=ARRANGE)
    async def act(self, verb: str) -> EventSpec | None:
        """Try the keys, close or open the account again."""
        words = {
            "check": "The keys are being tried.",
            "close": "Closed. Nothing new is asked for through it.",
            "reopen": "Open again.",
        }
        if verb not in words:
            return None
        return await self._do(f"gateways.{verb}_account", words[verb])

    @handler(permission=SETTLE)
    async def fetch(self) -> EventSpec:
        """Ask the provider for settlements."""
        return await self._do(
            "gateways.fetch_settlements", "The provider is asked for settlements."
        )

    async def _do(self, name: str, words: str) -> EventSpec:
        try:
            await self._run(name, {"account_id": self.head.get("id", "")})
        except DomainError as error:
            return rx.toast.error(error.message)
        await self._show()
        return rx.toast.success(words)


class ChangeGatewayState(DialogFormState, rx.State):
    """Changes what the account of the page is called and where it is booked."""

    permission: ClassVar[str] = ARRANGE
    command: ClassVar[str] = "gateways.change_account"
    subject_field: ClassVar[str] = "account_id"

    banks: list[dict[str, str]] = []
    fees: list[dict[str, str]] = []
    facts: dict[str, str] = {}

    async def _prepare(self) -> None:
        self.banks, self.fees = await ledger_choices(self)
        page = await self.get_state(GatewayState)
        self.facts = dict(page.head)

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        return given | {"is_interstate": is_ticked(given.get("is_interstate"))}

    async def _bring_up_to_date(self) -> None:
        await (await self.get_state(GatewayState))._show()  # noqa: SLF001  sister of this state


class RotateKeysState(DialogFormState, rx.State):
    """Gives the account of the page new keys; they stay in no var."""

    permission: ClassVar[str] = ARRANGE
    command: ClassVar[str] = "gateways.rotate_keys"
    subject_field: ClassVar[str] = "account_id"
    done_words: ClassVar[str] = "Kept. The new keys are being tried."

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = super()._payload(form)
        return {name: text for name, text in given.items() if text}

    def _show_refusal(self, error: Any) -> None:
        super()._show_refusal(error)
        self._held = {}

    async def _bring_up_to_date(self) -> None:
        self._held = {}
        await (await self.get_state(GatewayState))._show()  # noqa: SLF001  sister of this state


async def ledger_choices(state: Any) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Return accounts of the ledger that are at a bank, and those of expenses."""
    found = await state._ask("accounting.list_accounts", {"limit": 200})  # noqa: SLF001  of the same kind

    def choices(rows: Any, first: str) -> list[dict[str, str]]:
        ordered = sorted(rows, key=lambda row: (row.key != first, row.code))
        return [{"value": row.key, "label": f"{row.code} {row.name}"} for row in ordered]

    banks = [
        row for row in found.rows if row.group_name == "Bank Accounts" and row.key not in NOT_BANKS
    ]
    fees = [row for row in found.rows if row.type == "expense"]
    return choices(banks, "bank"), choices(fees, "gateway_charges")


def _head(found: Any, zone: str) -> dict[str, str]:
    def when(moment: Any) -> str:
        return instant_text(moment, zone) if moment else ""

    rejected = f"{found.rejected_calls}, the last {when(found.last_rejected_at)}"
    return {
        "id": str(found.id),
        "name": found.name,
        "about": f"{PROVIDERS[found.provider.value]} · {found.branch}",
        "provider": found.provider.value,
        "state": STATES[found.state],
        "tone": STATE_TONES[found.state],
        "key_id": found.key_id,
        "hook": f"{get_settings().public_url}{HOOK.format(found.id)}",
        "bank": found.bank,
        "bank_key": found.bank_key,
        "fee_key": found.fee_key,
        "is_interstate": "yes" if found.is_interstate else "",
        "tax": "Integrated tax" if found.is_interstate else "Central and state tax",
        "supplier_gstin": found.supplier_gstin,
        "is_active": "yes" if found.is_active else "",
        "clearing": money_text(found.clearing),
        "open_exceptions": str(found.open_exceptions) if found.open_exceptions else "",
        "rejected": rejected if found.rejected_calls else "None",
        "last_event": when(found.last_event_at),
        "settlements_at": when(found.settlements_at),
        "checked": when(found.checked_at),
        "previous": when(found.previous_until),
        "warning": found.check_problem or found.last_problem,
    }
