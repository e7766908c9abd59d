-- Put a new key of a namespace into use, unless somebody else was faster.
insert into kedge.secret_key (key_id, namespace, wrapped_by, wrapped)
values (:key_id, :namespace, :wrapped_by, :wrapped)
on conflict (namespace) where retired_at is null do nothing
