-- Let as many runs of a namespace run as there are slots.
delete from kedge.namespace_limit
 where namespace = :namespace
