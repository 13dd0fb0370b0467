-- Text search cannot use its index under row-level security (the operators are not
-- leakproof), so it goes through narrow functions that read the tenant themselves and
-- return ids only; the caller joins back under its own policies. Matches are found first
-- and sorted then: walking the label index instead would look at every row.

-- Variants of the preferred potency come first; a page after a key has no preference.
create function sec.search_variants(
    wanted text, preferred text, after_label text, after_id uuid, page_size integer, with_inactive boolean)
returns table (id uuid, place bigint)
language sql stable rows 20 security definer set search_path = pg_catalog, public, pg_temp
as $$
    with matching as materialized (
        select variant.id, variant.label, variant.potency_label from variant
         where variant.tenant_id = (select sec.tenant())
           and (variant.is_active or with_inactive)
           and variant.search_vector @@ to_tsquery('simple', wanted))
    select found.id, row_number() over () from (
        select matching.id from matching
         where (matching.label, matching.id) > (after_label, after_id)
         order by coalesce(matching.potency_label = preferred, false) desc, matching.label, matching.id
         limit page_size) found
$$;
create function sec.search_parties(wanted text, after_name text, after_id uuid, page_size integer)
returns table (id uuid)
language sql stable rows 20 security definer set search_path = pg_catalog, public, pg_temp
as $$
    with matching as materialized (
        select party.id, party.name from party
         where party.tenant_id = (select sec.tenant()) and party.is_active
           and party.search_vector @@ to_tsquery('simple', wanted))
    select matching.id from matching
     where (matching.name, matching.id) > (after_name, after_id)
     order by matching.name, matching.id
     limit page_size
$$;
alter function sec.search_variants(text, text, text, uuid, integer, boolean) owner to erp_definer;
alter function sec.search_parties(text, text, uuid, integer) owner to erp_definer;
grant select on variant, party to erp_definer;
revoke all on function sec.search_variants(text, text, text, uuid, integer, boolean) from public;
revoke all on function sec.search_parties(text, text, uuid, integer) from public;
grant execute on function sec.search_variants(text, text, text, uuid, integer, boolean) to erp_app;
grant execute on function sec.search_parties(text, text, uuid, integer) to erp_app;
