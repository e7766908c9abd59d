-- Takes no token of a principal any more that was issued before now, or not the one of this id.
insert into kedge.revocation (principal, token, before)
values (:principal, :token, clock_timestamp())
on conflict (principal, token) do update set before = excluded.before
