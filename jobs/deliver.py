"""Deliver one event to one subscriber: effect and end of the delivery in one transaction."""

import traceback
from uuid import UUID

import structlog

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import Busy, Unavailable
from erp.services import identity, platform
from jobs.run import as_system, place_of
from jobs.subscriptions import SUBSCRIBERS

_log = structlog.get_logger()


class UnknownSubscriber(Exception):
    """The delivery is for a subscriber that this version of the product does not have."""


def deliver(tenant_id: str, delivery_id: str) -> None:
    """Run a delivery if it is due and nobody else has it; called by the worker with ids only.

    A failure is recorded with the delivery, which is tried again later. Losing the lease
    rolls the effect back. An error that cannot be recorded is raised: the lease runs out
    and the relay rings again.
    """
    place = place_of(UUID(tenant_id))
    if place is None:
        _log.warning("delivery_of_no_tenant", tenant_id=tenant_id, delivery_id=delivery_id)
        return
    request_id = f"delivery-{delivery_id}"
    with structlog.contextvars.bound_contextvars(tenant_id=tenant_id, request_id=request_id):
        _lease_and_attempt(place, UUID(delivery_id), request_id)


def _lease_and_attempt(place: identity.TenantPlace, delivery_id: UUID, request_id: str) -> None:
    delivery = as_system(
        place,
        (),
        lambda session, ctx: platform.lease_delivery(session, ctx, delivery_id),
        request_id=request_id,
    )
    if delivery is not None:
        _attempt(place, delivery, request_id)


def _attempt(place: identity.TenantPlace, delivery: platform.Delivery, request_id: str) -> None:
    try:
        _take_effect(place, delivery, request_id)
    except platform.LeaseLost:
        _log.warning("lease_lost", subscriber=delivery.subscriber)
    except Exception as error:  # noqa: BLE001  a subscriber may fail in any way; it is recorded
        _record_failure(place, delivery, request_id, error)
    else:
        _log.info("delivered", subscriber=delivery.subscriber, about=delivery.event_name)


def _take_effect(place: identity.TenantPlace, delivery: platform.Delivery, request_id: str) -> None:
    subscriber = SUBSCRIBERS.get(delivery.subscriber)
    if subscriber is None:
        raise UnknownSubscriber(f"There is no subscriber {delivery.subscriber}.")
    effect = subscriber.load()

    def effect_and_end(session: db.UnitOfWork, ctx: RequestContext) -> None:
        effect(session, ctx, delivery)
        platform.finish_delivery(session, ctx, delivery)

    as_system(
        place,
        subscriber.permissions,
        effect_and_end,
        request_id=request_id,
        on_behalf_of=None if delivery.user_id == identity.NOBODY else delivery.user_id,
    )


def _record_failure(
    place: identity.TenantPlace, delivery: platform.Delivery, request_id: str, error: Exception
) -> None:
    reason = "".join(traceback.format_exception_only(error)).strip()
    status = as_system(
        place,
        (),
        lambda session, ctx: platform.fail_delivery(
            session,
            ctx,
            delivery,
            reason,
            is_outage=isinstance(error, Busy | Unavailable),
            after=error.after if isinstance(error, platform.TryLater) else None,
        ),
        request_id=request_id,
    )
    _log.warning(
        "delivery_failed",
        subscriber=delivery.subscriber,
        attempts=delivery.attempts,
        status=status,
        exc_info=None if isinstance(error, platform.TryLater) else error,
    )
