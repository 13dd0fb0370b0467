"""The topics of vis/v1: who is speaking, and about what."""

import re
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict

from erp.services.imaging.messages import BadMessage


class Channel(StrEnum):
    """The kinds of topic below a device's branch."""

    STATE = "state"
    EVENT = "event"
    OFFER = "offer"
    GRANT = "grant"
    CHUNK = "chunk"
    DONE = "done"
    RECEIPT = "receipt"
    SETTLE = "settle"
    COMMAND = "cmd"
    RESULT = "res"


class Topic(BaseModel):
    """A parsed topic; site and device come from here, never from a payload."""

    model_config = ConfigDict(frozen=True)

    site: str
    device: str
    channel: Channel
    subject: str = ""
    index: int | None = None


_TOPIC: Final = re.compile(
    r"vis/v1/(?P<site>[A-Za-z0-9_-]{1,64})/(?P<device>[A-Za-z0-9_-]{1,64})/"
    r"(?P<channel>[a-z]+)(?:/(?P<subject>[A-Za-z0-9_-]{1,64})(?:/(?P<index>[0-9]{1,7}))?)?"
)


STEP_TOPIC: Final = "mpps/"
"""Stands before a performed step's name where one that was not taken is put aside."""


def read_topic(topic: str) -> Topic:
    """Return site, device, channel and subject of a topic.

    Raises:
        BadMessage: Code `bad_topic`; not one of ours.
    """
    match = _TOPIC.fullmatch(topic)
    channels = {channel.value for channel in Channel}
    if match is None or match["channel"] not in channels:
        raise BadMessage("bad_topic", "The topic is not part of vis/v1.")
    channel = Channel(match["channel"])
    has_index = match["index"] is not None
    if (channel is Channel.STATE) == bool(match["subject"]) or has_index != (
        channel is Channel.CHUNK
    ):
        raise BadMessage("bad_topic", "The topic has too many or too few parts.")
    return Topic(
        site=match["site"],
        device=match["device"],
        channel=channel,
        subject=match["subject"] or "",
        index=int(match["index"]) if has_index else None,
    )


def topic_for(site: str, device: str, channel: Channel, subject: str) -> str:
    """Return the topic the suite answers on."""
    return f"vis/v1/{site}/{device}/{channel}/{subject}"
