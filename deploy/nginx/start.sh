#!/bin/sh
# Writes nginx's configuration from settings and runs it. Every value is read strictly: what is no name, port or network
# stops the start.
#
# Needed: PUBLIC_URL, BACK_OFFICE_URL (as the platform has them). By choice:
#   CONSOLE_URL        the operators' console; CONSOLE_NETWORKS is needed with it
#   DESK_NETWORKS      who reaches the back office, as 203.0.113.0/24,2001:db8::/32; empty: everybody
#   TRUSTED_PROXIES    a WAF or load balancer in front, whose X-Forwarded-For is believed; empty: nobody
#   PHONES_AT, DESK_AT where the processes listen (web:8000, desk:8000)
#   HTTP_PORT, HTTPS_PORT, HEALTH_PORT, TLS_FOLDER, NGINX_RUN, NGINX_CACHE, NGINX_LOGS, NGINX_USER, NGINX, NGINX_MIME
set -eu
here=$(cd "$(dirname "$0")" && pwd)
run=${NGINX_RUN:-/run/hequ}
cache=${NGINX_CACHE:-/var/cache/nginx}
program=${NGINX:-nginx}

stop() { echo "nginx is not started: $1" >&2; exit 78; }

name_of() {  # the host of an address such as https://desk.example.cn
    name=${2#https://}
    [ "$name" != "$2" ] || stop "$1 is no https:// address"
    name=${name%/}
    case $name in ''|*[!a-z0-9.-]*) stop "$1 names no host: $2";; esac
    echo "$name"
}

networks() {  # one directive a network: networks NAME LIST DIRECTIVE
    for network in $(echo "$2" | tr ',' ' '); do
        case $network in
            *[!0-9a-f.:/]*) stop "$1 lists what is no network: $network";;
            0.0.0.0*|*/0) stop "$1 would believe everybody: $network";;
        esac
        echo "$3 $network;"
    done
}

phones_name=$(name_of PUBLIC_URL "${PUBLIC_URL:-}")
desk_name=$(name_of BACK_OFFICE_URL "${BACK_OFFICE_URL:-}")
[ "$phones_name" != "$desk_name" ] || stop "PUBLIC_URL and BACK_OFFICE_URL share a name"
console_name=""
if [ -n "${CONSOLE_URL:-}" ]; then
    console_name=$(name_of CONSOLE_URL "$CONSOLE_URL")
    [ "$console_name" != "$phones_name" ] && [ "$console_name" != "$desk_name" ] || stop "CONSOLE_URL shares a name"
    [ -n "${CONSOLE_NETWORKS:-}" ] || stop "CONSOLE_URL needs CONSOLE_NETWORKS"
fi
for value in "${HTTP_PORT:=80}" "${HTTPS_PORT:=443}" "${HEALTH_PORT:=8081}"; do
    case ${value##*:} in ''|*[!0-9]*) stop "no port: $value";; esac
done
for value in "${PHONES_AT:=web:8000}" "${DESK_AT:=desk:8000}"; do
    case $value in ''|*[!a-zA-Z0-9.:_-]*) stop "no place of a process: $value";; esac
done

trusted=$(networks TRUSTED_PROXIES "${TRUSTED_PROXIES:-}" set_real_ip_from)
desk=$(networks DESK_NETWORKS "${DESK_NETWORKS:-}" allow)
console=$(networks CONSOLE_NETWORKS "${CONSOLE_NETWORKS:-}" allow)

mkdir -p "$run" "$cache"
echo "$trusted" > "$run/trusted.conf"
{ echo "$desk"; [ -z "$desk" ] || echo "deny all;"; } > "$run/desk-networks.conf"
{ echo "$console"; echo "deny all;"; } > "$run/console-networks.conf"

# nginx 1.25 moved HTTP/2 from the listener to a directive of its own.
version=$("$program" -v 2>&1 | sed 's/.*nginx\/\([0-9]*\)\.\([0-9]*\).*/\1 \2/')
if [ "${version% *}" -gt 1 ] || [ "${version#* }" -ge 26 ]; then http2="http2 on;"; listen=""; else http2=""; listen=" http2"; fi
[ "$(id -u)" != 0 ] && user="" || user="user ${NGINX_USER:-nginx};"

fill() {
    sed -e "s|@USER@|$user|" -e "s|@RUN@|$run|g" -e "s|@CACHE@|$cache|g" -e "s|@LOGS@|${NGINX_LOGS:-/var/log/nginx}|g" \
        -e "s|@TLS@|${TLS_FOLDER:-/etc/nginx/tls}|g" -e "s|@MIME@|${NGINX_MIME:-/etc/nginx/mime.types}|" \
        -e "s|@HTTP2@|$http2|" -e "s|@HTTP2_LISTEN@|$listen|" \
        -e "s|@HTTP_PORT@|$HTTP_PORT|" -e "s|@HTTPS_PORT@|$HTTPS_PORT|" -e "s|@HEALTH_PORT@|$HEALTH_PORT|" \
        -e "s|@PHONES_AT@|$PHONES_AT|" -e "s|@DESK_AT@|$DESK_AT|" \
        -e "s|@NAMES@|$phones_name $desk_name $console_name|" -e "s|@PHONES_NAME@|$phones_name|g" \
        -e "s|@DESK_NAME@|$desk_name|g" -e "s|@CONSOLE_NAME@|$console_name|g" "$1"
}

fill "$here/hequ.conf.in" > "$run/nginx.conf"
cp "$here/proxy.conf" "$run/proxy.conf"
if [ -n "$console_name" ]; then fill "$here/console.conf.in" > "$run/console.conf"; else : > "$run/console.conf"; fi

[ "${1:-}" != --write-only ] || exit 0
exec "$program" -e "${NGINX_LOGS:-/var/log/nginx}/error.log" -c "$run/nginx.conf" -g "daemon off;"
