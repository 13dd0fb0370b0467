"""GSTR-1 in the form of the portal's file. Pure.

Source: public developer documentation of the GST portal; domain rules 1.16. Sections without a row are left out.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from erp.core.money import ZERO
from erp.services.gst_returns.advances import ADJUSTED, RECEIVED, AdvanceMove, advance_rows
from erp.services.gst_returns.amendments import AMENDED, Amendments
from erp.services.gst_returns.heads import NOTHING, Heads
from erp.services.gst_returns.issued import documents_issued
from erp.services.gst_returns.outward import DocumentKind, Entry, Outward, Section

Row = dict[str, Any]
NO_CESS: Mapping[str, Decimal] = {"csamt": ZERO}
NIL_KEYS: Mapping[str, str] = {
    "exempt": "expt_amt",
    "nil_rated": "nil_amt",
    "non_gst": "ngsup_amt",
}


def gstr1(
    gstin: str,
    fp: str,
    documents: Sequence[Outward],
    entries: Sequence[Entry],
    moves: Sequence[AdvanceMove] = (),
    amendments: Amendments | None = None,
) -> dict[str, Any]:
    """Return the whole file.

    Args:
        gstin: The registration that files.
        fp: Month and year, `MMYYYY`; the last month of a quarter.
        documents: Everything with a number of the period, cancelled documents too.
        entries: Their lines by table.
        moves: Advances for services. amendments: What it corrects of earlier returns.
    """
    amendments = amendments or Amendments()
    by_section: dict[Section, list[Entry]] = {section: [] for section in Section}
    for entry in (*entries, *amendments.stated):
        by_section[entry.section].append(entry)
    built: dict[str, Any] = {
        name: builder(by_section[Section(name)]) for name, builder in _BUILDERS.items()
    }
    built |= {"b2csa": list(amendments.small)}
    built |= {table: advance_rows(moves, table) for table in (RECEIVED, ADJUSTED)}
    built |= amendments.advances.tables
    counted = (*entries, *amendments.counted)
    summary = {
        name: rows
        for name, rows in (
            ("hsn_b2b", hsn_rows(entry for entry in counted if entry.document.gstin)),
            ("hsn_b2c", hsn_rows(entry for entry in counted if not entry.document.gstin)),
        )
        if rows
    }
    issued = documents_issued(documents)
    built |= {"hsn": summary, "doc_issue": {"doc_det": issued} if issued else {}}
    return {"gstin": gstin, "fp": fp} | {name: rows for name, rows in built.items() if rows}


def _dated(document: Outward) -> str:
    return f"{document.issued_on:%d-%m-%Y}"


def _first_stated(entry: Entry) -> Row:
    """Return what an amending table calls a document by: as the earlier return stated it."""
    document = entry.document
    if entry.section in (Section.NOTES_REGISTERED_AMENDED, Section.NOTES_UNREGISTERED_AMENDED):
        return {"ont_num": document.number, "ont_dt": _dated(document)}
    if entry.section in AMENDED.values():
        return {"oinum": document.number, "oidt": _dated(document)}
    return {}


def _by_document(entries: Iterable[Entry]) -> dict[int, list[Entry]]:
    grouped: dict[int, list[Entry]] = {}
    for entry in entries:
        grouped.setdefault(id(entry.document), []).append(entry)
    return grouped


def _grouped(entries: Iterable[Entry], key: Callable[[Entry], str]) -> dict[str, list[list[Entry]]]:
    """Return lines by document, documents by a key, both in the order in which they came."""
    grouped: dict[str, list[list[Entry]]] = {}
    for lines in _by_document(entries).values():
        grouped.setdefault(key(lines[0]), []).append(lines)
    return grouped


def _by_rate(lines: Iterable[Entry]) -> list[tuple[Decimal, Heads]]:
    """Return a document's lines by rate, as positive amounts."""
    rates: dict[Decimal, Heads] = {}
    for entry in lines:
        rates[entry.line.rate] = rates.get(entry.line.rate, NOTHING) + entry.line.heads
    return sorted(rates.items())


def _taxes(heads: Heads, *, is_inter: bool) -> Row:
    own = {"iamt": heads.igst} if is_inter else {"camt": heads.cgst, "samt": heads.sgst}
    return {"txval": heads.taxable, **own, **NO_CESS}


def _items(lines: Sequence[Entry]) -> list[Row]:
    is_inter = lines[0].document.is_inter
    return [
        {"num": number, "itm_det": {"rt": rate, **_taxes(heads, is_inter=is_inter)}}
        for number, (rate, heads) in enumerate(_by_rate(lines), 1)
    ]


def _registered(entries: Sequence[Entry]) -> list[Row]:
    def invoice(lines: Sequence[Entry]) -> Row:
        document = lines[0].document
        return _first_stated(lines[0]) | {
            "inum": document.number, "idt": _dated(document), "val": document.value, "pos": document.place,
            "rchrg": "N", "inv_typ": document.invoice_type, "itms": _items(lines),
        }  # fmt: skip

    return [
        {"ctin": ctin, "inv": [invoice(lines) for lines in found]}
        for ctin, found in _grouped(entries, lambda entry: entry.document.gstin).items()
    ]


