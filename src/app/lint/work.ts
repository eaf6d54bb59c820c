import type { Finding } from "../../finding.js";
import type { Reading } from "../../hosts/fragment.js";
import type { Edit, LintedString, Unread } from "../../linted.js";
import type { Source } from "../../source/text.js";
import type { SqlString } from "./strings.js";

/** A file on its way. */
export interface Work {
  readonly source: Source;
  readonly strings: SqlString[];
  readonly unread: Unread[];
  /** Strings of other engines. */
  foreign: number;
  /** Strings that are TiDB's already. */
  converted: number;
  reading: Reading | undefined;
  readonly findings: Found[];
  readonly linted: LintedString[];
}

/** A finding, where the SQL begins that it is in, and what is changed there. */
export interface Found {
  readonly finding: Finding;
  readonly from: number;
  readonly suggestion?: string | undefined;
  readonly edits?: readonly Edit[] | undefined;
}
