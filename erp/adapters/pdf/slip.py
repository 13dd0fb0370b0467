"""A slip of the till on an 80 mm roll: vouchers of advances, X and Z reports."""

from erp.adapters.pdf.canvas import Align, Canvas
from erp.adapters.pdf.roll import BODY, LARGE, SMALL, Roll
from erp.services.pos.printing import PrintedSlip


def render_slip(slip: PrintedSlip) -> bytes:
    """Return a slip as a PDF for an 80 mm roll printer."""
    with Canvas(slip.issued_at, f"{slip.title} {slip.number}") as canvas:
        roll = Roll(canvas)
        roll.line(slip.head[0], LARGE, align=Align.CENTRE, bold=True)
        for text in slip.head[1:]:
            roll.line(text, SMALL, align=Align.CENTRE)
        roll.cut()
        roll.line(slip.title.upper(), 9.5, align=Align.CENTRE, bold=True)
        if slip.number:
            roll.line(f"No. {slip.number}", BODY, align=Align.CENTRE, bold=True)
        for text in slip.subtitle:
            roll.line(text, SMALL, align=Align.CENTRE)
        for heading, pairs in slip.sections:
            roll.cut()
            if heading:
                roll.line(heading, BODY, bold=True)
            for left, right in pairs:
                roll.pair(left, right, BODY, bold=left.isupper())
        roll.cut()
        for text in slip.foot:
            roll.line(text, SMALL, align=Align.CENTRE)
        return roll.print()
