#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Cachescope authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# docs/make-pictures.sh [PROGRAM]
# Draws the pictures of the documents with the program itself, by default the one that ./dev builds.
# Smaller where pngquant is installed. Fails when a picture is 400 KB or more.
set -euo pipefail

root="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)"
program="${1:-$root/build/release/cachescope}"
images="$root/docs/images"
most=400000

if [ ! -x "$program" ]; then
    printf 'make-pictures: %s cannot be run; build it with ./dev build, or name another\n' \
        "$program" >&2
    exit 1
fi
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
export XDG_RUNTIME_DIR="$scratch" LC_ALL=C.UTF-8
chmod 700 "$scratch"

# draw NAME ARGUMENTS… draws the Lab; draw_page PAGE NAME ARGUMENTS… another page.
draw() { draw_page lab "$@"; }
draw_page() {
    local page="$1" picture="$images/$2.png"
    shift 2
    "$program" screenshot "$page" "$@" -o "$picture" 2>"$scratch/log" ||
        { cat "$scratch/log" >&2; exit 1; }
    if command -v pngquant >/dev/null; then
        pngquant --force --skip-if-larger --output "$picture" -- "$picture" || true
    fi
    if [ "$(stat -c %s "$picture")" -ge "$most" ]; then
        printf 'make-pictures: %s is too large\n' "$picture" >&2
        exit 1
    fi
}

# No server listens on port 1, so that this lane's backend fails wherever the picture is drawn.
sed 's#redis://127.0.0.1:6379#redis://127.0.0.1:1#' \
    "$root/resources/scenarios/memory-file-redis.json" >"$scratch/no-server.json"

draw lab-light --theme light
draw lab-dark --theme dark
draw lab-controls --size 1100x1330
draw ttl-too-long --scenario ttl-too-long --after 120s --lane 3 --open ttl --size 1280x800
draw stampede --scenario stampede --after 90s --lane 2 --open single_flight --size 1280x800
draw lost-on-restart --scenario lost-on-restart --after 90s --size 1280x800
draw backend-fails --scenario "$scratch/no-server.json" --after 40s --size 1280x800

# A trace of the pictures' own.
{
    printf 'ts_ms,client,namespace,id,bytes,op\n'
    for ((i = 0; i < 400; ++i)); do
        names=(products prices static)
        printf '%d,10.0.0.%d,%s,%d,%d,get\n' $((i * 37)) $((i % 7 + 1)) "${names[i % 3]}" \
            $((i * i % 211)) $((i * 113 % 4000 + 200))
    done
} >"$scratch/requests.csv"
# Two hours of three namespaces that change at different rates; few keys are asked for often.
awk 'BEGIN {
    srand(3)
    print "time,key,size"
    for (i = 0; i < 300000; ++i) {
        now -= log(1 - rand()) / 41
        which = rand()
        space = which < 0.5 ? "products" : which < 0.8 ? "static" : "prices"
        keys = which < 0.5 ? 9000 : which < 0.8 ? 1500 : 12000
        key = int(keys * rand() ^ 4)
        printf "%.3f,%s:%d,%d\n", now, space, key, 200 + key * 37 % 1800
    }
}' >"$scratch/day.csv"
for theme in light dark; do
    draw_page tune "tune-$theme" --trace "$scratch/day.csv" --theme "$theme" \
        --update-every static=6h,products=30m,prices=60s --size 1440x900
done
draw_page import import --trace "$scratch/requests.csv" --size 1000x640

# A server of the pictures' own, by TCP and encrypted with a certificate that nobody signed.
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$scratch/key.pem" -out "$scratch/cert.pem" \
    -days 365 -subj /CN=redis.example 2>"$scratch/log" || { cat "$scratch/log" >&2; exit 1; }
redis-server --port 7391 --tls-port 7392 --tls-cert-file "$scratch/cert.pem" \
    --tls-key-file "$scratch/key.pem" --tls-ca-cert-file "$scratch/cert.pem" --tls-auth-clients no \
    --requirepass secret --save '' --dir "$scratch" --daemonize yes \
    --pidfile "$scratch/redis.pid" >"$scratch/log"
