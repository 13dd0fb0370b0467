"""Remedies and brands: all of them, and one of each with its products."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    badge,
    button,
    card,
    data_table,
    empty_state,
    fact_list,
    form_dialog,
    grid,
    list_view,
    lookup_field,
    page_header,
    select_field,
    text_field,
)
from erp.components.records import or_dash, record_view
from erp.pages.routing import page
from erp.state.catalog.families import (
    MADE_COLUMNS,
    VIEW,
    BrandsState,
    BrandState,
    EditBrandState,
    EditRemedyState,
    MergeBrandState,
    MergeRemedyState,
    RemediesState,
    RemedyState,
)
from erp.state.catalog.wording import BY_THE_BOOK, STANDINGS


@page(
    route="/remedies",
    title="Remedies",
    permission=VIEW,
    parent="/products",
    on_load=[RemediesState.open_list, RemediesState.listen],
)
def remedies_page() -> rx.Component:
    """List remedies."""
    return rx.fragment(
        page_header("Remedies", "Every name that each is asked for by, for all its products."),
        list_view(
            RemediesState,
            label="Remedies",
            search="Name, synonym or abbreviation",
            filters=[Filter("standing", "Standing", list(STANDINGS.items()))],
            empty=Empty(
                "leaf",
                "No remedy yet",
                "A remedy is made with the first product that is made of it.",
            ),
        ),
    )


@page(
    route="/brands",
    title="Brands",
    permission=VIEW,
    parent="/products",
    on_load=[BrandsState.open_list, BrandsState.listen],
)
def brands_page() -> rx.Component:
    """List brands."""
    return rx.fragment(
        page_header("Brands", "Whose labels your products carry."),
        list_view(
            BrandsState,
            label="Brands",
            search="Name",
            filters=[Filter("standing", "Standing", list(STANDINGS.items()))],
            empty=Empty(
                "tag", "No brand yet", "A brand is made with the first product that carries it."
            ),
        ),
    )


@page(
    route="/remedies/[remedy_id]",
    title="Remedy",
    permission=VIEW,
    parent="/remedies",
    on_load=[RemedyState.open_record, RemedyState.listen],
)
def remedy_page() -> rx.Component:
    """Show one remedy."""
    head = RemedyState.head
    facts = [
        ("Also known as", or_dash(head["synonyms"])),
        ("Abbreviations", or_dash(head["abbreviations"])),
        ("Pharmacopoeia", head["book"]),
    ]
    return rx.fragment(
        _record(RemedyState, EditRemedyState, MergeRemedyState, facts, "/remedies", "All remedies"),
        _edit_remedy(),
        _merge(MergeRemedyState, "remedy", "/api/erp/remedies?standing=in_use"),
    )


@page(
    route="/brands/[brand_id]",
    title="Brand",
    permission=VIEW,
    parent="/brands",
    on_load=[BrandState.open_record, BrandState.listen],
)
def brand_page() -> rx.Component:
    """Show one brand."""
    return rx.fragment(
        _record(BrandState, EditBrandState, MergeBrandState, [], "/brands", "All brands"),
        _edit_brand(),
        _merge(MergeBrandState, "brand", "/api/erp/brands?standing=in_use"),
    )


def _record(
    state: Any,
    editing: Any,
    merging: Any,
    facts: list[tuple[str, Any]],
    list_route: str,
    list_label: str,
) -> rx.Component:
    head = state.head
    about = (head["id"], head["name"])
    actions = rx.fragment(
        button("Edit", icon="pencil", on_click=editing.open_dialog(*about)),
        button("Merge", icon="merge", on_click=merging.open_dialog(*about)),
        _status(state),
    )
    merged = rx.link(head["merged_into"], href=f"{list_route}/{head['merged_into_id']}")
    shown = [
        ("Standing", badge(head["standing"], head["tone"])),
        ("Merged into", rx.cond(head["merged_into"] != "", merged, or_dash(""))),
        ("Products", head["count"]),
    ]
    table = data_table(MADE_COLUMNS, state.made, label="Products", linked=True)
    none = empty_state("pill-bottle", "No product has it", "Products that name it are listed here.")
    return record_view(
        state,
        page_header(head["name"], "", rx.cond(head["may_edit"] != "", actions)),
        grid(
            rx.el.div(
                card(rx.cond(state.made.length() > 0, table, none), title="Products"),
                class_name="span-8 full-below",
            ),
            rx.el.div(
                card(fact_list([*facts, *shown]), title="Facts"), class_name="span-4 full-below"
            ),
        ),
        list_route=list_route,
        list_label=list_label,
    )


def _status(state: Any) -> rx.Component:
    retire = button(
        "Retire",
        icon="archive",
        on_click=state.change_status(False),  # noqa: FBT003  an event's value
    )
    use = button(
        "Use again",
        icon="archive-restore",
        on_click=state.change_status(True),  # noqa: FBT003  an event's value
    )
    return rx.cond(state.head["is_active"] != "", retire, use)


def _edit_remedy() -> rx.Component:
    errors, facts = EditRemedyState.field_errors, EditRemedyState.facts
    return form_dialog(
        EditRemedyState,
        text_field(
            "Name",
            "name",
            errors=errors,
            required=True,
            default_value=facts["name"],
            max_length=120,
        ),
        text_field(
            "Abbreviations",
            "abbreviations",
            errors=errors,
            hint="With commas between them; the till finds it by each.",
            default_value=facts["abbreviations"],
        ),
        text_field("Also known as", "synonyms", errors=errors, default_value=facts["synonyms"]),
        select_field(
            "Pharmacopoeia",
            "is_pharmacopoeial",
            list(BY_THE_BOOK.items())[1:],
            errors=errors,
            hint="The proposed tax of all its products follows.",
            default_value=facts["is_pharmacopoeial"],
        ),
        title="Edit remedy",
        subtitle="All its products are found by these names, and by none that is taken away.",
    )


def _edit_brand() -> rx.Component:
    return form_dialog(
        EditBrandState,
        text_field(
            "Name",
            "name",
            errors=EditBrandState.field_errors,
            required=True,
            wide=True,
            default_value=EditBrandState.subject["label"],
            max_length=120,
        ),
        title="Rename brand",
        subtitle="Labels and search follow; SKUs and posted documents stay.",
    )


def _merge(state: Any, kind: str, url: str) -> rx.Component:
    return form_dialog(
        state,
        lookup_field(
            "It is",
            "into_id",
            url,
            errors=state.field_errors,
            label_key="name",
            detail_key="standing",
            placeholder="Name",
            hint="That one stays, with the products of both. This cannot be undone.",
            required=True,
        ),
        title=f"Merge {kind}",
        subtitle=state.subject["label"],
        submit="Merge",
    )
