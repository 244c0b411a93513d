/**
 * What calls may cost and what they cost. Before a tool call runs, the most that it can cost is set aside in memory from
 * leases of the ledger, in every budget that limits it; when it ends, its fact says what it cost and the rest can be used
 * again. So no budget is ever overrun, and a call practically never waits for the database.
 */
export {
  bill,
  createMeter,
  type Hold,
  type Meter,
  type MeteredCall,
  type MeterStats,
} from "./meter.ts";
export { isMeterRefusal, type MeterRefusal } from "./refusal.ts";
