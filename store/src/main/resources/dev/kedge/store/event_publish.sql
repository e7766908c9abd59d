-- Publish events from outside, many at a time. What is there already, by id, is left alone.
with published as (
    insert into kedge.event (event_id, namespace, topic, payload, published_by, own_only)
    select e.event, e.namespace, e.topic, e.payload, e.publisher, e.own_only
      from unnest(:events::uuid[], :namespaces::text[], :topics::text[], :payloads::bytea[],
                  :publishers::text[], :own_only::boolean[])
           as e (event, namespace, topic, payload, publisher, own_only)
     order by e.event
    on conflict (event_id) do nothing
    returning event_id
)
insert into kedge.outbox (kind, subject)
select 'event', event_id
  from published
 order by event_id
