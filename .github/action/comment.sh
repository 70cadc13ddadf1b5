#!/usr/bin/env bash
# One comment on the pull request, written again by each run: the report with a mark that only it has.
#
# From: REPORT, NAME, TOKEN, AUTHOR, PULL_REQUEST (else the event's), RETRY_SECONDS, and GitHub's own
# variables. A comment is a courtesy: what GitHub refuses is a warning and no failure.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/github.sh"

warn() {
  printf '::warning title=cutover::%s\n' "$1"
  exit 0
}

[ -s "${REPORT:-}" ] || warn "there is no report to comment with"
is_token || warn "the input token is empty or no token: nothing is commented"
case "${NAME:-}" in
  '' | *[!A-Za-z0-9._-]*) warn "the input name may have letters, digits, dots, lines and dashes only" ;;
esac
number=${PULL_REQUEST:-$(jq -r '.pull_request.number // empty' "$GITHUB_EVENT_PATH")}
case "$number" in
  '') echo "No pull request: nothing is commented."; exit 0 ;;
  *[!0-9]*) warn "the input pull-request is no number" ;;
esac

marker="<!-- cutover regress $NAME -->"
job=${GITHUB_SERVER_URL:-https://github.com}/$GITHUB_REPOSITORY/actions/runs/${GITHUB_RUN_ID:-}
body=$(mktemp "$RUNNER_TEMP/cutover-body.XXXXXX")
trap 'rm -f -- "$answer" "$body"' EXIT
# GitHub takes 65,536 characters. What says that the report is cut stands first: its end may be folded away.
jq -Rs --arg marker "$marker" --arg job "$job" '
  (if length > 64000
   then "> This report is longer than a comment may be, and cut at its end: the artifact of the job has all of it.\n\n" + .[:64000]
   else . end) as $report
  | {body: ($marker + "\n" + $report + "\n\n[The job, with the whole report as its artifact](" + $job + ")\n")}
' "$REPORT" > "$body"

# Sets `comment` to the id of the comment that an earlier run of the same name wrote.
find_comment() {
  local page=1 many
  comment=
  while [ -z "$comment" ]; do
    ask GET "issues/$number/comments?per_page=100&page=$page"
    [ "$status" = 200 ] || return 1
    many=$(jq length "$answer") || return 1
    comment=$(jq -r --arg marker "$marker" --arg author "${AUTHOR:-github-actions[bot]}" '
      [.[] | select(.user.login == $author and (.body // "" | startswith($marker)))][0].id // empty
    ' "$answer") || return 1
    [ "$many" -eq 100 ] || break
    page=$((page + 1))
  done
}

publish() {
  find_comment || return 1
  if [ -n "$comment" ]; then
    ask PATCH "issues/comments/$comment" "$body"
  else
    ask POST "issues/$number/comments" "$body"
  fi
  case "$status" in 2??) ;; *) return 1 ;; esac
}

# Each try looks first: a comment may have been saved although its answer was an error.
for try in 1 2 3; do
  if publish; then
    echo "The comment on pull request $number is written."
    exit 0
  fi
  is_passing || break
  [ "$try" -eq 3 ] || sleep "${RETRY_SECONDS:-2}"
done
case "$status" in
  401 | 403 | 404)
    warn "GitHub refuses the comment ($status): the token of a fork's pull request may only read; else the job needs the permission pull-requests: write"
    ;;
  *) warn "GitHub does not take the comment (status $status)" ;;
esac
