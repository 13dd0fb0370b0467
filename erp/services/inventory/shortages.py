"""What is said where a basket asks for more than there is."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.inventory.errors import InsufficientStock


class Asked(Protocol):
    """A line that asks for goods."""

    @property
    def line_no(self) -> int:
        """Its number, from 1."""

    @property
    def variant_id(self) -> UUID:
        """The goods."""

    @property
    def quantity(self) -> int:
        """Base units."""


class Held(Protocol):
    """A balance."""

    on_hand: int
    reserved: int
    is_sellable: bool


def shortage_of(
    session: Session,
    ctx: RequestContext,
    wanted: Sequence[Asked],
    shortages: Mapping[int, int],
    stock: Mapping[UUID, Sequence[Held]],
) -> InsufficientStock:
    """Return the refusal that names every short line, what there is and what to do."""
    short = [line for line in wanted if line.line_no in shortages]
    names = _labels(session, ctx, [line.variant_id for line in short])
    messages = {
        f"lines.{line.line_no - 1}.quantity": _shortage_text(
            names.get(line.variant_id, "this product"),
            shortages[line.line_no],
            stock.get(line.variant_id, ()),
        )
        for line in short
    }
    lines = [
        {
            "line_no": line.line_no,
            "variant_id": str(line.variant_id),
            "wanted": line.quantity,
            "available": shortages[line.line_no],
        }
        for line in short
    ]
    return InsufficientStock(" ".join(messages.values()), fields=messages, details={"lines": lines})


def _shortage_text(name: str, available: int, shelves: Sequence[Held]) -> str:
    blocked = sum(shelf.on_hand for shelf in shelves if not shelf.is_sellable)
    reserved = sum(shelf.reserved for shelf in shelves if shelf.is_sellable)
    held_back = [f"{blocked} expired or on hold"] if blocked else []
    held_back += [f"{reserved} reserved"] if reserved else []
    besides = f" ({', '.join(held_back)})" if held_back else ""
    if available == 0:
        return f"{name} is sold out here{besides}. Remove the line or receive stock."
    return f"Only {available} of {name} can be sold here{besides}. Lower the quantity."


def _labels(session: Session, ctx: RequestContext, variant_ids: Sequence[UUID]) -> dict[UUID, Any]:
    rows = db.fetch_all(
        session,
        "select id, label from variant where tenant_id = %s and id = any(%s)",
        (ctx.tenant_id, list(variant_ids)),
    )
    return {row["id"]: row["label"] for row in rows}
