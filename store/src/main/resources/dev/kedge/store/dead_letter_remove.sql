delete from kedge.dead_letter
 where namespace = :namespace
   and run_id = :run
