-- Publish events from outside, many at a time. What is there already, by id, is left alone.
with published as (
    insert into kedge.event (event_id, namespace, topic, payload)
    select e.event, e.namespace, e.topic, e.payload
      from unnest(:events::uuid[], :namespaces::text[], :topics::text[], :payloads::bytea[])
           as e (event, namespace, topic, payload)
     order by e.event
    on conflict (event_id) do nothing
    returning event_id
)
insert into kedge.outbox (kind, subject)
select 'event', event_id
  from published
 order by event_id
