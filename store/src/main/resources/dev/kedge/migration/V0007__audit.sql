-- Audit: who did what, in chains that show whatever was done to them later. Each namespace has a
-- chain; that of the installation itself, for what belongs to none, is named ''.
--
-- Entry n holds hash(n) = SHA-256(hash(n - 1), entry n). `audit_append` is the one way in. It draws
-- the number under a lock of the chain's head, so numbers leave out none and entries stand in the
-- order in which they were committed. Take that lock last in a transaction, and for several
-- namespaces in the order of their names, or two transactions may wait for each other.
--
-- Locks: none; the tables are new.

-- How far each chain has come.
create table kedge.audit_head (
    namespace  text        primary key,
    no         bigint      not null,
    hash       bytea       not null,
    at         timestamptz not null,
    constraint whole_hash check (octet_length(hash) = 32)
) with (fillfactor = 70);

create index audit_head_lately on kedge.audit_head (at);

-- `details` is JSON, but the very text of it is what was hashed; so it is kept as text.
create table kedge.audit (
    namespace  text        not null,
    no         bigint      not null,
    at         timestamptz not null,
    principal  text        not null,
    act        text        not null,
    subject    text        not null,
    details    text        not null,
    hash       bytea       not null,
    primary key (namespace, no),
    constraint counted_from_one check (no >= 1),
    constraint whole_hash       check (octet_length(hash) = 32)
);

-- Nobody changes what was written, whatever their rights; who owns the table has to take this
-- trigger away first, and the chain shows what was done then.
create function kedge.audit_refuse() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp as
$$
begin
    raise exception using errcode = 'insufficient_privilege',
        message = format('%s: what was written is not changed', tg_table_name);
end
$$;
create trigger audit_is_final
    before update or delete or truncate on kedge.audit
    for each statement execute function kedge.audit_refuse();
create trigger audit_head_stays
    before delete or truncate on kedge.audit_head
    for each statement execute function kedge.audit_refuse();

-- A text as it is hashed: its length in bytes, then its bytes.
create function kedge.audit_text(value text) returns bytea
    language sql immutable strict parallel safe set search_path = pg_catalog, pg_temp as
$$
    select int4send(octet_length(convert_to(value, 'UTF8'))) || convert_to(value, 'UTF8')
$$;

-- The hash of an entry, as `AuditChain.hash` has it too.
create function kedge.audit_hash(
    before    bytea,
    namespace text,
    no        bigint,
    at        timestamptz,
    principal text,
    act       text,
    subject   text,
    details   text
) returns bytea
    language sql immutable strict parallel safe set search_path = pg_catalog, pg_temp as
$$
    select sha256(kedge.audit_text('kedge-audit-1')
                  || before
                  || kedge.audit_text(namespace)
                  || int8send(no)
                  || int8send((extract(epoch from at) * 1000000)::bigint)
                  || kedge.audit_text(principal)
                  || kedge.audit_text(act)
                  || kedge.audit_text(subject)
                  || kedge.audit_text(details))
$$;

-- Writes an entry at the end of its chain, and returns its number.
create function kedge.audit_append(
    namespace text,
    principal text,
    act       text,
    subject   text,
    details   text
) returns bigint
    language plpgsql security definer set search_path = pg_catalog, pg_temp as
$$
declare
    its_head kedge.audit_head;
    its_time timestamptz;
begin
    insert into kedge.audit_head (namespace, no, hash, at)
    values (audit_append.namespace, 0, decode(repeat('00', 32), 'hex'), clock_timestamp())
    on conflict on constraint audit_head_pkey do nothing;
    select h.* into strict its_head
      from kedge.audit_head as h
     where h.namespace = audit_append.namespace
       for update;
    its_time := clock_timestamp();
    its_head.no := its_head.no + 1;
    its_head.hash := kedge.audit_hash(its_head.hash, audit_append.namespace, its_head.no, its_time,
                                      audit_append.principal, audit_append.act,
                                      audit_append.subject, audit_append.details);
    insert into kedge.audit (namespace, no, at, principal, act, subject, details, hash)
    values (audit_append.namespace, its_head.no, its_time, audit_append.principal, audit_append.act,
            audit_append.subject, audit_append.details, its_head.hash);
    update kedge.audit_head as h
       set no = its_head.no, hash = its_head.hash, at = its_time
     where h.namespace = audit_append.namespace;
    return its_head.no;
end
$$;

call kedge.guard('kedge.audit');
call kedge.guard('kedge.audit_head');

-- What was written is read and nothing else, and the engine alone writes. (A superuser passes all of
-- this by, and an owner may give it back to itself.)
revoke execute on all routines in schema kedge from public;
revoke update, delete, truncate on kedge.audit from current_user;
revoke delete, truncate on kedge.audit_head from current_user;
