-- Waits for the batches that live workers have under way: after a switch was thrown and committed,
-- every later batch reads it.
select worker_id
  from kedge.worker
 where lost_at is null
 order by worker_id
   for no key update
