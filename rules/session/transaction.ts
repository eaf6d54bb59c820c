import {
  as,
  type Context,
  error,
  type Folded,
  identifier,
  type Kind,
  type NodeOf,
  nodesOf,
  note,
  rule,
  tidbText,
  type Value,
  warning,
} from "../../src/rule.js";

type Transaction = NodeOf<"TransactionStmt">;

const MESSAGES = {
  ddl: warning("this transaction changes the schema, which TiDB commits at once: a failure half way is not rolled back", {
    help: "keep a way back: a backup, or statements that can be run again (IF NOT EXISTS, IF EXISTS)",
  }),
  serializable: error("SERIALIZABLE is not in the output: TiDB has none (error 8048)", {
    help: "lock what the transaction relies on by SELECT … FOR UPDATE",
  }),
  "repeatable-read": warning(
    "REPEATABLE READ: TiDB writes on top of what another transaction wrote meanwhile, where PostgreSQL gives an error",
    {
      help: "read by SELECT … FOR UPDATE what is written back, or SET tidb_txn_mode = 'optimistic' and try again on error 9007",
    },
  ),
  "read-only": warning("READ ONLY is left away: TiDB does not refuse writes in the transaction (error 1235)", {
    help: "connect as a user that may only SELECT",
  }),
  "read-write": note("READ WRITE is what TiDB's transactions are anyway"),
  inside: error("SET TRANSACTION is not in the output: TiDB takes it before BEGIN only (error 1568)", {
    help: "put SET TRANSACTION ISOLATION LEVEL … in front of BEGIN",
  }),
  "two-phase": error("{what} is not in the output: TiDB's transactions cannot be prepared by SQL", {
    help: "COMMIT at once, and let the application see to what belongs together in several databases",
  }),
};

/**
 * Which BEGINs stand before statements that change the schema. Whether one does is a matter of what follows it, so that it is found out
 * over all statements and kept by the node until the statement's turn comes.
 */
const BEFORE_DDL = new WeakSet<object>();

