#!/usr/bin/env bash
# Runs `cutover regress`, and keeps how it ended: the comment and the artifact come before the job fails.
#
# From: CUTOVER, OLD_URL, NEW_URL, CONFIG, ARGS, RUNNER_TEMP.
# To: GITHUB_OUTPUT `verdict` (`none` where there is none), `missing` (`yes`, `no`, `unknown`), `exit-code`,
# `report`, `folder`.
set -euo pipefail

under=$(mktemp -d "$RUNNER_TEMP/cutover.XXXXXX")
command=("$CUTOVER" regress --output "$under/reports")
[ -z "${OLD_URL:-}" ] || command+=(--old "$OLD_URL")
[ -z "${NEW_URL:-}" ] || command+=(--new "$NEW_URL")
[ -z "${CONFIG:-}" ] || command+=(--config "$CONFIG")

code=0
# Words as the shell splits them, quotes and all; nothing is expanded and nothing is run.
if printf '%s' "${ARGS:-}" | xargs -r printf '%s\0' > "$under/args"; then
  while IFS= read -r -d '' word; do command+=("$word"); done < "$under/args"
  "${command[@]}" || code=$?
else
  echo "::error title=cutover::the input args has a quote without its other half"
  code=2
fi

verdict=none
missing=unknown
folder=$under
for found in "$under"/reports/*/verdict.json; do
  [ -f "$found" ] || continue
  folder=${found%/verdict.json}
  verdict=$(jq -r '.verdict | select(IN("OK", "REGRESSION", "IMPROVEMENT", "INCONCLUSIVE"))' "$found") || verdict=none
  missing=$(jq -r 'if (.rows | length) > 0 and all(.rows[]; .measure != "missing") then "no" else "yes" end' "$found") ||
    missing=unknown
done
report=$folder/report.md
if [ ! -f "$report" ]; then
  # A comment of the run before must not stay as if it were of this one.
  report=$under/report.md
  printf '# No verdict\n\n`cutover regress` ended with exit code %s; the log of the job says why.\n' "$code" > "$report"
fi
{
  printf 'verdict=%s\n' "${verdict:-none}"
  printf 'missing=%s\n' "$missing"
  printf 'exit-code=%s\n' "$code"
  printf 'report=%s\n' "$report"
  printf 'folder=%s\n' "$folder"
} >> "$GITHUB_OUTPUT"
