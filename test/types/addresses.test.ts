import { expect, it } from "vitest";
import { addressText } from "../../src/types/addresses.js";

// What PostgreSQL 17 answers to `SELECT '…'::inet` and `::cidr`.
it.each([
  ["10.0.0.1", "10.0.0.1"],
  ["10.0.0.1/32", "10.0.0.1"],
  ["10.1.2.3/8", "10.1.2.3/8"],
  ["::2", "::2"],
  ["::", "::"],
  ["::1.2.3.4", "::1.2.3.4"],
  ["::FFFF:1.2.3.4", "::ffff:1.2.3.4"],
  ["::ffff:0:0", "::ffff:0.0.0.0"],
  ["::1:0", "::0.1.0.0"],
  ["::fffe:1.2.3.4", "::fffe:102:304"],
  ["::1:2:3", "::1:2:3"],
  ["1::", "1::"],
  ["1:0:2::3", "1:0:2::3"],
  ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
  ["1:0:0:2:0:0:3:4", "1::2:0:0:3:4"],
  ["1:2:3:4:5:6:7:0", "1:2:3:4:5:6:7:0"],
  ["1:2:0:4:5:6:7:8", "1:2:0:4:5:6:7:8"],
  ["2001:DB8:0::1/128", "2001:db8::1"],
  ["2001:db8::/32", "2001:db8::/32"],
  ["1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"],
])("an inet: %s is written as %s", (text, written) => {
  expect(addressText(text, false)).toBe(written);
});

it.each([
  ["10.1.0.0/16", "10.1.0.0/16"],
  ["10.1.2.3", "10.1.2.3/32"],
  ["2001:db8::/32", "2001:db8::/32"],
  ["::1", "::1/128"],
  ["0.0.0.0/0", "0.0.0.0/0"],
])("a cidr: %s is written as %s", (text, written) => {
  expect(addressText(text, true)).toBe(written);
});

it.each([
  "10.0.0.256",
  "10.0.0.1/33",
  "1:2:3",
  "1::2::3",
  ":1",
  "1:2:3:4:5:6:7:8:9",
  "1:2:3:4:5:6:7::8:9",
  "g::",
  "::1/129",
  "1:2:3:4:5:6:7:1.2.3.4",
])("%s is none", (text) => {
  expect(addressText(text, false)).toBeUndefined();
});

it("a cidr has no bits behind its mask", () => {
  expect(addressText("10.1.2.3/8", true)).toBeUndefined();
  expect(addressText("2001:db8::1/127", true)).toBeUndefined();
});
