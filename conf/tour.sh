#!/bin/bash
# Shows what Postbounce does: a daemon in a scratch folder, the sample bounces
# delivered as Postfix would, and what a person then asks. Leaves nothing
# behind. usage: tour.sh FOLDER, where daemon/ was built.
set -euo pipefail

PROGRAMS=$(cd "$1" && pwd)
CONF=$(cd "$(dirname "$0")" && pwd)
readonly BOUNCE=bounce@bounces.example.com
SCRATCH=$(mktemp -d "${TMPDIR:-/tmp}/postbounce.XXXXXX")
DAEMON=

clean_up() {
  if [ -n "$DAEMON" ]; then
    kill "$DAEMON" 2>/dev/null || true
    wait "$DAEMON" 2>/dev/null || true
  fi
  rm -rf "$SCRATCH"
}
trap clean_up EXIT
trap 'exit 1' INT TERM

if [ -t 1 ]; then BOLD=$'\e[1m' PLAIN=$'\e[0m'; else BOLD='' PLAIN=''; fi
title() { printf '\n%s==> %s%s\n' "$BOLD" "$*" "$PLAIN"; }

give_up() {
  echo "tour: $1; the daemon's log:" >&2
  cat "$SCRATCH/log" >&2
  exit 1
}

postbounce() {
  "$PROGRAMS/postbounce" --config "$SCRATCH/postbounce.toml" "$@"
}

# show VERB...: the command as a person would type it, and what it says.
show() {
  printf '$ postbounce %s\n' "$*"
  postbounce "$@"
}

write_config() {
  cat >"$SCRATCH/postbounce.toml" <<END
[store]
path = "$SCRATCH/postbounce.db"
site_key = "$SCRATCH/site.key"
[verp]
keys = "$SCRATCH/verp.keys"
[lmtp]
listen = ["unix:$SCRATCH/lmtp"]
group = ""
[query]
listen = ["unix:$SCRATCH/query"]
group = ""
[lookup]
policy = []
socketmap = []
[control]
listen = "unix:$SCRATCH/control"
[origin]
hosts = ["mail.example.com"]
END
}

# The Postfix that made the samples is not this machine's.
start_daemon() {
  MAIL_CONFIG=$SCRATCH "$PROGRAMS/postbounced" --config "$SCRATCH/postbounce.toml" \
    >"$SCRATCH/log" 2>&1 &
  DAEMON=$!
  local tries=0
  until "$PROGRAMS/postbounce" --socket "$SCRATCH/control" stats \
    >"$SCRATCH/answer" 2>&1; do
    kill -0 "$DAEMON" 2>/dev/null || give_up "postbounced did not start"
    tries=$((tries + 1))
    [ "$tries" -lt 200 ] || give_up "postbounced does not answer"
    sleep 0.05
  done
}

# What is old does not count, so they come as of yesterday.
deliver_samples() {
  local sample day
  day=$(LC_ALL=C date -u -d yesterday '+%a, %d %b %Y')
  for sample in "$CONF"/samples/*.eml; do
    sed "s/Sat, 21 Nov 2026/$day/" "$sample" |
      "$PROGRAMS/pipe/postbounce-pipe" -s "$SCRATCH/lmtp" -f '' -- "$BOUNCE" ||
      give_up "${sample##*/} was not accepted"
    printf '    %s\n' "${sample##*/}"
  done
}

write_config
title "Starting postbounced in $SCRATCH"
start_daemon
title "Delivering the sample mails to $BOUNCE, as Postfix's pipe(8) would"
deliver_samples
title "Who must not be mailed any more"
show list
title "Why: everything that is known of one address"
show status lost.leo@example.org
title "A full mailbox and a blocked sender are no dead addresses"
show check full.fred@example.org blocked.bob@example.org
title "Mail from people comes to bounce addresses, too, and is kept for you"
show inbox
title "The list for another program"
show export --format csv
cat <<END

${BOLD}==> How to go on${PLAIN}
    configuration    $CONF/postbounce.toml, for /etc/postbounce/
    Postfix          $CONF/postfix/, for /etc/postfix/
    step by step     README.md, "Set-up in five minutes"
END
