/** How a run ends: the codes, the one line for an error, and nothing of a stack unless it is our own mistake. */

/** The exit codes. They are part of what users script against: a code is never given another meaning. */
export const EXIT = {
  /** Nothing to report. */
  ok: 0,
  /** Findings at or above the chosen level. */
  findings: 1,
  /** Wrong usage or configuration. */
  usage: 2,
  /** An input that cannot be read or is not what it claims to be. */
  input: 3,
  /** A database, connection or engine that failed. */
  engine: 4,
  /** Stopped half way, can be resumed. */
  partial: 5,
  /** A mistake of this program (as EX_SOFTWARE in sysexits). */
  internal: 70,
  /** Interrupted by the user. */
  interrupted: 130,
} as const;

/** Arguments, flags or configuration that cannot be meant. The message is one line. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const CODES: Readonly<Record<string, number>> = { UsageError: EXIT.usage, InputError: EXIT.input, EngineError: EXIT.engine };

/**
 * The exit code for anything thrown: ours by name (so that no engine is loaded to know its error), oclif's by what oclif attached,
 * else that of a mistake of this program.
 */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof Error)) return EXIT.internal;
  return CODES[error.name] ?? oclifExit(error) ?? EXIT.internal;
}

function oclifExit(error: object): number | undefined {
  const attached = "oclif" in error ? error.oclif : undefined;
  const exit = typeof attached === "object" && attached !== null && "exit" in attached ? attached.exit : undefined;
  return typeof exit === "number" ? exit : undefined;
}

/** The part of an oclif command that `guarded` needs. */
export interface Guard {
  logToStderr(message: string): void;
  exit(code: number): never;
}

/**
 * Runs a command's work. An error of the user's or the engine's becomes one line on standard error and its exit code;
 * errors that oclif made pass through to oclif, which prints its own; anything else is reported as our mistake.
 */
export async function guarded<T>(command: Guard, run: () => Promise<T>): Promise<T> {
  endWithReader(process.stdout);
  try {
    return await run();
  } catch (error) {
    if (typeof error === "object" && error !== null && oclifExit(error) !== undefined) throw error;
    command.logToStderr(describe(error, process.env.DEBUG !== undefined));
    return command.exit(exitCodeOf(error));
  }
}

/** What to print about an error: one line, or for our own mistakes a request to report it, with the stack if asked for. */
export function describe(error: unknown, debug: boolean): string {
  const message = (error instanceof Error ? error.message : String(error)).replace(/\s*\n\s*/g, " ");
  const stack = debug && error instanceof Error && error.stack !== undefined ? `\n${error.stack}` : "";
  if (exitCodeOf(error) !== EXIT.internal) return `pg2tidb: ${message}${stack}`;
  return stack === ""
    ? `pg2tidb: internal error: ${message}. Please report it, with the output of the same command and DEBUG=1 set.`
    : `pg2tidb: internal error: ${message}. Please report it:${stack}`;
}

const guardedStreams = new WeakSet<NodeJS.WritableStream>();

/** Ends the process quietly when the reader of its output has gone, as after `| head`. */
export function endWithReader(stream: NodeJS.WritableStream): void {
  if (guardedStreams.has(stream)) return;
  guardedStreams.add(stream);
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(EXIT.ok);
    throw error;
  });
}
