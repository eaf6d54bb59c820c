import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type CheckedStatement, type CheckOptions, checkOffline, checkStatements } from "../../src/app/check.js";
import type { TidbSchema } from "../../src/result.js";
import type { Source } from "../../src/source/text.js";
import { freshDatabase } from "../../src/targets/database.js";
import type { Embedded } from "../../src/targets/embedded.js";
import { openTarget, startEngine } from "../../src/targets/open.js";
import { readSchema } from "../../src/targets/schema.js";
import type { Target } from "../../src/targets/target.js";
import { install } from "./installed.js";

const SESSION = [
  "SET GLOBAL tidb_enable_check_constraint = ON",
  "SET NAMES utf8mb4 COLLATE utf8mb4_0900_bin",
  "SET time_zone = '+00:00'",
  "SET SESSION group_concat_max_len = 1073741824",
];

let engine: Embedded;
/** The same server, as if it were the user's. */
let users: Target;
let lines: string[];
const log = (line: string) => {
  lines.push(line);
};

beforeAll(async () => {
  engine = await startEngine({ build: true, log: console.error });
  users = await openTarget({ url: engine.url, build: false, log: console.error });
}, 1_800_000);
afterAll(async () => {
  await users.close();
  await engine.stop();
});
beforeEach(() => {
  lines = [];
});

/** One statement a line, each its own original. */
function statements(...lines: string[]): CheckedStatement[] {
  const source: Source = { name: "in.sql", text: lines.map((sql) => `${sql};\n`).join("") };
  let start = 0;
  return lines.map((sql) => {
    const span = { start, end: start + sql.length };
    start = span.end + 2;
    return { sql, source, span };
  });
}

async function check(sql: readonly string[], options: Partial<CheckOptions> = {}, target = engine.target) {
  const checked = statements(...sql);
  const report = await checkStatements(target, checked, { session: SESSION, log, ...options });
  const line = (offset: number) => checked.findIndex(({ span }) => span.start === offset) + 1;
  return { ...report, brief: report.findings.map(({ rule, severity, text, span }) => `${line(span.start)} ${rule} ${severity}: ${text}`) };
}

const databases = async (target: Target) => (await target.rows("SHOW DATABASES")).map((row) => String(row.Database)).sort();
const checkSwitch = async (target: Target) => String((await target.rows("SELECT @@global.tidb_enable_check_constraint AS v"))[0]?.v);

const EVERYTHING = [
  "CREATE SEQUENCE s START WITH 5",
  "CREATE TABLE p (id BIGINT AUTO_INCREMENT PRIMARY KEY, u VARCHAR(10) NOT NULL DEFAULT 'x', UNIQUE KEY ku (u))",
  `CREATE TABLE \`c;d\` (a INT NOT NULL, B INT DEFAULT (NEXTVAL(s)), p BIGINT, j JSON DEFAULT (JSON_ARRAY()), g INT AS (a + 1) STORED,
   e ENUM('A', 'b''c', 'd\\\\e'), ts TIMESTAMP(6) DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6), PRIMARY KEY (B, a) /*T![clustered_index] CLUSTERED */,
   KEY k ((LOWER(e)), p), CONSTRAINT f FOREIGN KEY (p) REFERENCES p (id) ON DELETE CASCADE, CHECK (a > 0), CHECK (a < 9))`,
  "CREATE VIEW v AS SELECT u FROM p",
];
const column = (name: string, type: string) => ({
  name,
  type,
  nullable: true,
  hasDefault: false,
  autoIncrement: false,
  generated: false,
  touched: false,
});
const EVERYTHING_HELD: TidbSchema = {
  tables: [
    {
      name: "c;d",
      columns: [
        { ...column("a", "int"), nullable: false },
        { ...column("B", "int"), nullable: false, hasDefault: true },
        column("p", "bigint"),
        { ...column("j", "json"), hasDefault: true },
        { ...column("g", "int"), generated: true },
        column("e", "enum('A','b''c','d\\e')"),
        { ...column("ts", "timestamp(6)"), hasDefault: true, touched: true },
      ],
      primaryKey: ["B", "a"],
      indexes: [
        { name: "f", unique: false, columns: ["p"] },
        { name: "k", unique: false, columns: [null, "p"] },
      ],
      foreignKeys: [{ columns: ["p"], parent: "p", parentColumns: ["id"], onDelete: "CASCADE", onUpdate: "NO ACTION" }],
      checks: 2,
    },
    {
      name: "p",
      columns: [
        { ...column("id", "bigint"), nullable: false, autoIncrement: true },
        { ...column("u", "varchar(10)"), nullable: false, hasDefault: true },
      ],
      primaryKey: ["id"],
      indexes: [{ name: "ku", unique: true, columns: ["u"] }],
      foreignKeys: [],
      checks: 0,
    },
  ],
  sequences: ["s"],
  views: ["v"],
};

