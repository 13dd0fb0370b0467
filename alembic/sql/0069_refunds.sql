-- A refund that was done is taken back in the books where the provider says that it failed after all, and stays so.
create or replace function sec.keep_gateway_refund() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
declare
    rank constant jsonb := '{"due": 0, "pending": 1, "failed": 2, "processed": 3, "reversed": 4}';
begin
    if (new.company_id, new.account_id, new.gateway_payment_id, new.reference, new.amount)
       is distinct from (old.company_id, old.account_id, old.gateway_payment_id, old.reference, old.amount)
       or old.provider_id <> '' and new.provider_id <> old.provider_id
       or new.status <> old.status and (rank ->> new.status)::int <= (rank ->> old.status)::int
       or new.status = 'reversed' and old.status not in ('processed', 'reversed')
       or old.status = 'reversed' and (new.reversed_on, new.reversed_by, new.reversed_reason, new.repayment_id, new.entry_id)
          is distinct from (old.reversed_on, old.reversed_by, old.reversed_reason, old.repayment_id, old.entry_id)
       or old.settlement_id is not null and new.settlement_id is distinct from old.settlement_id then
        raise exception 'a refund only moves on' using errcode = '23514', constraint = 'gateway_refund_forward';
    end if;
    return new;
end $$;
