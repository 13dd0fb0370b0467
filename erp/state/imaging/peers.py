"""DICOM peers: who may speak to us and what for, calling them, and the titles we are called by."""

from collections.abc import Mapping
from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.state.asking import DialogFormState
from erp.state.listing import ListState
from erp.state.registry import handler
from erp.state.session import new_form_key
from erp.state.submitting import is_ticked

VIEW = "imaging.view"
OPERATE = "imaging.operate"
RIGHTS = ("may_store", "may_query", "may_retrieve", "may_worklist", "uses_tls")
TEXTS = ("name", "ae_title", "address", "host", "modality", "model", "serial", "certificate")


class PeerListState(ListState, rx.State):
    """Active peers by branch and AE title, and our own titles above them."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "imaging.list_peers"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("ae_title", "AE title", Kind.CODE, detail="name"),
        Column("address", "Lets in from", detail="place", wide_only=True),
        Column("may", "May"),
        Column("last_object_at", "Last object", Kind.INSTANT, wide_only=True),
        Column("echo", "Last echo", tone="echo_tone", wide_only=True),
    )
    topics: ClassVar[tuple[str, ...]] = ("imaging",)

    may_operate: bool = False
    titles: list[dict[str, str]] = []
    asked: dict[str, str] = {}
    is_asking: bool = False

    async def _reload(self) -> None:
        """Show the list, our titles, and what may be done only to those who may do it."""
        self.may_operate = (await self._principal()).may(OPERATE)
        found = await self._ask("imaging.list_entities")
        self.titles = [
            {"id": f"{row.id}", "title": row.ae_title, "about": row.name, "branch": row.branch}
            for row in found.rows
        ]
        await super()._reload()

    def _entry(self, row: Any) -> Any:
        tone = "" if not row.echo else "green" if row.echo_ok else "red"
        place = f"Called at {row.place}" if row.place else "Never called"
        return row.model_dump() | {"echo_tone": tone or "gray", "place": place}

    def _aside(self, row: Any) -> dict[str, str]:
        texts = {name: f"{getattr(row, name)}" for name in TEXTS}
        rights = {name: "yes" if getattr(row, name) else "" for name in RIGHTS}
        return {"has_place": "yes" if row.host else "", "port": f"{row.port or ''}"} | {
            f"own_{name}": value for name, value in (texts | rights).items()
        }

    @handler(permission=OPERATE)
    async def echo(self, device_id: str) -> EventSpec:
        """Call a peer; the answer appears in its row."""
        try:
            await self._run("imaging.ask_echo", {"device_id": f"{device_id}"})
        except DomainError as error:
            return rx.toast.error(error.message)
        await self._reload()
        return rx.toast.info("Calling. The answer appears in the row.")

    @handler(permission=OPERATE)
    async def ask_retire(self, kind: str, thing_id: str, label: str) -> None:
        """Ask before a peer or one of our titles is retired."""
        self.asked = {"kind": f"{kind}"[:10], "id": f"{thing_id}"[:40], "label": f"{label}"[:120]}
        self.is_asking = True

    @handler(permission=OPERATE)
    async def keep(self) -> None:
        """Close the question."""
        self.is_asking = False

    @handler(permission=OPERATE)
    async def retire(self) -> EventSpec:
        """Let the peer in no more, or answer no more to the title."""
        self.is_asking = False
        is_peer = self.asked.get("kind") == "peer"
        action = "imaging.retire_device" if is_peer else "imaging.retire_entity"
        field = "device_id" if is_peer else "entity_id"
        given = {field: self.asked.get("id", ""), "idempotency_key": new_form_key()}
        try:
            await self._run(action, given)
        except DomainError as error:
            return rx.toast.error(error.message)
        await self._reload()
        return rx.toast.success("Retired. What came by it stays.")


class PeerFormState(DialogFormState, rx.State):
    """Adds a peer, or changes what one may do."""

    permission: ClassVar[str] = OPERATE
    command: ClassVar[str] = "imaging.add_peer"

    values: dict[str, str] = {}
    branches: list[dict[str, str]] = []

    async def _prepare(self) -> None:
        found = await self._ask("identity.list_branches")
        own = (await self._principal()).branch_id
        rows = sorted(found.rows, key=lambda branch: branch.id != own)
        self.branches = [
            {"value": f"{branch.id}", "label": f"{branch.code} · {branch.name}"} for branch in rows
        ]
        page = await self.get_state(PeerListState)
        known = next((row for row in page.rows if row["id"] == self.subject.get("id")), None)
        self.values = _values(known or {"own_may_store": "yes"})

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = {key: value for key, value in form.items() if value not in ("", None)}
        port = f"{given.pop('port', '')}".strip()
        if port:
            given["port"] = int(port) if port.isascii() and port.isdigit() else port
        given |= {name: is_ticked(form.get(name)) for name in RIGHTS}
        if self.subject.get("id"):
            given.pop("branch_id", None)
            given.pop("ae_title", None)
            given["device_id"] = self.subject["id"]
        return given

    def _action(self) -> str:
        return "imaging.change_peer" if self.subject.get("id") else "imaging.add_peer"

    async def _done(self, result: Any) -> str:  # noqa: ARG002  nothing to show of it
        page = await self.get_state(PeerListState)
        await page._reload()  # noqa: SLF001  sister of this state
        return "Saved. It counts from the peer's next association."


class TitleFormState(DialogFormState, rx.State):
    """Adds an AE title of ours."""

    permission: ClassVar[str] = OPERATE
    command: ClassVar[str] = "imaging.add_entity"

    branches: list[dict[str, str]] = []

    async def _prepare(self) -> None:
        found = await self._ask("identity.list_branches")
        own = (await self._principal()).branch_id
        rows = sorted(found.rows, key=lambda branch: branch.id != own)
        self.branches = [
            {"value": f"{branch.id}", "label": f"{branch.code} · {branch.name}"} for branch in rows
        ]

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        return {key: value for key, value in form.items() if value not in ("", None)}

    async def _done(self, result: Any) -> str:  # noqa: ARG002  nothing to show of it
        page = await self.get_state(PeerListState)
        await page._reload()  # noqa: SLF001  sister of this state
        return "Peers of the branch may call it now."


def _values(row: Mapping[str, str]) -> dict[str, str]:
    names = (*TEXTS, *RIGHTS)
    return {name: row.get(f"own_{name}", "") for name in names} | {"port": row.get("port", "")}
