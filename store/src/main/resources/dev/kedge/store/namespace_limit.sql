-- Set how many runs of a namespace may run at once.
insert into kedge.namespace_limit (namespace, max_concurrency)
values (:namespace, :max_concurrency)
on conflict (namespace) do update
   set max_concurrency = excluded.max_concurrency
