#!/usr/bin/env bash
# Has `cutover` at hand, and says where: the one that is given, a download with its checksum, or a build.
#
# From: BINARY, DOWNLOAD_URL, DOWNLOAD_SHA256, RUNNER_TEMP, GITHUB_ACTION_PATH. To: GITHUB_OUTPUT `path`.
set -euo pipefail

fail() {
  printf '::error title=cutover::%s\n' "$1"
  exit 2
}

if [ -n "${BINARY:-}" ]; then
  path=$(command -v -- "$BINARY") || fail "there is no program at the path of the input binary"
elif [ -n "${DOWNLOAD_URL:-}" ]; then
  # A program from somewhere else runs with this job's rights: without a checksum it does not run.
  [ -n "${DOWNLOAD_SHA256:-}" ] || fail "download-url needs download-sha256"
  path=$RUNNER_TEMP/cutover-downloaded
  curl --fail --silent --show-error --location --retry 3 --max-time 300 --output "$path" --url "$DOWNLOAD_URL" ||
    fail "download-url cannot be loaded"
  echo "$DOWNLOAD_SHA256  $path" | sha256sum --check --status ||
    { rm -f -- "$path"; fail "what download-url gives has another checksum than download-sha256"; }
  chmod +x "$path"
else
  cargo install --locked --path "$GITHUB_ACTION_PATH" --root "$RUNNER_TEMP/cutover"
  path=$RUNNER_TEMP/cutover/bin/cutover
fi
printf 'path=%s\n' "$path" >> "$GITHUB_OUTPUT"
