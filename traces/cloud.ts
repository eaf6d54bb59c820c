import { traces } from "../src/trace.js";
import { FILES } from "./files.js";

/** PostgreSQL as a service of a cloud or a cluster. */
export const cloud = traces([
  {
    id: "cloud/resources",
    construct: "a resource of Terraform that is a PostgreSQL",
    why: "TiDB Cloud has a provider of its own for Terraform.",
    docs: "https://docs.pingcap.com/tidbcloud/terraform-tidbcloud-provider-overview",
    severity: "error",
    text: "{match} is a PostgreSQL",
    help: "tidbcloud_cluster of the provider tidbcloud/tidbcloud, or a cluster of TiDB on machines of your own by tiup",
    files: /\.(?:tf|hcl|tf\.json|bicep)$/,
    find: /(?<=^\s*(?:resource|data|module)\s+")\w*postgres\w*(?=")|\b(?:engine|family|database_version|scheme)\s*=\s*"(?<at>(?:aurora-)?postgres\w*|POSTGRES_\d+)"|(?<=provider\s+"?)postgresql\b|Microsoft\.DBforPostgreSQL[\w/]*/dgm,
    examples: [
      {
        file: "main.tf",
        text: 'resource "azurerm_postgresql_flexible_server" "db" {}\nengine = "aurora-postgresql"\ndatabase_version = "POSTGRES_16"\n',
        found: ["azurerm_postgresql_flexible_server", "aurora-postgresql", "POSTGRES_16"],
      },
      { file: "main.tf", text: 'resource "aws_db_instance" "postgres" {}\nengine = "mysql"\n', found: [] },
    ],
  },
  {
    id: "cloud/operators",
    construct: "a PostgreSQL run by an operator or a chart of Kubernetes",
    why: "TiDB Operator runs TiDB on Kubernetes.",
    docs: "https://docs.pingcap.com/tidb-in-kubernetes/stable/get-started",
    severity: "error",
    text: "{match} runs a PostgreSQL",
    help: "a TidbCluster of TiDB Operator (chart tidb-operator of https://charts.pingcap.org), port 4000",
    files: FILES.yaml,
    find: /(?<=\bkind:\s*["']?)(?:postgresql|PostgresCluster|Postgres|PerconaPGCluster)\b|(?<=\bapiVersion:\s*["']?)(?:acid\.zalan\.do|postgresql\.cnpg\.io|postgres-operator\.crunchydata\.com|kubegres\.\w+\.com)\/\w+|\bpostgresql(?:-ha)?(?=["']?\s*\n(?:\s+\w+:[^\n]*\n){0,2}?\s+repository:)(?<=^\s*-?\s*name:\s*["']?postgresql(?:-ha)?)/dgm,
    examples: [
      { file: "db.yaml", text: "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\n", found: ["postgresql.cnpg.io/v1"] },
      {
        file: "Chart.yaml",
        text: "dependencies:\n  - name: postgresql\n    version: 1.2.3\n    repository: oci://registry-1.docker.io/bitnamicharts\n",
        found: ["postgresql"],
      },
      { file: "db.yaml", text: "kind: Service\nmetadata:\n  name: postgresql\n", found: [] },
    ],
  },
]);
