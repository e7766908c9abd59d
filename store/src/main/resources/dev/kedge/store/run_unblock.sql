-- Let go what waits for a run that has ended: what run_settle.sql passed over or could not see. Says
-- which lanes those runs are in, and how far it has looked.
--
-- Index: active_run_blocked (namespace, job, ordering_key, order_no), from key to key, at most
-- :keys_max of them after the given one; place_in_order says of each whether anybody goes before.
-- That needs no lock: whoever goes before a run was committed before it got its place.
-- (`is true` keeps the planner from looking a run up by walking everything that is blocked.)
-- The switches pin the plan (see docs/adr/0009).
select set_config('enable_seqscan', 'off', true),
       set_config('enable_bitmapscan', 'off', true),
       set_config('enable_hashjoin', 'off', true),
       set_config('enable_mergejoin', 'off', true);

with recursive key as (
    (select b.namespace, b.job, b.ordering_key, b.order_no, b.run_id, 1 as number
       from kedge.active_run as b
      where b.blocked
        and (b.namespace, b.job, b.ordering_key) > (:namespace::text, :job::text, :key::text)
      order by b.namespace, b.job, b.ordering_key, b.order_no
      limit 1)
    union all
    select next.*, k.number + 1
      from key as k
     cross join lateral (
           select b.namespace, b.job, b.ordering_key, b.order_no, b.run_id
             from kedge.active_run as b
            where b.blocked
              and (b.namespace, b.job, b.ordering_key) > (k.namespace, k.job, k.ordering_key)
            order by b.namespace, b.job, b.ordering_key, b.order_no
            limit 1) as next
     where k.number < :keys_max
),
unlocked as materialized (
    select k.run_id
      from key as k
     cross join lateral (
           select a.run_id
             from kedge.active_run as a
            where a.run_id = k.run_id
              and a.blocked is true
              for update skip locked) as free
     where not exists (select
                         from kedge.active_run as p
                        where p.namespace = k.namespace
                          and p.job = k.job
                          and p.ordering_key = k.ordering_key
                          and p.order_no < k.order_no)
),
let_go as (
    update kedge.active_run as a
       set blocked = false,
           due     = a.due_at <= clock_timestamp()
      from unlocked as u
     where a.run_id = u.run_id
    returning a.lane
)
select last.namespace, last.job, last.ordering_key, g.lane
  from (values (true)) as answer (there)
  left join (select k.namespace, k.job, k.ordering_key
               from key as k
              where k.number = :keys_max) as last on true
  left join let_go as g on true
