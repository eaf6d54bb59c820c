import { traces } from "../src/trace.js";
import { FILES } from "./files.js";
import { type Manifest, named, type Package } from "./packages.js";

const DOCS = "https://docs.pingcap.com/tidb/stable/dev-guide-sample-application-cs";

const PACKAGES: readonly Package[] = [
  {
    id: "npgsql",
    name: "Npgsql",
    to: "MySqlConnector",
    help: "MySqlConnector: MySqlConnection, Server=…;Port=4000;User ID=…; placeholders @name stay; COPY becomes MySqlBulkCopy",
  },
  {
    id: "efcore",
    shown: "Npgsql.EntityFrameworkCore.PostgreSQL",
    name: "Npgsql\\.EntityFrameworkCore\\.PostgreSQL(?:\\.\\w+)*",
    to: "Pomelo.EntityFrameworkCore.MySql",
    help: "Pomelo.EntityFrameworkCore.MySql: UseMySql(connectionString, ServerVersion…), migrations generated anew",
  },
  {
    id: "others",
    shown: "Testcontainers.PostgreSql",
    name: "Npgsql\\.\\w+(?:\\.\\w+)*|Testcontainers\\.PostgreSql|Hangfire\\.PostgreSql|Marten(?:\\.\\w+)*|EFCore\\.NamingConventions\\.Npgsql|AspNetCore\\.HealthChecks\\.NpgSql|Serilog\\.Sinks\\.PostgreSQL|FluentMigrator\\.Runner\\.Postgres|dbup-postgresql|Aspire\\.(?:Hosting\\.PostgreSQL|Npgsql[\\w.]*)|linq2db\\.PostgreSQL|Pgvector(?:\\.\\w+)*",
    to: "its sibling for MySQL",
    help: "Testcontainers with pingcap/tidb, Hangfire.MySqlStorage, AspNetCore.HealthChecks.MySql, FluentMigrator.Runner.MySql, dbup-mysql; Marten is made of jsonb and has no counterpart",
  },
];

const manifest: Manifest = {
  id: "nuget",
  kind: "the package",
  docs: DOCS,
  files: /\.(?:cs|fs|vb)proj$|(?:^|\/)(?:Directory\.\w+\.(?:props|targets)|packages\.config|paket\.dependencies)$/,
  find: (name) => new RegExp(String.raw`(?<=(?:Include|Update|id)\s*=\s*")(?:${name})(?=")|(?<=^\s*nuget\s+)(?:${name})(?=\s|$)`, "dgim"),
  example: (name) => `<PackageReference Include="${name}" Version="8.0.0" />`,
  file: "App.csproj",
  lookAlike: '<PackageReference Include="MySqlConnector" Version="2" />\n<PackageReference Include="NpgsqlIsh" />\n',
};

/** PostgreSQL in .NET. */
export const dotnet = traces([
  ...named(manifest, PACKAGES),
  {
    id: "dotnet/npgsql",
    construct: "classes of Npgsql",
    why: "MySqlConnector has the same classes under its own names.",
    docs: DOCS,
    severity: "error",
    text: "{match} is PostgreSQL's driver",
    help: "MySqlConnection, MySqlCommand, MySqlDataSource, MySqlException with ErrorCode MySqlErrorCode.DuplicateKeyEntry; UseNpgsql is UseMySql of Pomelo.EntityFrameworkCore.MySql",
    files: FILES.dotnet,
    find: /\bNpgsql(?:\.[A-Z]\w*)*\b|\bNpgsql[A-Z]\w*|\bNpgsqlTypes\b|\b(?:Use|Add)Npgsql\w*|\bAddNpgSql\b|\bPostgresException\b|\bPostgresErrorCodes\b(?:\.\w+)?|\bPostgreSql(?:Container|Builder|Storage)\b|\bUsePostgreSqlStorage\b|\bAddPostgres\w*|\bHasPostgres(?:Extension|Enum)\b|\bUseIdentity(?:ByDefault|Always)Columns?\b|\bNpgsqlModelBuilder\w*/dg,
    form: (match) =>
      /^Npgsql(?:Connection|Command|DataSource|DataReader|Transaction|Exception|Parameter|ConnectionStringBuilder|DbType|BatchCommand|Batch)$/.test(
        match[0],
      )
        ? match[0].replace("Npgsql", "MySql")
        : match[0] === "UseNpgsql"
          ? "UseMySql"
          : undefined,
    examples: [
      {
        file: "Db.cs",
        text: "using Npgsql;\nvar c = new NpgsqlConnection(s); o.UseNpgsql(s);",
        found: ["Npgsql", "NpgsqlConnection", "UseNpgsql"],
        forms: [undefined, "MySqlConnection", "UseMySql"],
      },
      { file: "Db.cs", text: "using MySqlConnector; o.UseMySql(s); MyNpgsql.X();", found: [] },
    ],
  },
]);
