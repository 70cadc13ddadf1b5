// Comments on pages, in discussions, on blocks.

import { byPage, hasDataSources, notion, plain, sdk, text, without } from "./notion.mjs";

export async function comments(checks, world) {
  await checks.section("comments", async () => {
    const page = await notion.pages.create({
      parent: byPage(world.page),
      properties: { title: { title: text("Discussed") } },
      children: [{ paragraph: { rich_text: text("A claim") } }],
    });
    const parent = byPage(page.id);
    const comment = await notion.comments.create({ parent: { page_id: page.id }, rich_text: text("Really?") });
    checks.has("a comment", comment, {
      object: "comment",
      parent,
      created_by: { object: "user", id: world.me.id },
      last_edited_time: comment.created_time,
    });
    checks.equal("its words", plain(comment.rich_text), "Really?");
    checks.holds("isFullComment", sdk.isFullComment(comment), comment);
    if (hasDataSources) {
      checks.equal("its name", comment.display_name, { type: "integration", resolved_name: world.me.name });
    }

    const reply = await notion.comments.create({
      discussion_id: comment.discussion_id,
      rich_text: text("Yes", { annotations: { bold: true } }),
    });
    checks.has("a reply", reply, { discussion_id: comment.discussion_id, parent });
    checks.equal("its annotation", reply.rich_text[0].annotations.bold, true);
    const other = await notion.comments.create({ parent, rich_text: text("Another matter") });
    checks.holds("a discussion of its own", other.discussion_id !== comment.discussion_id, other);

    const listed = await notion.comments.list({ block_id: page.id });
    checks.has("all comments", listed, { object: "list", type: "comment", comment: {}, has_more: false });
    checks.equal("in their order", listed.results, [comment, reply, other].map((one) => without(one)));
    const one = await notion.comments.list({ block_id: page.id, page_size: 1 });
    checks.has("a page of comments", one, { has_more: true });
    checks.equal("the first", one.results, [without(comment)]);
    const all = await sdk.collectPaginatedAPI(notion.comments.list, { block_id: page.id, page_size: 1 });
    checks.equal("all, page by page", all, listed.results);
    if (notion.comments.retrieve) {
      const again = await notion.comments.retrieve({ comment_id: reply.id });
      checks.equal("one by its id", without(again), without(reply));
      const stranger = "00000000-0000-4000-8000-00000000dead";
      const missing = await checks.rejects("no such comment", () => notion.comments.retrieve({ comment_id: stranger }));
      checks.has("its refusal", missing, { status: 404, code: "object_not_found" });
    }

    const [block] = (await notion.blocks.children.list({ block_id: page.id })).results;
    checks.equal("none on a block", (await notion.comments.list({ block_id: block.id })).results, []);
    if (hasDataSources) {
      const about = await notion.comments.create({ parent: { block_id: block.id }, rich_text: text("This one") });
      checks.equal("a comment on a block", about.parent, { type: "block_id", block_id: block.id });
      checks.equal("listed there", (await notion.comments.list({ block_id: block.id })).results, [without(about)]);
    }
    const error = await checks.rejects("on nothing", () => notion.comments.create({ rich_text: text("x") }));
    checks.has("on nothing", error, { status: 400, code: sdk.APIErrorCode.ValidationError });
    const lost = await checks.rejects("on a lost page", () =>
      notion.comments.create({ parent: { page_id: "00000000-0000-4000-8000-00000000dead" }, rich_text: text("x") }));
    checks.has("on a lost page", lost, { status: 404, code: sdk.APIErrorCode.ObjectNotFound });
  });
}
