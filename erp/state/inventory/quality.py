"""What is looked at when goods come: the checklists, their forms, and what was found."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.formatting import counted, group_count, instant_text, plain_decimal
from erp.state.catalog.wording import FORMS
from erp.state.inventory.stock import VIEW
from erp.state.lining import Line, LinedFormState
from erp.state.listing import ListState
from erp.state.registry import PAGE, SIGNED_IN, handler
from erp.state.session import SessionState, as_uuid
from erp.state.submitting import is_ticked

PLAN = "inventory.plan"
GENERAL = "All other goods"
OUTCOMES = {"passed": "Passed", "failed": "Failed"}
OUTCOME_TONES = {"passed": "green", "failed": "red"}
KINDS = {"yes_no": "Yes or no", "text": "Text", "number": "Number"}
ANSWERS = {"yes": "yes", "no": "no"}


class ChecklistState(SessionState, rx.State):
    """The checklists in force, by form."""

    permission: ClassVar[str] = VIEW

    is_loading: bool = True
    may_plan: bool = False
    checklists: list[dict[str, str]] = []
    points: dict[str, list[dict[str, str]]] = {}

    @handler(permission=PAGE)
    async def open_checklists(self) -> None:
        """Show the newest version of each."""
        principal = await self._principal()
        self.may_plan = principal.may(PLAN)
        found = await self._ask("inventory.list_checklists")
        self.points = {str(row.id): [_point(x) for x in row.points] for row in found.rows}
        self.checklists = [
            {
                "id": str(row.id),
                "name": row.name,
                "form": FORMS.get(row.form or "", GENERAL),
                "words": f"Version {row.version}, {row.set_by},"
                f" {instant_text(row.set_at, principal.time_zone)}",
                "count": counted(len(row.points), "point") if row.points else "Nothing is asked",
                "href": f"/stock/checklists/edit?form={row.form or ''}",
            }
            for row in found.rows
        ]
        self.is_loading = False


def _point(point: Any) -> dict[str, str]:
    limits = (
        f"from {plain_decimal(point.minimum)}" if point.minimum is not None else "",
        f"to {plain_decimal(point.maximum)}" if point.maximum is not None else "",
        point.unit,
    )
    kind = " ".join(part for part in (KINDS[point.kind], *limits) if part)
    return {
        "id": str(point.point_no),
        "question": point.question,
        "words": kind if point.is_required else f"{kind}, not required",
    }


class ChecklistFormState(LinedFormState, rx.State):
    """Makes the next version of a form's checklist."""

    permission: ClassVar[str] = PLAN
    command: ClassVar[str] = "inventory.set_checklist"
    line_field: ClassVar[str] = "question"

    is_loading: bool = True
    form_of: str = ""
    is_known: bool = False
    name: str = ""

    @handler(permission=PAGE)
    async def open_checklist(self) -> None:
        """Begin with the points in force of the form that the address names."""
        self.is_loading = True
        self._restart()
        given = dict(self.router.url.query_parameters)
        self.is_known, self.form_of = "form" in given, given.get("form", "")[:40]
        self.name = ""
        found = await self._ask("inventory.list_checklists")
        known = next(
            (x for x in found.rows if self.is_known and (x.form or "") == self.form_of), None
        )
        if known is not None:
            self.name = known.name
            for point in known.points:
                self._add_line(_typed_point(point))
        elif not self.lines:
            self._add_line(_typed_point(None))
        self.is_loading = False

    @handler(permission=PAGE)
    async def add_point(self) -> EventSpec | None:
        """Ask one thing more."""
        return self._add_line(_typed_point(None))

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = {name: form[name] for name in ("idempotency_key", "name", "form") if form.get(name)}
        if self.is_known and self.form_of:
            given["form"] = self.form_of
        return given | {"points": [self._point_typed(form, line) for line in self.lines]}

    def _point_typed(self, form: Mapping[str, Any], line: Line) -> dict[str, Any]:
        typed = self._typed(form, line, "question", "kind", "minimum", "maximum", "unit")
        required = self._typed(form, line, "is_required").get("is_required", "")
        return typed | {"is_required": is_ticked(required)}

    def _field_at(self, field: str) -> str:
        return super()._field_at(field.replace("points", "lines", 1))

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        words = f"Version {result.version} is asked from the next delivery on."
        return [rx.toast.success(words), rx.redirect("/stock/checklists")]


