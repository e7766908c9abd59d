-- After a batch whose outcome stayed unknown: waits for this worker's batches under way, and voids
-- packets of the old generation that may still arrive. No row: the worker was declared lost.
update kedge.worker
   set gen = gen + 1
 where worker_id = :worker
   and lost_at is null
returning gen
