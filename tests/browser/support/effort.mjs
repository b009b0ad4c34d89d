// What a job costs the one who does it: clicks and fields, counted as they are made.
import { expect } from "./test.mjs";

export class Effort {
  clicks = 0;
  fields = 0;

  async click(target) {
    this.clicks += 1;
    await target.click();
  }

  async fill(target, text) {
    this.fields += 1;
    await target.fill(text);
  }

  /** Prints what the job cost, and holds it to what it may cost. */
  atMost(job, { clicks, fields }) {
    console.log(`effort: ${job}: ${this.clicks} clicks, ${this.fields} fields (at most ${clicks} and ${fields})`);
    expect(this.clicks, `clicks to ${job}`).toBeLessThanOrEqual(clicks);
    expect(this.fields, `fields to ${job}`).toBeLessThanOrEqual(fields);
  }
}
