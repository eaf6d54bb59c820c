// How fast, and with how much memory: measured on files made here, each figure in a process of its own.
// Run: npm run bench
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MB = 1_000_000;
const RUNS = 3;

interface Measure {
  readonly seconds: number;
  /** Peak resident memory of the process, in MB. */
  readonly memory: number;
}

/** Repeats what `make` gives for 0, 1, 2 … until it has that many bytes. */
function repeated(bytes: number, make: (i: number) => string): string {
  const parts: string[] = [];
  for (let i = 0, length = 0; length < bytes; i++) {
    const part = make(i);
    parts.push(part);
    length += part.length;
  }
  return parts.join("");
}

/** A table as people and pg_dump write it, with what comes after it. */
const ddl = (i: number) => `
-- Orders of region ${i}
CREATE TABLE orders_${i} (
    id bigint NOT NULL,
    -- what the customer sees
    reference character varying(40) NOT NULL,
    customer_id integer,
    amount numeric(12,2) DEFAULT 0 NOT NULL,
    discount real DEFAULT 0.5,
    paid boolean DEFAULT false NOT NULL,
    note text DEFAULT 'none'::text, /* free text */
    payload jsonb,
    token uuid,
    tags text[],
    placed_on date DEFAULT CURRENT_DATE NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT orders_${i}_amount_check CHECK ((amount >= (0)::numeric))
);
CREATE SEQUENCE orders_${i}_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE orders_${i}_id_seq OWNED BY orders_${i}.id;
ALTER TABLE ONLY orders_${i} ALTER COLUMN id SET DEFAULT nextval('orders_${i}_id_seq'::regclass);
ALTER TABLE ONLY orders_${i} ADD CONSTRAINT orders_${i}_pkey PRIMARY KEY (id);
ALTER TABLE ONLY orders_${i} ADD CONSTRAINT orders_${i}_reference_key UNIQUE (reference);
CREATE INDEX orders_${i}_customer ON orders_${i} USING btree (customer_id, placed_on DESC);
CREATE UNIQUE INDEX orders_${i}_open ON orders_${i} USING btree (customer_id) WHERE (paid IS FALSE);
COMMENT ON TABLE orders_${i} IS 'One row for each order of region ${i}';
COMMENT ON COLUMN orders_${i}.amount IS 'With tax';
CREATE TABLE lines_${i} (
    order_id bigint NOT NULL REFERENCES orders_${i} (id) ON DELETE CASCADE,
    position smallint NOT NULL,
    article varchar(80) NOT NULL,
    pieces integer DEFAULT 1 CHECK (pieces > 0),
    PRIMARY KEY (order_id, position)
);
ALTER TABLE lines_${i} ADD COLUMN weight double precision;
`;

/** Tables that the queries read. */
const SHOP = `
CREATE TABLE customer (id integer PRIMARY KEY, name varchar(80) NOT NULL, region text, credit numeric(12,2), vip boolean NOT NULL DEFAULT false, born date);
CREATE TABLE product (id integer PRIMARY KEY, name varchar(120) NOT NULL, price numeric(10,2) NOT NULL, tags text[], details jsonb);
CREATE TABLE sale (id bigint PRIMARY KEY, customer_id integer NOT NULL REFERENCES customer (id), product_id integer REFERENCES product (id), pieces integer NOT NULL, paid numeric(12,2), at timestamp with time zone NOT NULL, note text);
`;

/** Queries as applications ask them, each of another form. */
const queries = (i: number) => `
SELECT id, name, region FROM customer WHERE id = ${i};
SELECT s.id, c.name, p.name AS product, s.pieces * p.price AS total FROM sale s JOIN customer c ON c.id = s.customer_id LEFT JOIN product p ON p.id = s.product_id WHERE s.at >= '2024-01-01' AND c.region ILIKE 'north%' ORDER BY s.at DESC, s.id LIMIT 50 OFFSET ${i};
SELECT c.region, count(*) AS sales, sum(s.paid) AS paid, avg(s.pieces)::numeric(10,2) AS pieces, count(*) FILTER (WHERE s.paid IS NULL) AS open FROM sale s JOIN customer c ON c.id = s.customer_id GROUP BY c.region HAVING sum(s.paid) > ${i} ORDER BY paid DESC NULLS LAST;
SELECT DISTINCT ON (customer_id) customer_id, at, paid FROM sale ORDER BY customer_id, at DESC, id;
SELECT customer_id, at, sum(paid) OVER (PARTITION BY customer_id ORDER BY at, id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS recent, rank() OVER (ORDER BY paid DESC NULLS LAST) FROM sale WHERE product_id = ${i};
WITH monthly AS (SELECT date_trunc('month', at) AS month, sum(paid) AS paid FROM sale GROUP BY 1) SELECT to_char(month, 'YYYY-MM') AS month, coalesce(paid, 0) AS paid FROM monthly WHERE paid > ${i} ORDER BY month;
SELECT p.id, p.details ->> 'colour' AS colour, p.details -> 'size' AS size FROM product p WHERE p.details @> '{"new": true}' AND 'sold' = ANY (p.tags) AND p.price BETWEEN ${i} AND ${i + 100};
SELECT name || ' (' || coalesce(region, '?') || ')' AS label, extract(year FROM age(born)) AS years, CASE WHEN vip THEN 'yes' ELSE 'no' END AS vip FROM customer WHERE born IS NOT NULL AND credit / 2 > ${i};
SELECT c.id FROM customer c WHERE EXISTS (SELECT 1 FROM sale s WHERE s.customer_id = c.id AND s.pieces > ${i}) AND c.id NOT IN (SELECT customer_id FROM sale WHERE paid < 0);
SELECT id, 'customer' AS kind FROM customer WHERE vip UNION ALL SELECT id, 'product' FROM product WHERE price > ${i} ORDER BY 1, 2;
INSERT INTO customer (id, name, region) SELECT id + ${i}, name, region FROM customer WHERE vip ON CONFLICT (id) DO UPDATE SET name = excluded.name, region = excluded.region;
UPDATE sale SET paid = paid * 1.1, note = concat(note, ' raised') WHERE customer_id IN (SELECT id FROM customer WHERE region = 'north') AND pieces % 2 = ${i % 2};
DELETE FROM sale USING customer c WHERE c.id = sale.customer_id AND c.region IS NULL AND sale.at < now() - interval '${i} days';
`;

