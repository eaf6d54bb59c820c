import { describe, expect, it } from "vitest";
import { compareCell, type TidbCell } from "../../src/prove/cells.js";

type Row = readonly [type: string, pg: string | null, tidb: TidbCell];
const bytes = (...values: number[]) => Uint8Array.from(values);

const SAME: readonly Row[] = [
  ["int4", null, null],
  ["int4", "-7", "-7"],
  ["int8", "9223372036854775807", "9223372036854775807"],
  ["float8", "0.1", "0.1"],
  ["float8", "0.30000000000000004", "0.3"],
  ["float8", "-0", "0"],
  ["float8", "1e+20", "100000000000000000000"],
  ["float4", "3.1415927", "3.14159"],
  ["bool", "t", "1"],
  ["bool", "f", "0"],
  ["text", "ä ", "ä "],
  ["text", "", ""],
  ["bpchar", "a  ", "a"],
  ["varchar", "x", bytes(0x78)],
  ["date", "2024-02-29", "2024-02-29"],
  ["timestamp", "2024-02-29 23:59:59.5", "2024-02-29 23:59:59.500000"],
  ["timestamp", "2024-02-29 23:59:59", "2024-02-29 23:59:59.000000"],
  ["timestamptz", "2024-02-29 23:59:59+00", "2024-02-29 23:59:59"],
  ["timestamptz", "2024-03-01 01:30:00.25+01:30", "2024-03-01 00:00:00.250000"],
  ["timestamptz", "1999-12-31 19:00:00-05", "2000-01-01 00:00:00"],
  ["time", "12:00:00.5", "12:00:00.500000"],
  ["interval", "1 year 2 mons 3 days 04:05:06.7", "14 mons 3 days 04:05:06.700000"],
  ["interval", "-1 days -02:00:00", "-1 days -02:00:00"],
  ["interval", "26:00:00", "26:00:00.000000"],
  ["uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"],
  ["public.mood", "sad", "sad"],
  ["jsonb", '{"a": 1, "b": [1.50, null]}', '{"b":[1.5,null],"a":1}'],
  ["jsonb", '"1"', '"1"'],
  ["json", "null", "null"],
  ["int4[]", "{1,NULL,-3}", "[1, null, -3]"],
  ["int4[]", "{}", "[]"],
  ["int4[]", "[0:1]={1,2}", "[1, 2]"],
  ["text[]", '{"a b","NULL","x,y\\"z"}', '["a b", "NULL", "x,y\\"z"]'],
  ["bool[]", "{t,f}", "[true, false]"],
  ["int4[]", "{{1,2},{3,4}}", "[[1, 2], [3, 4]]"],
  ["timestamp[]", '{"2024-01-01 00:00:00"}', '["2024-01-01 00:00:00.000000"]'],
  ["bytea", "\\x00ff", bytes(0, 255)],
  ["bytea", "\\x", bytes()],
  ["bit", "101", bytes(5)],
  ["bit", "000000001", bytes(0, 1)],
  ["varbit", "0101", "0101"],
  ["hstore", '"a"=>"1", "b"=>NULL', '{"b": null, "a": "1"}'],
  ["vector", "[1,2.5,3]", "[1, 2.5, 3]"],
  ["money", "$1,234.50", "1234.50"],
  ["inet", "10.0.0.0/8", "10.0.0.0/8"],
];

const NOTED: readonly (readonly [...Row, string])[] = [
  ["numeric", "1.50", "1.5", "scale"],
  ["numeric", "1.5", "1.500000", "scale"],
  ["int8", "3", "3.0", "scale"],
  ["numeric", "3.3333333333333333", "3.333333333333333333333333333333", "scale"],
  ["date", "2024-01-01", "2024-01-01 00:00:00", "time-of-day"],
  ["timestamp", "2024-01-01 00:00:00", "2024-01-01", "time-of-day"],
];

const OTHER: readonly Row[] = [
  ["int4", null, "0"],
  ["text", "", null],
  ["jsonb", "null", null],
  ["int4", "3", "3.5"],
  ["int4", "1", "10"],
  ["int4", "-1", "1"],
  ["numeric", "3.3333333333333333", "3.3333"],
  ["numeric", "0.1000000000000001", "0.1"],
  ["numeric", "NaN", "0"],
  ["numeric", "0.30", "0.30000000000000004"],
  ["float8", "0.1", "0.10001"],
  ["float8", "NaN", "0"],
  ["float8", "Infinity", "1.7976931348623157e308"],
  ["bool", "t", "2"],
  ["bool", "t", "0"],
  ["bool", "f", "false"],
  ["text", "a", "A"],
  ["text", "a", "a "],
  ["text", "1.50", "1.5"],
  ["varchar", "\u00e9", "e\u0301"],
  ["bpchar", "a  ", " a"],
  ["date", "2024-01-01", "2024-01-01 00:00:01"],
  ["timestamp", "2024-01-01 00:00:00.000001", "2024-01-01 00:00:00"],
  ["timestamp", "2024-01-01 00:00:10", "2024-01-01 00:00:1"],
  ["timestamptz", "2024-01-01 00:00:00+01", "2024-01-01 00:00:00"],
  ["interval", "1 mon", "30 days"],
  ["interval", "1 day", "24:00:00"],
  ["uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"],
  ["jsonb", '"1"', "1"],
  ["jsonb", "1.1", "1.10000000000000001"],
  ["jsonb", "[1, 2]", "[2, 1]"],
  ["jsonb", '{"a": null}', "{}"],
  ["int4[]", "{1,2}", "[2, 1]"],
  ["int4[]", "{NULL}", "[]"],
  ["text[]", "{1}", "[1.5]"],
  ["text[]", '{"null"}', "[null]"],
  ["bytea", "\\x00ff", bytes(255)],
  ["bit", "101", bytes(0b1101)],
  ["hstore", '"a"=>NULL', '{"a": "NULL"}'],
  ["vector", "[1,2]", "[1,2,3]"],
];

describe("a value of TiDB's", () => {
  it.each(SAME)("is PostgreSQL's: %s %s as %s", (type, pg, tidb) => {
    expect(compareCell(type, pg, tidb)).toEqual([]);
  });

  it.each(NOTED)("is PostgreSQL's, with a note: %s %s as %s", (type, pg, tidb, note) => {
    expect(compareCell(type, pg, tidb)).toEqual([note]);
  });

  it.each(OTHER)("is another: %s %s as %s", (type, pg, tidb) => {
    expect(compareCell(type, pg, tidb)).toBe(false);
  });
});
