// One client in one version of Notion's API. See ../main.rs.

import { Checks } from "./checks.mjs";
import { blocks } from "./blocks.mjs";
import { comments } from "./comments.mjs";
import { databases } from "./databases.mjs";
import { note, endpoints, notion, root, sdk, sent, uncalled } from "./notion.mjs";
import { pages } from "./pages.mjs";
import { properties } from "./properties.mjs";
import { queries } from "./queries.mjs";
import { refusals } from "./refusals.mjs";
import { retries } from "./retries.mjs";
import { search } from "./search.mjs";
import { users } from "./users.mjs";
import { values } from "./values.mjs";

const checks = new Checks();
const world = { root };

for (const part of [users, pages, databases, values, properties, queries, blocks, comments, search, refusals, retries]) {
  await part(checks, world);
}

await checks.section("endpoints", async () => {
  checks.holds("the client has endpoints", endpoints().length >= 19, endpoints());
  checks.equal("endpoints that were never called", uncalled(), []);
  checks.holds("it is the client", notion instanceof sdk.Client, notion);
});

note({ checks: checks.made, failures: checks.failures, requests: sent });
// A request that was left to a stalled server must not keep the process.
process.exit(0);
