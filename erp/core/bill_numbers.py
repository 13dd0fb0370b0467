"""What two writings of one bill number have in common."""

import re


def bill_key(number: str) -> str:
    """Return a bill number in upper case, of letters and digits, without leading zeros.

    Numbers that follow each other stay apart, so that `B1/12` is not `B11/2`.

    Source: matching of purchases with GSTR-2B, rule of the normalised number.
    """
    kept = re.findall(r"[A-Z]+|[0-9]+", number.upper())
    plain = [run.lstrip("0") or "0" if run.isdigit() else run for run in kept]
    return re.sub(r"(?<=[0-9]) (?=[0-9])", "-", " ".join(plain)).replace(" ", "")
