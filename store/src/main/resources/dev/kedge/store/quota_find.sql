-- The quota of a namespace; no row where it has none.
select max_pending, max_concurrent, max_per_minute
  from kedge.namespace_quota
 where namespace = :namespace
