// npm installs a package from git globally (as pre-commit does) by an install within its clone that is told to be global too, and so
// brings none of what building needs: then that is installed first. Run by: npm install, npm pack
import { execSync } from "node:child_process";
import { existsSync } from "node:fs";

const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_config_(?:global|prefix|location)$/i.test(name)));
const run = (command) => execSync(command, { stdio: "inherit", env });

if (!existsSync("node_modules/rolldown")) run("npm ci --ignore-scripts --include=dev --no-audit --no-fund");
run("npm run build");
