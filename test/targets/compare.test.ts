import { describe, expect, it } from "vitest";
import type { TidbColumn, TidbForeignKey, TidbIndex, TidbTable } from "../../src/result.js";
import { compareSchemas, normalType } from "../../src/targets/compare.js";

const column = (name: string, type = "int", more: Partial<TidbColumn> = {}): TidbColumn => ({
  name,
  type,
  nullable: true,
  hasDefault: false,
  autoIncrement: false,
  generated: false,
  touched: false,
  ...more,
});
const table = (more: Partial<TidbTable> = {}): TidbTable => ({
  name: "t",
  columns: [column("a"), column("b")],
  primaryKey: [],
  indexes: [],
  foreignKeys: [],
  checks: 0,
  ...more,
});
const index = (name: string, columns: (string | null)[], unique = false): TidbIndex => ({ name, columns, unique });
const foreignKey = (more: Partial<TidbForeignKey> = {}): TidbForeignKey => ({
  columns: ["a"],
  parent: "p",
  parentColumns: ["id"],
  onDelete: "NO ACTION",
  onUpdate: "NO ACTION",
  ...more,
});
const texts = (expected: Partial<TidbTable>, actual: Partial<TidbTable>) =>
  compareSchemas({ tables: [table(expected)], sequences: [], views: [] }, { tables: [table(actual)], sequences: [], views: [] }).map(
    ({ text }) => text,
  );

describe("a schema read back", () => {
  it("is the same when only names' case, extra indexes and extra tables differ", () => {
    const expected = table({ name: "T", columns: [column("A"), column("b")], primaryKey: ["A"], indexes: [index("K", ["A", null], true)] });
    const actual = table({ primaryKey: ["a"], indexes: [index("k", ["a", null], true), index("fk_1", ["b"])] });
    expect(
      compareSchemas(
        { tables: [expected], sequences: ["S"], views: ["V"] },
        { tables: [actual, table({ name: "other" })], sequences: ["s"], views: ["v"] },
      ),
    ).toEqual([]);
  });

  it("misses tables, sequences and views", () => {
    const origin = { source: { name: "f.sql", text: "" }, span: { start: 3, end: 4 } };
    expect(
      compareSchemas({ tables: [table({ origin })], sequences: ["s"], views: ["v"] }, { tables: [], sequences: [], views: ["s"] }),
    ).toEqual([{ table: "t", origin, text: "table `t` is missing" }, { text: "sequence `s` is missing" }, { text: "view `v` is missing" }]);
  });

  it.each<[string, Partial<TidbColumn>, string]>([
    ["type", { type: "bigint" }, "column `t`.`b`: type should be bigint, and TiDB has int"],
    ["nullability", { nullable: false }, "column `t`.`b`: NULL should be not allowed, and TiDB has allowed"],
    ["default", { hasDefault: true }, "column `t`.`b`: DEFAULT should be present, and TiDB has absent"],
    ["auto_increment", { autoIncrement: true }, "column `t`.`b`: AUTO_INCREMENT should be present, and TiDB has absent"],
    ["time of change", { touched: true }, "column `t`.`b`: ON UPDATE should be present, and TiDB has absent"],
    ["generated", { generated: true }, "column `t`.`b`: GENERATED should be present, and TiDB has absent"],
  ])("differs in a column's %s", (_what, more, text) => {
    expect(texts({ columns: [column("a"), column("b", "int", more)] }, {})).toEqual([text]);
  });

  it("differs in columns, primary key, checks", () => {
    expect(texts({ columns: [column("a"), column("c")] }, {})).toEqual([
      "column `t`.`c` is missing",
      "table `t` has a column nobody asked for: `b` int",
    ]);
    expect(texts({ primaryKey: ["a", "b"] }, { primaryKey: ["b", "a"] })).toEqual([
      "table `t`: primary key should be (`a`, `b`), and TiDB has (`b`, `a`)",
    ]);
    expect(texts({ primaryKey: ["a"] }, {})).toEqual(["table `t`: primary key should be (`a`), and TiDB has none"]);
    expect(texts({ checks: 2 }, { checks: 1 })).toEqual(["table `t`: number of CHECK constraints should be 2, and TiDB has 1"]);
  });

  it("differs in indexes", () => {
    expect(texts({ indexes: [index("k", ["a"], true)] }, { indexes: [index("k", ["b"])] })).toEqual([
      "unique index `k` of `t`: UNIQUE should be present, and TiDB has absent",
      "unique index `k` of `t`: columns should be (`a`), and TiDB has (`b`)",
    ]);
    expect(texts({ indexes: [index("k", ["a", null])] }, { indexes: [index("other", ["a"])] })).toEqual([
      "index `k` of `t` (`a`, an expression) is missing",
    ]);
    expect(texts({ indexes: [index("k", ["a"])] }, { indexes: [index("other", ["A"])] })).toEqual([]);
  });

  it("differs in foreign keys, where RESTRICT is NO ACTION", () => {
    expect(texts({ foreignKeys: [foreignKey({ onDelete: "RESTRICT" })] }, { foreignKeys: [foreignKey({ parent: "P" })] })).toEqual([]);
    expect(texts({ foreignKeys: [foreignKey()] }, {})).toEqual(["foreign key of `t` (`a`) to `p` (`id`) is missing"]);
    expect(texts({ foreignKeys: [foreignKey({ onDelete: "CASCADE" })] }, { foreignKeys: [foreignKey({ onUpdate: "SET NULL" })] })).toEqual([
      "foreign key of `t` (`a`) to `p` (`id`): ON DELETE should be CASCADE, and TiDB has NO ACTION",
      "foreign key of `t` (`a`) to `p` (`id`): ON UPDATE should be NO ACTION, and TiDB has SET NULL",
    ]);
  });
});

describe("a type", () => {
  it.each([
    ["INT(11)", "int"],
    ["bigint(20) unsigned", "bigint unsigned"],
    ["tinyint(1)", "tinyint(1)"],
    ["tinyint(4)", "tinyint"],
    ["BOOLEAN", "tinyint(1)"],
    ["decimal(10, 2)", "decimal(10,2)"],
    ["numeric(5)", "decimal(5,0)"],
    ["decimal", "decimal(10,0)"],
    ["double precision", "double"],
    ["char", "char(1)"],
    ["char(36) character set ascii", "char(36)"],
    ["varchar(20) COLLATE utf8mb4_0900_bin", "varchar(20)"],
    ["character varying(20)", "varchar(20)"],
    ["datetime(0)", "datetime"],
    ["timestamp(6)", "timestamp(6)"],
    ["year(4)", "year"],
    ["bit", "bit(1)"],
    ["ENUM( 'A', 'b, ''c  d')", "enum('A','b, ''c  d')"],
    ["longtext", "longtext"],
  ])("%s is %s", (given, normal) => {
    expect(normalType(given)).toBe(normal);
  });
});
