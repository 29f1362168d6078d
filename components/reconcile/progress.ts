/**
 * Reports how far an operation is. Pulumi shows what a dynamic provider writes to standard output live, below the
 * resource's row.
 *
 * @param kind of the resource, with which each line begins: `couchdb`
 */
export function progress(kind: string): (line: string) => void {
  return (line) => void process.stdout.write(`${kind}: ${line}\n`);
}
