"""The A4 report of an imaging session: who, with what, what was seen and what was decided."""

from collections.abc import Callable, Mapping, Sequence

from erp.adapters.pdf.canvas import FAINT, SOFT, Align, Canvas, line_height
from erp.adapters.pdf.key_image import Frame, draw_key_image
from erp.adapters.pdf.paging import Block, paginate
from erp.core.formatting import date_text, instant_text
from erp.services.imaging.printing import (
    LAYOUT,
    KeyImage,
    PrintedFact,
    PrintedSection,
    SessionReport,
)

A4_WIDTH, A4_HEIGHT = 210.0, 297.0
LEFT, TOP, WIDTH = 16.0, 14.0, 178.0
RIGHT = LEFT + WIDTH
FOOT = 12.0
BOTTOM = A4_HEIGHT - FOOT - 4
BODY, SMALL, SECTION, TITLE = 9.0, 7.6, 10.5, 16.0
GUTTER = 6.0
HALF = (WIDTH - GUTTER) / 2
IMAGE_SHAPE, TALLEST_IMAGE = 66 / 86, 118.0
"""Height of a picture's frame by its width, and at most."""
PREVIEW = "PREVIEW"
WORKED_OUT = "Worked out by software; not for diagnosis"
NOT_FOR_DIAGNOSIS = "NOT FOR DIAGNOSIS - lossy picture"


def render_session_report(report: SessionReport) -> bytes:
    """Return the report as an A4 PDF with numbered pages."""
    with Canvas(report.made_at, f"Session report {report.report_number}") as canvas:
        _render(canvas, report)
        return canvas.to_bytes()


def _render(canvas: Canvas, report: SessionReport) -> None:
    opening = _opening(canvas, report)
    running = _running(canvas, report)
    pages = paginate(
        _blocks(canvas, report),
        BOTTOM - TOP - opening.height,
        BOTTOM - TOP - running.height,
    )
    for number, page in enumerate(pages, start=1):
        canvas.add_page(A4_WIDTH, A4_HEIGHT)
        if report.is_preview:
            canvas.watermark(PREVIEW, A4_WIDTH, A4_HEIGHT)
        head = opening if number == 1 else running
        head.draw(TOP)
        page.draw(TOP + head.height)
        _foot(canvas, report, f"Page {number} of {len(pages)}")


def _blocks(canvas: Canvas, report: SessionReport) -> list[Block]:
    blocks: list[Block] = []
    for notice in report.notices:
        blocks += _paragraphs(canvas, notice)
    blocks += _paragraphs(canvas, report.layout.intro)
    for section in report.layout.sections:
        blocks += _SECTIONS[section.kind](canvas, report, section)
    return blocks + _paragraphs(canvas, report.layout.closing)


def _patient_section(canvas: Canvas, report: SessionReport, section: PrintedSection) -> list[Block]:
    return _facts(canvas, section.heading or "Patient", _patient(report))


def _technique(canvas: Canvas, report: SessionReport, section: PrintedSection) -> list[Block]:
    return [
        *_facts(canvas, section.heading or "Session", _session(report)),
        *_facts(canvas, "Device", report.device),
    ]


def _measured(canvas: Canvas, report: SessionReport, section: PrintedSection) -> list[Block]:
    measured = _facts(canvas, section.heading or "Measurements", report.measurements)
    lines = "\n".join(report.worked_out)
    return measured + (_text(canvas, WORKED_OUT, lines) if lines else [])


def _checked(canvas: Canvas, report: SessionReport, section: PrintedSection) -> list[Block]:
    return _facts(canvas, section.heading or "Checklist", report.checklist)


def _commented(canvas: Canvas, report: SessionReport, section: PrintedSection) -> list[Block]:
    title = section.heading or "Comments"
    return _text(canvas, title, report.findings) if report.findings else []


def _summarised(canvas: Canvas, report: SessionReport, section: PrintedSection) -> list[Block]:
    summary = report.summary
    if summary is None:
        return []
    *said, gap = _text(canvas, section.heading or "Summary", summary.text)
    notes = [
        _small_line(canvas, line)
        for text in (f"Written by {summary.written}.", summary.note)
        for line in canvas.wrap(text, WIDTH, SMALL, most=3)
    ]
    return [*said, *notes, gap]


def _small_line(canvas: Canvas, line: str) -> Block:
    return Block(line_height(SMALL), lambda y: canvas.write(line, LEFT, y, SMALL, grey=SOFT))


def _pictured(canvas: Canvas, report: SessionReport, section: PrintedSection) -> list[Block]:
    if not report.images:
        return []
    title = section.heading or "Key images"
    return _images(canvas, title, report.images, section.columns)


def _added(canvas: Canvas, report: SessionReport, section: PrintedSection) -> list[Block]:
    title = section.heading or "Addendum"
    return [
        block
        for added in report.addenda
        for block in _text(canvas, f"{title}, {added.name}", added.value)
    ]


def _signed(canvas: Canvas, report: SessionReport, section: PrintedSection) -> list[Block]:
    title = section.heading or "Review decision"
    return [*_decision(canvas, report, title), _signature(canvas, report)]


