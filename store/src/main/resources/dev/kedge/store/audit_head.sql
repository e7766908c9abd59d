-- How far a chain has come; no row where it has not begun.
select namespace, no, encode(hash, 'hex') as hash, at
  from kedge.audit_head
 where namespace = :namespace
