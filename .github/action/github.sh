# GitHub's API, for the scripts beside this file, which source it. Needs curl and jq.
#
# From: TOKEN, GITHUB_API_URL, GITHUB_REPOSITORY. The token goes to curl on standard input: arguments can
# be seen by every process of the machine.

answer=$(mktemp "${RUNNER_TEMP:-/tmp}/cutover-answer.XXXXXX")
trap 'rm -f -- "$answer"' EXIT

# ask METHOD PATH [FILE]: sets `status` (000 without an answer) and fills `$answer`.
ask() {
  local more=()
  [ -z "${3:-}" ] || more=(--header 'Content-Type: application/json' --data-binary "@$3")
  : > "$answer"
  status=$(printf 'header = "Authorization: Bearer %s"\n' "$TOKEN" |
    curl --config - --silent --show-error --max-time 30 --request "$1" --output "$answer" \
      --write-out '%{http_code}' --header 'Accept: application/vnd.github+json' \
      --header 'X-GitHub-Api-Version: 2022-11-28' ${more[@]+"${more[@]}"} \
      "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/$2") || status=000
}

# Whether GitHub may answer otherwise in a moment.
is_passing() { case "$status" in 000 | 429 | 5??) true ;; *) false ;; esac; }

is_token() { case "${TOKEN:-}" in '' | *[!A-Za-z0-9._-]*) false ;; *) true ;; esac; }
