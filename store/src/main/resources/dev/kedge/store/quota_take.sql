-- Take from the quotas of namespaces what is to be submitted to each in this transaction. Says how
-- many runs each one gives, and if not all, how long it is until it gives one more (where that is
-- known). Their rows are locked, so what is counted here is what others have committed.
with asked as materialized (
    select q.*, w.runs,
           (select coalesce(sum(t.runs), 0)
              from (select runs from kedge.run_tally
                     where namespace = q.namespace and state = 'pending'
                    union all
                    select runs from kedge.run_tally_change
                     where namespace = q.namespace and state = 'pending') as t) as pending,
           clock_timestamp() as now
      from unnest(:namespaces::text[], :runs::int[]) as w (namespace, runs)
      join kedge.namespace_quota as q on q.namespace = w.namespace
),
measured as materialized (
    select a.*,
           greatest(a.full_at, a.now) as refills_from,
           greatest(0, coalesce(a.max_pending - a.pending, a.runs)) as places,
           coalesce(floor(extract(epoch from a.now + interval '1 minute'
                                             - greatest(a.full_at, a.now))
                          * a.max_per_minute / 60 + 0.000001), a.runs) as tokens
      from asked as a
),
given as materialized (
    select m.*, least(m.runs, m.places, greatest(0, m.tokens))::int as taken
      from measured as m
),
spent as (
    update kedge.namespace_quota as q
       set full_at = g.refills_from + g.taken * (interval '1 minute' / g.max_per_minute)
      from given as g
     where q.namespace = g.namespace
       and g.max_per_minute is not null
       and g.taken > 0
)
select namespace, taken, max_pending, max_per_minute,
       places < least(runs, tokens) as full_up,
       case when max_per_minute is not null
            then (extract(epoch from refills_from
                          + (taken + 1) * (interval '1 minute' / max_per_minute)
                          - interval '1 minute' - now) * 1000)::bigint end as wait_ms
  from given
