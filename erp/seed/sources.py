"""The demo's source files: tables of text beside this module."""

import csv
from collections.abc import Mapping
from pathlib import Path

DATA = Path(__file__).parent / "data"


def read_rows(name: str) -> list[Mapping[str, str]]:
    """Return the rows of a source file, each by its column names."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
