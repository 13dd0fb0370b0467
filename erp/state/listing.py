"""Everything a list page does: load, search, filter, sort, turn pages, save filters, follow news.

A page's state names its query and its columns and is done:

    class ProductListState(ListState, rx.State):
        permission: ClassVar[str] = "catalog.read"
        query: ClassVar[str] = "catalog.find_products"
        columns: ClassVar[tuple[Column, ...]] = (Column("name", "Product"), ...)
        row_link: ClassVar[str] = "/products/{id}"
        filter_keys: ClassVar[tuple[str, ...]] = ("category",)

Write `ClassVar`: without it Reflex would take the name for a var of the browser.
"""

from typing import Any, ClassVar
from urllib.parse import urlencode

from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.columns import Column, declare_list
from erp.core.errors import DomainError
from erp.state import live
from erp.state.choosing import address_of
from erp.state.explaining import errors_by_field
from erp.state.registry import PAGE, handler
from erp.state.showing import display_rows
from erp.state.viewing import ViewState

LONGEST_SEARCH = 200
LONGEST_FILTER = 100
DEEPEST_PAGE = 1000


class ListState(ViewState, mixin=True):
    """A server-side paged, sorted and filtered list. Only one page of text is ever held.

    The query's input is a `platform.Page`; a list that sorts has a `sort` field there
    (`name`, or `-name` for descending), and one field per filter key.
    """

    permission: ClassVar[str] = ""
    query: ClassVar[str] = ""
    columns: ClassVar[tuple[Column, ...]] = ()
    row_link: ClassVar[str] = ""
    filter_keys: ClassVar[tuple[str, ...]] = ()
    part_keys: ClassVar[tuple[str, ...]] = ()
    """Filter keys that choose a part of a list which is never shown whole, as a tile does."""
    topics: ClassVar[tuple[str, ...]] = ()
    page_size: ClassVar[int] = 50
    list_name: ClassVar[str] = ""

    rows: list[dict[str, str]] = []
    search: str = ""
    sort: str = ""
    filters: dict[str, str] = {}
    has_filters: bool = False
    is_loading: bool = True
    has_next: bool = False
    has_previous: bool = False
    problem: str = ""
    export_query: str = ""

    _cursor: str = ""
    _next_cursor: str = ""
    _trail: list[str] = []

    def __init_subclass__(cls, **more: Any) -> None:
        """Make the list's columns known to its export."""
        super().__init_subclass__(**more)
        cls.list_name = f"{cls.__module__.removeprefix('erp.state.')}.{cls.__name__}"
        declare_list(cls.list_name, cls.columns)

    @handler(permission=PAGE)
    async def open_list(self) -> None:
        """Show the first page with the search, filters and order named in the address."""
        given = dict(self.router.url.query_parameters)
        self.search = given.get("search", "")[:LONGEST_SEARCH]
        self.sort = given.get("sort", "")[:LONGEST_FILTER]
        self.filters = {
            key: given[key][:LONGEST_FILTER] for key in self.filter_keys if given.get(key)
        }
        self._rewind()
        await self._reload()
        await self._load_views()

    @handler(permission=PAGE)
    async def use_view(self, view_id: str) -> EventSpec | None:
        """Show the list as a kept view says."""
        kept = self._kept.get(view_id) if isinstance(view_id, str) else None
        if kept is None:
            return None
        self.search, self.sort = kept.get("search", ""), kept.get("sort", "")
        self.filters = {key: kept[key] for key in self.filter_keys if key in kept}
        return await self._from_the_top()

    @handler(permission=PAGE, supersedes=True)
    async def find(self, text: str) -> EventSpec:
        """Search; the newest words win over a search still running."""
        self.search = f"{text}"[:LONGEST_SEARCH]
        return await self._from_the_top()

    @handler(permission=PAGE)
    async def narrow(self, key: str, value: str) -> EventSpec | None:
        """Set one filter; an empty value or `all` lifts it."""
        if key not in self.filter_keys:
            return None
        kept = {name: held for name, held in self.filters.items() if name != key}
        wanted = "" if value == "all" else f"{value}"[:LONGEST_FILTER]
        self.filters = {**kept, key: wanted} if wanted else kept
        return await self._from_the_top()

    @handler(permission=PAGE)
    async def clear_filters(self) -> EventSpec:
        """Show everything again; of a list in parts, the whole part."""
        kept = {key: held for key, held in self.filters.items() if key in self.part_keys}
        self.search, self.filters = "", kept
        return await self._from_the_top()

    @handler(permission=PAGE)
    async def order_by(self, key: str) -> EventSpec | None:
        """Sort by a column; once more turns the order round."""
        if key not in {column.sort for column in self.columns if column.sort}:
            return None
        self.sort = f"-{key}" if self.sort == key else key
        return await self._from_the_top()

    @handler(permission=PAGE)
    async def next_page(self) -> None:
        """Show the page after this one."""
        if self._next_cursor and len(self._trail) < DEEPEST_PAGE:
            self._trail = [*self._trail, self._cursor]
            self._cursor = self._next_cursor
            await self._reload()

    @handler(permission=PAGE)
    async def previous_page(self) -> None:
        """Show the page before this one."""
        if self._trail:
            *self._trail, self._cursor = self._trail
            await self._reload()

    @handler(permission=PAGE)
    async def refresh(self) -> None:
        """Load the page that is shown again."""
        await self._reload()

    @handler(permission=PAGE, background=True)
    async def listen(self) -> None:
        """Load the shown page again whenever one of `topics` changes."""
        async for _ in live.changes(self, *self.topics):
            async with self:
                await self._reload()

    async def _from_the_top(self) -> EventSpec:
        self._rewind()
        await self._reload()
        return self._address()

    def _rewind(self) -> None:
        self._cursor, self._next_cursor, self._trail = "", "", []

    async def _reload(self) -> None:
        """Fill the rows of the shown page, or say at the list why it cannot be shown."""
        self.problem = ""
        self.has_filters = bool(self.filters.keys() - self.part_keys)
        try:
            principal = await self._principal()
            page = await self._ask(self.query, self._wanted() | {"cursor": self._cursor})
        except ValidationError as error:
            self.problem = "; ".join(f"{k}: {v}" for k, v in errors_by_field(error).items())
        except DomainError as error:
            self.problem = error.message
        else:
            rows = [self._entry(row) for row in page.rows]
            shown = display_rows(rows, self.columns, principal.time_zone, self.row_link)
            self.rows = [row | self._aside(raw) for row, raw in zip(shown, page.rows, strict=True)]
            self._next_cursor = page.next_cursor
            self._overlook(page)
        if self.problem:
            self.rows, self._next_cursor = [], ""
        self.has_next, self.has_previous = bool(self._next_cursor), bool(self._trail)
        self.export_query = urlencode(self._chosen())
        self.is_loading = False

    def _entry(self, row: Any) -> Any:
        """Return what is shown of a row of the query; for pages to override."""
        return row

    def _overlook(self, page: Any) -> None:
        """Keep what a page says of the whole list, such as its sums; for pages to override."""

    def _aside(self, row: Any) -> dict[str, str]:  # noqa: ARG002  for pages to use
        """Return what a row's action needs besides the columns; for pages to override."""
        return {}

    def _wanted(self) -> dict[str, Any]:
        return self._chosen() | {"limit": self.page_size}

    def _chosen(self) -> dict[str, str]:
        given = {"search": self.search, "sort": self.sort, **self.filters, **self._fixed()}
        return {key: value for key, value in given.items() if value}

    def _fixed(self) -> dict[str, str]:
        """Return inputs of the query that the page's user cannot change; for pages to override."""
        return {}

    def _address(self) -> EventSpec:
        """Write the choices into the address, so that it can be shared and reloaded."""
        kept = {key: value for key, value in self._chosen().items() if key not in self._fixed()}
        return address_of(self.router.url.path, kept)
