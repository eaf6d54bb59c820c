/** What an answer without TiDB is worth: the parser knows less than TiDB, so it can say yes, never no. */
export type OfflineVerdict = "accepted" | "unknown";

/** Loads a MySQL grammar (280 KB) and returns the judge; a statement it does not know is `unknown`, whatever TiDB would say. */
export async function offlineParser(): Promise<(sql: string) => OfflineVerdict> {
  // A CommonJS bundle: Node names its exports only on the default.
  const { Parser } = (await import("node-sql-parser/build/mysql.js")).default as unknown as typeof import("node-sql-parser");
  const parser = new Parser();
  return (sql) => {
    try {
      parser.astify(sql, { database: "mysql" });
      return "accepted";
    } catch {
      return "unknown";
    }
  };
}
