-- Lease up to :limit due runs of the lanes that :worker offers, the most important first. Among
-- those of one priority the lanes take turns, so that a hundred thousand runs of one job, woken all
-- at once, hold up no other job.
--
-- The first statement locks the worker's row, so that whoever declares the worker lost waits for
-- this batch. The second one is a statement of its own on purpose: its snapshot is younger than the
-- lock, so its `exists` sees a loss that was declared while the lock was waited for.
--
-- Index: active_run_claim (lane, priority desc, run_id) where state = 'pending' and due.
-- `candidate` decides without locks how many runs each lane may give, so that no more rows are
-- locked than asked for; `picked` then takes as many, past those that others hold. Both are
-- materialized: inlined, the planner may repeat the limited subquery for each outer row.
-- Lanes of jobs and namespaces with a limit are left to ClaimUnderLimits.
-- The switches pin the plan (see docs/adr/0009): walk the index, look up by key, never compare all
-- with all, whatever the statistics of a table say that was empty a second ago.
select worker_id,
       set_config('enable_seqscan', 'off', true),
       set_config('enable_bitmapscan', 'off', true),
       set_config('enable_hashjoin', 'off', true),
       set_config('enable_mergejoin', 'off', true),
       set_config('plan_cache_mode', 'force_generic_plan', true)
  from kedge.worker
 where worker_id = :worker
   and gen = :gen
   and lost_at is null
   for share;

with offered as materialized (
    select o.lane, o.deployment
      from unnest(:lanes::int[], :deployments::uuid[]) as o (lane, deployment)
      join kedge.lane as l on l.lane = o.lane
      join kedge.job as j on j.namespace = l.namespace and j.name = l.job
     where not j.paused
       and not j.limited
       and not exists (select from kedge.namespace_limit as n where n.namespace = l.namespace)
       and exists (select from kedge.worker
                    where worker_id = :worker and gen = :gen and lost_at is null)
),
candidate as materialized (
    select best.lane, best.deployment, count(*) as share
      from (select head.lane, head.deployment
              from (select o.lane, o.deployment, first.priority, first.run_id,
                           row_number() over (partition by o.lane, first.priority
                                                  order by first.run_id) as turn
                      from offered as o
                     cross join lateral (
                           select a.priority, a.run_id
                             from kedge.active_run as a
                            where a.lane = o.lane
                              and a.state = 'pending'
                              and a.due
                            order by a.priority desc, a.run_id
                            limit :limit) as first) as head
             order by head.priority desc, head.turn, head.run_id
             limit :limit) as best
     group by best.lane, best.deployment
),
picked as materialized (
    select c.deployment, due.run_id
      from candidate as c
     cross join lateral (
           select a.run_id
             from kedge.active_run as a
            where a.lane = c.lane
              and a.state = 'pending'
              and a.due
              and (a.expires_at is null or a.expires_at > clock_timestamp())
            order by a.priority desc, a.run_id
            limit c.share
              for update skip locked) as due
),
leased as (
    update kedge.active_run as a
       set state              = 'running',
           epoch              = a.epoch + 1,
           attempt            = a.attempt + case when a.resuming then 0 else 1 end,
           resuming           = false,
           worker             = :worker,
           deployment         = coalesce(a.deployment, picked.deployment),
           started_at         = coalesce(a.started_at, clock_timestamp()),
           attempt_started_at = clock_timestamp(),
           progress_at        = null
      from picked
     where a.run_id = picked.run_id
    returning a.run_id, a.namespace, a.job, a.epoch, a.attempt, a.failures, a.losses, a.deployment,
              a.priority, case when a.ordering_key is not null then a.lane end as frees
),
counted as (
    insert into kedge.run_tally_change (namespace, job, state, runs)
    select namespace, job, change.state, change.sign * count(*)
      from leased
     cross join (values ('pending', -1), ('running', 1)) as change (state, sign)
     group by namespace, job, change.state, change.sign
)
select l.run_id, l.namespace, l.job, l.epoch, l.attempt, l.failures, l.losses, l.deployment,
       l.frees, r.payload, r.max_attempts, r.timeout_ms,
       r.submitted_by, r.submitter_role, r.submitter_email,
       l.epoch > 1 or r.origin is not null as replays
  from leased as l
  join kedge.run as r on r.run_id = l.run_id
 order by l.priority desc, l.run_id
