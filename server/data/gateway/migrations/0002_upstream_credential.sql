-- How the platform shows itself to the system behind an interface: one header. The value is sealed under the platform's own key and is never given out.
alter table gateway.upstream
  add column credential_header text,
  add column credential_sealed text,
  add constraint upstream_credential_whole check ((credential_header is null) = (credential_sealed is null));
