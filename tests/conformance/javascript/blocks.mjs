// Blocks of every type: appended, nested, listed, changed, deleted.

import { hasDataSources, isNewest, notion, plain, sdk, text, trashed, without } from "./notion.mjs";

const URL = "https://example.org/";
const words = (content) => ({ rich_text: text(content) });
const file = (name) => ({ type: "external", external: { url: `${URL}${name}` } });
const cell = (content) => text(content);

/** What is appended, and what of it must come back besides. */
function every(world) {
  const blocks = [
    { heading_1: words("One") },
    { heading_2: { ...words("Two"), is_toggleable: true, color: "blue" } },
    { heading_3: words("Three") },
    { paragraph: { ...words("Words"), color: "red_background" } },
    { bulleted_list_item: { ...words("Outer"), children: [{ bulleted_list_item: words("Inner") }] } },
    { numbered_list_item: words("First") },
    { to_do: { ...words("To do"), checked: true } },
    { toggle: { ...words("More"), children: [{ paragraph: words("Hidden") }] } },
    { quote: words("Quoted") },
    { callout: { ...words("Mind"), icon: { type: "emoji", emoji: "💡" } } },
    { code: { ...words("let a = 1"), language: "rust", caption: text("A line") } },
    { equation: { expression: "a + b" } },
    { divider: {} },
    { breadcrumb: {} },
    { table_of_contents: { color: "gray" } },
    {
      column_list: {
        children: [
          { column: { children: [{ paragraph: words("Left") }] } },
          { column: { children: [{ paragraph: words("Right") }] } },
        ],
      },
    },
    {
      table: {
        table_width: 2,
        has_column_header: true,
        has_row_header: false,
        children: [{ table_row: { cells: [cell("a"), cell("b")] } }, { table_row: { cells: [cell("c"), []] } }],
      },
    },
    { bookmark: { url: URL, caption: text("A place") } },
    { embed: { url: URL } },
    { image: { ...file("a.png"), caption: text("A picture") } },
    { video: file("a.mp4") },
    { pdf: file("a.pdf") },
    { audio: file("a.mp3") },
    { file: { ...file("a.zip"), name: "a.zip" } },
    { link_to_page: { type: "page_id", page_id: world.page } },
    { synced_block: { synced_from: null, children: [{ paragraph: words("Shared") }] } },
  ];
  return hasDataSources ? [...blocks, { heading_4: words("Four") }] : blocks;
}

const typeOf = (block) => Object.keys(block)[0];
/** Texts come back with more than was given. */
const SIMPLE = ["color", "checked", "is_toggleable", "language", "expression", "url", "type", "external", "name",
  "page_id", "table_width", "has_column_header", "has_row_header", "icon"];

function sawBlock(checks, block, given, parent) {
  const type = typeOf(given);
  const { children, ...content } = given[type];
  checks.has(type, block, { object: "block", type, parent, in_trash: false, has_children: Boolean(children?.length) });
  checks.equal(`${type}: archived`, block.archived, isNewest ? undefined : false);
  checks.holds(`${type}: isFullBlock`, sdk.isFullBlock(block), block);
  const simple = Object.entries(content).filter(([name]) => SIMPLE.includes(name));
  checks.has(type, block[type], Object.fromEntries(simple));
  for (const name of ["rich_text", "caption"]) {
    if (content[name]) checks.equal(`${type}.${name}`, plain(block[type][name]), content[name][0].text.content);
  }
}

async function appended(checks, world) {
  const page = await notion.pages.create({
    parent: { page_id: world.page },
    properties: { title: { title: text("Blocks") } },
  });
  world.blocks = page.id;
  const parent = { type: "page_id", page_id: page.id };
  const given = every(world);
  const answer = await notion.blocks.children.append({ block_id: page.id, children: given });
  checks.has("what was appended", answer, { object: "list", type: "block", has_more: false, next_cursor: null });
  checks.equal("in this order", answer.results.map((block) => block.type), given.map(typeOf));
  answer.results.forEach((block, index) => sawBlock(checks, block, given[index], parent));
  checks.equal("defaults", answer.results.find((block) => block.type === "numbered_list_item").numbered_list_item.color, "default");
  checks.equal("not a toggle", answer.results[0].heading_1.is_toggleable, false);
  checks.equal("a synced original", answer.results.find((block) => block.type === "synced_block").synced_block, { synced_from: null });
  world.appended = answer.results;

  const listed = await notion.blocks.children.list({ block_id: page.id });
  checks.equal("all of them, listed", listed.results, answer.results);
  for (const block of answer.results) {
    checks.equal(`${block.type} by its id`, without(await notion.blocks.retrieve({ block_id: block.id })), block);
  }
  const self = await notion.blocks.retrieve({ block_id: page.id });
  checks.has("the page as a block", self, { type: "child_page", child_page: { title: "Blocks" }, has_children: true });
}

