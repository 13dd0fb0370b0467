"""A CSV of models' figures: read, looked at row by row, then kept."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import counted
from erp.services.biomarkers import LARGEST_FILE, NEEDED, Part
from erp.state.registry import PAGE, handler
from erp.state.submitting import FormState

OPERATE = "imaging.operate"
MOST_SHOWN = 200
PART_WORDS: Mapping[Part, str] = {
    Part.SESSION: "Session's number or study UID",
    Part.MODEL: "Model",
    Part.VERSION: "Model's version",
    Part.RUN: "Run",
    Part.COMPUTED: "Worked out at",
    Part.NAME: "Biomarker",
    Part.VALUE: "Value",
    Part.UNIT: "Unit",
    Part.LOW: "Interval from",
    Part.HIGH: "Interval to",
    Part.SERIES: "Series UID",
}

__all__ = ["LARGEST_FILE", "FigureFileState"]


class FigureFileState(FormState, rx.State):
    """Figures of models that come as a file.

    Attributes:
        read_from: What each part is read from.
        rows: As they were read; those at fault first.
        summary: How many rows there are, and how many are at fault.
    """

    permission: ClassVar[str] = OPERATE
    command: ClassVar[str] = "biomarkers.import_figures"

    file_name: str = ""
    headers: list[str] = []
    read_from: list[dict[str, str]] = []
    rows: list[dict[str, str]] = []
    problem: str = ""
    summary: str = ""
    is_ready: bool = False

    _content: str = ""

    @handler(permission=PAGE)
    async def open_new(self) -> None:
        """Offer an empty form."""
        self._renew()
        self._forget()

    @handler(permission=PAGE)
    async def load(self, name: str, content: str) -> None:
        """Read a file that was chosen."""
        self._renew()
        self._forget()
        self.file_name, self._content = f"{name}"[:120] or "file", f"{content}"
        await self._read(None)

    @handler(permission=PAGE)
    async def choose_column(self, part: str, header: str) -> None:
        """Read a part from another column; an empty header reads it from none."""
        chosen = {one["part"]: one["header"] for one in self.read_from}
        if part in chosen:
            chosen[part] = header if header in self.headers else ""
            self.read_from = [one | {"header": chosen[one["part"]]} for one in self.read_from]
            await self._read({name: at for name, at in chosen.items() if at})

    def _forget(self) -> None:
        self.file_name, self._content, self.problem, self.summary = "", "", "", ""
        self.headers, self.read_from, self.rows, self.is_ready = [], [], [], False

    async def _read(self, columns: Mapping[str, str] | None) -> None:
        self.problem, self.rows, self.summary, self.is_ready = "", [], "", False
        asked = {"content": self._content} | ({} if columns is None else {"columns": columns})
        try:
            found = await self._ask("biomarkers.read_file", asked)
        except DomainError as error:
            self.problem = _problem(error)
            return
        except ValidationError:
            self.problem = f"The file is larger than {LARGEST_FILE // 1000} kB. Split it."
            return
        self.headers = found.headers
        self.read_from = [
            {
                "part": part.value,
                "label": f"{PART_WORDS[part]} *" if part in NEEDED else PART_WORDS[part],
                "header": found.columns.get(part.value, ""),
            }
            for part in Part
        ]
        self._show(found.rows)

    def _show(self, rows: Sequence[Any]) -> None:
        if not rows:
            self.problem = "Choose the columns marked with *; their names are not known here."
            return
        wrong = sum(bool(row.faults) for row in rows)
        known = sum(row.is_known for row in rows)
        shown = sorted(rows, key=lambda row: (not row.faults, row.number))
        self.rows = [_row(row) for row in shown[:MOST_SHOWN]]
        parts = [
            counted(len(rows), "figure"),
            f"{wrong} to put right in the file" if wrong else "",
            f"{known} known already" if known else "",
            f"the first {MOST_SHOWN} are shown" if len(rows) > MOST_SHOWN else "",
        ]
        self.summary = ", ".join(part for part in parts if part)
        self.is_ready = not wrong and known < len(rows)

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        columns = {one["part"]: one["header"] for one in self.read_from if one["header"]}
        key = form.get("idempotency_key")
        return {"content": self._content, "columns": columns} | (
            {"idempotency_key": key} if key else {}
        )

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        said = f"{counted(result.figures, 'figure')} kept in {counted(result.runs, 'run')}."
        self._forget()
        return [rx.toast.success(said)]


def _problem(error: DomainError) -> str:
    """Return what a file is refused for, with the part whose column is meant."""
    for name in error.fields:
        part = name.removeprefix("columns.")
        if part in set(Part):
            return f"{PART_WORDS[Part(part)]}: {error.message}"
    return error.message


def _row(row: Any) -> dict[str, str]:
    wrong = "; ".join(
        f"{fault.column or PART_WORDS[Part(fault.part)]}: {fault.message}" for fault in row.faults
    )
    return {
        "number": f"{row.number}",
        "session": row.session,
        "to": f"/imaging/sessions/{row.session_id}" if row.session_id else "",
        "model": f"{row.model} {row.model_version}",
        "run": row.run_name,
        "name": row.name,
        "value": f"{row.value} {row.unit}".strip(),
        "standing": "Put right" if row.faults else "Known" if row.is_known else "New",
        "tone": "red" if row.faults else "" if row.is_known else "green",
        "wrong": wrong,
    }
