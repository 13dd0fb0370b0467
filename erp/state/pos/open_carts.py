"""Several customers at one till: carts that are open side by side, one of them at hand."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

MOST_CARTS = 4
LONGEST_CART = 120_000
"""Characters of a kept cart: 200 lines have about half of it."""


class Aside(BaseModel):
    """A cart that waits while another is at hand; the one at hand has no text here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Annotated[str, Field(max_length=LONGEST_CART)] = ""
    label: Annotated[str, Field(max_length=120)] = ""


class OpenCarts(BaseModel):
    """The open carts in the order of their tabs.

    Attributes:
        at: Place of the cart at hand.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    carts: Annotated[tuple[Aside, ...], Field(min_length=1, max_length=MOST_CARTS)] = (Aside(),)
    at: Annotated[int, Field(ge=0)] = 0

    @classmethod
    def read(cls, text: object) -> Self:
        """Return the carts of a kept text; a single empty place where it is none."""
        try:
            found = cls.model_validate_json(text if isinstance(text, str) else "")
        except ValidationError:
            return cls()
        return found if found.at < len(found.carts) else cls()

    @property
    def has_room(self) -> bool:
        """Tell whether another cart may be opened."""
        return len(self.carts) < MOST_CARTS

    def putting_aside(self, text: str, label: str, to: int) -> Self:
        """Return the carts with the one at hand put aside and another taken up.

        `to` is its place; the place after the last opens a new cart.
        """
        carts = [*self.carts, Aside()] if to == len(self.carts) else list(self.carts)
        carts[self.at] = Aside(text=text, label=label[:120])
        carts[to] = Aside()
        return self.model_copy(update={"carts": tuple(carts), "at": to})

    def without_the_one_at_hand(self) -> tuple[Self, str]:
        """Return the other carts, the next of them at hand, and its text; empty for a new cart."""
        rest = [cart for place, cart in enumerate(self.carts) if place != self.at]
        if not rest:
            return type(self)(), ""
        at = min(self.at, len(rest) - 1)
        text = rest[at].text
        rest[at] = Aside()
        return self.model_copy(update={"carts": tuple(rest), "at": at}), text
