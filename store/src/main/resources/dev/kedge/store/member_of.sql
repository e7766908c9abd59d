-- What a principal is a member of, with the roles that are an operator's own. By the primary key.
select m.namespace, m.role, r.permissions, r.sees_all
  from kedge.membership as m
  left join kedge.role as r on r.name = m.role
 where m.principal = :principal
 order by m.namespace
