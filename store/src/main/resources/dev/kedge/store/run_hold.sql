-- Lock active runs, whatever their state, in the order of ids.
select run_id, epoch, state
  from kedge.active_run
 where run_id = any(:run_ids::uuid[])
 order by run_id
   for update
