#!/bin/sh
# Installs what some tests need, where it may. Never fails: without them those tests report as not run.
#   chromium, fonts-noto-cjk   browser journeys
#   pgbouncer                  the pooler test; on CI only, since Debian starts it as a service elsewhere
#   nginx                      what stands in front of the platform; unpacked into .cache/tools, so that no service starts
#                              and nobody needs to be root
wanted=""
command -v chromium >/dev/null 2>&1 || wanted="chromium"
fc-list :lang=zh-cn 2>/dev/null | grep -q . || wanted="$wanted fonts-noto-cjk fontconfig"
browser_tools=$wanted
if [ "${CI:-}" = true ] && ! command -v pgbouncer >/dev/null 2>&1 && [ ! -x /usr/sbin/pgbouncer ]; then
    wanted="$wanted pgbouncer"
fi
tools=$(cd "$(dirname "$0")/.." && pwd)/.cache/tools
unpacked=""
if ! command -v nginx >/dev/null 2>&1 && [ ! -x /usr/sbin/nginx ] && [ ! -x "$tools/usr/sbin/nginx" ]; then
    unpacked="nginx nginx-common"
fi
[ -n "$wanted$unpacked" ] || exit 0

root() { [ "$(id -u)" = 0 ]; }
log=$(mktemp)
export DEBIAN_FRONTEND=noninteractive
if command -v apt-get >/dev/null 2>&1; then
    # a root machine may never have listed its packages; a line that does not answer is given up soon
    patience="-o Acquire::http::Timeout=20 -o Acquire::Retries=1"
    # shellcheck disable=SC2086 - lists of words
    if root; then apt-get $patience update -qq >"$log" 2>&1; fi
    if [ -n "$unpacked" ]; then
        folder=$(mktemp -d)
        chmod 755 "$folder"
        # shellcheck disable=SC2086
        if (cd "$folder" && apt-get $patience download -qq $unpacked) >>"$log" 2>&1 && mkdir -p "$tools"; then
            for package in "$folder"/*.deb; do dpkg-deb -x "$package" "$tools" >>"$log" 2>&1; done
            unpacked=""
        fi
        rm -rf "$folder"
    fi
    # shellcheck disable=SC2086
    if [ -n "$wanted" ] && root; then
        if apt-get $patience install -y -qq --no-install-recommends $wanted >>"$log" 2>&1; then browser_tools=""; else tail -n 3 "$log" >&2; fi
    fi
fi
rm -f "$log"
if [ -n "$browser_tools" ]; then
    echo "Browser journeys will not be run: install Debian's packages chromium and fonts-noto-cjk for them." >&2
fi
if [ -n "$unpacked" ]; then
    echo "The proxy in front will not be run: install Debian's package nginx for its tests." >&2
fi
exit 0
