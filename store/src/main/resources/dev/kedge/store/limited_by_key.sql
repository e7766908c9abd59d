-- The first few due runs of each concurrency key, of at most :keys_max keys of a lane after the given
-- one; says after which key to go on, where there may be more. It finds what runs of full keys hide
-- from limited_head.sql.
--
-- Index: active_run_by_key (lane, concurrency_key, priority desc, run_id) where state = 'pending' and
-- due and concurrency_key is not null, from key to key.
with recursive hop as (
    select l.lane, 1 as number, (select a.concurrency_key
                                   from kedge.active_run as a
                                  where a.lane = l.lane and a.state = 'pending' and a.due
                                    and a.concurrency_key > :after_key
                                  order by a.concurrency_key
                                  limit 1) as key
      from unnest(:lanes::int[]) as l (lane)
    union all
    select h.lane, h.number + 1, (select a.concurrency_key
                                    from kedge.active_run as a
                                   where a.lane = h.lane and a.state = 'pending' and a.due
                                     and a.concurrency_key > h.key
                                   order by a.concurrency_key
                                   limit 1)
      from hop as h
     where h.key is not null
       and h.number < :keys_max
),
last as materialized (
    select min(h.key) as key
      from hop as h
     where h.number = :keys_max
)
select h.lane, first.run_id, first.concurrency_key, last.key as last_key
  from hop as h
 cross join lateral (
       select a.run_id, a.priority, a.concurrency_key
         from kedge.active_run as a
        where a.lane = h.lane
          and a.state = 'pending'
          and a.due
          and a.concurrency_key = h.key
          and (a.expires_at is null or a.expires_at > clock_timestamp())
        order by a.priority desc, a.run_id
        limit :of_each) as first
 cross join last
 where h.key is not null
 order by first.priority desc, first.run_id
