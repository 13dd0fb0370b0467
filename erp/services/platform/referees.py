"""Referees of the command log and the deliveries. Those of the event store are with its seal."""

from erp.services.platform.verifying import referee

referee(
    "P1",
    "Every recorded command has an input hash and an answer that can be replayed",
    counted="select count(*) from command_log",
    offenders="""
        select tenant_id, id, command from command_log
         where input_hash !~ '^[0-9a-f]{64}$' or answer is not json or idempotency_key = ''
         order by tenant_id, id limit 1
    """,
)
referee(
    "P2",
    "Every event was written by a recorded command, or by the delivery of an earlier event",
    counted="select count(*) from event",
    offenders="""
        select event.tenant_id, event.id, event.name, event.request_id from event
         where not exists (
               select from command_log log
                where (log.tenant_id, log.request_id) = (event.tenant_id, event.request_id))
           and not exists (
               select from event_delivery delivery
                where delivery.tenant_id = event.tenant_id
                  and event.request_id = 'delivery-' || delivery.id)
         order by event.tenant_id, event.id limit 1
    """,
)
referee(
    "O2",
    "A delivery is done exactly when it says when, and held exactly while it is leased",
    counted="select count(*) from event_delivery",
    offenders="""
        select tenant_id, id, subscriber, status from event_delivery
         where (status = 'done') <> (done_at is not null)
            or (status = 'leased') <> (lease_token is not null and leased_until is not null)
         order by tenant_id, id limit 1
    """,
)
