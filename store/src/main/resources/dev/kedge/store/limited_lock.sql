-- Keep others from claiming under the limits of these lanes until the transaction ends, and say what
-- the limits are. A job or namespace for which somebody else is claiming just now is left out.
--
-- The first statement is that of lease_claim.sql; its switches pin the plans of the whole claim. A
-- claimer that freezes in the middle is cut off after two seconds, lest it hold up all others.
-- Namespaces come before jobs: a job's lock is worth nothing without that of its namespace.
select worker_id,
       set_config('idle_in_transaction_session_timeout', '2s', true),
       set_config('enable_seqscan', 'off', true),
       set_config('enable_bitmapscan', 'off', true),
       set_config('enable_hashjoin', 'off', true),
       set_config('enable_mergejoin', 'off', true)
  from kedge.worker
 where worker_id = :worker
   and gen = :gen
   and lost_at is null
   for share;

with wanted as materialized (
    select l.lane, l.namespace, l.job
      from unnest(:lanes::int[]) as o (lane)
      join kedge.lane as l on l.lane = o.lane
),
held_namespace as materialized (
    select n.namespace, n.max_concurrency
      from kedge.namespace_limit as n
     where n.namespace in (select namespace from wanted)
     order by n.namespace
       for no key update skip locked
),
held_job as materialized (
    select j.*
      from kedge.job as j
     where (j.namespace, j.name) in (select namespace, job from wanted)
       and (j.namespace in (select namespace from held_namespace)
            or not exists (select from kedge.namespace_limit as n
                            where n.namespace = j.namespace))
     order by j.namespace, j.name
       for no key update skip locked
)
select w.lane, w.namespace, w.job, j.paused, j.max_concurrency, j.on_exceeded,
       j.max_concurrency_per_key, j.rate_limit, j.rate_per_ms,
       n.max_concurrency as max_concurrency_of_namespace
  from wanted as w
  join held_job as j on j.namespace = w.namespace and j.name = w.job
  left join held_namespace as n on n.namespace = w.namespace
