import { writeFileSync } from "node:fs";

/** Milliseconds for which lines are gathered: one call to the system for hundreds of them. */
const delay = 50;

/** Writes lines to a file descriptor, many at a time; all of them before the process ends. */
export class BufferedOutput {
  private gathered = "";

  constructor(private readonly descriptor: number) {
    process.on("exit", () => this.flush());
  }

  write(line: string): void {
    if (this.gathered === "") setTimeout(() => this.flush(), delay);
    this.gathered += line;
  }

  private flush(): void {
    const text = this.gathered;
    this.gathered = "";
    try {
      if (text !== "") writeFileSync(this.descriptor, text);
    } catch {
      // A full or closed pipe: what is said there is not worth an end of the service.
    }
  }
}
