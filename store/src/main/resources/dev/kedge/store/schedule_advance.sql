-- Move a schedule on, whose row the caller has locked. :last_run is the run it started now, or null.
update kedge.trigger
   set next_at           = :next_at,
       last_run          = coalesce(:last_run, last_run),
       last_triggered_at = case when :last_run::uuid is null then last_triggered_at
                                else clock_timestamp() end
 where trigger_id = :trigger
