-- The next version of a function's code.
insert into kedge.deployment (deployment_id, namespace, function, version, code, digest)
select :deployment, :namespace, :function, coalesce(max(version), 0) + 1, :code, :digest
  from kedge.deployment
 where namespace = :namespace
   and function = :function
returning version
