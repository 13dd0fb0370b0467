"""Parts of a GSTR-2B file that are not read: said by name, never passed over in silence. Pure."""

from collections.abc import Container, Iterator, Mapping
from typing import Any, Final

from erp.core.formatting import counted

SUMS: Final = frozenset({"itcsumm", "cpsumm", "cpSummRej"})
"""Parts that hold sums of the documents."""
WHY: Final[Mapping[str, str]] = {
    "docRejdata": "rejected in the portal's invoice management; they give no credit",
    "impga": "amended bills of entry; compare them on the portal",
    "impgseza": "amended bills of entry of special economic zones; compare them on the portal",
}
UNKNOWN: Final = "not known here; look at them on the portal"
LONGEST: Final = 60


def parts_left_out(data: Mapping[str, Any], read: Container[str]) -> Iterator[str]:
    """Yield each part that holds something and is not read: its name, how many documents it has, and why.

    Args:
        read: Sections of `docdata` whose documents are kept.
    """
    documents = data.get("docdata")
    sections = documents if isinstance(documents, Mapping) else {}
    for name, part in sections.items():
        if name not in read and (count := _count(part)):
            yield _words(name, count)
    for name, part in data.items():
        is_part = isinstance(part, list | Mapping) and name not in SUMS | {"docdata"}
        if is_part and (count := _count(part)):
            yield _words(name, count)


def _words(name: str, count: int) -> str:
    return f"{name[:LONGEST]}: {counted(count, 'document', 'documents')}, {WHY.get(name, UNKNOWN)}"


def _count(part: Any) -> int:  # noqa: ANN401  whatever a file holds
    """Return how many documents a part has: the innermost rows that are no items of one."""
    if isinstance(part, Mapping):
        lists = [value for key, value in part.items() if isinstance(value, list) and key != "items"]
        return sum(_count(one) for one in lists) if lists else int(bool(part))
    return sum(_count(one) for one in part) if isinstance(part, list) else int(part is not None)
