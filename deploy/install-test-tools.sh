#!/bin/sh
# Installs what some tests need, where it may. Never fails: without them those tests report as not run.
#   chromium, fonts-noto-cjk   browser journeys
#   pgbouncer                  the pooler test; on CI only, since Debian starts it as a service elsewhere
wanted=""
command -v chromium >/dev/null 2>&1 || wanted="chromium"
fc-list :lang=zh-cn 2>/dev/null | grep -q . || wanted="$wanted fonts-noto-cjk fontconfig"
browser_tools=$wanted
if [ "${CI:-}" = true ] && ! command -v pgbouncer >/dev/null 2>&1 && [ ! -x /usr/sbin/pgbouncer ]; then
    wanted="$wanted pgbouncer"
fi
[ -n "$wanted" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    log=$(mktemp)
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086 - a list of packages
    if { apt-get update -qq && apt-get install -y -qq --no-install-recommends $wanted; } >"$log" 2>&1; then
        rm -f "$log"
        exit 0
    fi
    tail -n 3 "$log" >&2
    rm -f "$log"
fi
if [ -n "$browser_tools" ]; then
    echo "Browser journeys will not be run: install Debian's packages chromium and fonts-noto-cjk for them." >&2
fi
exit 0
