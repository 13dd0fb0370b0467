"""Cutting a document into pages before anything is drawn, so that every page knows its count."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

Draw = Callable[[float], None]
"""Draws a block whose top is at the given height."""


@dataclass(frozen=True, slots=True)
class Block:
    """Something that is never cut in two.

    Attributes:
        head: Repeated above the first block of a table on each page; the same object for all of
            one table's blocks.
        carried: Drawn below the last block before a page break inside a table.
        brought: Drawn above the next block after such a break.
    """

    height: float
    draw: Draw
    head: "Block | None" = None
    carried: "Block | None" = None
    brought: "Block | None" = None


@dataclass(slots=True)
class Page:
    """The blocks of a page, from the top."""

    room: float
    blocks: list[Block] = field(default_factory=list)

    @property
    def used(self) -> float:
        """Height taken so far."""
        return sum(block.height for block in self.blocks)

    def draw(self, top: float) -> None:
        """Draw every block, one below the other."""
        for block in self.blocks:
            block.draw(top)
            top += block.height


def paginate(blocks: Sequence[Block], first_room: float, next_room: float) -> list[Page]:
    """Lay blocks on pages; a block higher than a page gets a page of its own.

    Args:
        blocks: In order.
        first_room: Height for blocks on the first page.
        next_room: Height for blocks on each later page.
    """
    pages = [Page(first_room)]
    before: Block | None = None
    for block in blocks:
        page = pages[-1]
        heading = _heading(block, before)
        after = block.carried.height if block.carried else 0
        needed = sum(one.height for one in heading) + block.height + after
        if page.blocks and page.used + needed > page.room:
            if before and before.carried and before.head is block.head:
                page.blocks.append(before.carried)
            page = Page(next_room)
            pages.append(page)
            heading = _opening(block, before)
        page.blocks += [*heading, block]
        before = block
    return pages


def _heading(block: Block, before: Block | None) -> list[Block]:
    """Return the table head where a table begins."""
    if block.head is None or (before is not None and before.head is block.head):
        return []
    return [block.head]


def _opening(block: Block, before: Block | None) -> list[Block]:
    """Return what stands above the first block of a later page."""
    opening = [block.head] if block.head else []
    if before and before.brought and before.head is block.head and block.head:
        opening.append(before.brought)
    return opening
