import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tracesCatalogue } from "../../scripts/traces-catalogue.js";
import { tracesIn } from "../../src/trace.js";
import { TRACES } from "../../traces/index.js";

const nowhere = () => false;

describe.each(TRACES.map((trace) => [trace.id, trace] as const))("%s", (_, trace) => {
  it("has an example that is one, flags d and g, and a fix in an example where it has one", () => {
    expect(trace.examples.some(({ found }) => found.length > 0)).toBe(true);
    expect(trace.find.flags).toMatch(/d.*g/);
    for (const [, name] of trace.text.matchAll(/\{(\w+)\}/g)) if (name !== "match") expect(trace.find.source).toContain(`(?<${name}>`);
    if (trace.form) expect(trace.examples.some(({ forms }) => forms?.some((form) => form !== undefined))).toBe(true);
    if (trace.fix) expect(trace.examples.some(({ fixed }) => fixed !== undefined)).toBe(true);
  });

  it.each(trace.examples.map((example) => [example.text, example] as const))("%j", (text, { file, found, forms, fixed }) => {
    expect(file).toMatch(trace.files);
    const all = tracesIn(file, text, [trace], nowhere);
    expect(all.map(({ span }) => text.slice(span.start, span.end))).toEqual(found);
    if (forms) expect(all.map(({ form }) => form)).toEqual(forms);
    if (fixed === undefined) return;
    let out = text;
    for (const { span, fix } of all.toReversed()) if (fix !== undefined) out = out.slice(0, span.start) + fix + out.slice(span.end);
    expect(out).toBe(fixed);
    expect(tracesIn(file, out, [trace], nowhere).filter(({ fix }) => fix !== undefined)).toEqual([]);
  });
});

/** Lines as long as are looked at, of what looks like the beginning of something. */
const HOSTILE = ["a, ", "from a, ", "import a, ", "postgres ", '"', "(", "a.", "a: ", "port = ", "5432 "].map((part) =>
  `${part.repeat(Math.floor(4900 / part.length))}\n`.repeat(4),
);

it.each(TRACES.map((trace) => [trace.id, trace] as const))("%s takes no square of the length of a line", (_, trace) => {
  const started = performance.now();
  for (const text of HOSTILE) for (const find of [trace.find, trace.within]) if (find) text.search(find);
  // A square of 20 KB takes three seconds and more; a busy machine is slower than one at rest.
  expect(performance.now() - started).toBeLessThan(1500);
});

it("no two traces share an id", () => {
  expect(new Set(TRACES.map(({ id }) => id)).size).toBe(TRACES.length);
});

it("has a catalogue that is up to date: if not, npm run docs", () => {
  expect(readFileSync(join(import.meta.dirname, "../../traces/README.md"), "utf8")).toBe(tracesCatalogue(TRACES));
});
