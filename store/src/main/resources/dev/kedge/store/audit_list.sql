-- A chain's entries, the newest first.
select namespace, no, at, principal, act, subject, details, encode(hash, 'hex') as hash
  from kedge.audit
 where namespace = :namespace
   and (:before::bigint is null or no < :before::bigint)
   and (:principal::text is null or principal = :principal::text)
   and (:act::text is null or act = :act::text)
 order by no desc
 limit :limit
