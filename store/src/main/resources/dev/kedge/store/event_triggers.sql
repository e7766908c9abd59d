-- The triggers that events call for and that have no run of theirs yet.
select e.event_id, t.trigger_id, t.namespace, t.job, e.payload
  from kedge.event as e
  join kedge.trigger as t on t.namespace = e.namespace and t.topic = e.topic and t.enabled
                         and (t.match is null or kedge.content(e.payload) @> t.match)
  join kedge.job as j on j.namespace = t.namespace and j.name = t.job
                     and j.removed_at is null and j.enabled
 where e.event_id = any(:events::uuid[])
   and not exists (select from kedge.event_run as r
                    where r.event_id = e.event_id and r.trigger_id = t.trigger_id)
 order by e.event_id, t.trigger_id
 limit :limit