_SECTIONS: Mapping[str, Callable[[Canvas, SessionReport, PrintedSection], list[Block]]] = {
    "patient": _patient_section,
    "technique": _technique,
    "images": _pictured,
    "measurements": _measured,
    "checklist": _checked,
    "comments": _commented,
    "summary": _summarised,
    "addenda": _added,
    "signature": _signed,
}


def _opening(canvas: Canvas, report: SessionReport) -> Block:
    address = canvas.wrap(", ".join(report.clinic_address), WIDTH, SMALL, most=2)
    above = line_height(SMALL) + 1.5 if report.layout.header else 0
    height = above + line_height(TITLE) + line_height(BODY) + len(address) * line_height(SMALL) + 8

    def draw(y: float) -> None:
        if report.layout.header:
            canvas.write(report.layout.header, LEFT, y, SMALL, width=WIDTH, grey=SOFT)
        y += above
        canvas.write(_title(report), LEFT, y, TITLE, width=WIDTH - 82, bold=True)
        number = f"{report.report_number} · {_version(report)}"
        canvas.write(number, RIGHT - 78, y + 1, BODY, width=78, align=Align.RIGHT, bold=True)
        made = f"Made {instant_text(report.made_at, report.time_zone)}"
        canvas.write(made, RIGHT - 78, y + 5.4, SMALL, width=78, align=Align.RIGHT, grey=SOFT)
        y += line_height(TITLE) + 0.6
        canvas.write(report.clinic_name, LEFT, y, BODY, width=WIDTH, bold=True)
        y += line_height(BODY)
        for text in address:
            canvas.write(text, LEFT, y, SMALL, grey=SOFT)
            y += line_height(SMALL)
        canvas.rule(LEFT, y + 2, WIDTH, weight=0.5, grey=FAINT)

    return Block(height, draw)


def _title(report: SessionReport) -> str:
    title = report.layout.title
    if report.decision:
        return title
    return "Preliminary session report" if title == LAYOUT.title else f"{title} (preliminary)"


def _version(report: SessionReport) -> str:
    return PREVIEW.lower() if report.is_preview else f"version {report.version}"


def _running(canvas: Canvas, report: SessionReport) -> Block:
    def draw(y: float) -> None:
        who = f"{report.patient_name} ({report.patient_number})"
        canvas.write(who, LEFT, y, BODY, width=WIDTH / 2, bold=True)
        what = " · ".join(
            part for part in (report.layout.header, f"Session {report.session_number}") if part
        )
        canvas.write(what, LEFT + WIDTH / 2, y, BODY, width=WIDTH / 2, align=Align.RIGHT, grey=SOFT)
        canvas.rule(LEFT, y + line_height(BODY) + 1.5, WIDTH, weight=0.4, grey=FAINT)

    return Block(line_height(BODY) + 5, draw)


def _patient(report: SessionReport) -> list[PrintedFact]:
    born = date_text(report.patient_birth_on) if report.patient_birth_on else ""
    return [
        PrintedFact("Name", report.patient_name),
        PrintedFact("Patient no.", report.patient_number),
        PrintedFact("Born on", born),
        PrintedFact("Sex", report.patient_sex),
    ]


def _session(report: SessionReport) -> list[PrintedFact]:
    return [
        PrintedFact("Session", report.session_number),
        PrintedFact("Modality", report.modality),
        PrintedFact("Started", instant_text(report.started_at, report.time_zone)),
        *report.session,
    ]


def _facts(canvas: Canvas, title: str, facts: Sequence[PrintedFact]) -> list[Block]:
    """Return facts in two columns under a section title, two to a block."""
    known = [fact for fact in facts if fact.value]
    if not known:
        return []
    head = _section(canvas, title)
    rows = [known[place : place + 2] for place in range(0, len(known), 2)]
    return [head, *(_fact_row(canvas, row) for row in rows), _gap()]


def _gap() -> Block:
    return Block(4, lambda _y: None)


def _section(canvas: Canvas, title: str) -> Block:
    def draw(y: float) -> None:
        canvas.write(title, LEFT, y, SECTION, bold=True)
        canvas.rule(LEFT, y + line_height(SECTION) + 0.4, WIDTH)

    return Block(line_height(SECTION) + 2, draw)


def _fact_row(canvas: Canvas, facts: Sequence[PrintedFact]) -> Block:
    name_width, value_width = 28.0, HALF - 28
    values = [canvas.wrap(fact.value, value_width, BODY, most=3) or [""] for fact in facts]
    height = max(map(len, values)) * line_height(BODY) + 0.6

    def draw(y: float) -> None:
        for place, (fact, lines) in enumerate(zip(facts, values, strict=True)):
            x = LEFT + place * (HALF + GUTTER)
            canvas.write(fact.name, x, y + 0.5, SMALL, width=name_width - 2, grey=SOFT)
            for offset, text in enumerate(lines):
                canvas.write(text, x + name_width, y + offset * line_height(BODY), BODY)

    return Block(height, draw)


