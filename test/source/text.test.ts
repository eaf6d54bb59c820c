import { expect, test } from "vitest";
import { lineIndex } from "../../src/source/text.js";

/** The places of all offsets, as `line:column`. */
const places = (text: string): string[] => {
  const at = lineIndex({ name: "a.sql", text });
  return Array.from({ length: text.length + 1 }, (_, offset) => `${at(offset).line}:${at(offset).column}`);
};

test("LF, CR LF and a lone CR end a line", () => {
  expect(places("a\nb\r\nc\rd\r\r\n")).toEqual(["1:1", "1:2", "2:1", "2:2", "2:3", "3:1", "3:2", "4:1", "4:2", "5:1", "5:2", "6:1"]);
  expect(places("")).toEqual(["1:1"]);
  expect(places("\n\n")).toEqual(["1:1", "2:1", "3:1"]);
});

test("columns count UTF-16 units", () => {
  expect(places("é\u{1F600}x")).toEqual(["1:1", "1:2", "1:3", "1:4", "1:5"]);
});

test("offsets outside the text are its ends", () => {
  const at = lineIndex({ name: "a.sql", text: "ab\nc" });
  expect(at(-5)).toEqual({ line: 1, column: 1 });
  expect(at(99)).toEqual({ line: 2, column: 2 });
});

test("many lines", () => {
  const text = "0123456789\n".repeat(100_000);
  const at = lineIndex({ name: "a.sql", text });
  for (const line of [0, 1, 65_535, 99_999]) expect(at(line * 11 + 4)).toEqual({ line: line + 1, column: 5 });
});
