-- How many attempts started lately under these rate limits, and in how long the first of those counts
-- no more.
--
-- Index: the primary key of rate_slot. A slot is a hundredth of the limit's time, and counts until
-- its latest start is long enough ago; hence the hundredth that is looked back further.
with moment as materialized (
    select clock_timestamp() as now
)
select k.namespace, k.job, k.key, coalesce(sum(s.starts), 0) as starts,
       ceil(extract(epoch from coalesce(min(s.last_at) - m.now, interval '0') + k.per) * 1000)::bigint
           as free_in_ms
  from (select g.namespace, g.job, g.key, g.per_ms * interval '1 millisecond' as per
          from unnest(:namespaces::text[], :jobs::text[], :keys::text[], :pers_ms::bigint[])
               as g (namespace, job, key, per_ms)) as k
 cross join moment as m
  left join lateral (
       select r.starts, r.last_at
         from kedge.rate_slot as r
        where r.namespace = k.namespace
          and r.job = k.job
          and r.key = k.key
          and r.slot_at > m.now - k.per * 1.01
          and r.last_at > m.now - k.per) as s on true
 group by k.namespace, k.job, k.key, k.per, m.now
