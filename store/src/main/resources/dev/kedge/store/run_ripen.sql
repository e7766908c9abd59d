-- Let runs whose time has come into the index that claims read; says which lanes they are in. Those
-- that slept are awake.
--
-- Index: active_run_later (due_at) where not due and not blocked. The clock stands in a subquery,
-- because a bare clock_timestamp() is volatile and cannot bound an index scan.
with ripe as materialized (
    select run_id, state
      from kedge.active_run
     where not due
       and not blocked
       and due_at <= (select clock_timestamp())
     order by due_at
     limit :limit
       for update skip locked
),
ripened as (
    update kedge.active_run as a
       set due = true, state = 'pending'
      from ripe
     where a.run_id = ripe.run_id
    returning a.lane, a.namespace, a.job, ripe.state as was
),
counted as (
    insert into kedge.run_tally_change (namespace, job, state, runs)
    select namespace, job, change.state, change.sign * count(*)
      from ripened
     cross join (values ('sleeping', -1), ('pending', 1)) as change (state, sign)
     where was = 'sleeping'
     group by namespace, job, change.state, change.sign
)
select lane
  from ripened
