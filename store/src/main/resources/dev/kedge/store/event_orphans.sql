-- Events that nobody took and that a trigger made since calls for.
insert into kedge.outbox (kind, subject)
select 'event', e.event_id
  from kedge.event as e
 where e.consumed_at is null
   and exists (select from kedge.trigger as t
                where t.namespace = e.namespace and t.topic = e.topic and t.enabled
                  and (t.match is null or kedge.content(e.payload) @> t.match))
   and not exists (select from kedge.outbox as o where o.kind = 'event' and o.subject = e.event_id)
 order by e.event_id
 limit :limit
