/**
 * Where TiDB tells what PostgreSQL's system relations do (TiDB manual, "INFORMATION_SCHEMA"): tables of the same name have other rows, whose
 * table_schema is a database.
 */
const INSTEAD: Readonly<Record<string, string>> = {
  pg_class: "read information_schema.tables and information_schema.tidb_indexes",
  pg_tables: "read information_schema.tables",
  pg_views: "read information_schema.views",
  pg_matviews: "materialized views are tables here: read information_schema.tables",
  pg_namespace: "read information_schema.schemata",
  pg_attribute: "read information_schema.columns",
  pg_attrdef: "read column_default of information_schema.columns",
  pg_constraint: "read information_schema.table_constraints, key_column_usage and tidb_check_constraints",
  pg_index: "read information_schema.tidb_indexes",
  pg_indexes: "read information_schema.tidb_indexes",
  pg_sequence: "read information_schema.sequences",
  pg_sequences: "read information_schema.sequences",
  pg_type: "types are no objects here: read column_type of information_schema.columns",
  pg_enum: "the labels stand in column_type of information_schema.columns",
  pg_proc: "TiDB has no functions of users",
  pg_trigger: "TiDB has no triggers",
  pg_event_trigger: "TiDB has no triggers",
  pg_extension: "TiDB has no extensions",
  pg_available_extensions: "TiDB has no extensions",
  pg_depend: "TiDB keeps no dependencies of objects",
  pg_description: "read table_comment and column_comment of information_schema.tables and columns",
  pg_inherits: "read information_schema.partitions",
  pg_partitioned_table: "read information_schema.partitions",
  pg_database: "read information_schema.schemata",
  pg_roles: "read mysql.user",
  pg_user: "read mysql.user",
  pg_authid: "read mysql.user",
  pg_settings: "read information_schema.variables_info, or SHOW VARIABLES",
  pg_locks: "read information_schema.data_lock_waits",
  pg_stat_activity: "read information_schema.processlist, or cluster_processlist for all servers",
  pg_stat_statements: "read information_schema.statements_summary",
  pg_stat_user_tables: "read information_schema.tables and mysql.stats_meta",
  pg_stat_all_tables: "read information_schema.tables and mysql.stats_meta",
  pg_stat_user_indexes: "read information_schema.tidb_index_usage",
  pg_stat_database: "the dashboard and metrics_schema have figures of the cluster",
  pg_statio_user_tables: "the dashboard and metrics_schema have figures of the cluster",
  pg_stat_progress_vacuum: "TiDB needs no VACUUM: its garbage collection is told of by mysql.tidb",
  pg_stats: "SHOW STATS_HISTOGRAMS has statistics of columns",
  pg_timezone_names: "TiDB takes names of the IANA's list, and has no table of them",
  tables: "TiDB has information_schema.tables, whose table_schema is the database",
  columns: "TiDB has information_schema.columns, whose table_schema is the database and whose data_type is MySQL's",
  views: "TiDB has information_schema.views, whose table_schema is the database",
  schemata: "TiDB has information_schema.schemata, of its databases",
  sequences: "TiDB has information_schema.sequences with columns of its own",
  table_constraints: "TiDB has information_schema.table_constraints, whose table_schema is the database",
  key_column_usage: "TiDB has information_schema.key_column_usage, whose table_schema is the database",
  referential_constraints: "TiDB has information_schema.referential_constraints, whose constraint_schema is the database",
  check_constraints: "read information_schema.tidb_check_constraints",
  routines: "TiDB has no functions of users",
  triggers: "TiDB has no triggers",
};

/** What a reader calls a system relation, and where TiDB tells the like. */
export function systemRelation(name: string): string {
  const instead = INSTEAD[name];
  return `the system relation ${name}${instead === undefined ? "" : ` (${instead})`}`;
}
