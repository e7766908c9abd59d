-- Removes a role. Who holds it keeps the name, which then grants nothing.
delete from kedge.role where name = :name
