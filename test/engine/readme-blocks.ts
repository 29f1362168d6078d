/** A README's code blocks in a language, in order. */
export function blocksOf(readme: string, language: string): string[] {
  const blocks = readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"));
  return [...blocks].map(([, text]) => text!);
}

/** The commands of a README, in order: what stands in its `sh` blocks. */
export function commandsOf(readme: string): string {
  return blocksOf(readme, "sh").join("");
}
