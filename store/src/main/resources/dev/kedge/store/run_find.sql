-- One run, whichever relation it is in.
select *
  from kedge.run_overview
 where run_id = :run
   and namespace = :namespace
