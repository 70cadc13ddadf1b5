# A forge's API, for github.sh and gitlab.sh beside this file, which set `api_url` and `api_headers` and source it.
# Needs curl and jq.
#
# From: TOKEN. It goes to curl on standard input: arguments can be seen by every process of the machine.

answer=$(mktemp "${RUNNER_TEMP:-/tmp}/cutover-answer.XXXXXX")
trap 'rm -f -- "$answer"' EXIT

# ask METHOD PATH [FILE]: sets `status` (000 without an answer) and fills `$answer`.
ask() {
  local more=(${api_headers[@]+"${api_headers[@]}"})
  [ -z "${3:-}" ] || more+=(--header 'Content-Type: application/json' --data-binary "@$3")
  : > "$answer"
  status=$(printf 'header = "Authorization: Bearer %s"\n' "$TOKEN" |
    curl --config - --silent --show-error --max-time 30 --request "$1" --output "$answer" \
      --write-out '%{http_code}' ${more[@]+"${more[@]}"} "$api_url/$2") || status=000
}

# Whether the forge may answer otherwise in a moment.
is_passing() { case "$status" in 000 | 429 | 5??) true ;; *) false ;; esac; }

is_token() { case "${TOKEN:-}" in '' | *[!A-Za-z0-9._-]*) false ;; *) true ;; esac; }

# A text as a part of a URL.
encoded() { jq -rn --arg text "$1" '$text | @uri'; }

# The values of a JSON array in one line of a log: nothing in them begins a line or is a command's escape.
in_words() { jq -r "[$1] | map(gsub(\"[[:cntrl:]%]\"; \"?\")) | unique | join(\", \")" "$answer"; }
