#!/bin/sh
# Makes deploy/secrets/ for deploy/compose.yaml: new passwords and keys, each in a file of its own.
# What is there already is left alone. The certificate and its key are yours to add.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
cd secrets

# Containers read the files as users of their own; the directory keeps everyone else out.
keep() {
  if [ -e "$1" ]; then cat >/dev/null; else cat >"$1" && chmod 644 "$1"; fi
}

openssl rand -hex 24 | keep postgres-password
openssl rand -base64 32 | keep master-key
printf 'postgresql://openparticipant:%s@postgres/openparticipant\n' "$(cat postgres-password)" |
  keep database
if [ ! -e s3-credentials ]; then
  id="OP$(openssl rand -hex 9 | tr a-f A-F)"
  key="$(openssl rand -hex 24)"
  printf '[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n' "$id" "$key" |
    keep s3-credentials
  printf '{"identities":[{"name":"openparticipant","actions":["Admin"],"credentials":[{"accessKey":"%s","secretKey":"%s"}]}]}\n' \
    "$id" "$key" | keep s3-identities
fi
