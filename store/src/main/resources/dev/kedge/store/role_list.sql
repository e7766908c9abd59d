-- The roles that operators have defined, by name.
select name, permissions, sees_all from kedge.role order by name limit :limit
