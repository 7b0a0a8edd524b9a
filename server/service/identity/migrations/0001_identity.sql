create table identity.account (
  id uuid primary key,
  person uuid not null, -- of assurance/organizations: no foreign key leaves a module
  name text not null constraint account_name_once unique,
  name_digest bytea not null, -- finds this name's wrong attempts
  password_hash text not null check (password_hash like '$argon2id$%'), -- PHC string with its parameters
  must_change_password boolean not null,
  opened_at timestamptz not null,
  last_sign_in_at timestamptz,
  closed_at timestamptz
);
create unique index account_person_once on identity.account (person) where closed_at is null;
create index account_by_person on identity.account (person);

-- Wrong attempts in a row for a name, whether or not an account has it: names cannot be told apart by who gets locked.
create table identity.attempt (
  name_digest bytea primary key,
  wrong smallint not null check (wrong between 0 and 5),
  locked_until timestamptz,
  at timestamptz not null
) with (fillfactor = 70);
create index attempt_by_age on identity.attempt (at);

create table identity.session (
  id uuid primary key,
  account uuid not null references identity.account (id),
  token_digest bytea not null unique check (length(token_digest) = 32), -- SHA-256; the token itself is only in the browser
  factor text not null check (factor in ('password', 'totp', 'passkey')),
  opened_at timestamptz not null,
  seen_at timestamptz not null,
  ended_at timestamptz,
  address text not null,
  agent text not null
) with (fillfactor = 80);
create index session_open on identity.session (account, seen_at desc) where ended_at is null;
create index session_by_age on identity.session (opened_at);

-- What a browser holds between two steps of signing in, or of making a passkey.
create table identity.ticket (
  digest bytea primary key check (length(digest) = 32),
  kind text not null check (kind in ('second_factor', 'passkey', 'registration')),
  account uuid references identity.account (id),
  challenge text, -- base64url, for one answer
  expires_at timestamptz not null,
  check (account is not null or kind = 'passkey')
);
create index ticket_by_account on identity.ticket (account);
create index ticket_by_age on identity.ticket (expires_at);

create table identity.totp (
  account uuid primary key references identity.account (id),
  secret bytea, -- in force; AES-256-GCM under a key derived from the platform's
  pending bytea, -- begun, not confirmed
  last_step bigint not null default 0, -- of the last code used: no code passes twice
  check (secret is not null or pending is not null)
);

create table identity.passkey (
  id uuid primary key,
  account uuid not null references identity.account (id),
  name text not null,
  credential_id text not null constraint passkey_credential_once unique, -- base64url
  public_key bytea not null, -- COSE
  counter bigint not null,
  transports text[] not null,
  made_at timestamptz not null,
  used_at timestamptz
);
create index passkey_by_account on identity.passkey (account);

create table identity.signing_key (
  id uuid primary key,
  person uuid not null,
  public_key text not null constraint signing_key_public_once unique, -- Ed25519, raw, base64url
  fingerprint text not null,
  sealed jsonb, -- the private half under the person's PIN; gone once the key is retired
  made_at timestamptz not null,
  retired_at timestamptz,
  check ((sealed is null) = (retired_at is not null))
);
create unique index signing_key_current_once on identity.signing_key (person) where retired_at is null;
create index signing_key_by_person on identity.signing_key (person);
create index signing_key_by_fingerprint on identity.signing_key (fingerprint);

-- A platform is set up once.
create table identity.founding (
  once boolean not null default true check (once),
  at timestamptz not null,
  constraint founding_once primary key (once)
);
