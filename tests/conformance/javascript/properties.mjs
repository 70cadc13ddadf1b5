// One property of a page at a time: what is a list comes in pages.

import { createDatabase, notion, plain, relatedTo, rowsOf, sdk, text, without } from "./notion.mjs";

const MANY = 30;

async function oneByOne(checks, world) {
  const page = await notion.pages.create({
    parent: rowsOf(world.tasks),
    properties: {
      title: { title: text("One by one") },
      number: { number: 3 },
      select: { select: { name: "Low" } },
      multi_select: { multi_select: [{ name: "Home" }] },
      date: { date: { start: "2026-02-01" } },
      checkbox: { checkbox: true },
      url: { url: "https://example.org/" },
      email: { email: "a@example.org" },
      phone_number: { phone_number: "1" },
      files: { files: [{ name: "a", external: { url: "https://example.org/a" } }] },
      rich_text: { rich_text: [...text("one "), ...text("two")] },
      people: { people: [{ id: world.person.id }] },
      relation: { relation: [{ id: world.project }] },
    },
  });
  const page_id = page.id;
  const lists = ["title", "rich_text", "people", "relation", "both_ways"];
  for (const [name, value] of Object.entries(page.properties)) {
    const item = await notion.pages.properties.retrieve({ page_id, property_id: value.id });
    const { id, type } = value;
    if (name === "Total" && item.object === "list") {
      checks.has("a rollup", item.property_item, { id, type, rollup: { type: "number", number: 1 } });
    } else if (lists.includes(name)) {
      checks.has(name, item, { object: "list", type: "property_item", has_more: false, next_cursor: null });
      checks.has(name, item.property_item, { id, type, next_url: null, [type]: {} });
      const expected = value[type].map((one) => ({ object: "property_item", id, type, [type]: one }));
      checks.has(name, item.results, expected);
    } else {
      checks.has(name, item, { object: "property_item", id, type, [type]: value[type] });
    }
  }
  const by = (property_id) => notion.pages.properties.retrieve({ page_id, property_id });
  const title = await by("title");
  checks.equal("the title", title.results.map((one) => one.title.plain_text), ["One by one"]);
  const error = await checks.rejects("an unknown property", () => by("nope"));
  checks.holds("an unknown property", [400, 404].includes(error.status), error);
  await notion.blocks.delete({ block_id: page_id });
}

async function pageByPage(checks, world) {
  const { source, schema } = await createDatabase({
    parent: world.page,
    title: "Many",
    properties: {
      Name: { title: {} },
      Others: { relation: { ...relatedTo(world.projects), type: "single_property", single_property: {} } },
    },
  });
  const ids = [];
  for (let index = 0; index < MANY; index += 1) {
    const properties = { Name: { title: text(`Project ${index}`) } };
    ids.push((await notion.pages.create({ parent: rowsOf(world.projects), properties })).id);
  }
  const page = await notion.pages.create({
    parent: rowsOf(source),
    properties: { Name: { title: text("All") }, Others: { relation: ids.map((id) => ({ id })) } },
  });
  checks.equal("has_more", page.properties.Others.has_more, true);
  const first = ids.slice(0, 25).map((id) => ({ id }));
  checks.equal("the first 25", page.properties.Others.relation, first);

  const given = { page_id: page.id, property_id: schema.properties.Others.id, page_size: 12 };
  const one = await notion.pages.properties.retrieve(given);
  checks.has("a page of it", one, { has_more: true, type: "property_item" });
  checks.equal("its size", one.results.length, 12);
  const rest = new URL(one.property_item.next_url ?? "none:");
  checks.holds("where the rest is", rest.pathname.endsWith(`/properties/${given.property_id}`), rest.href);
  checks.equal("from where on", rest.searchParams.get("start_cursor"), one.next_cursor);
  checks.equal("how much of it", rest.searchParams.get("page_size"), "12");
  const two = await notion.pages.properties.retrieve({ ...given, start_cursor: one.next_cursor });
  checks.equal("the next", two.results.map((item) => item.relation.id), ids.slice(12, 24));
  const all = await sdk.collectPaginatedAPI(notion.pages.properties.retrieve, given);
  checks.equal("all of it", all.map((item) => item.relation.id), ids);
  const walked = [];
  for await (const item of sdk.iteratePaginatedAPI(notion.pages.properties.retrieve, given)) walked.push(item);
  checks.equal("the same in steps", walked, all);
  checks.equal("a title in a page of one", plain((await notion.pages.retrieve({ page_id: ids[0] })).properties.Name.title), "Project 0");
  world.many = ids;
  checks.equal("a row of many", without(await notion.pages.retrieve({ page_id: page.id })), without(page));
}

export async function properties(checks, world) {
  await checks.section("properties one by one", () => oneByOne(checks, world));
  await checks.section("properties page by page", () => pageByPage(checks, world));
}
