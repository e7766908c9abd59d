-- The records of a run's steps, as if it had made them one after the other.
insert into kedge.step (run_id, path, kind, position, seen, epoch, attempt, output, started_at)
select ?, ? || '[' || number || ']', 'step', number, number - 1, 1, 1, 'null', clock_timestamp()
  from generate_series(1, ?) as number
