-- A new schedule. The same one is returned where it is there already, by id.
insert into kedge.trigger as t (trigger_id, namespace, job, kind, schedule, zone, overlap, catch_up,
                                payload, declared, next_at)
values (:trigger, :namespace, :job, 'cron', :schedule, :zone, :overlap, :catch_up, :payload,
        :declared, :next_at)
on conflict (trigger_id) do update set trigger_id = excluded.trigger_id
returning t.*