async function nested(checks, world) {
  const of = (type) => world.appended.find((block) => block.type === type).id;
  const children = async (block_id) => (await notion.blocks.children.list({ block_id })).results;
  const [inner] = await children(of("bulleted_list_item"));
  checks.has("an inner item", inner, { parent: { type: "block_id", block_id: of("bulleted_list_item") } });
  checks.equal("its words", plain(inner.bulleted_list_item.rich_text), "Inner");
  const columns = await children(of("column_list"));
  checks.equal("columns", columns.map((column) => column.type), ["column", "column"]);
  const [right] = await children(columns[1].id);
  checks.equal("the right column", plain(right.paragraph.rich_text), "Right");
  const cells = (await children(of("table"))).map((row) => row.table_row.cells.map(plain));
  checks.equal("the table", cells, [["a", "b"], ["c", ""]]);

  const deep = await notion.blocks.children.append({
    block_id: inner.id,
    children: [{ bulleted_list_item: { ...words("2"), children: [{ bulleted_list_item: words("3") }] } }],
  });
  checks.equal("deeper", deep.results.map((block) => [block.has_children, block.parent]), [
    [true, { type: "block_id", block_id: inner.id }],
  ]);
  checks.equal("now it has children", (await notion.blocks.retrieve({ block_id: inner.id })).has_children, true);
  const copy = await notion.blocks.children.append({
    block_id: world.blocks,
    children: [{ synced_block: { synced_from: { type: "block_id", block_id: of("synced_block") } } }],
  });
  checks.has("a synced copy", copy.results[0].synced_block, {
    synced_from: { type: "block_id", block_id: of("synced_block") },
  });
  const mention = { paragraph: { rich_text: [{ mention: { database: { id: world.tasksDatabase } } }] } };
  const [paragraph] = (await notion.blocks.children.append({ block_id: world.blocks, children: [mention] })).results;
  checks.has("a mentioned database", paragraph.paragraph.rich_text[0].mention, {
    type: "database",
    database: { id: world.tasksDatabase },
  });
}

async function placed(checks, world) {
  const page = await notion.pages.create({ parent: { page_id: world.page }, properties: { title: text("Order") } });
  const block_id = page.id;
  const append = (content, where = {}) =>
    notion.blocks.children.append({ block_id, children: [{ paragraph: words(content) }], ...where });
  const order = async () => (await notion.blocks.children.list({ block_id })).results
    .map((block) => plain(block.paragraph.rich_text)).join("");
  const first = (await append("a")).results[0].id;
  await append("c");
  if (isNewest) {
    await append("b", { position: { type: "after_block", after_block: { id: first } } });
    await append("0", { position: { type: "start" } });
    await append("d", { position: { type: "end" } });
    checks.equal("placed", await order(), "0abcd");
    const error = await checks.rejects("`after`", () => append("x", { after: first }));
    checks.has("`after`", error, { status: 400, code: sdk.APIErrorCode.ValidationError });
  } else {
    await append("b", { after: first });
    checks.equal("placed", await order(), "abc");
  }
}

async function pageByPage(checks, world) {
  const given = { block_id: world.blocks, page_size: 10 };
  const one = await notion.blocks.children.list(given);
  checks.has("a page of blocks", one, { object: "list", type: "block", block: {}, has_more: true });
  checks.equal("its size", one.results.length, 10);
  const two = await notion.blocks.children.list({ ...given, start_cursor: one.next_cursor });
  const all = await sdk.collectPaginatedAPI(notion.blocks.children.list, given);
  checks.equal("all blocks", all, (await notion.blocks.children.list({ block_id: world.blocks })).results);
  checks.equal("the second page", two.results, all.slice(10, 20));
  const walked = [];
  for await (const block of sdk.iteratePaginatedAPI(notion.blocks.children.list, given)) walked.push(block.id);
  checks.equal("the same in steps", walked, all.map((block) => block.id));
}

