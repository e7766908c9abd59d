-- Put runs to sleep until the first of their waits is over, many at a time.
--
-- Fence: (run_id, epoch). The first statement locks the runs; the second is a statement of its own,
-- so that it sees every wait that was over before the lock. Whoever ends a wait afterwards waits for
-- the lock, and then finds the run asleep: no wake-up is lost between the two.
-- A run whose wait is over already, or that somebody asked to stop, goes back into the queue instead.
select run_id,
       set_config('enable_seqscan', 'off', true),
       set_config('enable_bitmapscan', 'off', true),
       set_config('enable_hashjoin', 'off', true),
       set_config('enable_mergejoin', 'off', true)
  from kedge.active_run
 where run_id = any(:run_ids::uuid[])
 order by run_id
   for update;

with verdict as materialized (
    select v.run_id, v.epoch, waits.ready, waits.wake_at
      from unnest(:run_ids::uuid[], :epochs::bigint[]) as v (run_id, epoch)
     cross join lateral (
           select coalesce(bool_or(w.over_at is not null
                                   or coalesce(w.wake_at <= clock_timestamp(), false)), true)
                      as ready,
                  coalesce(min(w.wake_at), 'infinity') as wake_at
             from kedge.wait as w
            where w.run_id = v.run_id) as waits
),
parked as (
    update kedge.active_run as a
       set state    = case when v.ready or a.cancel_requested_at is not null
                           then 'pending' else 'sleeping' end,
           epoch    = a.epoch + 1,
           worker   = null,
           due      = v.ready or a.cancel_requested_at is not null,
           due_at   = case when v.ready then clock_timestamp() else v.wake_at end,
           resuming = true
      from verdict as v
     where a.run_id = v.run_id
       and a.epoch = v.epoch
    returning a.run_id, a.namespace, a.job, a.lane, a.epoch, a.state, a.due, a.due_at,
              a.cancel_requested_by
),
counted as (
    insert into kedge.run_tally_change (namespace, job, state, runs)
    select namespace, job, change.state, sum(change.sign)
      from parked
     cross join lateral (values ('running', -1), (state, 1)) as change (state, sign)
     group by namespace, job, change.state
)
select run_id, epoch, lane, cancel_requested_by,
       case when due then 0
            when due_at = 'infinity' then -1
            else greatest(1, ceil(extract(epoch from due_at - clock_timestamp()) * 1000)) end::bigint
           as delay_ms
  from parked
