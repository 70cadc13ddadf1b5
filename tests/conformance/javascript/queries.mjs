// Rows by filter, in order, page by page.

import {
  createDatabase, notion, plain, queried, query, relatedTo, rowsOf, sdk, text, without,
} from "./notion.mjs";

const SCHEMA = {
  Name: { title: {} },
  Text: { rich_text: {} },
  Number: { number: {} },
  Same: { formula: { expression: 'prop("Number")' } },
  Choice: { select: { options: [{ name: "Red" }, { name: "Blue" }, { name: "Green" }] } },
  Choices: { multi_select: { options: [{ name: "x" }, { name: "y" }, { name: "z" }] } },
  State: { status: {} },
  Done: { checkbox: {} },
  When: { date: {} },
  Who: { people: {} },
  Link: { url: {} },
  Mail: { email: {} },
  Phone: { phone_number: {} },
  Files: { files: {} },
  Ticket: { unique_id: { prefix: "T" } },
  Maker: { created_by: {} },
};

/** The rows, by their names; D has nothing but its name. */
function rows(world, states) {
  const named = (names) => names.map((name) => ({ name }));
  const row = (content, number, choice, choices, done, start) => ({
    Text: { rich_text: text(content) },
    Number: { number },
    Choice: { select: { name: choice } },
    Choices: { multi_select: named(choices) },
    State: { status: { name: states[number % 2] } },
    Done: { checkbox: done },
    When: { date: { start } },
  });
  return {
    A: {
      ...row("alpha one", 1, "Red", ["x"], true, "2026-01-01"),
      Who: { people: [{ id: world.person.id }] },
      Link: { url: "https://a.example/" },
      Mail: { email: "a@example.org" },
      Phone: { phone_number: "+44 1" },
      Files: { files: [{ name: "a", external: { url: "https://a.example/a" } }] },
      Project: { relation: [{ id: world.project }] },
    },
    B: row("beta two", 2, "Blue", ["x", "y"], false, "2026-01-02"),
    C: row("alphabet", 3, "Red", ["y"], true, "2026-02-01"),
    D: {},
    E: row("Gamma", 5, "Green", ["x", "y", "z"], true, "2026-03-01T12:00:00.000+00:00"),
  };
}

/** Each filter, with the names of what passes it. */
function filters(world, states) {
  const on = (property, type) => (condition) => ({ property, [type]: condition });
  const [words, number, choice, choices] = [
    on("Text", "rich_text"), on("Number", "number"), on("Choice", "select"), on("Choices", "multi_select"),
  ];
  const [done, when, state] = [on("Done", "checkbox"), on("When", "date"), on("State", "status")];
  const empty = { is_empty: true };
  const filled = { is_not_empty: true };
  return [
    [on("Name", "title")({ equals: "B" }), "B"],
    [words({ equals: "alphabet" }), "C"],
    [words({ does_not_equal: "alphabet" }), "ABDE"],
    [words({ contains: "alpha" }), "AC"],
    [words({ does_not_contain: "alpha" }), "BDE"],
    [words({ starts_with: "alpha" }), "AC"],
    [words({ ends_with: "two" }), "B"],
    [words(empty), "D"],
    [words(filled), "ABCE"],
    [number({ equals: 2 }), "B"],
    [{ and: [number({ does_not_equal: 2 }), number(filled)] }, "ACE"],
    [number({ greater_than: 2 }), "CE"],
    [number({ less_than: 2 }), "A"],
    [number({ greater_than_or_equal_to: 2 }), "BCE"],
    [number({ less_than_or_equal_to: 2 }), "AB"],
    [number(empty), "D"],
    [number(filled), "ABCE"],
    [choice({ equals: "Red" }), "AC"],
    [{ and: [choice({ does_not_equal: "Red" }), choice(filled)] }, "BE"],
    [choice(empty), "D"],
    [choices({ contains: "y" }), "BCE"],
    [{ and: [choices({ does_not_contain: "x" }), choices(filled)] }, "C"],
    [choices(empty), "D"],
    [{ and: [state({ equals: states[0] }), number(filled)] }, "B"],
    [{ and: [state({ does_not_equal: states[0] }), number(filled)] }, "ACE"],
    [done({ equals: true }), "ACE"],
    [done({ does_not_equal: true }), "BD"],
    [when({ equals: "2026-01-02" }), "B"],
    [when({ before: "2026-02-01" }), "AB"],
    [when({ after: "2026-01-02" }), "CE"],
    [when({ on_or_before: "2026-01-02" }), "AB"],
    [when({ on_or_after: "2026-02-01" }), "CE"],
    [when({ after: "2026-03-01T11:00:00Z" }), "E"],
    [when(empty), "D"],
    [when(filled), "ABCE"],
    [on("Who", "people")({ contains: world.person.id }), "A"],
    [on("Who", "people")({ does_not_contain: world.person.id }), "BCDE"],
    [on("Who", "people")(empty), "BCDE"],
    [on("Link", "url")({ contains: "a.example" }), "A"],
    [on("Mail", "email")({ ends_with: "example.org" }), "A"],
    [on("Phone", "phone_number")({ starts_with: "+44" }), "A"],
    [on("Files", "files")(filled), "A"],
    [on("Project", "relation")({ contains: world.project }), "A"],
    [on("Project", "relation")({ does_not_contain: world.project }), "BCDE"],
    [on("Project", "relation")(empty), "BCDE"],
    [on("Ticket", "unique_id")({ greater_than: 3 }), "DE"],
    [on("Maker", "created_by")({ contains: world.me.id }), "ABCDE"],
    [on("Same", "formula")({ number: { greater_than: 2 } }), "CE"],
    [{ timestamp: "created_time", created_time: { past_week: {} } }, "ABCDE"],
    [{ timestamp: "created_time", created_time: { before: "2020-01-01" } }, ""],
    [{ timestamp: "last_edited_time", last_edited_time: { on_or_after: "2020-01-01" } }, "ABCDE"],
    [{ timestamp: "last_edited_time", last_edited_time: { this_week: {} } }, "ABCDE"],
    [{ and: [choice({ equals: "Red" }), done({ equals: true })] }, "AC"],
    [{ or: [number({ equals: 1 }), number({ equals: 5 })] }, "AE"],
    [{ and: [done({ equals: true }), { or: [number({ equals: 1 }), number({ equals: 2 })] }] }, "A"],
    [{ or: [{ and: [choice({ equals: "Red" }), number({ greater_than: 1 })] }, number(empty)] }, "CD"],
  ];
}

