-- Set the quota of a namespace. What was counted under an older one counts on.
insert into kedge.namespace_quota (namespace, max_pending, max_concurrent, max_per_minute)
values (:namespace, :max_pending, :max_concurrent, :max_per_minute)
on conflict (namespace) do update
   set max_pending = excluded.max_pending,
       max_concurrent = excluded.max_concurrent,
       max_per_minute = excluded.max_per_minute
