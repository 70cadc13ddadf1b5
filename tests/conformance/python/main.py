"""One client in one version of Notion's API. See ../main.rs."""

import content
import notion
import refusals
import retries
import tables
from checks import Checks

checks = Checks()
world = {"root": notion.ROOT}
for part in (content.users, content.pages, tables.databases, tables.values, tables.properties, tables.queries,
             content.blocks, content.comments, content.search, refusals.refusals, retries.retries):
    part(checks, world)

with checks.section("endpoints"):
    checks.holds("the client has endpoints", len(notion.calls) >= 19, notion.calls)
    uncalled = [name for name, count in notion.calls.items() if count == 0]
    checks.equal("endpoints that were never called", uncalled, [])

notion.note({"checks": checks.made, "failures": checks.failures, "requests": notion.sent})
