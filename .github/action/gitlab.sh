# What comment.sh and deployment.sh, which source this, ask of GitLab.
#
# From: TOKEN (of a project, with the scope api: a job's own token may write no note), and GitLab's own variables.

forge=GitLab
api_url=$CI_API_V4_URL/projects/$CI_PROJECT_ID
api_headers=()
. "$(dirname "${BASH_SOURCE[0]}")/api.sh"

may_comment='the token needs the scope api and the role Reporter'
may_see_deployments='the token needs the scope api and the role Reporter'

own_number() { printf '%s' "${CI_MERGE_REQUEST_IID:-}"; }
own_job() { printf '%s' "${CI_JOB_URL:-}"; }

find_author() {
  local api_url=$CI_API_V4_URL
  ask GET user
  [ "$status" = 200 ] || return 1
  author=$(jq -r '.username | strings' "$answer")
  [ -n "$author" ]
}
author_of_comment=.author.username

list_comments() { ask GET "merge_requests/$1/notes?sort=asc&order_by=created_at&per_page=100&page=$2"; }
add_comment() { ask POST "merge_requests/$1/notes" "$2"; }
change_comment() { ask PUT "merge_requests/$1/notes/$2" "$3"; }

# As in github.sh. GitLab has the URL with the environment, and cannot be asked for one ref.
find_deployment() {
  local of_ref='.[] | select(.ref == $ref or .sha == $ref) | .environment'
  url= environments= many_environments=0 is_replaced= is_taken=
  ask GET "deployments?status=success&order_by=id&sort=desc&per_page=100${2:+&environment=$(encoded "$2")}"
  [ "$status" = 200 ] || return 0
  # That URL is where the environment's newest deployment answers, whichever is asked for.
  is_taken=$(jq -r --arg ref "$1" '
    [.[] | select(.ref == $ref or .sha == $ref) | select(.environment.external_url | strings != "")][0] // empty
    | . as $own | $all[0] | map(select(.environment.id == $own.environment.id))[0]
    | select(.sha != $own.sha) | "yes"' --slurpfile all "$answer" "$answer")
  jq --arg ref "$1" "[$of_ref]" "$answer" > "$answer.of-ref"
  mv -- "$answer.of-ref" "$answer"
  environments=$(in_words '.[].name | strings')
  many_environments=$(jq '[.[].name | strings] | unique | length' "$answer")
  url=$(jq -r '[.[].external_url | strings | select(. != "")][0] // empty' "$answer")
}
