-- Begin to wait, many at a time. Fenced as in step_record.sql; a wait that is there already stays,
-- and is reported as it stands: its child is then another one than the caller's.
-- A time in milliseconds of −1 stands for none.
select set_config('enable_seqscan', 'off', true),
       set_config('enable_bitmapscan', 'off', true),
       set_config('enable_mergejoin', 'off', true);

with guard as materialized (
    select run_id, epoch, namespace
      from kedge.active_run
     where run_id = any(:run_ids::uuid[])
     order by run_id
       for share
)
insert into kedge.wait as w (run_id, path, kind, namespace, seen, wake_at, topic, match, child)
select o.run_id, o.path, o.kind, g.namespace, o.seen,
       case when o.until_ms >= 0 then to_timestamp(o.until_ms / 1000.0)
            when o.for_ms >= 0 then clock_timestamp() + o.for_ms * interval '1 millisecond' end,
       o.topic, convert_from(o.match, 'UTF8')::jsonb, o.child
  from unnest(:run_ids::uuid[], :epochs::bigint[], :paths::text[], :kinds::text[], :seens::int[],
              :for_ms::bigint[], :until_ms::bigint[], :topics::text[], :matches::bytea[],
              :children::uuid[])
       as o (run_id, epoch, path, kind, seen, for_ms, until_ms, topic, match, child)
  join guard as g on g.run_id = o.run_id and g.epoch = o.epoch
 order by o.run_id, o.path
on conflict (run_id, path) do update set path = excluded.path
returning w.run_id, w.path, w.kind, w.seen, w.topic, w.child, w.wake_at,
          w.over_at is not null or coalesce(w.wake_at <= clock_timestamp(), false) as ready
