#!/usr/bin/env bash
# Stock clients against `serve`: kcat, which is librdkafka, with one and three brokers. What is served is journaled and must
# replay to the same hash. Exit code 77: kcat is not installed.
#   stock_clients.sh PROGRAM BROKERS PORT FOLDER
set -uo pipefail
program=$1 brokers=$2 port=$3 folder=$4
command -v kcat >/dev/null || { echo "kcat is not installed"; exit 77; }
at=localhost:$port
failures=0
check() { # what, expected, got
    [[ $2 == "$3" ]] && return
    printf 'FAILED %s: expected\n%s\nbut got\n%s\n' "$1" "$2" "$3"
    failures=$((failures + 1))
}
run() { timeout 30 kcat -b "$at" "$@" 2>>"$folder/kcat.log"; }

"$program" serve --headless --brokers "$brokers" --port "$port" --session "$folder/served.session" --hash >"$folder/serve.log" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null' EXIT
for _ in $(seq 100); do grep -q '^serving' "$folder/serve.log" && break; sleep 0.1; done
grep -q '^serving' "$folder/serve.log" || { cat "$folder/serve.log"; exit 1; }

lines() { for i in $(seq 1 "$1"); do echo "k$i:$2-$i"; done; }
for codec in none gzip snappy lz4 zstd; do
    lines 200 "$codec" | run -P -t "of-$codec" -K: -z "$codec" -H "origin=test" -X acks=all -X enable.idempotence=true
    check "$codec comes back" "$(lines 200 "$codec" | sed 's/$/ origin=test/')" "$(run -C -t "of-$codec" -o beginning -e -q -f '%k:%s %h\n')"
done
check "offsets count on" "$(seq 0 199)" "$(run -C -t of-none -o beginning -e -q -f '%o\n')"
check "reading from an offset" "none-200" "$(run -C -t of-none -p 0 -o 199 -e -q)"
check "the last two" $'none-199\nnone-200' "$(run -C -t of-none -p 0 -o -2 -e -q)"
check "the end by query" "of-none [0] offset 200" "$(run -Q -t of-none:0:-1)"
first=$(run -C -t of-none -p 0 -o beginning -c 1 -q -f '%T')
now=$(date +%s%3N)
check "timestamps are of this moment" yes "$( ((now - first >= 0 && now - first < 120000)) && echo yes || echo "$first at $now")"
check "an offset by its time" "of-none [0] offset 0" "$(run -Q -t "of-none:0:$first")"
check "a group reads all" 400 "$(run -G readers -q -c 400 -X auto.offset.reset=earliest of-gzip of-lz4 | wc -l)"
lines 3 more | run -P -t of-gzip -K: -X acks=1
check "a group goes on where it was" "$(lines 3 more | cut -d: -f2)" "$(run -G readers -q -c 3 of-gzip of-lz4)"
check "brokers are found" "$brokers" "$(run -L | grep -c '^  broker ')"

kill -INT $server
wait $server
check "serve ends well" 0 $?
trap - EXIT
check "the session replays to the same hash" "$(tail -1 "$folder/serve.log")" "$("$program" replay "$folder/served.session" --hash | tail -1)"
((failures == 0)) && echo "all agree with $brokers brokers"
exit $((failures > 0))
