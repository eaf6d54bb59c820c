/** Which files can hold a trace, by their paths: for `Trace.files`. */
export const FILES = {
  javascript: /\.(?:[cm]?[jt]sx?|vue|svelte|astro)$/i,
  go: /\.go$/,
  rust: /\.rs$/,
  python: /\.(?:py|pyi)$/,
  jvm: /\.(?:java|kt|kts|scala|groovy)$/,
  ruby: /\.(?:rb|rake|ru|erb)$|(?:^|\/)Rakefile$/,
  php: /\.php$/,
  dotnet: /\.(?:cs|fs|vb)$/,
  /** Programs. */
  code: /\.(?:[cm]?[jt]sx?|vue|svelte|astro|go|rs|pyi?|java|kts?|scala|groovy|rb|rake|ru|erb|php|cs|fs|vb|exs?|swift|dart|clj)$|(?:^|\/)Rakefile$/i,
  /** Where commands of a shell stand: scripts, makefiles, images, CI, scripts of packages; scripts without an ending too. */
  shell:
    /\.(?:sh|bash|zsh|fish|mk|mak|just|ps1|cmd|bat|ya?ml|nix|dockerfile)$|(?:^|\/)(?:(?:Docker|Container|GNUm|[Mm])ake?file[\w.-]*|Dockerfile[\w.-]*|[Jj]ustfile|Procfile|Vagrantfile|package\.json|composer\.json|[a-z][\w-]*)$/,
  /** Files of containers: compose, Dockerfiles, Kubernetes, Helm, CI, dev containers. */
  containers: /\.(?:ya?ml|tpl|dockerfile|nomad|hcl)$|(?:^|\/)(?:Dockerfile|Containerfile)[\w.-]*$|(?:^|\/)\.?devcontainer[\w.-]*\.json$/i,
  yaml: /\.ya?ml$/i,
  /**
   * Programs and configuration: all but prose, data, SQL (which has its rules), styles, what is locked or generated.
   * A file with an ending that nobody foresaw is among them.
   */
  any: /^(?!.*\.(?:mdx?|rst|adoc|te?xt|html?|sql|lock|sum|svg|css|scss|less|csv|tsv|pot?|snap|ipynb|pem|crt|key|map|log|patch|diff|[1-8])$)(?!(?:.*\/)?(?:package-lock\.json|pnpm-lock\.yaml|npm-shrinkwrap\.json|go\.sum|LICEN[CS]E|COPYING|NOTICE|AUTHORS|CONTRIBUTORS|CODEOWNERS|README|CHANGE(?:LOG|S))[\w.-]*$).+$/i,
} as const;
