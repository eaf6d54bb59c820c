import { describe, expect, it } from "vitest";
import { compareRows, type PgRow, type Promised, type TidbRow } from "../../src/prove/compare.js";

const INT = { name: "n", type: "int4" };
const TEXT = { name: "t", type: "text" };
const rows = (...values: (string | null)[]) => values.map((value) => [value]);

function kind(pg: readonly PgRow[], tidb: readonly TidbRow[], promised: Promised, columns = [INT]): string {
  return compareRows(columns, pg, tidb, promised).difference?.kind ?? "same";
}

describe("rows without an order", () => {
  const bag = { ordered: false };
  it("are a bag", () => {
    expect(kind(rows("1", "2", "2", null), rows("2", null, "1", "2"), bag)).toBe("same");
    expect(kind([], [], bag)).toBe("same");
  });
  it("count their duplicates", () => {
    expect(kind(rows("1", "2", "2"), rows("1", "1", "2"), bag)).toBe("rows");
    expect(kind(rows("1", "1"), rows("1"), bag)).toBe("count");
    expect(kind([], rows("1"), bag)).toBe("count");
  });
  it("are shown where they have no partner", () => {
    const { difference } = compareRows([INT], rows("1", "2", "3"), rows("3", "1", "4"), bag);
    expect(difference?.examples).toEqual([{ pg: ["2"], tidb: ["4"] }]);
  });
  it("show what one side has more", () => {
    const { difference } = compareRows([INT], rows("1"), rows("1", "7"), bag);
    expect(difference).toEqual({ kind: "count", text: "PostgreSQL returns 1 row, TiDB 2", examples: [{ pg: undefined, tidb: ["7"] }] });
  });
});

describe("rows in an order", () => {
  it("keep it", () => {
    expect(kind(rows("1", "2", null), rows("1", "2", null), { ordered: true })).toBe("same");
    expect(kind(rows("1", "2", null), rows(null, "1", "2"), { ordered: true })).toBe("order");
    expect(kind(rows("1", "2"), rows("1", "3"), { ordered: true })).toBe("rows");
  });
  const pairs = (...values: string[]) => values.map((value) => value.split(""));
  const ties = { ordered: true, ties: [0, 1, 1, 2] };
  it("may exchange rows of equal keys, and no others", () => {
    expect(kind(pairs("1a", "2a", "2b", "3a"), pairs("1a", "2b", "2a", "3a"), ties, [INT, TEXT])).toBe("same");
    expect(kind(pairs("1a", "2a", "2b", "3a"), pairs("2a", "1a", "2b", "3a"), ties, [INT, TEXT])).toBe("order");
    expect(kind(pairs("1a", "2a", "2b", "3a"), pairs("1a", "2b", "2b", "3a"), ties, [INT, TEXT])).toBe("rows");
  });
  it("cut within equal keys may give any of them", () => {
    const all = pairs("1a", "2a", "2b", "3a");
    const first = { ...ties, window: { offset: 0, count: 2 } };
    expect(kind(all, pairs("1a", "2b"), first, [INT, TEXT])).toBe("same");
    expect(kind(all, pairs("1a", "2a"), first, [INT, TEXT])).toBe("same");
    expect(kind(all, pairs("1a", "3a"), first, [INT, TEXT])).toBe("rows");
    expect(kind(all, pairs("2a", "2b"), first, [INT, TEXT])).toBe("rows");
    expect(kind(all, pairs("1a"), first, [INT, TEXT])).toBe("count");
    const behind = { ...ties, window: { offset: 2, count: Number.POSITIVE_INFINITY } };
    expect(kind(all, pairs("2a", "3a"), behind, [INT, TEXT])).toBe("same");
    expect(kind(all, pairs("3a", "2a"), behind, [INT, TEXT])).toBe("rows");
    expect(kind(all, pairs("1a", "3a"), behind, [INT, TEXT])).toBe("rows");
  });
  it("cut without an order may be any", () => {
    const some = { ordered: false, window: { offset: 0, count: 2 } };
    expect(kind(rows("1", "2", "3"), rows("3", "1"), some)).toBe("same");
    expect(kind(rows("1", "2", "3"), rows("3", "4"), some)).toBe("rows");
    expect(kind(rows("1", "2", "3"), rows("3", "3"), some)).toBe("rows");
    expect(kind(rows("1", "2", "3"), rows("3", "2", "1"), some)).toBe("count");
  });
});

it("another number of columns is a difference", () => {
  expect(kind(rows("1"), [["1", "2"]], { ordered: false })).toBe("columns");
});

it("notes of each column come once", () => {
  const numeric = { name: "price", type: "numeric" };
  const { difference, notes } = compareRows([numeric], rows("1.50", "2.50"), rows("1.5", "2.5"), { ordered: true });
  expect(difference).toBeUndefined();
  expect(notes).toEqual([{ column: "price", note: "scale" }]);
});
