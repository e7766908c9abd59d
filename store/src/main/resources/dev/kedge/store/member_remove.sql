-- Ends a membership.
delete from kedge.membership where principal = :principal and namespace = :namespace