def _text(canvas: Canvas, title: str, text: str) -> list[Block]:
    """Return free text, a block per line so that it flows over pages."""
    lines = [
        line
        for paragraph in text.splitlines()
        for line in canvas.wrap(paragraph, WIDTH, BODY, most=200) or [""]
    ]
    rows = [_text_line(canvas, line) for line in lines]
    return [_section(canvas, title), *rows, _gap()]


def _paragraphs(canvas: Canvas, text: str) -> list[Block]:
    """Return text without a title, as a template says it."""
    if not text.strip():
        return []
    lines = [
        line
        for paragraph in text.splitlines()
        for line in canvas.wrap(paragraph, WIDTH, BODY, most=200) or [""]
    ]
    return [*(_text_line(canvas, line) for line in lines), _gap()]


def _text_line(canvas: Canvas, line: str) -> Block:
    return Block(line_height(BODY), lambda y: canvas.write(line, LEFT, y, BODY))


def _images(canvas: Canvas, title: str, images: Sequence[KeyImage], columns: int) -> list[Block]:
    width = (WIDTH - GUTTER * (columns - 1)) / columns
    rows = [images[place : place + columns] for place in range(0, len(images), columns)]
    first, *others = [_image_row(canvas, row, width) for row in rows]
    head = _section(canvas, title)

    def draw(y: float) -> None:
        head.draw(y)
        first.draw(y + head.height)

    return [Block(head.height + first.height, draw), *others]


def _image_row(canvas: Canvas, images: Sequence[KeyImage], width: float) -> Block:
    captions = [canvas.wrap(image.caption, width, SMALL, most=4) for image in images]
    lines = max(
        len(caption) + image.is_lossy for caption, image in zip(captions, images, strict=True)
    )
    tall = min(width * IMAGE_SHAPE, TALLEST_IMAGE)
    height = tall + lines * line_height(SMALL) + 4

    def draw(y: float) -> None:
        for place, (image, caption) in enumerate(zip(images, captions, strict=True)):
            x = LEFT + place * (width + GUTTER)
            if image.png:
                draw_key_image(canvas, image, Frame(x, y, width, tall))
            else:
                _no_picture(canvas, image.problem, (x, y), (width, tall))
            _caption(canvas, image, caption, (x, y + tall + 1), width)

    return Block(height, draw)


def _no_picture(
    canvas: Canvas, problem: str, place: tuple[float, float], size: tuple[float, float]
) -> None:
    """Say in a picture's place why there is none: one that somebody chose is never left out silently."""
    (x, y), (width, tall) = place, size
    canvas.box(x, y, width, tall)
    for text in canvas.wrap(f"No picture. {problem}", width - 8, SMALL, most=3):
        canvas.write(text, x + 4, y + 4, SMALL, width=width - 8, bold=True)
        y += line_height(SMALL)


def _caption(
    canvas: Canvas, image: KeyImage, lines: list[str], place: tuple[float, float], width: float
) -> None:
    x, y = place
    for text in lines:
        canvas.write(text, x, y, SMALL, width=width, grey=SOFT)
        y += line_height(SMALL)
    if image.is_lossy:
        canvas.write(NOT_FOR_DIAGNOSIS, x, y, SMALL, width=width, bold=True)


def _decision(canvas: Canvas, report: SessionReport, title: str) -> list[Block]:
    decision = report.decision
    if decision is None:
        waiting = [PrintedFact("Review", "Not reviewed yet: this report is preliminary.")]
        return _facts(canvas, title, waiting)
    decided = instant_text(decision.decided_at, report.time_zone)
    facts = [
        PrintedFact("Decision", decision.status),
        PrintedFact("Decided", decided),
        PrintedFact("Reviewer", decision.reviewer),
        PrintedFact("Reason", decision.reason),
        PrintedFact("Signed off", decision.signed),
    ]
    blocks = _facts(canvas, title, facts)
    return blocks + (_text(canvas, "Note", decision.note) if decision.note else [])


def _signature(canvas: Canvas, report: SessionReport) -> Block:
    width = 64.0

    def draw(y: float) -> None:
        x = RIGHT - width
        canvas.rule(x, y + 20, width, weight=0.3, grey=FAINT)
        name = report.signatory or "Signature"
        canvas.write(name, x, y + 21, BODY, width=width, align=Align.CENTRE)
        canvas.write(
            "Name, signature and date", x, y + 25, SMALL, width=width, align=Align.CENTRE, grey=SOFT
        )

    return Block(30, draw)


def _foot(canvas: Canvas, report: SessionReport, count: str) -> None:
    y = A4_HEIGHT - FOOT
    canvas.rule(LEFT, y - 1.5, WIDTH)
    marks = [f"{report.report_number} · {_version(report)}"]
    if report.layout.footer:
        marks.append(report.layout.footer)
    if any(image.is_lossy for image in report.images):
        marks.append("Pictures marked so are not for diagnosis")
    canvas.write("  ·  ".join(marks), LEFT, y, SMALL, width=WIDTH - 24, grey=SOFT)
    canvas.write(count, LEFT, y, SMALL, width=WIDTH, align=Align.RIGHT, grey=SOFT)
