/** What happened in one simulation, line by line and in order, and how often each kind of fault fired. */
export class Happenings {
  readonly trace: string[] = [];
  readonly faults = new Map<string, number>();
  step = 0;

  note(line: string): void {
    this.trace.push(`${this.step} ${line}`);
  }

  fired(fault: string): void {
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
    this.note(`fault ${fault}`);
  }
}
