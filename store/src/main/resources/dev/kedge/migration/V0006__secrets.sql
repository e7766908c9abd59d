-- Secrets: what handlers are given that nobody else may see.
--
-- Locks: none on tables that are there.

-- Keys of namespaces, under which secrets are sealed. A key is stored wrapped by another that never
-- lies in the database; `wrapped_by` names that one. At most one key of a namespace is in use; a
-- retired one opens what it has sealed until that was sealed anew. The empty namespace is the system.
create table kedge.secret_key (
    key_id      uuid        primary key,
    namespace   text        not null,
    wrapped_by  text        not null,
    wrapped     bytea       not null,
    sealed      bigint      not null default 0,
    made_at     timestamptz not null default clock_timestamp(),
    retired_at  timestamptz,
    constraint counts_up check (sealed >= 0)
);
create unique index one_key_in_use on kedge.secret_key (namespace) where retired_at is null;
create index secret_key_retired on kedge.secret_key (key_id) where retired_at is not null;

-- The newest value of each secret, sealed; older ones are gone. The empty owner is everybody in the
-- namespace, the empty namespace the system. A removed secret keeps its row without a value, so that
-- its versions count on: what was sealed as one version never opens as another.
create table kedge.secret (
    namespace   text        not null,
    owner       text        not null,
    name        text        not null,
    version     int         not null,
    key_id      uuid        references kedge.secret_key,
    sealed      bytea,
    set_at      timestamptz not null default clock_timestamp(),
    set_by      text        not null,
    removed_at  timestamptz,
    primary key (namespace, owner, name),
    constraint counts_from_one    check (version >= 1),
    constraint sealed_by_a_key    check ((key_id is null) = (sealed is null)),
    constraint gone_if_removed    check ((removed_at is null) = (sealed is not null)),
    constraint system_has_no_user check (namespace <> '' or owner = '')
);
create index secret_by_key on kedge.secret (key_id) where key_id is not null;

-- Nobody but the engine works on these, not even to read a name: no caller's role has a grant.
call kedge.guard('kedge.secret_key');
call kedge.guard('kedge.secret');
