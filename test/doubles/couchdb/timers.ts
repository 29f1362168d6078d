/** Timers that end with the node they belong to. */
export class Timers {
  private readonly running = new Set<NodeJS.Timeout>();
  private readonly named = new Map<string, NodeJS.Timeout>();
  private stopped = false;

  /** Runs something later, unless the node has stopped by then. */
  after(milliseconds: number, run: () => void): NodeJS.Timeout | undefined {
    if (this.stopped) return undefined;
    const timer = setTimeout(() => {
      this.running.delete(timer);
      run();
    }, milliseconds);
    this.running.add(timer);
    return timer;
  }

  /** As `after`, but not while one of that name is waiting already. */
  once(name: string, milliseconds: number, run: () => void): void {
    if (this.named.has(name)) return;
    const timer = this.after(milliseconds, () => {
      this.named.delete(name);
      run();
    });
    if (timer) this.named.set(name, timer);
  }

  clear(): void {
    this.stopped = true;
    for (const timer of this.running) clearTimeout(timer);
    this.running.clear();
  }
}
