-- Text search cannot use its index under row-level security (the operators are not
-- leakproof), so it goes through narrow functions that read the tenant themselves and
-- return ids only; the caller joins back under its own policies.

-- Variants of the preferred potency come first; a page after a key has no preference.
create function sec.search_variants(
    wanted text, preferred text, after_label text, after_id uuid, page_size integer, with_inactive boolean)
returns table (id uuid, place bigint)
language sql stable rows 20 security definer set search_path = pg_catalog, public, pg_temp
as $$
    select found.id, row_number() over () from (
        select variant.id from variant
         where variant.tenant_id = (select sec.tenant())
           and (variant.is_active or with_inactive)
           and to_tsvector('simple', variant.search_text) @@ to_tsquery('simple', wanted)
           and (variant.label, variant.id) > (after_label, after_id)
         order by coalesce(variant.potency_label = preferred, false) desc, variant.label, variant.id
         limit page_size) found
$$;
create function sec.search_parties(wanted text, after_name text, after_id uuid, page_size integer)
returns table (id uuid)
language sql stable rows 20 security definer set search_path = pg_catalog, public, pg_temp
as $$
    select party.id from party
     where party.tenant_id = (select sec.tenant()) and party.is_active
       and to_tsvector('simple', party.search_text) @@ to_tsquery('simple', wanted)
       and (party.name, party.id) > (after_name, after_id)
     order by party.name, party.id
     limit page_size
$$;
alter function sec.search_variants(text, text, text, uuid, integer, boolean) owner to erp_definer;
alter function sec.search_parties(text, text, uuid, integer) owner to erp_definer;
grant select on variant, party to erp_definer;
revoke all on function sec.search_variants(text, text, text, uuid, integer, boolean) from public;
revoke all on function sec.search_parties(text, text, uuid, integer) from public;
grant execute on function sec.search_variants(text, text, text, uuid, integer, boolean) to erp_app;
grant execute on function sec.search_parties(text, text, uuid, integer) to erp_app;
