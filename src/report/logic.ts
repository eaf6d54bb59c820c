import type { LogicEntry } from "../result.js";
import { count } from "./verdict.js";

export const LOGIC_HEAD = ["What", "What it does", "Effort", "Where it goes"];

/** `3 objects, 2 to be moved (1 small, 1 large)` */
export function logicCount(logic: readonly LogicEntry[]): string {
  const left = logic.filter(({ inOutput }) => !inOutput);
  const parts = (["small", "medium", "large"] as const).flatMap((effort) => {
    const number = left.filter((entry) => entry.effort === effort).length;
    return number === 0 ? [] : [`${number} ${effort}`];
  });
  const moved = left.length === 0 ? "" : `, ${left.length} to be moved (${parts.join(", ")})`;
  return `${count(logic.length, "object")}${moved}`;
}

/** A trigger's name is one within its table. */
export function logicName({ name, table }: LogicEntry): string {
  return table === undefined ? name : `${name} of ${table}`;
}

/** `before each row of UPDATE: it sets a of the row` */
export function logicWords({ fires, does }: LogicEntry): string {
  return fires === undefined ? does : `${fires}: ${does}`;
}
