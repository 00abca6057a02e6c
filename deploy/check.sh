#!/bin/sh
# What can be checked of this folder without a container engine, as root on Linux:
#
#   apt-get install bubblewrap && sh deploy/check.sh [PYTHON]
#
# Builds the wheel, installs it with the extra [service] as the Dockerfile does, and runs it as the user 10001 behind
# bubblewrap as compose.yaml runs the image: a read-only root, a small /tmp, one folder to write to, no capability, no new
# privileges, a PID namespace. Then: /healthz by the Dockerfile's own health check, a request without and with the
# token, sandbox-check, what can be written, how it stops. It is like a container and is none: the network and the
# system calls are the host's.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
python=${1:-/usr/bin/python3}  # one that every user can read
work=$(mktemp -d /tmp/reward-agent-deploy.XXXXXX)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
port=${PORT:-8765}
export REWARD_AGENT_TOKEN=a-token-for-this-check

echo "== image"
mkdir -p "$work/image" "$work/state" "$work/src"
cp -r "$root/pyproject.toml" "$root/README.md" "$root/LICENSE" "$root/src" "$work/src/"
python3 -m venv "$work/build"
"$work/build/bin/pip" install --quiet --upgrade 'pip>=25.1' 2>/dev/null
"$work/build/bin/pip" wheel --quiet --no-deps --wheel-dir "$work/wheels" "$work/src" 2>/dev/null
"$python" -m venv --without-pip "$work/image/reward-agent"
"$work/build/bin/pip" --python "$work/image/reward-agent/bin/python" install --quiet --no-cache-dir \
  "reward-agent[service] @ file://$(echo "$work"/wheels/reward_agent-*.whl)" 2>/dev/null
chmod -R a+rX "$work"
chown 10001:10001 "$work/state"
du -sh "$work/image/reward-agent" | cut -f1

contained() {
  setpriv --reuid 10001 --regid 10001 --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs \
    bwrap --unshare-user --unshare-pid --unshare-ipc --unshare-uts --die-with-parent --new-session --cap-drop ALL \
      --ro-bind / / --proc /proc --dev /dev --tmpfs /tmp --ro-bind "$work/image" "$work/image" \
      --bind "$work/state" "$work/state" --chdir "$work/state" --clearenv \
      --setenv PATH "$work/image/reward-agent/bin:/usr/bin:/bin" --setenv HOME "$work/state" \
      --setenv XDG_CACHE_HOME "$work/state/cache" --setenv PYTHONDONTWRITEBYTECODE 1 --setenv PYTHONUNBUFFERED 1 \
      --setenv REWARD_AGENT_TOKEN "$REWARD_AGENT_TOKEN" "$@"
}

echo "== what it is and what it may write to"
contained sh -c 'id -u; grep -E "CapEff|CapBnd|NoNewPrivs" /proc/self/status; for f in / /usr /etc "$PWD" /tmp; do
  if touch "$f/probe" 2>/dev/null; then echo "writable: $f"; else echo "read-only: $f"; fi; done; rm -f "$PWD/probe"'

echo "== sandbox-check"
contained reward-agent sandbox-check

echo "== serve"
contained reward-agent serve --host 0.0.0.0 --port "$port" --preset offline >"$work/log" 2>&1 &
server=$!
for attempt in $(seq 100); do
  if contained python -c "import urllib.request; urllib.request.urlopen('http://127.0.0.1:$port/healthz', timeout=4)" \
    2>/dev/null; then echo "healthy at attempt $attempt"; break; fi
  kill -0 "$server" || { cat "$work/log"; exit 1; }
  sleep 0.1
done
ask() { curl -s -o "$work/reply" -w '%{http_code} ' -H 'Content-Type: application/json' "$@" \
  -d '{"instruction": "Reply in lower case.", "answers": ["yes", "YES"]}' "http://127.0.0.1:$port/evaluate/"; cat "$work/reply"; echo; }
echo "without the token: $(ask)"
echo "with the token:    $(ask -H "Authorization: Bearer $REWARD_AGENT_TOKEN")"
kill -TERM "$(pgrep -u 10001 -f "^[^ ]*python[^ ]* .*serve .*--port $port")"  # as a container's stop does
code=0; wait "$server" || code=$?
server=
echo "stopped by SIGTERM with code $code"
