/** All that a rule's author needs; rules import nothing else. */
import { type Tidb, tidb } from "./engine/tidb.js";
import type { RangeVar } from "./pg/ast.js";

export { actionsOf, indexAgain, madeAgain, redefined } from "./catalog/again.js";
export { resolveType } from "./catalog/analysis/types.js";
export type { Analysis, ExprInfo, PgType, RangeEntry, Signature } from "./catalog/analysis.js";
export { builtinFunctions, builtinRelation } from "./catalog/builtin/table.js";
export { computationsOf, overColumns } from "./catalog/computing.js";
export { countsOtherwise, integerOf } from "./catalog/counting.js";
export { domainsOf } from "./catalog/domains.js";
export { advice, type Effects, effectsOf, effectWords, firing } from "./catalog/effects.js";
export { boundFrom, computedFrom, indexName, inOrderOfKey, isBound, isComputed, keyLeftAlone } from "./catalog/held.js";
export { expandLike } from "./catalog/like.js";
export type {
  Catalog,
  Column,
  Derived,
  Index,
  Reader,
  Retouched,
  Sequence,
  StoredRoutine,
  Table,
  TableConstraint,
  Touch,
  Trigger,
} from "./catalog/model.js";
export { atEnd, columnsDefined, find, heirsOf, inPrimaryKey, isAutoIncrement, isTemporary, lastSchema, rootOf } from "./catalog/model.js";
export { typeNode } from "./catalog/named.js";
export { checkName, constraintName, keyName, objectName, type Schemas } from "./catalog/naming.js";
export { computeByTrigger, constrainedRows, nextvalSequence, notNullNamed, parseName, prefixOf, referenced } from "./catalog/replay.js";
export { routineText, triggerRoutine } from "./catalog/routines.js";
export { sessionView, temporaryRead } from "./catalog/session-view.js";
export { isStar, type StarColumn, starColumns, starTargets } from "./catalog/stars.js";
export { touchesOf } from "./catalog/touch.js";
export { allowRemoval, COMMENT_BYTES, columnDefinition, touchClause } from "./emit/columns.js";
export { silentCast } from "./emit/expressions.js";
export { literal, real } from "./emit/literals.js";
export {
  hashLayout,
  type Layout,
  listLayout,
  partitionCondition,
  rangeGuard,
  rangeLayout,
  relayout,
  type Share,
  takesAllHashes,
} from "./emit/partitions.js";
export { isExactBesideFloat } from "./emit/select.js";
export { RELATIONS, relationNumber, systemQuery } from "./emit/system-relations.js";
export { COLLATION, commentClause, temporaryName, temporaryTable } from "./emit/tables.js";
export { identifier, prefix, string } from "./emit/words.js";
export { aggregates, isAggregate } from "./engine/aggregates.js";
export {
  arbitersOf,
  columnsIn,
  type GivenRow,
  givenRows,
  meets,
  meetsExcluded,
  overRow,
  type UniqueKey,
  uniqueKeys,
} from "./engine/arbiters.js";
export { bitLength } from "./engine/bits.js";
export {
  type Context,
  type Data,
  error,
  type Folded,
  HOLD_QUERIES,
  type NodeOf,
  note,
  type Outcome,
  type Restated,
  type Rule,
  type RuleSpec,
  rule,
  type SchemaContext,
  warning,
} from "./engine/contract.js";
export {
  aggregate,
  blankFilled,
  type Call,
  comparisons,
  enumLabels,
  invoke,
  type Operands,
  operator,
  proofs,
  type Row,
  same,
  table,
  unchanged,
  type Write,
} from "./engine/forms.js";
export {
  ageParts,
  ageTerms,
  aggregated,
  clockText,
  constantInterval,
  cutTerms,
  eachTerm,
  given,
  intervalTextOf,
  isDifference,
  isIntervalText,
  justifiedTerms,
  lengthOfInterval,
  lengthOfTerms,
  MAKE_INTERVAL,
  madeTerms,
  microsecondsOf,
  ofDay,
  type Terms,
  TODAY,
  termsOf,
  termsOfOperator,
  where,
} from "./engine/intervals.js";
export {
  counter,
  elementRows,
  isCounter,
  mayRaise,
  type PathTree,
  pathArray,
  pathFinds,
  pathFirst,
  pathTest,
  pathTree,
  type TreeRows,
} from "./engine/json-items.js";
export { scalarFound, withDefaults } from "./engine/json-values.js";
export { type JsonPath, type Literal, parseJsonPath, type Surroundings } from "./engine/jsonpath.js";
export { type KeptRows, keptRows, keyOfConflict, type MadeRows, withoutRows, withTable } from "./engine/kept-rows.js";
export { addressKey, intervalLength, intervalParts, isIpv6, jsonRank, maskLength, type Parts, rangeKey } from "./engine/order.js";
export {
  beforeGroup,
  fromSimilar,
  matchedGroup,
  matchesNothing,
  mayBeNothing,
  type Pattern,
  patternFlags,
  patternReplacement,
  SPLIT_MARK,
  splitMarked,
  translatePattern,
} from "./engine/regex.js";
export {
  assignments,
  changedColumns,
  changesWhenStored,
  givenColumns,
  insertedRows,
  isAnother,
  isFixed,
  type Keeping,
  type Kept,
  keysKept,
  keysOf,
  oneVersion,
  readsClock,
  type Showing,
  shownBefore,
  showsVersion,
  staysSame,
  versionsOf,
  withComputed,
} from "./engine/returned.js";
export { infix, type Raw, raw, spliced, type Tidb, tidb, tidbText } from "./engine/tidb.js";
export { instantOf, UTC_NAME, zoneOf } from "./engine/zones.js";
export { groupBy } from "./group-by.js";
export type * from "./pg/ast.js";
export {
  ALL_COLUMNS,
  columnRef,
  conjunction,
  conjuncts,
  DEFAULT_FRAME,
  functionCall,
  isLateralRows,
  lateralRows,
  operation,
  PLAIN_SELECT,
  sameKey,
  subqueryItem,
} from "./pg/build.js";
export {
  as,
  castsItself,
  columnName,
  isNode,
  literalText,
  type Name,
  nodesOf,
  optionsOf,
  qualified,
  relationName,
  typeName,
} from "./pg/names.js";
export { keepsNull, leading, mayBeMissing, nativeSort, outputName, relationNames, sortTarget, withLeading } from "./pg/outputs.js";
export type { Step } from "./pg/program.js";
export { alike, eachChild, eachDescendant, edited, holds, rewritten, unplaced } from "./pg/walk.js";
export { changeBetween, staysInKey, typesApart } from "./types/changes.js";
export { tidbDefault } from "./types/defaults.js";
export { addIntervals, INTERVAL_FIELDS, type Interval, intervalText, intervalUnit, negated, parseInterval } from "./types/intervals.js";
export {
  ARRAY_ROW,
  boundedLength,
  COMPOSITE_ROW,
  columnType,
  ENUM_ROW,
  elementRow,
  fitsIndex,
  fitsKey,
  indexBytes,
  isUnbounded,
  keyBytes,
  MAX_VARCHAR,
  mapType,
  modifiers,
  neverNull,
  TYPE_ROWS,
  type TypeRow,
} from "./types/map.js";
export { arrayToJson } from "./types/values.js";

/** Names a table or sequence of the catalog in a template: it is printed as TiDB has it. */
export function relationOf({ schema, name }: { readonly schema: string; readonly name: string }): RangeVar {
  return { kind: "RangeVar", schemaname: schema, relname: name };
}

/** RENAME TABLE; where only the case of letters changes it goes through another name, as TiDB takes both for one (error 1050). */
export function renaming(from: RangeVar, to: RangeVar): Tidb {
  const isOne = from.relname !== to.relname && from.relname?.toLowerCase() === to.relname?.toLowerCase();
  if (!isOne) return tidb`RENAME TABLE ${from} TO ${to}`;
  const between = { ...to, relname: `${to.relname}_renamed` };
  return tidb`RENAME TABLE ${from} TO ${between}, ${between} TO ${to}`;
}
