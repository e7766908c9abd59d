-- Store a credential's hash, unless one of that name is there.
insert into kedge.credential (name, hash)
values (:name, :hash)
on conflict (name) do nothing
