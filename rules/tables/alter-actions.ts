import { error, note, type RuleSpec, rule, warning } from "../../src/rule.js";

type Message = ReturnType<typeof note>;

/** An action of ALTER TABLE that TiDB has no form for, or needs none. */
interface Row {
  readonly subtypes: readonly string[];
  readonly construct: string;
  readonly why: string;
  readonly message: Message;
  readonly examples: RuleSpec<string>["examples"];
}

const GIVEN = "CREATE TABLE t (a int NOT NULL, b int UNIQUE)";
const gone = (action: string, given = GIVEN, rejected = true) => ({
  given,
  pg: `ALTER TABLE t ${action}`,
  tidb: null,
  findings: ["left-out"],
  ...(rejected ? { rejected: { sql: `ALTER TABLE t ${action}`, code: 1064 } } : {}),
});

const ROWS: Readonly<Record<string, Row>> = {
  owner: {
    subtypes: ["AT_ChangeOwner"],
    construct: "ALTER TABLE … OWNER TO",
    why: "TiDB's objects have no owners: privileges are granted on them.",
    message: note("OWNER TO is left away: TiDB has privileges, no owners"),
    examples: [gone("OWNER TO someone")],
  },
  storage: {
    subtypes: [
      "AT_SetStorage",
      "AT_SetCompression",
      "AT_SetStatistics",
      "AT_SetOptions",
      "AT_ResetOptions",
      "AT_SetRelOptions",
      "AT_ResetRelOptions",
      "AT_SetTableSpace",
      "AT_SetAccessMethod",
      "AT_ClusterOn",
      "AT_DropCluster",
      "AT_SetLogged",
      "AT_SetUnLogged",
      "AT_DropOids",
      "AT_ReplicaIdentity",
    ],
    construct: "ALTER TABLE … of storage, statistics or logging",
    why: "How PostgreSQL stores, logs and samples a table says nothing to TiDB and changes no result.",
    message: note("{action} is left away: it is about PostgreSQL's storage"),
    examples: [
      gone("ALTER COLUMN a SET STATISTICS 100"),
      gone("SET (fillfactor = 70)"),
      gone("SET UNLOGGED"),
      gone("CLUSTER ON t_b_key"),
      gone("REPLICA IDENTITY FULL"),
    ],
  },
  validate: {
    subtypes: ["AT_ValidateConstraint"],
    construct: "ALTER TABLE … VALIDATE CONSTRAINT",
    why: "Constraints are checked against all rows when they are added in TiDB.",
    message: note("VALIDATE CONSTRAINT is left away: TiDB checked the rows when the constraint was added"),
    examples: [gone("VALIDATE CONSTRAINT c", "CREATE TABLE t (a int, CONSTRAINT c CHECK (a > 0))")],
  },
  triggers: {
    subtypes: [
      "AT_EnableTrig",
      "AT_EnableAlwaysTrig",
      "AT_EnableReplicaTrig",
      "AT_DisableTrig",
      "AT_EnableTrigAll",
      "AT_DisableTrigAll",
      "AT_EnableTrigUser",
      "AT_DisableTrigUser",
      "AT_EnableRule",
      "AT_EnableAlwaysRule",
      "AT_EnableReplicaRule",
      "AT_DisableRule",
    ],
    construct: "ALTER TABLE … ENABLE or DISABLE TRIGGER",
    why: "TiDB has no triggers; PostgreSQL's foreign keys are triggers too, so that disabling all of them also stops their checks.",
    message: warning("{action} is left away: TiDB has no triggers, and foreign keys stay checked", {
      help: "around a load, SET foreign_key_checks = 0 does what DISABLE TRIGGER ALL did",
    }),
    examples: [gone("DISABLE TRIGGER ALL")],
  },
  security: {
    subtypes: ["AT_EnableRowSecurity", "AT_DisableRowSecurity", "AT_ForceRowSecurity", "AT_NoForceRowSecurity"],
    construct: "ALTER TABLE … ROW LEVEL SECURITY",
    why: "TiDB has no row level security: who may read the table reads all of it.",
    message: error("{action} is not in the output: TiDB shows every row to whoever may read the table", {
      help: "filter in the application, or give roles views with a WHERE in place of the table",
    }),
    examples: [gone("ENABLE ROW LEVEL SECURITY")],
  },
  partitions: {
    subtypes: ["AT_AttachPartition", "AT_DetachPartition", "AT_DetachPartitionFinalize"],
    construct: "ALTER TABLE … ATTACH or DETACH PARTITION",
    why: "A partition is no table of its own in TiDB.",
    message: error("{action} is not in the output: the parent and the partition are two separate tables in it", {
      help: "write all rows to the parent, and leave the partition's table out",
    }),
    examples: [gone("DETACH PARTITION p", "CREATE TABLE t (a int) PARTITION BY LIST (a); CREATE TABLE p (a int)")],
  },
  inherit: {
    subtypes: ["AT_AddInherit", "AT_AddOf", "AT_DropOf"],
    construct: "ALTER TABLE … INHERIT, OF",
    why: "Tables of TiDB do not inherit.",
    message: error("{action} is not in the output: TiDB's tables do not inherit", {
      help: "read both tables by UNION ALL where the parent was read",
    }),
    examples: [gone("INHERIT p", "CREATE TABLE t (a int); CREATE TABLE p (a int)")],
  },
  "no-inherit": {
    subtypes: ["AT_DropInherit"],
    construct: "ALTER TABLE … NO INHERIT",
    why: "A table that INHERITS is a table of its own in TiDB from the start.",
    message: note("{action} needs nothing: in TiDB they are two tables from the start"),
    examples: [gone("NO INHERIT p", "CREATE TABLE p (a int); CREATE TABLE t () INHERITS (p)")],
  },
  "alter-constraint": {
    subtypes: ["AT_AlterConstraint"],
    construct: "ALTER TABLE … ALTER CONSTRAINT",
    why: "TiDB checks constraints at once and cannot defer them.",
    message: warning("ALTER CONSTRAINT is left away: TiDB checks every constraint at once", {
      help: "write parents before children, or SET foreign_key_checks = 0 for that transaction and check by a query",
    }),
    examples: [gone("ALTER CONSTRAINT f DEFERRABLE", "CREATE TABLE t (a int PRIMARY KEY, b int CONSTRAINT f REFERENCES t)")],
  },
  identity: {
    subtypes: ["AT_AddIdentity", "AT_SetIdentity", "AT_DropIdentity"],
    construct: "ALTER TABLE … ADD, SET or DROP IDENTITY of an unknown column",
    why: "How a column gets its numbers in TiDB, by AUTO_INCREMENT or from a sequence, is decided where it is made.",
    message: error("{action} is not in the output: the input does not make the column", {
      help: "convert the file that makes the table together with this one",
    }),
    examples: [
      {
        given: "CREATE TABLE u (a int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY)",
        pg: "ALTER TABLE t ALTER COLUMN a DROP IDENTITY",
        tidb: null,
        findings: ["left-out"],
        rejected: { sql: "ALTER TABLE u MODIFY COLUMN a INT NOT NULL", code: 8200 },
      },
    ],
  },
};

/** One rule for every row, `tables/alter-<row>`. */
export const alterRules: Readonly<Record<string, RuleSpec<string>>> = Object.fromEntries(
  Object.entries(ROWS).map(([id, row]) => [
    `tables/alter-actions/${id}`,
    rule({
      construct: row.construct,
      why: row.why,
      docs: {
        pg: "https://www.postgresql.org/docs/current/sql-altertable.html",
        tidb: "https://docs.pingcap.com/tidb/stable/sql-statement-alter-table",
      },
      messages: { "left-out": row.message },
      on: (takes) => [
        takes("AlterTableCmd", ["subtype"], (cmd, ctx) => {
          if (!row.subtypes.includes(cmd.subtype ?? "")) return;
          const action = (cmd.subtype ?? "")
            .replace(/^AT_/, "")
            .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
            .replace(/\bTrig\b/, "Trigger")
            .replace(/\bRel Options/, "Storage Options")
            .toUpperCase();
          return ctx.drop("left-out", { action });
        }),
      ],
      examples: row.examples,
    }),
  ]),
);
