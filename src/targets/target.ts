/** A TiDB that statements can be run on. One connection: statements run one after the other. */
export interface Target {
  /** The release, e.g. `v8.5.6`. */
  readonly version: string;
  /** Where it is, for people: a URL without its password, or the binary that was started. */
  readonly where: string;
  /** True for a server we started for ourselves: nothing on it can be anybody's data. */
  readonly disposable: boolean;
  /**
   * Runs one statement and drops its rows.
   * @throws TidbError when TiDB refuses it
   * @throws EngineError when there is no answer
   */
  run(sql: string): Promise<{ readonly warnings: readonly Warning[] }>;
  /** As `run`, but returns the rows. 64-bit integers, decimals, dates and times come as text. */
  rows(sql: string): Promise<Record<string, unknown>[]>;
  /**
   * As `rows`, but in columns, every value in TiDB's own text, and as bytes where it is binary.
   * @param timeout milliseconds; a SELECT that takes longer is refused (3024), and `reset` must follow
   */
  table(sql: string, timeout?: number): Promise<TidbRows>;
  /** A session as new: no variables, transaction, temporary tables or current database; reconnects when the connection was lost. */
  reset(): Promise<void>;
  /** Ends the connection, and the server if we started it. Never throws. */
  close(): Promise<void>;
}

/** Rows as the protocol has them. */
export interface TidbRows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | Uint8Array | null)[])[];
}

/** One row of SHOW WARNINGS. */
export interface Warning {
  readonly code: number;
  readonly message: string;
}

/** TiDB answered, and the answer is no. The message is TiDB's own. */
export class TidbError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
    this.name = "TidbError";
  }
}

/** There is no TiDB to ask: missing, unusable or gone. One plain line; the command ends with exit code 4. */
export class EngineError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "EngineError";
  }
}

/** The URL without its password; safe for any text, however malformed the URL. */
export function redact(url: string): string {
  return url.replace(/\/\/([^/:]*):.*@/s, "//$1:***@");
}
