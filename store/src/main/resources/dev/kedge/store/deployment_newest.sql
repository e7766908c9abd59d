-- The newest version of a function.
select deployment_id, version, digest
  from kedge.deployment
 where namespace = :namespace
   and function = :function
 order by version desc
 limit 1
