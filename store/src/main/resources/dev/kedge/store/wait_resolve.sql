-- Record waits that are over, many at a time. One row comes back for each request whose lease
-- holds: with the record, or without where the wait is not over yet. A record that is there already
-- was made by this very request, whose reply was lost.
--
-- Fenced as in step_record.sql; the lock on the active run comes before that on the wait, as
-- everywhere. Pinned as there. `answer` is materialized: inlined, it was carried out again for each
-- request, and a batch of a thousand took more than the ten seconds that a connection waits.
select set_config('enable_seqscan', 'off', true),
       set_config('enable_bitmapscan', 'off', true),
       set_config('enable_mergejoin', 'off', true);

with guard as materialized (
    select run_id, epoch, attempt
      from kedge.active_run
     where run_id = any(:run_ids::uuid[])
     order by run_id
       for share
),
request as materialized (
    select r.run_id, r.epoch, r.path, r.position, g.attempt
      from unnest(:run_ids::uuid[], :epochs::bigint[], :paths::text[], :positions::int[])
           as r (run_id, epoch, path, position)
      join guard as g on g.run_id = r.run_id and g.epoch = r.epoch
),
over as (
    delete from kedge.wait as w
     using request as r
     where w.run_id = r.run_id
       and w.path = r.path
       and (w.over_at is not null or w.wake_at <= clock_timestamp())
    returning w.*, r.epoch, r.attempt, r.position
),
recorded as (
    insert into kedge.step as s (run_id, path, kind, position, seen, epoch, attempt, output,
                                 failure_code, failure_type, failure_message, started_at)
    select run_id, path, kind, position, seen, epoch, attempt,
           case when failure_code is null then coalesce(output, convert_to('null', 'UTF8')) end,
           failure_code, failure_type, failure_message, opened_at
      from over
    on conflict (run_id, path) do update
       set position        = excluded.position,
           seen            = excluded.seen,
           epoch           = excluded.epoch,
           attempt         = excluded.attempt,
           tries           = s.tries + 1,
           output          = excluded.output,
           failure_code    = excluded.failure_code,
           failure_type    = excluded.failure_type,
           failure_message = excluded.failure_message,
           started_at      = excluded.started_at,
           ended_at        = clock_timestamp()
     where s.position is null
    returning s.*
),
answer as materialized (
    select * from recorded
    union all
    select there.*
      from request as r
     cross join lateral (
           select s.*
             from kedge.step as s
            where s.run_id = r.run_id
              and s.path = r.path
              and s.epoch = r.epoch
              and s.position is not null
           offset 0) as there
)
select r.run_id, r.path, a.kind, a.position, a.seen, r.attempt, a.tries, a.output, a.failure_code,
       a.failure_type, a.failure_message, a.failure_stack, a.started_at, a.ended_at
  from request as r
  left join answer as a on a.run_id = r.run_id and a.path = r.path
