-- Keep other submissions to namespaces that have quotas waiting, in one order, until the commit.
select namespace
  from kedge.namespace_quota
 where namespace = any(:namespaces::text[])
 order by namespace
   for no key update
