-- Store submissions, many at a time, and lease those to :worker that may start where they were
-- submitted; the others are put in the queue, as in run_insert.sql. Returns those that start.
--
-- A run starts at once where its job and queue have no limit and no pause, and where nothing that is
-- due in its lane is as important: nobody is overtaken. Such a run needs no claim: it is written as
-- leased, under epoch 1, and is like any other from then on.
--
-- The first statement locks the worker's row, and the last looks at it again, as in lease_claim.sql:
-- a worker that was declared lost gets no more leases, and neither does a batch of a generation that
-- is over. What was to start there waits in the queue then.
--
-- The second one is batch_begin.sql, which has to come after the lock: the role of shared commits may
-- lock no worker. It ends with the transaction, so this must be the last that is done in one.
--
-- The ids come from the caller, so a batch whose outcome stayed unknown can be sent again: what is
-- there already is left alone, and is missing from the result.
select worker_id
  from kedge.worker
 where worker_id = :worker
   and gen = :gen
   and lost_at is null
   for share;

select set_config('kedge.batch',
                  (select jsonb_object_agg(k.key, true)::text
                     from unnest(:batch_namespaces::text[], :batch_submitters::text[])
                          as p (namespace, submitter)
                    cross join lateral (
                          values (p.namespace), (p.namespace || ' ' || coalesce(p.submitter, '')))
                          as k (key)),
                  true),
       set_config('role', 'kedge_writer', true);

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
                  :submitter_roles::text[], :submitter_emails::text[], :here::boolean[],
                  :deployments::uuid[])
           as s (run_id, lane, priority, payload, delay_ms, due_at_ms, expires_at_ms,
                 max_attempts, timeout_ms, tags, metadata, origin, parent, trigger, event,
                 concurrency_key, submitted_by, submitter_role, submitter_email, here, deployment)
      join kedge.lane as l on l.lane = s.lane
),
free as materialized (
    select place.lane, place.priority
      from (select distinct lane, priority, namespace, job from submitted where here) as place
      join kedge.job as j on j.namespace = place.namespace and j.name = place.job
     where not j.paused
       and not j.limited
       and not exists (select from kedge.namespace_limit as n where n.namespace = place.namespace)
       and not exists (select from kedge.active_run as a
                        where a.lane = place.lane
                          and a.state = 'pending'
                          and a.due
                          and a.priority >= place.priority)
       and exists (select from kedge.worker
                    where worker_id = :worker and gen = :gen and lost_at is null)
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
      from submitted
     order by run_id
    on conflict (run_id) do nothing
    returning run_id
),
placed as (
    insert into kedge.active_run (run_id, namespace, job, lane, state, priority, due, due_at,
                                  expires_at, parent, concurrency_key, epoch, attempt, worker,
                                  deployment, started_at, attempt_started_at)
    select s.run_id, s.namespace, s.job, s.lane,
           case when starts then 'running' else 'pending' end,
           s.priority, s.due_at <= clock_timestamp(), s.due_at, s.expires_at, s.parent,
           s.concurrency_key,
           case when starts then 1 else 0 end,
           case when starts then 1 else 0 end,
           case when starts then :worker::uuid end,
           case when starts then s.deployment end,
           case when starts then clock_timestamp() end,
           case when starts then clock_timestamp() end
      from submitted as s
      join inserted as i on i.run_id = s.run_id
     cross join lateral (
           select s.here and exists (select from free as f
                                      where f.lane = s.lane
                                        and f.priority = s.priority) as starts) as place
    returning run_id, namespace, job, state
),
counted as (
    insert into kedge.run_tally_change (namespace, job, state, runs)
    select namespace, job, state, count(*)
      from placed
     group by namespace, job, state
)
select run_id, namespace
  from placed
 where state = 'running'
