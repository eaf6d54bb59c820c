import { describe, expect, it } from "vitest";
import { candidate, insertOf, parentsFirst, type Surroundings } from "../../src/prove/generate.js";
import type { PgColumn, PgTable } from "../../src/prove/tables.js";
import { chance } from "../../src/prove/values.js";

const column = (name: string, type: string, more: Partial<PgColumn> = {}): PgColumn => ({
  name,
  type,
  notNull: false,
  hasDefault: false,
  generated: false,
  counted: false,
  allowed: [],
  checked: [],
  ...more,
});
const table = (name: string, columns: readonly PgColumn[], more: Partial<PgTable> = {}): PgTable => ({
  key: `public.${name}`,
  schema: "public",
  name,
  partitioned: false,
  columns,
  unique: [],
  foreign: [],
  ...more,
});
const refersTo = (parent: string, name = "parent") => ({ columns: [name], parent: `public.${parent}`, parentColumns: ["id"] });
const around = (more: Partial<Surroundings> = {}): Surroundings => ({
  hints: { values: new Map(), keys: [] },
  today: "2026-01-31",
  chance: chance(1),
  rows: () => [],
  ...more,
});
const many = (made: PgTable, surroundings: Surroundings, bold: 0 | 1 | 2 = 2) =>
  Array.from({ length: 60 }, (_, number) => candidate(made, number, bold, surroundings));

describe("a candidate", () => {
  it("is the same from the same seed", () => {
    const made = table("t", [column("a", "text"), column("b", "int4"), column("c", "timestamptz")]);
    expect(many(made, around(), 1)).toEqual(many(made, around(), 1));
    expect(many(made, around(), 1)).not.toEqual(many(made, around({ chance: chance(2) }), 1));
  });

  it("has NULL only where it may, and leaves generated columns out", () => {
    const made = table("t", [column("a", "text", { notNull: true }), column("b", "text"), column("c", "int4", { generated: true })]);
    const rows = many(made, around());
    expect(rows.filter((row) => row.get("a") === null)).toEqual([]);
    expect(rows.some((row) => row.get("b") === null)).toBe(true);
    expect(rows.some((row) => row.has("c"))).toBe(false);
  });

  it("has what a CHECK leaves and what queries look for", () => {
    const made = table("t", [column("a", "text", { allowed: ["new", "sent"], notNull: true }), column("b", "int4", { notNull: true })]);
    const rows = many(made, around({ hints: { values: new Map([["b", ["4711"]]]), keys: [] } }));
    expect(new Set(rows.map((row) => row.get("a")))).toEqual(new Set(["new", "sent"]));
    expect(rows.some((row) => row.get("b") === "4711")).toBe(true);
  });

  it("refers to rows that are there", () => {
    const made = table("t", [column("parent", "int4", { notNull: true })], { foreign: [refersTo("p")] });
    const rows = many(made, around({ rows: () => [new Map([["id", "7"]]), new Map([["id", "9"]])] }));
    expect(new Set(rows.map((row) => row.get("parent")))).toEqual(new Set(["7", "9"]));
  });

  it("refers to nothing where it need not and nothing is there", () => {
    const made = table("t", [column("parent", "int4")], { foreign: [refersTo("p")] });
    expect(many(made, around()).map((row) => row.get("parent"))).toEqual(Array(60).fill(null));
  });

  it("fits its length, another one for each number", () => {
    const made = table("t", [column("code", "varchar", { length: 3, notNull: true })], { unique: [["code"]] });
    const codes = many(made, around(), 0).map((row) => row.get("code")!);
    expect(codes.filter((code) => code.length > 3)).toEqual([]);
    expect(new Set(codes).size).toBe(60);
  });
});

describe("an INSERT", () => {
  it("quotes values and leaves defaults out", () => {
    const made = table("it's", [column("a", "text"), column('b"', "text"), column("c", "int4")]);
    expect(
      insertOf(
        made,
        new Map([
          ["a", "it's \\"],
          ['b"', null],
          ["c", undefined],
        ]),
      ),
    ).toBe(`INSERT INTO "public"."it's" ("a", "b""") OVERRIDING SYSTEM VALUE VALUES (E'it''s \\\\', NULL) RETURNING "a", "b""", "c"`);
  });

  it("has defaults alone where nothing is given", () => {
    expect(insertOf(table("t", [column("a", "int4")]), new Map())).toBe('INSERT INTO "public"."t" DEFAULT VALUES RETURNING "a"');
  });
});

describe("tables in the order of their rows", () => {
  const names = (tables: readonly PgTable[]) => parentsFirst(tables).map(({ name }) => name);
  const child = (name: string, parent: string, notNull = true) =>
    table(name, [column("parent", "int4", { notNull })], { foreign: [refersTo(parent)] });

  it("parents first, otherwise as they come", () => {
    expect(names([child("c", "b"), child("b", "a"), table("a", []), table("d", [])])).toEqual(["a", "b", "c", "d"]);
  });

  it("in a circle that first which can do without", () => {
    expect(names([child("tail", "head"), child("head", "tail", false)])).toEqual(["head", "tail"]);
  });

  it("a table that refers to itself, once", () => {
    expect(names([child("tree", "tree")])).toEqual(["tree"]);
  });
});