export default rule({
  construct: "transactions",
  why: `TiDB commits before every statement that changes the schema, and such a statement cannot be rolled back. It has no SERIALIZABLE, no
READ ONLY that refuses writes and no PREPARE TRANSACTION, and an error in a transaction does not end it.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/sql-begin.html",
    tidb: "https://docs.pingcap.com/tidb/stable/transaction-overview",
  },
  messages: MESSAGES,
  schema({ statements }) {
    const open = new Map<Folded["source"], Transaction>();
    for (const { source, node } of statements) {
      const begin = open.get(source);
      if (node.kind !== "TransactionStmt") {
        if (begin && DDL.has(node.kind)) BEFORE_DDL.add(begin);
      } else if (BEGINS.has(node.variant ?? "")) open.set(source, node);
      else if (ENDS.has(node.variant ?? "")) open.delete(source);
    }
  },
  on: (takes) => [
    takes("TransactionStmt", ["variant", "options", "savepoint_name", "chain", "gid"], (transaction, ctx) => {
      const variant = transaction.variant ?? "";
      const twoPhase = TWO_PHASE[variant];
      if (twoPhase) return ctx.drop("two-phase", { what: twoPhase });
      const savepoint = SAVEPOINTS[variant];
      if (savepoint) return ctx.replace(tidbText(`${savepoint} ${identifier(transaction.savepoint_name ?? "")}`));
      // TiDB reads AND CHAIN and begins no new transaction.
      if (transaction.chain) return ctx.statements([ctx.change(transaction, { chain: false }), tidbText("BEGIN")]);
      if (BEFORE_DDL.has(transaction)) ctx.report("ddl");
      if (!transaction.options?.length) return;
      const { level, complaints } = readModes(transaction.options, ctx);
      for (const message of complaints) ctx.report(message);
      const begin = ctx.change(transaction, { options: [] });
      return ctx.statements(level ? [tidbText(`SET TRANSACTION ISOLATION LEVEL ${level}`), begin] : [begin]);
    }),
    takes("VariableSetStmt", ["variant", "name", "args", "jumble_args"], (set, ctx) => {
      if (set.variant !== "VAR_SET_MULTI") return;
      if (set.name !== "SESSION CHARACTERISTICS") return ctx.drop("inside");
      const { level, complaints } = readModes(set.args ?? [], ctx);
      if (!level) return ctx.drop(complaints[0] ?? "read-write");
      for (const message of complaints) ctx.report(message);
      return ctx.replace(tidbText(`SET SESSION TRANSACTION ISOLATION LEVEL ${level}`));
    }),
  ],
  examples: [
    {
      pg: "BEGIN; CREATE TABLE t (a int); END",
      tidb: "BEGIN;\nCREATE TABLE t (\n  a INT\n) COLLATE utf8mb4_0900_bin;\nCOMMIT",
      findings: ["ddl"],
    },
    {
      pg: "START TRANSACTION; SAVEPOINT s; ROLLBACK TO s; RELEASE s; COMMIT AND CHAIN; ABORT",
      tidb: "START TRANSACTION;\nSAVEPOINT s;\nROLLBACK TO SAVEPOINT s;\nRELEASE SAVEPOINT s;\nCOMMIT;\nBEGIN;\nROLLBACK",
      rejected: { sql: "RELEASE s", code: 1064 },
    },
    {
      pg: "BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE; COMMIT; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; COMMIT",
      tidb: "SET TRANSACTION ISOLATION LEVEL READ COMMITTED;\nBEGIN;\nCOMMIT;\nSET TRANSACTION ISOLATION LEVEL REPEATABLE READ;\nBEGIN;\nCOMMIT",
      findings: ["repeatable-read", "read-only"],
      rejected: { sql: "START TRANSACTION READ ONLY", code: 1235 },
    },
    {
      pg: "BEGIN ISOLATION LEVEL SERIALIZABLE; COMMIT; SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED; SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
      tidb: "BEGIN;\nCOMMIT;\nSET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
      findings: ["serializable", "read-write"],
      rejected: { sql: "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", code: 8048 },
    },
    {
      pg: "BEGIN; SET TRANSACTION ISOLATION LEVEL READ COMMITTED; PREPARE TRANSACTION 'one'",
      tidb: "BEGIN",
      findings: ["inside", "two-phase"],
      rejected: { sql: "SET TRANSACTION ISOLATION LEVEL READ COMMITTED", code: 1568 },
    },
  ],
});

const BEGINS = new Set(["TRANS_STMT_BEGIN", "TRANS_STMT_START"]);
const ENDS = new Set(["TRANS_STMT_COMMIT", "TRANS_STMT_ROLLBACK", "TRANS_STMT_PREPARE"]);

const SAVEPOINTS: Readonly<Record<string, string>> = {
  TRANS_STMT_SAVEPOINT: "SAVEPOINT",
  TRANS_STMT_ROLLBACK_TO: "ROLLBACK TO SAVEPOINT",
  TRANS_STMT_RELEASE: "RELEASE SAVEPOINT",
};

const TWO_PHASE: Readonly<Record<string, string>> = {
  TRANS_STMT_PREPARE: "PREPARE TRANSACTION",
  TRANS_STMT_COMMIT_PREPARED: "COMMIT PREPARED",
  TRANS_STMT_ROLLBACK_PREPARED: "ROLLBACK PREPARED",
};

/** Statements whose TiDB form changes the schema. */
const DDL: ReadonlySet<Kind> = new Set<Kind>([
  "CreateStmt",
  "CreateTableAsStmt",
  "AlterTableStmt",
  "AlterEnumStmt",
  "IndexStmt",
  "DropStmt",
  "RenameStmt",
  "CreateSeqStmt",
  "AlterSeqStmt",
  "CommentStmt",
  "TruncateStmt",
  "ViewStmt",
]);

/** Isolation levels of TiDB; PostgreSQL reads READ UNCOMMITTED as READ COMMITTED too. */
const LEVELS: Readonly<Record<string, string>> = {
  "read uncommitted": "READ COMMITTED",
  "read committed": "READ COMMITTED",
  "repeatable read": "REPEATABLE READ",
};

/** What BEGIN or SET says of a transaction. DEFERRABLE has no effect but on SERIALIZABLE, which is complained of. */
function readModes(options: readonly Value[], ctx: Context<keyof typeof MESSAGES>) {
  const modes = new Map<string, string | number | undefined>();
  for (const option of nodesOf("DefElem", options)) {
    const constant = as("A_Const", option.arg);
    modes.set(option.defname ?? "", constant?.sval ?? constant?.ival);
    ctx.carried(option, ["defname", "arg"]);
    if (constant) ctx.carried(constant, ["sval", "ival"]);
  }
  const isolation = modes.get("transaction_isolation");
  const complaints: (keyof typeof MESSAGES)[] = [];
  if (isolation === "serializable") complaints.push("serializable");
  if (isolation === "repeatable read") complaints.push("repeatable-read");
  if (modes.get("transaction_read_only") === 1) complaints.push("read-only");
  return { level: LEVELS[isolation ?? ""], complaints };
}
