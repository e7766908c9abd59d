-- Remove a trigger; the runs that it started stay.
delete from kedge.trigger
 where namespace = :namespace
   and job = :job
   and trigger_id = :trigger
