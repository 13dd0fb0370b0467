"""Remedies and brands: their lists, one of each with its products, and the forms that change them."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import group_count
from erp.services import identity
from erp.state.asking import DialogFormState
from erp.state.catalog.products import EDIT
from erp.state.catalog.wording import BY_THE_BOOK, FORMS, STANDING_TONES, STANDINGS, names_typed
from erp.state.listing import ListState
from erp.state.reading import RecordState
from erp.state.registry import handler
from erp.state.showing import display_rows
from erp.state.submitting import FormState, is_ticked

VIEW = "catalog.view"
MADE_COLUMNS = (
    Column("name", "Product"),
    Column("brand", "Brand"),
    Column("form", "Form", labels=FORMS, wide_only=True),
)
_STANDING = Column(
    "standing", "Standing", Kind.STATUS, labels=STANDINGS, tones=STANDING_TONES, sort="standing"
)
_MADE = Column("products", "Products", Kind.COUNT, sort="products")


class RemediesState(ListState, rx.State):
    """Remedies by name."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "catalog.list_remedies"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("name", "Remedy", sort="name", detail="abbreviations"),
        Column("synonyms", "Also known as", wide_only=True),
        Column("is_pharmacopoeial", "Pharmacopoeia", labels=BY_THE_BOOK, wide_only=True),
        _MADE,
        _STANDING,
    )
    row_link: ClassVar[str] = "/remedies/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("standing",)
    topics: ClassVar[tuple[str, ...]] = ("catalog",)

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {
            "abbreviations": ", ".join(row.abbreviations),
            "synonyms": ", ".join(row.synonyms),
            "is_pharmacopoeial": str(row.is_pharmacopoeial).lower(),
        }


class BrandsState(ListState, rx.State):
    """Brands by name."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "catalog.list_brands"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("name", "Brand", sort="name", detail="merged_into"),
        _MADE,
        _STANDING,
    )
    row_link: ClassVar[str] = "/brands/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("standing",)
    topics: ClassVar[tuple[str, ...]] = ("catalog",)

    def _entry(self, row: Any) -> Any:
        into = f"Merged into {row.merged_into}" if row.merged_into else ""
        return row.model_dump() | {"merged_into": into}


class _FamilyState(RecordState, mixin=True):
    """One remedy or brand with the products that share it."""

    permission: ClassVar[str] = VIEW
    topics: ClassVar[tuple[str, ...]] = ("catalog",)
    kind: ClassVar[str] = ""

    made: list[dict[str, str]] = []

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        found = await self._ask(f"catalog.get_{self.kind}", {f"{self.kind}_id": record_id})
        rows = [row.model_dump() | {"id": row.product_id} for row in found.made]
        self.made = display_rows(rows, MADE_COLUMNS, principal.time_zone, "/products/{product_id}")
        may_edit = principal.may(EDIT) and found.standing != "merged"
        self.head = _head(found) | self._facts(found) | {"may_edit": "yes" if may_edit else ""}

    def _facts(self, found: Any) -> dict[str, str]:  # noqa: ARG002  a remedy has more
        return {}

    @handler(permission=EDIT)
    async def change_status(self, is_active: bool) -> EventSpec:  # noqa: FBT001  an event's value
        """Retire it, or take it back into use."""
        given = {f"{self.kind}_id": self.head.get("id", ""), "is_active": bool(is_active)}
        try:
            await self._run(f"catalog.set_{self.kind}_status", given)
        except DomainError as error:
            return rx.toast.error(error.message)
        await self._show()
        return rx.toast.success("In use again." if is_active else "Retired: no new product has it.")


class RemedyState(_FamilyState, rx.State):
    """One remedy."""

    kind: ClassVar[str] = "remedy"

    def _facts(self, found: Any) -> dict[str, str]:
        return {
            "synonyms": ", ".join(found.synonyms),
            "abbreviations": ", ".join(found.abbreviations),
            "is_pharmacopoeial": str(found.is_pharmacopoeial).lower(),
            "book": BY_THE_BOOK[str(found.is_pharmacopoeial).lower()],
        }


class BrandState(_FamilyState, rx.State):
    """One brand."""

    kind: ClassVar[str] = "brand"


def _head(found: Any) -> dict[str, str]:
    return {
        "id": str(found.id),
        "name": found.name,
        "count": group_count(found.products),
        "standing": STANDINGS[found.standing],
        "tone": STANDING_TONES[found.standing],
        "is_active": "yes" if found.standing == "in_use" else "",
        "merged_into": found.merged_into,
        "merged_into_id": str(found.merged_into_id or ""),
    }


class EditRemedyState(DialogFormState, rx.State):
    """Corrects a remedy's names."""

    permission: ClassVar[str] = EDIT
    command: ClassVar[str] = "catalog.update_remedy"
    subject_field: ClassVar[str] = "remedy_id"
    done_words: ClassVar[str] = "Saved. All its products are found by these names."

    facts: dict[str, str] = {}

    async def _prepare(self) -> None:
        page = await self.get_state(RemedyState)
        named = ("name", "synonyms", "abbreviations", "is_pharmacopoeial")
        self.facts = {name: page.head.get(name, "") for name in named}

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(FormState._payload(self, form))
        names = {name: names_typed(given.get(name)) for name in ("synonyms", "abbreviations")}
        by_the_book = is_ticked(given.get("is_pharmacopoeial"))
        return given | names | {"is_pharmacopoeial": by_the_book, "remedy_id": self.subject["id"]}

    async def _bring_up_to_date(self) -> None:
        await (await self.get_state(RemedyState))._show()


class EditBrandState(DialogFormState, rx.State):
    """Renames a brand."""

    permission: ClassVar[str] = EDIT
    command: ClassVar[str] = "catalog.update_brand"
    subject_field: ClassVar[str] = "brand_id"
    done_words: ClassVar[str] = "Renamed on the labels of all its products."

    async def _bring_up_to_date(self) -> None:
        await (await self.get_state(BrandState))._show()


class MergeRemedyState(DialogFormState, rx.State):
    """Makes a remedy another one."""

    permission: ClassVar[str] = EDIT
    command: ClassVar[str] = "catalog.merge_remedy"
    subject_field: ClassVar[str] = "remedy_id"
    done_words: ClassVar[str] = "Merged. Its products and names are the other's now."

    async def _bring_up_to_date(self) -> None:
        await (await self.get_state(RemedyState))._show()


class MergeBrandState(DialogFormState, rx.State):
    """Makes a brand another one."""

    permission: ClassVar[str] = EDIT
    command: ClassVar[str] = "catalog.merge_brand"
    subject_field: ClassVar[str] = "brand_id"
    done_words: ClassVar[str] = "Merged. Its products carry the other's name now."

    async def _bring_up_to_date(self) -> None:
        await (await self.get_state(BrandState))._show()
