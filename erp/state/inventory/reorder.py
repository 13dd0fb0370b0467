"""What to buy again: suggestions, why they are made, and what is decided about them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode

import reflex as rx

from erp.core.clock import business_date
from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import counted, date_text, group_count, money_text, plain_decimal
from erp.state.asking import DialogFormState
from erp.state.inventory.stock import VIEW
from erp.state.listing import ListState
from erp.state.registry import handler

REORDER = "inventory.reorder"
ORDER = "purchasing.order"
REQUEST = "purchasing.request"
_SOON_DAYS = 14
_URGENCY: Mapping[str, str] = {"late": "red", "soon": "amber", "": ""}


class ReorderState(ListState, rx.State):
    """Suggestions of the acting branch, those that run out first before the others."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "inventory.list_suggestions"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("label", "Product", sort="label", detail="sku"),
        Column("quantity", "Order", Kind.COUNT, sort="quantity", detail="value"),
        Column(
            "runs_out_on",
            "Runs out",
            Kind.DATE,
            sort="runs_out_on",
            tone="urgency",
            tones=_URGENCY,
            wide_only=True,
        ),
        Column(
            "available",
            "Available",
            Kind.COUNT,
            sort="available",
            detail="incoming",
            wide_only=True,
        ),
        Column(
            "reorder_point",
            "Reorder point",
            Kind.COUNT,
            sort="reorder_point",
            detail="basis",
            wide_only=True,
        ),
        Column("supplier", "Last bought from", sort="supplier", detail="reason", wide_only=True),
    )
    row_link: ClassVar[str] = "/stock?variant_id={variant_id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("status", "supplier_id")
    part_keys: ClassVar[tuple[str, ...]] = ("status",)
    topics: ClassVar[tuple[str, ...]] = ("inventory", "purchasing", "pos")

    suppliers: list[dict[str, str]] = []
    may_reorder: bool = False
    may_order: bool = False
    may_request: bool = False
    is_looking: bool = False
    _zone: str = "UTC"

    async def _reload(self) -> None:
        principal = await self._principal()
        self._zone = principal.time_zone
        await super()._reload()
        self.may_reorder, self.may_order = principal.may(REORDER), principal.may(ORDER)
        self.may_request = principal.may(REQUEST)
        found = await self._ask("inventory.suggested_suppliers")
        self.suppliers = [_supplier(row) for row in found.rows]

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {
            "urgency": _urgency(row, self._zone),
            "incoming": _beside(row),
            "value": _worth(row),
            "basis": _why(row),
            "reason": _closing(row),
        }

    def _aside(self, row: Any) -> dict[str, str]:
        about = {"variant_id": row.variant_id, "suggested": "yes"}
        named = {"supplier_id": row.supplier_id} if row.supplier_id else {}
        return {
            "is_open": "yes" if row.status == "open" else "",
            "variant_id": str(row.variant_id),
            "order_link": f"/purchases/new?{urlencode(about | named)}",
            "request_link": f"/purchases/requisitions/new?{urlencode(about)}",
        }

    @handler(permission=REORDER)
    async def look_now(self) -> Any:
        """Look at every product now, as each morning."""
        self.is_looking = True
        yield
        try:
            found = await self._run("inventory.suggest_reorders", {})
        except DomainError as error:
            yield rx.toast.error(error.message)
        else:
            await self._reload()
            yield rx.toast.success(_told(found))
        finally:
            self.is_looking = False


def _beside(row: Any) -> str:
    """Return what is on order, and what of the goods here will expire unsold."""
    coming = f"and {group_count(row.incoming)} on order" if row.incoming else ""
    risk = f"{group_count(row.at_risk)} will expire unsold" if row.at_risk else ""
    return "; ".join(part for part in (coming, risk) if part)


def _worth(row: Any) -> str:
    """Return what the goods cost last, and what came free with them."""
    cost = money_text(row.value) if row.value is not None else ""
    scheme = f"last came {row.scheme} free" if row.scheme else ""
    return ", ".join(part for part in (cost, scheme) if part)


class DismissState(DialogFormState, rx.State):
    """Says why not to buy."""

    permission: ClassVar[str] = REORDER
    command: ClassVar[str] = "inventory.dismiss_suggestion"
    subject_field: ClassVar[str] = "suggestion_id"

    async def _done(self, result: Any) -> str:  # noqa: ARG002  says the same each time
        await (await self.get_state(ReorderState))._reload()
        return "Dismissed."


class ReorderRuleState(DialogFormState, rx.State):
    """Decides for the branch when a product is bought again."""

    permission: ClassVar[str] = REORDER
    command: ClassVar[str] = "inventory.set_reorder_rule"
    subject_field: ClassVar[str] = "variant_id"

    own: dict[str, str] = {}
    facts: str = ""

    async def _prepare(self) -> None:
        plan = await self._ask("inventory.get_reorder_plan", {"variant_id": self.subject["id"]})
        self.own = {
            "reorder_point": "" if plan.own_point is None else str(plan.own_point),
            "lead_days": "" if plan.own_lead_days is None else str(plan.own_lead_days),
        }
        self.facts = f"Now {group_count(plan.reorder_point)}: {_why(plan).lower()}.{_sold(plan)}"

    async def _done(self, result: Any) -> str:  # noqa: ARG002  says the same each time
        await (await self.get_state(ReorderState))._reload()
        return "Saved. It counts from the next look."


def _sold(plan: Any) -> str:
    """Say how the supplier sells it; nothing where in any number."""
    if max(plan.least, plan.step) == 1:
        return ""
    steps = f" in steps of {group_count(plan.step)}" if plan.step > 1 else ""
    return f" Its supplier sells {group_count(plan.least)} or more{steps}."


def _urgency(row: Any, zone: str) -> str:
    """Tell whether it runs out before an order of today comes, or soon after."""
    if row.runs_out_on is None:
        return ""
    comes_on = business_date(row.suggested_at, zone) + timedelta(days=row.lead_days)
    if row.runs_out_on < comes_on:
        return "late"
    return "soon" if row.runs_out_on < comes_on + timedelta(days=_SOON_DAYS) else ""


def _why(plan: Any) -> str:
    if plan.basis == "branch":
        return "Set for this branch"
    if plan.basis == "product":
        return "The product's own warning"
    days = counted(plan.lead_days, "day")
    per_day = plain_decimal(round(plan.per_day, 2))
    return f"{per_day} a day over {days} + {group_count(plan.safety_stock)} for safety"


def _closing(row: Any) -> str:
    if row.status == "dismissed":
        return f"{row.closed_by}: {row.reason}, until {date_text(row.quiet_until)}"
    if row.status == "ordered":
        return f"Ordered by {row.closed_by}"
    if row.status == "requested":
        return f"Asked for by {row.closed_by}"
    return "Enough again" if row.status == "lapsed" else ""


def _supplier(row: Any) -> dict[str, str]:
    about = {"supplier_id": row.supplier_id, "suggested": "yes"}
    return {
        "id": str(row.supplier_id or ""),
        "name": row.supplier or "Not bought yet",
        "note": f"{counted(row.suggestions, 'product')} · {money_text(row.value)}",
        "order_link": f"/purchases/new?{urlencode(about)}" if row.supplier_id else "",
        "request_link": f"/purchases/requisitions/new?{urlencode(about)}"
        if row.supplier_id
        else "",
    }


def _told(found: Any) -> str:
    if found.suggested:
        return f"{counted(found.suggested, 'new suggestion')}."
    return "Nothing new: what is low is on the list or on order already."
