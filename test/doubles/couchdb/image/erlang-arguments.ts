/** The command line of the Erlang emulator, as far as the double knows it; the rest is accepted. */

export interface ErlangArguments {
  /** `-name`; a node without one is alone. */
  name: string | undefined;
  /** `-setcookie`, which counts more than the cookie's file. */
  cookie: string | undefined;
  /** `-kernel inet_dist_listen_min`. */
  distributionPort: number | undefined;
  /** `-kernel inet_dist_use_interface`, which is an Erlang tuple like `{127,0,0,1}`. */
  distributionHost: string | undefined;
}

/** The words of a file of arguments: comments left out, quotes taken off. */
export function wordsOf(text: string): string[] {
  const lines = text.split("\n").map((line) => line.replace(/(^|\s)#.*$/, ""));
  const words = lines.join("\n").match(/"[^"]*"|'[^']*'|\S+/g) ?? [];
  return words.map((word) => word.replace(/^(["'])(.*)\1$/, "$2"));
}

/** Reads the words in the order in which the emulator does: of a flag given twice the first counts. */
export function parseErlangArguments(words: string[]): ErlangArguments {
  const valueAfter = (flag: string) => {
    const at = words.indexOf(flag);
    return at < 0 ? undefined : words[at + 1];
  };
  const kernel = (key: string) => {
    const at = words.findLastIndex((word, index) => word === key && words[index - 1] === "-kernel");
    return at < 0 ? undefined : words[at + 1];
  };
  const port = kernel("inet_dist_listen_min");
  return {
    name: valueAfter("-name"),
    cookie: valueAfter("-setcookie"),
    distributionPort: port === undefined ? undefined : Number(port),
    distributionHost: kernel("inet_dist_use_interface")?.replace(/[{}]/g, "").replaceAll(",", "."),
  };
}