const TABLE =
  "CREATE TABLE item (id integer PRIMARY KEY, name varchar(80), price numeric(10,2), sold boolean, at timestamp with time zone, note text);\n";

const row = (i: number) =>
  `(${i}, 'article ${i} of the it''s list', ${i % 1000}.25, ${i % 2 === 0}, '2024-03-01 12:00:00+02', 'C:\\path ${i}')`;

const insert = (i: number) =>
  `INSERT INTO item (id, name, price, sold, at, note) VALUES\n${Array.from({ length: 50 }, (_, k) => row(i * 50 + k)).join(",\n")};\n`;

const copyLine = (i: number) => `${i}\tarticle ${i} of the list\t${i % 1000}.25\t${i % 2 === 0 ? "t" : "f"}\t2024-03-01 12:00:00+02\t\\N\n`;

const copy = (bytes: number) => `${TABLE}COPY item (id, name, price, sold, at, note) FROM stdin;\n${repeated(bytes, copyLine)}\\.\n`;

/** In a process of its own, set up as the program is: converts a file and prints how long that took, reading and loading the parser aside. */
async function measureHere(file: string): Promise<void> {
  const { warmUp } = await import("../src/app/warm-up.js");
  warmUp("convert");
  const [{ convert }, { default: rules }, { grammar }, { besideThread: beside }] = await Promise.all([
    import("../src/app/convert.js"),
    import("../rules/index.js"),
    import("../src/pg/parse.js"),
    import("../src/cli/convert-threads.js"),
  ]);
  await grammar("18");
  const text = readFileSync(file, "utf8");
  const started = performance.now();
  const result = await convert([{ name: file, text }], rules, { postgres: "18", target: "8.5.6", ...(beside && { beside }) });
  const seconds = (performance.now() - started) / 1000;
  if (result.files.length !== 1) throw new Error("nothing came out");
  const measure: Measure = { seconds, memory: (process.resourceUsage().maxRSS * 1024) / MB };
  process.stdout.write(JSON.stringify(measure));
}

function measure(file: string): Measure {
  const runs = Array.from({ length: RUNS }, () => JSON.parse(node([fileURLToPath(import.meta.url), file])) as Measure);
  return { seconds: median(runs.map(({ seconds }) => seconds)), memory: Math.max(...runs.map(({ memory }) => memory)) };
}

function coldStart(file: string): number {
  const program = fileURLToPath(new URL("../src/bin.js", import.meta.url));
  return median(
    Array.from({ length: 5 }, () => {
      const started = performance.now();
      node([program, "convert", file, "--fail-on", "error"], [0, 1]);
      return (performance.now() - started) / 1000;
    }),
  );
}

