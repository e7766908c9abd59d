-- A role that an operator has defined.
select name, permissions, sees_all from kedge.role where name = :name
