"""What a printed session report holds, and the port that turns it into a file."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Protocol

PLACEHOLDERS: Final = (
    "patient",
    "patient_number",
    "session",
    "accession",
    "protocol",
    "modality",
    "date",
    "clinic",
    "reviewer",
)
"""What the texts of a template may leave to be filled in."""


@dataclass(frozen=True, slots=True)
class PrintedFact:
    """A named fact, such as the device's serial number."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class PrintedMark:
    """A mark drawn over a picture.

    Attributes:
        tool: What it is: length, angle, rectangle, ellipse, arrow or text.
        points: From the left and top edge of the picture, in the measure of its `size`; in the
            order of `Annotation.points_px`.
        lines: What stands beside it.
    """

    tool: str
    points: tuple[tuple[float, float], ...]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeyImage:
    """A picture chosen for the report.

    Attributes:
        png: The picture as PNG bytes, already windowed; empty where none can be made.
        caption: What it shows: series, frame, window, and who chose it.
        size: Width and height it is seen with, of which only the proportion counts.
        marks: What is drawn over it.
        is_lossy: The picture lost detail on the way: it is marked not for diagnosis.
        problem: Why there is no picture, in its place.
    """

    png: bytes
    caption: str
    size: tuple[float, float]
    is_lossy: bool = False
    problem: str = ""
    marks: tuple[PrintedMark, ...] = ()


@dataclass(frozen=True, slots=True)
class PrintedDecision:
    """The outcome of a review."""

    status: str
    reviewer: str
    decided_at: datetime
    reason: str = ""
    note: str = ""
    signed: str = ""
    """Who signed it off and when; empty while nobody has."""


@dataclass(frozen=True, slots=True)
class PrintedSection:
    """A section of a report; `columns` are of key images beside each other."""

    kind: str
    heading: str = ""
    columns: int = 2


@dataclass(frozen=True, slots=True)
class Layout:
    """What a report looks like: its texts, filled in, and its sections in order."""

    title: str
    sections: tuple[PrintedSection, ...]
    intro: str = ""
    closing: str = ""
    header: str = ""
    footer: str = ""


LAYOUT: Final = Layout(
    "Session report",
    tuple(
        PrintedSection(kind)
        for kind in (
            "patient",
            "technique",
            "measurements",
            "summary",
            "comments",
            "images",
            "checklist",
            "addenda",
            "signature",
        )
    ),
)
"""How reports look while nobody made a template."""


@dataclass(frozen=True, slots=True)
class PrintedSummary:
    """What a person wrote about a session.

    Attributes:
        written: By whom and when.
        note: What must be known of it: a draft, or a machine's words that a person took as theirs.
    """

    text: str
    written: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class SessionReport:
    """An imaging session as it is reported; the same value always makes the same file.

    Attributes:
        version: Counts up with each new report of the session.
        made_at: Aware instant the report was asked for; shown in `time_zone`.
        decision: None while the session waits for review.
        signatory: Who signs, printed under the line.
        addenda: What was added after the sign-off: when and by whom, with the text.
        worked_out: What programs found in the pictures, a line each, with the model's version.
        findings: The comments of whoever asked for the report.
        is_preview: It is only looked at: every page says so.
        notices: What keeps a report from being made now; printed in a preview.
    """

    clinic_name: str
    clinic_address: tuple[str, ...]
    report_number: str
    version: int
    made_at: datetime
    patient_name: str
    patient_number: str
    session_number: str
    modality: str
    started_at: datetime
    patient_birth_on: date | None = None
    patient_sex: str = ""
    device: tuple[PrintedFact, ...] = ()
    session: tuple[PrintedFact, ...] = ()
    measurements: tuple[PrintedFact, ...] = ()
    findings: str = ""
    images: tuple[KeyImage, ...] = ()
    decision: PrintedDecision | None = None
    signatory: str = ""
    addenda: tuple[PrintedFact, ...] = ()
    time_zone: str = "Asia/Kolkata"
    summary: PrintedSummary | None = None
    checklist: tuple[PrintedFact, ...] = ()
    layout: Layout = LAYOUT
    is_preview: bool = False
    notices: tuple[str, ...] = ()
    worked_out: tuple[str, ...] = ()


class SessionReportPrinter(Protocol):
    """Makes the file of a session report; the same report gives the same bytes."""

    def session_report(self, report: SessionReport) -> bytes:
        """Return the report as an A4 PDF."""
        ...
