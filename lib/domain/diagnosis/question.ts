import type { Evidence, Symptom } from "#lib/contract/index.ts";

/** What is asked, with every name resolved inside the organization. */
export interface Question {
  readonly subject: Evidence["subject"];
  readonly symptom: Symptom | null;
  /** Epoch milliseconds. `window` is half-open, as is `before`, which has its length and ends where it begins. */
  readonly atMs: number;
  readonly window: { readonly fromMs: number; readonly toMs: number };
  readonly before: { readonly fromMs: number; readonly toMs: number };
  /** Whether the server may be called now. */
  readonly probe: boolean;
}
