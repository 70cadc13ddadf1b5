// Search by title. Its index lags behind what is written, so a new page is waited for.

import { byPage, createDatabase, hasDataSources, notion, sdk, text, trashed } from "./notion.mjs";

const WORD = "Quetzalcoatl";
const PATIENCE_MS = 10_000;

const ids = (answer) => answer.results.map((one) => one.id);

async function until(holds) {
  const end = Date.now() + PATIENCE_MS;
  let answer = await notion.search({ query: WORD });
  while (!holds(answer) && Date.now() < end) {
    await new Promise((resume) => setTimeout(resume, 100));
    answer = await notion.search({ query: WORD });
  }
  return answer;
}

export async function search(checks, world) {
  await checks.section("search", async () => {
    const kind = hasDataSources ? "data_source" : "database";
    const { source } = await createDatabase({
      parent: world.page,
      title: `All of ${WORD}`,
      properties: { Name: { title: {} } },
    });
    const pages = [];
    for (const number of [1, 2, 3]) {
      const properties = { title: { title: text(`${WORD} ${number}`) } };
      pages.push((await notion.pages.create({ parent: byPage(world.page), properties })).id);
    }
    const expected = [source, ...pages].sort();
    const found = await until((answer) => answer.results.length >= expected.length);
    const type = hasDataSources ? "page_or_data_source" : "page_or_database";
    checks.has("what is found", found, { object: "list", type, [type]: {}, has_more: false, next_cursor: null });
    checks.equal("by a word of the title", ids(found).sort(), expected);
    checks.equal("in small letters", ids(await notion.search({ query: WORD.toLowerCase() })).sort(), expected);
    const only = (value) => notion.search({ query: WORD, filter: { property: "object", value } });
    checks.equal("only pages", ids(await only("page")).sort(), [...pages].sort());
    const databases = await only(kind);
    checks.equal(`only a ${kind}`, ids(databases), [source]);
    checks.has("in full", databases.results[0], { object: kind, id: source });
    const error = await checks.rejects("another kind", () => only(hasDataSources ? "database" : "data_source"));
    checks.has("another kind", error, { status: 400, code: sdk.APIErrorCode.ValidationError });

    for (const direction of ["ascending", "descending"]) {
      const sort = { timestamp: "last_edited_time", direction };
      const { results } = await notion.search({ sort, filter: { property: "object", value: "page" } });
      const times = results.map((one) => one.last_edited_time);
      const inOrder = [...times].sort();
      checks.equal(direction, times, direction === "ascending" ? inOrder : inOrder.reverse());
      checks.holds(`${direction}: there is more than one`, times.length > 1, times);
    }
    const one = await notion.search({ query: WORD, page_size: 1 });
    checks.has("a page of one", one, { has_more: true });
    const all = await sdk.collectPaginatedAPI(notion.search, { query: WORD, page_size: 1 });
    checks.equal("page by page", all.map(({ id }) => id).sort(), expected);
    checks.equal("nothing", (await notion.search({ query: "Huitzilopochtli" })).results, []);

    await notion.pages.update({ page_id: pages[0], ...trashed(true) });
    const left = await until((answer) => answer.results.length < expected.length);
    checks.holds("not in the trash", !ids(left).includes(pages[0]), ids(left));
    const everything = await notion.search({});
    checks.holds("everything", everything.results.length > expected.length, everything.results.length);
  });
}
