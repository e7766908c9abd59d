-- Take from the quotas of namespaces what is to be submitted to each in this transaction. Says how
-- many runs each one gives, and if not all, how long it is until it gives one more (where that is
-- known). Their rows are locked, so what is counted here is what others have committed.
with counted as materialized (
    select t.namespace,
           sum(t.runs) filter (where t.state = 'pending') as pending,
           sum(t.runs) filter (where t.state in ('pending', 'running')) as active
      from (select namespace, state, runs from kedge.run_tally
             where namespace = any(:namespaces::text[])
            union all
            select namespace, state, runs from kedge.run_tally_change
             where namespace = any(:namespaces::text[])) as t
     group by t.namespace
),
asked as materialized (
    select q.*, w.runs, coalesce(c.pending, 0) as pending, coalesce(c.active, 0) as active,
           clock_timestamp() as now
      from unnest(:namespaces::text[], :runs::int[]) as w (namespace, runs)
      join kedge.namespace_quota as q on q.namespace = w.namespace
      left join counted as c on c.namespace = w.namespace
),
measured as materialized (
    select a.*,
           greatest(a.full_at, a.now) as refills_from,
           greatest(0, coalesce(a.max_pending - a.pending, a.runs)) as waiting_places,
           greatest(0, coalesce(a.max_concurrent - a.active, a.runs)) as active_places,
           greatest(0, coalesce(floor(extract(epoch from a.now + interval '1 minute'
                                                         - greatest(a.full_at, a.now))
                                      * a.max_per_minute / 60 + 0.000001), a.runs)) as tokens
      from asked as a
),
given as materialized (
    select m.*, least(m.runs, m.waiting_places, m.active_places, m.tokens)::int as taken
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
select namespace, taken, max_pending, max_concurrent, max_per_minute,
       case when taken = runs then 'nothing'
            when taken = tokens then 'rate'
            when taken = waiting_places then 'pending'
            else 'concurrent' end as stopped_by,
       case when max_per_minute is not null
            then (extract(epoch from refills_from
                          + (taken + 1) * (interval '1 minute' / max_per_minute)
                          - interval '1 minute' - now) * 1000)::bigint end as wait_ms
  from given
