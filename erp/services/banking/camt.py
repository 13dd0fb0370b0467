"""Read CAMT.053, the statement of ISO 20022."""

from typing import Any, Final

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from erp.models.banking import FileFormat
from erp.services.banking.file_text import BankText, as_table, unreadable

OPENING: Final = ("OPBD", "PRCD")
"""Kinds of balance that a statement begins with."""


def read_camt(content: bytes) -> BankText:
    """Return the booked lines of one account's statement.

    Raises:
        UnreadableBankFile: It is no XML, declares a document type or entities, or holds several
            statements.
    """
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        message = "The CAMT.053 cannot be read, or declares what no statement needs."
        raise unreadable(message) from error
    statements = _all(root, "BkToCstmrStmt/Stmt")
    if len(statements) != 1:
        raise unreadable("The file holds several statements, or none. Ask the bank for one.")
    (statement,) = statements
    booked = [entry for entry in _all(statement, "Ntry") if _status(entry) in {"", "BOOK"}]
    return BankText(FileFormat.CAMT, as_table([_row(e) for e in booked]), _facts(statement))


def _all(element: Any, path: str) -> list[Any]:  # noqa: ANN401  defusedxml has no types
    """Return descendants by local names, whatever namespace a version of the standard has."""
    found = [element]
    for name in path.split("/"):
        found = [c for parent in found for c in parent if c.tag.rpartition("}")[2] == name]
    return found


def _text(element: Any, *paths: str) -> str:  # noqa: ANN401
    """Return the text at the first path that has some."""
    texts = ((found.text or "").strip() for path in paths for found in _all(element, path))
    return next((text for text in texts if text), "")


def _status(entry: Any) -> str:  # noqa: ANN401
    return _text(entry, "Sts/Cd", "Sts")


def _signed(element: Any) -> str:  # noqa: ANN401
    amount = _text(element, "Amt")
    return f"-{amount}" if _text(element, "CdtDbtInd") == "DBIT" else amount


def _row(entry: Any) -> dict[str, str]:  # noqa: ANN401
    other = "Dbtr" if _text(entry, "CdtDbtInd") == "CRDT" else "Cdtr"
    about = "NtryDtls/TxDtls"
    reference = _text(
        entry, f"{about}/Refs/EndToEndId", f"{about}/Refs/TxId", f"{about}/Refs/ChqNb"
    )
    return {
        "Date": _text(entry, "BookgDt/Dt", "BookgDt/DtTm")[:10],
        "Value date": _text(entry, "ValDt/Dt", "ValDt/DtTm")[:10],
        "Amount": _signed(entry),
        "Text": _text(entry, f"{about}/RmtInf/Ustrd", "AddtlNtryInf", f"{about}/AddtlTxInf"),
        "Reference": "" if reference == "NOTPROVIDED" else reference,
        "Counterparty": _text(
            entry, f"{about}/RltdPties/{other}/Nm", f"{about}/RltdPties/{other}/Pty/Nm"
        ),
        "Bank id": _text(entry, "AcctSvcrRef", "NtryRef"),
    }


def _facts(statement: Any) -> dict[str, str]:  # noqa: ANN401
    balances = {_text(b, "Tp/CdOrPrtry/Cd"): _signed(b) for b in reversed(_all(statement, "Bal"))}
    currencies = {
        a.get("Ccy", "") for a in _all(statement, "Ntry/Amt") + _all(statement, "Bal/Amt")
    }
    currencies |= {_text(statement, "Acct/Ccy")}
    facts = {
        "number": _text(statement, "Acct/Id/Othr/Id", "Acct/Id/IBAN"),
        "ifsc": _text(statement, "Acct/Svcr/FinInstnId/ClrSysMmbId/MmbId"),
        "currency": " ".join(sorted(currencies - {""})),
        "opening": next((balances[kind] for kind in OPENING if kind in balances), ""),
        "closing": balances.get("CLBD", ""),
        "from_day": _text(statement, "FrToDt/FrDtTm")[:10],
        "to_day": _text(statement, "FrToDt/ToDtTm")[:10],
    }
    return {name: value for name, value in facts.items() if value}
