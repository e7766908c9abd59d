-- Append log lines under their leases. The rows beside a run are guarded by locking the run first,
-- in the order of ids; the insert is a statement of its own, so that it sees what the lock waited
-- for. Lines of a lost lease are left out.
select run_id
  from kedge.active_run
 where run_id = any(:run_ids::uuid[])
 order by run_id
   for share;

insert into kedge.run_log (run_id, epoch, line, attempt, level, message)
select l.run_id, l.epoch, l.line, a.attempt, l.level, l.message
  from unnest(:run_ids::uuid[], :epochs::bigint[], :lines::int[], :levels::text[],
              :messages::text[])
       as l (run_id, epoch, line, level, message)
  join kedge.active_run as a on a.run_id = l.run_id and a.epoch = l.epoch
 where a.run_id = any(:run_ids::uuid[])
on conflict (run_id, epoch, line) do nothing