const names = (answer) => answer.results.map((row) => plain(row.properties.Name.title)).join("");

async function made(checks, world) {
  const properties = {
    ...SCHEMA,
    Project: { relation: { ...relatedTo(world.projects), type: "single_property", single_property: {} } },
  };
  const { source, schema } = await createDatabase({ parent: world.page, title: "Rows", properties });
  const states = schema.properties.State.status.options.map((option) => option.name);
  world.rows = source;
  world.states = states;
  for (const [name, values] of Object.entries(rows(world, states))) {
    const row = { Name: { title: text(name) }, ...values };
    await notion.pages.create({ parent: rowsOf(source), properties: row });
  }
}

async function filtered(checks, world) {
  for (const [filter, expected] of filters(world, world.states)) {
    const what = JSON.stringify(filter);
    try {
      const answer = await query(world.rows, { filter });
      checks.equal(what, [...names(answer)].sort().join(""), expected);
    } catch (error) {
      checks.holds(what, false, error.message);
    }
  }
}

async function sorted(checks, world) {
  const filter = { property: "Number", number: { is_not_empty: true } };
  const by = async (...sorts) => names(await query(world.rows, { filter, sorts }));
  const up = { direction: "ascending" };
  const down = { direction: "descending" };
  checks.equal("numbers", await by({ property: "Number", ...up }), "ABCE");
  checks.equal("numbers, downwards", await by({ property: "Number", ...down }), "ECBA");
  checks.equal("titles, downwards", await by({ property: "Name", ...down }), "ECBA");
  checks.equal("dates, downwards", await by({ property: "When", ...down }), "ECBA");
  const two = [{ property: "Done", ...up }, { property: "Number", ...down }];
  checks.equal("the first sort goes first", await by(...two), "BECA");
  checks.equal("and the other way round", await by(two[1], two[0]), "ECBA");
  const tied = [{ timestamp: "created_time", ...up }, { property: "Number", ...down }];
  checks.equal("a timestamp and a property", (await by(...tied)).length, 4);
}

async function pageByPage(checks, world) {
  const sorts = [{ property: "Name", direction: "ascending" }];
  const first = await query(world.rows, { sorts, page_size: 2 });
  checks.has("a page", first, { object: "list", has_more: true });
  checks.equal("its rows", names(first), "AB");
  const second = await query(world.rows, { sorts, page_size: 2, start_cursor: first.next_cursor });
  checks.equal("the next rows", names(second), "CD");
  const last = await query(world.rows, { sorts, page_size: 2, start_cursor: second.next_cursor });
  checks.has("the last page", last, { has_more: false, next_cursor: null });
  checks.equal("its rows", names(last), "E");
  const [list, given] = queried(world.rows, { sorts, page_size: 2 });
  const all = await sdk.collectPaginatedAPI(list, given);
  checks.equal("all rows", names({ results: all }), "ABCDE");
  const walked = [];
  for await (const row of sdk.iteratePaginatedAPI(list, given)) walked.push(row);
  checks.equal("the same in steps", walked, all);
  checks.equal("the same at once", without(await query(world.rows, { sorts })).results, all);
  const isFull = sdk.isFullPageOrDataSource ?? sdk.isFullPageOrDatabase;
  checks.holds("rows are full pages", all.every(isFull), all);
  if (sdk.collectAllDataSourceRows) {
    const rows = await sdk.collectAllDataSourceRows(notion, { data_source_id: world.rows });
    checks.equal("collectAllDataSourceRows", rows.length, 5);
  }
}

async function refused(checks, world) {
  const refusal = async (what, given, said) => {
    const error = await checks.rejects(what, () => query(world.rows, given));
    checks.has(what, error, { status: 400, code: sdk.APIErrorCode.ValidationError });
    checks.holds(`${what}: it says why`, error.message?.includes(said), error.message);
  };
  const one = { property: "Number", number: { equals: 1 } };
  await refusal("a filter on nothing", { filter: { ...one, property: "Colour" } },
    "Could not find property with name or id: Colour");
  await refusal("a sort by nothing", { sorts: [{ property: "Colour", direction: "ascending" }] },
    "Could not find sort property with name or id: Colour");
  await refusal("a filter of another type", { filter: { property: "Number", rich_text: { equals: "1" } } },
    "database property number does not match filter rich_text");
  await refusal("a cursor that is none", { start_cursor: "nonsense" }, "start_cursor");
  await refusal("a cursor of something else", { start_cursor: world.root }, "start_cursor");
  await refusal("too large a page", { page_size: 101 }, "page_size");
  await refusal("three levels", { filter: { and: [{ or: [{ and: [one] }] }] } }, "");
}

export async function queries(checks, world) {
  await checks.section("rows", () => made(checks, world));
  await checks.section("filters", () => filtered(checks, world));
  await checks.section("sorts", () => sorted(checks, world));
  await checks.section("pages of rows", () => pageByPage(checks, world));
  await checks.section("refused queries", () => refused(checks, world));
}
