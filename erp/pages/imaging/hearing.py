"""What pages of imaging say while no device can be heard."""

import reflex as rx

from erp.components import notice
from erp.state.imaging.hearing import HearingState

_DEAF = (
    "Devices cannot be heard just now: the message broker or its listener is away. They keep what they took and"
    " send it when it is back. DICOM peers and uploads still deliver."
)


def hearing_notice() -> rx.Component:
    """Say that devices are not heard, if so; the page's `on_load` has `HearingState.watch`."""
    return rx.cond(HearingState.is_deaf, notice(_DEAF))
