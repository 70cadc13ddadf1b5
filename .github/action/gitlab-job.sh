#!/usr/bin/env bash
# On GitLab, what action.yml is on GitHub: the deployments, the run, the note on the merge request, the verdict.
# It leaves all in the folder `cutover-regress`, for the artifacts. Exit code 3 is an answer that is not certain.
#
# From: CUTOVER (else the one on the PATH), NAME, TOKEN, and what deployment.sh and regress.sh read.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")

export FORGE=gitlab RUNNER_TEMP=$CI_PROJECT_DIR/cutover-regress
export CUTOVER=${CUTOVER:-cutover} NAME=${NAME:-cutover} FAIL_ON_INCONCLUSIVE=true
mkdir -p "$RUNNER_TEMP"
export GITHUB_OUTPUT=$RUNNER_TEMP/outputs
: > "$GITHUB_OUTPUT"

output() { sed -n "s/^$1=//p" "$GITHUB_OUTPUT"; }

code=0
steps=
for step in deployment regress; do
  bash "$here/$step.sh" || code=$?
  if [ "$code" -ne 0 ]; then
    steps="$steps $step=failure"
    break
  fi
  steps="$steps $step=success"
  OLD_URL=$(output old) NEW_URL=$(output new)
  export OLD_URL NEW_URL
done
REPORT=$(output report) STEPS=$steps bash "$here/comment.sh"
[ "$code" -eq 0 ] || exit "$code"
EXIT_CODE=$(output exit-code) MISSING=$(output missing) bash "$here/verdict.sh"