async function changed(checks, world) {
  const of = (type) => world.appended.find((block) => block.type === type).id;
  const paragraph = await notion.blocks.update({
    block_id: of("paragraph"),
    paragraph: { rich_text: text("Other words", { annotations: { italic: true } }) },
  });
  checks.has("a changed paragraph", paragraph, { id: of("paragraph"), type: "paragraph" });
  checks.has("its words", paragraph.paragraph.rich_text, [
    { plain_text: "Other words", annotations: { italic: true, bold: false } },
  ]);
  const again = await notion.blocks.retrieve({ block_id: of("paragraph") });
  checks.equal("it stays changed", without(again), without(paragraph));
  const done = await notion.blocks.update({ block_id: of("to_do"), to_do: { checked: false, color: "green" } });
  checks.has("a changed to-do", done.to_do, { checked: false, color: "green" });
  checks.equal("the rest of it", plain(done.to_do.rich_text), "To do");
  const code = await notion.blocks.update({ block_id: of("code"), code: { language: "python" } });
  checks.equal("a part of it", [code.code.language, plain(code.code.rich_text)], ["python", "let a = 1"]);
  const error = await checks.rejects("another type", () =>
    notion.blocks.update({ block_id: of("divider"), paragraph: words("x") }));
  checks.has("another type", error, { status: 400, code: sdk.APIErrorCode.ValidationError });
}

async function deleted(checks, world) {
  const block = world.appended.find((one) => one.type === "quote");
  const block_id = block.id;
  const gone = await notion.blocks.delete({ block_id });
  checks.has("a deleted block", gone, { object: "block", id: block_id, type: "quote", in_trash: true });
  checks.equal("archived", gone.archived, isNewest ? undefined : true);
  const ids = async () => {
    const all = await sdk.collectPaginatedAPI(notion.blocks.children.list, { block_id: world.blocks });
    return all.map((one) => one.id);
  };
  checks.holds("it is listed no more", !(await ids()).includes(block_id), block_id);
  checks.equal("it can be read", (await notion.blocks.retrieve({ block_id })).in_trash, true);
  const back = await notion.blocks.update({ block_id, ...trashed(false) });
  checks.has("a block taken back", back, { id: block_id, in_trash: false, type: "quote" });
  checks.holds("it is listed again", (await ids()).includes(block_id), block_id);
}

async function refused(checks, world) {
  const append = (children) => () => notion.blocks.children.append({ block_id: world.blocks, children });
  const refusal = async (what, call, said) => {
    const error = await checks.rejects(what, call);
    checks.has(what, error, { status: 400, code: sdk.APIErrorCode.ValidationError });
    checks.holds(`${what}: it says why`, error.message?.includes(said), error.message);
  };
  const many = (count) => Array.from({ length: count }, () => ({ paragraph: words("x") }));
  await refusal("too many", append(many(101)), "body.children.length should be");
  checks.equal("as many as can be", (await append(many(100))()).results.length, 100);
  const item = (...children) => ({ bulleted_list_item: { ...words("x"), ...(children.length ? { children } : {}) } });
  await refusal("three levels", append([item(item(item(item())))]), "");
  await refusal("no such type", append([{ nonsense: {} }]), "");
  await refusal("too long", append([{ paragraph: words("x".repeat(2001)) }]), "2000");
  await refusal("a table that does not fit", append([
    { table: { table_width: 2, children: [{ table_row: { cells: [cell("a")] } }] } },
  ]), "");
}

export async function blocks(checks, world) {
  await checks.section("blocks", () => appended(checks, world));
  await checks.section("nested blocks", () => nested(checks, world));
  await checks.section("places", () => placed(checks, world));
  await checks.section("pages of blocks", () => pageByPage(checks, world));
  await checks.section("changed blocks", () => changed(checks, world));
  await checks.section("deleted blocks", () => deleted(checks, world));
  await checks.section("refused blocks", () => refused(checks, world));
}
