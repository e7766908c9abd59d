-- Which of these runs were ended under these very leases: commits whose reply was lost.
select e.run_id
  from kedge.ended_run as e
  join unnest(:run_ids::uuid[], :epochs::bigint[]) as mine (run_id, epoch)
    on e.run_id = mine.run_id and e.epoch = mine.epoch
 where e.run_id = any(:run_ids::uuid[])
   and e.worker = :worker
