// What a suite claims, counted; what does not hold is kept and told at the end, so that one run tells all.

import { inspect, isDeepStrictEqual } from "node:util";

const shown = (value) => inspect(value, { depth: 6, breakLength: Infinity, maxStringLength: 300 }).slice(0, 600);

export class Checks {
  made = 0;
  failures = [];
  #section = "";

  /** What throws in a section is told, and ends no more than the section. */
  async section(name, run) {
    this.#section = name;
    try {
      await run();
    } catch (error) {
      this.#fail(`ended by ${error} ${place(error)}`);
    }
  }

  #fail(told) {
    this.failures.push(`${this.#section}: ${told}`);
  }

  holds(what, holds, came) {
    this.made += 1;
    if (!holds) this.#fail(`${what}; came ${shown(came)}`);
  }

  equal(what, came, expected) {
    this.made += 1;
    if (!isDeepStrictEqual(came, expected)) {
      this.#fail(`${what}: expected ${shown(expected)}, came ${shown(came)}`);
    }
  }

  /** Everything in `part` is in what came; arrays have the same length. */
  has(what, came, part) {
    this.made += 1;
    const missing = difference(came, part, "");
    if (missing) this.#fail(`${what}: ${missing}`);
  }

  /** The error that a call ends with. */
  async rejects(what, call) {
    this.made += 1;
    try {
      const came = await call();
      this.#fail(`${what} should be refused; came ${shown(came)}`);
    } catch (error) {
      return error;
    }
    return {};
  }
}

/** Where in this suite it happened. */
function place(error) {
  const lines = String(error?.stack).split("\n");
  const line = lines.find((one) => one.includes("/tests/conformance/") && !one.includes("/notion.mjs"));
  return line?.trim().replace(/file:.*\//, "") ?? "";
}

function difference(came, part, path) {
  if (typeof part !== "object" || part === null) {
    return Object.is(came, part) ? "" : `${path || "it"}: expected ${shown(part)}, came ${shown(came)}`;
  }
  if (typeof came !== "object" || came === null || Array.isArray(came) !== Array.isArray(part)) {
    return `${path || "it"}: expected ${shown(part)}, came ${shown(came)}`;
  }
  if (Array.isArray(part) && came.length !== part.length) {
    return `${path || "it"}: expected ${part.length} elements, came ${came.length}: ${shown(came)}`;
  }
  const told = Object.entries(part).map(([key, value]) => difference(came[key], value, `${path}.${key}`));
  return told.filter(Boolean).join("; ");
}
