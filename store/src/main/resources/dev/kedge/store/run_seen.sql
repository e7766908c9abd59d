-- Whether a run is there, for whoever asks.
select run_id
  from kedge.run
 where run_id = :run
   and namespace = :namespace
