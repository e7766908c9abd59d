-- Who may call: users with their sessions, API keys, roles, and who is a member of which namespace
-- (docs/adr/0017). Only Kedge itself works on these tables; nobody else is granted anything on them.
--
-- Of passwords, keys and tokens there is nothing here but hashes. Those of keys and tokens are made
-- with a key that is kept outside of the database, so that what stands here is worth nothing alone.
--
-- Locks: ACCESS EXCLUSIVE on `job` for a moment; no row is rewritten.

create table kedge.user_account (
    user_id       uuid        primary key,
    email         text        not null,
    password      text        not null,
    created_at    timestamptz not null default clock_timestamp(),
    disabled_at   timestamptz,
    signed_in_at  timestamptz,
    constraint email_is_lower_case check (email = lower(email)),
    constraint email_taken unique (email)
);

-- One signing in and what followed from it. It is over when its row is gone.
create table kedge.session (
    session_id    uuid        primary key,
    user_id       uuid        not null references kedge.user_account on delete cascade,
    access_hash   bytea       not null,
    access_until  timestamptz not null,
    refresh_hash  bytea       not null,
    until         timestamptz not null,
    opened_at     timestamptz not null default clock_timestamp(),
    constraint access_token_taken unique (access_hash),
    constraint refresh_token_taken unique (refresh_hash)
);

create index session_of_user on kedge.session (user_id, opened_at);

-- Refresh tokens that were used: if one comes again, somebody else has it too.
create table kedge.spent_refresh (
    refresh_hash  bytea       primary key,
    session_id    uuid        not null references kedge.session on delete cascade,
    spent_at      timestamptz not null default clock_timestamp()
);

create index spent_refresh_of_session on kedge.spent_refresh (session_id);

create table kedge.api_key (
    key_id      uuid        primary key,
    name        text        not null,
    hash        bytea       not null,
    hint        text        not null,
    role        text        not null,
    scopes      text[],
    everywhere  boolean     not null,
    namespaces  text[]      not null,
    made_by     text        not null,
    made_at     timestamptz not null default clock_timestamp(),
    expires_at  timestamptz,
    revoked_at  timestamptz,
    used_at     timestamptz,
    constraint api_key_taken unique (hash),
    constraint reaches_something check (everywhere = (cardinality(namespaces) = 0)),
    constraint allows_something check (cardinality(scopes) > 0)
);

create index api_key_of_namespace on kedge.api_key using gin (namespaces);

-- Roles of an operator's own; the built-in ones are in the code.
create table kedge.role (
    name         text    primary key,
    permissions  text[]  not null,
    sees_all     boolean not null,
    constraint not_built_in check (name not in ('anon', 'authenticated', 'admin', 'service_role'))
);

create table kedge.membership (
    principal  text        not null,
    namespace  text        not null,
    role       text        not null,
    since      timestamptz not null default clock_timestamp(),
    primary key (principal, namespace),
    constraint services_are_no_members check (role <> 'service_role')
);

create index membership_of_namespace on kedge.membership (namespace, principal);

-- Tokens of other issuers that are not taken any more: one by its id, or all of a principal (an
-- empty id) that were issued before a time.
create table kedge.revocation (
    principal  text        not null,
    token      text        not null,
    before     timestamptz not null,
    primary key (principal, token)
);


-- Of which roles whoever submits a run of a job must hold one.
alter table kedge.job add column require_roles text[] not null default '{}';

call kedge.guard('kedge.user_account');
call kedge.guard('kedge.session');
call kedge.guard('kedge.spent_refresh');
call kedge.guard('kedge.api_key');
call kedge.guard('kedge.role');
call kedge.guard('kedge.membership');
call kedge.guard('kedge.revocation');
