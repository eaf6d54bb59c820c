import { describe, expect, test } from "vitest";
import { decode, InputError, looksLike } from "../../src/source/decode.js";

const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "utf8") : Buffer.from(part))));

function refusal(content: Uint8Array, name = "dir/a.sql"): string {
  try {
    decode(name, content);
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    const { message } = error as InputError;
    expect(message.startsWith(`${name}: `), message).toBe(true);
    expect(message).not.toContain("\n");
    return message.slice(name.length + 2);
  }
  throw new Error("was taken");
}

describe("text", () => {
  test("UTF-8, with or without a byte order mark", () => {
    expect(decode("a.sql", bytes("SELECT 'é\u{1F600}'"))).toEqual({ source: { name: "a.sql", text: "SELECT 'é\u{1F600}'" } });
    expect(decode("a.sql", bytes([0xef, 0xbb, 0xbf], "SELECT 1")).source.text).toBe("SELECT 1");
    expect(decode("a.sql", bytes("")).source.text).toBe("");
    expect(decode("a.sql", bytes(" \n")).source.text).toBe(" \n");
  });

  test("UTF-16, with or without a byte order mark", () => {
    const little = Buffer.from("SELECT 'é'; -- text", "utf16le");
    const big = Buffer.from(little).swap16();
    for (const content of [bytes([0xff, 0xfe], [...little]), bytes([0xfe, 0xff], [...big]), little, big]) {
      const { source, note } = decode("a.sql", content);
      expect(source.text).toBe("SELECT 'é'; -- text");
      expect(note).toMatch(/^a\.sql: read as UTF-16[LB]E; /);
    }
  });

  test("UTF-16 that breaks off", () => {
    expect(refusal(bytes([0xff, 0xfe, 0x53]))).toBe("looks like UTF-16LE text, but is none");
    expect(refusal(bytes([0xff, 0xfe, 0x00, 0xd8]))).toBe("looks like UTF-16LE text, but is none");
  });

  test("another encoding, with the place of the first byte that is not UTF-8", () => {
    const convert = "convert it, for example from Latin-1: iconv -f LATIN1 -t UTF-8 dir/a.sql";
    expect(refusal(bytes("SELECT 'é',\n'", [0xe9], "';\n"))).toBe(`is not UTF-8 at byte 14 (line 2); ${convert}`);
    for (const wrong of [
      [0x80],
      [0xc0, 0x80],
      [0xe0, 0x80, 0x80],
      [0xed, 0xa0, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
      [0xf5],
      [0xe2, 0x82],
      [0xf0, 0x9f, 0x98, 0x41],
    ]) {
      expect(refusal(bytes("é€\u{1F600}", wrong))).toContain("is not UTF-8 at byte 9 (line 1)");
    }
  });
});

describe("what is not SQL", () => {
  test("dumps that pg_restore reads", () => {
    expect(refusal(bytes("PGDMP", [1, 14, 0]))).toBe(
      "is a pg_dump archive, not SQL; make SQL of it: pg_restore --file=schema.sql --schema-only dir/a.sql (without --schema-only it includes the data)",
    );
    expect(refusal(bytes("PGDMP", [1]), "<stdin>")).toContain("--schema-only <file> (");
    expect(refusal(bytes("PGDMP", [1]), "dump/toc.dat")).toContain(
      "a part of a pg_dump directory, not SQL; make SQL of it: pg_restore --file=schema.sql --schema-only dump (",
    );
    expect(refusal(bytes("PGDMP", [1]), "toc.dat")).toContain("--schema-only . (");
    const tar = Buffer.alloc(1024);
    tar.write("toc.dat");
    tar.write("ustar", 257);
    expect(refusal(tar)).toContain("is a pg_dump archive in tar format, not SQL");
  });

  test("archives and other binary files", () => {
    const tar = Buffer.alloc(1024);
    tar.write("a.sql");
    tar.write("ustar", 257);
    const cases: [Uint8Array, RegExp][] = [
      [tar, /^is a tar archive, .*tar xf/],
      [bytes([0x1f, 0x8b, 8]), /^is gzip data, .*gunzip/],
      [bytes([0x28, 0xb5, 0x2f, 0xfd]), /^is zstd data/],
      [bytes("PK\x03\x04"), /^is a zip archive/],
      [bytes("SQLite format 3\0"), /^is an SQLite database/],
      [bytes("\x7fELF"), /^is a program/],
      [bytes([0xff, 0xfe, 0, 0, 0x53, 0, 0, 0]), /^is UTF-32 text/],
      [bytes("SELECT 1;", [0], "x"), /^is a binary file, not SQL$/],
      [bytes("SELECT 1;\n".repeat(1000), [0]), /^is a binary file, not SQL$/],
    ];
    for (const [content, message] of cases) expect(refusal(content)).toMatch(message);
  });

  test("texts", () => {
    const cases: [string, string | undefined][] = [
      ["<!DOCTYPE html><html>", "an HTML page"],
      ['<?xml version="1.0"?><a/>', "XML"],
      ["<mapper namespace='a'>", "XML"],
      ['{"a": 1}', "JSON"],
      ['[{"a": 1}]', "JSON"],
      ["#!/bin/sh\npsql", "a script"],
      ["# Title\n", "Markdown"],
      ["version: 3\nservices:", "YAML"],
      ["import os\n", "program code"],
      ["This is a letter. It has sentences. Nobody would run it.", "prose"],
      ["SELEC 1;", undefined],
      ["IMPORT FOREIGN SCHEMA x", undefined],
      ["-- This is about a table. It is long. Very.\nCREATE TABEL a (b int);\n", undefined],
      ["CREATE TABEL a", undefined],
      ["", undefined],
    ];
    for (const [text, name] of cases) expect(looksLike(text), text).toBe(name);
  });
});
