// Looks at every page as people do: in a browser, on a phone and on a desk, by day and by night.
//
//     node look.mjs MODULES PAGES SCREENSHOTS [NAME...]
//
// MODULES holds node_modules; PAGES the pages as NAME.html. Exits with 1 when a check fails, and
// says which, on which page, at which width.

import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { inPage } from "./in_page.mjs";

const [modules, pages, screenshots, ...only] = process.argv.slice(2);
const require = createRequire(join(resolve(modules), "look.js"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const WIDTHS = [360, 800, 1440];
const SCHEMES = ["light", "dark"];
const PICTURED = ["go", "candidate-failed-half-way", "sample", "comparison"];
/** Every page is seen at each width and in each scheme; all six together are for those that are pictured. */
const isLookedAt = (name, width, scheme) =>
  PICTURED.includes(name) || scheme === (width === 800 ? "dark" : "light");
/** The page that the README shows, down to the first promises. */
const SHOWN = { name: "sample", width: 1440, scheme: "light", height: 1240 };
/** A page of three scenarios, and the sheets that it may take. */
const PRINTED = { name: "go", sheets: 12 };
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];

const failures = [];
let checks = 0;
function check(where, holds, what) {
  checks += 1;
  if (!holds) failures.push(`${where}: ${what}`);
}

/** A page of a fresh context, and everything that it did which a page of text does not do. */
async function open(browser, options) {
  const context = await browser.newContext({ reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  const deeds = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) deeds.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => deeds.push(`error: ${error.message}`));
  page.on("dialog", async (dialog) => {
    deeds.push(`dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  page.on("popup", () => deeds.push("a new window"));
  page.on("download", () => deeds.push("a download"));
  page.on("framenavigated", (frame) => deeds.push(`navigated: ${frame.url()}`));
  context.on("request", (request) => deeds.push(`request: ${request.url()}`));
  const go = async (url) => {
    deeds.length = 0;
    await page.goto(url, { waitUntil: "load" });
  };
  /** What it did beyond being loaded itself. */
  const others = (url) =>
    deeds.filter((deed) => deed !== `request: ${url}` && deed !== `navigated: ${url}`);
  return { page, go, others };
}

async function accessible(page, where) {
  const found = await page.evaluate(
    (rules) =>
      axe.run(document, {
        runOnly: { type: "tag", values: rules },
        rules: { "heading-order": { enabled: true }, "page-has-heading-one": { enabled: true } },
        resultTypes: ["violations"],
      }),
    RULES,
  );
  for (const { id, help, nodes } of found.violations) {
    check(where, false, `${id}: ${help} (${nodes.length}, first: ${nodes[0].html.slice(0, 200)} ${nodes[0].failureSummary})`);
  }
  check(where, found.violations.length === 0, "axe-core found violations");
}

async function look(view, file, width, scheme) {
  const name = basename(file, ".html");
  const where = `${name} at ${width} px, ${scheme}`;
  const url = pathToFileURL(file).href;
  const { page, go, others } = view;
  await go(url);
  check(where, /^((GO|NO-GO|INCONCLUSIVE|OK|REGRESSION|IMPROVEMENT): .+|\d+ runs side by side) · cutover$/.test(await page.title()), "the title is another");
  const folded = await page.evaluate(inPage);
  if (PICTURED.includes(name)) {
    await page.screenshot({ path: join(screenshots, `${name}-${width}-${scheme}.png`), fullPage: true });
  }
  if (name === SHOWN.name && width === SHOWN.width && scheme === SHOWN.scheme) {
    const clip = { x: 0, y: 0, width, height: SHOWN.height };
    await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true, clip });
  }
  await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
  const unfolded = await page.evaluate(inPage);
  for (const complaint of new Set([...folded, ...unfolded])) check(where, false, complaint);
  check(where, folded.length + unfolded.length === 0, "the layout is wrong");
  await page.evaluate(axe);
  await accessible(page, where);
  const done = others(url);
  check(where, done.length === 0, `the page did something: ${done.join("; ")}`);
}

/** Without scripts the same can be read, and it can be printed. */
async function withoutScripts(scripted, unscripted, file) {
  const url = pathToFileURL(file).href;
  const where = `${basename(file, ".html")} without scripts`;
  await scripted.go(url);
  await unscripted.go(url);
  const [one, other] = await Promise.all([scripted, unscripted].map(({ page }) => page.innerText("body")));
  check(where, one === other && one.length > 500, "the text is another");
  check(where, unscripted.others(url).length === 0, `the page did something: ${unscripted.others(url)}`);
  const pdf = await unscripted.page.pdf({ format: "A4" });
  check(where, pdf.subarray(0, 5).toString() === "%PDF-" && pdf.length > 5_000, "it cannot be printed");
  if (basename(file, ".html") === PRINTED.name) {
    const sheets = pdf.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
    check(where, sheets > 0 && sheets <= PRINTED.sheets, `it takes ${sheets} sheets of paper`);
  }
}

/** Every fold and every wide table can be reached and worked with the keyboard, and it is seen where one is. */
async function withTheKeyboard({ page, go }, file) {
  const where = `${basename(file, ".html")} with the keyboard`;
  await go(pathToFileURL(file).href);
  const folds = await page.locator("summary").count();
  const reached = new Set();
  let unseen = 0;
  for (let presses = 0; presses < 400; presses += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const one = document.activeElement;
      const outline = getComputedStyle(one);
      return {
        tag: one.tagName,
        fold: [...document.querySelectorAll("summary")].indexOf(one),
        seen: outline.outlineStyle !== "none" && parseFloat(outline.outlineWidth) >= 2,
      };
    });
    if (at.tag === "BODY" || reached.has(at.fold)) break;
    unseen += at.seen ? 0 : 1;
    if (at.fold >= 0) {
      reached.add(at.fold);
    }
  }
  check(where, reached.size === folds, `${reached.size} of ${folds} folds are reached`);
  check(where, unseen === 0, `the focus is not seen ${unseen} times`);
  if (folds > 0) {
    await page.locator("summary").first().focus();
    await page.keyboard.press("Enter");
    check(where, await page.locator("details").first().evaluate((one) => one.open), "a fold does not open");
  }
}

async function main() {
  mkdirSync(screenshots, { recursive: true });
  const files = readdirSync(pages)
    .filter((name) => name.endsWith(".html"))
    .filter((name) => only.length === 0 || only.includes(basename(name, ".html")))
    .map((name) => resolve(pages, name));
  check("pages", files.length > 0, "there is no page");
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  try {
    for (const width of WIDTHS) {
      const both = SCHEMES.map(async (colorScheme) => {
        const view = await open(browser, { viewport: { width, height: 900 }, colorScheme });
        const here = files.filter((file) => isLookedAt(basename(file, ".html"), width, colorScheme));
        for (const file of here) await look(view, file, width, colorScheme);
      });
      await Promise.all(both);
    }
    const viewport = { width: 800, height: 900 };
    const scripted = await open(browser, { viewport });
    const unscripted = await open(browser, { viewport, javaScriptEnabled: false });
    for (const file of files) {
      await withoutScripts(scripted, unscripted, file);
      if (PICTURED.includes(basename(file, ".html"))) await withTheKeyboard(scripted, file);
    }
  } finally {
    await browser.close();
  }
  console.log(`${files.length} pages, ${checks} checks, ${failures.length} failures`);
  for (const failure of failures) console.error(failure);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

await main();
