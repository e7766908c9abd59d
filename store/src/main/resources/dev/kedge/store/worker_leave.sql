-- A worker says goodbye: it will write no more. What it still holds, if anything, is swept.
with left_now as (
    delete from kedge.worker_beat
     where worker_id = :worker
)
update kedge.worker
   set lost_at = clock_timestamp()
 where worker_id = :worker
   and lost_at is null
