-- One deployment with its code.
select d.*, coalesce(f.active_deployment = d.deployment_id, false) as active
  from kedge.deployment as d
  left join kedge.function as f on f.namespace = d.namespace and f.name = d.function
 where d.namespace = :namespace
   and d.deployment_id = :deployment
