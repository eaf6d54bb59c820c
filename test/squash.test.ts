import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import rules from "../rules/index.js";
import type { Group } from "../scripts/projects.js";
import { compareSquash, type SquashFigures, squashFigures } from "../scripts/squashing.js";
import { lineIndex } from "../src/source/text.js";
import { openTarget } from "../src/targets/open.js";
import type { Target } from "../src/targets/target.js";
import { convertTexts } from "./support/converting.js";
import { corpusGroups } from "./support/inputs.js";

/** A history of our own with what histories do: everything is renamed, changed, dropped or made twice somewhere. */
const HISTORY: Readonly<Record<string, string>> = {
  "001.sql": `CREATE TYPE state AS ENUM ('new', 'done');
-- Who buys
CREATE TABLE customers (
  id serial PRIMARY KEY,
  mail varchar(80) NOT NULL UNIQUE, -- in small letters
  nick varchar(20) DEFAULT 'nobody',
  born date,
  CONSTRAINT no_spaces CHECK (nick <> '')
);
CREATE TABLE scratch (id int);
CREATE INDEX scratch_id ON scratch (id);
INSERT INTO customers (mail) VALUES ('a@example.org');
`,
  "002.sql": `ALTER TABLE customers RENAME COLUMN mail TO email;
ALTER TABLE customers RENAME COLUMN born TO birthday;
ALTER TABLE customers ALTER COLUMN nick TYPE varchar(40), ALTER COLUMN nick SET NOT NULL, ALTER COLUMN nick DROP DEFAULT;
ALTER TABLE customers ADD COLUMN points bigint NOT NULL DEFAULT 0;
CREATE TABLE orders (
  id bigint PRIMARY KEY,
  customer int NOT NULL REFERENCES customers ON DELETE CASCADE,
  state state NOT NULL DEFAULT 'new',
  replaced_by bigint REFERENCES orders (id),
  total numeric(10, 2)
);
CREATE INDEX orders_by_state ON orders (state) WHERE total IS NULL;
UPDATE customers SET points = 1;
`,
  "003.sql": `DROP TABLE scratch;
ALTER TABLE customers RENAME TO buyers;
ALTER INDEX orders_by_state RENAME TO orders_open;
ALTER TABLE orders RENAME COLUMN total TO amount;
ALTER TABLE buyers ADD COLUMN last_order bigint REFERENCES orders;
ALTER TABLE orders DROP COLUMN replaced_by;
COMMENT ON TABLE buyers IS 'first';
COMMENT ON TABLE buyers IS 'people who buy';
COMMENT ON COLUMN orders.amount IS 'in euros';
CREATE VIEW open_orders AS SELECT id, amount FROM orders;
CREATE VIEW lost AS SELECT id FROM orders;
DROP VIEW lost;
`,
};

const group: Group = {
  name: "own history",
  project: "own",
  sources: Object.entries(HISTORY).map(([name, text]) => ({ name, text })),
};

