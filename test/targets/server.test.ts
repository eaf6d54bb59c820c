import type { AddressInfo } from "node:net";
import mysql from "mysql2";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { isSupported, openServer, releaseOf } from "../../src/targets/server.js";
import { redact } from "../../src/targets/target.js";

const servers: { close(): void }[] = [];
beforeEach(() => {
  // The server half of mysql2 numbers its packets differently from its client half, and that one complains.
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
  for (const server of servers.splice(0)) server.close();
});

/** Something that speaks the protocol and answers every query with one row. Returns its port. */
async function pretend(answers: (sql: string) => Record<string, string>): Promise<number> {
  // biome-ignore lint/suspicious/noExplicitAny: the server half of mysql2 has no types
  const server: any = (mysql as any).createServer();
  // biome-ignore lint/suspicious/noExplicitAny: as above
  server.on("connection", (connection: any) => {
    connection.serverHandshake({
      protocolVersion: 10,
      serverVersion: "pretended",
      connectionId: 1,
      statusFlags: 2,
      characterSet: 45,
      capabilityFlags: 0xffffff ^ 0x800, // without TLS
    });
    connection.on("query", (sql: string) => {
      const row = answers(sql);
      const columns = Object.keys(row).map((name) => ({
        catalog: "def",
        schema: "",
        table: "",
        orgTable: "",
        name,
        orgName: name,
        characterSet: 45,
        columnLength: 255,
        columnType: 253,
        flags: 0,
        decimals: 0,
      }));
      connection.writeTextResult([row], columns);
    });
    connection.on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  servers.push(server);
  await new Promise((resolve) => server._server.once("listening", resolve));
  return (server._server.address() as AddressInfo).port;
}

describe("a URL", () => {
  it.each([
    ["8.0.36", /is not TiDB: it says its version is 8\.0\.36$/],
    ["8.0.11-TiDB-v7.5.2", /is TiDB v7\.5\.2; pg2tidb checks against v8\.5 or newer$/],
  ])("of a server of version %s is refused", async (version, message) => {
    const port = await pretend(() => ({ version }));
    await expect(openServer(`mysql://app:s3cret@127.0.0.1:${port}`)).rejects.toThrow(message);
  });

  it("of a read-only TiDB is refused", async () => {
    const port = await pretend(
      (sql): Record<string, string> =>
        sql.includes("VERSION")
          ? { version: "8.0.11-TiDB-v8.5.6" }
          : { tidb_restricted_read_only: "1", tidb_super_read_only: "1", read_only: "0" },
    );
    await expect(openServer(`mysql://app:s3cret@127.0.0.1:${port}`)).rejects.toThrow(
      `TiDB at mysql://app:***@127.0.0.1:${port} is read-only (tidb_restricted_read_only is on)`,
    );
  });

  it("that nobody answers is an engine error without the password", async () => {
    const failed = openServer("mysql://app:s3cret@127.0.0.1:1/x");
    await expect(failed).rejects.toMatchObject({ name: "EngineError" });
    await expect(failed).rejects.toThrow("cannot connect to TiDB at mysql://app:***@127.0.0.1:1/x: connect ECONNREFUSED 127.0.0.1:1");
  });

  it.each(["nonsense", "postgres://app:s3cret@db/x", "mysql://app:s3:cr/et@[x"])("%s is refused without its password", async (url) => {
    const failed = openServer(url);
    await expect(failed).rejects.toThrow(/^not a TiDB URL: /);
    await expect(failed).rejects.not.toThrow(/s3/);
  });

  it("is shown without its password", () => {
    expect(redact("mysql://app:a@b/c:d@db.example:4000/x")).toBe("mysql://app:***@db.example:4000/x");
    expect(redact("mysql://app@db.example:4000")).toBe("mysql://app@db.example:4000");
  });
});

describe("a version", () => {
  it("is read from VERSION() and from tidb-server -V", () => {
    expect(releaseOf("8.0.11-TiDB-v8.5.6")).toBe("v8.5.6");
    expect(releaseOf("Release Version: v9.0.0-beta.1\nEdition: Community")).toBe("v9.0.0-beta.1");
    expect(releaseOf("8.0.36")).toBeUndefined();
  });

  it("is supported from v8.5 on", () => {
    expect(["v7.5.9", "v8.4.0", "v8.5.0", "v8.5.6", "v9.0.0-beta.1", "v10.0.0"].filter(isSupported)).toEqual([
      "v8.5.0",
      "v8.5.6",
      "v9.0.0-beta.1",
      "v10.0.0",
    ]);
  });
});
