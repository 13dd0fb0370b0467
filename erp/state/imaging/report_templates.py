"""Templates of reports: texts and sections of one protocol, tried out, then published."""

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import quote

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import instant_text
from erp.services import imaging
from erp.state.explaining import errors_by_field
from erp.state.registry import PAGE, handler
from erp.state.session import SessionState, new_form_key

VIEW = "imaging.view"
MANAGE = "imaging.manage"
TEXTS = ("title", "intro", "closing", "header", "footer")
SECTION_LABELS = {
    "patient": "Patient",
    "technique": "Session and device",
    "images": "Key images",
    "measurements": "Measurements",
    "checklist": "Checklist",
    "comments": "Comments",
    "summary": "Summary",
    "addenda": "Addenda",
    "signature": "Decision and signature",
}
ALWAYS = frozenset({"patient", "signature"})
MAY_BE_REQUIRED = frozenset(
    {"images", "measurements", "checklist", "comments", "summary", "signature"}
)
INHERITED = {
    "": "",
    "general": "It is printed like every other protocol, until it has a template of its own.",
    "built_in": "The built-in layout is used until a template is published.",
}
COLUMNS = ("1", "2", "3")


class TemplatesState(SessionState, rx.State):
    """Every protocol, and the template of the one that is looked at.

    Attributes:
        texts: What stands in the fields; `opening` counts what was put there.
    """

    permission: ClassVar[str] = VIEW

    is_loading: bool = True
    may_manage: bool = False
    rows: list[dict[str, str]] = []
    code: str = ""
    name: str = ""
    note: str = ""
    inherited: str = ""
    texts: dict[str, str] = {}
    opening: int = 0
    sections: list[dict[str, str]] = []
    left_out: list[dict[str, str]] = []
    placeholders: str = ""
    versions: list[dict[str, str]] = []
    is_changed: bool = False
    errors: dict[str, str] = {}

    _sections: list[dict[str, Any]] = []
    _example: str = ""

    @handler(permission=PAGE)
    async def open_templates(self) -> None:
        """Show the protocols, and the template of the first or of the one looked at before."""
        self.may_manage = (await self._principal()).may(MANAGE)
        found = (await self._ask("imaging.list_protocols")).rows
        self.rows = [{"code": row.code, "name": row.name} for row in found]
        known = self.code if self.code in {row["code"] for row in self.rows} else ""
        await self._open(known)
        self.is_loading = False

    @handler(permission=VIEW)
    async def choose(self, code: str) -> None:
        """Look at another protocol; what was not published is dropped."""
        await self._open(f"{code}"[:64])

    @handler(permission=MANAGE)
    async def type_text(self, name: str, value: str) -> None:
        """Take what was typed into a field."""
        if name in TEXTS and self.texts.get(name) != f"{value}":
            self.texts = self.texts | {name: f"{value}"[:1200]}
            self.is_changed = True

    @handler(permission=MANAGE)
    async def raise_section(self, place: int) -> None:
        """Print a section earlier."""
        if isinstance(place, int) and 0 < place < len(self._sections):
            changed = list(self._sections)
            changed[place - 1], changed[place] = changed[place], changed[place - 1]
            self._show_sections(changed)

    @handler(permission=MANAGE)
    async def leave_out(self, kind: str) -> None:
        """Print a section no more."""
        if kind not in ALWAYS:
            self._show_sections([one for one in self._sections if one["kind"] != kind])

    @handler(permission=MANAGE)
    async def put_in(self, kind: str) -> None:
        """Print a section again, before the signature."""
        known = {one["kind"] for one in self._sections}
        if kind in SECTION_LABELS and kind not in known:
            new = {"kind": kind, "heading": "", "is_required": False, "columns": 2}
            at = next(i for i, one in enumerate(self._sections) if one["kind"] == "signature")
            self._show_sections([*self._sections[:at], new, *self._sections[at:]])

    @handler(permission=MANAGE)
    async def require(self, kind: str) -> None:
        """Say that no report is made without a section, or that it may be."""
        if kind in MAY_BE_REQUIRED:
            self._change(kind, lambda one: {"is_required": not one["is_required"]})

    @handler(permission=MANAGE)
    async def choose_columns(self, columns: str) -> None:
        """Say how many key images stand beside each other."""
        if columns in COLUMNS:
            self._change("images", lambda _: {"columns": int(columns)})

    @handler(permission=MANAGE)
    async def name_section(self, kind: str, heading: str) -> None:
        """Give a section a heading of its own; empty for the usual one."""
        self._change(f"{kind}", lambda _: {"heading": f"{heading}".strip()[:60]})

    @handler(permission=MANAGE)
    async def preview(self) -> EventSpec | None:
        """Keep what is tried out, and show a report laid out by it."""
        if not await self._send("imaging.try_report_template", {}):
            return rx.toast.error(next(iter(self.errors.values()), "This is not possible."))
        about = f"sessions/{self._example}/" if self._example else ""
        address = f"/api/erp/imaging/{about}report-preview.pdf?trial_code={_quoted(self.code)}"
        return rx.redirect(address, is_external=True)

    @handler(permission=MANAGE)
    async def publish(self) -> EventSpec:
        """Make what is shown the next version."""
        if not self.is_changed:
            return rx.toast.info("Nothing has changed since the version in force.")
        saved = await self._send(
            "imaging.save_report_template", {"idempotency_key": new_form_key()}
        )
        if not saved:
            return rx.toast.error(next(iter(self.errors.values()), "This is not possible."))
        await self._open(self.code)
        return rx.toast.success(f"Version {saved.version} is used from now on.")

    async def _send(self, command: str, more: Mapping[str, Any]) -> Any:
        """Run a command with the template as it is shown; nothing where it is refused."""
        template = {**self.texts, "sections": self._sections}
        self.errors = {}
        try:
            return await self._run(command, {"code": self.code, "template": template, **more})
        except (ValidationError, DomainError) as error:
            found = errors_by_field(error)
            self.errors = {name.removeprefix("template."): said for name, said in found.items()}
            if not self.errors and isinstance(error, DomainError):
                self.errors = {"sections": error.message}
            return None

    async def _open(self, code: str) -> None:
        zone = (await self._principal()).time_zone
        found = await self._ask("imaging.get_report_template", {"code": code})
        self.code = found.code
        self.name = next((row["name"] for row in self.rows if row["code"] == code), "")
        self.inherited = INHERITED[found.inherited]
        self.note = f"Version {found.version}" if found.version else "No version yet"
        self.texts = {name: getattr(found.template, name) for name in TEXTS}
        self.placeholders = ", ".join(f"{{{name}}}" for name in found.placeholders)
        self.versions = [_version(row, zone) for row in found.versions]
        self._example = str(found.example_id) if found.example_id else ""
        self.opening += 1
        self.errors = {}
        self._show_sections([section.model_dump() for section in found.template.sections])
        self.is_changed = False

    def _change(self, kind: str, change: Any) -> None:
        self._show_sections(
            [one | change(one) if one["kind"] == kind else one for one in self._sections]
        )

    def _show_sections(self, sections: list[dict[str, Any]]) -> None:
        self._sections, self.is_changed = sections, True
        self.sections = [_section(place, one) for place, one in enumerate(sections)]
        known = {one["kind"] for one in sections}
        self.left_out = [
            {"kind": kind, "label": label}
            for kind, label in SECTION_LABELS.items()
            if kind not in known
        ]


def _section(place: int, one: Mapping[str, Any]) -> dict[str, str]:
    kind = one["kind"]
    return {
        "place": f"{place}",
        "kind": kind,
        "label": SECTION_LABELS[kind],
        "heading": one["heading"],
        "columns": f"{one['columns']}",
        "is_images": "yes" if kind == "images" else "",
        "is_required": "yes" if one["is_required"] else "",
        "may_be_required": "yes" if kind in MAY_BE_REQUIRED else "",
        "may_go": "" if kind in ALWAYS else "yes",
    }


def _version(row: imaging.TemplateVersion, zone: str) -> dict[str, str]:
    return {
        "id": str(row.id),
        "what": f"Version {row.version}",
        "when": instant_text(row.made_at, zone),
        "who": row.made_by_name,
    }


def _quoted(code: str) -> str:
    return quote(code, safe="")