describe("a squashed history", () => {
  it("is one file: each table once, in an order in which it can be run", async () => {
    const { squashed } = await convertTexts(HISTORY, { squash: true });
    const output = squashed!.output;
    expect(output).toContain(`-- Who buys
CREATE TABLE buyers (
  id INT NOT NULL AUTO_INCREMENT,
  email VARCHAR(80) NOT NULL, -- in small letters
  nick VARCHAR(40) NOT NULL,
  birthday DATE,
  points BIGINT NOT NULL DEFAULT 0,
  last_order BIGINT,`);
    expect(output).toContain("CONSTRAINT no_spaces CHECK (nick");
    expect(output).toContain("COMMENT 'people who buy'");
    expect(output).toContain("COMMENT 'in euros'");
    expect(output).not.toMatch(/scratch|replaced_by|RENAME|DROP|UPDATE|INSERT|lost/);
    const order = ["CREATE TABLE orders", "CREATE TABLE buyers", "orders_customer_fkey", "orders_open", "CREATE VIEW open_orders"].map(
      (part) => output.indexOf(part),
    );
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order).not.toContain(-1);
  });

  it("accounts for every statement at its own place", async () => {
    const plain = await convertTexts(HISTORY);
    const result = await convertTexts(HISTORY, { squash: true });
    const { statements, asIs, rewritten, warned, unconverted } = result.account;
    expect(statements).toBe(plain.account.statements);
    expect(asIs + rewritten + warned + unconverted).toBe(statements);
    expect(unconverted).toBe(0);
    const told = result.files.flatMap((file) => file.statements.filter(({ sql, findings }) => sql.length === 0 && findings.length === 0));
    expect(told).toEqual([]);
    const said = result.findings
      .filter(({ rule, message }) => rule === "core/squash" && message !== "folded")
      .map(({ source, span, message }) => `${source.name}:${lineIndex(source)(span.start).line} ${message}`);
    expect(said).toEqual([
      "001.sql:10 gone",
      "001.sql:11 gone",
      "001.sql:12 rows",
      "002.sql:13 change",
      "003.sql:1 drop",
      "003.sql:7 gone",
      "003.sql:11 gone",
      "003.sql:12 drop",
    ]);
  });

  it("points findings at the statement that the part comes from", async () => {
    const { findings } = await convertTexts(
      { "1.sql": "CREATE TABLE t (a int);", "2.sql": "\n\nALTER TABLE t ADD COLUMN i interval;" },
      { squash: true },
    );
    const [found] = findings.filter(({ rule }) => rule.startsWith("types/"));
    expect(found && `${found.source.name} ${found.source.text.slice(found.span.start, found.span.start + 10)}`).toBe("2.sql interval;");
  });

  it("knows columns and types in expressions by their last names", async () => {
    const text = `CREATE TYPE a AS ENUM ('x', 'y'); CREATE TABLE t (k a DEFAULT 'x'::a, n int CHECK (t.n > 1)); CREATE INDEX i ON t (lower(n::text), n);
      ALTER TYPE a RENAME TO b; ALTER TABLE t RENAME n TO m; ALTER TABLE t RENAME TO u;`;
    const { squashed, account } = await convertTexts({ "1.sql": text }, { squash: true });
    expect(account.unconverted).toBe(0);
    expect(squashed!.output).toContain("ENUM('x','y') DEFAULT 'x'");
    expect(squashed!.output).toContain("CONSTRAINT t_n_check CHECK (m > 1)");
    expect(squashed!.output).toMatch(/CREATE INDEX i ON u \(.*m.*, m\)/);
  });

  it("makes tables of queries tables like others, and keeps what materialized views are read by", async () => {
    const text = `CREATE TABLE t (a int NOT NULL, b varchar(9)); CREATE TABLE copy AS SELECT a, b FROM t; ALTER TABLE copy ADD COLUMN c int;
      CREATE MATERIALIZED VIEW seen AS SELECT b, count(*) AS n FROM t GROUP BY b; CREATE UNIQUE INDEX seen_b ON seen (b); CREATE INDEX copy_a ON copy (a);
      CREATE TABLE lost AS SELECT a FROM t; DROP TABLE lost;`;
    const { squashed, account } = await convertTexts({ "1.sql": text }, { squash: true });
    expect(account.unconverted).toBe(0);
    expect(squashed!.statements.map(({ sql }) => sql.replaceAll(/\s+/g, " "))).toEqual([
      "CREATE TABLE t ( a INT NOT NULL, b VARCHAR(9) ) COLLATE utf8mb4_0900_bin",
      "CREATE TABLE copy ( a INT, b VARCHAR(9), c INT ) COLLATE utf8mb4_0900_bin",
      "CREATE INDEX copy_a ON copy (a)",
      "CREATE VIEW seen_query AS SELECT b, COUNT(*) AS n FROM t GROUP BY b",
      "CREATE TABLE seen ( b VARCHAR(9), n BIGINT ) COLLATE utf8mb4_0900_bin",
      "INSERT INTO seen SELECT * FROM seen_query",
      "CREATE UNIQUE INDEX seen_b ON seen (b)",
    ]);
  });

  it("makes functions before the tables whose definitions call them", async () => {
    const text = `CREATE TABLE t (a int); CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql IMMUTABLE RETURN n * 2;
      ALTER TABLE t ADD COLUMN b int GENERATED ALWAYS AS (twice(a)) STORED;`;
    const { squashed } = await convertTexts({ "1.sql": text }, { squash: true });
    expect(squashed!.statements.map(({ sql }) => sql)).toEqual([expect.stringContaining("b INT GENERATED ALWAYS AS (a * 2) STORED")]);
  });

  it("leaves nothing of ALTER TABLE out that the definition does not hold", async () => {
    const { findings } = await convertTexts(
      { "1.sql": "CREATE TABLE t (a int); ALTER TABLE t ENABLE ROW LEVEL SECURITY;" },
      { squash: true },
    );
    expect(findings.filter(({ severity }) => severity === "error")).not.toEqual([]);
  });

  it("asks for no sequence of a column that became an identity later, and counts by AUTO_INCREMENT", async () => {
    const text = "CREATE TABLE t (id int NOT NULL PRIMARY KEY); ALTER TABLE t ALTER id ADD GENERATED BY DEFAULT AS IDENTITY;";
    const { expected, squashed } = await convertTexts({ "1.sql": text }, { squash: true });
    expect(squashed!.statements.map(({ sql }) => sql)).toEqual([expect.stringContaining("id INT NOT NULL AUTO_INCREMENT")]);
    expect(expected.sequences).toEqual([]);
  });

  it("holds the CHECK of a trigger that only refuses rows", async () => {
    const text = `CREATE TABLE t (a int);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.a < 0 THEN RAISE EXCEPTION 'no'; END IF; RETURN NEW; END $$;
CREATE TRIGGER g BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();`;
    const { findings, squashed } = await convertTexts({ "1.sql": text }, { squash: true });
    expect(squashed!.statements.map(({ sql }) => sql)).toEqual([expect.stringContaining("CONSTRAINT t_g_check CHECK (a >= 0)")]);
    expect(findings.map(({ rule, message }) => `${rule}/${message}`)).toContain("logic/validate/checked");
  });

  it("keeps a view whose columns were renamed under it, by the names that it shows", async () => {
    const text = "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t; ALTER TABLE t RENAME COLUMN a TO b;";
    const { squashed } = await convertTexts({ "1.sql": text }, { squash: true });
    expect(squashed!.statements.map(({ sql }) => sql)).toEqual([
      "CREATE TABLE t (\n  b INT\n) COLLATE utf8mb4_0900_bin",
      "CREATE VIEW v AS\nSELECT b AS a FROM t",
    ]);
  });

  it("does not keep a view that joins by the name of a column that was renamed", async () => {
    const text =
      "CREATE TABLE t (a int); CREATE TABLE u (a int, c int); CREATE VIEW v AS SELECT c FROM t JOIN u USING (a); ALTER TABLE t RENAME COLUMN a TO b;";
    const { findings, squashed } = await convertTexts({ "1.sql": text }, { squash: true });
    expect(findings.map(({ rule, message }) => `${rule}/${message}`)).toContain("core/squash/unresolved");
    expect(squashed!.statements.map(({ sql }) => sql.slice(0, 14))).toEqual(["CREATE TABLE t", "CREATE TABLE u"]);
  });
});

