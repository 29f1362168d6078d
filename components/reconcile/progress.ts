/**
 * Says how far an operation is. Pulumi shows what a dynamic provider writes to standard output live, below the
 * resource's row.
 */
export function progress(line: string): void {
  process.stdout.write(`couchdb: ${line}\n`);
}
