-- The members of a namespace. By membership_of_namespace.
select m.principal, m.namespace, m.role, m.since, u.email
  from kedge.membership as m
  left join kedge.user_account as u on m.principal = 'user:' || u.user_id
 where m.namespace = :namespace
   and (:after::text is null or m.principal > :after::text)
 order by m.principal
 limit :limit