describe("on both engines", () => {
  let target: Target;
  beforeAll(async () => {
    target = await openTarget({ build: false, log: console.error });
  }, 60_000);
  afterAll(() => target?.close());

  it("holds what the history leads to", async () => {
    const { refusedHistory, refusedSquash, differences, postgres } = await compareSquash(group, rules, target, true);
    expect(refusedHistory).toEqual([]);
    expect(refusedSquash).toEqual([]);
    expect(differences).toEqual([]);
    expect(postgres?.refused).toEqual([]);
    expect(postgres?.differences).toEqual([]);
  }, 120_000);

  const kept = JSON.parse(readFileSync(new URL("../fixtures/squash.json", import.meta.url), "utf8")) as Record<string, SquashFigures>;
  // Histories of thousands of statements are compared by `npm run squash:corpus` alone: applying them takes minutes, and test/corpus does that.
  const long = new Set(["lemmy", "triggerdev"]);
  for (const real of corpusGroups.filter(({ name, project }) => !long.has(project) && /\/m\d*$/.test(name)))
    it(`holds what the history of ${real.name} leads to`, async () => {
      const compared = await compareSquash(real, rules, target, false);
      const { lines, differences } = squashFigures(compared);
      expect(lines).toBeGreaterThanOrEqual(kept[real.name]!.lines);
      expect(compared.refusedSquash).toEqual([]);
      expect(differences, compared.differences.join("\n")).toBeLessThanOrEqual(kept[real.name]!.differences);
    }, 300_000);
});
