-- A node's state derives from what happened when: joined, confirmed, revoked.
create table nodes.node (
  id uuid primary key,
  unit uuid not null, -- of assurance/organizations
  name text not null,
  token_hash bytea not null check (length(token_hash) = 32), -- SHA-256 of the enrolment token; the token itself is shown once and kept nowhere
  token_expires_at timestamptz not null,
  sign text, -- raw Ed25519 key, base64url
  seal text, -- raw X25519 key, base64url
  fingerprint text,
  version text,
  listen text,
  stores jsonb not null default '[]',
  approvers text[] not null default '{}',
  clock_skew_seconds double precision,
  last_seen_at timestamptz,
  made_at timestamptz not null,
  joined_at timestamptz,
  confirmed_at timestamptz,
  confirmed_by uuid,
  revoked_at timestamptz,
  revoke_reason text,
  constraint node_joined_has_keys check ((joined_at is null) = (sign is null) and (sign is null) = (seal is null) and (sign is null) = (fingerprint is null)),
  constraint node_confirmed_has_joined check (confirmed_at is null or joined_at is not null),
  constraint node_confirmed_by_somebody check ((confirmed_at is null) = (confirmed_by is null)),
  constraint node_revoked_for_a_reason check ((revoked_at is null) = (revoke_reason is null)),
  constraint node_key_once unique (sign)
);
create unique index node_name_once on nodes.node (unit, name) where revoked_at is null;
create unique index node_token_once on nodes.node (token_hash);

-- Each signed request is served once; a nonce is kept as long as its request could pass for a recent one.
create table nodes.nonce (
  node uuid not null,
  nonce text not null,
  expires_at timestamptz not null,
  constraint nonce_once primary key (node, nonce)
);
create index nonce_by_expiry on nodes.nonce (expires_at);

create table nodes.schema_order (
  id uuid primary key,
  node uuid not null references nodes.node,
  store text not null,
  asked_at timestamptz not null,
  asked_by uuid not null,
  answered_at timestamptz
);
create unique index schema_order_once on nodes.schema_order (node, store) where answered_at is null;

-- What was last read of a store, replaced as a whole; `trouble` tells that a later read failed.
create table nodes.schema (
  node uuid not null references nodes.node,
  store text not null,
  read_at timestamptz,
  trouble text,
  tables jsonb not null default '[]',
  primary key (node, store)
);

create schema nodes_pub;
create view nodes_pub.node as
  select id, unit, name, sign, seal, fingerprint, listen, stores, approvers, last_seen_at, made_at, confirmed_at, revoked_at,
    case
      when revoked_at is not null then 'revoked'
      when confirmed_at is not null then 'active'
      when joined_at is not null then 'awaiting_confirmation'
      else 'awaiting_join'
    end as state
  from nodes.node;
