"""A page that listens hears something: every topic is a domain that emits events."""

import importlib
import pkgutil
from typing import Any

import reflex as rx

import erp.state
from erp.services import catalogue_of_actions
from erp.services.platform import DomainEvent

assert catalogue_of_actions.DOMAINS


def subclasses(base: type[Any]) -> list[type[Any]]:
    below: list[type[Any]] = base.__subclasses__()
    return [base, *(found for direct in below for found in subclasses(direct))]


def test_every_topic_is_emitted():
    for module in pkgutil.walk_packages(erp.state.__path__, "erp.state."):
        importlib.import_module(module.name)
    emitted = {
        event.name.partition(".")[0] for event in subclasses(DomainEvent) if "name" in vars(event)
    }
    heard = {topic for state in subclasses(rx.State) for topic in getattr(state, "topics", ())}
    assert "pos" in heard
    assert heard <= emitted
