-- Defines a role, or replaces its definition.
insert into kedge.role (name, permissions, sees_all)
values (:name, :permissions, :sees_all)
on conflict (name) do update
   set permissions = excluded.permissions, sees_all = excluded.sees_all
