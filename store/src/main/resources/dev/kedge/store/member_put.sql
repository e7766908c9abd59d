-- Makes a principal a member, or gives it another role; none where it is a member of as many
-- namespaces as may be.
insert into kedge.membership (principal, namespace, role)
select :principal, :namespace, :role
 where (select count(*) from kedge.membership
         where principal = :principal and namespace <> :namespace) < :memberships_max
on conflict (principal, namespace) do update set role = excluded.role
returning principal, namespace, role, since
