-- The chains that went on since a time, which is part of it.
select namespace, no, encode(hash, 'hex') as hash, at
  from kedge.audit_head
 where at >= :since
   and no > 0
 order by at, namespace
 limit :limit
