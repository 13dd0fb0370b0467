"""The label of a pack that was made here: 70 by 42 mm, as label printers take."""

from erp.adapters.pdf.canvas import SOFT, Align, Canvas, line_height
from erp.core.formatting import date_text, expiry_text, money_text
from erp.services.inventory.printing import PackLabel

WIDTH, HEIGHT, EDGE = 70.0, 42.0, 3.0
NOTE_BELOW = 3 * (line_height(6.6) + 0.3)
"""Room that the facts above a note take."""
ROOM = WIDTH - 2 * EDGE


def render_pack_label(label: PackLabel) -> bytes:
    """Return one label as a PDF; the printer repeats it for each pack."""
    with Canvas(label.made_at, f"Label {label.lot_number}") as canvas:
        canvas.add_page(WIDTH, HEIGHT)
        y = EDGE
        for part in canvas.wrap(label.name, ROOM, 9.5, bold=True, most=2):
            canvas.write(part, EDGE, y, 9.5, bold=True)
            y += line_height(9.5)
        head = "  ·  ".join(filter(None, (label.potency, label.contents)))
        canvas.write(head, EDGE, y, 8, width=ROOM)
        canvas.rule(EDGE, y + line_height(8) + 0.4, ROOM)
        _facts(canvas, label, y + line_height(8) + 1.2)
        for at, part in enumerate(canvas.wrap(label.note, ROOM, 6.6, most=2)):
            canvas.write(
                part, EDGE, y + line_height(8) + 1.2 + NOTE_BELOW + at * line_height(6.6), 6.6
            )
        foot = HEIGHT - EDGE - 2 * line_height(5.6)
        canvas.write(f"Dispensed by {label.maker}", EDGE, foot, 5.6, width=ROOM)
        licence = f"D.L. No. {label.licence}" if label.licence else ""
        canvas.write(licence, EDGE, foot + line_height(5.6), 5.6, width=ROOM)
        return canvas.to_bytes()


def _facts(canvas: Canvas, label: PackLabel, y: float) -> None:
    expiry = expiry_text(label.expires_on) if label.expires_on else "None"
    rows = (
        (f"Batch {label.lot_number}", f"Exp. {expiry}"),
        (f"Mfg. {date_text(label.made_on)}", f"MRP {money_text(label.mrp)} incl. of all taxes"),
        (f"From batch {', '.join(label.made_of)}", ""),
    )
    for left, right in rows:
        room = ROOM if not right else ROOM / 2
        canvas.write(left, EDGE, y, 6.6, width=room, bold=left.startswith("Batch"))
        canvas.write(right, EDGE + ROOM / 2, y, 6.6, width=ROOM / 2, align=Align.RIGHT, grey=SOFT)
        y += line_height(6.6) + 0.3
