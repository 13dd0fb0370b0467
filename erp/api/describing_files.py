"""The description of the routes that take and hand out files and pixels."""

from erp.api.actions import BASE
from erp.api.describing_parts import BINARY, Schema, file_route, get_route, parameter
from erp.api.tax_files import EINVOICE_FILE, PORTAL_FILE, WAY_BILL_FILE
from erp.api.uploading import BANK_FILES, LAB_FILES, PICTURE, RECEIPTS


def file_paths(an_id: Schema) -> dict[str, Schema]:
    """Describe uploads with what is shown of them, files for portals, and images."""
    return _uploads(an_id) | _portal_paths(an_id) | _imaging_paths(an_id)


def _uploads(an_id: Schema) -> dict[str, Schema]:
    """Describe the files that people send, and pictures of them."""
    large = parameter("query", "size", {"enum": ["large"]}, required=False)
    return {
        f"{BASE}/maker-lists": file_route("upload_maker_list", "Upload a maker's price list", []),
        f"{BASE}{BANK_FILES}": file_route(
            "upload_bank_file",
            "Upload a bank's statement: CSV, XLSX, OFX, CAMT.053 or MT940",
            [parameter("path", "bank_account_id", an_id)],
        ),
        f"{BASE}{LAB_FILES}": file_route(
            "upload_lab_file",
            "Upload a laboratory's results: CSV, or HL7 v2 ORU^R01",
            [parameter("path", "laboratory_id", an_id)],
        ),
        f"{BASE}{RECEIPTS}": file_route("upload_receipt", "Send a bill's photo or PDF", []),
        f"{BASE}{RECEIPTS}/{{receipt_id}}": get_route(
            "expense_receipt",
            "A bill's photo, small or large, or its PDF",
            [parameter("path", "receipt_id", an_id), large],
            {"image/jpeg": BINARY, "application/pdf": BINARY},
        ),
        f"{BASE}{PICTURE}": get_route(
            "product_picture",
            "A version of a product's picture, as `picture_url` names it",
            [
                parameter("path", "product_id", an_id),
                parameter("query", "v", {"type": "integer", "minimum": 1}),
                large,
            ],
            {"image/jpeg": BINARY},
        )
        | file_route(
            "upload_product_picture",
            "Show a product with another picture",
            [parameter("path", "product_id", an_id)],
        ),
    }


def _portal_paths(an_id: Schema) -> dict[str, Schema]:
    """Describe the routes of files for the tax portals."""
    return {
        f"{BASE}{PORTAL_FILE}": get_route(
            "portal_file",
            "A GST return as the tax portal takes it, once nothing is wrong with it",
            [parameter("path", "return_id", an_id)],
            {"application/json": BINARY},
        ),
        f"{BASE}{EINVOICE_FILE}": get_route(
            "einvoice_file",
            "A document as the invoice portal's own upload takes it",
            [parameter("path", "einvoice_id", an_id)],
            {"application/json": BINARY},
        ),
        f"{BASE}{WAY_BILL_FILE}": get_route(
            "way_bill_file",
            "A way bill as its portal's own upload takes it",
            [parameter("path", "way_bill_id", an_id)],
            {"application/json": BINARY},
        ),
    }


def _imaging_paths(an_id: Schema) -> dict[str, Schema]:
    """Describe the routes of pixels and whole objects."""
    below = f"{BASE}/imaging/instances/{{instance_id}}"
    which = parameter("path", "instance_id", an_id)
    frame: Schema = {"type": "integer", "minimum": 1}
    shown = {
        "frame": frame,
        "center": {"type": "number"},
        "width": {"type": "number"},
        "invert": {"type": "boolean"},
        "edge": {"type": "integer"},
    }
    options = [parameter("query", name, rule, required=False) for name, rule in shown.items()]
    return {
        f"{below}/file": get_route(
            "imaging_file",
            "The DICOM object as it arrived",
            [which],
            {"application/dicom": BINARY},
        ),
        f"{below}/frames/{{frame}}": get_route(
            "imaging_frame",
            "The plain samples of a frame, described in the header Pixel-Description",
            [which, parameter("path", "frame", frame)],
            {"application/octet-stream": BINARY},
        ),
        f"{below}/rendered": get_route(
            "imaging_rendered",
            "A frame as a picture, with a window of grey values",
            [which, *options],
            {"image/jpeg": BINARY, "image/png": BINARY},
        ),
    }