stop_server() { [ ! -s "$scratch/redis.pid" ] || kill "$(cat "$scratch/redis.pid")"; }
trap 'stop_server; rm -rf "$scratch"' EXIT
until redis-cli -p 7391 -a secret ping >/dev/null 2>&1; do :; done
draw_page connection connection --url 'redis://:secret@127.0.0.1:7391/0' --size 900x640
draw_page connection connection-refused --url 'rediss://:secret@127.0.0.1:7392/0' --size 900x640

# A cache of the pictures' own: four namespaces, a storm in an hour, somebody who reads.
cache=7393
redis-server --port "$cache" --bind 127.0.0.1 --maxmemory 2gb --maxmemory-policy allkeys-lfu \
    --save '' --dir "$scratch" --daemonize yes --pidfile "$scratch/cache.pid" >"$scratch/log"
reader=""
stop_cache() {
    [ -z "$reader" ] || kill "$reader" 2>/dev/null || true
    [ ! -s "$scratch/cache.pid" ] || kill "$(cat "$scratch/cache.pid")"
}
trap 'stop_cache; stop_server; rm -rf "$scratch"' EXIT
until redis-cli -p "$cache" ping >/dev/null 2>&1; do :; done
awk 'BEGIN {
    srand(5)
    for (i = 0; i < 60000; ++i) {
        which = rand()
        ttl = int(7200 * rand()) + 5
        if (which < 0.45) {
            if (rand() < 0.12) ttl = 4200 + int(40 * rand())
            key = sprintf("product:detail:%012d", i)
            printf "HSET %s name cup-%d price 24.90 stock %d html <p>Espresso</p> rev %d\r\n", key, i, i % 200, i % 31
            printf "EXPIRE %s %d\r\n", key, ttl
        } else if (which < 0.75)
            printf "SET page:%012d %s EX %d\r\n", i, substr("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1, 10 + i % 30), ttl
        else if (which < 0.95)
            printf "SET session:%012d user-%d EX %d\r\n", i, i, ttl * 2
        else if (rand() < 0.6)
            printf "SET user:%012d Ada EX 86400\r\n", i
        else
            printf "SET user:%012d Ada\r\n", i
    }
    print "HSET product:detail:88121 name \"Espresso cup, 6 pcs\" price 24.90 stock 112 attrs \"{\\\"colour\\\":\\\"white\\\",\\\"volume_ml\\\":70}\"\r"
    print "EXPIRE product:detail:88121 1798\r"
}' | redis-cli -p "$cache" --pipe >"$scratch/log"
redis-benchmark -p "$cache" -c 2 -n 2000000000 -r 60000 GET page:__rand_int__ >/dev/null 2>&1 &
reader=$!
for theme in light dark; do
    draw_page inspect "inspect-$theme" --url "redis://127.0.0.1:$cache" --walk --after 45s \
        --key product:detail:88121 --theme "$theme" --size 1440x900
done
stop_cache
reader=""

sed 's#redis://127.0.0.1:6379#redis://:secret@127.0.0.1:7391#' \
    "$root/resources/scenarios/leases.json" >"$scratch/leases.json"
draw option-leases --scenario "$scratch/leases.json" --after 40s --lane 3 --open lease \
    --size 1280x800

# One picture an option, of the moment that shows it best, with the lane that has it selected and
# its control in view.
while read -r scenario after lane option; do
    draw "option-$scenario" --scenario "$scenario" --after "$after" --lane "$lane" \
        --open "$option" --size 1280x800
done <<'MOMENTS'
namespace-ttls 120s 3 namespace_ttls
user-data 50s 3 vary_by_user
sliding-ttl 100s 3 max_age
jitter 50s 2 jitter
negative-ttl 60s 2 negative_ttl
error-ttl 80s 2 error_ttl
chosen-ttl 60s 3 ttl
stale-while-revalidate 60s 2 stale_while_revalidate
refresh-ahead 60s 2 refresh_after
xfetch 100s 2 xfetch_beta
fail-safe 80s 2 stale_if_error
retry-after 75s 3 retry_after
soft-time-out 90s 2 soft_timeout
hard-time-out 90s 2 hard_timeout
circuit-breaker 80s 2 breaker
recovery-queue 65s 2 recovery
two-levels 40s 2 upper_ttl
tags 100s 2 namespace_tags
marks 95s 2 space
MOMENTS
