-- Take a dead letter away; its run stays as it ended.
delete from kedge.dead_letter
 where namespace = :namespace
   and run_id = :run
