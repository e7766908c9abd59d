-- End runs, many at a time: what was active is ended.
--
-- Fence: (run_id, epoch). A run that has moved on keeps its newer state and is missing from the
-- result, which is how the caller learns that the lease was lost. A lease that has run out but that
-- nobody took back still counts: the work is done, and no second attempt has begun.
-- An end from outside (:forced; somebody terminated the run, or its worker was lost) is written under
-- the next epoch, so that the worker cannot take it for a commit of its own whose reply was lost.
-- What a run waited for ends with it: its children are orphans then, unless it completed. A child's
-- end is told to its parent, and a failed run leaves a dead letter.
-- The end of a run lets the next one with its ordering key go. That one's row is passed over where
-- somebody holds it, and a submission that is not committed yet is not seen: run_unblock.sql looks
-- after both.
-- (`is true` keeps the planner from looking a run up by walking everything that is blocked.)
-- The first statement pins the plan (see docs/adr/0009): each verdict looks its run up by key.
select set_config('enable_seqscan', 'off', true),
       set_config('enable_bitmapscan', 'off', true),
       set_config('enable_hashjoin', 'off', true),
       set_config('enable_mergejoin', 'off', true);

with verdict as materialized (
    select *
      from unnest(:run_ids::uuid[], :epochs::bigint[], :states::text[], :results::bytea[],
                  :cancel_reasons::text[], :failure_codes::text[], :failure_types::text[],
                  :failure_messages::text[], :failure_stacks::text[])
           as v (run_id, epoch, state, result, cancel_reason, failure_code, failure_type,
                 failure_message, failure_stack)
),
ended as (
    delete from kedge.active_run as a
     using verdict as v
     where a.run_id = v.run_id
       and a.epoch = v.epoch
    returning a.*, v.state as end_state, v.result, v.cancel_reason,
              v.failure_code as end_failure_code, v.failure_type as end_failure_type,
              v.failure_message as end_failure_message, v.failure_stack as end_failure_stack
),
counted as (
    insert into kedge.run_tally_change (namespace, job, state, runs)
    select namespace, job, change.state, sum(change.sign)
      from ended
     cross join lateral (values (state, -1), (end_state, 1)) as change (state, sign)
     group by namespace, job, change.state
),
unwaited as (
    delete from kedge.wait as w
     using ended as e
     where w.run_id = e.run_id
    returning w.child, e.end_state
),
told as (
    insert into kedge.outbox (kind, subject)
    select 'child_ended', run_id from ended where parent is not null
    union all
    select 'orphaned', child from unwaited where child is not null and end_state <> 'completed'
    returning 1
),
dead as (
    insert into kedge.dead_letter (run_id, namespace, job, poisoned)
    select run_id, namespace, job, end_failure_code = 'worker_lost_limit'
      from ended
     where end_state = 'failed'
),
successor as materialized (
    select next.run_id
      from (select distinct namespace, job, ordering_key
              from ended
             where ordering_key is not null) as key
     cross join lateral (
           select a.run_id
             from kedge.active_run as a
            where a.namespace = key.namespace
              and a.job = key.job
              and a.ordering_key = key.ordering_key
              and not exists (select from ended as e where e.run_id = a.run_id)
            order by a.order_no
            limit 1) as next
),
unlocked as materialized (
    select s.run_id
      from successor as s
     cross join lateral (
           select a.run_id
             from kedge.active_run as a
            where a.run_id = s.run_id
              and a.blocked is true
              for update skip locked) as free
),
let_go as (
    update kedge.active_run as a
       set blocked = false,
           due     = a.due_at <= clock_timestamp()
      from unlocked as u
     where a.run_id = u.run_id
)
insert into kedge.ended_run (run_id, namespace, job, state, epoch, attempt, failures, losses, worker,
                             deployment, due_at, started_at, cancel_requested_at,
                             cancel_requested_by, cancel_reason, progress_at, progress_percent,
                             progress_processed, progress_total, progress_message, progress_data,
                             result, failure_code, failure_type, failure_message, failure_stack)
select run_id, namespace, job, end_state, epoch + case when :forced then 1 else 0 end, attempt,
       failures + case when end_state = 'failed'
                        and end_failure_code not in ('worker_lost', 'worker_lost_limit')
                       then 1 else 0 end,
       losses + case when end_failure_code in ('worker_lost', 'worker_lost_limit')
                     then 1 else 0 end,
       worker, deployment, due_at, started_at, cancel_requested_at,
       cancel_requested_by, cancel_reason, progress_at, progress_percent,
       progress_processed, progress_total, progress_message, progress_data,
       result, end_failure_code, end_failure_type, end_failure_message, end_failure_stack
  from ended
returning run_id
