-- A function's versions, newest first; or the active one of each function. Without their code.
select d.deployment_id, d.namespace, d.function, d.version, '' as code, d.digest, d.deployed_at,
       coalesce(f.active_deployment = d.deployment_id, false) as active
  from kedge.deployment as d
  left join kedge.function as f on f.namespace = d.namespace and f.name = d.function
 where d.namespace = :namespace
   and (:function::text is null or d.function = :function::text)
   and (:function::text is not null or f.active_deployment = d.deployment_id)
 order by d.function, d.version desc
 limit :limit
