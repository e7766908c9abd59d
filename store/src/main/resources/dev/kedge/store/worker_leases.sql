-- What a worker holds, and which of it somebody wants to stop.
--
-- Index: active_run_held (worker) where state = 'running'.
select run_id, namespace, job, epoch, failures, losses, cancel_requested_at, cancel_requested_by
  from kedge.active_run
 where worker = :worker
   and state = 'running'
 order by run_id
 limit :limit
