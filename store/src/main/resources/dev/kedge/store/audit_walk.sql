-- A chain's entries in their order, to check how they follow each other.
select namespace, no, at, principal, act, subject, details, encode(hash, 'hex') as hash
  from kedge.audit
 where namespace = :namespace
   and no > :after
 order by no
 limit :limit
