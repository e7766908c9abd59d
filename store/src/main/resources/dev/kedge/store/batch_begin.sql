-- Say for whom the rows of a shared commit are, all of them at once: what follows may write rows of
-- these namespaces and submitters, and no others.
select set_config('kedge.batch',
                  (select jsonb_object_agg(k.key, true)::text
                     from unnest(:namespaces::text[], :submitters::text[]) as p (namespace, submitter)
                    cross join lateral (
                          values (p.namespace), (p.namespace || ' ' || coalesce(p.submitter, '')))
                          as k (key)),
                  true),
       set_config('role', 'kedge_writer', true)
