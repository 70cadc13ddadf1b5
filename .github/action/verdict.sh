#!/usr/bin/env bash
# Ends the job as the run ended. An answer that is not certain fails only when that is asked for; one that there
# cannot be, because a build lacks something, always does.
#
# From: EXIT_CODE, MISSING, FAIL_ON_INCONCLUSIVE.
set -euo pipefail

case "${EXIT_CODE:-}" in
  0) ;;
  3)
    if [ "${MISSING:-}" != no ]; then
      echo "::error title=cutover::a scenario or benchmark is missing on a build, or nothing was compared: that is no pass; see the report"
      # Not 3, which a job may allow.
      exit 1
    fi
    [ "${FAIL_ON_INCONCLUSIVE:-false}" = true ] && exit 3
    echo "::notice title=cutover::INCONCLUSIVE does not fail this job (fail-on-inconclusive)"
    ;;
  1 | 2 | 4 | 130) exit "$EXIT_CODE" ;;
  # Killed, or never run: no pass.
  *) echo "::error title=cutover::regress ended with exit code ${EXIT_CODE:-none}"; exit 1 ;;
esac
