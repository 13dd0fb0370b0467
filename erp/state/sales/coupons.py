"""Coupons: all of them, a new one, and what documents used one."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import group_count, money_text
from erp.services import identity
from erp.state.listing import ListState
from erp.state.reading import RecordState
from erp.state.registry import PAGE, handler
from erp.state.sales.wording import (
    SET,
    STANDING_TONES,
    STANDINGS,
    VIEW,
    coupon_terms,
    coupon_words,
    days_words,
)
from erp.state.session import as_uuid
from erp.state.submitting import FormState

AMOUNTS = ("percent", "amount", "max_discount", "min_bill", "max_uses")
DOCUMENTS = {"sale": "/sales/{id}"}
"""Where each kind of document that used a coupon is shown."""
USES = {"used": "Used", "given_back": "Given back"}
USE_TONES = {"used": "green", "given_back": "gray"}


class CouponsState(ListState, rx.State):
    """Coupons, the newest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "sales.list_coupons"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("code", "Coupon", Kind.CODE, sort="code", detail="name"),
        Column("percent", "Takes off", detail="customer"),
        Column("valid_from", "Days", sort="valid_from", wide_only=True),
        Column("used", "Used", Kind.COUNT, sort="used", detail="max_uses"),
        Column("given", "Given", Kind.MONEY, sort="given", wide_only=True),
        Column("standing", "Standing", Kind.STATUS, labels=STANDINGS, tones=STANDING_TONES),
    )
    row_link: ClassVar[str] = "/coupons/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("standing",)
    topics: ClassVar[tuple[str, ...]] = ("sales", "pos")

    may_set: bool = False

    _today: date = date.min

    @handler(permission=PAGE)
    async def open_coupons(self) -> None:
        """Learn what may be done here."""
        self.may_set = (await self._principal()).may(SET)
        self._today = await self._call(lambda ctx: ctx.today)

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {
            "percent": coupon_words(row),
            "customer": coupon_terms(row),
            "valid_from": days_words(row.valid_from, row.valid_until, self._today),
            "max_uses": f"of {group_count(row.max_uses)}",
        }


class NewCouponState(FormState, rx.State):
    """Makes a coupon."""

    permission: ClassVar[str] = SET
    command: ClassVar[str] = "sales.create_coupon"

    value: str = "percent"

    @handler(permission=PAGE)
    async def open_new(self) -> None:
        """Offer an empty form."""
        self._renew()
        self.value = "percent"

    @handler(permission=PAGE)
    async def choose_value(self, value: str) -> None:
        """Ask for a percentage, or for an amount."""
        if value in {"percent", "amount"}:
            self.value = value

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        given.pop("value", None)
        given |= {name: f"{given[name]}".replace(",", "") for name in AMOUNTS if name in given}
        return given | {"is_once_each": bool(form.get("is_once_each"))}

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        return [
            rx.toast.success("The coupon may be used at the till now."),
            rx.redirect(f"/coupons/{result.id}"),
        ]


class CouponState(RecordState, rx.State):
    """One coupon."""

    permission: ClassVar[str] = VIEW
    topics: ClassVar[tuple[str, ...]] = ("sales", "pos")

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        found = await self._ask("sales.get_coupon", {"coupon_id": record_id})
        today = await self._call(lambda ctx: ctx.today)
        self.head = _head(found, today) | {"may_set": "yes" if principal.may(SET) else ""}

    @handler(permission=SET)
    async def change_status(self, is_active: bool) -> EventSpec:  # noqa: FBT001  an event's value
        """Stop the coupon, or let it be used again."""
        given = {"coupon_id": self.head.get("id", ""), "is_active": bool(is_active)}
        try:
            await self._run("sales.set_coupon_status", given)
        except DomainError as error:
            return rx.toast.error(error.message)
        await self._show()
        return rx.toast.success("It may be used again." if is_active else "Stopped.")


class CouponUsesState(ListState, rx.State):
    """The documents that used the coupon that the address names, the latest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "sales.list_coupon_uses"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("number", "Document"),
        Column("used_at", "When", Kind.INSTANT, detail="used_by", wide_only=True),
        Column("customer", "Customer"),
        Column("total", "Bill", Kind.MONEY, wide_only=True),
        Column("discount", "Taken off", Kind.MONEY),
        Column("standing", "Standing", Kind.STATUS, labels=USES, tones=USE_TONES),
    )
    row_link: ClassVar[str] = "{href}"
    topics: ClassVar[tuple[str, ...]] = ("pos",)

    _coupon_id: str = ""

    @handler(permission=PAGE)
    async def open_uses(self) -> None:
        """Learn which coupon is meant."""
        self._coupon_id = str(as_uuid(self.router.url.path.rstrip("/").rpartition("/")[2]) or "")

    def _fixed(self) -> dict[str, str]:
        return {"coupon_id": self._coupon_id}

    def _entry(self, row: Any) -> Any:
        href = DOCUMENTS.get(row.document_type, "").format(id=row.document_id)
        number = row.number or row.document_type.replace("_", " ").capitalize()
        return row.model_dump() | {"id": row.use_no, "href": href, "number": number}


def _head(row: Any, today: date) -> dict[str, str]:
    left = max(row.max_uses - row.used, 0)
    return {
        "words": coupon_words(row),
        "terms": coupon_terms(row),
        "days": days_words(row.valid_from, row.valid_until, today),
        "id": str(row.id),
        "code": row.code,
        "name": row.name,
        "is_active": "yes" if row.is_active else "",
        "standing": STANDINGS[row.standing],
        "tone": STANDING_TONES[row.standing],
        "min_bill": money_text(row.min_bill) if row.min_bill else "",
        "customer": row.customer or "Everyone",
        "once": "Once each" if row.is_once_each else "As often as uses are left",
        "used": group_count(row.used),
        "left": f"{group_count(left)} of {group_count(row.max_uses)} left",
        "given": money_text(row.given),
    }