def _typed_point(point: Any) -> Line:
    if point is None:
        return {
            "question": "", "kind": "yes_no", "required": "yes", "minimum": "", "maximum": "",
            "unit": "",
        }  # fmt: skip
    return {
        "question": point.question,
        "kind": str(point.kind),
        "required": "yes" if point.is_required else "",
        "minimum": "" if point.minimum is None else plain_decimal(point.minimum),
        "maximum": "" if point.maximum is None else plain_decimal(point.maximum),
        "unit": point.unit,
    }


class CheckListState(ListState, rx.State):
    """What was found of a lot, of a delivery, or of all goods that came."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "inventory.list_checks"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("label", "Goods", sort="label", detail="lot_number"),
        Column("outcome", "Outcome", Kind.STATUS, sort="outcome", detail="waiting", labels=OUTCOMES,
               tones=OUTCOME_TONES),
        Column("points", "Found", detail="checked_by"),
        Column("received_on", "Came", Kind.DATE, sort="received_on", detail="supplier", wide_only=True),
        Column("quantity", "Units", Kind.COUNT, sort="quantity", wide_only=True),
    )  # fmt: skip
    row_link: ClassVar[str] = "/stock/lots/{lot_id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("lot_id", "receipt_id", "outcome")
    part_keys: ClassVar[tuple[str, ...]] = ("lot_id", "receipt_id")
    topics: ClassVar[tuple[str, ...]] = ("inventory",)

    is_shown: bool = False

    @handler(permission=SIGNED_IN)
    async def open_checks(self) -> None:
        """Show what was found of the lot or the delivery that the address names."""
        self.is_shown, self.rows = False, []
        asked = dict(self.router.url.query_parameters).get("origin_id", "")
        last = self.router.url.path.rstrip("/").rpartition("/")[2]
        key, named = ("receipt_id", as_uuid(asked)) if asked else ("lot_id", as_uuid(last))
        if named is None or not (await self._principal()).may(VIEW):
            return
        self.search, self.filters = "", {key: str(named)}
        self._rewind()
        await self._reload()
        self.is_shown = bool(self.rows)

    def _entry(self, row: Any) -> Any:
        apart = f"{group_count(row.waiting)} in quarantine" if row.waiting else ""
        said = [
            f"{x.question}: {ANSWERS.get(x.answer, x.answer)}{x.unit and ' ' + x.unit}"
            + (" (failed)" if x.is_failed else "")
            for x in sorted(row.points, key=lambda x: not x.is_failed)
        ]
        return row.model_dump() | {
            "points": "; ".join(said) or "Nothing noted",
            "waiting": apart,
            "checked_by": f"{row.checked_by}, {row.checklist} v{row.version}",
            "lot_number": f"Lot {row.lot_number}",
        }


def point_rows(points: Sequence[Any]) -> list[dict[str, str]]:
    """Return the points of a checklist as a delivery's form asks them."""
    return [
        {
            "no": str(x.point_no),
            "kind": str(x.kind),
            "question": x.question if x.is_required else f"{x.question} (optional)",
            "hint": _limits(x),
        }
        for x in points
    ]


def _limits(point: Any) -> str:
    if point.minimum is None and point.maximum is None:
        return str(point.unit)
    low = "" if point.minimum is None else plain_decimal(point.minimum)
    high = "" if point.maximum is None else plain_decimal(point.maximum)
    between = (
        f"{low} to {high}" if low and high else f"at least {low}" if low else f"at most {high}"
    )
    return f"{between} {point.unit}".strip()