def _large(entries: Sequence[Entry]) -> list[Row]:
    def invoice(lines: Sequence[Entry]) -> Row:
        document = lines[0].document
        head = {"inum": document.number, "idt": _dated(document), "val": document.value}
        return _first_stated(lines[0]) | head | {"itms": _items(lines)}

    return [
        {"pos": place, "inv": [invoice(lines) for lines in found]}
        for place, found in _grouped(entries, lambda entry: entry.document.place).items()
    ]


def _shipping(document: Outward) -> Row:
    sent = document.shipping
    if sent is None:
        return {}
    return {"sbpcode": sent.port_code, "sbnum": sent.number, "sbdt": f"{sent.shipped_on:%d-%m-%Y}"}


def _with_payment(entry: Entry) -> str:
    paid = any(line.heads.igst for line in entry.document.lines)
    return "WPAY" if paid else "WOPAY"


def _exports(entries: Sequence[Entry]) -> list[Row]:
    def invoice(lines: Sequence[Entry]) -> Row:
        document = lines[0].document
        items = [
            {"txval": heads.taxable, "rt": rate, "iamt": heads.igst, **NO_CESS}
            for rate, heads in _by_rate(lines)
        ]
        head = {"inum": document.number, "idt": _dated(document), "val": document.value}
        return _first_stated(lines[0]) | head | _shipping(document) | {"itms": items}

    return [
        {"exp_typ": kind, "inv": [invoice(lines) for lines in found]}
        for kind, found in _grouped(entries, _with_payment).items()
    ]


def _small(entries: Sequence[Entry]) -> list[Row]:
    sums: dict[tuple[bool, str, Decimal], Heads] = {}
    for entry in entries:
        key = (not entry.document.is_inter, entry.document.place, entry.line.rate)
        sums[key] = sums.get(key, NOTHING) + entry.heads
    return [
        {
            "sply_ty": "INTRA" if is_intra else "INTER", "pos": place, "typ": "OE", "rt": rate,
            **_taxes(heads, is_inter=not is_intra),
        }
        for (is_intra, place, rate), heads in sorted(sums.items())
        if heads
    ]  # fmt: skip


def _note_kind(document: Outward) -> str:
    return "C" if document.kind is DocumentKind.CREDIT else "D"


def _notes_registered(entries: Sequence[Entry]) -> list[Row]:
    def note(lines: Sequence[Entry]) -> Row:
        document = lines[0].document
        return _first_stated(lines[0]) | {
            "ntty": _note_kind(document), "nt_num": document.number, "nt_dt": _dated(document),
            "val": document.value, "pos": document.place, "rchrg": "N", "inv_typ": document.invoice_type,
            "itms": _items(lines),
        }  # fmt: skip

    return [
        {"ctin": ctin, "nt": [note(lines) for lines in found]}
        for ctin, found in _grouped(entries, lambda entry: entry.document.gstin).items()
    ]


def _notes_unregistered(entries: Sequence[Entry]) -> list[Row]:
    def note(lines: Sequence[Entry]) -> Row:
        first = lines[0]
        document = first.document
        paid = "EXPWP" if _with_payment(first) == "WPAY" else "EXPWOP"
        return _first_stated(first) | {
            "typ": paid if first.is_zero_rated else "B2CL", "ntty": _note_kind(document),
            "nt_num": document.number, "nt_dt": _dated(document), "val": document.value,
            "pos": document.place, "itms": _items(lines),
        }  # fmt: skip

    return [note(lines) for lines in _by_document(entries).values()]


def _nil(entries: Sequence[Entry]) -> Row:
    sums: dict[str, dict[str, Decimal]] = {}
    for entry in entries:
        whom = "B2B" if entry.document.gstin else "B2C"
        kind = f"{'INTR' if entry.document.is_inter else 'INTRA'}{whom}"
        row = sums.setdefault(kind, dict.fromkeys(NIL_KEYS.values(), ZERO))
        row[NIL_KEYS[entry.line.treatment]] += entry.heads.taxable
    rows = [{"sply_ty": kind, **row} for kind, row in sorted(sums.items()) if any(row.values())]
    return {"inv": rows} if rows else {}


def hsn_rows(entries: Iterable[Entry]) -> list[Row]:
    """Return table 12: units, value and tax by HSN, unit and rate; notes taken off, amendments by their difference."""
    sums: dict[tuple[str, str, Decimal], tuple[Decimal, Heads]] = {}
    for entry in entries:
        line = entry.line
        key = (line.hsn, line.unit, line.rate)
        units, heads = sums.get(key, (Decimal(0), NOTHING))
        sums[key] = (units + entry.sign * line.quantity, heads + entry.heads)
    return [
        {
            "num": number, "hsn_sc": hsn, "uqc": unit, "qty": units, "rt": rate, "txval": heads.taxable,
            "iamt": heads.igst, "camt": heads.cgst, "samt": heads.sgst, **NO_CESS,
        }
        for number, ((hsn, unit, rate), (units, heads)) in enumerate(
            sorted(item for item in sums.items() if any(item[1])), 1
        )
    ]  # fmt: skip


_BUILDERS: Mapping[str, Callable[[Sequence[Entry]], Any]] = {
    "b2b": _registered,
    "b2cl": _large,
    "exp": _exports,
    "b2cs": _small,
    "cdnr": _notes_registered,
    "cdnur": _notes_unregistered,
    "nil": _nil,
    "b2ba": _registered,
    "b2cla": _large,
    "expa": _exports,
    "cdnra": _notes_registered,
    "cdnura": _notes_unregistered,
}
