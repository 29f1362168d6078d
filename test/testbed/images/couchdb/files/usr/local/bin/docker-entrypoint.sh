#!/bin/bash
# Starts CouchDB as the official image does: settings of the environment go where CouchDB looks for them, unless the
# mounted files have them already.
set -e

home=/opt/couchdb
etc=$home/etc
docker_ini=$etc/local.d/docker.ini

# Whether a Perl regular expression, which may span lines, matches in one of the files.
matches() {
  local pattern=$1
  shift
  grep --perl-regexp --null-data --quiet --recursive --no-messages -- "$pattern" "$@"
}

# Arguments alone, or the bare word `couchdb`, are CouchDB's.
case "$1" in
  -* | +*) set -- "$home/bin/couchdb" "$@" ;;
  couchdb) set -- "$home/bin/couchdb" "${@:2}" ;;
esac
[ "$1" = "$home/bin/couchdb" ] || exec "$@"

# Changes at run time are written to the last file there is. Fails where the folder is mounted read-only.
touch "$docker_ini"

as_root=$([ "$(id -u)" = 0 ] && echo yes || true)
if [ "$as_root" ]; then
  find "$home" ! \( -user 5984 -group 5984 \) -exec chown -f 5984:5984 {} + || true
  find "$etc" -type d ! -perm 0755 -exec chmod -f 0755 {} + || true
  find "$etc" -type f ! -perm 0644 -exec chmod -f 0644 {} + || true
fi

if [ "$NODENAME" ] && ! grep --quiet couchdb@ "$etc/vm.args"; then
  echo "-name couchdb@$NODENAME" >>"$etc/vm.args"
fi

if [ "$COUCHDB_USER" ] && [ "$COUCHDB_PASSWORD" ]; then
  if ! matches "\[admins\]\n$COUCHDB_USER =" "$etc"/local.d/*.ini "$etc/local.ini"; then
    printf '\n[admins]\n%s = %s\n' "$COUCHDB_USER" "$COUCHDB_PASSWORD" >>"$docker_ini"
  fi
fi

if [ "$COUCHDB_SECRET" ]; then
  if ! matches '\[chttpd_auth\]\nsecret =' "$etc"/local.d/*.ini "$etc/local.ini"; then
    printf '\n[chttpd_auth]\nsecret = %s\n' "$COUCHDB_SECRET" >>"$docker_ini"
  fi
fi

if [ "$COUCHDB_ERLANG_COOKIE" ]; then
  cookie_file=$home/.erlang.cookie
  if [ ! -e "$cookie_file" ]; then
    echo "$COUCHDB_ERLANG_COOKIE" >"$cookie_file"
  elif [ "$(cat "$cookie_file" 2>/dev/null)" != "$COUCHDB_ERLANG_COOKIE" ]; then
    echo "warning: $cookie_file holds another cookie than COUCHDB_ERLANG_COOKIE" >&2
  fi
  chown 5984:5984 "$cookie_file"
  chmod 600 "$cookie_file"
fi

[ ! "$as_root" ] || chown -f 5984:5984 "$docker_ini" || true

if ! matches '\[admins\]\n[^;]\w+' "$etc"/default.d/*.ini "$etc"/local.d/*.ini "$etc/local.ini"; then
  echo "ERROR: no admin: set COUCHDB_USER and COUCHDB_PASSWORD, or mount an ini file whose [admins] has one" >&2
  exit 1
fi

[ ! "$as_root" ] || exec setpriv --reuid=5984 --regid=5984 --clear-groups "$@"
exec "$@"
