-- Forget decisions about slots older than :days.
delete from kedge.cron_slot
 where (trigger_id, slot) in (select trigger_id, slot
                                from kedge.cron_slot
                               where slot < clock_timestamp() - :days * interval '1 day'
                               limit :limit)
