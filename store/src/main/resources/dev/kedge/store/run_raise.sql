-- A submission that took another's place goes on above that one's epoch, so that no lease on it is ever
-- good again, and no row beside the run gets a key that is taken.
update kedge.active_run
   set epoch = :epoch + 1
 where run_id = :run
