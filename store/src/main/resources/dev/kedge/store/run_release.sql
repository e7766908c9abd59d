-- Put runs back into the queue, many at a time: retried, snoozed, handed back or rescued.
--
-- Fence: (run_id, epoch), as in run_settle.sql. The epoch rises, so that whoever held the lease can
-- write no more. An attempt that failed or was lost is kept in `attempt`.
-- The first statement pins the plan (see docs/adr/0009): each verdict looks its run up by key.
select set_config('enable_seqscan', 'off', true),
       set_config('enable_bitmapscan', 'off', true),
       set_config('enable_hashjoin', 'off', true),
       set_config('enable_mergejoin', 'off', true);

with verdict as materialized (
    select *
      from unnest(:run_ids::uuid[], :epochs::bigint[], :delays_ms::bigint[], :failures::int[],
                  :losses::int[], :resuming::boolean[], :failure_codes::text[],
                  :failure_types::text[], :failure_messages::text[], :failure_stacks::text[])
           as v (run_id, epoch, delay_ms, failures, losses, resuming, failure_code, failure_type,
                 failure_message, failure_stack)
),
held as materialized (
    select a.run_id, a.epoch, a.attempt, a.worker, a.attempt_started_at, v.delay_ms, v.failures,
           case when v.losses > 0
                 and exists (select from kedge.step as s
                              where s.run_id = a.run_id and s.epoch = a.epoch)
                then 0 else a.losses end as losses_before,
           v.losses, v.resuming, v.failure_code, v.failure_type, v.failure_message, v.failure_stack
      from verdict as v
      join kedge.active_run as a on a.run_id = v.run_id and a.epoch = v.epoch
     order by a.run_id
       for update of a
),
released as (
    update kedge.active_run as a
       set state           = 'pending',
           epoch           = a.epoch + 1,
           worker          = null,
           due             = h.delay_ms = 0,
           due_at          = clock_timestamp() + h.delay_ms * interval '1 millisecond',
           failures        = a.failures + h.failures,
           losses          = h.losses_before + h.losses,
           resuming        = h.resuming,
           failure_code    = coalesce(h.failure_code, a.failure_code),
           failure_type    = case when h.failure_code is null
                                  then a.failure_type else h.failure_type end,
           failure_message = coalesce(h.failure_message, a.failure_message),
           failure_stack   = case when h.failure_code is null
                                  then a.failure_stack else h.failure_stack end
      from held as h
     where a.run_id = h.run_id
       and a.epoch = h.epoch
    returning a.run_id, a.namespace, a.job, a.lane, a.epoch, h.delay_ms, a.cancel_requested_by
),
remembered as (
    insert into kedge.attempt (run_id, epoch, number, worker, started_at, failure_code, failure_type,
                               failure_message, failure_stack)
    select run_id, epoch, attempt, worker, attempt_started_at, failure_code, failure_type,
           failure_message, failure_stack
      from held
     where failure_code is not null
       and worker is not null
),
counted as (
    insert into kedge.run_tally_change (namespace, job, state, runs)
    select namespace, job, change.state, change.sign * count(*)
      from released
     cross join (values ('running', -1), ('pending', 1)) as change (state, sign)
     group by namespace, job, change.state, change.sign
)
select run_id, epoch, lane, delay_ms, cancel_requested_by
  from released
