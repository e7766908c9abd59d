-- Store submissions to jobs that refuse what is beyond their limit, many at a time. Says which were
-- taken; the others were refused, and so are those of :overs, which a quota refuses.
--
-- The second statement keeps other submissions to these jobs waiting until the commit, and waits for
-- theirs as long as the first one says; in one order, so that two batches never wait for each other
-- crosswise. The third one's snapshot is younger than the locks, so it counts what they wrote. Runs
-- that come from within (children, those that an event starts, sleepers that wake) are never refused,
-- and counted when they are there. Otherwise this is run_insert.sql: what is there already, by id,
-- counts as taken.
select set_config('lock_timeout', '5s', true);

select pg_advisory_xact_lock(wanted.lock)
  from (select distinct hashtextextended(l.namespace || '/' || l.job || '/', 2) as lock
          from unnest(:lanes::int[]) as s (lane)
          join kedge.lane as l on l.lane = s.lane
         order by lock) as wanted;

with submitted as materialized (
    select s.*, l.namespace, l.job, l.queue,
           case when s.due_at_ms >= 0 then to_timestamp(s.due_at_ms / 1000.0)
                else clock_timestamp() + s.delay_ms * interval '1 millisecond' end as due_at,
           case when s.expires_at_ms >= 0
                then to_timestamp(s.expires_at_ms / 1000.0) end as expires_at
      from unnest(:run_ids::uuid[], :lanes::int[], :priorities::int[], :payloads::bytea[],
                  :delays_ms::bigint[], :due_ats_ms::bigint[], :expires_ats_ms::bigint[],
                  :max_attempts::int[], :timeouts_ms::bigint[], :tags::text[],
                  :metadata::bytea[], :origins::uuid[], :parents::uuid[], :triggers::uuid[],
                  :events::uuid[], :concurrency_keys::text[], :submitters::text[],
                  :submitter_roles::text[], :submitter_emails::text[], :overs::boolean[])
           as s (run_id, lane, priority, payload, delay_ms, due_at_ms, expires_at_ms,
                 max_attempts, timeout_ms, tags, metadata, origin, parent, trigger, event,
                 concurrency_key, submitted_by, submitter_role, submitter_email, over)
      join kedge.lane as l on l.lane = s.lane
),
known as materialized (
    select s.run_id
      from submitted as s
     where exists (select from kedge.run as r where r.run_id = s.run_id)
),
room as materialized (
    select j.namespace, j.name,
           case when j.on_exceeded = 'reject'
                then j.max_concurrency
                     - kedge.active_runs(j.namespace, j.name, j.max_concurrency) end as runs
      from kedge.job as j
     where (j.namespace, j.name) in (select namespace, job from submitted)
),
numbered as (
    select s.*, row_number() over (partition by s.namespace, s.job order by s.run_id) as nth
      from submitted as s
     where not s.over
       and s.run_id not in (select run_id from known)
),
admitted as materialized (
    select n.*
      from numbered as n
      join room as r on r.namespace = n.namespace and r.name = n.job
     where n.nth <= coalesce(r.runs, n.nth)
),
inserted as (
    insert into kedge.run (run_id, namespace, job, queue, priority, payload, expires_at,
                           max_attempts, timeout_ms, tags, metadata, origin, parent, trigger,
                           event, concurrency_key, submitted_by, submitter_role,
                           submitter_email)
    select run_id, namespace, job, queue, priority, payload, expires_at,
           nullif(max_attempts, -1), nullif(timeout_ms, -1),
           string_to_array(tags, E'\x1f'), metadata, origin, parent, trigger, event,
           concurrency_key, submitted_by, submitter_role, submitter_email
      from admitted
     order by run_id
    on conflict (run_id) do nothing
    returning run_id
),
queued as (
    insert into kedge.active_run (run_id, namespace, job, lane, state, priority, due, due_at,
                                  expires_at, parent, concurrency_key)
    select s.run_id, s.namespace, s.job, s.lane, 'pending', s.priority,
           s.due_at <= clock_timestamp(), s.due_at, s.expires_at, s.parent,
           s.concurrency_key
      from admitted as s
      join inserted as i on i.run_id = s.run_id
    returning namespace, job
),
counted as (
    insert into kedge.run_tally_change (namespace, job, state, runs)
    select namespace, job, 'pending', count(*)
      from queued
     group by namespace, job
)
select run_id
  from known
union all
select run_id
  from admitted
