import { dmlPrinters } from "./dml.js";
import { expressionPrinters } from "./expressions.js";
import { jsonPrinters } from "./json.js";
import type { Printers } from "./printing.js";
import { selectPrinters } from "./select.js";
import { statementPrinters } from "./statements.js";
import { tablePrinters } from "./tables.js";
import { viewPrinters } from "./views.js";

/** All there is to print: what has no printer here and was not rewritten by a rule has no TiDB form. */
export const printers: Printers = {
  ...expressionPrinters,
  ...jsonPrinters,
  ...tablePrinters,
  ...statementPrinters,
  ...selectPrinters,
  ...dmlPrinters,
  ...viewPrinters,
};
