#!/usr/bin/env bash
# Installs and starts the local environment, and waits until it answers. Its log and process id are in RUNNER_TEMP/scalekit-local.
set -euo pipefail

url="http://localhost:$LOCAL_PORT"
if curl --silent --output /dev/null --max-time 5 "$url"; then
  echo "Something else answers at $url: give the action another port." >&2
  exit 1
fi

folder="$RUNNER_TEMP/scalekit-local"
mkdir -p "$folder"
# PACKAGES are words, one for each package.
# shellcheck disable=SC2086
npm install --prefix "$folder" --ignore-scripts --no-audit --no-fund --loglevel error $PACKAGES

nohup "$folder/node_modules/.bin/scalekit-mcp" local --memory ${SEED:+--seed "$SEED"} >"$folder/log" 2>&1 &
echo "$!" >"$folder/pid"

until curl --silent --output "$folder/health" --fail --header 'x-scalekit-local: 1' "$url/__local/health"; do
  if ! kill -0 "$(cat "$folder/pid")" 2>/dev/null; then
    echo "The local environment did not start:" >&2
    cat "$folder/log" >&2
    exit 1
  fi
  sleep 0.2
done
echo "url=$url" >>"$GITHUB_OUTPUT"