describe("a schema", () => {
  it("is read from information_schema", async () => {
    const database = await freshDatabase(engine.target, SESSION);
    for (const sql of EVERYTHING) await engine.target.run(sql);
    expect(await readSchema(engine.target, database.name)).toEqual(EVERYTHING_HELD);
    await database.drop();
  });

  it("that is right gives an empty report", async () => {
    const progress: number[] = [];
    const report = await check(EVERYTHING, { expected: EVERYTHING_HELD, onProgress: (done, total) => progress.push(done, total) });
    expect(report).toMatchObject({ applied: 4, refused: 0, skipped: 0, findings: [], differences: [], session: SESSION });
    expect(report.engine).toMatch(/^TiDB v8\.\d+\.\d+ \(embedded TiDB v8/);
    expect(progress).toEqual([1, 4, 2, 4, 3, 4, 4, 4]);
  });

  it("that TiDB changed in silence is found by reading back", async () => {
    const [table] = statements("CREATE TABLE t (a INT PRIMARY KEY, p INT REFERENCES p (id), b REAL)");
    const expected: TidbSchema = {
      tables: [
        {
          name: "t",
          columns: [{ ...column("a", "int"), nullable: false }, column("p", "int"), column("b", "float")],
          primaryKey: ["a"],
          indexes: [],
          foreignKeys: [{ columns: ["p"], parent: "p", parentColumns: ["id"], onDelete: "NO ACTION", onUpdate: "NO ACTION" }],
          checks: 0,
          origin: table!,
        },
      ],
      sequences: [],
      views: [],
    };
    const { findings, differences } = await checkStatements(engine.target, [table!], { session: SESSION, expected });
    expect(findings).toEqual([]);
    expect(differences.map(({ rule, severity, text, span }) => ({ rule, severity, text, span }))).toEqual([
      {
        rule: "check/read-back",
        severity: "error",
        text: "read back from TiDB: column `t`.`b`: type should be float, and TiDB has double",
        span: table!.span,
      },
      {
        rule: "check/read-back",
        severity: "error",
        text: "read back from TiDB: foreign key of `t` (`p`) to `p` (`id`) is missing",
        span: table!.span,
      },
    ]);
  });
});

describe("refused statements", () => {
  it("are counted, and what only follows from one is folded under it", async () => {
    const { brief, applied, refused, findings, differences } = await check(
      [
        "CREATE TABLE p (id uuid PRIMARY KEY)",
        "CREATE TABLE c (p INT, FOREIGN KEY (p) REFERENCES p (id))",
        "CREATE TABLE `Other` (a INT)",
        "CREATE INDEX i ON p (id)",
        "INSERT INTO c VALUES (1)",
        "CREATE VIEW v AS SELECT * FROM `p`",
        "CREATE VIEW w AS SELECT * FROM v",
        "ALTER TABLE other ADD COLUMN b money",
        "UPDATE Other SET b = 1",
        "CREATE INDEX ib ON Other (b)",
        "ALTER TABLE Other DROP INDEX ib",
        "INSERT INTO other (a) VALUES (1)",
        "SELECT nope FROM other",
      ],
      { expected: { tables: [], sequences: [], views: ["v", "w"] } },
    );
    expect({ applied, refused }).toEqual({ applied: 2, refused: 11 });
    expect(brief).toEqual([
      expect.stringMatching(/^1 check\/refused error: TiDB refuses this: 1064: .*"uuid.*\(\+ 5 statements that only follow from it\)$/),
      expect.stringMatching(/^8 check\/refused error: TiDB refuses this: 1064: .*"money" .*\(\+ 3 statements that only follow from it\)$/),
      "13 check/refused error: TiDB refuses this: 1054: Unknown column 'nope' in 'field list'",
    ]);
    expect(findings[0]?.help).toMatch(
      /^TiDB's grammar does not have this.*; following from it: in\.sql:2:1 \(1824\), in\.sql:4:1 \(1146\), in\.sql:5:1 \(1146\)/,
    );
    expect(differences).toEqual([]);
  });

  it("are not folded under something that has nothing to do with them", async () => {
    const { brief } = await check([
      "CREATE TABLE a (x uuid)",
      "CREATE TABLE b (y INT)",
      "ALTER TABLE b ADD COLUMN c money",
      "SELECT * FROM zzz",
      "CREATE TABLE d (z INT)",
      "SELECT c FROM d",
    ]);
    expect(brief.map((text) => text.replace(/refuses this: (\d+).*/, "$1"))).toEqual([
      "1 check/refused error: TiDB 1064",
      "3 check/refused error: TiDB 1064",
      "4 check/refused error: TiDB 1146",
      "6 check/refused error: TiDB 1054",
    ]);
  });

  it.each<[string, string[], number[]]>([
    [
      "a key a foreign key needs",
      ["CREATE TABLE p (a INT)", "ALTER TABLE p ADD UNIQUE (a) NULLS", "CREATE TABLE c (a INT, FOREIGN KEY (a) REFERENCES p (a))"],
      [2],
    ],
    [
      "rows a foreign key needs",
      [
        "CREATE TABLE p (a INT PRIMARY KEY)",
        "CREATE TABLE c (a INT, FOREIGN KEY (a) REFERENCES p (a))",
        "INSERT INTO p VALUES ('x')",
        "INSERT INTO c VALUES (1)",
      ],
      [3],
    ],
    ["a sequence", ["CREATE SEQUENCE s AS", "SELECT NEXTVAL(s)", "DROP SEQUENCE s"], [1]],
    ["a database", ["CREATE DATABASE app AUTHORIZATION x", "USE app"], [1]],
    ["a renamed table", ["CREATE TABLE a (x INT)", "ALTER TABLE a RENAME TO b, nonsense", "INSERT INTO b VALUES (1)"], [2]],
    ["a constraint", ["CREATE TABLE a (x INT)", "ALTER TABLE a ADD CONSTRAINT k CHECK (x)", "ALTER TABLE a DROP CONSTRAINT k"], [2]],
  ])("fold what needs %s", async (_what, sql, causes) => {
    const { findings, brief } = await check(sql);
    expect(
      findings.map(({ span }) => statements(...sql).findIndex((statement) => statement.span.start === span.start) + 1),
      brief.join("\n"),
    ).toEqual(causes);
  });

  it("that need something reported as not converted are a note", async () => {
    const { brief, refused, findings } = await check(
      ["CREATE VIEW v AS SELECT * FROM Mat", "SELECT * FROM v", "SELECT * FROM mat", "SELECT f(1)"],
      { absent: ["public.mat", "f"] },
    );
    expect(refused).toBe(4);
    expect(brief).toEqual([
      "1 check/follows note: 3 statements cannot be applied without `mat`, which is reported as not converted",
      "4 check/follows note: 1 statement cannot be applied without `f`, which is reported as not converted",
    ]);
    expect(findings[0]?.help).toBe("following from it: in.sql:1:1 (1146), in.sql:2:1 (1146), in.sql:3:1 (1146)");
  });
});

describe("what TiDB accepts and ignores", () => {
  it("is a finding", async () => {
    const { brief, refused } = await check([
      "CREATE TABLE p (id INT PRIMARY KEY)",
      "CREATE TABLE a (t TEXT, FULLTEXT KEY (t))",
      "CREATE TABLE b (p INT, FOREIGN KEY (p) REFERENCES p (id) MATCH FULL)",
      "CREATE TABLE c (p INT, FOREIGN KEY (p) REFERENCES p (id) ON DELETE SET DEFAULT)",
      "LOCK TABLES p READ",
      "CREATE TABLE d (d DATETIME, w INT(11))",
      "INSERT INTO d (d) VALUES ('2024-02-29 12:00:00 America/New_York')",
    ]);
    expect(refused).toBe(0);
    expect(brief).toEqual([
      "2 check/ignored error: TiDB accepts this and ignores part of it: 1214: The used table type doesn't support FULLTEXT indexes",
      "3 check/ignored error: TiDB accepts this and ignores part of it: 1064: The MATCH clause is parsed but ignored by all storage engines.",
      "4 check/ignored error: TiDB accepts this and ignores part of it: 1064: The SET DEFAULT clause is parsed but ignored by all storage engines.",
      expect.stringMatching(/^5 check\/ignored error: .* 1235: LOCK TABLES is not supported/),
      expect.stringMatching(/^7 check\/ignored warning: .* 1292: Incorrect datetime value/),
    ]);
  });
});

describe("a check", () => {
  it("starts each time from a new session and an empty database, and leaves none", async () => {
    const before = await databases(engine.target);
    const spoil = [
      "SET foreign_key_checks = 0",
      "SET sql_mode = ''",
      "CREATE TEMPORARY TABLE t (a INT)",
      "BEGIN",
      "CREATE DATABASE elsewhere",
      "USE elsewhere",
    ];
    expect((await check(spoil)).refused).toBe(0);
    const { brief } = await check([
      "CREATE TABLE t (a INT, FOREIGN KEY (a) REFERENCES nowhere (a))",
      "CREATE TABLE u (a VARCHAR(1))",
      "INSERT INTO u VALUES ('long')",
    ]);
    expect(brief.map((text) => text.split(":")[2])).toEqual([" 1824", " 1406"]);
    expect(await databases(engine.target)).toEqual(before);
  });

  it("compares strings by the session's collation", async () => {
    const { findings } = await check([
      "CREATE TABLE t (a VARCHAR(9) PRIMARY KEY)",
      "INSERT INTO t VALUES ('a'), ('A'), ('a '), ('é'), ('e')",
    ]);
    expect(findings).toEqual([]);
    await freshDatabase(engine.target, SESSION).then(async (database) => {
      expect(
        await engine.target.rows(
          "SELECT 'a' = 'a ' AS padded, 'a' = 'A' AS folded, @@group_concat_max_len AS len, 9007199254740993 AS big",
        ),
      ).toEqual([{ padded: "0", folded: "0", len: "1073741824", big: "9007199254740993" }]);
      await database.drop();
    });
  });

  it("says when the session cannot be prepared, and leaves no database", async () => {
    const before = await databases(engine.target);
    await expect(checkStatements(engine.target, [], { session: ["SET no_such_variable = 1"] })).rejects.toMatchObject({
      name: "EngineError",
      message: expect.stringContaining("refuses the session setting SET no_such_variable = 1 (1193: "),
    });
    expect(await databases(engine.target)).toEqual(before);
  });
});

describe("a check on a user's server", () => {
  it("puts the global switch back, says so, and leaves no database", async () => {
    await users.run("SET GLOBAL tidb_enable_check_constraint = OFF");
    const before = await databases(users);
    const during: string[] = [];
    const run = async (sql: string) => {
      during.push(await checkSwitch(users));
      return users.run(sql);
    };
    const watching = { ...users, run };
    const { brief, differences } = await check(
      ["CREATE TABLE t (a INT, CHECK (a > 0))"],
      {
        expected: {
          tables: [{ name: "t", columns: [column("a", "int")], primaryKey: [], indexes: [], foreignKeys: [], checks: 1 }],
          sequences: [],
          views: [],
        },
      },
      watching,
    );
    expect({ brief, differences }).toEqual({ brief: [], differences: [] });
    expect(during).toContain("1");
    expect(await checkSwitch(users)).toBe("0");
    expect(await databases(users)).toEqual(before);
    expect(lines).toEqual([
      `set tidb_enable_check_constraint to ON on ${users.where} for the time of the check`,
      `set tidb_enable_check_constraint back to OFF on ${users.where}`,
    ]);
  });

  it("runs what has a question mark in a name, and only prepares what takes arguments", async () => {
    const { brief, applied } = await check(
      ["CREATE TABLE t (`ok?` INT)", "INSERT INTO t VALUES (7)", "DELETE FROM t WHERE `ok?` = ?"],
      {},
      users,
    );
    expect({ brief, applied }).toEqual({ brief: [], applied: 3 });
  });

  it("tidies up over a new connection when its own was lost", async () => {
    const before = await databases(users);
    const database = await freshDatabase(users, SESSION, log);
    expect(await databases(engine.target)).toContain(database.name);
    const [row] = await users.rows("SELECT CONNECTION_ID() AS id");
    await engine.target.run(`KILL ${row?.id}`);
    await expect(users.run("SELECT SLEEP(1)")).rejects.toThrow(/^TiDB went away while checking/);
    await database.drop();
    expect(await databases(users)).toEqual(before);
  });

  it.each(["SIGINT", "SIGTERM"] as const)("tidies up before %s ends it", async (signal) => {
    await users.run("SET GLOBAL tidb_enable_check_constraint = OFF");
    const before = await databases(users);
    const installed = install();
    const checking = installed.start(
      `import { openTarget } from "./dist/src/targets/open.js";
       import { checkStatements } from "./dist/src/app/check.js";
       const target = await openTarget({ url: process.env.TIDB_URL, build: false, log: console.error });
       const source = { name: "in.sql", text: "" };
       const statements = Array.from({ length: 1000 }, (_, i) => ({ sql: \`CREATE TABLE t\${i} (a INT)\`, source, span: { start: 0, end: 0 } }));
       await checkStatements(target, statements, { session: [], log: console.error, onProgress: (n) => console.log("done", n) });`,
      { TIDB_URL: engine.url },
    );
    await checking.says("done 5");
    expect(await checkSwitch(users)).toBe("1");
    checking.kill(signal);
    expect(await checking.ended).toMatchObject({ code: null, signal });
    installed.remove();
    expect(await databases(users)).toEqual(before);
    expect(await checkSwitch(users)).toBe("0");
    // The URL names the database `test`; whatever ran after the tidying must not have gone there.
    expect(await users.rows("SHOW TABLES IN test")).toEqual([]);
  });

  it("runs nothing that reaches beyond its own database", async () => {
    await users.run("CREATE DATABASE IF NOT EXISTS prod");
    await users.run("CREATE TABLE IF NOT EXISTS prod.t (a INT)");
    const { brief, applied, skipped } = await check(
      ["CREATE TABLE t (a INT)", "DROP TABLE prod.t", "USE prod", "DROP TABLE t", "SET GLOBAL max_connections = 7", "DROP DATABASE prod"],
      {},
      users,
    );
    expect({ applied, skipped }).toEqual({ applied: 2, skipped: 4 });
    expect(brief[0]).toBe(`2 check/skipped warning: not run on ${users.where}: it may reach beyond the database made for the check`);
    expect((await users.rows("SHOW TABLES IN prod")).length).toBe(1);
    await users.run("DROP DATABASE prod");
  });

  it("goes on without CHECK when the user may not switch it on, and reports what is ignored", async () => {
    await users.run("SET GLOBAL tidb_enable_check_constraint = OFF");
    await users.run("CREATE USER IF NOT EXISTS 'lim ited' IDENTIFIED BY 'p:w/d@1'");
    await users.run("GRANT CREATE, DROP, SELECT, INSERT, REFERENCES, INDEX, ALTER ON `pg2tidb_check_%`.* TO 'lim ited'");
    const url = engine.url.replace("root@", "lim%20ited:p%3Aw%2Fd%401@").replace("/test", "");
    const limited = await openTarget({ url, build: false, log });
    expect(limited.where).not.toContain("w%2Fd");
    const { brief } = await check(["CREATE TABLE t (a INT, CHECK (a > 0))"], {}, limited);
    expect(brief).toEqual(["1 check/ignored error: TiDB accepts this and ignores part of it: 1105: tidb_enable_check_constraint is off"]);
    expect(lines[0]).toMatch(/^CHECK constraints are off on .* this user may not switch them on/);
    await users.run("REVOKE CREATE ON `pg2tidb_check_%`.* FROM 'lim ited'");
    await expect(check([], {}, limited)).rejects.toThrow(/cannot be used: this user may not create a database \(1044: /);
    await limited.close();
    await users.run("DROP USER 'lim ited'");
    await expect(openTarget({ url, build: false, log })).rejects.toThrow(
      /^cannot connect to TiDB at mysql:\/\/lim%20ited:\*\*\*@.*Access denied/,
    );
  });
});

describe("without TiDB", () => {
  it("statements are accepted or unknown", async () => {
    expect(await checkOffline(statements("CREATE TABLE t (a INT)", "nonsense here", "SELECT 1"))).toEqual({ accepted: 2, unknown: 1 });
  });
});
