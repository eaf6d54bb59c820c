import { expect, it } from "vitest";
import { rewriting } from "../../src/app/lint/edits.js";

function applied(from: string, to: string): string {
  let out = from;
  for (const { start, end, text } of [...(rewriting(from, to) ?? [])].toReversed()) out = out.slice(0, start) + text + out.slice(end);
  return out;
}

it.each([
  ["a cast", "SELECT\n  a::text ,\n  b", "SELECT CAST(a AS CHAR), b", "SELECT\n  CAST(a AS CHAR) ,\n  b"],
  ["a name", 'select "a"  from t', "SELECT a FROM t", "select a  from t"],
  [
    "what is left out",
    "SELECT a FROM t ORDER BY a DESC NULLS LAST LIMIT 1",
    "SELECT a FROM t ORDER BY a DESC LIMIT 1",
    "SELECT a FROM t ORDER BY a DESC LIMIT 1",
  ],
  [
    "what is left out at the end",
    "SELECT a FROM t ORDER BY a DESC NULLS LAST",
    "SELECT a FROM t ORDER BY a DESC",
    "SELECT a FROM t ORDER BY a DESC",
  ],
  ["what is put in", "SELECT a\nFROM t\n ORDER BY a", "SELECT a FROM t ORDER BY a IS NULL, a", "SELECT a\nFROM t\n ORDER BY a IS NULL, a"],
  ["an operator", "SELECT a||'x' FROM t", "SELECT CONCAT(a, 'x') FROM t", "SELECT CONCAT(a, 'x') FROM t"],
  ["parameters", "DELETE FROM t WHERE a=$1 AND b = $2", "DELETE FROM t WHERE a = ? AND b = ?", "DELETE FROM t WHERE a=? AND b = ?"],
  ["a comment beside it", "SELECT a::int -- why\nFROM t", "SELECT CAST(a AS SIGNED) FROM t", "SELECT CAST(a AS SIGNED) -- why\nFROM t"],
])("%s", (_, from, to, expected) => {
  expect(applied(from, to)).toBe(expected);
});
