-- Enable a trigger, or disable it. A schedule is due next at :next_at.
update kedge.trigger as t
   set enabled = :enabled,
       next_at = :next_at
 where namespace = :namespace
   and job = :job
   and trigger_id = :trigger
returning t.*
