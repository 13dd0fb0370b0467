"""Bills, receipts, orders, challans and session reports as PDF files, drawn with fpdf2."""

from collections.abc import Sequence

from erp.adapters.pdf.challan import render_challan
from erp.adapters.pdf.inquiry import render_inquiry
from erp.adapters.pdf.invoice import render_invoice
from erp.adapters.pdf.offer import render_offer
from erp.adapters.pdf.order import render_order
from erp.adapters.pdf.pack_label import render_pack_label
from erp.adapters.pdf.receipt import render_receipt
from erp.adapters.pdf.reconciliation import render_reconciliation
from erp.adapters.pdf.report import render_report
from erp.adapters.pdf.session_report import render_session_report
from erp.adapters.pdf.slip import render_slip
from erp.adapters.pdf.statement import render_statement
from erp.adapters.pdf.trends import render_trends
from erp.services.accounting import PrintedReport
from erp.services.banking import PrintedReconciliation
from erp.services.billing.printing import ChallanCopy, Copy, PrintedDocument
from erp.services.imaging.printing import SessionReport
from erp.services.inventory.printing import PackLabel, PrintedChallan
from erp.services.laboratory import PrintedTrends
from erp.services.payments import PrintedStatement
from erp.services.pos.printing import PrintedSlip
from erp.services.purchasing.printing import PrintedOrder, PrintedRequest
from erp.services.sales.printing import PrintedOffer

__all__ = ["PdfPrinter"]


class PdfPrinter:
    """Prints bills, slips, labels, orders and session reports; equal input gives equal bytes."""

    def receipt(self, document: PrintedDocument) -> bytes:
        """Return the document as a PDF for an 80 mm roll."""
        return render_receipt(document)

    def invoice(
        self, document: PrintedDocument, copies: Sequence[Copy | ChallanCopy] = ()
    ) -> bytes:
        """Return the document as an A4 PDF, one marked run of pages per copy."""
        return render_invoice(document, copies)

    def order(self, order: PrintedOrder) -> bytes:
        """Return an order to a supplier as an A4 PDF."""
        return render_order(order)

    def inquiry(self, request: PrintedRequest) -> bytes:
        """Return a request for quotation to a supplier as an A4 PDF."""
        return render_inquiry(request)

    def offer(self, offer: PrintedOffer) -> bytes:
        """Return a quotation or order of a customer as an A4 PDF."""
        return render_offer(offer)

    def challan(self, challan: PrintedChallan) -> bytes:
        """Return a delivery challan as an A4 PDF, in its three copies."""
        return render_challan(challan)

    def pack_label(self, label: PackLabel) -> bytes:
        """Return the label of packs that were made here, 70 by 42 mm."""
        return render_pack_label(label)

    def session_report(self, report: SessionReport) -> bytes:
        """Return the report of an imaging session as an A4 PDF."""
        return render_session_report(report)

    def slip(self, slip: PrintedSlip) -> bytes:
        """Return a slip of the till as a PDF for an 80 mm roll."""
        return render_slip(slip)

    def reconciliation(self, paper: PrintedReconciliation) -> bytes:
        """Return a bank reconciliation as an A4 PDF."""
        return render_reconciliation(paper)

    def statement(self, statement: PrintedStatement) -> bytes:
        """Return a statement of account as an A4 PDF."""
        return render_statement(statement)

    def report(self, report: PrintedReport) -> bytes:
        """Return a report of the books as an A4 PDF."""
        return render_report(report)

    def trends(self, paper: PrintedTrends) -> bytes:
        """Return a patient's results over time as an A4 PDF."""
        return render_trends(paper)
