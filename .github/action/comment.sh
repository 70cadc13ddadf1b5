#!/usr/bin/env bash
# One comment on the pull request, written again by each run: the report with a mark that only it has. Without a
# report it says so: the comment of the run before must not stay as if it were of this one.
#
# From: REPORT, STEPS (those before, with how each ended), NAME, TOKEN, AUTHOR, PULL_REQUEST (else the event's),
# RETRY_SECONDS, and the forge's own variables. A comment is a courtesy: what the forge refuses is a
# warning and no failure.
set -euo pipefail
case "${FORGE:-github}" in gitlab) forge_file=gitlab.sh ;; *) forge_file=github.sh ;; esac
. "$(dirname "${BASH_SOURCE[0]}")/$forge_file"

warn() {
  printf '::warning title=cutover::%s\n' "$1"
  exit 0
}

is_token || warn "the input token is empty or no token: nothing is commented"
case "${NAME:-}" in
  '' | *[!A-Za-z0-9._-]*) warn "the input name may have letters, digits, dots, lines and dashes only" ;;
esac
number=${PULL_REQUEST:-$(own_number)}
case "$number" in
  '') echo "No pull request: nothing is commented."; exit 0 ;;
  *[!0-9]*) warn "the input pull-request is no number" ;;
esac

body=$(mktemp "$RUNNER_TEMP/cutover-body.XXXXXX")
no_report=$(mktemp "$RUNNER_TEMP/cutover-none.XXXXXX")
trap 'rm -f -- "$answer" "$body" "$no_report"' EXIT

report=${REPORT:-}
if [ ! -s "$report" ]; then
  report=$no_report
  why='There is no report'
  for step in ${STEPS:-}; do
    [ "${step#*=}" != success ] || continue
    why="The step \`${step%%=*}\` ended with \`${step#*=}\`"
    break
  done
  printf '# No verdict\n\n%s; the log of the job says why.\n' "$why" > "$report"
fi

marker="<!-- cutover regress $NAME -->"
# GitHub takes 65,536 characters. What says that the report is cut stands first: its end may be folded away.
jq -Rs --arg marker "$marker" --arg job "$(own_job)" '
  (if length > 64000
   then "> This report is longer than a comment may be, and cut at its end: the artifact of the job has all of it.\n\n" + .[:64000]
   else . end) as $report
  | {body: ($marker + "\n" + $report + "\n\n[The job, with the whole report as its artifact](" + $job + ")\n")}
' "$report" > "$body"

# Sets `comment` to the id of the comment that an earlier run of the same name wrote.
find_comment() {
  local page=1 many
  comment=
  find_author || return 1
  while [ -z "$comment" ]; do
    list_comments "$number" "$page"
    [ "$status" = 200 ] || return 1
    many=$(jq length "$answer") || return 1
    comment=$(jq -r --arg marker "$marker" --arg author "$author" "
      [.[] | select($author_of_comment == \$author and (.body // \"\" | startswith(\$marker)))][0].id // empty
    " "$answer") || return 1
    [ "$many" -eq 100 ] || break
    page=$((page + 1))
  done
}

publish() {
  find_comment || return 1
  if [ -n "$comment" ]; then
    change_comment "$number" "$comment" "$body"
  else
    add_comment "$number" "$body"
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
  401 | 403 | 404) warn "$forge refuses the comment ($status): $may_comment" ;;
  *) warn "$forge does not take the comment (status $status)" ;;
esac
