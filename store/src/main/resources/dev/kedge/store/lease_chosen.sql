-- Lease these runs, as far as they are still due and nobody else holds their rows, and note their
-- starts where their job has a rate limit. The limits under which they were chosen are locked by
-- limited_lock.sql, in the same transaction.
with chosen as materialized (
    select c.run_id, c.deployment
      from unnest(:run_ids::uuid[], :deployments::uuid[]) as c (run_id, deployment)
),
picked as materialized (
    select c.deployment, due.run_id
      from chosen as c
     cross join lateral (
           select a.run_id
             from kedge.active_run as a
            where a.run_id = c.run_id
              and a.state = 'pending'
              and a.due
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
              a.priority, a.lane, a.concurrency_key, a.attempt_started_at
),
counted as (
    insert into kedge.run_tally_change (namespace, job, state, runs)
    select namespace, job, change.state, change.sign * count(*)
      from leased
     cross join (values ('pending', -1), ('running', 1)) as change (state, sign)
     group by namespace, job, change.state, change.sign
),
noted as (
    insert into kedge.rate_slot as s (namespace, job, key, slot_at, last_at, starts)
    select l.namespace, l.job, coalesce(l.concurrency_key, ''),
           date_bin(j.rate_per_ms * interval '10 microseconds', max(l.attempt_started_at),
                    timestamptz 'epoch'),
           max(l.attempt_started_at), count(*)
      from leased as l
      join kedge.job as j on j.namespace = l.namespace and j.name = l.job
     where j.rate_limit is not null
     group by l.namespace, l.job, coalesce(l.concurrency_key, ''), j.rate_per_ms
    on conflict (namespace, job, key, slot_at) do update
       set last_at = greatest(s.last_at, excluded.last_at),
           starts  = s.starts + excluded.starts
)
select l.run_id, l.namespace, l.job, l.epoch, l.attempt, l.failures, l.losses, l.deployment,
       l.lane as frees, r.payload, r.max_attempts, r.timeout_ms,
       r.submitted_by, r.submitter_role, r.submitter_email,
       l.epoch > 1 or r.origin is not null as replays
  from leased as l
  join kedge.run as r on r.run_id = l.run_id
 order by l.priority desc, l.run_id
