"""What laboratories call analytes: seen, changed, ended, taken up again."""

from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.state.asking import DialogFormState
from erp.state.laboratory.reports import analyte_choices
from erp.state.laboratory.wording import RECORD, TOPIC, VIEW
from erp.state.listing import ListState
from erp.state.registry import handler
from erp.state.session import new_form_key

STANDINGS = {"used": "In use", "ended": "Ended"}
TONES = {"used": "green", "ended": "gray"}


class MappingsState(ListState, rx.State):
    """Mappings, the latest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "laboratory.list_mappings"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("told", "The laboratory's test", detail="laboratory"),
        Column("analyte", "Is", detail="unit"),
        Column("mapped_at", "Since", Kind.INSTANT, detail="mapped_by_name", wide_only=True),
        Column("standing", "Standing", Kind.STATUS, labels=STANDINGS, tones=TONES),
    )
    filter_keys: ClassVar[tuple[str, ...]] = ("laboratory_id",)
    topics: ClassVar[tuple[str, ...]] = (TOPIC,)

    laboratories: list[dict[str, str]] = []
    may_record: bool = False
    asked: dict[str, str] = {}
    is_asking: bool = False

    async def _reload(self) -> None:
        """Show the list with the laboratories it may be narrowed to."""
        found = await self._ask("laboratory.list_laboratories")
        self.laboratories = [{"value": f"{row.id}", "label": row.name} for row in found.rows]
        self.may_record = (await self._principal()).may(RECORD)
        await super()._reload()

    def _aside(self, row: Any) -> dict[str, str]:
        return {"is_active": "yes" if row.standing == "used" else ""}

    @handler(permission=RECORD)
    async def ask_end(self, mapping_id: str, told: str) -> None:
        """Ask before a mapping is ended."""
        self.asked = {"id": f"{mapping_id}"[:40], "told": f"{told}"[:120]}
        self.is_asking = True

    @handler(permission=RECORD)
    async def keep(self) -> None:
        """Close the question."""
        self.is_asking = False

    @handler(permission=RECORD)
    async def end(self) -> EventSpec:
        """End the mapping that was asked about."""
        self.is_asking = False
        words = "Ended. Rows with this test wait for a person from now on."
        return await self._set(self.asked.get("id", ""), is_active=False, words=words)

    @handler(permission=RECORD)
    async def take_up(self, mapping_id: str) -> EventSpec:
        """Use an ended mapping again."""
        return await self._set(f"{mapping_id}", is_active=True, words="In use again.")

    async def _set(self, mapping_id: str, *, is_active: bool, words: str) -> EventSpec:
        given = {"mapping_id": mapping_id, "is_active": is_active}
        try:
            await self._run(
                "laboratory.change_mapping", given | {"idempotency_key": new_form_key()}
            )
        except DomainError as error:
            return rx.toast.error(error.message)
        await self._reload()
        return rx.toast.success(words)


class ChangeMappingState(DialogFormState, rx.State):
    """Says anew which analyte a laboratory means."""

    permission: ClassVar[str] = RECORD
    command: ClassVar[str] = "laboratory.change_mapping"
    subject_field: ClassVar[str] = "mapping_id"
    done_words: ClassVar[str] = "Changed for what comes from now on."

    analytes: list[dict[str, str]] = []

    async def _prepare(self) -> None:
        self.analytes = await analyte_choices(self)

    async def _bring_up_to_date(self) -> None:
        page = await self.get_state(MappingsState)
        await page._reload()  # noqa: SLF001  sister of this state
