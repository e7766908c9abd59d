-- A new key.
insert into kedge.api_key (key_id, name, hash, hint, role, scopes, everywhere, namespaces, made_by,
                           expires_at)
values (:id, :name, :hash, :hint, :role, :scopes, :everywhere, :namespaces, :made_by,
        clock_timestamp() + :lifetime_ms * interval '1 millisecond')
returning key_id, name, hint, role, scopes, namespaces, made_by, made_at, expires_at, revoked_at,
          used_at
