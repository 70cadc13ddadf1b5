// Pages under pages: made, read, changed, thrown away and taken back.

import { byPage, isNewest, hasDataSources, notion, plain, root, sdk, text, trashed, without } from "./notion.mjs";

export async function pages(checks, world) {
  await checks.section("pages", async () => {
    const icon = { type: "emoji", emoji: "🥬" };
    const cover = { type: "external", external: { url: "https://example.org/cover.png" } };
    const page = await notion.pages.create({
      parent: byPage(root),
      icon,
      cover,
      properties: { title: { title: text("Everything") } },
      children: [{ object: "block", type: "paragraph", paragraph: { rich_text: text("The first words") } }],
    });
    world.page = page.id;
    checks.has("a page", page, { object: "page", parent: byPage(root), icon, cover, in_trash: false });
    checks.holds("isFullPage", sdk.isFullPage(page), page);
    checks.equal("its only property", Object.keys(page.properties), ["title"]);
    checks.has("its title", page.properties.title, { id: "title", type: "title" });
    checks.equal("its title's text", plain(page.properties.title.title), "Everything");
    checks.holds("its address ends with its id", page.url.endsWith(page.id.replaceAll("-", "")), page.url);
    checks.equal("who made it", page.created_by, { object: "user", id: world.me.id });
    checks.equal("who changed it", page.last_edited_by, { object: "user", id: world.me.id });
    const age = Date.now() - Date.parse(page.created_time);
    checks.holds("it is made in this or the last minute", age >= 0 && age < 120_000, page.created_time);
    checks.equal("archived", page.archived, isNewest ? undefined : false);
    if (hasDataSources) checks.has("its states", page, { is_archived: false, is_locked: false });

    checks.equal("the page as it was made", without(await notion.pages.retrieve({ page_id: page.id })), without(page));
    const dashless = await notion.pages.retrieve({ page_id: page.id.replaceAll("-", "") });
    checks.equal("an id without dashes", dashless.id, page.id);
    const children = await notion.blocks.children.list({ block_id: page.id });
    checks.equal("its words", plain(children.results[0].paragraph.rich_text), "The first words");

    const changed = await notion.pages.update({
      page_id: page.id,
      icon: { type: "external", external: { url: "https://example.org/icon.svg" } },
      cover: null,
      properties: { title: { title: text("All of it") } },
    });
    checks.has("a changed page", changed, {
      id: page.id,
      cover: null,
      icon: { type: "external", external: { url: "https://example.org/icon.svg" } },
    });
    checks.equal("a changed title", plain(changed.properties.title.title), "All of it");
    checks.equal("when it was made", changed.created_time, page.created_time);
    const bare = await notion.pages.update({ page_id: page.id, icon: null });
    checks.equal("no icon", bare.icon, null);
    checks.equal("the change stays", without(await notion.pages.retrieve({ page_id: page.id })), without(bare));
  });

  await checks.section("pages in the trash", async () => {
    const page = await notion.pages.create({
      parent: byPage(world.page),
      properties: { title: text("Short-lived") },
    });
    checks.equal("a title without its type", plain(page.properties.title.title), "Short-lived");
    const gone = await notion.pages.update({ page_id: page.id, ...trashed(true) });
    checks.has("a page in the trash", gone, { id: page.id, in_trash: true });
    checks.equal("archived", gone.archived, isNewest ? undefined : true);
    const seen = await notion.pages.retrieve({ page_id: page.id });
    checks.has("it can be read", seen, { id: page.id, in_trash: true });
    const back = await notion.pages.update({ page_id: page.id, ...trashed(false) });
    checks.has("a page taken back", back, { id: page.id, in_trash: false });
    if (!isNewest) {
      const trash = await notion.pages.update({ page_id: page.id, in_trash: true });
      checks.has("by its newer name", trash, { in_trash: true, archived: true });
      await notion.pages.update({ page_id: page.id, in_trash: false });
    } else {
      const error = await checks.rejects("`archived`", () => notion.pages.update({ page_id: page.id, archived: true }));
      checks.has("`archived`", error, { status: 400, code: sdk.APIErrorCode.ValidationError });
    }
    const deleted = await notion.blocks.delete({ block_id: page.id });
    checks.has("a page deleted as a block", deleted, {
      object: "block",
      id: page.id,
      type: "child_page",
      child_page: { title: "Short-lived" },
      in_trash: true,
    });
    checks.equal("the page then", (await notion.pages.retrieve({ page_id: page.id })).in_trash, true);
  });
}
