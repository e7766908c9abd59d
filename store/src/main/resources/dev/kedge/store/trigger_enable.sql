-- Enable a trigger, or disable it.
update kedge.trigger as t
   set enabled = :enabled
 where namespace = :namespace
   and job = :job
   and trigger_id = :trigger
returning t.*
