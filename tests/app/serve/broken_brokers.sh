#!/usr/bin/env bash
# A stock client produces with acks=all and idempotence to three served brokers, while by a seed's choice brokers are killed,
# lose power, pause and are cut off, one at a time, and come back. Whatever was acknowledged must be there once, and nothing twice.
# Exit code 77: kcat is not installed.
#   broken_brokers.sh PROGRAM SEED PORT FOLDER
set -uo pipefail
program=$1 seed=$2 port=$3 folder=$4
command -v kcat >/dev/null || { echo "kcat is not installed"; exit 77; }
at=localhost:$port,localhost:$((port + 1)),localhost:$((port + 2))
records=3000 speed=20

cat >"$folder/lesson.toml" <<'LESSON'
[lesson]
id = "broken-brokers"
title = "Brokers that break"
level = 9
minutes = 10
start_time = "2026-01-05T12:00:00Z"
seed = 1
seeds = "pinned"
seed_reason = "Clients decide what happens."

[cluster]
mode = "zookeeper"
brokers = [1, 2, 3]
controller = "race"
version = "3.9"
config = { "offsets.topic.replication.factor" = "3", "zookeeper.session.timeout.ms" = "6000", "replica.lag.time.max.ms" = "8000" }

[network]
latency = "100us"
links = []

[[topic]]
name = "orders"
partitions = 3
replication_factor = 3
config = { "min.insync.replicas" = 2 }

[[step]]
id = "run"
view = "Partitions"
say = "Clients come and go."
until_after = "1s"
LESSON

# Three times: something happens to a broker, it lasts, it ends, the replicas catch up.
RANDOM=$seed
faults=() now=4
for _ in 1 2 3; do
    broker=$((RANDOM % 3 + 1)) others=()
    for other in 1 2 3; do ((other != broker)) && others+=("broker $other"); done
    case $((RANDOM % 4)) in
        0) begin="kill broker $broker" end="restart broker $broker" ;;
        1) begin="power-cut broker $broker" end="restart broker $broker" ;;
        2) begin="pause broker $broker" end="resume broker $broker" ;;
        3) begin="partition isolate broker $broker" end="heal" ;;
    esac
    faults+=(--do "${now}s $begin" --do "$((now + 6 + RANDOM % 14))s $end")
    now=$((now + 36 + RANDOM % 5))
done

"$program" serve "$folder/lesson.toml" --headless --port "$port" --speed $speed --seed "$seed" "${faults[@]}" \
    --session "$folder/served.session" --hash >"$folder/serve.log" 2>"$folder/serve.errors" &
server=$!
trap 'kill $server 2>/dev/null' EXIT
for _ in $(seq 100); do grep -q '^serving' "$folder/serve.log" && break; sleep 0.1; done
grep -q '^serving' "$folder/serve.log" || { cat "$folder/serve.log" "$folder/serve.errors"; exit 1; }

# As long as the faults last.
for i in $(seq 1 $records); do
    echo "$i"
    ((i % 50)) || sleep 0.1
done | timeout 120 kcat -b "$at" -P -t orders -X acks=all -X enable.idempotence=true -X message.timeout.ms=100000 \
    -X linger.ms=5 2>"$folder/produce.log"
produced=$?
timeout 60 kcat -b "$at" -C -t orders -o beginning -e -q 2>"$folder/consume.log" | sort -n >"$folder/read"
kill -INT $server
wait $server
ended=$?
trap - EXIT

failures=0
fail() { echo "FAILED with seed $seed: $*"; failures=$((failures + 1)); }
((produced == 0)) || fail "the producer ended with $produced: $(tail -3 "$folder/produce.log")"
grep -q 'Delivery failed' "$folder/produce.log" && fail "not all was acknowledged: $(grep -c 'Delivery failed' "$folder/produce.log")"
[[ -s $folder/serve.errors ]] && fail "a verb did not apply: $(cat "$folder/serve.errors")"
lost=$(comm -23 <(seq 1 $records | sort) <(sort -u "$folder/read") | wc -l)
((lost == 0)) || fail "$lost acknowledged records are lost"
twice=$(uniq -d "$folder/read" | wc -l)
((twice == 0)) || fail "$twice records are there twice"
((ended == 0)) || fail "serve ended with $ended"
[[ $(tail -1 "$folder/serve.log") == "$("$program" replay "$folder/served.session" --hash | tail -1)" ]] ||
    fail "the session does not replay to the same hash"
((failures == 0)) && echo "seed $seed: $records records there once; ${faults[*]}"
exit $((failures > 0))
