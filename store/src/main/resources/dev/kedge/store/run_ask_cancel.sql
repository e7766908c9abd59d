-- Note that somebody wants a running run to stop. The first to ask is remembered.
update kedge.active_run
   set cancel_requested_at = clock_timestamp(),
       cancel_requested_by = :by
 where run_id = :run
   and epoch = :epoch
   and cancel_requested_at is null
