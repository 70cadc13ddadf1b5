// A value of every type of property: written, read, changed, emptied.

import {
  createDatabase, notion, plain, query, rowsOf, schemaOf, sdk, text, trashed, version, without,
} from "./notion.mjs";

const LINK = "https://example.org/";

/** What a row is made of, each property named as its type. */
function given(world) {
  return {
    title: { title: text("Buy milk") },
    rich_text: {
      rich_text: [
        { text: { content: "two " } },
        { text: { content: "litres", link: { url: LINK } }, annotations: { bold: true, color: "red" } },
        { mention: { page: { id: world.page } } },
        { mention: { date: { start: "2026-02-01" } } },
        { mention: { user: { id: world.person.id } } },
        { equation: { expression: "e = mc^2" } },
      ],
    },
    number: { number: 3.5 },
    select: { select: { name: "High" } },
    multi_select: { multi_select: [{ name: "Home" }, { name: "Errand" }] },
    status: { status: { name: world.tasksSchema.properties.status.status.options[1].name } },
    date: { date: { start: "2026-02-01", end: "2026-02-03" } },
    people: { people: [{ id: world.person.id }] },
    files: { files: [{ name: "a.pdf", type: "external", external: { url: `${LINK}a.pdf` } }] },
    checkbox: { checkbox: true },
    url: { url: LINK },
    email: { email: "a@example.org" },
    phone_number: { phone_number: "+44 20 7946 0000" },
    relation: { relation: [{ id: world.project }] },
    both_ways: { relation: [{ id: world.project }] },
  };
}

function sawTexts(checks, texts, world) {
  checks.has("texts", texts, [
    {
      type: "text",
      text: { content: "two ", link: null },
      plain_text: "two ",
      href: null,
      annotations: { bold: false, italic: false, strikethrough: false, underline: false, code: false, color: "default" },
    },
    {
      type: "text",
      text: { content: "litres", link: { url: LINK } },
      plain_text: "litres",
      href: LINK,
      annotations: { bold: true, italic: false, color: "red" },
    },
    { type: "mention", mention: { type: "page", page: { id: world.page } }, plain_text: "All of it" },
    {
      type: "mention",
      mention: { type: "date", date: { start: "2026-02-01", end: null, time_zone: null } },
      plain_text: "2026-02-01",
    },
    {
      type: "mention",
      mention: { type: "user", user: { object: "user", id: world.person.id } },
      plain_text: `@${world.person.name}`,
    },
    { type: "equation", equation: { expression: "e = mc^2" }, plain_text: "e = mc^2", href: null },
  ]);
  // Not every release lets these out.
  for (const [name, item] of [["isTextRichTextItemResponse", 0], ["isMentionRichTextItemResponse", 2],
    ["isEquationRichTextItemResponse", 5]]) {
    if (sdk[name]) checks.holds(name, sdk[name](texts[item]), texts[item]);
  }
}

function sawValues(checks, row, world) {
  const { properties } = row;
  const schema = world.tasksSchema.properties;
  const option = (type, name) => {
    const { id, color } = schema[type][type].options.find((one) => one.name === name);
    return { id, name, color };
  };
  checks.equal("all properties", Object.keys(properties).sort(), Object.keys(schema).sort());
  for (const [name, value] of Object.entries(properties)) {
    checks.has(name, value, { id: schema[name].id, type: schema[name].type });
  }
  checks.equal("title", plain(properties.title.title), "Buy milk");
  sawTexts(checks, properties.rich_text.rich_text, world);
  checks.equal("number", properties.number.number, 3.5);
  checks.equal("select", properties.select.select, option("select", "High"));
  checks.equal("multi_select", properties.multi_select.multi_select.map((one) => one.name), ["Home", "Errand"]);
  checks.equal("a known option", properties.multi_select.multi_select[0], option("multi_select", "Home"));
  checks.equal("status", properties.status.status, option("status", schema.status.status.options[1].name));
  checks.equal("date", properties.date.date, { start: "2026-02-01", end: "2026-02-03", time_zone: null });
  checks.has("people", properties.people.people, [{ object: "user", id: world.person.id }]);
  checks.has("files", properties.files.files, [
    { name: "a.pdf", type: "external", external: { url: `${LINK}a.pdf` } },
  ]);
  checks.equal("checkbox", properties.checkbox.checkbox, true);
  checks.equal("url", properties.url.url, LINK);
  checks.equal("email", properties.email.email, "a@example.org");
  checks.equal("phone_number", properties.phone_number.phone_number, "+44 20 7946 0000");
  checks.has("relation", properties.relation, { relation: [{ id: world.project }], has_more: false });
  checks.equal("created_time", properties.created_time.created_time, row.created_time);
  checks.equal("last_edited_time", properties.last_edited_time.last_edited_time, row.last_edited_time);
  checks.has("created_by", properties.created_by.created_by, row.created_by);
  checks.has("last_edited_by", properties.last_edited_by.last_edited_by, row.last_edited_by);
  checks.equal("unique_id", properties.unique_id.unique_id, { prefix: "TASK", number: 1 });
  checks.equal("formula", properties.formula.formula, { type: "number", number: 3.5 });
  checks.equal("rollup", properties.Total.rollup, { type: "number", number: 1, function: "count" });
}

