"""The organisation's names and branches, and the forms that change them."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from erp.services import identity
from erp.state.reading import RecordState
from erp.state.registry import PAGE, handler
from erp.state.session import SessionState
from erp.state.submitting import FormState

VIEW, EDIT = "identity.view", "organisation.edit"
SCHEMES: Mapping[str, str] = {
    "regular": "Regular",
    "composition": "Composition",
    "unregistered": "Not registered",
}
TYPED = ("name", "address", "city", "pin", "phone", "drug_licence_no", "upi_address")


class OrganisationState(SessionState, rx.State):
    """The company's names, and its branches by code."""

    permission: ClassVar[str] = VIEW

    is_loading: bool = True
    may_edit: bool = False
    head: dict[str, str] = {}
    branches: list[dict[str, str]] = []

    @handler(permission=PAGE)
    async def open_organisation(self) -> None:
        """Show the names and every branch."""
        found = await self._ask("organisation.get_organisation")
        self.may_edit = (await self._principal()).may(EDIT)
        self.head = {
            "legal_name": found.legal_name,
            "trade_name": found.trade_name,
            "pan": found.pan or "Not known",
            "scheme": SCHEMES[found.scheme],
            "time_zone": found.time_zone,
        }
        self.branches = [_facts(branch) for branch in found.branches]
        self.is_loading = False
        (await self.get_state(NamesState))._renew()  # noqa: SLF001  sister of this state


class NamesState(FormState, rx.State):
    """Changes the company's names."""

    permission: ClassVar[str] = EDIT
    command: ClassVar[str] = "organisation.rename_organisation"

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        return dict(form)

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:  # noqa: ARG002  nothing to show of it
        told = rx.toast.success("Saved. Papers say it from now on; those of before keep theirs.")
        return [told, OrganisationState.open_organisation]


class NewBranchState(FormState, rx.State):
    """Opens a branch."""

    permission: ClassVar[str] = EDIT
    command: ClassVar[str] = "organisation.add_branch"

    is_registered: bool = True
    own_state: str = ""

    @handler(permission=PAGE)
    async def open_branch_form(self) -> None:
        """Offer an empty form."""
        found = await self._ask("organisation.get_organisation")
        self.is_registered = any(branch.gstin for branch in found.branches)
        self.own_state = found.branches[0].state_code
        self._renew()

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        return given | {
            name: given[name].strip().upper() for name in ("code", "gstin") if name in given
        }

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        told = rx.toast.success("The branch is open. A warehouse, a till and its people come next.")
        return [told, rx.redirect(f"/organisation/branches/{result.id}")]


class BranchState(RecordState, rx.State):
    """One branch as papers name it today; the form beside it changes that."""

    permission: ClassVar[str] = VIEW

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        branch = await self._ask("organisation.get_branch", {"branch_id": record_id})
        self.head = _facts(branch) | {"may_edit": "yes" if principal.may(EDIT) else ""}
        (await self.get_state(EditBranchState))._aim(record_id)  # noqa: SLF001  sister of this state


class EditBranchState(FormState, rx.State):
    """Changes what papers say of a branch."""

    permission: ClassVar[str] = EDIT
    command: ClassVar[str] = "organisation.update_branch"

    _branch_id: str = ""

    def _aim(self, branch_id: UUID) -> None:
        self._branch_id = str(branch_id)
        self._renew()

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        typed = {name: f"{form.get(name, '')}".strip() for name in TYPED}
        key = {"idempotency_key": form.get("idempotency_key", "")}
        return typed | key | {"branch_id": self._branch_id}

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:  # noqa: ARG002  nothing to show of it
        told = rx.toast.success("Saved. Papers say it from now on; those of before keep theirs.")
        return [told, BranchState.open_record]


def _facts(branch: Any) -> dict[str, str]:
    place = " ".join(part for part in (branch.city, branch.pin) if part)
    return {
        "id": str(branch.id),
        "code": branch.code,
        "state": f"{branch.state} ({branch.state_code})",
        "gstin": branch.gstin or "Not registered",
        "where": ", ".join(part for part in (branch.address, place) if part),
    } | {name: getattr(branch, name) or "" for name in TYPED}
