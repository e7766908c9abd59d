-- Nothing of a lost worker is left.
update kedge.worker
   set swept_at = clock_timestamp()
 where worker_id = :worker
