# What comment.sh and deployment.sh, which source this, ask of GitHub.
#
# From: TOKEN, GITHUB_API_URL, GITHUB_REPOSITORY.

forge=GitHub
api_url=$GITHUB_API_URL/repos/$GITHUB_REPOSITORY
api_headers=(--header 'Accept: application/vnd.github+json' --header 'X-GitHub-Api-Version: 2022-11-28')
. "$(dirname "${BASH_SOURCE[0]}")/api.sh"

may_comment='the token of a fork'\''s pull request may only read; else the job needs the permission pull-requests: write'
may_see_deployments='the job needs the permission deployments: read'

# Of a pull request: its number, where nobody names one; the URL of this job.
own_number() { jq -r '.pull_request.number // empty' "$GITHUB_EVENT_PATH"; }
own_job() { printf '%s' "${GITHUB_SERVER_URL:-https://github.com}/$GITHUB_REPOSITORY/actions/runs/${GITHUB_RUN_ID:-}"; }

# Sets `author` to whose comments the token writes.
find_author() { author=${AUTHOR:-github-actions[bot]}; }
author_of_comment=.user.login

list_comments() { ask GET "issues/$1/comments?per_page=100&page=$2"; }
add_comment() { ask POST "issues/$1/comments" "$2"; }
change_comment() { ask PATCH "issues/comments/$2" "$3"; }

# find_deployment REF ENVIRONMENT: sets `url` to that of the newest deployment that succeeded, or to nothing;
# `environments` to the names of all candidates' environments, in words, and `many_environments` to their number;
# `is_replaced` to whether another deployment took its place since, and `is_taken` to whether one of another commit has
# the same URL since.
find_deployment() {
  local by=ref candidates id sha environment
  url= environments= many_environments=0 is_replaced= is_taken=
  # A commit keeps its hash under whatever ref it was deployed.
  if [[ $1 =~ ^[0-9a-f]{40}$ ]]; then by=sha; fi
  ask GET "deployments?$by=$(encoded "$1")&per_page=100${2:+&environment=$(encoded "$2")}"
  [ "$status" = 200 ] || return 0
  environments=$(in_words '.[].environment | strings')
  many_environments=$(jq '[.[].environment | strings] | unique | length' "$answer")
  # The environment is encoded here already, for it may hold any character.
  candidates=$(jq -r '.[:10][] | select(.id | numbers) | "\(.id) \(.sha) \(.environment | @uri)"' "$answer")
  while read -r id sha environment; do
    [ -n "$id" ] || continue
    find_url "$id" || return 0
    url=$found
    [ "$state" != inactive ] || is_replaced=yes
    [ -n "$url" ] || continue
    find_later "$id" "$sha" "$environment" || url=
    return 0
  done <<< "$candidates"
}

# Of a deployment: sets `state` to its newest status, and `found` to the URL that it succeeded with, or to nothing.
find_url() {
  ask GET "deployments/$1/statuses?per_page=100"
  [ "$status" = 200 ] || return 1
  # The newest status is first. What is inactive was deployed, and has its URL in the status from then.
  state=$(jq -r '.[0].state | strings' "$answer")
  found=$(jq -r 'if .[0].state | IN("success", "inactive")
    then [.[] | select(.state == "success") | .environment_url | strings | select(. != "")][0] // empty
    else empty end' "$answer")
}

# Which later deployments of the environment succeeded. Of production, GitHub calls none inactive, so each is asked;
# a busy environment has many, of which twenty are enough to find who has a fixed URL now.
find_later() {
  local later id sha
  ask GET "deployments?environment=$3&per_page=100"
  [ "$status" = 200 ] || return 1
  later=$(jq -r --argjson id "$1" '.[: (map(.id == $id) | index(true))][:20][] | select(.id | numbers) | "\(.id) \(.sha)"' "$answer")
  while read -r id sha; do
    [ -n "$id" ] || continue
    find_url "$id" || return 1
    [ -n "$found" ] || continue
    # The newest that has the URL tells whose build it is.
    [ "$found" != "$url" ] || { [ "$sha" = "$2" ] || is_taken=yes; return 0; }
    [ "$sha" = "$2" ] || is_replaced=yes
  done <<< "$later"
}
