import { type LockingClause, note, rule, warning } from "../../src/rule.js";

export default rule({
  construct: "FOR UPDATE, FOR SHARE and their kin",
  why: `TiDB locks rows in one way, FOR UPDATE. FOR SHARE is refused (error 1235), the weaker forms are not read. SKIP LOCKED is read and returns
rows that are locked, without locking them, or fails with an internal error: it is never written.`,
  docs: {
    pg: "https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-ROWS",
    tidb: "https://docs.pingcap.com/tidb/stable/pessimistic-transaction",
  },
  messages: {
    stronger: note("{lock} became FOR UPDATE: it keeps others from the rows for longer, and reads the same ones"),
    shared: warning("{lock} became FOR UPDATE: two transactions that share the rows in PostgreSQL wait for each other in TiDB", {
      help: "leave the lock away where a snapshot is enough",
    }),
    skip: warning("SKIP LOCKED is left away: a row that another transaction has locked is waited for, not skipped", {
      help: "claim a job by UPDATE … SET worker = … WHERE worker IS NULL LIMIT 1, and read it by its worker; or set innodb_lock_wait_timeout low",
    }),
  },
  on: (takes) => [
    takes("LockingClause", ["strength", "waitPolicy"], (readable, ctx) => {
      const lock = readable as LockingClause;
      const words = WORDS[lock.strength ?? ""];
      if (words) ctx.report(lock.strength === "LCS_FORNOKEYUPDATE" ? "stronger" : "shared", { lock: words });
      const skips = lock.waitPolicy === "LockWaitSkip";
      if (skips) ctx.report("skip");
      if (!words && !skips) return;
      return ctx.replace(ctx.change(lock, { strength: "LCS_FORUPDATE", ...(skips ? { waitPolicy: "LockWaitBlock" as const } : {}) }));
    }),
  ],
  examples: [
    {
      given: "CREATE TABLE job (id int PRIMARY KEY, done boolean NOT NULL)",
      pg: "SELECT id FROM job WHERE NOT done LIMIT 1 FOR UPDATE SKIP LOCKED",
      tidb: "SELECT id FROM job WHERE NOT done LIMIT 1 FOR UPDATE",
      findings: ["skip"],
    },
    {
      given: "CREATE TABLE job (id int PRIMARY KEY, done boolean NOT NULL)",
      pg: "SELECT id FROM job AS j FOR NO KEY UPDATE OF j NOWAIT; SELECT id FROM job FOR SHARE; SELECT id FROM job FOR KEY SHARE",
      tidb: "SELECT id FROM job AS j FOR UPDATE OF j NOWAIT;\nSELECT id FROM job FOR UPDATE;\nSELECT id FROM job FOR UPDATE",
      findings: ["stronger", "shared", "shared"],
      rejected: { sql: "SELECT id FROM job FOR SHARE", code: 1235 },
    },
  ],
});

const WORDS: Readonly<Record<string, string>> = {
  LCS_FORNOKEYUPDATE: "FOR NO KEY UPDATE",
  LCS_FORSHARE: "FOR SHARE",
  LCS_FORKEYSHARE: "FOR KEY SHARE",
};
