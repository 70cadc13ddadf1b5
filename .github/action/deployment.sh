#!/usr/bin/env bash
# The URLs of the two builds: those that are given, or those that the newest deployments of two refs have.
#
# From: OLD_URL, NEW_URL, OLD_REF, NEW_REF, OLD_ENVIRONMENT, NEW_ENVIRONMENT, PATIENCE_SECONDS, RETRY_SECONDS,
# TOKEN and the forge's own variables. To: GITHUB_OUTPUT `old` and `new`, empty where neither URL nor ref is given.
set -euo pipefail
case "${FORGE:-github}" in gitlab) forge_file=gitlab.sh ;; *) forge_file=github.sh ;; esac
. "$(dirname "${BASH_SOURCE[0]}")/$forge_file"

fail() {
  printf '::error title=cutover::%s\n' "$1"
  exit 4
}

# A build is deployed while this runs, so it is waited for.
resolve() {
  local build=$1 given=$2 ref=$3 environment=$4 waited=0 step=${RETRY_SECONDS:-10}
  url=$given
  [ -z "$given" ] && [ -n "$ref" ] || return 0
  is_token || fail "the input token is empty or no token: deployments cannot be asked for"
  while true; do
    find_deployment "$ref" "$environment"
    # Which of them is meant, nobody can guess: production and a preview answer from two places.
    [ -n "$environment" ] || [ "$many_environments" -lt 2 ] ||
      fail "the ref of the $build build is deployed in several environments ($environments): name one with the input $build-environment"
    [ -z "$url" ] || break
    [ "$status" = 200 ] || is_passing || fail "$forge refuses to name deployments ($status): $may_see_deployments"
    [ "$waited" -lt "${PATIENCE_SECONDS:-900}" ] || fail "no deployment of the ref of the $build build has succeeded with a URL in ${PATIENCE_SECONDS:-900} s${environment:+ in the environment that the input $build-environment names}; name the URL, or wait longer"
    sleep "$step"
    waited=$((waited + step))
  done
  [ -z "$is_taken" ] ||
    fail "a later deployment of another commit has the URL of the $build build: it would be measured instead; give each commit a URL of its own, run this again after a new deployment, or name the URL"
  [ -z "$is_replaced" ] ||
    printf '::warning title=cutover::%s\n' "another deployment took the place of the $build build since: its URL may be gone by now"
}

urls=()
for build in old new; do
  upper=$(printf '%s' "$build" | tr '[:lower:]' '[:upper:]')
  given=${upper}_URL ref=${upper}_REF environment=${upper}_ENVIRONMENT
  resolve "$build" "${!given:-}" "${!ref:-}" "${!environment:-}"
  case "$url" in *[[:space:][:cntrl:]]*) fail "the URL of the $build build has blanks" ;; esac
  urls+=("$url")
done
# A build compared with itself would pass for ever. Whoever gives both URLs may want just that.
if [ -n "${urls[0]}" ] && [ "${urls[0]}" = "${urls[1]}" ] && [ -n "${OLD_REF:-}${NEW_REF:-}" ]; then
  fail "both builds are deployed at the same URL: give each a place of its own, or name the URLs"
fi
printf 'old=%s\nnew=%s\n' "${urls[@]}" >> "$GITHUB_OUTPUT"
