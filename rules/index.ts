import type { Rule, RuleSpec } from "../src/rule.js";
import collation from "./columns/collation.js";
import columnDefault from "./columns/default.js";
import generated from "./columns/generated.js";
import identity from "./columns/identity.js";
import identityChanges from "./columns/identity-changes.js";
import storage from "./columns/storage.js";
import check from "./constraints/check.js";
import checkOnKey from "./constraints/check-on-key.js";
import foreignKey from "./constraints/foreign-key.js";
import inline from "./constraints/inline.js";
import notNull from "./constraints/not-null.js";
import unique from "./constraints/unique.js";
import columnList from "./dml/column-list.js";
import conflictRow from "./dml/conflict-row.js";
import conflictWhere from "./dml/conflict-where.js";
import setDefault from "./dml/default.js";
import insertedOrUpdated from "./dml/inserted-or-updated.js";
import merge from "./dml/merge.js";
import mergedColumns from "./dml/merged-columns.js";
import multiAssign from "./dml/multi-assign.js";
import onConflict from "./dml/on-conflict.js";
import overriding from "./dml/overriding.js";
import returning from "./dml/returning.js";
import rowFunctions from "./dml/row-functions.js";
import subscripts from "./dml/subscripts.js";
import valuesRows from "./dml/values-rows.js";
import writtenView from "./dml/view.js";
import withWrites from "./dml/with-writes.js";
import fitness from "./fitness/table.js";
import { aggregateRules } from "./functions/aggregates.js";
import { arithmeticRules } from "./functions/arithmetic.js";
import { arrayRules } from "./functions/arrays.js";
import { bitRules } from "./functions/bits.js";
import { byteRules } from "./functions/bytes.js";
import { castRules } from "./functions/casts.js";
import { comparisonRules } from "./functions/comparison.js";
import { dateRules } from "./functions/dates.js";
import { formatRules } from "./functions/formats.js";
import { intervalRules } from "./functions/intervals.js";
import { jsonRules } from "./functions/json.js";
import { jsonPathRules } from "./functions/json-paths.js";
import { missingRules } from "./functions/missing.js";
import { networkRules } from "./functions/network.js";
import { rangeRules } from "./functions/ranges.js";
import { regexRules } from "./functions/regex.js";
import { stringRules } from "./functions/strings.js";
import { systemRules } from "./functions/system.js";
import expression from "./indexes/expression.js";
import foreignKeyIndex from "./indexes/foreign-key.js";
import length from "./indexes/length.js";
import method from "./indexes/method.js";
import indexNameRule from "./indexes/name.js";
import nullsNotDistinct from "./indexes/nulls-not-distinct.js";
import options from "./indexes/options.js";
import partial from "./indexes/partial.js";
import prefix from "./indexes/prefix.js";
import indexRelation from "./indexes/relation.js";
import joinedTexts from "./logic/aggregate.js";
import calls from "./logic/call.js";
import compute from "./logic/compute.js";
import doBlock from "./logic/do.js";
import touch from "./logic/touch.js";
import validate from "./logic/validate.js";
import comment from "./objects/comment.js";
import drop from "./objects/drop.js";
import grant from "./objects/grant.js";
import ownedSequence from "./objects/owned-sequence.js";
import role from "./objects/role.js";
import schemaRule from "./objects/schema.js";
import sequence from "./objects/sequence.js";
import sessionView from "./objects/session-view.js";
import truncate from "./objects/truncate.js";
import view from "./objects/view.js";
import viewAgain from "./objects/view-again.js";
import aliasedJoin from "./queries/aliased-join.js";
import anyOrder from "./queries/any-order.js";
import arrayQuery from "./queries/array-query.js";
import bitOutputs from "./queries/bit-outputs.js";
import collate from "./queries/collate.js";
import cte from "./queries/cte.js";
import dateWords from "./queries/date-words.js";
import derivedTable from "./queries/derived-table.js";
import distinctAggregate from "./queries/distinct-aggregate.js";
import distinctOn from "./queries/distinct-on.js";
import domainCast from "./queries/domain-cast.js";
import emptyList from "./queries/empty-list.js";
import frames from "./queries/frames.js";
import fromItems from "./queries/from-items.js";
import fullJoin from "./queries/full-join.js";
import groupExpression from "./queries/group-expression.js";
import groupingSets from "./queries/grouping-sets.js";
import intervalKeys from "./queries/interval-keys.js";
import joinAlias from "./queries/join-alias.js";
import joinColumns from "./queries/join-columns.js";
import joinSubquery from "./queries/join-subquery.js";
import jsonPathQuery from "./queries/json-path-query.js";
import lateral from "./queries/lateral.js";
import limit from "./queries/limit.js";
import locking from "./queries/locking.js";
import mysqlCalls from "./queries/mysql-calls.js";
import names from "./queries/names.js";
import nullOrder from "./queries/null-order.js";
import orderedSet from "./queries/ordered-set.js";
import recursive from "./queries/recursive.js";
import relations from "./queries/relations.js";
import rowFields from "./queries/row-fields.js";
import rowPlace from "./queries/row-place.js";
import rows from "./queries/rows.js";
import rowsPassedOn from "./queries/rows-passed-on.js";
import sameName from "./queries/same-name.js";
import scalarSubquery from "./queries/scalar-subquery.js";
import searchCycle from "./queries/search-cycle.js";
import setAll from "./queries/set-all.js";
import setReturning from "./queries/set-returning.js";
import setTypes from "./queries/set-types.js";
import subqueryOrder from "./queries/subquery-order.js";
import systemRelations from "./queries/system-relations.js";
import wholeRow from "./queries/whole-row.js";
import zonedTimes from "./queries/zoned-times.js";
import explain from "./session/explain.js";
import set from "./session/set.js";
import show from "./session/show.js";
import transaction from "./session/transaction.js";
import { statementRules } from "./statements.js";
import { alterRules } from "./tables/alter-actions.js";
import alterColumn from "./tables/alter-column.js";
import alterConstraint from "./tables/alter-constraint.js";
import ifExists from "./tables/alter-if-exists.js";
import alterType from "./tables/alter-type.js";
import columnCase from "./tables/case.js";
import createAs from "./tables/create-as.js";
import dropCascade from "./tables/drop-cascade.js";
import dropColumn from "./tables/drop-column.js";
import foldTable from "./tables/fold.js";
import inherit from "./tables/inherit.js";
import keyType from "./tables/key-type.js";
import like from "./tables/like.js";
import tableOptions from "./tables/options.js";
import partitions from "./tables/partitions.js";
import rebuild from "./tables/rebuild.js";
import rename from "./tables/rename.js";
import unknownTable from "./tables/unknown.js";
import enumChanges from "./types/enum-changes.js";
import override from "./types/override.js";
import { typeRules } from "./types.js";