const EMPTY = {
  rich_text: [], number: null, select: null, multi_select: [], date: null, people: [], files: [], checkbox: false,
  url: null, email: null, phone_number: null, relation: [],
};

async function changed(checks, world) {
  const page_id = world.task;
  const filled = await notion.pages.update({
    page_id,
    properties: {
      number: { number: 0 },
      date: { date: { start: "2026-02-01T10:00:00Z" } },
      select: { select: { name: "Brand new" } },
    },
  });
  checks.equal("nothing", filled.properties.number.number, 0);
  checks.equal("untouched", filled.properties.email.email, "a@example.org");
  checks.equal("a moment", Date.parse(filled.properties.date.date.start), Date.parse("2026-02-01T10:00:00Z"));
  const { properties } = await schemaOf(world.tasks);
  const created = properties.select.select.options.find((one) => one.name === "Brand new");
  checks.has("a select option is created on write", filled.properties.select.select, {
    id: created?.id,
    name: "Brand new",
  });
  const errand = properties.multi_select.multi_select.options.map((one) => one.name);
  checks.equal("and one of many", errand, ["Home", "Errand"]);

  const emptied = Object.entries(EMPTY).map(([type, value]) => [type, { [type]: value }]);
  const empty = await notion.pages.update({ page_id, properties: Object.fromEntries(emptied) });
  for (const [type, value] of Object.entries(EMPTY)) {
    checks.equal(`${type}, emptied`, empty.properties[type][type], value);
  }
  checks.equal("a formula of nothing is no error", empty.properties.formula.formula.type, "number");
  checks.equal("a count of nothing", empty.properties.Total.rollup.number, 0);
  checks.equal("it stays empty", without(await notion.pages.retrieve({ page_id })), without(empty));

  const refused = async (what, properties, said) => {
    const error = await checks.rejects(what, () => notion.pages.update({ page_id, properties }));
    checks.has(what, error, { status: 400, code: sdk.APIErrorCode.ValidationError });
    checks.holds(`${what}: it says why`, error.message?.includes(said), error.message);
  };
  await refused("an unknown status", { status: { status: { name: "Nonsense" } } }, "Nonsense");
  await refused("an unknown property", { Colour: { number: 1 } }, "Colour is not a property that exists");
  await refused("a value of another type", { number: { checkbox: true } }, "number");
  await refused("a text that is too long", { rich_text: { rich_text: text("x".repeat(2001)) } }, "2000");
  const many = Array.from({ length: 101 }, (_, index) => ({ name: `option ${index}` }));
  await refused("too many options", { multi_select: { multi_select: many } }, "100");
}

async function chosen(checks, world) {
  const page_id = world.task;
  const { number, select } = world.tasksSchema.properties;
  const some = await notion.pages.retrieve({ page_id, filter_properties: [number.id, select.id] });
  checks.equal("filter_properties", Object.keys(some.properties).sort(), ["number", "select"]);
  const rows = await query(world.tasks, { filter_properties: ["title"] });
  checks.equal("filter_properties of a query", rows.results.map((row) => Object.keys(row.properties)), [["title"]]);
}

async function lost(checks, world) {
  const row = await notion.pages.create({
    parent: rowsOf(world.tasks),
    properties: { title: { title: text("Lost") } },
  });
  const count = async () => (await query(world.tasks)).results.filter(({ id }) => id === row.id).length;
  checks.equal("unique_id goes up", row.properties.unique_id.unique_id.number, 2);
  checks.equal("a new row is found", await count(), 1);
  await notion.pages.update({ page_id: row.id, ...trashed(true) });
  checks.equal("not in the trash", await count(), 0);
  await notion.pages.update({ page_id: row.id, ...trashed(false) });
  checks.equal("taken back", await count(), 1);
  await notion.blocks.delete({ block_id: row.id });
}

export async function values(checks, world) {
  await checks.section("values", async () => {
    const project = await notion.pages.create({
      parent: rowsOf(world.projects),
      properties: { Name: { title: text("Household") } },
    });
    world.project = project.id;
    const row = await notion.pages.create({ parent: rowsOf(world.tasks), properties: given(world) });
    world.task = row.id;
    const parent =
      version === "2022-06-28" ? rowsOf(world.tasks) : { ...rowsOf(world.tasks), database_id: world.tasksDatabase };
    checks.equal("a row's parent", row.parent, parent);
    sawValues(checks, row, world);
    checks.equal("the row as it was made", without(await notion.pages.retrieve({ page_id: row.id })), without(row));
    checks.equal("and in a query", (await query(world.tasks)).results, [without(row)]);
    const other = await notion.pages.retrieve({ page_id: project.id });
    const { synced_property_name } = world.tasksSchema.properties.both_ways.relation.dual_property;
    checks.equal("the other side", other.properties[synced_property_name].relation, [{ id: row.id }]);
  });
  await checks.section("some properties", () => chosen(checks, world));
  await checks.section("changed values", () => changed(checks, world));
  await checks.section("rows in the trash", () => lost(checks, world));
  await checks.section("a database in a database's row", async () => {
    const { database } = await createDatabase({
      parent: world.task,
      title: "Within",
      properties: { Name: { title: {} } },
    });
    checks.equal("its parent", database.parent, { type: "page_id", page_id: world.task });
  });
}
