-- Publish events from within runs, many at a time, and record that. Fenced as in step_record.sql; an
-- emission that is on record already, because its reply was lost, publishes nothing again.
select set_config('enable_seqscan', 'off', true),
       set_config('enable_bitmapscan', 'off', true),
       set_config('enable_hashjoin', 'off', true),
       set_config('enable_mergejoin', 'off', true);

with guard as materialized (
    select run_id, epoch, attempt, namespace
      from kedge.active_run
     where run_id = any(:run_ids::uuid[])
     order by run_id
       for share
),
emission as materialized (
    select e.*, g.attempt, g.namespace
      from unnest(:run_ids::uuid[], :epochs::bigint[], :paths::text[], :positions::int[],
                  :seens::int[], :events::uuid[], :topics::text[], :payloads::bytea[])
           as e (run_id, epoch, path, position, seen, event, topic, payload)
      join guard as g on g.run_id = e.run_id and g.epoch = e.epoch
),
recorded as (
    insert into kedge.step (run_id, path, kind, position, seen, epoch, attempt, output, started_at)
    select run_id, path, 'emit', position, seen, epoch, attempt,
           convert_to(to_json(event)::text, 'UTF8'), clock_timestamp()
      from emission
     order by run_id, path
    on conflict (run_id, path) do nothing
    returning run_id, path
),
published as (
    insert into kedge.event (event_id, namespace, topic, payload, emitted_by)
    select e.event, e.namespace, e.topic, e.payload, e.run_id
      from emission as e
      join recorded as r on r.run_id = e.run_id and r.path = e.path
    returning event_id
),
told as (
    insert into kedge.outbox (kind, subject)
    select 'event', event_id
      from published
     order by event_id
)
select run_id, path
  from recorded
union all
select s.run_id, s.path
  from kedge.step as s
  join emission as e on e.run_id = s.run_id and e.path = s.path and e.epoch = s.epoch
