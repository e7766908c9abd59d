-- What Kedge must write to record steps, and no more: fenced by (run, epoch).
insert into kedge.step (run_id, path, kind, position, seen, epoch, attempt, output, started_at)
select s.run_id, s.path, 'step', s.position, s.position - 1, a.epoch, a.attempt, s.output,
       clock_timestamp()
  from unnest(?::uuid[], ?::bigint[], ?::text[], ?::int[], ?::bytea[])
       as s (run_id, epoch, path, position, output)
  join kedge.active_run as a on a.run_id = s.run_id and a.epoch = s.epoch
 where a.run_id = any(?::uuid[])
