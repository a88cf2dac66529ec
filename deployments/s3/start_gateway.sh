#!/usr/bin/env bash
# A real S3 server on this machine, for trials and tests: Ceph's RADOS gateway, one node, loopback only, nothing encrypted.
# Never for real data.
#
#   start_gateway.sh FOLDER [PORT [ACCESS_KEY [SECRET_KEY]]]   start; the last line printed is its address (region us-east-1)
#   start_gateway.sh --stop FOLDER                             stop it and remove its data; its logs stay
#
# Environment: GATEWAY_ACCESS_KEY, GATEWAY_SECRET_KEY (trial, trial-secret); GATEWAY_BYTES, the most it may hold (4 GiB);
# GATEWAY_WHILE, a process id: the gateway stops by itself when that process has ended.
set -euo pipefail
umask 077

fail() { printf 'start_gateway.sh: %s\n' "$1" >&2; exit 1; }

# A process id may have been reused: ours is one that was started with this folder.
is_ours() { grep -qaF "$folder/ceph.conf" "/proc/$1/cmdline" 2>/dev/null; }

stop() {
  local file pid
  # Killed outright: their data is removed straight afterwards.
  for file in "$folder"/run/*.pid; do
    [ -e "$file" ] || continue
    pid=$(tr -d '[:space:]' <"$file")
    [ -n "$pid" ] || continue
    while is_ours "$pid"; do
      kill -KILL "$pid" 2>/dev/null || true
      sleep 0.1
    done
  done
  rm -rf "$folder/mon" "$folder/osd" "$folder/run" "$folder/monmap"
}

if [ "${1:-}" = --stop ]; then
  folder=$(realpath -m "${2:?the folder it was started with}")
  [ -e "$folder/ceph.conf" ] || fail "no gateway was started in $folder"
  stop
  exit 0
fi

folder=$(realpath -m "${1:?a folder for its data}")
port=${2:-40080}
access_key=${3:-${GATEWAY_ACCESS_KEY:-trial}}
secret_key=${4:-${GATEWAY_SECRET_KEY:-trial-secret}}
bytes=${GATEWAY_BYTES:-4294967296}

# Debian installs radosgw and the daemons in folders that not every PATH includes.
PATH=$PATH:/usr/sbin:/sbin
absent=()
for needed in ceph-mon ceph-osd monmaptool radosgw radosgw-admin ceph uuidgen; do
  command -v "$needed" >/dev/null || absent+=("$needed")
done
[ ${#absent[@]} -eq 0 ] || fail "missing on this machine: ${absent[*]}
  How to fix it: apt-get install --no-install-recommends ceph-mon ceph-osd radosgw ceph-common uuid-runtime"

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
if [ -e "$folder/ceph.conf" ]; then
  stop
elif [ -e "$folder" ] && [ -n "$(ls -A "$folder")" ]; then
  fail "$folder has other files in it; give a folder that is empty or does not exist"
fi
if answers "$port"; then fail "something answers on port $port already; give another port"; fi
monitor_port=$((port + 1))
while answers "$monitor_port"; do monitor_port=$((monitor_port + 1)); done

mkdir -p "$folder"/{mon,osd,run}
rm -f "$folder"/*.log
cluster=$(uuidgen)
cat >"$folder/ceph.conf" <<CONF
[global]
fsid = $cluster
mon host = [v1:127.0.0.1:$monitor_port]
ms bind msgr2 = false
public addr = 127.0.0.1
cluster addr = 127.0.0.1
run dir = $folder/run
admin socket =
log file = $folder/\$name.log
pid file = $folder/run/\$name.pid
auth cluster required = none
auth service required = none
auth client required = none
auth supported = none
mon data avail warn = 1
mon data avail crit = 0
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon max pg per osd = 1000
osd crush chooseleaf type = 0
[mon.a]
mon data = $folder/mon
[osd.0]
osd data = $folder/osd
osd objectstore = bluestore
bluestore block size = $bytes
bluestore block create = true
osd memory target = 939524096
[client.rgw]
# Without tcp_nodelay every second answer takes 40 ms longer.
rgw frontends = beast endpoint=127.0.0.1:$port tcp_nodelay=1
rgw crypt require ssl = false
rgw dns name = localhost
rgw gc obj min wait = 60
rgw gc processor period = 60
CONF
conf=(-c "$folder/ceph.conf")
# The shell may name another cluster, which these programs would use.
unset CEPH_CONF CEPH_ARGS

gave_up() {
  printf 'start_gateway.sh: %s\n' "$1" >&2
  for log in "$folder"/*.log; do
    [ -e "$log" ] && printf -- '--- the end of %s\n' "$log" >&2 && tail -n 20 "$log" >&2
  done
  stop
  exit 1
}
step() { # a command that belongs to the start, its output in a log
  local name=$1
  shift
  "$@" >>"$folder/start.log" 2>&1 </dev/null || gave_up "$name failed"
}
repeated() { # a step that asks the monitor, which at random refuses ("wrong fsid") until it has the cluster's id
  local name=$1
  shift
  for _ in $(seq 20); do
    if "$@" >>"$folder/start.log" 2>&1 </dev/null; then return; fi
    sleep 0.5
  done
  gave_up "$name failed"
}

step "creating the monitor's map" monmaptool --create --clobber --fsid "$cluster" --addv a "[v1:127.0.0.1:$monitor_port]" "$folder/monmap"
step "creating the monitor" ceph-mon -i a --mkfs --monmap "$folder/monmap" "${conf[@]}"
step "starting the monitor" ceph-mon -i a "${conf[@]}"
disk=$(uuidgen)
repeated "naming the disk" timeout 60 ceph "${conf[@]}" osd new "$disk"
step "creating the disk" ceph-osd -i 0 --mkfs --osd-uuid "$disk" "${conf[@]}"
repeated "starting the disk" ceph-osd -i 0 "${conf[@]}"
up=0
for _ in $(seq 120); do
  if timeout 30 ceph "${conf[@]}" osd stat 2>/dev/null </dev/null | grep -q "1 up"; then up=1; break; fi
  sleep 0.5
done
[ "$up" = 1 ] || gave_up "the disk did not come up within a minute"
repeated "starting the gateway" radosgw -n client.rgw "${conf[@]}"
up=0
for _ in $(seq 240); do
  if answers "$port"; then up=1; break; fi
  pid=$(tr -d '[:space:]' <"$folder/run/client.rgw.pid" 2>/dev/null || true)
  if [ -n "$pid" ] && ! is_ours "$pid"; then repeated "starting the gateway" radosgw -n client.rgw "${conf[@]}"; fi
  sleep 0.5
done
[ "$up" = 1 ] || gave_up "the gateway did not answer on port $port within two minutes"
step "creating its user" timeout 120 radosgw-admin "${conf[@]}" -n client.rgw user create --uid=owner --display-name=owner \
  --access-key="$access_key" --secret-key="$secret_key"

if [ -n "${GATEWAY_WHILE:-}" ]; then
  (
    trap '' HUP INT TERM
    while kill -0 "$GATEWAY_WHILE" 2>/dev/null && [ -e "$folder/run" ]; do sleep 1; done
    [ ! -e "$folder/run" ] || stop
  ) >/dev/null 2>&1 </dev/null &
fi
echo "http://127.0.0.1:$port"
