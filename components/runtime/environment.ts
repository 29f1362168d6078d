import { type LogLevel, levelOf, levels } from "./log";

/** Environment variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads a program's settings from its environment. A variable that is empty counts as not set. One that is not
 * understood does not stop the program: its default applies, and a warning says so.
 */
export class SettingsReader {
  /** Which variables were not understood, and what applies instead. To be logged, once there is a log. */
  readonly warnings: string[] = [];

  constructor(private readonly env: Environment) {}

  /** The variable, trimmed. */
  text(name: string, byDefault: string): string;
  text(name: string): string | undefined;
  text(name: string, byDefault?: string): string | undefined {
    return this.env[name]?.trim() || byDefault;
  }

  /** A number from `least` to `most`, both included. */
  number(name: string, byDefault: number, least: number, most: number): number {
    const text = this.text(name);
    if (text === undefined) return byDefault;
    const value = Number(text);
    if (value >= least && value <= most) return value;
    this.warn(name, text, `a number from ${least} to ${most}`, byDefault);
    return byDefault;
  }

  /** A port from 1 to 65535. */
  port(name: string, byDefault: number): number {
    return this.number(name, byDefault, 1, 65_535);
  }

  /** One of some words, written exactly so. */
  choice<Word extends string>(name: string, byDefault: Word, words: readonly Word[]): Word {
    const text = this.text(name);
    if (text === undefined) return byDefault;
    const found = words.find((word) => word === text);
    if (found === undefined) this.warn(name, text, `one of ${words.join(", ")}`, byDefault);
    return found ?? byDefault;
  }

  /** True or false, in any of the usual spellings. */
  flag(name: string, byDefault: boolean): boolean {
    const text = this.text(name);
    if (text === undefined) return byDefault;
    if (isTrue(text)) return true;
    if (!isFalse(text)) this.warn(name, text, "true or false", byDefault);
    return isFalse(text) ? false : byDefault;
  }

  /** The threshold of the log, from LOG_LEVEL; `info` by default. */
  logLevel(): LogLevel {
    const text = this.text("LOG_LEVEL", "info");
    const level = levelOf(text);
    if (level === undefined) this.warn("LOG_LEVEL", text, `one of ${levels.join(", ")}`, "info");
    return level ?? "info";
  }

  private warn(name: string, text: string, expected: string, byDefault: unknown): void {
    this.warnings.push(`${name} is "${text}" and must be ${expected}; using ${byDefault}`);
  }
}

function isTrue(text: string): boolean {
  return ["true", "t", "1", "yes", "on"].includes(text.toLowerCase());
}

function isFalse(text: string): boolean {
  return ["false", "f", "0", "no", "off"].includes(text.toLowerCase());
}
