-- Take the quota of a namespace away.
delete from kedge.namespace_quota
 where namespace = :namespace
