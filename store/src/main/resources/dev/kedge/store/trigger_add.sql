-- A new trigger. The same one is returned where it is there already, by id.
insert into kedge.trigger as t (trigger_id, namespace, job, kind, topic, match)
values (:trigger, :namespace, :job, 'event', :topic, kedge.content(:match::bytea))
on conflict (trigger_id) do update set trigger_id = excluded.trigger_id
returning t.*
