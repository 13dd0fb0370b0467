"""A supplier's scorecard: a card of the party's page."""

from typing import Any

import reflex as rx

from erp.components import card, empty_state, notice, stat_tile
from erp.state.purchasing.periods import PERIODS
from erp.state.purchasing.scorecard import ScorecardState

TONED = frozenset({"on_time", "fill", "short_life", "failed", "drift", "recovered"})
score, links = ScorecardState.score, ScorecardState.links


def period_chooser(state: Any) -> rx.Component:
    """Return the choice of the period that a state's figures are of."""
    return rx.el.select(
        *[rx.el.option(label, value=value) for value, label in PERIODS.items()],
        value=state.period,
        on_change=state.choose_period,
        class_name="input chooser",
        aria_label="Period",
    )


def scorecard_card() -> rx.Component:
    """Return how the shown party did as a supplier; each figure leads to its rows."""
    shown = card(
        rx.cond(ScorecardState.problem != "", notice(ScorecardState.problem, tone="red")),
        rx.cond(score.length() > 0, _figures(), _none()),
        title="As a supplier",
        actions=(period_chooser(ScorecardState),),
    )
    return rx.cond(ScorecardState.may_see, shown)


def _figures() -> rx.Component:
    return rx.el.div(
        _figure("Orders sent", "orders", "in this time"),
        _figure("Received", "value", "at cost without tax"),
        _figure("On time", "on_time", _of("due_units", "units", "No expected day")),
        _figure("Filled", "fill", _of("ordered_units", "units", "No order over or late")),
        _figure("Short life", "short_life", _of("dated_units", "units", "Nothing with an expiry")),
        rx.cond(
            score["checked_units"] != "",
            _figure("Failed checks", "failed", _of("checked_units", "units", "Nothing looked at")),
        ),
        _figure("Price drift", "drift", "against the time before"),
        rx.cond(
            score["recovered"] != "",
            _figure("Claims credited", "recovered", _of("credited", "", "Nothing claimed")),
        ),
        class_name="scores",
    )


def _figure(label: str, key: str, note: Any) -> rx.Component:
    tone = score[f"{key}_is"] if key in TONED else ""
    return stat_tile(label, score[key], note=note, to=links[key], tone=tone)


def _of(key: str, unit: str, nothing: str) -> rx.Var[str]:
    return rx.cond(score[key] != "", f"{score[key]} {unit}", nothing)


def _none() -> rx.Component:
    return empty_state(
        "clipboard-list",
        "Nothing ordered or received in this time",
        "Choose a longer period. Figures appear with the first order or delivery.",
    )