function node(args: readonly string[], allowed: readonly number[] = [0]): string {
  const run = spawnSync(process.execPath, args, { encoding: "utf8", maxBuffer: 1024 * MB });
  if (run.status === null || !allowed.includes(run.status)) throw new Error(`${args.join(" ")} failed: ${run.stderr}`);
  return run.stdout;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

function bench(): void {
  const folder = mkdtempSync(join(tmpdir(), "pg2tidb-bench-"));
  try {
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return { path: join(folder, name), size: Buffer.byteLength(text) / MB };
    };
    const files = {
      ddl1: file("ddl1.sql", repeated(MB, ddl)),
      ddl10: file("ddl10.sql", repeated(10 * MB, ddl)),
      queries: file("queries.sql", SHOP + repeated(10 * MB, queries)),
      insert: file("insert.sql", TABLE + repeated(10 * MB, insert)),
      copy: file("copy.sql", copy(10 * MB)),
    };
    const measured = Object.fromEntries(Object.entries(files).map(([name, { path }]) => [name, measure(path)])) as Record<
      keyof typeof files,
      Measure
    >;
    const speed = (name: keyof typeof files) => files[name].size / measured[name].seconds;
    const growth = measured.ddl10.seconds / files.ddl10.size / (measured.ddl1.seconds / files.ddl1.size);
    const memory = Math.max(...Object.values(measured).map((each) => each.memory));
    const lines = [
      ["DDL, 1 MB", `${speed("ddl1").toFixed(2)} MB/s`, "≥ 1 MB/s", speed("ddl1") >= 1],
      ["DDL, 10 MB", `${speed("ddl10").toFixed(2)} MB/s`, "≥ 1 MB/s", speed("ddl10") >= 1],
      ["time of 10 MB of DDL ÷ 10 × time of 1 MB", growth.toFixed(2), "≤ 1.3", growth <= 1.3],
      ["queries, 10 MB", `${speed("queries").toFixed(2)} MB/s`, "≥ 1 MB/s", speed("queries") >= 1],
      ["INSERT, 10 MB", `${speed("insert").toFixed(1)} MB/s`, "≥ 20 MB/s", speed("insert") >= 20],
      ["COPY, 10 MB", `${speed("copy").toFixed(1)} MB/s`, "≥ 20 MB/s", speed("copy") >= 20],
      ["peak memory", `${memory.toFixed(0)} MB`, "< 512 MB", memory < 512],
      ...coldLines(file("short.sql", ddl(0)).path),
      ...lintLines(join(folder, "code")),
    ] as const;
    console.log("| measure | figure | target | met |\n| --- | --: | --: | --- |");
    for (const [name, figure, target, met] of lines) console.log(`| ${name} | ${figure} | ${target} | ${met ? "yes" : "no"} |`);
    for (const [name, { memory: peak }] of Object.entries(measured)) console.log(`${name}: ${peak.toFixed(0)} MB`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** 10,000 SQL strings in 500 files of TypeScript, and the schema they read. */
function codeBase(folder: string): void {
  mkdirSync(join(folder, "migrations"), { recursive: true });
  mkdirSync(join(folder, "src"));
  writeFileSync(join(folder, "migrations/1.sql"), SHOP);
  const all = Array.from({ length: 10_000 / 13 + 1 }, (_, i) => queries(i).trim().split(";\n"))
    .flat()
    .slice(0, 10_000);
  for (let i = 0; i < 500; i++) {
    const strings = all.slice(i * 20, i * 20 + 20).map((sql, k) => `export const q${k} = db.query(\`${sql.replace(/;$/, "")}\`);\n`);
    writeFileSync(join(folder, `src/file${i}.ts`), `import { db } from "./db.js";\n${strings.join("")}`);
  }
}

/** Seconds of `lint` in a folder, as a user runs it. */
function lintOnce(folder: string, ...flags: readonly string[]): number {
  const program = fileURLToPath(new URL("../src/bin.js", import.meta.url));
  const started = performance.now();
  const run = spawnSync(process.execPath, [program, "lint", "--quiet", "--no-config", ...flags], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 1024 * MB,
    env: { ...process.env, PG2TIDB_CACHE: join(folder, ".cache") },
  });
  const seconds = (performance.now() - started) / 1000;
  if (run.status === null || run.status > 1 || !run.stdout.includes("SQL strings checked")) throw new Error(`lint failed: ${run.stderr}`);
  return seconds;
}

function lintLines(folder: string): (readonly [string, string, string, boolean])[] {
  codeBase(folder);
  const cold = lintOnce(folder);
  const warm = median(Array.from({ length: RUNS }, () => lintOnce(folder)));
  for (const args of [
    ["init", "-q"],
    ["add", "src", "migrations"],
    ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "a"],
  ])
    spawnSync("git", args, { cwd: folder });
  for (let i = 0; i < 5; i++) appendFileSync(join(folder, `src/file${i}.ts`), 'db.query("SELECT id::text FROM customer");\n');
  spawnSync("git", ["add", "src"], { cwd: folder });
  const staged = median(Array.from({ length: RUNS }, () => lintOnce(folder, "--staged")));
  return [
    ["lint of 10,000 SQL strings, nothing remembered", `${cold.toFixed(1)} s`, "< 6 s", cold < 6],
    ["the same again", `${warm.toFixed(1)} s`, "< 2 s", warm < 2],
    ["lint --staged of 5 files", `${staged.toFixed(2)} s`, "< 0.8 s", staged < 0.8],
  ];
}

function coldLines(file: string): (readonly [string, string, string, boolean])[] {
  const seconds = coldStart(file);
  return [["cold start of the program on a short file", `${seconds.toFixed(2)} s`, "< 0.4 s", seconds < 0.4]];
}

const [only] = process.argv.slice(2);
if (only === undefined) bench();
else await measureHere(only);
