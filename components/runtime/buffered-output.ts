import { writeFileSync } from "node:fs";

/** Milliseconds for which lines are gathered: one system call for hundreds of them. */
const delay = 50;

/** Writes lines to a file descriptor, many at a time. All of them are written before the process ends. */
export class BufferedOutput {
  private buffer = "";

  constructor(private readonly descriptor: number) {
    process.on("exit", () => this.flush());
  }

  /** Takes a line, with its line end. */
  write(line: string): void {
    if (this.buffer === "") setTimeout(() => this.flush(), delay);
    this.buffer += line;
  }

  private flush(): void {
    const text = this.buffer;
    this.buffer = "";
    try {
      if (text !== "") writeFileSync(this.descriptor, text);
    } catch {
      // A pipe that is full or closed: a lost log line must not end the service.
    }
  }
}
