-- How many runs of a namespace may run at once; no row where there is no limit.
select max_concurrency
  from kedge.namespace_limit
 where namespace = :namespace
