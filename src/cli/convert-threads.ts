import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { Worker } from "node:worker_threads";
import type { StartBeside } from "../app/convert/beside.js";
import type { ConvertOptions, Made } from "../app/convert/pass.js";
import type { Finding } from "../finding.js";
import type { Source } from "../source/text.js";
import { moduleDirectory } from "../targets/paths.js";

/** What the other thread is given. */
export interface Share {
  readonly sources: readonly Source[];
  readonly options: ConvertOptions;
}

/** What it sends: a source is told by its place among all. */
type Sent = Omit<Made, "findings"> & { readonly findings: readonly (Omit<Finding, "source"> & { readonly source: number })[] };

export function withIndexes(made: Made, sources: readonly Source[]): Sent {
  return { ...made, findings: made.findings.map((finding) => ({ ...finding, source: sources.indexOf(finding.source) })) };
}

/** Fields that were undefined are there again: all findings are of one shape, of which there are hundreds of thousands. */
function withSources({ findings, ...made }: Sent, sources: readonly Source[]): Made {
  return {
    ...made,
    findings: findings.map(({ rule, message, severity, text, help, url, object, source, span }) => ({
      rule,
      message,
      severity,
      text,
      help,
      url,
      object,
      source: sources[source]!,
      span,
    })),
  };
}

/** Converts the later half of many queries in another thread, by all rules; undefined where there is one processor. */
export const besideThread: StartBeside | undefined =
  availableParallelism() < 2
    ? undefined
    : (sources, { known, accept: _, beside: __, onTree: ___, ...options }) => {
        const share: Share = { sources, options: { ...options, ...(known && { known }) } };
        const worker = new Worker(join(dirname(moduleDirectory()), "dist/src/cli/convert-thread.js"), { workerData: share });
        const texts: string[] = [];
        let ended = false;
        let wake = () => {};
        worker.on("message", (text: string) => {
          texts.push(text);
          wake();
        });
        const end = () => {
          ended = true;
          wake();
        };
        worker.on("error", end);
        worker.on("exit", end);
        let batch: Sent[] = [];
        return {
          async next() {
            while (batch.length === 0) {
              const text = texts.shift();
              if (text !== undefined) batch = (JSON.parse(text) as Sent[]).reverse();
              else if (ended) return undefined;
              else
                await new Promise<void>((resolve) => {
                  wake = resolve;
                });
            }
            return withSources(batch.pop()!, sources);
          },
          end: () => worker.terminate(),
        };
      };