/** All rules in the order in which they run on a node; the id of a rule in a file of its own is the file's path. */
const RULES: Readonly<Record<string, RuleSpec<string>>> = {
  "tables/inherit": inherit,
  "tables/like": like,
  "tables/partitions": partitions,
  "tables/fold": foldTable,
  ...typeRules,
  "types/override": override,
  "logic/compute": compute,
  "logic/touch": touch,
  "logic/validate": validate,
  "logic/do": doBlock,
  "objects/schema": schemaRule,
  "objects/sequence": sequence,
  "objects/owned-sequence": ownedSequence,
  "objects/drop": drop,
  "objects/comment": comment,
  "objects/grant": grant,
  "objects/role": role,
  "objects/truncate": truncate,
  "session/explain": explain,
  "session/set": set,
  "session/show": show,
  "session/transaction": transaction,
  "objects/session-view": sessionView,
  "objects/view": view,
  "objects/view-again": viewAgain,
  ...statementRules,
  "tables/rebuild": rebuild,
  "logic/call": calls,
  "logic/aggregate": joinedTexts,
  "queries/mysql-calls": mysqlCalls,
  "queries/same-name": sameName,
  "queries/search-cycle": searchCycle,
  "dml/inserted-or-updated": insertedOrUpdated,
  "dml/row-functions": rowFunctions,
  "dml/merge": merge,
  "dml/view": writtenView,
  "dml/subscripts": subscripts,
  "dml/values-rows": valuesRows,
  "dml/with-writes": withWrites,
  "dml/conflict-where": conflictWhere,
  "dml/conflict-row": conflictRow,
  "queries/system-relations": systemRelations,
  "dml/merged-columns": mergedColumns,
  "queries/distinct-aggregate": distinctAggregate,
  "queries/row-place": rowPlace,
  "queries/rows-passed-on": rowsPassedOn,
  "queries/row-fields": rowFields,
  "queries/whole-row": wholeRow,
  "queries/array-query": arrayQuery,
  "queries/ordered-set": orderedSet,
  "queries/frames": frames,
  "queries/grouping-sets": groupingSets,
  "queries/rows": rows,
  "queries/limit": limit,
  "queries/join-subquery": joinSubquery,
  "queries/relations": relations,
  "queries/from-items": fromItems,
  "queries/join-alias": joinAlias,
  "queries/join-columns": joinColumns,
  "queries/json-path-query": jsonPathQuery,
  "queries/set-returning": setReturning,
  "queries/derived-table": derivedTable,
  // What VALUES becomes is a set operation too.
  "queries/set-types": setTypes,
  "queries/interval-keys": intervalKeys,
  "queries/null-order": nullOrder,
  "queries/group-expression": groupExpression,
  "queries/lateral": lateral,
  "queries/scalar-subquery": scalarSubquery,
  "queries/full-join": fullJoin,
  "queries/set-all": setAll,
  "queries/distinct-on": distinctOn,
  "queries/locking": locking,
  "queries/empty-list": emptyList,
  "queries/date-words": dateWords,
  "queries/domain-cast": domainCast,
  "queries/recursive": recursive,
  "queries/cte": cte,
  "queries/names": names,
  "queries/aliased-join": aliasedJoin,
  "queries/any-order": anyOrder,
  "queries/bit-outputs": bitOutputs,
  "queries/zoned-times": zonedTimes,
  "queries/collate": collate,
  "queries/subquery-order": subqueryOrder,
  "dml/column-list": columnList,
  "dml/overriding": overriding,
  "dml/multi-assign": multiAssign,
  "dml/default": setDefault,
  "dml/on-conflict": onConflict,
  "dml/returning": returning,
  "tables/create-as": createAs,
  "columns/collation": collation,
  "columns/storage": storage,
  "constraints/not-null": notNull,
  "columns/identity": identity,
  "columns/identity-changes": identityChanges,
  "columns/generated": generated,
  "columns/default": columnDefault,
  "constraints/inline": inline,
  "constraints/foreign-key": foreignKey,
  "constraints/check": check,
  "constraints/unique": unique,
  "fitness/table": fitness,
  "tables/case": columnCase,
  "tables/options": tableOptions,
  "tables/alter-if-exists": ifExists,
  ...alterRules,
  "tables/rename": rename,
  "types/enum-changes": enumChanges,
  "tables/key-type": keyType,
  "constraints/check-on-key": checkOnKey,
  "tables/alter-type": alterType,
  "tables/alter-column": alterColumn,
  "tables/drop-cascade": dropCascade,
  "tables/alter-constraint": alterConstraint,
  "tables/drop-column": dropColumn,
  "indexes/relation": indexRelation,
  "indexes/foreign-key": foreignKeyIndex,
  "indexes/method": method,
  "indexes/options": options,
  "indexes/prefix": prefix,
  "indexes/nulls-not-distinct": nullsNotDistinct,
  "indexes/expression": expression,
  "indexes/length": length,
  "indexes/partial": partial,
  "indexes/name": indexNameRule,
  "tables/unknown": unknownTable,
  ...comparisonRules,
  ...arithmeticRules,
  ...bitRules,
  ...byteRules,
  ...castRules,
  ...aggregateRules,
  ...stringRules,
  ...dateRules,
  ...intervalRules,
  ...jsonRules,
  ...jsonPathRules,
  ...arrayRules,
  ...networkRules,
  ...rangeRules,
  ...regexRules,
  ...formatRules,
  ...systemRules,
  ...missingRules,
};

const rules: readonly Rule[] = Object.entries(RULES).map(([id, spec]) => ({ id, ...spec }));

export default rules;
