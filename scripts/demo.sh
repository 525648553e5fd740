#!/usr/bin/env bash
# A small control room on free ports: builds it, starts it, sends one call, shows what becomes of it, stops it.
# Needs Rust and a C compiler, nothing else; leaves nothing behind.
set -euo pipefail
cd "$(dirname "$0")/.."

call="hi, can you help? 170 London road SM6 7AN. Fire, Injuries and a citizen arrested criminal."
bin="${CARGO_TARGET_DIR:-target}/debug"
dir=$(mktemp -d)
up=

finish() {
    local code=$?
    trap - EXIT INT TERM
    if [ -n "$up" ]; then
        kill -TERM "$up" 2>/dev/null || true
        wait "$up" || code=$((code ? code : $?))
    fi
    if [ "$code" != 0 ]; then
        echo "--- the log of the cluster:" >&2
        tail -n 100 "$dir/up.log" >&2 || true
    fi
    rm -rf "$dir"
    [ "$code" != 0 ] || echo "demo: everything has stopped"
    exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM

if [ "${DEMO_BUILD:-yes}" = yes ]; then
    ${CARGO:-cargo} build -p registry -p agents -p operator -p cli
fi

"$bin/watchroom" up --free-ports --data-dir "$dir/data" >"$dir/up.out" 2>"$dir/up.log" &
up=$!
for _ in $(seq 600); do
    [ -e "$dir/data/endpoints.json" ] && break
    kill -0 "$up" 2>/dev/null || { echo "demo: the cluster did not start" >&2; exit 1; }
    sleep 0.1
done
[ -e "$dir/data/endpoints.json" ] || { echo "demo: the cluster was not ready in time" >&2; exit 1; }
cat "$dir/up.out"

echo "demo: $call"
"$bin/watchroom" send --data-dir "$dir/data" "$call" | tee "$dir/send.out"
grep -q '3/3' "$dir/send.out" || { echo "demo: not all three services were dispatched" >&2; exit 1; }
