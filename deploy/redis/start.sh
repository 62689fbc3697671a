#!/bin/sh
# Starts Valkey (or Redis) with one user a purpose; nobody may empty, reconfigure or run scripts in it. No password is ever an
# argument, where every process of the machine could read it, and the file keeps only their digests.
#
# REDIS_BROKER_PASSWORD, REDIS_CACHE_PASSWORD: needed. REDIS_FOLDER: where the data is (/data). REDIS_RUN: where the users'
# file goes (/run/redis, in memory). With REDIS_TLS_CERT, REDIS_TLS_KEY and REDIS_TLS_CA (files) only TLS is answered.
set -eu
: "${REDIS_BROKER_PASSWORD:?see .env.example}" "${REDIS_CACHE_PASSWORD:?see .env.example}"
folder=${REDIS_FOLDER:-/data}
run=${REDIS_RUN:-/run/redis}
port=${REDIS_PORT:-6379}

digest() { printf '%s' "$1" | sha256sum | cut -c 1-64; }

umask 077
mkdir -p "$run"
cat > "$run/users.acl" <<USERS
user default off resetkeys resetchannels -@all
user hequ_broker on #$(digest "$REDIS_BROKER_PASSWORD") resetkeys ~_kombu.* ~unacked* ~default* ~codes* ~texts* ~figures* ~reports* ~patrol* ~seals* ~*.pidbox* ~celery* allchannels -@all +@read +@write +@connection +@transaction +@pubsub +@blocking -@dangerous +info -@scripting +evalsha +script|load +script|exists +time +client|setname +client|setinfo
user hequ_cache on #$(digest "$REDIS_CACHE_PASSWORD") resetkeys ~hequ:* resetchannels -@all +@read +@write +@connection +@transaction -@dangerous -@scripting
USERS

{
    echo "dir $folder"
    echo "aclfile $run/users.acl"
    echo "appendonly yes"
    echo "maxmemory-policy noeviction"
    if [ -n "${REDIS_TLS_CERT:-}" ]; then
        echo "port 0"
        echo "tls-port $port"
        echo "tls-cert-file $REDIS_TLS_CERT"
        echo "tls-key-file ${REDIS_TLS_KEY:?}"
        echo "tls-ca-cert-file ${REDIS_TLS_CA:?}"
        echo "tls-auth-clients no"
    else
        echo "port $port"
    fi
} > "$run/redis.conf"

unset REDIS_BROKER_PASSWORD REDIS_CACHE_PASSWORD
exec "$(command -v valkey-server || command -v redis-server)" "$run/redis.conf"
