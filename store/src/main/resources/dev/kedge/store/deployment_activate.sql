-- From now on, runs that first start use this version.
update kedge.function as f
   set active_deployment = d.deployment_id
  from kedge.deployment as d
 where f.namespace = :namespace
   and f.name = :function
   and d.namespace = :namespace
   and d.function = :function
   and d.version = :version
returning d.deployment_id
