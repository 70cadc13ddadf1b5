#!/usr/bin/env bash
# The URLs of the two builds: those that are given, or those that the newest deployments of two refs have.
#
# From: OLD_URL, NEW_URL, OLD_REF, NEW_REF, PATIENCE_SECONDS, RETRY_SECONDS, TOKEN and GitHub's own
# variables. To: GITHUB_OUTPUT `old` and `new`, empty where neither URL nor ref is given.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/github.sh"

fail() {
  printf '::error title=cutover::%s\n' "$1"
  exit 4
}

# Sets `url` to that of the newest deployment of $1 that succeeded, or to nothing.
find_deployment() {
  local ids id ref
  url=
  ref=$(jq -rn --arg ref "$1" '$ref | @uri')
  ask GET "deployments?ref=$ref&per_page=10"
  [ "$status" = 200 ] || return 0
  ids=$(jq -r '.[].id | numbers' "$answer")
  for id in $ids; do
    ask GET "deployments/$id/statuses?per_page=10"
    [ "$status" = 200 ] || return 0
    url=$(jq -r '.[0] | select(.state == "success") | .environment_url // empty' "$answer")
    [ -z "$url" ] || return 0
  done
}

# A build is deployed while this runs, so it is waited for.
resolve() {
  local given=$1 ref=$2 waited=0 step=${RETRY_SECONDS:-10}
  url=$given
  [ -z "$given" ] && [ -n "$ref" ] || return 0
  is_token || fail "the input token is empty or no token: deployments cannot be asked for"
  while true; do
    find_deployment "$ref"
    [ -z "$url" ] || return 0
    [ "$status" = 200 ] || is_passing || fail "GitHub refuses to name deployments ($status): the job needs the permission deployments: read"
    [ "$waited" -lt "${PATIENCE_SECONDS:-900}" ] || fail "no deployment of the ref has succeeded with a URL in ${PATIENCE_SECONDS:-900} s; name the URL, or wait longer"
    sleep "$step"
    waited=$((waited + step))
  done
}

for build in old new; do
  upper=$(printf '%s' "$build" | tr '[:lower:]' '[:upper:]')
  given=${upper}_URL ref=${upper}_REF
  resolve "${!given:-}" "${!ref:-}"
  case "$url" in *[[:space:][:cntrl:]]*) fail "the URL of the $build build has blanks" ;; esac
  printf '%s=%s\n' "$build" "$url" >> "$GITHUB_OUTPUT"
done
