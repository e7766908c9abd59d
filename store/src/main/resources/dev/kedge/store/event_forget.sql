-- Forget events that are older than :days.
delete from kedge.event
 where event_id in (select event_id
                      from kedge.event
                     where created_at < clock_timestamp() - :days * interval '1 day'
                     order by event_id
                     limit :limit)
