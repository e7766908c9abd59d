-- Store submissions and put them in the queue, many at a time.
--
-- The ids come from the caller, so a batch whose outcome stayed unknown can be sent again: what is
-- there already is left alone (and is not reported as new).
-- −1 stands for "none" in the number arrays, because arrays of primitives travel in binary.
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
                  :submitter_roles::text[], :submitter_emails::text[])
           as s (run_id, lane, priority, payload, delay_ms, due_at_ms, expires_at_ms,
                 max_attempts, timeout_ms, tags, metadata, origin, parent, trigger, event,
                 concurrency_key, submitted_by, submitter_role, submitter_email)
      join kedge.lane as l on l.lane = s.lane
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
queued as (
    insert into kedge.active_run (run_id, namespace, job, lane, state, priority, due, due_at,
                                  expires_at, parent, concurrency_key)
    select s.run_id, s.namespace, s.job, s.lane, 'pending', s.priority,
           s.due_at <= clock_timestamp(), s.due_at, s.expires_at, s.parent,
           s.concurrency_key
      from submitted as s
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
  from inserted
