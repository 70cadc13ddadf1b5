// Who the token is, and who else is there.

import { notion, sdk, without } from "./notion.mjs";

const NOBODY = "00000000-0000-4000-8000-00000000dead";

export async function users(checks, world) {
  await checks.section("users", async () => {
    const me = await notion.users.me({});
    checks.has("the token's own user", me, { object: "user", type: "bot" });
    checks.holds("a bot has an owner", ["workspace", "user"].includes(me.bot?.owner?.type), me.bot);
    checks.holds("isFullUser", sdk.isFullUser(me), me);
    world.me = without(me);

    const listed = await notion.users.list({});
    checks.has("the list", listed, { object: "list", type: "user", user: {}, has_more: false, next_cursor: null });
    checks.has("it names the bot", listed.results.find((user) => user.id === me.id), world.me);
    const people = listed.results.filter((user) => user.type === "person");
    checks.holds("it names a person", people.length > 0, listed.results);
    world.person = people[0];

    const one = await notion.users.list({ page_size: 1 });
    checks.equal("a page of one user", one.results.length, 1);
    checks.equal("whether there are more", one.has_more, listed.results.length > 1);
    const all = await sdk.collectPaginatedAPI(notion.users.list, { page_size: 1 });
    checks.equal("all users, page by page", all, listed.results);

    for (const user of listed.results) {
      checks.equal("a user by id", without(await notion.users.retrieve({ user_id: user.id })), user);
    }
    const error = await checks.rejects("nobody", () => notion.users.retrieve({ user_id: NOBODY }));
    checks.has("nobody", error, { status: 404, code: sdk.APIErrorCode.ObjectNotFound });
  });
}
